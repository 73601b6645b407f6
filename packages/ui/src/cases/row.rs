//! A row of the list: state, title, age, one badge, and a menu.

use std::rc::Rc;

use copilot_core::Intent;
use copilot_core::ids::CaseKey;
use copilot_core::model::CaseState;
use copilot_core::view::{Badge, CaseRow, Group};
use dioxus::prelude::*;

use super::{Rename, toggle_pin};
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::mirror::use_case;
use crate::session::{Renaming, Session, at_once, put, use_session};
use crate::words;

/// A case of the list. The component's key is the case's.
#[component]
pub(crate) fn CaseItem(id: CaseKey, stop: bool) -> Element {
    let session = use_session();
    let row = use_case(&id);
    let mut active = use_context::<Signal<Option<CaseKey>>>();
    let (open, renaming, menu) = (session.view.open, session.renaming, session.row_menu);
    let current = use_memo({
        let id = id.clone();
        move || open.read().as_ref() == Some(&id)
    });
    let renamed = use_memo({
        let id = id.clone();
        move || renaming.read().as_ref().is_some_and(|renaming| renaming.case == id && !renaming.in_header)
    });
    let has_menu = use_memo({
        let id = id.clone();
        move || menu.read().as_ref() == Some(&id)
    });
    use_drop({
        let (session, id) = (session.clone(), id.clone());
        move || session.spots.left(&Spot::Case(id))
    });
    let Some(case) = row.read().clone() else { return rsx! {} };
    let _ = (session.minute)();
    let under = under(&session, &case);
    let badge = badge_name(case.badge);
    let name = [&*case.title, &*under, &badge_words(case.badge)].join(", ");
    rsx! {
        li {
            div {
                class: "case",
                "data-key": "{id}",
                "data-badge": badge,
                "data-current": current(),
                if renamed() {
                    StateDot { state: case.state.clone() }
                    Rename { case: case.clone(), in_header: false }
                } else {
                    button {
                        r#type: "button",
                        class: "case-button",
                        tabindex: if stop { "0" } else { "-1" },
                        aria_label: name.trim_end_matches(", "),
                        aria_current: if current() { "true" },
                        onmounted: {
                            let (session, id) = (session.clone(), id.clone());
                            move |event: MountedEvent| session.spots.mounted(Spot::Case(id.clone()), event.data())
                        },
                        onfocus: {
                            let id = id.clone();
                            move |_| active.set(Some(id.clone()))
                        },
                        onclick: {
                            let (session, id) = (session.clone(), id.clone());
                            move |_| session.show(Some(id.clone()))
                        },
                    }
                    StateDot { state: case.state.clone() }
                    span { class: "texts", aria_hidden: "true",
                        span { class: "name ellipsis", "{case.title}" }
                        span { class: "under ellipsis", "{under}" }
                    }
                    BadgeView { badge: case.badge }
                    button {
                        r#type: "button",
                        class: "icon-button more",
                        tabindex: "-1",
                        aria_label: words::more_of(&case.title),
                        aria_haspopup: "menu",
                        aria_expanded: has_menu(),
                        onclick: {
                            let (session, id) = (session.clone(), id.clone());
                            move |_| {
                                let next = (!has_menu()).then(|| id.clone());
                                put(session.row_menu, next);
                                session.focus(Spot::MenuItem(0));
                            }
                        },
                        Icon { glyph: Glyph::Dots }
                    }
                    if has_menu() {
                        RowMenu { case: case.clone() }
                    }
                }
            }
            if let Some(note) = &case.title_note {
                div { class: "case-note", role: "note",
                    span { class: "gap",
                        strong { "{words::NOT_RENAMED}" }
                        " {words::reason(&note.failure, Some(&case.state), None)}"
                    }
                    button {
                        r#type: "button",
                        class: "link",
                        onclick: {
                            let (session, operation) = (session.clone(), note.operation);
                            move |_| session.act(Intent::Retry(operation))
                        },
                        "{words::TRY_AGAIN}"
                    }
                    button {
                        r#type: "button",
                        class: "link",
                        onclick: {
                            let (session, id) = (session, id.clone());
                            move |_| session.act(Intent::DismissTitleNote(id.clone()))
                        },
                        "{words::DISMISS}"
                    }
                }
            }
        }
    }
}

/// The line under the title: stage and age, or when it ended.
fn under(session: &Session, case: &CaseRow) -> String {
    let now = session.handle.now();
    if case.state.is_terminal() {
        return format!("{} {}", words::state(&case.state), label::day_name(case.activity.0, now));
    }
    let stage = case.stage.as_ref().map_or_else(|| words::state(&case.state), words::stage);
    format!("{stage} · {}", label::age(case.activity.0, now))
}

const fn badge_name(badge: Badge) -> &'static str {
    match badge {
        Badge::None => "none",
        Badge::Unread => "unread",
        Badge::Waiting(_) => "waiting",
        Badge::Decide => "decide",
        Badge::NotSent(_) => "not-sent",
    }
}

fn badge_words(badge: Badge) -> String {
    match badge {
        Badge::None => String::new(),
        Badge::Unread => words::NEW_ANSWER.to_owned(),
        Badge::Waiting(count) => words::waiting(count),
        Badge::Decide => words::TO_DECIDE.to_owned(),
        Badge::NotSent(count) => words::not_sent(count),
    }
}

