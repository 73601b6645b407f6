//! The list of cases: a sidebar in a wide panel, a drawer in a narrow one.
//!
//! `part` chooses the rows that are in the page, `row` draws a case, `results` what a search found, `rename` changes a
//! title in place, `title` shows one, `account` is the foot of the list.

mod account;
mod part;
mod rename;
mod results;
mod row;
mod title;

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::Intent;
use copilot_core::ids::CaseKey;
use copilot_core::view::Group;
use dioxus::prelude::*;

pub(crate) use rename::Rename;
pub(crate) use title::Title;

use crate::feedback::ToastView;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon, Mark};
use crate::mirror::GROUPS;
use crate::preferences::Choice;
use crate::session::{MenuAt, Renaming, Session, put, use_session};
use crate::words;
use account::AccountFoot;
use part::{ABOVE, DRAWN, Part, drawn, first_for};
use results::{Found, Results, use_server_search};
use row::CaseItem;

/// The preference that remembers which groups are folded.
const FOLDED: &str = "cases.folded";

const fn group_name(group: Group) -> &'static str {
    match group {
        Group::Pinned => words::PINNED,
        Group::Active => words::ACTIVE,
        Group::Resolved => words::RESOLVED,
    }
}

/// The list in a wide panel.
#[component]
pub(crate) fn Sidebar() -> Element {
    let session = use_session();
    rsx! {
        nav { class: "sidebar cases", aria_label: words::CASES,
            div { class: "cases-head",
                Mark { size: 22 }
                span { class: "name", "{words::BRAND}" }
                button {
                    r#type: "button",
                    class: "icon-button",
                    title: words::with_keys(words::NEW_CASE, session.host.command_key(), "Shift+O"),
                    aria_label: words::NEW_CASE,
                    onclick: move |_| session.show(None),
                    Icon { glyph: Glyph::Plus }
                }
            }
            CaseList {}
        }
    }
}

/// The list in a narrow panel: a dialog over the conversation.
#[component]
pub(crate) fn Drawer() -> Element {
    let session = use_session();
    rsx! {
        div {
            class: "scrim",
            onclick: {
                let session = session.clone();
                move |_| session.close_drawer()
            },
        }
        div {
            class: "drawer cases",
            role: "dialog",
            aria_modal: "true",
            aria_label: words::CASES,
            onkeydown: {
                let session = session.clone();
                move |event: KeyboardEvent| {
                    if event.key() == Key::Escape && !event.modifiers().shift() {
                        event.stop_propagation();
                        session.close_drawer();
                    }
                }
            },
            Fence { to: Spot::LayerEnd }
            div { class: "cases-head",
                Mark { size: 22 }
                span { class: "name", "{words::CASES}" }
                button {
                    r#type: "button",
                    class: "button primary",
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| session.spots.mounted(Spot::LayerStart, event.data())
                    },
                    onclick: {
                        let session = session.clone();
                        move |_| session.show(None)
                    },
                    Icon { glyph: Glyph::Plus, size: 14 }
                    "{words::NEW_CASE}"
                }
                button {
                    r#type: "button",
                    class: "icon-button",
                    aria_label: words::CLOSE,
                    onclick: move |_| session.close_drawer(),
                    Icon { glyph: Glyph::Close }
                }
            }
            nav { class: "cases-nav", aria_label: words::CASES,
                CaseList {}
            }
            Fence { to: Spot::LayerStart }
        }
    }
}

/// Keeps the focus inside a layer: what walks out at one side comes in at the other.
#[component]
pub(crate) fn Fence(to: Spot) -> Element {
    let session = use_session();
    rsx! {
        span { class: "hidden", tabindex: "0", onfocus: move |_| session.focus(to.clone()) }
    }
}

