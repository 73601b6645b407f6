//! The card of a title or a state that changed on both sides. Mine is shown everywhere until the person has decided.

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, OperationId};
use copilot_core::view::CaseRow;
use dioxus::prelude::*;

use super::fold::{Fold, Kind};
use crate::announce::Saying;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::mirror::use_case;
use crate::session::use_session;
use crate::words;

/// The words of a title, each with whether the other title lacks it at that place.
fn marked(title: &str, other: &str) -> Vec<(String, bool)> {
    let (words, others): (Vec<_>, Vec<_>) = (title.split(' ').collect(), other.split(' ').collect());
    let same_front = words.iter().zip(&others).take_while(|(word, other)| word == other).count();
    let rest = words.len().min(others.len()) - same_front;
    let same_back = words
        .iter()
        .rev()
        .zip(others.iter().rev())
        .take(rest)
        .take_while(|(word, other)| word == other)
        .count();
    let changed = same_front..words.len() - same_back;
    words.into_iter().enumerate().map(|(at, word)| (word.to_owned(), changed.contains(&at))).collect()
}

/// See the module.
#[component]
pub(crate) fn Conflict() -> Element {
    let view = &use_session().view;
    let open = (view.open)();
    let count = view.row.read().as_ref().map_or(0, |row| choices(row).len());
    let shown = use_context::<Fold>().shown(Kind::Conflict, count);
    match open {
        Some(id) => rsx! {
            OfCase { key: "{id}", id, shown }
        },
        None => rsx! {},
    }
}

/// A value that changed on both sides, whatever it is.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    /// The operation of the conflict.
    operation: OperationId,
    /// The name of the group of options, and of the notice for outside tests.
    name: &'static str,
    notice: &'static str,
    title: &'static str,
    mine: String,
    mine_at: u64,
    theirs: String,
}

fn choices(case: &CaseRow) -> Vec<Choice> {
    let title = case.conflict.as_ref().map(|conflict| Choice {
        operation: conflict.operation,
        name: words::CONFLICT_NAME,
        notice: "title-conflict",
        title: words::CONFLICT,
        mine: conflict.mine.to_string(),
        mine_at: conflict.mine_at.0,
        theirs: conflict.theirs.to_string(),
    });
    let status = case.status_conflict.as_ref().map(|conflict| Choice {
        operation: conflict.operation,
        name: words::STATUS_CONFLICT_NAME,
        notice: "status-conflict",
        title: words::STATUS_CONFLICT,
        mine: words::state(&conflict.mine),
        mine_at: conflict.mine_at.0,
        theirs: words::state(&conflict.theirs),
    });
    title.into_iter().chain(status).collect()
}

#[component]
fn OfCase(id: CaseKey, shown: usize) -> Element {
    let session = use_session();
    let row = use_case(&id);
    let conflicted = use_memo(move || {
        let row = row.read();
        let row = row.as_ref();
        let title = row.is_some_and(|row| row.conflict.is_some());
        let status = row.is_some_and(|row| row.status_conflict.is_some());
        (title.then_some(words::SAID_TITLE_CONFLICT), status.then_some(words::SAID_STATUS_CONFLICT))
    });
    use_effect(move || {
        let (title, status) = conflicted();
        for said in title.into_iter().chain(status) {
            session.say(Saying::Conflict(said));
        }
    });
    let all = row.read().as_ref().map(|row| choices(row)).unwrap_or_default();
    rsx! {
        for choice in all.into_iter().take(shown) {
            Foldable { key: "{choice.operation}", choice }
        }
    }
}

#[component]
fn Foldable(choice: Choice) -> Element {
    let session = use_session();
    let mut later = use_signal(|| false);
    if !later() {
        return rsx! {
            Card {
                choice,
                onlater: move |()| {
                    later.set(true);
                    session.focus(Spot::Composer);
                },
            }
        };
    }
    rsx! {
        div { class: "notices",
            div { class: "notice", role: "note", "data-notice": choice.notice,
                Icon { glyph: Glyph::Branch }
                div {
                    button { r#type: "button", class: "link", onclick: move |_| later.set(false), "{choice.title}" }
                }
            }
        }
    }
}

#[component]
fn Card(choice: Choice, onlater: EventHandler<()>) -> Element {
    let session = use_session();
    let mut keep_mine = use_signal(|| true);
    let now = session.handle.now();
    let options = [
        (
            true,
            words::yours_at(&label::clock_time(choice.mine_at, now)),
            marked(&choice.mine, &choice.theirs),
        ),
        (false, words::THEIRS.to_owned(), marked(&choice.theirs, &choice.mine)),
    ];
    let operation = choice.operation;
    let decide = move |mine: bool| {
        session.act(if mine { Intent::KeepMine(operation) } else { Intent::UseTheirs(operation) });
        session.focus(Spot::Composer);
    };
    let (decide_mine, decide_theirs) = (decide.clone(), decide);
    rsx! {
        div { class: "notices",
            section { class: "conflict", "data-notice": choice.notice, aria_labelledby: choice.notice,
                Icon { glyph: Glyph::Branch }
                div { class: "says",
                    strong { id: choice.notice, "{choice.title}" }
                    "{words::CONFLICT_SUB}"
                }
                div { class: "options", role: "radiogroup", aria_label: choice.name,
                    for (mine , whose , words) in options {
                        label { key: "{mine}", class: "option",
                            input {
                                r#type: "radio",
                                name: choice.notice,
                                checked: keep_mine() == mine,
                                onchange: move |_| keep_mine.set(mine),
                            }
                            span { class: "whose", "{whose}" }
                            span { class: "title",
                                for (at , (word , changed)) in words.into_iter().enumerate() {
                                    if at > 0 {
                                        " "
                                    }
                                    if changed {
                                        mark { "{word}" }
                                    } else {
                                        "{word}"
                                    }
                                }
                            }
                        }
                    }
                }
                div { class: "buttons",
                    button {
                        r#type: "button",
                        class: if keep_mine() { "button primary" } else { "button" },
                        onclick: move |_| decide_mine(true),
                        "{words::KEEP_MINE}"
                    }
                    button {
                        r#type: "button",
                        class: if keep_mine() { "button" } else { "button primary" },
                        onclick: move |_| decide_theirs(false),
                        "{words::USE_THEIRS}"
                    }
                    span { class: "gap" }
                    button { r#type: "button", class: "button quiet", onclick: move |_| onlater.call(()), "{words::LATER}" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(title: &str, other: &str) -> String {
        let words = marked(title, other).into_iter();
        words.filter(|(_, changed)| *changed).map(|(word, _)| word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_words_that_differ_are_marked_and_the_common_front_and_back_are_not() {
        assert_eq!(changed("Checkout p99: pool halved", "Checkout latency incident"), "p99: pool halved");
        assert_eq!(changed("Checkout is down", "Checkout was down"), "is");
        assert_eq!(changed("down", "down down"), "");
        assert_eq!(changed("down down", "down"), "down");
        assert_eq!(changed("same", "same"), "");
    }
}
