//! The button that copies and says so for a moment, without changing its width.

use std::sync::Arc;

use dioxus::prelude::*;

use crate::icon::{Glyph, Icon};
use crate::session::{Session, use_session};
use crate::words;

/// How long "Copied" stands, in milliseconds (ux §4).
const SHOWN_MS: u32 = 1500;

/// Copies, and sets the signal for a moment if that worked.
pub(crate) fn copy_for_a_moment(session: &Session, text: String, mut copied: Signal<bool>) {
    let (host, desk) = (session.host.clone(), session.clone());
    let copying = host.copy(text);
    spawn(async move {
        if copying.await {
            copied.set(true);
            host.sleep(SHOWN_MS).await;
            copied.set(false);
        } else {
            desk.desk.note(words::COPY_FAILED);
        }
    });
}

/// Icon and word; the word changes.
#[component]
pub(crate) fn CopyButton(text: Arc<str>, label: &'static str) -> Element {
    let session = use_session();
    let copied = use_signal(|| false);
    rsx! {
        button {
            r#type: "button",
            aria_label: if copied() { words::COPIED } else { label },
            onclick: move |_| copy_for_a_moment(&session, text.to_string(), copied),
            Icon { glyph: if copied() { Glyph::Check } else { Glyph::Copy }, size: 14 }
            span { if copied() { "{words::COPIED}" } else { "{words::COPY}" } }
        }
    }
}

/// Icon alone.
#[component]
pub(crate) fn CopyIcon(text: Arc<str>, label: String) -> Element {
    let session = use_session();
    let copied = use_signal(|| false);
    rsx! {
        button {
            r#type: "button",
            class: "icon-button",
            title: words::COPY,
            aria_label: "{label}",
            onclick: move |_| copy_for_a_moment(&session, text.to_string(), copied),
            Icon { glyph: if copied() { Glyph::Check } else { Glyph::Copy }, size: 14 }
        }
    }
}
