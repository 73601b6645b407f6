//! The head of the conversation: which case, where it stands, how far its messages are.

use std::rc::Rc;

use copilot_core::model::CaseState;
use copilot_core::view::{AccountStatus, CaseRow, LinkStatus, Status, StoreHealth};
use dioxus::prelude::*;

use crate::cases::{Rename, Title};
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::menu::{Menu, MenuItem};
use crate::mirror::use_case;
use crate::session::{MenuAt, Page, Renaming, put, use_session};
use crate::timing::use_settled;
use crate::words;
use copilot_core::ids::CaseKey;

/// "n waiting" appears only after so many milliseconds of waiting, so that it does not flicker (ux §4).
const WAITING_SHOWS_AFTER_MS: u32 = 2000;

/// See the module.
#[component]
pub(crate) fn Header() -> Element {
    let session = use_session();
    let wide = (session.wide)();
    let open = (session.view.open)();
    let command = session.host.command_key();
    rsx! {
        header { class: "header",
            if !wide {
                MenuButton {}
            }
            match open.clone() {
                Some(id) => rsx! {
                    Names { key: "{id}", id }
                },
                None => rsx! {
                    NoName {}
                },
            }
            if open.is_some() {
                button {
                    r#type: "button",
                    class: "icon-button",
                    title: words::with_keys(words::DETAILS, command, "I"),
                    aria_label: words::DETAILS,
                    aria_haspopup: "dialog",
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| session.spots.mounted(Spot::Details, event.data())
                    },
                    onclick: {
                        let session = session.clone();
                        move |_| session.show_details()
                    },
                    Icon { glyph: Glyph::Panel }
                }
            } else if !wide {
                button {
                    r#type: "button",
                    class: "icon-button",
                    title: words::SETTINGS,
                    aria_label: words::SETTINGS,
                    onclick: {
                        let session = session.clone();
                        move |_| session.show_page(Page::Settings)
                    },
                    Icon { glyph: Glyph::Sliders }
                }
            }
            if !wide && open.is_some() {
                button {
                    r#type: "button",
                    class: "icon-button",
                    title: words::with_keys(words::NEW_CASE, command, "Shift+O"),
                    aria_label: words::NEW_CASE,
                    onclick: move |_| session.show(None),
                    Icon { glyph: Glyph::Plus }
                }
            }
        }
    }
}

/// The same places for a case that does not exist yet.
#[component]
fn NoName() -> Element {
    let session = use_session();
    use_drop({
        let session = session.clone();
        move || session.spots.left(&Spot::Title)
    });
    rsx! {
        div { class: "names",
            h1 { tabindex: "-1", onmounted: move |event: MountedEvent| session.spots.mounted(Spot::Title, event.data()), "{words::NEW_CASE}" }
            div { class: "sub",
                span { class: "ellipsis", "{words::NEW_CASE_SUB}" }
            }
        }
    }
}

/// Title and second line of a case.
#[component]
fn Names(id: CaseKey) -> Element {
    let session = use_session();
    let row = use_case(&id);
    use_drop({
        let session = session.clone();
        move || session.spots.left(&Spot::Title)
    });
    let renaming = session.renaming;
    let edited = use_memo({
        let id = id.clone();
        move || renaming.read().as_ref().is_some_and(|renaming| renaming.case == id && renaming.in_header)
    });
    let Some(case) = row.read().clone() else { return rsx! {} };
    let begin = {
        let (session, id) = (session.clone(), id);
        move || put(session.renaming, Some(Renaming { case: id.clone(), in_header: true }))
    };
    rsx! {
        div { class: "names",
            h1 {
                if edited() {
                    Rename { case: case.clone(), in_header: true }
                } else {
                    button {
                        r#type: "button",
                        class: "title-button ellipsis",
                        title: "{case.title} · F2",
                        onmounted: move |event: MountedEvent| session.spots.mounted(Spot::Title, event.data()),
                        onclick: {
                            let begin = begin.clone();
                            move |_| begin()
                        },
                        onkeydown: move |event: KeyboardEvent| {
                            if event.key() == Key::F2 {
                                event.prevent_default();
                                begin();
                            }
                        },
                        Title { case: case.clone() }
                    }
                }
            }
            div { class: "sub",
                StatePill { case: case.clone() }
                if case.only_here {
                    span { class: "stage ellipsis", "{words::ONLY_HERE}" }
                } else if let Some(stage) = &case.stage {
                    span { class: "stage num ellipsis",
                        "{words::stage(stage)}"
                        if let Some(done) = case.milestones {
                            span { class: "steps", " · {words::steps(done)}" }
                        }
                    }
                }
                span { class: "gap" }
                SyncMark { case: CaseRow::clone(&case) }
            }
        }
    }
}

