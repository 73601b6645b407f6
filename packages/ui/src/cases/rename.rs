//! Changing a title in place: Enter saves, Esc leaves it, at most 50 characters.

use std::rc::Rc;
use std::sync::Arc;

use copilot_core::Intent;
use copilot_core::view::CaseRow;
use dioxus::prelude::*;

use super::plain_text;
use crate::focus::Spot;
use crate::session::{Session, at_once, put, use_session};
use crate::words;

/// Longest title in characters (ux §4).
const LONGEST: usize = 50;

/// The field in place of a title.
#[component]
pub(crate) fn Rename(case: Rc<CaseRow>, in_header: bool) -> Element {
    let session = use_session();
    // A title that the server refused is offered again.
    let offered = case.title_note.as_ref().map_or_else(|| case.title.clone(), |note| note.attempted.clone());
    let mut value = use_signal(|| offered.to_string());
    let done = use_signal(|| false);
    let count = value.read().chars().count();
    let field = rsx! {
        input {
            r#type: "text",
            class: if in_header { "title-field" },
            aria_label: words::TITLE,
            maxlength: "{LONGEST}",
            autocomplete: "off",
            value: "{value}",
            onmounted: {
                let session = session.clone();
                move |event: MountedEvent| {
                    let field = event.data();
                    at_once(field.set_focus(true));
                    session.host.select_all(&field);
                }
            },
            oninput: move |event| value.set(event.value().chars().take(LONGEST).collect()),
            onpaste: move |event| event.stop_propagation(),
            onblur: {
                let (session, case) = (session.clone(), case.clone());
                move |_| finish(&session, &case, in_header, Some(&value.peek()), done, false)
            },
            onkeydown: move |event: KeyboardEvent| {
                if session.host.belongs_to_input_method(&event.data()) {
                    event.stop_propagation();
                    return;
                }
                match event.key() {
                    Key::Enter => {
                        event.prevent_default();
                        event.stop_propagation();
                        finish(&session, &case, in_header, Some(&value.peek()), done, true);
                    }
                    Key::Escape => {
                        event.prevent_default();
                        event.stop_propagation();
                        finish(&session, &case, in_header, None, done, true);
                    }
                    // The arrows and the other keys of the list belong to the field now.
                    Key::Character(_) => plain_text(&event),
                    _ => event.stop_propagation(),
                }
            },
        }
    };
    if in_header {
        return field;
    }
    rsx! {
        div { class: "case-edit",
            div { class: "line",
                {field}
                small { class: "num", aria_hidden: "true", "{count}/{LONGEST}" }
            }
            small { "{words::RENAME_HINT}" }
        }
    }
}

/// Saves what is new and closes the field, once.
fn finish(
    session: &Session,
    case: &CaseRow,
    in_header: bool,
    title: Option<&str>,
    done: Signal<bool>,
    refocus: bool,
) {
    if *done.peek() {
        return;
    }
    put(done, true);
    let title = title.map(str::trim).filter(|title| !title.is_empty() && **title != *case.title);
    put(session.renaming, None);
    if let Some(title) = title {
        session.act(Intent::Rename { case: case.key.clone(), title: Arc::from(title) });
    }
    if refocus {
        session.focus(if in_header { Spot::Title } else { Spot::Case(case.key.clone()) });
    }
}
