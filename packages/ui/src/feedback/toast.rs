//! The toast: something that is no longer on screen can be brought back for a moment.

use copilot_core::Intent;
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
    use_future({
        let (session, close, millis) = (session.clone(), close.clone(), toast.millis);
        move || {
            let (session, close) = (session.clone(), close.clone());
            async move {
                session.host.sleep(u32::try_from(millis).unwrap_or(u32::MAX)).await;
                close();
            }
        }
    });
    let (operation, about_cases) = (toast.operation, toast.about_cases);
    rsx! {
        div { class: "toast",
            svg { class: "ring", view_box: "0 0 18 18", style: "--ring: {toast.millis}ms", "aria-hidden": "true",
                circle { class: "track", cx: "9", cy: "9", r: "7" }
                circle { class: "left", cx: "9", cy: "9", r: "7" }
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
