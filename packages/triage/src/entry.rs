//! One log entry, small, because a text may hold a million of them.

use crate::parse::Format;
use crate::time::TimeKind;

/// A line that starts an entry, and what was learned from it and the lines that belong to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Number of its first physical line, counted from 1.
    pub(crate) line: usize,
    /// Where that line begins in the text, in bytes.
    pub(crate) start: usize,
    /// Milliseconds; comparable across entries once [`crate::timeline`] has run.
    pub(crate) ms: Option<i64>,
    pub(crate) kind: TimeKind,
    /// Minutes east of UTC that the line shows.
    pub(crate) offset: i16,
    pub(crate) format: Format,
    pub(crate) template: u32,
    /// Index into the list of sources; [`NO_SOURCE`] for none.
    pub(crate) source: u16,
    /// Index into the list of exceptions, plus one; 0 for none.
    pub(crate) exception: u16,
}

pub(crate) const NO_SOURCE: u16 = u16::MAX;
