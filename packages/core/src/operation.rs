//! Operations: what the person did and the server has not yet confirmed.
//!
//! An operation is data, not a closure: retry, rollback and undo are computed from it, so they
//! survive a restart. Its [`OperationKind`] never changes after it was accepted (I4); everything
//! that moves is [`OperationState`]. The rules of moving are in `outbox` and `reconcile`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ids::{CaseKey, MessageKey, OperationId};
use crate::model::{Answer, CaseState, Intention, Turn};
use crate::request::{Job, RequestId};
use crate::time::{Mono, Wall};

/// One intention of the person, as it is kept in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PendingOperation {
    /// Its id, and the `Idempotency-Key` of every attempt.
    pub id: OperationId,
    /// The case that it belongs to.
    pub case: CaseKey,
    /// Its place in the case: higher than that of everything the person had done in the case
    /// before. A counter, not a time, because clocks jump. Ties between windows go by `id`.
    pub order: u64,
    /// When the person did it. Turns of a case that have this in common were sent with one press and are one message.
    pub created: Wall,
    /// What it does.
    pub kind: OperationKind,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum OperationKind {
    /// Make the case on the server.
    CreateCase {
        /// What the case is called until something better comes.
        name: Arc<str>,
    },
    /// Say something.
    SubmitTurn {
        /// Key of the person's row.
        question: MessageKey,
        /// Key of the row that thinks first and answers later, so that it is never re-mounted.
        answer: MessageKey,
        /// What is said.
        turn: Arc<Turn>,
    },
    /// Give the case a title.
    Rename {
        /// The new title.
        title: Arc<str>,
        /// The confirmed title that the person saw when renaming; the base of a three-way merge.
        base: Option<Arc<str>>,
    },
    /// Have the server name the case.
    GenerateTitle {
        /// The confirmed title that the person saw when asking.
        base: Option<Arc<str>>,
    },
    /// Delete the case.
    Delete,
}

/// The order in which operations are sent: FIFO inside a lane, lanes in parallel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Creation and turns of a case, strictly in the person's order (I5).
    Talk(CaseKey),
    /// Title and deletion of a case.
    Meta(CaseKey),
}

impl PendingOperation {
    /// The lane that the operation is sent in.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self.kind {
            OperationKind::CreateCase { .. } | OperationKind::SubmitTurn { .. } => {
                Lane::Talk(self.case.clone())
            }
            OperationKind::Rename { .. } | OperationKind::GenerateTitle { .. } | OperationKind::Delete => {
                Lane::Meta(self.case.clone())
            }
        }
    }

    /// The row of what was said, if the operation is a message.
    #[must_use]
    pub fn question(&self) -> Option<&MessageKey> {
        match &self.kind {
            OperationKind::SubmitTurn { question, .. } => Some(question),
            _ => None,
        }
    }

    /// Whether it changes the title or the state of its case: such an edit can meet another one.
    #[must_use]
    pub fn is_edit(&self) -> bool {
        matches!(self.kind, OperationKind::Rename { .. }) || self.transition().is_some()
    }

    /// The states between which the operation moves its case, if it does: from, to.
    #[must_use]
    pub fn transition(&self) -> Option<(&CaseState, &CaseState)> {
        match &self.kind {
            OperationKind::SubmitTurn { turn, .. } => match &turn.intention {
                Some(Intention::StatusTransition { from, to }) => Some((from, to)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Where an operation stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum OperationState {
    /// Accepted and on screen, not yet durable. Never sent (I1).
    Staged,
    /// Durable; goes out when its lane, its parent, the link and the lease allow.
    Ready,
    /// A request is open.
    InFlight {
        /// The request.
        request: RequestId,
        /// When it left.
        since: Mono,
    },
    /// Held back until a moment, then [`Ready`](Self::Ready) again.
    Waiting {
        /// When it goes on.
        until: Mono,
        /// What it waits for.
        why: Wait,
    },
    /// The server has it; its rows are not all here yet.
    Acknowledged(Acknowledged),
    /// The person stopped waiting; its rows may still come.
    Stopped,
    /// Needs the person.
    Failed(Failure),
}

/// Why an operation is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wait {
    /// More typing may follow (titles, 300 ms).
    Debounce,
    /// The person may take it back.
    Undo,
    /// The last attempt did not work; the server did not run it.
    Backoff,
    /// The last attempt left and its outcome is unknown.
    Uncertain,
    /// The server works on it and is asked again.
    Poll,
    /// Its rows are confirmed and on their way to the cache; its own copy stays until they are there.
    Listed,
}

/// How far the server is with an operation that it has accepted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "server", rename_all = "snake_case")]
pub enum Acknowledged {
    /// 202: it works on it.
    Working(Job),
    /// The answer is here, the confirmed rows are not (I17).
    Answered(Answer),
    /// It was committed, but the stored answer is gone (`IDEMPOTENCY_REPLAY_UNAVAILABLE`).
    Committed,
}

/// What is remembered of attempts, so that a restart knows whether the server may have run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FirstAttempt {
    /// When the first attempt left. Servers keep keys for one hour (contract 4.1).
    pub at: Wall,
    /// The highest turn known in the case at that time; rows above it may be this operation's.
    pub known_turn: u32,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The server has it and its rows are here.
    Completed,
    /// The person took it back before anything left.
    Cancelled,
    /// The person gave it up.
    Discarded,
    /// A later operation of the same kind took its place before it was sent.
    Superseded,
    /// The server said no, and nothing is left to be done about it.
    Refused,
}

/// The four words of the earlier extension's storage schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportedState {
    /// On its way.
    Pending,
    /// Done.
    Completed,
    /// Needs the person.
    Failed,
    /// Taken back.
    RolledBack,
}

impl OperationState {
    /// The state in the words of the earlier extension.
    #[must_use]
    pub const fn exported(&self) -> ExportedState {
        match self {
            Self::Failed(_) => ExportedState::Failed,
            Self::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed) => {
                ExportedState::Completed
            }
            _ => ExportedState::Pending,
        }
    }

    /// Whether nothing may leave before something else happens.
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}
