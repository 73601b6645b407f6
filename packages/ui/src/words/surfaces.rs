//! The words of what only some shells have: captured pages, the earlier extension, a newer version, leave to talk to a server.

use super::counted;
use crate::capture::NotCaptured;

pub(crate) const CAPTURE: &str = "Capture page";
pub(crate) const NOTHING_TO_CAPTURE: &str =
    "This page has no text that can be captured. Copy what matters and paste it here.";
pub(crate) const EARLIER: &str = "Conversations of the earlier extension";
pub(crate) const EARLIER_SUB: &str =
    "They are still in this browser. Add them to this account? Nothing here is overwritten, nothing is sent.";
pub(crate) const UPDATE_READY: &str = "A new version is ready.";
pub(crate) const UPDATE: &str = "Reload";
pub(crate) const NOT_ADMITTED: &str =
    "The browser was not allowed to reach this server. Sign in again and allow it.";

pub(crate) const REDACTED_TITLE: &str = "A secret stood here. It was hidden before the text was shown.";

/// Why a page was not captured, and what to do.
pub(crate) const fn not_captured(why: NotCaptured) -> &'static str {
    match why {
        NotCaptured::NotAllowed => {
            "FaultMaven may not read this page. Capture it again and allow it, or paste the text here."
        }
        NotCaptured::Closed => {
            "The browser keeps this page closed to extensions. Copy what matters and paste it here."
        }
        NotCaptured::Own => "FaultMaven itself is in front. Bring the page to the front, then capture it.",
        NotCaptured::Gone => "The page changed while it was read. Capture it again when it has loaded.",
    }
}

/// How many secrets of a text were hidden.
pub(crate) fn secrets_hidden(count: usize) -> String {
    format!("{} hidden", counted(u64::try_from(count).unwrap_or(u64::MAX), "secret", "secrets"))
}

/// The size of a captured page.
pub(crate) fn text_size(size: &str) -> String {
    format!("{size} of text")
}
