//! Where the caret goes when something else than the person's keys puts text into the composer.
//!
//! It is moved after the next drawing, and people go on typing until then. Moved in the middle of that, it would
//! change the order of their letters; so whoever has typed since keeps it where it is.

use std::cell::Cell;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Caret {
    place: Cell<u32>,
    /// How much typing had been heard when the text was replaced.
    replaced_at: Cell<u64>,
    heard: Cell<u64>,
}

impl Caret {
    /// Where a text that is there from the beginning is gone on with; in UTF-16 units, as all places here.
    pub(super) fn new(place: u32) -> Self {
        Self { place: Cell::new(place), ..Self::default() }
    }

    /// A new field stands there, and nobody has typed into it yet.
    pub(super) fn on_new_field(&self) {
        self.heard.set(0);
        self.replaced_at.set(0);
    }

    /// The person typed.
    pub(super) fn typed(&self) {
        self.heard.set(self.heard.get() + 1);
    }

    /// How often the person has typed into the field that stands there.
    pub(super) const fn heard(&self) -> u64 {
        self.heard.get()
    }

    /// The text was replaced, and belongs to be gone on with at this place.
    pub(super) fn goes_to(&self, place: u32) {
        self.place.set(place);
        self.replaced_at.set(self.heard.get());
    }

    /// Where it is to be moved; nowhere if the person has typed since.
    pub(super) fn due(&self) -> Option<u32> {
        (self.replaced_at.get() == self.heard.get()).then_some(self.place.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_text_is_gone_on_with_at_its_place() {
        let caret = Caret::new(0);
        caret.typed();
        caret.goes_to(7);
        assert_eq!(caret.due(), Some(7));
    }

    #[test]
    fn whoever_has_typed_since_keeps_the_caret() {
        let caret = Caret::new(0);
        caret.goes_to(7);
        caret.typed();
        assert_eq!(caret.due(), None, "it would divide what is being typed");
        caret.goes_to(3);
        assert_eq!(caret.due(), Some(3));
    }

    #[test]
    fn typing_into_a_field_that_is_gone_does_not_count() {
        let caret = Caret::new(0);
        caret.goes_to(7);
        caret.typed();
        caret.on_new_field();
        assert_eq!((caret.due(), caret.heard()), (Some(7), 0));
    }
}
