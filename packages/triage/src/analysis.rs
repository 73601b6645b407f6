//! What was found in a text, as data: the public result, and beside it the records that the answer quotes from.
//!
//! Leaves out: how it is found ([`crate::collect`]) and words ([`crate::answer`]).

use serde::Serialize;

use crate::burst::Burst;
use crate::cause::{Cause, Trigger};
use crate::collect::find;
use crate::entry::Entry;
use crate::first::FirstFailure;
use crate::http::Http;
use crate::level::Level;
use crate::parse::Format;
use crate::timeline::Timeline;
use crate::trace::Language;

/// What kind of text was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Content {
    /// Nothing but white space.
    Empty,
    /// Words, but no log.
    Prose,
    /// Mostly bytes that no text has.
    Binary,
    /// A log, perhaps with words around it.
    Log,
}

/// Entries by the level that counts: the stated one, or the one that the words imply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LevelCounts {
    /// Fatal, critical and the like.
    pub fatal: usize,
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warn: usize,
    /// Informational.
    pub info: usize,
    /// Debug and trace.
    pub debug: usize,
}

impl LevelCounts {
    /// Fatal and error together.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.fatal + self.error
    }
}

/// Messages that say the same thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Template {
    /// The message with its varying parts masked and its secrets taken out.
    pub text: String,
    /// The level that counts.
    pub level: Level,
    /// Entries.
    pub count: usize,
    /// Line numbers of the first and last entry in time, counted from 1.
    pub lines: (usize, usize),
    /// Times of the first and last entry, in milliseconds on the text's own axis.
    pub times: Option<(i64, i64)>,
    /// The known failure that it names.
    pub cause: Option<Cause>,
    /// The change that it tells of.
    pub trigger: Option<Trigger>,
}

/// Exceptions with the same class and place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// What printed it; `None` when no frame tells.
    pub language: Option<Language>,
    /// The exception it began with.
    pub root: String,
    /// The exception that came out at the top, when it is another one.
    pub outer: Option<String>,
    /// The first frame in code that is not a library's.
    pub frame: Option<String>,
    /// How often.
    pub count: usize,
    /// Line of the first one.
    pub line: usize,
}

/// Everything that the rules found in a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// Whether it is a log at all.
    pub content: Content,
    /// Physical lines.
    pub lines: usize,
    /// Lines that were mostly unreadable bytes.
    pub binary_lines: usize,
    /// Log entries; a stack trace belongs to one entry.
    pub entries: usize,
    /// Entries by level.
    pub levels: LevelCounts,
    /// First and last time, in milliseconds on the text's own axis.
    pub span: Option<(i64, i64)>,
    /// The same as text.
    pub span_text: Option<(String, String)>,
    /// Formats by number of entries, most first.
    pub formats: Vec<(Format, usize)>,
    /// Services, units and containers by number of entries, most first.
    pub sources: Vec<(String, usize)>,
    /// Templates: failures first, then by number of entries.
    pub templates: Vec<Template>,
    /// Bursts of failures; of all entries when nothing failed.
    pub bursts: Vec<Burst>,
    /// Requests, when lines tell of some.
    pub http: Option<Http>,
    /// Exceptions, most frequent first.
    pub exceptions: Vec<Exception>,
    /// Where it probably began.
    pub first_failure: Option<FirstFailure>,
    /// Bytes and words that were looked at: grows like the text.
    pub work: u64,
}

/// The analysis and the records that the answer quotes from.
pub(crate) struct Findings<'a> {
    pub(crate) text: &'a str,
    pub(crate) entries: Vec<Entry>,
    /// Entries' templates in the order of their ids; [`Analysis::templates`] is sorted.
    pub(crate) by_id: Vec<Template>,
    pub(crate) sources: Vec<String>,
    pub(crate) timeline: Timeline,
    pub(crate) analysis: Analysis,
}

/// Reads `text` and returns what is in it.
#[must_use]
pub fn analyse(text: &str) -> Analysis {
    find(text).analysis
}
