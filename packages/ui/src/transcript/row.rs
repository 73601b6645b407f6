//! One row: the lines above it, its height, and which kind of row it is.

use std::rc::Rc;

use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::Role;
use copilot_core::view::MessageRow;
use dioxus::prelude::*;

use super::Reading;
use super::answer::AnswerRow;
use super::user::UserRow;
use crate::focus::Spot;
use crate::label::Day;
use crate::mirror::use_message;
use crate::session::{Session, use_session};
use crate::words;

/// When a row happened: the person's clock for their own rows, the server's for the rest.
pub(crate) fn moment(row: &MessageRow) -> Option<u64> {
    row.sent.map(|sent| sent.0).or(row.created.map(|created| created.0))
}

/// A row of the list. The component's key is the message's, from echo to confirmation.
#[component]
pub(crate) fn Row(
    case: CaseKey,
    id: MessageKey,
    previous: Option<MessageKey>,
    last_answer: bool,
    newest: bool,
) -> Element {
    let session = use_session();
    let reading = use_context::<Rc<Reading>>();
    let row = use_message(&case, &id);
    use_drop({
        let (session, reading, id) = (session.clone(), reading.clone(), id.clone());
        move || {
            reading.left(&id);
            session.spots.left(&Spot::Message(id));
        }
    });
    let new_from = session.view.new_from;
    let first_new = use_memo({
        let id = id.clone();
        move || new_from.read().as_ref() == Some(&id)
    });
    let lit = session.view.lit;
    let is_lit = use_memo({
        let id = id.clone();
        move || lit.read().as_ref() == Some(&id)
    });
    let Some(shown) = row.read().clone() else { return rsx! {} };
    // Nobody knows yet whether the day begins with a row that has older ones above it; and a line that goes when they come
    // would move what is read.
    let is_cut = previous.is_none() && (session.view.older)();
    let day = if is_cut { None } else { day_above(&session, &case, &shown, previous.as_ref()) };
    rsx! {
        div {
            class: "row",
            "data-lit": is_lit().then_some("true"),
            onmounted: {
                let (reading, id) = (reading.clone(), id.clone());
                move |event: MountedEvent| reading.entered(&id, event.data())
            },
            onresize: move |event: ResizeEvent| {
                if let Ok(size) = event.data().get_border_box_size() {
                    reading.measured(&id, size.height);
                }
            },
            if let Some(day) = day {
                div { class: "divider", role: "separator", aria_label: "{day}", "{day}" }
            }
            if first_new() {
                div { class: "divider new", role: "separator", aria_label: words::NEW_DIVIDER, "{words::NEW_DIVIDER}" }
            }
            match shown.role {
                Role::User => rsx! {
                    UserRow { case, row: shown, newest }
                },
                Role::Assistant => rsx! {
                    AnswerRow { case, row: shown, last: last_answer }
                },
                Role::System => rsx! {
                    SystemRow { row: shown }
                },
            }
        }
    }
}

/// The day of a row, if it is not the day of the row above.
fn day_above(
    session: &Session,
    case: &CaseKey,
    row: &MessageRow,
    previous: Option<&MessageKey>,
) -> Option<String> {
    let now = session.handle.now();
    let day = Day::of(moment(row)?, now);
    let above = previous.and_then(|key| session.handle.read(|view| view.message(case, key)));
    match above.as_ref().and_then(moment) {
        Some(above) if Day::of(above, now) == day => None,
        // A thinking row has no moment yet; the day cannot have changed above it.
        None if previous.is_some() => None,
        _ => Some(day.divider(now)),
    }
}

/// The attributes and keys that all rows share.
#[component]
pub(crate) fn Article(
    row: Rc<MessageRow>,
    class: &'static str,
    role_name: &'static str,
    state: &'static str,
    label: String,
    described_by: Option<String>,
    thinking: Option<&'static str>,
    onkeydown: EventHandler<KeyboardEvent>,
    children: Element,
) -> Element {
    let session = use_session();
    let mut active = use_context::<Signal<Option<MessageKey>>>();
    let is_active = use_memo({
        let key = row.key.clone();
        move || active.read().as_ref() == Some(&key)
    });
    let key = row.key.clone();
    rsx! {
        article {
            class: "msg {class}",
            tabindex: if is_active() { "0" } else { "-1" },
            "data-role": role_name,
            "data-state": state,
            "data-key": "{row.key}",
            "data-thinking": thinking,
            aria_label: "{label}",
            aria_describedby: described_by,
            onmounted: {
                let key = key.clone();
                move |event: MountedEvent| session.spots.mounted(Spot::Message(key.clone()), event.data())
            },
            onfocusin: move |_| active.set(Some(key.clone())),
            onkeydown: move |event| {
                let plain = !event.modifiers().intersects(Modifiers::CONTROL | Modifiers::META | Modifiers::ALT);
                if plain {
                    onkeydown.call(event);
                }
            },
            {children}
        }
    }
}

/// A notice of the server.
#[component]
fn SystemRow(row: Rc<MessageRow>) -> Element {
    rsx! {
        Article {
            row: row.clone(),
            class: "system",
            role_name: "system",
            state: "sent",
            label: format!("{}, notice", words::BRAND),
            onkeydown: |_| {},
            div { class: "note", "{row.text}" }
        }
    }
}
