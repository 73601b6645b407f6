//! A row of the list: state, title, age, one badge, and a menu.

use std::rc::Rc;

use copilot_core::Intent;
use copilot_core::ids::CaseKey;
use copilot_core::model::CaseState;
use copilot_core::view::{Badge, CaseRow, Group};
use dioxus::prelude::*;

use super::{Rename, Title, toggle_pin};
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::menu::{Menu, MenuItem};
use crate::mirror::use_case;
use crate::session::{MenuAt, Renaming, Session, put, use_session};
use crate::words;

/// A case of the list. The component's key is the case's, `place` its number among how many of its group.
#[component]
pub(crate) fn CaseItem(id: CaseKey, stop: bool, place: (usize, usize)) -> Element {
    let session = use_session();
    let row = use_case(&id);
    let mut active = use_context::<Signal<Option<CaseKey>>>();
    let (open, renaming, menu) = (session.view.open, session.renaming, session.menu);
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
        move || matches!(&*menu.read(), Some(MenuAt::Case(case)) if *case == id)
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
        li { aria_posinset: "{place.0}", aria_setsize: "{place.1}",
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
                            let (session, id) = (session.clone(), id.clone());
                            move |_| {
                                active.set(Some(id.clone()));
                                session.spots.on_row(Some(Spot::Case(id.clone())));
                            }
                        },
                        onblur: {
                            let session = session.clone();
                            move |_| session.spots.on_row(None)
                        },
                        onclick: {
                            let (session, id) = (session.clone(), id.clone());
                            move |_| session.show(Some(id.clone()))
                        },
                    }
                    StateDot { state: case.state.clone() }
                    span { class: "texts", aria_hidden: "true",
                        span { class: "name ellipsis", Title { case: case.clone() } }
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
                                let next = (!has_menu()).then(|| MenuAt::Case(id.clone()));
                                put(session.menu, next);
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
                        " {words::reason(&note.failure, None, Some(&case.state), None)}"
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
    if case.naming {
        return words::NAMING.to_owned();
    }
    if case.only_here {
        return words::ONLY_HERE.to_owned();
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
    Suggest,
    Pin,
    CopyLink,
    Export,
    Delete,
}

#[component]
fn RowMenu(case: Rc<CaseRow>) -> Element {
    let session = use_session();
    let pinned = case.group == Group::Pinned;
    let link = session.address_of(&case.key);
    let mut all = vec![Item::Pin, Item::Export, Item::Delete];
    if link.is_some() {
        all.insert(1, Item::CopyLink);
    }
    // The server refuses both for a case that has ended (contract 2.4).
    if !case.state.is_terminal() {
        all.splice(0..0, [Item::Rename, Item::Suggest]);
    }
    let line = |item: &Item| match item {
        Item::Rename => MenuItem::new(Glyph::Pencil, words::RENAME).key("F2"),
        Item::Suggest => MenuItem::new(Glyph::Bolt, words::SUGGEST_TITLE),
        Item::Pin => MenuItem::new(Glyph::Pin, if pinned { words::UNPIN } else { words::PIN }).key("P"),
        Item::CopyLink => MenuItem::new(Glyph::Link, words::COPY_LINK),
        Item::Export => MenuItem::new(Glyph::Download, words::EXPORT_MARKDOWN).key("E"),
        Item::Delete => MenuItem::new(Glyph::Trash, words::DELETE).key("Del").danger(),
    };
    let id = case.key.clone();
    rsx! {
        Menu {
            label: words::more_of(&case.title),
            items: all.iter().map(line).collect::<Vec<_>>(),
            onchoose: {
                let (session, id) = (session.clone(), id.clone());
                move |index: usize| {
                    put(session.menu, None);
                    match all.get(index) {
                        Some(Item::Rename) => {
                            put(session.renaming, Some(Renaming { case: id.clone(), in_header: false }));
                        }
                        Some(Item::Suggest) => {
                            session.act(Intent::GenerateTitle(id.clone()));
                            session.focus(Spot::Case(id.clone()));
                        }
                        Some(Item::Pin) => toggle_pin(&session, &id),
                        Some(Item::CopyLink) => {
                            if let Some(link) = link.clone() {
                                session.copy(link);
                            }
                            session.focus(Spot::Case(id.clone()));
                        }
                        Some(Item::Export) => {
                            session.export_case(&id);
                            session.focus(Spot::Case(id.clone()));
                        }
                        Some(Item::Delete) => session.delete(&id),
                        None => {}
                    }
                }
            },
            onclose: move |()| {
                put(session.menu, None);
                session.focus(Spot::Case(id.clone()));
            },
        }
    }
}
