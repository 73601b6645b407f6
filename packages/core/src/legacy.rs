//! The storage schema of the earlier extension: read to take its data over, written to give data away.
//!
//! Its keys are `conversationTitles` (case id → title), `titleSources`, `conversations` (case id → rows),
//! `pendingOperations`, `idMappings` (`optimisticToReal`) and `pinnedCases`. What cannot be read is counted
//! and left out, row by row. [`read`] changes nothing; [`Intent::Import`](crate::Intent::Import) takes a
//! [`Takeover`] in, adds and never overwrites, and may be repeated.

mod dates;
mod export;
mod read;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use read::read;

use crate::ids::{OperationId, RealId};
use crate::time::Wall;

/// Why a text cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LegacyError {
    /// It is no JSON.
    #[error("this is no JSON: {0}")]
    NotJson(String),
    /// It is JSON of something else.
    #[error("none of conversationTitles, conversations, pendingOperations or idMappings is in it")]
    NothingKnown,
}

/// What was found in the earlier extension's storage.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Takeover {
    /// The cases, in the order of their ids.
    pub(crate) cases: Vec<TakenCase>,
    /// Rows and operations that could not be read.
    pub(crate) refused: u32,
}

/// A case of the earlier extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenCase {
    /// What the extension called it.
    pub(crate) id: Arc<str>,
    /// The server's id; `None` for a case that never got one.
    pub(crate) real: Option<RealId>,
    pub(crate) title: Option<Arc<str>>,
    /// A title that the person gave and the server was not seen to take.
    pub(crate) wished_title: Option<Arc<str>>,
    pub(crate) pinned: bool,
    pub(crate) rows: Vec<TakenRow>,
    pub(crate) turns: Vec<TakenTurn>,
}

/// A row that the server has, under the server's own id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenRow {
    pub(crate) id: RealId,
    pub(crate) by_person: bool,
    pub(crate) text: Arc<str>,
    pub(crate) turn: Option<u32>,
    pub(crate) at: Wall,
}

/// Words of the person that have no row of the server: answered or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenTurn {
    /// What the extension called it; makes the operation's id, so that a second import finds the first.
    pub(crate) id: Arc<str>,
    /// The operation that says it, in a file that was exported by this program.
    #[serde(default)]
    pub(crate) operation: Option<OperationId>,
    pub(crate) text: Arc<str>,
    pub(crate) answer: Option<Arc<str>>,
    pub(crate) turn: Option<u32>,
    pub(crate) at: Wall,
}

/// What an import holds, or has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    /// Cases.
    pub cases: u32,
    /// Messages and answers that were confirmed or answered.
    pub messages: u32,
    /// Messages that may not have been sent. They wait for the person.
    pub unsent: u32,
    /// Pinned cases.
    pub pins: u32,
    /// Cases and messages that are here already, and were left as they are.
    pub already_here: u32,
    /// What could not be read.
    pub refused: u32,
}
