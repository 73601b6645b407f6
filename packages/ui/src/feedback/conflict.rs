//! The card of a title that changed on both sides. Mine is shown everywhere until the person has decided.

use copilot_core::Intent;
use copilot_core::ids::CaseKey;
use copilot_core::view::TitleConflict;
use dioxus::prelude::*;

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
    let open = (use_session().view.open)();
    match open {
        Some(id) => rsx! {
            OfCase { key: "{id}", id }
        },
        None => rsx! {},
    }
}

#[component]
fn OfCase(id: CaseKey) -> Element {
    let row = use_case(&id);
    let mut later = use_signal(|| false);
    let Some(conflict) = row.read().as_ref().and_then(|row| row.conflict.clone()) else { return rsx! {} };
    if later() {
        return rsx! {
            div { class: "notices",
                div { class: "notice", role: "note", "data-notice": "title-conflict",
                    Icon { glyph: Glyph::Branch }
                    div {
                        button { r#type: "button", class: "link", onclick: move |_| later.set(false), "{words::CONFLICT}" }
                    }
                }
            }
        };
    }
    rsx! {
        Card { id, conflict, onlater: move |()| later.set(true) }
    }
}

#[component]
fn Card(id: CaseKey, conflict: TitleConflict, onlater: EventHandler<()>) -> Element {
    let session = use_session();
    let mut keep_mine = use_signal(|| true);
    let now = session.handle.now();
    let options = [
        (
            true,
            words::yours_at(&label::clock_time(conflict.mine_at.0, now)),
            marked(&conflict.mine, &conflict.theirs),
        ),
        (false, words::THEIRS.to_owned(), marked(&conflict.theirs, &conflict.mine)),
    ];
    let decide = move |mine: bool| {
        let intent = if mine { Intent::KeepMine(id.clone()) } else { Intent::UseTheirs(id.clone()) };
        session.act(intent);
        session.focus(Spot::Composer);
    };
    let (decide_mine, decide_theirs) = (decide.clone(), decide);
    rsx! {
        div { class: "notices",
            section { class: "conflict", "data-notice": "title-conflict", aria_labelledby: "title-conflict",
                Icon { glyph: Glyph::Branch }
                div { class: "says",
                    strong { id: "title-conflict", "{words::CONFLICT}" }
                    "{words::CONFLICT_SUB}"
                }
                div { class: "options", role: "radiogroup", aria_label: words::CONFLICT_NAME,
                    for (mine , whose , words) in options {
                        label { key: "{mine}", class: "option",
                            input {
                                r#type: "radio",
                                name: "title-conflict",
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
