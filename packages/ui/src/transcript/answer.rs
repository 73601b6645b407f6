//! A row of FaultMaven: thinking, answered or stopped, with what can be done next.

use std::rc::Rc;

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::{self, ActionKind, Intention, Role, Turn};
use copilot_core::view::{MessageRow, Thinking};
use dioxus::prelude::*;

use super::row::{Article, moment};
use super::thinking::ThinkingLine;
use crate::copy::{CopyIcon, copy_for_a_moment};
use crate::focus::Spot;
use crate::icon::{Glyph, Icon, Mark};
use crate::label;
use crate::markdown::Markdown;
use crate::session::{Session, use_session};
use crate::words;

/// See the module.
#[component]
pub(crate) fn AnswerRow(case: CaseKey, row: Rc<MessageRow>, last: bool) -> Element {
    let session = use_session();
    let now = session.handle.now();
    let time = if matches!(row.thinking, Some(Thinking::Since(_))) { None } else { moment(&row) };
    let time = time.map(|at| label::clock_time(at, now));
    let name = match (&row.thinking, &time) {
        (Some(Thinking::Since(_)), _) => format!("{}, thinking", words::BRAND),
        (_, Some(time)) => format!("{}, {time}", words::BRAND),
        _ => words::BRAND.to_owned(),
    };
    let again = question(&session, &case, &row.key);
    let keys = {
        let (session, row) = (session.clone(), row.clone());
        move |event: KeyboardEvent| {
            if event.key() == Key::Character("c".to_owned()) && row.thinking.is_none() {
                event.prevent_default();
                session.copy(row.text.to_string());
            }
        }
    };
    rsx! {
        Article {
            row: row.clone(),
            class: "assistant",
            role_name: "assistant",
            state: "sent",
            thinking: match row.thinking {
                Some(Thinking::Since(_)) => Some("waiting"),
                Some(Thinking::Stopped) => Some("stopped"),
                None => None,
            },
            label: name,
            onkeydown: keys,
            div { class: "head",
                Mark {}
                b { "{words::BRAND}" }
                if let Some(time) = time {
                    span { aria_hidden: "true", "·" }
                    span { class: "num", "{time}" }
                }
            }
            match row.thinking {
                Some(Thinking::Since(since)) => rsx! {
                    ThinkingLine { since, operation: row.operation }
                },
                Some(Thinking::Stopped) => rsx! {
                    p { class: "stopped", "{words::STOPPED}" }
                },
                None => rsx! {
                    Markdown { text: row.text.clone() }
                },
            }
            if !row.actions.is_empty() && row.thinking.is_none() {
                ul { class: "suggestions",
                    for (index , action) in row.actions.iter().take(MOST).enumerate() {
                        li { key: "{index}",
                            Suggestion { case: case.clone(), action: action.clone() }
                        }
                    }
                }
            }
            if !matches!(row.thinking, Some(Thinking::Since(_))) {
                div { class: "after", "data-shown": last || row.thinking.is_some(),
                    if row.thinking.is_none() {
                        CopyIcon { text: row.text.clone(), label: words::on_message(words::COPY, &row.text) }
                    }
                    if let Some(again) = again {
                        button {
                            r#type: "button",
                            class: "icon-button",
                            title: words::ASK_AGAIN,
                            aria_label: words::on_message(words::ASK_AGAIN, &again.text),
                            onclick: move |_| session.submit(Some(case.clone()), vec![again.clone()]),
                            Icon { glyph: Glyph::Refresh, size: 14 }
                        }
                    }
                }
            }
        }
    }
}

/// Suggestions shown at most (ux §4).
const MOST: usize = 4;

/// The question that a row answers, if it was words alone: only then it can be asked again.
fn question(session: &Session, case: &CaseKey, answer: &MessageKey) -> Option<Turn> {
    session.handle.read(|view| {
        let keys = view.transcript(case);
        let at = keys.iter().rposition(|key| key == answer)?;
        let above = keys.get(..at)?.iter().rev().take(20).filter_map(|key| view.message(case, key));
        let asked = above.into_iter().find(|row| row.role == Role::User)?;
        asked.attachment.is_none().then(|| Turn::say(asked.text))
    })
}

/// A suggested next step.
#[component]
fn Suggestion(case: CaseKey, action: model::Action) -> Element {
    let session = use_session();
    let copied = use_signal(|| false);
    let glyph = match action.kind {
        ActionKind::Decide => Glyph::Bolt,
        ActionKind::Run => Glyph::Terminal,
        ActionKind::Evidence => Glyph::Clip,
        ActionKind::FreeSpeech => Glyph::Pencil,
        ActionKind::Unknown => Glyph::Info,
    };
    if action.kind == ActionKind::Unknown {
        return rsx! {
            span { class: "suggestion",
                Icon { glyph, size: 14 }
                span { class: "ellipsis", "{action.label}" }
            }
        };
    }
    let words = action.payload.clone().unwrap_or_else(|| action.label.clone());
    let label = action.label.clone();
    rsx! {
        button {
            r#type: "button",
            class: "suggestion",
            title: (action.kind == ActionKind::Run).then(|| words.to_string()),
            onclick: move |_| match action.kind {
                ActionKind::Decide => {
                    let intention = action.intent.clone().map(Intention::Suggested);
                    session.submit(Some(case.clone()), vec![Turn { text: words.clone(), data: None, intention }]);
                }
                ActionKind::Run => copy_for_a_moment(&session, words.to_string(), copied),
                ActionKind::Evidence => session.pick_files(),
                ActionKind::FreeSpeech => session.focus(Spot::Composer),
                ActionKind::Unknown => {}
            },
            Icon { glyph: if copied() { Glyph::Check } else { glyph }, size: 14 }
            span { class: "ellipsis", if copied() { "{words::COPIED}" } else { "{label}" } }
        }
    }
}

impl Session {
    /// Says something that does not stand in the composer; what stands there stays.
    pub(crate) fn submit(&self, case: Option<CaseKey>, turns: Vec<Turn>) {
        if let Some(reading) = self.reading() {
            reading.go_to_end();
        }
        self.act(Intent::Submit { case, turns });
        self.focus(Spot::Composer);
    }
}
