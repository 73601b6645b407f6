//! The toast: something that is no longer on screen can be brought back for a moment, and for as long as somebody looks
//! at the offer.

use copilot_core::Intent;
use copilot_core::view::WindowRole;
use dioxus::prelude::*;

use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::session::{Toast, put, use_session};
use crate::words;

/// The toast, if it belongs here: what is about cases shows in the list while that is open.
#[component]
pub(crate) fn ToastView(in_cases: bool) -> Element {
    let session = use_session();
    let list_open = (session.wide)() || (session.drawer)();
    let Some(toast) = (session.toast)() else { return rsx! {} };
    if (toast.about_cases && list_open) != in_cases {
        return rsx! {};
    }
    rsx! {
        for toast in [toast] {
            ToastCard { key: "{toast.number}", toast }
        }
    }
}

/// Who keeps the offer from running out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Held {
    by_pointer: bool,
    by_focus: bool,
}

impl Held {
    const fn is_held(self) -> bool {
        self.by_pointer || self.by_focus
    }
}

#[component]
fn ToastCard(toast: Toast) -> Element {
    let session = use_session();
    let close = {
        let (session, number) = (session.clone(), toast.number);
        move || {
            let same = session.toast.peek().as_ref().is_some_and(|shown| shown.number == number);
            if same {
                put(session.toast, None);
            }
        }
    };
    let mut held = use_signal(Held::default);
    // Every look at the offer ends a countdown, every look away begins one.
    let mut round = use_signal(|| 0_u64);
    let count = {
        let (session, close) = (session.clone(), close.clone());
        let (operation, millis) = (toast.operation, u32::try_from(toast.millis).unwrap_or(u32::MAX));
        move || {
            round += 1;
            let number = *round.peek();
            let (session, close, held) = (session.clone(), close.clone(), held.peek().is_held());
            spawn(async move {
                loop {
                    // Well within the window, so that the core never runs out of patience first.
                    session.host.sleep(if held { millis / 4 } else { millis }).await;
                    if *round.peek() != number {
                        return;
                    }
                    if !held {
                        return close();
                    }
                    session.act(Intent::HoldUndo(operation));
                }
            });
        }
    };
    use_hook({
        let mut count = count.clone();
        move || count()
    });
    let hold = {
        let (session, operation, about_cases) = (session.clone(), toast.operation, toast.about_cases);
        move |now: Held| {
            // A deletion is sent by the window that sends, which does not know who looks at what in this one.
            let sends = session.view.status.peek().role == WindowRole::Sender;
            let before = held.replace(now).is_held();
            if now.is_held() != before && (sends || !about_cases) {
                session.act(Intent::HoldUndo(operation));
                let mut count = count.clone();
                count();
            }
        }
    };
    let (mut enter, mut leave, mut focus, mut blur) = (hold.clone(), hold.clone(), hold.clone(), hold);
    let (operation, about_cases) = (toast.operation, toast.about_cases);
    rsx! {
        div {
            class: "toast",
            onmouseenter: move |_| enter(Held { by_pointer: true, ..held() }),
            onmouseleave: move |_| leave(Held { by_pointer: false, ..held() }),
            onfocusin: move |_| focus(Held { by_focus: true, ..held() }),
            onfocusout: move |_| blur(Held { by_focus: false, ..held() }),
            for round in [round()] {
            svg { key: "{round}", class: "ring", view_box: "0 0 18 18", style: "--ring: {toast.millis}ms", "aria-hidden": "true",
                circle { class: "track", cx: "9", cy: "9", r: "7" }
                circle { class: "left", cx: "9", cy: "9", r: "7" }
            }
            }
            span { class: "says", "{toast.text}" }
            button {
                r#type: "button",
                class: "button",
                onclick: {
                    let close = close.clone();
                    move |_| {
                        session.act(Intent::Undo(operation));
                        close();
                        // The button is gone with the toast: the focus goes to what came back (ux §5).
                        let restored = session.handle.read(|view| view.open().cloned());
                        let list_open = (session.wide)() || (session.drawer)();
                        session.focus(match restored {
                            Some(case) if about_cases && list_open => Spot::Case(case),
                            _ => Spot::Composer,
                        });
                    }
                },
                "{words::UNDO}"
            }
            button { r#type: "button", class: "icon-button", aria_label: words::CLOSE, onclick: move |_| close(),
                Icon { glyph: Glyph::Close, size: 14 }
            }
        }
    }
}