/// Search, groups, foot.
#[component]
fn CaseList() -> Element {
    let session = use_session();
    let query = use_signal(String::new);
    use_server_search(&session);
    let look_for = {
        let session = session.clone();
        move |text: String| {
            session.act(Intent::Search(text.as_str().into()));
            put(query, text);
        }
    };
    let folded = use_signal(|| session.app.preference(FOLDED).unwrap_or_default());
    let active = use_context_provider(|| Signal::new(session.view.open.peek().clone()));
    let groups = (session.view.groups)();
    let text = query.read().trim().to_owned();
    let found = (!text.is_empty()).then(|| Found::of(&session, &text));
    let visible: Rc<Vec<CaseKey>> = match &found {
        Some(found) => Rc::new(found.all()),
        None => {
            let open =
                GROUPS.iter().zip(groups.iter()).filter(|(group, _)| !is_folded(&folded.read(), **group));
            joined(open.map(|(_, keys)| keys).filter(|keys| !keys.is_empty()))
        }
    };
    // The first row in the page; not a signal, because drawing may move it.
    let first = use_hook(|| Rc::new(Cell::new(0_usize)));
    let mut scrolled = use_signal(|| 0_u64);
    let _ = scrolled();
    let wish = session.spots.wish();
    let wished = use_memo(move || match &*wish.read() {
        Some(Spot::Case(key)) => Some(key.clone()),
        _ => None,
    });
    let mut top = first.get();
    // A row that is to have the focus has to be in the page.
    let place = wished().and_then(|key| visible.iter().position(|other| *other == key));
    if let Some(place) = place.filter(|place| !drawn(top).contains(place)) {
        top = first_for(place);
        first.set(top);
    }
    let in_page = visible.get(top..).unwrap_or_default().iter().take(DRAWN);
    let stop = in_page
        .clone()
        .find(|key| active.read().as_ref() == Some(*key))
        .or_else(|| in_page.clone().next())
        .cloned();
    let resting = stop.clone();
    let row_height = if session.preferences.get(Choice::Density) == "comfortable" { 56.0 } else { 50.0 };
    let mut before = 0;
    let empty = groups.iter().all(|keys| keys.is_empty());
    rsx! {
        div { class: "search",
            Icon { glyph: Glyph::Search, size: 14 }
            input {
                r#type: "search",
                aria_label: words::SEARCH_CASES,
                placeholder: words::SEARCH_CASES,
                autocomplete: "off",
                value: "{query}",
                onmounted: {
                    let session = session.clone();
                    move |event: MountedEvent| session.spots.mounted(Spot::Search, event.data())
                },
                oninput: {
                    let look_for = look_for.clone();
                    move |event| look_for(event.value())
                },
                onpaste: move |event| event.stop_propagation(),
                onkeydown: {
                    let (session, first) = (session.clone(), visible.first().cloned());
                    move |event: KeyboardEvent| match event.key() {
                        Key::Escape if !query.peek().is_empty() && !event.modifiers().shift() => {
                            event.stop_propagation();
                            look_for(String::new());
                        }
                        Key::ArrowDown | Key::Enter => {
                            if let Some(first) = first.clone() {
                                event.prevent_default();
                                if event.key() == Key::Enter { session.show(Some(first)) } else { session.focus(Spot::Case(first)) }
                            }
                        }
                        Key::Character(_) => plain_text(&event),
                        _ => {}
                    }
                },
            }
            kbd { aria_hidden: "true", "/" }
        }
        div {
            class: "cases-scroll",
            onscroll: move |event: ScrollEvent| {
                let row = (event.data().scroll_top() / row_height).max(0.0);
                // Rows on a screen are few: the number fits.
                let to = first_for(row as usize + ABOVE / 2);
                if first.get() != to {
                    first.set(to);
                    scrolled += 1;
                }
            },
            onkeydown: move |event: KeyboardEvent| {
                // The row that has the focus now, which may have come there since this was drawn.
                let at = active.peek().clone().filter(|key| visible.contains(key)).or_else(|| resting.clone());
                walk(&session, &visible, at.as_ref(), active, &event);
            },
            if let Some(found) = found {
                Results { text, found, top, row_height, stop }
            } else if empty {
                p { class: "cases-empty", "{words::NO_CASES}" }
            } else {
                for (group , keys) in GROUPS.into_iter().zip(groups.iter()).filter(|(_, keys)| !keys.is_empty()) {
                    GroupBox {
                        key: "{group_name(group)}",
                        group,
                        part: {
                            let start = before;
                            if !is_folded(&folded.read(), group) {
                                before += keys.len();
                            }
                            Part::of(keys, start, top, row_height)
                        },
                        stop: stop.clone(),
                        folded,
                    }
                }
            }
        }
        ToastView { in_cases: true }
        AccountFoot {}
    }
}

