//! Log triage by fixed rules: reads pasted logs, names the likely first failure, and proposes what to check next.
//!
//! Start at [`triage`]; [`ask()`] is its answer when there is no log, [`follow_up()`] the answer to a question about an earlier
//! one, [`analyse`] what it found as data. The way of a text:
//! `line` (cut, clean) → `parse` (one line) → `fold` (lines that belong together) → `template`, `cause` (what it says) → `timeline`,
//! `burst` (when) → `first` (where it began); `collect` drives them → `answer`, `checks` (words). Same text, same answer; time and memory grow with the text
//! and not faster.
//!
//! Leaves out: reading files, clocks, randomness, networks, and any claim of proof.

mod analysis;
mod answer;
mod ask;
mod burst;
mod cause;
mod checks;
mod collect;
mod command;
mod cursor;
mod entry;
mod first;
mod fold;
mod follow_up;
mod http;
mod level;
mod line;
mod markdown;
mod mask;
mod names;
mod parse;
mod quote;
mod redact;
mod report;
mod scene;
mod template;
mod time;
mod timeline;
mod trace;
mod words;

pub use analysis::{Analysis, Content, Exception, LevelCounts, Template, analyse};
pub use ask::ask;
pub use burst::Burst;
pub use cause::{Cause, Trigger};
pub use first::{FirstFailure, Preceding, Reason};
pub use follow_up::follow_up;
pub use http::{Http, PathTimes};
pub use level::Level;
pub use parse::Format;
pub use redact::{REDACTED, redact};
pub use report::{Action, ActionKind, Context, Report};
pub use trace::Language;

/// Longest answer, in bytes: what a person reads in a minute, with room for long names.
pub const MAX_MARKDOWN_BYTES: usize = 12_000;
/// Most actions in one answer; the panel shows four.
pub const MAX_ACTIONS: usize = 4;
/// Longest title, in characters; the product's own limit for case titles.
pub const MAX_TITLE_CHARS: usize = 50;

/// Reads `text`, which may hold a log with words around it, and answers.
///
/// When there is no log in it, this is what [`ask()`] returns; binary data is named as such first. Never fails: whatever the text
/// holds, there is an answer.
#[must_use]
pub fn triage(text: &str, context: &Context) -> Report {
    answer::answer(&collect::find(text), context)
}
