//! Where people write: text, staged attachments and the draft that keeps both.
//!
//! [`Desk`] is the state, the methods of [`Session`] here are what happens to it, `view` draws it.
//! What stands on the desk belongs to one case; it is kept as that case's draft 250 ms after the last
//! key, when the case is left, on blur and when the window is hidden.

mod caret;
mod chip;
mod history;
mod other;
mod staging;
mod view;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use copilot_core::ids::CaseKey;
use copilot_core::model::{Data, Draft, Turn};
use copilot_core::{Intent, Mono, Refusal};
use copilot_runtime::Handle;
use dioxus::prelude::*;

use caret::Caret;
pub(crate) use chip::{Chip, Staged};
pub use staging::{LONG_PASTE_BYTES, LONG_PASTE_LINES};
pub(crate) use view::Composer;

use crate::focus::Spot;
use crate::picker::Picker;
use crate::session::{Session, above, put};
use crate::words;

/// Pause after the last key before the draft is kept, in milliseconds (ux §8).
const KEEP_AFTER_MS: u32 = 250;

/// What stands in the composer.
pub(crate) struct Desk {
    pub text: Signal<String>,
    pub chips: Signal<Vec<Chip>>,
    /// A sentence under the text: why something was not done.
    pub note: Signal<Option<String>>,
    /// Moves when the text was replaced from elsewhere, so that the caret is put where it was.
    pub replaced: Signal<u64>,
    pub caret: Caret,
    pub picker: Picker,
    /// What another window wrote for this case, or what it has replaced here.
    other: Signal<Option<Draft>>,
    /// Whether what stands here was typed in this window.
    typed: Cell<bool>,
    /// When the person typed last.
    last_key: Cell<Mono>,
    case: RefCell<Option<CaseKey>>,
    kept: RefCell<Draft>,
    changes: Cell<u64>,
    retired: Cell<bool>,
    chip_numbers: Cell<u64>,
    /// How far back the person has gone through what they said, and what stands there because of it.
    recalled: RefCell<Option<(usize, String)>>,
    /// Set while a submission is being handed to the core.
    submitting: Cell<bool>,
    refusal: RefCell<Option<Refusal>>,
}

impl Desk {
    /// To be called inside a hook.
    pub(crate) fn new(handle: &Handle) -> Self {
        let (case, draft) = handle.read(|view| (view.open().cloned(), view.draft(view.open()).cloned()));
        let draft = draft.unwrap_or_default();
        let desk = Self {
            text: Signal::new(draft.text.to_string()),
            chips: Signal::new(Vec::new()),
            note: Signal::new(None),
            replaced: Signal::new(0),
            caret: Caret::new(draft.caret),
            picker: Picker::new(),
            other: Signal::new(None),
            typed: Cell::new(false),
            last_key: Cell::new(Mono(0)),
            case: RefCell::new(case),
            kept: RefCell::default(),
            changes: Cell::new(0),
            retired: Cell::new(false),
            chip_numbers: Cell::new(0),
            recalled: RefCell::default(),
            submitting: Cell::new(false),
            refusal: RefCell::default(),
        };
        let chips = draft.data.iter().map(|data| desk.chip(Staged::Ready(data.clone()))).collect();
        put(desk.chips, chips);
        desk.kept.replace(draft);
        desk
    }

    fn chip(&self, staged: Staged) -> Chip {
        let number = self.chip_numbers.get() + 1;
        self.chip_numbers.set(number);
        Chip { number, staged }
    }

    /// Says something under the text.
    pub(crate) fn note(&self, text: &str) {
        put(self.note, Some(text.to_owned()));
    }

    fn changed(&self) -> u64 {
        let next = self.changes.get() + 1;
        self.changes.set(next);
        next
    }

    /// The account leaves the screen: nothing that was planned for later happens any more.
    pub(crate) fn retire(&self) {
        self.retired.set(true);
    }

    fn is_retired(&self) -> bool {
        self.retired.get()
    }

