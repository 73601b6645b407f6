//! Message rows as the server confirmed them, and answers as they arrived in a turn.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::RealId;
use crate::time::ServerTime;

/// Who a row is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// FaultMaven.
    Assistant,
    /// A notice: `system`, or a role that this version does not know (contract 2.5).
    System,
}

/// One row of `/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RealMessage {
    /// The server's id; unique within its case.
    pub id: RealId,
    /// Who it is from.
    pub role: Role,
    /// Plain text (user, system) or Markdown (assistant).
    pub text: Arc<str>,
    /// The turn that the row belongs to. Dialect B has none.
    pub turn: Option<u32>,
    /// When the server stored it.
    pub created: ServerTime,
}

/// The server's answer to one turn. It carries no message ids (contract 2.4), so it is kept beside
/// the operation until the rows of its turn arrive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answer {
    /// Markdown.
    pub text: Arc<str>,
    /// The number that the server gave to the turn; `None` from servers that do not number.
    pub turn: Option<u32>,
    /// What the person may do next. `/messages` does not repeat them.
    pub actions: Vec<Action>,
}

/// What a suggested action does when it is chosen (contract 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Sends the payload as the person's next message.
    Decide,
    /// Copies the payload. Nothing is executed.
    Run,
    /// Asks for a file or data: opens the attachment picker.
    Evidence,
    /// Asks for words: puts the cursor into the composer.
    FreeSpeech,
    /// A kind of a newer server: the label is shown.
    Unknown,
}

/// A suggested next step under an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Action {
    /// What it does.
    pub kind: ActionKind,
    /// The words on the button.
    pub label: Arc<str>,
    /// What is sent or copied.
    pub payload: Option<Arc<str>>,
    /// The raw `intent` object that goes along when it is chosen, as JSON text.
    pub intent: Option<Arc<str>>,
}
