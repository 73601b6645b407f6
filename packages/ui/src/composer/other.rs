//! A draft that two windows wrote differently: the newest stands in both, and the other is offered where it was typed or
//! would have been lost (ux §8).

use std::sync::Arc;

use copilot_core::model::Draft;
use dioxus::prelude::*;

use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::session::{Session, put, use_session};
use crate::words;

/// So long after the last key the person counts as writing, in milliseconds.
const WRITING_MS: u32 = 3_000;

/// Whether words would be gone if another draft took their place.
fn is_lost(words: &str, other: &str) -> bool {
    let words = words.trim();
    !words.is_empty() && !other.trim().is_empty() && !other.contains(words)
}

impl Session {
    /// What stands here and is typed on is newer than a draft that comes from another window.
    pub(super) fn offer(&self, theirs: Draft) {
        if is_lost(&theirs.text, &self.desk.text.peek()) {
            put(self.desk.other, Some(theirs));
        }
    }

    /// A draft from another window is about to take the place of what stands here.
    pub(super) fn offer_own(&self, theirs: &Draft) {
        if self.desk.typed.take() && is_lost(&self.desk.text.peek(), &theirs.text) {
            put(self.desk.other, Some(self.standing()));
        }
    }

    /// Milliseconds that the person is left alone with what they are typing. Nobody presses Enter on words that have
    /// just taken the place of theirs.
    pub(super) fn rest_of_writing(&self) -> Option<u32> {
        let since = self.handle.now().mono - self.desk.last_key.get();
        let rest = u64::from(WRITING_MS).saturating_sub(since.0);
        let writes = self.desk.typed.get() && !self.desk.text.peek().is_empty();
        u32::try_from(rest).ok().filter(|rest| *rest > 0 && writes)
    }

    /// What stands here, with the caret behind it.
    pub(super) fn standing(&self) -> Draft {
        Draft { text: Arc::from(self.desk.text.peek().as_str()), data: self.desk.ready(), caret: 0 }
    }

    /// Puts the other draft into the composer; what stands there becomes the other one.
    fn use_other(&self) {
        let mut other = self.desk.other;
        let Some(draft) = other.take() else { return };
        let own = self.standing();
        self.desk.fill(draft);
        put(other, (!own.text.trim().is_empty()).then_some(own));
        self.desk.typed.set(true);
        self.desk.kept.take();
        self.keep_draft();
        self.focus(Spot::Composer);
    }
}

/// The offer, if there is one.
#[component]
pub(super) fn OtherDraft() -> Element {
    let session = use_session();
    if session.desk.other.read().is_none() {
        return rsx! {};
    }
    rsx! {
        p { class: "composer-note", role: "status",
            Icon { glyph: Glyph::Info, size: 14 }
            span {
                "{words::OTHER_DRAFT} "
                button { r#type: "button", class: "link", onclick: move |_| session.use_other(), "{words::USE_OTHER_DRAFT}" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_stand_in_no_other_draft_are_lost() {
        assert!(is_lost("pool wait is 3 s", "disk of db-2 is full"));
        assert!(!is_lost("pool wait", "pool wait is 3 s"), "the other window went on writing");
        assert!(!is_lost("", "disk"));
        assert!(!is_lost("disk", ""), "it was sent there");
    }
}
