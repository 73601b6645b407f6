//! "Trouble connecting?": what to look at when a server does not answer, in the order in which it is quickly ruled out.

use dioxus::prelude::*;

use crate::setup::Setup;
use crate::words;

/// The button that opens it stands in a row with others, so it is apart: see [`Help`].
#[component]
pub(super) fn Ask(open: Signal<bool>) -> Element {
    rsx! {
        button {
            r#type: "button",
            class: "link",
            aria_expanded: open(),
            aria_controls: "trouble",
            onclick: move |_| open.toggle(),
            "{words::TROUBLE}"
        }
    }
}

/// What to look at, and trying the address once more.
#[component]
pub(super) fn Help(setup: Setup, open: Signal<bool>, server: Signal<String>) -> Element {
    // Only the extension needs the browser's leave to reach a server.
    let needs_leave = setup.host.captures();
    rsx! {
        section { id: "trouble", class: "trouble", aria_label: words::TROUBLE, hidden: !open(),
            ol {
                for (at , (what , how)) in words::TROUBLES.into_iter().enumerate() {
                    li { key: "{at}",
                        strong { "{what}" }
                        " {how}"
                    }
                }
                if needs_leave {
                    li {
                        strong { "{words::TROUBLE_LEAVE.0}" }
                        " {words::TROUBLE_LEAVE.1}"
                    }
                }
            }
            button {
                r#type: "button",
                class: "button",
                onclick: move |_| setup.app.check_server(server.peek().trim()),
                "{words::CHECK_AGAIN}"
            }
        }
    }
}
