//! The list itself: which rows are in the page, the way back to the end, keys that move between rows.

use std::collections::HashMap;
use std::rc::Rc;

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::Role;
use dioxus::prelude::*;

use super::row::Row;
use super::{Reading, TIDIED_AFTER_MS};
use crate::announce::Saying;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::keys::Keys;
use crate::preferences::Choice;
use crate::session::{Session, put, use_session};
use crate::words;

/// How many of the last rows are looked through for the last answer and the person's last message.
const LOOKED_THROUGH: usize = 60;

/// Places of conversations that were left, for the way back.
#[derive(Clone, Default)]
pub(crate) struct Bookmarks(Rc<std::cell::RefCell<HashMap<CaseKey, (MessageKey, f64)>>>);

/// The conversation of one case. The component's key is the case's.
#[component]
pub(crate) fn Transcript(case: CaseKey) -> Element {
    let session = use_session();
    let bookmarks = use_context::<Bookmarks>();
    let reading = use_hook(|| {
        let from = session.view.new_from.peek().clone().map(|key| (key, -24.0));
        let from = from.or_else(|| bookmarks.0.borrow_mut().remove(&case));
        let reading = Rc::new(Reading::new(from, !session.host.draws_late()));
        session.set_reading(Some(reading.clone()));
        reading
    });
    use_context_provider(|| reading.clone());
    let active = use_context_provider(|| Signal::new(None::<MessageKey>));
    use_drop({
        let (session, reading, case) = (session.clone(), reading.clone(), case.clone());
        move || {
            if let Some(place) = reading.bookmark() {
                bookmarks.0.borrow_mut().insert(case, place);
            }
            if session.reading().is_some_and(|current| Rc::ptr_eq(&current, &reading)) {
                session.set_reading(None);
            }
        }
    });

    let keys = (session.view.transcript)();
    let _ = (reading.moved)();
    let glide = (reading.glide)();
    let _ = (session.view.answered)();
    let (window, before, after) = reading.choose(&keys);
    let (last_answer, newest) = ends(&session, &case, &keys);
    if active.peek().as_ref().is_none_or(|key| keys.place_of(key).is_none()) {
        let mut active = active;
        let last = keys.last().cloned();
        use_later(move || active.set(last.clone()));
    }

    let load_older = {
        let (session, reading) = (session.clone(), reading.clone());
        move || {
            if *session.view.older.peek() && reading.near_top() {
                session.act(Intent::LoadOlder);
            }
        }
    };
    use_effect({
        let (session, reading, load_older) = (session.clone(), reading.clone(), load_older.clone());
        move || {
            let _ = (session.view.transcript.read().len(), (reading.moved)());
            reading.redrawn();
            // Whoever went to the top at once scrolls no further, and the first rows are only drawn now.
            load_older();
            if reading.is_untidy() {
                let (session, reading) = (session.clone(), reading.clone());
                spawn(async move {
                    session.host.sleep(TIDIED_AFTER_MS).await;
                    reading.tidy();
                });
            }
        }
    });
    use_effect({
        let (session, reading) = (session.clone(), reading.clone());
        move || {
            let (at_end, _) = ((reading.at_end)(), (session.view.answered)());
            seen(&session, at_end);
        }
    });

    let rows = window.filter_map(|index| {
        let id = keys.get(index)?.clone();
        let previous = index.checked_sub(1).and_then(|above| keys.get(above)).cloned();
        Some((id, previous))
    });
    let loading = (session.view.loading)() && keys.is_empty();
    rsx! {
        div {
            class: "scroller",
            role: "log",
            aria_label: words::CONVERSATION,
            aria_live: "off",
            tabindex: if keys.is_empty() { "0" } else { "-1" },
            onmounted: {
                let reading = reading.clone();
                move |event: MountedEvent| {
                    reading.scroller.replace(Some(event.data()));
                    reading.settle();
                }
            },
            onscroll: {
                let reading = reading.clone();
                move |event: ScrollEvent| {
                    reading.scrolled(&event.data());
                    load_older();
                }
            },
            onresize: {
                let reading = reading.clone();
                move |event: ResizeEvent| {
                    if let Ok(size) = event.data().get_border_box_size() {
                        reading.resized(size.height);
                    }
                }
            },
            onfocusin: {
                let session = session.clone();
                move |_| session.spots.on_row(active.peek().clone().map(Spot::Message))
            },
            onfocusout: {
                let session = session.clone();
                move |_| session.spots.on_row(None)
            },
            onkeydown: {
                let (session, reading, keys) = (session, reading.clone(), keys.clone());
                move |event: KeyboardEvent| step(&session, &reading, &keys, active, &event)
            },
            if loading {
                div { class: "skeleton", role: "status", aria_label: words::LOADING,
                    i {}
                    i {}
                    i {}
                }
            }
            div {
                class: "list",
                "data-glides": (glide > 0.0).then_some("true"),
                style: "--glide: {glide}px",
                onanimationend: move |event: AnimationEvent| {
                    if event.animation_name() == "fm-glide" {
                        put(reading.glide, 0.0);
                    }
                },
                div { class: "lead" }
                div { class: "spacer", style: "block-size: {before}px" }
                div { class: "rows",
                    for (id , previous) in rows {
                        Row {
                            key: "{id}",
                            case: case.clone(),
                            last_answer: last_answer.as_ref() == Some(&id),
                            newest: newest.as_ref() == Some(&id),
                            id,
                            previous,
                        }
                    }
                }
                div { class: "spacer", style: "block-size: {after}px" }
            }
        }
        Jump {}
    }
}

