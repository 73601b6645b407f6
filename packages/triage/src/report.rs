//! What goes in and what comes out: the user's words, the answer, and the actions under it.
//!
//! Leaves out: the wire names of the action kinds (the server maps them) and everything about how an answer is found.

use serde::{Deserialize, Serialize};

/// What is known about the case besides the pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The user's own words in this turn, without the pasted text.
    pub question: String,
    /// Earlier texts of the user in the same case, oldest first.
    pub previous_turns: Vec<String>,
}

/// One answer, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whether the text held a log. When it did not, the answer asks for one.
    pub found_log: bool,
    /// The answer as GitHub-flavoured Markdown, at most [`crate::MAX_MARKDOWN_BYTES`] long. Log content in it is escaped and
    /// its secrets are replaced by `[redacted]`.
    pub markdown: String,
    /// At most [`crate::MAX_ACTIONS`], most useful first, one of each kind where they fit.
    pub actions: Vec<Action>,
    /// A name for the case, at most [`crate::MAX_TITLE_CHARS`] characters; `None` when nothing deserves a name.
    pub title: Option<String>,
}

/// One suggestion under the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The words on the button.
    pub label: String,
    /// What a click means.
    pub kind: ActionKind,
    /// The text to send ([`ActionKind::Decide`]) or the command to copy ([`ActionKind::Run`]).
    pub payload: Option<String>,
    /// A sentence that says why, or what the command does.
    pub body: Option<String>,
    /// Short notes on what makes the evidence useful.
    pub hints: Vec<String>,
}

/// What a suggestion is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ActionKind {
    /// A click sends the payload as the user's decision.
    Decide,
    /// A click copies the payload, a command for a terminal. Nothing is executed.
    Run,
    /// Asks for a file or a paste.
    Evidence,
    /// Asks for something only a person knows.
    FreeSpeech,
}
