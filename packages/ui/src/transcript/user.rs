//! A row of the person: what they said, when, how far it is, and what can be done about it.

use std::rc::Rc;

use copilot_core::ids::{CaseKey, OperationId};
use copilot_core::model::Turn;
use copilot_core::view::{Attachment, Delivery, MessageRow};
use copilot_core::{Failure, Intent, Millis};
use dioxus::prelude::*;

use super::delivery::{Action, Look, SENT_MS, Says, is_unsure, show, ways_out};
use super::meta::Meta;
use super::row::{Article, moment};
use crate::copy::CopyIcon;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::preferences::Choice;
use crate::session::{Page, Session, use_session};
use crate::timing::use_lasting;
use crate::words;

/// Longer messages are folded after this many lines (ux §4).
const LINES_SHOWN: usize = 12;
/// A line that is longer than this many bytes counts as several: a megabyte on one line folds too.
const BYTES_SHOWN: usize = 4000;

/// See the module.
#[component]
pub(crate) fn UserRow(case: CaseKey, row: Rc<MessageRow>, newest: bool) -> Element {
    let session = use_session();
    // With the confirmed rows the operation ends, which may be before "Sent" could be read.
    let sent = use_lasting(row.delivery == Delivery::Sent, SENT_MS);
    let shown = match &row.delivery {
        Delivery::Settled if sent => show(&Delivery::Sent, newest),
        delivery => show(delivery, newest),
    };
    let now = session.handle.now();
    let time = moment(&row).map(|at| label::clock_time(at, now)).unwrap_or_default();
    let failure = match &row.delivery {
        Delivery::Failed { failure, not_before, took } => {
            let mut ways = ways_out(failure, *not_before, now.mono);
            ways.retain(|way| *way != Action::ReplaceFile || row.attachment.is_some());
            Some((failure.clone(), *took, ways))
        }
        _ => None,
    };
    let state_words = match (&failure, shown.says) {
        (Some((failure, ..)), _) if is_unsure(failure) => "not confirmed".to_owned(),
        (Some(_), _) => "not sent".to_owned(),
        (None, Says::Words(words)) => words.trim_end_matches('…').to_lowercase(),
        (None, Says::StillSending(_)) => "still sending".to_owned(),
        (None, Says::Busy(_)) => "waiting, server is busy".to_owned(),
        (None, Says::Nothing) => String::new(),
    };
    let name =
        [words::YOU, &time, &state_words].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let why_id = failure.is_some().then(|| format!("why-{}", row.key));
    let keys = {
        let (session, row, case, shown) = (session.clone(), row.clone(), case.clone(), shown.clone());
        let ways = failure.as_ref().map(|(.., ways)| ways.clone()).unwrap_or_default();
        move |event: KeyboardEvent| {
            if matches!(event.key(), Key::Character(_)) && !session.preferences.is_on(Choice::Letters) {
                return;
            }
            let Some(action) = action_of_key(&event.key()) else { return };
            let offered = ways.iter().chain(&shown.inline).chain(&shown.aside);
            let wanted = offered.copied().find(|offered| same_key(*offered, action));
            if let Some(wanted) = wanted {
                event.prevent_default();
                act(&session, &case, &row, wanted);
            }
        }
    };
    rsx! {
        Article {
            row: row.clone(),
            class: "user",
            role_name: "user",
            state: shown.state,
            label: name.join(", "),
            described_by: why_id.clone(),
            onkeydown: keys,
            if let Some(attachment) = &row.attachment {
                Card { attachment: attachment.clone() }
            }
            if !row.text.is_empty() || row.attachment.is_none() {
                Bubble { row: row.clone(), look: shown.look }
            }
            Meta { case: case.clone(), row: row.clone(), shown: shown.clone(), time }
            if let Some((failure, took, ways)) = failure {
                div { class: "why", id: why_id,
                    Icon { glyph: Glyph::Alert, size: 14 }
                    span {
                        if !is_unsure(&failure) {
                            strong { "{words::NOT_SENT} " }
                        }
                        "{why(&session, &row, &failure, took)}"
                    }
                }
                WaysOut { case, row: row, actions: ways }
            } else if !shown.aside.is_empty() {
                Aside { case, row: row, actions: shown.aside.clone() }
            }
        }
    }
}