    fn fill(&self, draft: Draft) {
        put(self.text, draft.text.to_string());
        let chips = draft.data.iter().map(|data| self.chip(Staged::Ready(data.clone()))).collect();
        put(self.chips, chips);
        let caret = draft.caret;
        self.kept.replace(draft);
        self.changed();
        self.replaced(caret);
    }

    /// The text was replaced, and is gone on with at a place.
    fn replaced(&self, caret: u32) {
        self.caret.goes_to(caret);
        let next = *self.replaced.peek() + 1;
        put(self.replaced, next);
    }

    fn ready(&self) -> Vec<Data> {
        self.chips.peek().iter().filter_map(|chip| chip.ready().cloned()).collect()
    }
}

impl Session {
    /// The person typed.
    pub(crate) fn typed(&self, text: String) {
        self.desk.caret.typed();
        put(self.desk.text, text);
        put(self.desk.note, None);
        self.desk.typed.set(true);
        self.desk.last_key.set(self.handle.now().mono);
        self.keep_soon();
    }

    /// Something else put text there.
    pub(crate) fn type_text(&self, text: String) {
        let text = match self.desk.text.peek().as_str() {
            "" => text,
            own => format!("{own}\n\n{text}"),
        };
        self.desk.replaced(utf16(&text));
        put(self.desk.text, text);
        self.desk.typed.set(true);
        self.keep_soon();
    }

    fn keep_soon(&self) {
        self.if_nothing_changes_for(KEEP_AFTER_MS, Self::keep_draft);
    }

    /// Does something a while later, unless something else happens here before.
    fn if_nothing_changes_for(&self, millis: u32, then: impl FnOnce(&Self) + 'static) {
        let (session, change) = (self.clone(), self.desk.changed());
        dioxus::core::spawn_forever(async move {
            session.host.sleep(millis).await;
            if !session.desk.is_retired() && session.desk.changes.get() == change {
                then(&session);
            }
        });
    }

    /// Keeps what stands there as the draft of its case, if that is news.
    pub(crate) fn keep_draft(&self) {
        if self.desk.is_retired() {
            return;
        }
        let field = self.spots.element(&Spot::Composer);
        let text: Arc<str> = Arc::from(self.desk.text.peek().as_str());
        let caret = field.and_then(|field| self.host.caret(&field)).unwrap_or_else(|| utf16(&text));
        let draft = Draft { text, data: self.desk.ready(), caret };
        let same = {
            let kept = self.desk.kept.borrow();
            kept.text == draft.text && kept.data == draft.data
        };
        if !same {
            self.desk.kept.replace(draft.clone());
            let case = self.desk.case.borrow().clone();
            self.act(Intent::KeepDraft { case, draft });
        }
    }

    /// The draft as it was last kept.
    pub(crate) fn kept_draft(&self) -> Draft {
        self.desk.kept.borrow().clone()
    }

    /// Another case is open: its draft replaces what stands there.
    pub(crate) fn load_draft(&self) {
        let (case, draft) = self.handle.read(|view| (view.open().cloned(), view.draft(view.open()).cloned()));
        self.desk.case.replace(case);
        put(self.desk.note, None);
        put(self.desk.other, None);
        self.desk.typed.set(false);
        self.desk.fill(draft.unwrap_or_default());
    }

    /// A draft changed in the core. Our own keeping is no news; while there is text here that the core
    /// has not seen, what stands here wins. What loses is offered.
    pub(crate) fn draft_changed(&self, case: Option<&CaseKey>) {
        if self.desk.case.borrow().as_ref() != case {
            return;
        }
        let theirs = self.handle.read(|view| view.draft(case).cloned()).unwrap_or_default();
        let kept = self.kept_draft();
        if theirs.text == kept.text && theirs.data == kept.data {
            return;
        }
        let untouched = *self.desk.text.peek() == *kept.text && self.desk.ready() == kept.data;
        if self.desk.submitting.get() {
            return;
        }
        match self.rest_of_writing() {
            _ if !untouched => self.offer(theirs),
            // It was emptied there, and what is being written here is nothing that was sent.
            Some(_) if theirs.is_empty() && !self.was_said(self.desk.text.peek().trim()) => {
                self.desk.kept.take();
                self.keep_draft();
            }
            Some(rest) if !theirs.is_empty() => {
                self.offer(theirs);
                let case = case.cloned();
                self.if_nothing_changes_for(rest, move |session| session.draft_changed(case.as_ref()));
            }
            _ => {
                self.offer_own(&theirs);
                self.desk.fill(theirs);
            }
        }
    }

