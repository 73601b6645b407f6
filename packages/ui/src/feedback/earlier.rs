//! The offer to take over what the earlier extension left in this browser: made once, nothing happens unasked.

use std::sync::Arc;

use copilot_core::Intent;
use copilot_core::legacy::{self, Takeover};
use dioxus::prelude::*;

use super::fold::{Fold, Kind};
use crate::icon::{Glyph, Icon};
use crate::session::{put, use_session};
use crate::words;

/// The preference that remembers the answer. Of this device and not of an account: what the earlier extension left
/// is one person's, and is offered to one account.
const ANSWERED: &str = "earlier-extension";

/// See the module.
#[component]
pub(crate) fn Earlier() -> Element {
    let session = use_session();
    let mut found = use_signal(|| None::<Arc<Takeover>>);
    let mut added = use_signal(|| false);
    use_future({
        let session = session.clone();
        move || {
            let session = session.clone();
            async move {
                if session.app.preference(ANSWERED).is_none()
                    && let Some(text) = session.host.earlier_data().await
                    && let Ok(takeover) = legacy::read(&text)
                    && takeover != Takeover::default()
                {
                    found.set(Some(Arc::new(takeover)));
                }
            }
        }
    });
    let answer = {
        let session = session.clone();
        move |answer| {
            session.app.set_preference(ANSWERED, answer);
            found.take()
        }
    };
    let done = session.imported;
    let result = done().filter(|_| added());
    let count = usize::from(found.read().is_some() || result.is_some());
    if use_context::<Fold>().shown(Kind::Earlier, count) == 0 {
        return rsx! {};
    }
    rsx! {
        div { class: "notices",
            div { class: "notice", role: "note", "data-notice": "earlier-extension",
                Icon { glyph: Glyph::Database }
                if let Some(result) = result {
                    div { role: "status",
                        strong { "{words::EARLIER}" }
                        "{result}"
                    }
                    div { class: "buttons",
                        button {
                            r#type: "button",
                            class: "button quiet",
                            onclick: move |_| added.set(false),
                            "{words::DISMISS}"
                        }
                    }
                } else {
                    div {
                        strong { "{words::EARLIER}" }
                        "{words::EARLIER_SUB}"
                    }
                    div { class: "buttons",
                        button {
                            r#type: "button",
                            class: "button",
                            onclick: {
                                let mut answer = answer.clone();
                                move |_| {
                                    if let Some(takeover) = answer("added") {
                                        put(session.imported, None);
                                        added.set(true);
                                        session.act(Intent::Import(takeover));
                                    }
                                }
                            },
                            "{words::IMPORT_ADD}"
                        }
                        button {
                            r#type: "button",
                            class: "button quiet",
                            onclick: {
                                let mut answer = answer.clone();
                                move |_| drop(answer("declined"))
                            },
                            "{words::DISMISS}"
                        }
                    }
                }
            }
        }
    }
}