/// Where the case stands; opens the states that can be asked for.
#[component]
fn StatePill(case: Rc<CaseRow>) -> Element {
    let session = use_session();
    let mut asked = use_signal(|| None::<CaseState>);
    let menu = session.menu;
    let is_open = use_memo(move || *menu.read() == Some(MenuAt::State));
    let next = words::next_states(&case);
    let (state, attribute) = (words::state(&case.state), state_attribute(&case.state));
    if next.is_empty() {
        return rsx! {
            span { class: "pill", "data-state": attribute, "{state}" }
        };
    }
    let close = {
        let session = session.clone();
        move || {
            put(session.menu, None);
            asked.set(None);
            session.focus(Spot::State);
        }
    };
    let items = match asked() {
        None => {
            next.iter().map(|state| MenuItem::new(state_glyph(state), words::set_state(state).0)).collect()
        }
        Some(state) => vec![
            MenuItem::new(Glyph::Check, words::really_yes(&state)),
            MenuItem::new(Glyph::Close, words::CANCEL),
        ],
    };
    let label = asked().map_or_else(|| words::state_of(&state), |state| words::really(&state).to_owned());
    rsx! {
        span { class: "pill-box",
            button {
                r#type: "button",
                class: "pill",
                "data-state": attribute,
                aria_label: words::state_of(&state),
                aria_haspopup: "menu",
                aria_expanded: is_open(),
                onmounted: {
                    let session = session.clone();
                    move |event: MountedEvent| session.spots.mounted(Spot::State, event.data())
                },
                onclick: move |_| put(session.menu, (!is_open()).then_some(MenuAt::State)),
                "{state}"
                Icon { glyph: Glyph::ChevronDown, size: 12 }
            }
            if is_open() {
                for (label , items) in [(label, items)] {
                    Menu {
                        key: "{label}",
                        label,
                        items,
                        place: "start",
                        title: asked().map(|state| words::really(&state)),
                        onchoose: {
                            let (session, case, next, mut close) = (session.clone(), case.clone(), next.clone(), close.clone());
                            move |index: usize| match (asked(), next.get(index)) {
                                (None, Some(state)) if state.is_terminal() => asked.set(Some(state.clone())),
                                (None, Some(state)) => {
                                    close();
                                    session.set_state(&case.key, state.clone());
                                }
                                (Some(state), _) if index == 0 => {
                                    close();
                                    session.set_state(&case.key, state);
                                }
                                _ => close(),
                            }
                        },
                        onclose: {
                            let mut close = close.clone();
                            move |()| close()
                        },
                    }
                }
            }
        }
    }
}

const fn state_glyph(state: &CaseState) -> Glyph {
    match state {
        CaseState::Investigating => Glyph::Bolt,
        CaseState::Resolved => Glyph::Check,
        _ => Glyph::Close,
    }
}

pub(crate) const fn state_attribute(state: &CaseState) -> &'static str {
    match state {
        CaseState::Investigating => "investigating",
        CaseState::Resolved => "resolved",
        CaseState::Closed => "closed",
        _ => "inquiry",
    }
}

/// How far the messages of a case are; the highest that applies (ux §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sync {
    NotSent(u32),
    Decide,
    Full,
    Offline,
    Waiting(u32),
    Synced,
}

fn sync(case: &CaseRow, status: &Status, waited: bool) -> Sync {
    if case.not_sent > 0 {
        Sync::NotSent(case.not_sent)
    } else if case.conflict.is_some() {
        Sync::Decide
    } else if status.store == StoreHealth::Full {
        Sync::Full
    } else if status.link != LinkStatus::Online {
        Sync::Offline
    } else if case.waiting > 0 && waited {
        Sync::Waiting(case.waiting)
    } else {
        Sync::Synced
    }
}

#[component]
fn SyncMark(case: CaseRow) -> Element {
    let session = use_session();
    let waited = use_settled(case.waiting > 0, WAITING_SHOWS_AFTER_MS);
    let sync = sync(&case, &session.view.status.read(), waited);
    let (name, glyph, word) = match sync {
        Sync::NotSent(count) => ("not-sent", Glyph::Alert, words::not_sent(count)),
        Sync::Decide => ("decide", Glyph::Branch, words::TO_DECIDE.to_owned()),
        Sync::Full => ("full", Glyph::Database, words::STORAGE_FULL_SHORT.to_owned()),
        Sync::Offline => ("offline", Glyph::CloudOff, words::OFFLINE_MARK.to_owned()),
        Sync::Waiting(count) => ("waiting", Glyph::Clock, words::waiting(count)),
        Sync::Synced => ("synced", Glyph::Cloud, words::SYNCED.to_owned()),
    };
    rsx! {
        button {
            r#type: "button",
            class: "sync num",
            "data-sync": name,
            title: words::INSPECTOR,
            aria_label: "{word}, {words::INSPECTOR}",
            onclick: move |_| session.show_page(Page::Inspector),
            Icon { glyph, size: 14 }
            if sync == Sync::Synced {
                span { class: "word-wide", "{word}" }
            } else {
                span { "{word}" }
            }
        }
    }
}

/// What waits in any case, highest first: the value for the style sheet, and in words.
fn dot(status: &Status) -> Option<(&'static str, String)> {
    if status.not_sent > 0 {
        Some(("not-sent", words::not_sent(status.not_sent)))
    } else if status.undecided > 0 {
        Some(("decide", words::to_decide(status.undecided)))
    } else if status.account == AccountStatus::SignedOut {
        Some(("sign-in", words::SIGNED_OUT.to_owned()))
    } else if status.store == StoreHealth::Full {
        Some(("full", words::STORAGE_FULL_SHORT.to_owned()))
    } else if status.waiting > 0 {
        Some(("waiting", words::waiting(status.waiting)))
    } else {
        None
    }
}

/// Opens the list, and says with a dot and in its tooltip what waits in any case.
#[component]
fn MenuButton() -> Element {
    let session = use_session();
    let dot = dot(&session.view.status.read());
    let mut title = words::with_keys(words::CASES, session.host.command_key(), "B");
    if let Some((_, says)) = &dot {
        title = format!("{title} · {says}");
    }
    let spots = session.clone();
    rsx! {
        button {
            r#type: "button",
            class: "icon-button",
            title,
            aria_label: words::CASES,
            aria_expanded: (session.drawer)(),
            aria_haspopup: "dialog",
            onmounted: move |event: MountedEvent| spots.spots.mounted(Spot::Menu, event.data()),
            onclick: move |_| session.toggle_cases(),
            Icon { glyph: Glyph::Menu }
            if let Some((name, _)) = dot {
                span { class: "menu-dot", "data-dot": name }
            }
        }
    }
}
