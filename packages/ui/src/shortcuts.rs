//! The sheet of keys. What the keys do is where they are handled; this only lists them.

use dioxus::prelude::*;

use crate::cases::Fence;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::session::use_session;
use crate::words;

/// See the module.
#[component]
pub(crate) fn Shortcuts() -> Element {
    let session = use_session();
    let command = session.host.command_key();
    rsx! {
        div { class: "dialog sheet", role: "dialog", aria_modal: "true", aria_label: words::SHORTCUTS,
            Fence { to: Spot::LayerStart }
            div { class: "sheet-head",
                h2 { "{words::SHORTCUTS}" }
                button {
                    r#type: "button",
                    class: "icon-button",
                    aria_label: words::CLOSE,
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| {
                            session.spots.mounted(Spot::LayerStart, event.data());
                            session.focus(Spot::LayerStart);
                        }
                    },
                    onclick: move |_| session.close_layer(),
                    Icon { glyph: Glyph::Close }
                }
            }
            div { class: "sheet-body", tabindex: "0", role: "group", aria_label: words::SHORTCUTS,
                for (place , keys) in words::KEYS {
                    section { key: "{place}",
                        h3 { "{place}" }
                        dl {
                            for (what , keys) in keys.iter().copied() {
                                div { key: "{what}",
                                    dt { "{what}" }
                                    dd {
                                        for key in keys.split(' ') {
                                            kbd { key: "{key}", if key == "Ctrl" { "{command}" } else { "{key}" } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            Fence { to: Spot::LayerStart }
        }
    }
}