#[component]
fn BadgeView(badge: Badge) -> Element {
    let (glyph, count) = match badge {
        Badge::None => return rsx! {},
        Badge::Unread => (None, None),
        Badge::Waiting(count) => (Some(Glyph::Clock), Some(count)),
        Badge::Decide => (Some(Glyph::Branch), None),
        Badge::NotSent(count) => (Some(Glyph::Alert), Some(count)),
    };
    rsx! {
        span { class: "badge num", "data-badge": badge_name(badge), title: badge_words(badge), aria_hidden: "true",
            if let Some(glyph) = glyph {
                Icon { glyph, size: 12 }
            }
            if let Some(count) = count {
                "{count}"
            }
        }
    }
}

/// Filled: investigating. Ring: inquiry. Check: over. The words are in the row's name.
#[component]
fn StateDot(state: CaseState) -> Element {
    match state {
        CaseState::Resolved => rsx! {
            span { class: "done", "data-dot": "resolved", Icon { glyph: Glyph::Check, size: 12 } }
        },
        CaseState::Closed => rsx! {
            span { class: "done", "data-dot": "closed", Icon { glyph: Glyph::Check, size: 12 } }
        },
        CaseState::Investigating => rsx! {
            span { class: "dot", "data-dot": "investigating" }
        },
        _ => rsx! {
            span { class: "dot", "data-dot": "inquiry" }
        },
    }
}

/// What can be done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Rename,
    Pin,
    Delete,
}

const ITEMS: [Item; 3] = [Item::Rename, Item::Pin, Item::Delete];

#[component]
fn RowMenu(case: Rc<CaseRow>) -> Element {
    let session = use_session();
    let pinned = case.group == Group::Pinned;
    let word = move |item| match item {
        Item::Rename => words::RENAME,
        Item::Pin if pinned => words::UNPIN,
        Item::Pin => words::PIN,
        Item::Delete => words::DELETE,
    };
    let choose = {
        let (session, id) = (session.clone(), case.key.clone());
        move |item| {
            put(session.row_menu, None);
            match item {
                Item::Rename => put(session.renaming, Some(Renaming { case: id.clone(), in_header: false })),
                Item::Pin => toggle_pin(&session, &id),
                Item::Delete => session.delete(&id),
            }
        }
    };
    let mut at = use_signal(|| 0_usize);
    let close = {
        let (session, id) = (session.clone(), case.key.clone());
        move || {
            put(session.row_menu, None);
            session.focus(Spot::Case(id.clone()));
        }
    };
    rsx! {
        div {
            class: "menu-away",
            onclick: {
                let close = close.clone();
                move |_| close()
            },
        }
        div {
            class: "menu",
            role: "menu",
            aria_label: words::more_of(&case.title),
            onmounted: move |event: MountedEvent| {
                // A menu of one of the last rows brings itself into view.
                let nearest = ScrollToOptions {
                    behavior: ScrollBehavior::Instant,
                    vertical: ScrollLogicalPosition::Nearest,
                    horizontal: ScrollLogicalPosition::Nearest,
                };
                at_once(event.data().scroll_to_with_options(nearest));
            },
            onkeydown: move |event: KeyboardEvent| {
                let last = ITEMS.len() - 1;
                let to = match event.key() {
                    Key::ArrowDown => if at() == last { 0 } else { at() + 1 },
                    Key::ArrowUp => if at() == 0 { last } else { at() - 1 },
                    Key::Home => 0,
                    Key::End => last,
                    Key::Character(letter) => {
                        let starts = |item: &Item| word(*item).to_lowercase().starts_with(&letter.to_lowercase());
                        ITEMS.iter().position(starts).unwrap_or_else(&*at)
                    }
                    Key::Escape | Key::Tab => {
                        event.prevent_default();
                        event.stop_propagation();
                        close();
                        return;
                    }
                    // Enter and Space press the item by themselves.
                    _ => {
                        event.stop_propagation();
                        return;
                    }
                };
                event.prevent_default();
                event.stop_propagation();
                at.set(to);
                session.focus(Spot::MenuItem(to));
            },
            for (index , item) in ITEMS.into_iter().enumerate() {
                div { key: "{index}", role: "none",
                    if item == Item::Delete {
                        hr { role: "separator" }
                    }
                    button {
                        r#type: "button",
                        role: "menuitem",
                        tabindex: "-1",
                        class: if item == Item::Delete { "danger" },
                        onmounted: {
                            let session = session.clone();
                            move |event: MountedEvent| session.spots.mounted(Spot::MenuItem(index), event.data())
                        },
                        onclick: {
                            let choose = choose.clone();
                            move |_| choose(item)
                        },
                        Icon {
                            glyph: match item {
                                Item::Rename => Glyph::Pencil,
                                Item::Pin => Glyph::Pin,
                                Item::Delete => Glyph::Trash,
                            },
                        }
                        "{word(item)}"
                        kbd { aria_hidden: "true",
                            match item {
                                Item::Rename => "F2",
                                Item::Pin => "P",
                                Item::Delete => "Del",
                            }
                        }
                    }
                }
            }
        }
    }
}
