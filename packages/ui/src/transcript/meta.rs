//! The line under the person's words: when, how far it is, and what can be done in it.

use std::rc::Rc;

use copilot_core::ids::CaseKey;
use copilot_core::view::MessageRow;
use dioxus::prelude::*;

use super::delivery::{Action, OVERDUE_MS, Says, Shown};
use super::thinking::{NextTry, StillSending};
use super::user::{act, called};
use crate::icon::Icon;
use crate::redaction::{self, Redactions};
use crate::session::use_session;
use crate::timing::use_settled;
use crate::words;

/// The line under the bubble; it is there from the first frame and is always 20 px high.
#[component]
pub(super) fn Meta(case: CaseKey, row: Rc<MessageRow>, shown: Shown, time: String) -> Element {
    rsx! {
        div { class: "meta num",
            if shown.says == Says::Nothing && shown.glyph.is_none() {
                Redactions { count: redaction::hidden(&row.text) }
            }
            span { class: "time", "{time}" }
            if shown.glyph.is_some() || shown.says != Says::Nothing {
                span { class: "state",
                    if let Some(glyph) = shown.glyph {
                        Icon { glyph, size: 12 }
                    }
                    match shown.says {
                        Says::Nothing => rsx! {},
                        Says::Words(words) => rsx! { span { class: "ellipsis", "{words}" } },
                        Says::StillSending(since) => rsx! { StillSending { since } },
                        Says::Busy(until) => rsx! { NextTry { until } },
                    }
                }
            }
            InLine { case: case.clone(), row: row.clone(), actions: shown.inline }
            if let Some(action) = shown.overdue {
                Overdue { case, row, action }
            }
        }
    }
}

/// Actions of the meta line.
#[component]
fn InLine(case: CaseKey, row: Rc<MessageRow>, actions: Vec<Action>) -> Element {
    let session = use_session();
    rsx! {
        if !actions.is_empty() {
            span { aria_hidden: "true", "·" }
        }
        for action in actions {
            button {
                key: "{action.word()}",
                r#type: "button",
                class: "link",
                aria_label: words::on_message(action.word(), called(&row)),
                onclick: {
                    let (session, case, row) = (session.clone(), case.clone(), row.clone());
                    move |_| act(&session, &case, &row, action)
                },
                "{action.word()}"
            }
        }
    }
}

/// An action that is offered when nothing has happened since the message was written. The state that it belongs to may
/// have come and gone meanwhile.
#[component]
fn Overdue(case: CaseKey, row: Rc<MessageRow>, action: Action) -> Element {
    let session = use_session();
    let left = use_hook(|| {
        let written = row.sent.map_or(0, |at| at.0);
        let waited = session.handle.now().wall.0.saturating_sub(written);
        OVERDUE_MS.saturating_sub(u32::try_from(waited).unwrap_or(OVERDUE_MS))
    });
    if use_settled(true, left) {
        rsx! {
            span { class: "overdue",
                InLine { case, row, actions: vec![action] }
            }
        }
    } else {
        rsx! {}
    }
}
