//! The empty conversation of a case that does not exist yet: three examples that fill the composer
//! and never send.

use dioxus::prelude::*;

use crate::focus::Spot;
use crate::icon::{Glyph, Icon, Mark};
use crate::session::use_session;
use crate::words;

/// See the module.
#[component]
pub(crate) fn Hero(greet: bool) -> Element {
    let session = use_session();
    rsx! {
        div { class: "hero",
            div {
                if greet {
                    Mark { size: 44 }
                    p { class: "lead-line", "{words::HERO}" }
                    p { class: "sub", "{words::HERO_SUB}" }
                }
                ul {
                    for (glyph , example) in [Glyph::Pulse, Glyph::Document, Glyph::Server].into_iter().zip(words::EXAMPLES) {
                        li { key: "{example.title}",
                            button {
                                r#type: "button",
                                class: "example",
                                onclick: {
                                    let session = session.clone();
                                    move |_| {
                                        session.type_text(example.text.to_owned());
                                        session.focus(Spot::Composer);
                                    }
                                },
                                Icon { glyph }
                                span { class: "gap",
                                    b { "{example.title}" }
                                    small { "{example.sub}" }
                                }
                                Icon { glyph: Glyph::ChevronRight }
                            }
                        }
                    }
                }
                div { class: "log-hint",
                    Icon { glyph: Glyph::Clipboard }
                    span { "{words::HERO_LOG}" }
                }
            }
        }
    }
}