fn why(session: &Session, row: &MessageRow, failure: &Failure, took: Option<Millis>) -> String {
    let limit = session.view.status.peek().limits.max_bytes;
    let sizes = row.attachment.as_ref().map(|attachment| (attachment.bytes, limit));
    let state = session.open_case().map(|case| case.state);
    words::reason(failure, took, state.as_ref(), sizes)
}

/// Letters that act on the focused row (ux §8), also with Caps Lock.
fn action_of_key(key: &Key) -> Option<Action> {
    match key {
        Key::Character(letter) => match letter.to_ascii_lowercase().as_str() {
            "r" => Some(Action::Retry),
            "e" => Some(Action::Edit),
            "c" => Some(Action::Copy),
            _ => None,
        },
        Key::Delete => Some(Action::Discard),
        _ => None,
    }
}

const fn same_key(offered: Action, pressed: Action) -> bool {
    matches!(
        (offered, pressed),
        (Action::Retry | Action::CheckAgain, Action::Retry)
            | (Action::Edit, Action::Edit)
            | (Action::Copy, Action::Copy)
            | (Action::Discard | Action::Cancel, Action::Discard)
    )
}

/// Does an action of a row.
pub(super) fn act(session: &Session, case: &CaseKey, row: &MessageRow, action: Action) {
    let operation = row.operation;
    let with = |run: &dyn Fn(OperationId)| {
        if let Some(operation) = operation {
            run(operation);
        }
    };
    match action {
        Action::Retry | Action::CheckAgain => with(&|operation| {
            session.act(Intent::Retry(operation));
            session.focus(Spot::Composer);
        }),
        Action::RetryAt(_) => {}
        Action::Edit => with(&|operation| session.edit(operation)),
        Action::Copy => session.copy(row.text.to_string()),
        Action::Discard | Action::Cancel => with(&|operation| session.discard(operation, &row.key)),
        Action::CancelSending => with(&|operation| {
            session.act(Intent::Stop(operation));
            session.focus(Spot::Composer);
        }),
        Action::SendAnyway => with(&|operation| {
            session.act(Intent::SendAnyway(operation));
            session.focus(Spot::Composer);
        }),
        Action::SendAgain => {
            session.say_here(case.clone(), Turn::say(row.text.clone()));
        }
        Action::SendFromHere => {
            session.handle.send_from_here();
            session.focus(Spot::Composer);
        }
        Action::ReplaceFile => with(&|operation| {
            session.edit(operation);
            session.drop_file(row.attachment.as_ref().and_then(|file| file.name.as_ref()));
            session.pick_files();
        }),
        Action::SeePlan => {
            let dashboard = session.view.status.peek().limits.dashboard.clone();
            let server = session.handle.account().server;
            session.host.open(dashboard.as_deref().unwrap_or(&server));
        }
        Action::AskForAccess => {
            let title = session.open_case().map(|case| case.title).unwrap_or_default();
            session.copy(words::access_request(&title, &session.handle.account().server));
            session.desk.note(words::ACCESS_COPIED);
        }
        Action::Details => session.show_page(Page::Inspector),
        Action::MoveToNewCase | Action::FollowUp => with(&|operation| session.move_to_new_case(operation)),
    }
}

/// What a message is called in the names of its buttons: its words, or what went without words.
pub(super) fn called(row: &MessageRow) -> &str {
    match &row.attachment {
        Some(attachment) if row.text.is_empty() => name_of(attachment),
        _ => &row.text,
    }
}

fn name_of(attachment: &Attachment) -> &str {
    attachment.name.as_deref().unwrap_or(words::PASTED_LOG)
}

/// The file or paste that went along.
#[component]
fn Card(attachment: Attachment) -> Element {
    let name = name_of(&attachment);
    let glyph = if attachment.name.is_some() { Glyph::Document } else { Glyph::Clipboard };
    rsx! {
        div { class: "card",
            Icon { glyph, size: 14 }
            span { class: "ellipsis", "{name}" }
            span { class: "size", "· {label::size(attachment.bytes)}" }
        }
    }
}