/// Lists behind each other. One alone, as most people have, is not copied: it may be ten thousand long.
fn joined<'a>(lists: impl Iterator<Item = &'a Rc<Vec<CaseKey>>>) -> Rc<Vec<CaseKey>> {
    let lists: Vec<_> = lists.collect();
    match lists.as_slice() {
        [only] => Rc::clone(only),
        lists => Rc::new(lists.iter().flat_map(|keys| keys.iter()).cloned().collect()),
    }
}

/// Plain letters in a field are text and no shortcut.
pub(crate) fn plain_text(event: &KeyboardEvent) {
    if !event.modifiers().intersects(Modifiers::CONTROL | Modifiers::META) {
        event.stop_propagation();
    }
}

fn is_folded(folded: &str, group: Group) -> bool {
    folded.split(' ').any(|name| name == group_name(group))
}

#[component]
fn GroupBox(group: Group, part: Part, stop: Option<CaseKey>, folded: Signal<String>) -> Element {
    let session = use_session();
    let is_closed = is_folded(&folded.read(), group);
    let name = group_name(group);
    rsx! {
        section { class: "group",
            h2 {
                button {
                    r#type: "button",
                    class: "group-head",
                    aria_expanded: !is_closed,
                    onclick: move |_| {
                        let now: Vec<&str> = GROUPS
                            .into_iter()
                            .filter(|other| if *other == group { !is_closed } else { is_folded(&folded.peek(), *other) })
                            .map(group_name)
                            .collect();
                        let now = now.join(" ");
                        session.app.set_preference(FOLDED, &now);
                        put(folded, now);
                    },
                    Icon { glyph: Glyph::ChevronDown, size: 12 }
                    span { class: "gap", "{name}" }
                    span { class: "num", "{part.total}" }
                }
            }
            if !is_closed {
                Items { label: name, part, stop }
            }
        }
    }
}

#[component]
fn Items(label: &'static str, part: Part, stop: Option<CaseKey>) -> Element {
    rsx! {
        ul { aria_label: label, style: "padding-block: {part.above}px {part.below}px",
            for (index , id) in part.keys.into_iter().enumerate() {
                CaseItem {
                    key: "{id}",
                    stop: stop.as_ref() == Some(&id),
                    place: (part.first + index + 1, part.total),
                    id,
                }
            }
        }
    }
}

/// Keys of the list: it is one stop for Tab, the arrows move inside it.
fn walk(
    session: &Session,
    visible: &[CaseKey],
    stop: Option<&CaseKey>,
    mut active: Signal<Option<CaseKey>>,
    event: &KeyboardEvent,
) {
    if event.modifiers().intersects(Modifiers::CONTROL | Modifiers::META | Modifiers::ALT) {
        return;
    }
    let Some(current) = stop else { return };
    let at = visible.iter().position(|key| key == current).unwrap_or(0);
    let to = match event.key() {
        Key::ArrowDown => Some((at + 1).min(visible.len().saturating_sub(1))),
        Key::ArrowUp => Some(at.saturating_sub(1)),
        Key::Home => Some(0),
        Key::End => Some(visible.len().saturating_sub(1)),
        _ => None,
    };
    if let Some(key) = to.and_then(|to| visible.get(to)) {
        event.prevent_default();
        active.set(Some(key.clone()));
        session.focus(Spot::Case(key.clone()));
        return;
    }
    match event.key() {
        Key::F2 => put(session.renaming, Some(Renaming { case: current.clone(), in_header: false })),
        Key::Delete => session.delete(current),
        Key::ContextMenu => put(session.menu, Some(MenuAt::Case(current.clone()))),
        Key::Character(letter) if session.preferences.is_on(Choice::Letters) => {
            if letter.eq_ignore_ascii_case("p") {
                toggle_pin(session, current);
            } else if letter.eq_ignore_ascii_case("e") {
                session.export_case(current);
            } else {
                return;
            }
        }
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Pins a case or stops that.
fn toggle_pin(session: &Session, case: &CaseKey) {
    let pinned = session.handle.read(|view| view.case(case).is_some_and(|row| row.group == Group::Pinned));
    session.act(Intent::Pin { case: case.clone(), pinned: !pinned });
    session.focus(Spot::Case(case.clone()));
}
