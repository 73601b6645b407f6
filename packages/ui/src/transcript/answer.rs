//! A row of FaultMaven: thinking, answered or stopped, with what can be done next.

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::{self, ActionKind, Intention, Role, Turn};
use copilot_core::view::{Delivery, MessageRow, Thinking};
use dioxus::prelude::*;

use super::row::{Article, moment};
use super::thinking::ThinkingLine;
use crate::copy::{CopyIcon, copy_for_a_moment};
use crate::focus::Spot;
use crate::icon::{Glyph, Icon, Mark};
use crate::label;
use crate::markdown::{self, Markdown};
use crate::menu::{Menu, MenuItem};
use crate::preferences::Choice;
use crate::redaction::{self, Redactions};
use crate::session::{MenuAt, Session, put, use_session};
use crate::words;

/// See the module.
#[component]
pub(crate) fn AnswerRow(case: CaseKey, row: Rc<MessageRow>, last: bool) -> Element {
    let session = use_session();
    let now = session.handle.now();
    let time = if matches!(row.thinking, Some(Thinking::Since(_))) { None } else { moment(&row) };
    // An answer that is not confirmed yet has come just now.
    let came = use_hook(|| Rc::new(Cell::new(None::<u64>)));
    let time = time.or_else(|| {
        row.thinking.is_none().then(|| {
            let at = came.get().unwrap_or(now.wall.0);
            came.set(Some(at));
            at
        })
    });
    let time = time.map(|at| label::clock_time(at, now));
    let name = match (&row.thinking, &time) {
        (Some(Thinking::Since(_)), _) => format!("{}, thinking", words::BRAND),
        (_, Some(time)) => format!("{}, {time}", words::BRAND),
        _ => words::BRAND.to_owned(),
    };
    let for_more = case.clone();
    let hidden = redaction::hidden(&row.text);
    let again = question(&session, &case, &row.key);
    let missing = row.delivery == Delivery::OnlyHere;
    let state = if missing { "only-here" } else { "sent" };
    let keys = {
        let row = row.clone();
        move |event: KeyboardEvent| {
            let letter = matches!(event.key(), Key::Character(letter) if letter.eq_ignore_ascii_case("c"));
            if letter && row.thinking.is_none() && session.preferences.is_on(Choice::Letters) {
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
            state,
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
                Redactions { count: hidden }
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
            if missing {
                div { class: "note",
                    "{words::ANSWER_MISSING} "
                    if let Some(turn) = again.clone() {
                        AskAgain { case: case.clone(), turn, in_words: true }
                    }
                }
            }
            if !row.actions.is_empty() && row.thinking.is_none() {
                ul { class: "suggestions",
                    for (index , action) in distinct(&row.actions).into_iter().take(MOST).enumerate() {
                        li { key: "{index}",
                            Suggestion { case: case.clone(), action }
                        }
                    }
                }
            }
            if !matches!(row.thinking, Some(Thinking::Since(_))) {
                div { class: "after", "data-shown": last || row.thinking.is_some(),
                    if row.thinking.is_none() {
                        CopyIcon { text: row.text.clone(), label: words::on_message(words::COPY, &row.text) }
                    }
                    if let Some(turn) = again.filter(|_| !missing) {
                        AskAgain { case, turn, in_words: false }
                    }
                    if row.thinking.is_none() {
                        More { case: for_more, row: row.clone() }
                    }
                }
            }
        }
    }
}

/// Says a question once more.
#[component]
fn AskAgain(case: CaseKey, turn: Turn, in_words: bool) -> Element {
    let session = use_session();
    rsx! {
        button {
            r#type: "button",
            class: if in_words { "link" } else { "icon-button" },
            title: words::ASK_AGAIN,
            aria_label: words::on_message(words::ASK_AGAIN, &turn.text),
            onclick: move |_| session.say_here(case.clone(), turn.clone()),
            if in_words {
                "{words::ASK_AGAIN}"
            } else {
                Icon { glyph: Glyph::Refresh, size: 14 }
            }
        }
    }
}

/// Suggestions without those that say the same as one before them: "Start an investigation" and "Start a
/// formal investigation" are one wish. Of two, the one that carries an intent stays.
fn distinct(actions: &[model::Action]) -> Vec<model::Action> {
    const SMALL: [&str; 4] = ["a", "an", "the", "formal"];
    let meaning = |action: &model::Action| {
        let label = action.label.to_lowercase();
        label.split_whitespace().filter(|word| !SMALL.contains(word)).collect::<Vec<_>>().join(" ")
    };
    let mut kept: Vec<model::Action> = Vec::new();
    for action in actions {
        match kept.iter_mut().find(|other| other.kind == action.kind && meaning(other) == meaning(action)) {
            Some(other) if other.intent.is_none() && action.intent.is_some() => *other = action.clone(),
            Some(_) => {}
            None => kept.push(action.clone()),
        }
    }
    kept
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

/// What else can be done with an answer.
#[component]
fn More(case: CaseKey, row: Rc<MessageRow>) -> Element {
    let session = use_session();
    let menu = session.menu;
    let key = row.key.clone();
    let is_open = use_memo({
        let key = key.clone();
        move || matches!(&*menu.read(), Some(MenuAt::Answer(open)) if *open == key)
    });
    let close = {
        let (session, key) = (session.clone(), key.clone());
        move || {
            put(session.menu, None);
            session.focus(Spot::More(key.clone()));
        }
    };
    use_drop({
        let (session, key) = (session.clone(), key.clone());
        move || session.spots.left(&Spot::More(key))
    });
    let name = words::on_message(words::MORE, &row.text);
    rsx! {
        span { class: "pill-box", "data-open": is_open(),
            button {
                r#type: "button",
                class: "icon-button",
                title: words::MORE,
                aria_label: "{name}",
                aria_haspopup: "menu",
                aria_expanded: is_open(),
                onmounted: {
                    let (session, key) = (session.clone(), key.clone());
                    move |event: MountedEvent| session.spots.mounted(Spot::More(key.clone()), event.data())
                },
                onclick: move |_| put(session.menu, (!is_open()).then(|| MenuAt::Answer(key.clone()))),
                Icon { glyph: Glyph::Dots, size: 14 }
            }
            if is_open() {
                Menu {
                    label: name.clone(),
                    place: "above",
                    items: vec![
                        MenuItem::new(Glyph::Quote, words::QUOTE),
                        MenuItem::new(Glyph::Copy, words::COPY_PLAIN),
                        MenuItem::new(Glyph::Download, words::EXPORT_MARKDOWN),
                        MenuItem::new(Glyph::Panel, words::DETAILS_TITLE),
                    ],
                    onchoose: {
                        let (session, row, case, close) = (session.clone(), row, case, close.clone());
                        move |index| {
                            close();
                            match index {
                                0 => {
                                    session.type_text(quote(&row.text));
                                    session.focus(Spot::Composer);
                                }
                                1 => session.copy(markdown::plain_text(&row.text)),
                                2 => session.export_case(&case),
                                _ => session.show_details(),
                            }
                        }
                    },
                    onclose: move |()| close(),
                }
            }
        }
    }
}

/// A text as a quotation, with room for what follows.
fn quote(text: &str) -> String {
    let lines = text.trim().lines().map(|line| format!("> {line}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n") + "\n\n"
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
                    session.say_here(case.clone(), Turn { text: words.clone(), data: None, intention });
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
    pub(crate) fn say_here(&self, case: CaseKey, turn: Turn) {
        if let Some(reading) = self.reading() {
            reading.glide_to_end();
        }
        self.act(Intent::Say { case, turn });
        self.focus(Spot::Composer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(label: &str, intent: Option<&str>) -> model::Action {
        model::Action {
            label: label.into(),
            kind: ActionKind::Decide,
            payload: None,
            intent: intent.map(Into::into),
        }
    }

    #[test]
    fn one_wish_in_two_wordings_is_offered_once_with_its_intent() {
        let actions = [
            action("Start an investigation", None),
            action("Roll back", None),
            action("Start a formal investigation", Some("{}")),
        ];
        let labels: Vec<_> = distinct(&actions).into_iter().map(|action| action.label).collect();
        assert_eq!(
            labels.iter().map(|label| &**label).collect::<Vec<_>>(),
            ["Start a formal investigation", "Roll back"]
        );
    }

    #[test]
    fn a_quotation_marks_every_line() {
        assert_eq!(quote("one\n\ntwo\n"), "> one\n>\n> two\n\n");
    }
}
