//! A setting that is kept in two places, and which of the two counts: the one that was decided later.
//!
//! A removal is a decision too and leaves its stamp, so that the other place does not bring back what
//! was removed. As text: `<stamp> <value>`, or `<stamp>` alone.

use copilot_core::Wall;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamped {
    /// When it was decided, in milliseconds since 1970; later than what it replaced even where the
    /// clock was set back.
    stamp: u64,
    value: Option<String>,
}

impl Stamped {
    /// A decision made now, in place of another one.
    pub(crate) fn now(now: Wall, before: Option<&Self>, value: Option<&str>) -> Self {
        let after = before.map_or(0, |before| before.stamp.saturating_add(1));
        Self { stamp: now.0.max(after), value: value.map(str::to_owned) }
    }

    /// `None` for what this program has not written.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (stamp, value) = match text.split_once(' ') {
            Some((stamp, value)) => (stamp, Some(value.to_owned())),
            None => (text, None),
        };
        Some(Self { stamp: stamp.parse().ok()?, value })
    }

    pub(crate) fn text(&self) -> String {
        match &self.value {
            Some(value) => format!("{} {value}", self.stamp),
            None => self.stamp.to_string(),
        }
    }

    pub(crate) fn into_value(self) -> Option<String> {
        self.value
    }

    /// Whether this was decided later than the other.
    pub(crate) fn is_newer(&self, other: Option<&Self>) -> bool {
        other.is_none_or(|other| self.stamp > other.stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_and_a_removal_are_read_back_as_they_were_written() {
        for value in [Some("{\"server\": \"a b\"}"), Some(""), Some("7"), None] {
            let written = Stamped::now(Wall(1_790_000_000_000), None, value);
            let read = Stamped::parse(&written.text());
            assert_eq!(read.as_ref(), Some(&written));
            assert_eq!(read.and_then(Stamped::into_value).as_deref(), value);
        }
    }

    #[test]
    fn a_removal_counts_over_the_older_value_wherever_that_is_still_kept() {
        let value = Stamped::now(Wall(1000), None, Some("signed in"));
        let removal = Stamped::now(Wall(2000), Some(&value), None);
        assert!(removal.is_newer(Some(&value)));
        assert!(!value.is_newer(Some(&removal)));
    }

    #[test]
    fn the_last_decision_counts_even_when_the_clock_stood_still_or_was_set_back() {
        let first = Stamped::now(Wall(1000), None, Some("one"));
        for clock in [1000, 3, 0] {
            let second = Stamped::now(Wall(clock), Some(&first), Some("two"));
            assert!(second.is_newer(Some(&first)), "{clock}");
        }
    }

    #[test]
    fn what_is_no_stamped_text_is_not_taken_for_a_setting() {
        for text in ["", "dark", "{\"server\":\"x\"}", "-5 x", " 5 x"] {
            assert_eq!(Stamped::parse(text), None, "{text}");
        }
        assert!(Stamped::now(Wall(0), None, None).is_newer(None));
    }
}
