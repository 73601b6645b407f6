//! The foot of the list: whose cases these are, what waits in all of them, and the pages beside the
//! conversation.

use dioxus::prelude::*;

use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::session::{Page, use_session};
use crate::words;

/// See the module.
#[component]
pub(crate) fn AccountFoot() -> Element {
    let session = use_session();
    let account = session.handle.account();
    let (waiting, not_sent) = {
        let status = session.view.status.read();
        (status.waiting, status.not_sent)
    };
    let name = if account.display_name.is_empty() { &account.username } else { &account.display_name };
    rsx! {
        div { class: "account",
            span { class: "avatar", aria_hidden: "true", "{label::initials(name)}" }
            span { class: "who",
                span { class: "ellipsis", "{name}" }
                small { class: "num ellipsis",
                    if waiting > 0 {
                        "{words::waiting(waiting)}"
                    }
                    if waiting > 0 && not_sent > 0 {
                        " · "
                    }
                    if not_sent > 0 {
                        span { class: "bad", "{words::not_sent(not_sent)}" }
                    }
                    if waiting + not_sent == 0 {
                        "{account.server}"
                    }
                }
            }
            button {
                r#type: "button",
                class: "icon-button",
                title: words::INSPECTOR,
                aria_label: words::INSPECTOR,
                onclick: {
                    let session = session.clone();
                    move |_| session.show_page(Page::Inspector)
                },
                Icon { glyph: Glyph::Pulse }
            }
            button {
                r#type: "button",
                class: "icon-button",
                title: words::SETTINGS,
                aria_label: words::SETTINGS,
                onmounted: {
                    let session = session.clone();
                    move |event: MountedEvent| session.spots.mounted(Spot::LayerEnd, event.data())
                },
                onclick: move |_| session.show_page(Page::Settings),
                Icon { glyph: Glyph::Sliders }
            }
        }
    }
}