/// What was said, folded when it is long.
#[component]
fn Bubble(row: Rc<MessageRow>, look: Look) -> Element {
    let mut whole = use_signal(|| false);
    let lines = row.text.lines().count();
    let short = fold(&row.text);
    let text = match short {
        Some(short) if !whole() => short,
        _ => &row.text,
    };
    rsx! {
        div { class: "bubble", "data-look": look.name(),
            "{text}"
            if short.is_some() {
                span { class: "fold",
                    button {
                        r#type: "button",
                        class: "link",
                        aria_expanded: whole(),
                        onclick: move |_| whole.toggle(),
                        if whole() { "{words::SHOW_LESS}" } else { "{words::show_all_lines(lines)}" }
                    }
                }
            }
        }
    }
}

/// The first lines of a long text; `None` when all of it can be shown.
fn fold(text: &str) -> Option<&str> {
    let by_lines = text.match_indices('\n').nth(LINES_SHOWN - 1).map(|(at, _)| at);
    let by_bytes = (text.len() > BYTES_SHOWN).then(|| text.floor_char_boundary(BYTES_SHOWN));
    let end = [by_lines, by_bytes].into_iter().flatten().min()?;
    text.get(..end)
}

/// The buttons of a row that was not sent.
#[component]
fn WaysOut(case: CaseKey, row: Rc<MessageRow>, actions: Vec<Action>) -> Element {
    let session = use_session();
    rsx! {
        div { class: "actions", role: "group", aria_label: words::ACTIONS_UNSENT,
            for (index , action) in actions.into_iter().enumerate() {
                WayOut { key: "{action.word()}", session: Held(session.clone()), case: case.clone(), row: row.clone(), action, first: index == 0 }
            }
        }
    }
}

/// A session as a property: there is one per account.
#[derive(Clone)]
struct Held(Session);

impl PartialEq for Held {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[component]
fn WayOut(session: Held, case: CaseKey, row: Rc<MessageRow>, action: Action, first: bool) -> Element {
    let Held(session) = session;
    let time = match action {
        Action::RetryAt(until) => Some(words::time_of(until, session.handle.now())),
        _ => None,
    };
    let word = time.as_deref().map_or_else(|| action.word().to_owned(), words::retry_at);
    let leads = first && !matches!(action, Action::Edit | Action::Copy);
    rsx! {
        button {
            r#type: "button",
            class: if leads { "first" },
            aria_label: words::on_message(&word, called(&row)),
            aria_disabled: time.is_some(),
            title: time.as_deref().map(words::retry_not_yet),
            onclick: move |_| {
                // The wait may be over although nothing has changed on the row since.
                let now = session.handle.now().mono;
                let action = match action {
                    Action::RetryAt(until) if until <= now => Action::Retry,
                    other => other,
                };
                act(&session, &case, &row, action);
            },
            Icon { glyph: action.glyph(), size: 14 }
            "{word}"
        }
    }
}

/// Small buttons beside a row, there on hover and focus.
#[component]
fn Aside(case: CaseKey, row: Rc<MessageRow>, actions: Vec<Action>) -> Element {
    let session = use_session();
    rsx! {
        div { class: "aside", role: "group", aria_label: words::ACTIONS,
            for action in actions {
                if action == Action::Copy {
                    CopyIcon { key: "{action.word()}", text: row.text.clone(), label: words::on_message(words::COPY, called(&row)) }
                } else {
                    button {
                        key: "{action.word()}",
                        r#type: "button",
                        class: "icon-button",
                        title: action.word(),
                        aria_label: words::on_message(action.word(), called(&row)),
                        onclick: {
                            let (session, case, row) = (session.clone(), case.clone(), row.clone());
                            move |_| act(&session, &case, &row, action)
                        },
                        Icon { glyph: action.glyph(), size: 14 }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_folded_after_twelve_lines() {
        let text = (1..=214).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
        assert_eq!(fold(&text).unwrap().lines().count(), 12);
        assert_eq!(fold("one\ntwo"), None);
    }

    #[test]
    fn a_megabyte_on_one_line_is_folded_between_characters() {
        let text = "ü".repeat(1 << 19);
        let short = fold(&text).unwrap();
        assert!(short.len() <= BYTES_SHOWN && short.chars().all(|c| c == 'ü'));
    }
}