/// Runs a change of state after this drawing.
fn use_later(change: impl FnMut() + 'static) {
    dioxus::core::queue_effect(change);
}

/// The last complete answer and the person's last row.
fn ends(
    session: &Session,
    case: &CaseKey,
    keys: &Keys<MessageKey>,
) -> (Option<MessageKey>, Option<MessageKey>) {
    let (mut answer, mut newest) = (None, None);
    session.handle.read(|view| {
        for key in keys.from(keys.len().saturating_sub(LOOKED_THROUGH)).rev() {
            let Some(row) = view.message(case, key) else { continue };
            match row.role {
                Role::Assistant if answer.is_none() && row.thinking.is_none() => answer = Some(key.clone()),
                Role::User if newest.is_none() => newest = Some(key.clone()),
                _ => {}
            }
            if answer.is_some() && newest.is_some() {
                break;
            }
        }
    });
    (answer, newest)
}

/// At the end everything is seen; elsewhere what came is marked as new.
fn seen(session: &Session, at_end: bool) {
    let mut unseen = session.view.unseen;
    if at_end {
        if !unseen.peek().is_empty() {
            unseen.set(Vec::new());
        }
        // The open case has no badge to go by; that something new was seen is for the core to tell.
        session.act(Intent::Seen);
    } else if let Some(first) = unseen.peek().first().cloned() {
        if session.view.new_from.peek().is_none() {
            put(session.view.new_from, Some(first));
        }
        session.say(Saying::NewBelow(u32::try_from(unseen.peek().len()).unwrap_or(u32::MAX)));
    }
}

/// Keys that move between rows. The rows themselves know what to do with the others.
fn step(
    session: &Session,
    reading: &Reading,
    keys: &Keys<MessageKey>,
    mut active: Signal<Option<MessageKey>>,
    event: &KeyboardEvent,
) {
    if event.modifiers().intersects(Modifiers::CONTROL | Modifiers::META | Modifiers::ALT) {
        return;
    }
    let letters = session.preferences.is_on(Choice::Letters);
    let at = active.peek().as_ref().and_then(|key| keys.place_of(key));
    let to = match (event.key(), at) {
        (Key::ArrowDown, Some(at)) => at + 1,
        (Key::ArrowUp, Some(at)) => at.saturating_sub(1),
        (Key::Character(letter), Some(at)) if letters && letter.eq_ignore_ascii_case("j") => at + 1,
        (Key::Character(letter), Some(at)) if letters && letter.eq_ignore_ascii_case("k") => {
            at.saturating_sub(1)
        }
        (Key::End, _) => {
            event.prevent_default();
            reading.go_to_end();
            return;
        }
        _ => return,
    };
    if let Some(key) = keys.get(to) {
        event.prevent_default();
        active.set(Some(key.clone()));
        if !reading.drawn.borrow().contains(&to) {
            reading.go_to(key);
        }
        session.focus(Spot::Message(key.clone()));
    }
}

/// The pill that leads to the end. A press leaves the focus where it is; the pill has it only when a key went there, and
/// goes away with the press.
#[component]
fn Jump() -> Element {
    let session = use_session();
    let reading = use_context::<Rc<Reading>>();
    let count = session.view.unseen.read().len();
    let mut focused = use_hook(|| CopyValue::new(false));
    if (reading.at_end)() {
        return rsx! {};
    }
    rsx! {
        div { class: "jump",
            button {
                r#type: "button",
                onmousedown: |event| event.prevent_default(),
                onfocusin: move |_| focused.set(true),
                onfocusout: move |_| focused.set(false),
                onclick: move |_| {
                    reading.go_to_end();
                    if focused() {
                        session.focus(Spot::Composer);
                    }
                },
                Icon { glyph: Glyph::ArrowDown, size: 14 }
                "{words::JUMP}"
                if count > 0 {
                    span { class: "count num", "· {words::jump_count(count)}" }
                }
            }
        }
    }
}
