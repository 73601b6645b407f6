//! The words of the case details.

use copilot_core::model::{BackedUp, MilestoneState};

use super::{capitalised, counted};
use crate::label;

pub(crate) const CASE: &str = "Case";
pub(crate) const PROBLEM: &str = "Problem";
pub(crate) const PROGRESS: &str = "Progress";
pub(crate) const HYPOTHESES: &str = "Hypotheses";
pub(crate) const ROOT_CAUSE: &str = "Root cause";
pub(crate) const SOLUTION: &str = "Solution";
pub(crate) const EVIDENCE: &str = "Evidence";
pub(crate) const FILES: &str = "Files";
pub(crate) const NO_FILES: &str = "Nothing was attached yet.";
pub(crate) const COPIES: &str = "Replaced, kept for 7 days";
pub(crate) const COPIES_SUB: &str = "Your side of what was changed elsewhere.";
pub(crate) const RESTORE: &str = "Restore";
pub(crate) const IN_DASHBOARD: &str = "Open in the dashboard";

/// A word of the server as people write it.
pub(crate) fn plain_word(word: &str) -> String {
    capitalised(word)
}

/// How bad it is.
pub(crate) fn severity(word: &str) -> String {
    format!("{} severity", capitalised(word))
}

/// Since when.
pub(crate) fn since(when: &str) -> String {
    format!("Since {when}")
}

/// When something last happened in a case.
pub(crate) fn last_activity(age: &str) -> String {
    format!("Active {age}")
}

/// So many of so many.
pub(crate) fn of(done: usize, all: usize) -> String {
    format!("{done} of {all}")
}

/// How far a milestone is.
pub(crate) const fn milestone(state: MilestoneState) -> &'static str {
    match state {
        MilestoneState::Done => "done",
        MilestoneState::InProgress => "in progress",
        MilestoneState::NotStarted => "not started",
    }
}

/// How many possible causes are left.
pub(crate) fn active(count: usize) -> String {
    format!("{count} active")
}

/// The name of the bar of a possible cause.
pub(crate) fn likelihood(text: &str) -> String {
    format!("Likelihood of {}", label::excerpt(text))
}

/// Why a cause is none.
pub(crate) fn ruled_out(why: &str) -> String {
    format!("Ruled out: {why}")
}

/// Evidence for or against a cause.
pub(crate) fn pieces(count: u32) -> String {
    counted(u64::from(count), "piece of evidence", "pieces of evidence")
}

/// A turn of the conversation.
pub(crate) fn turn(number: u32) -> String {
    format!("Turn {number}")
}

/// The button that leads to the message a file came with.
pub(crate) fn show_message_of(file: &str) -> String {
    format!("{} {file}", super::SHOW)
}

/// What a copy says, on one line.
pub(crate) fn copied(what: &BackedUp) -> String {
    match what {
        BackedUp::Title(title) => title.to_string(),
        BackedUp::Message(turn) => label::excerpt(&turn.text),
        BackedUp::Draft(draft) => label::excerpt(&draft.text),
    }
}

/// What a copy is of.
pub(crate) const fn copied_kind(what: &BackedUp) -> &'static str {
    match what {
        BackedUp::Title(_) => "Title",
        BackedUp::Message(_) => "Message",
        BackedUp::Draft(_) => "Draft",
    }
}