    /// Sends what stands there. Cleared in this very moment if it was accepted; else it stays, with
    /// the reason under it.
    pub(crate) fn send(&self) {
        let text = self.desk.text.peek().clone();
        let chips = self.desk.chips.peek().clone();
        if chips.iter().any(Chip::is_being_read) {
            self.desk.note(words::STILL_READING);
            return;
        }
        let data = self.desk.ready();
        if text.trim().is_empty() && data.is_empty() {
            return;
        }
        let case = self.desk.case.borrow().clone();
        if let Some(reading) = self.reading() {
            reading.glide_to_end();
        }
        self.desk.changed();
        self.desk.submitting.set(true);
        self.act(Intent::Submit { case, turns: turns(&text, data) });
        self.desk.submitting.set(false);
        let refusal = self.desk.refusal.borrow_mut().take();
        if let Some(refusal) = refusal {
            let is_deleted = refusal == Refusal::TooLate;
            self.desk.note(&if is_deleted {
                words::CASE_DELETED.to_owned()
            } else {
                words::refusal(&refusal)
            });
            return;
        }
        let left: Vec<Chip> = chips.into_iter().filter(|chip| chip.ready().is_none()).collect();
        put(self.desk.text, String::new());
        put(self.desk.note, (!left.is_empty()).then(|| words::ONLY_REST_SENT.to_owned()));
        put(self.desk.chips, left);
        self.keep_draft();
    }

    /// The core did not accept something. A message that is being handed over stays where it is.
    pub(crate) fn refused(&self, refusal: &Refusal) {
        if self.desk.submitting.get() {
            self.desk.refusal.replace(Some(refusal.clone()));
        } else {
            self.desk.note(&words::refusal(refusal));
        }
    }

    /// A message that was accepted could not be kept after all: it comes back, above what stands there.
    pub(crate) fn give_back(&self, why: &Refusal, case: Option<&CaseKey>, draft: &Draft) {
        if self.desk.case.borrow().as_ref() == case {
            self.desk.fill(above(draft.clone(), self.standing()));
            self.desk.kept.take();
            self.keep_draft();
        } else {
            let own = self.handle.read(|view| view.draft(case).cloned()).unwrap_or_default();
            self.act(Intent::KeepDraft { case: case.cloned(), draft: above(draft.clone(), own) });
        }
        self.desk.note(&words::refusal(why));
    }
}

/// One turn per attachment, in order; the text goes with the last (ux §4).
fn turns(text: &str, data: Vec<Data>) -> Vec<Turn> {
    let mut turns: Vec<Turn> =
        data.into_iter().map(|data| Turn { data: Some(data), ..Turn::default() }).collect();
    match turns.last_mut() {
        Some(last) => last.text = Arc::from(text),
        None => turns.push(Turn::say(text)),
    }
    turns
}

fn utf16(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paste(text: &str) -> Data {
        Data::Paste { text: text.into() }
    }

    #[test]
    fn three_attachments_are_three_turns_and_the_text_goes_with_the_last() {
        let turns = turns("compare these", vec![paste("a"), paste("b"), paste("c")]);
        let texts: Vec<&str> = turns.iter().map(|turn| &*turn.text).collect();
        assert_eq!(texts, ["", "", "compare these"]);
        assert!(turns.iter().all(|turn| turn.data.is_some()));
    }

    #[test]
    fn words_alone_are_one_turn() {
        assert_eq!(turns("why?", vec![]), [Turn::say("why?")]);
    }

    #[test]
    fn a_caret_is_counted_as_browsers_count() {
        assert_eq!(utf16("aü🦀"), 4);
    }
}
