//! Secrets that were hidden in a text before it was shown: how many, and where.
//!
//! Hiding them is done by whoever made the text: the local server, the page capture, a server elsewhere. All of them leave
//! the same mark.

use copilot_triage::REDACTED;
use dioxus::prelude::*;

use crate::icon::{Glyph, Icon};
use crate::words;

/// How many secrets were hidden in a text.
pub(crate) fn hidden(text: &str) -> usize {
    text.matches(REDACTED).count()
}

/// The badge of a row in whose text secrets were hidden; nothing when none were.
#[component]
pub(crate) fn Redactions(count: usize) -> Element {
    if count == 0 {
        return rsx! {};
    }
    rsx! {
        span { class: "redactions",
            Icon { glyph: Glyph::Shield, size: 12 }
            "{words::secrets_hidden(count)}"
        }
    }
}

/// A text with its marks standing out. What is read, selected and copied is the text as it came.
pub(crate) fn marked(text: &str) -> Element {
    let mut pieces = text.split(REDACTED);
    let first = pieces.next().unwrap_or_default();
    rsx! {
        "{first}"
        for piece in pieces {
            span { class: "redacted", title: words::REDACTED_TITLE, "{REDACTED}" }
            "{piece}"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_is_one_hidden_secret() {
        assert_eq!(hidden("password=[redacted] and token=[redacted]"), 2);
        assert_eq!(hidden("[redacted"), 0);
    }
}
