//! The kinds of facts. Stored for years: names and shapes change only with a migration.
//!
//! What is new gets a kind of its own, never a field of a kind that is there. An older program keeps kinds that it does
//! not know as they came. A field that it does not know it would lose: it folds the record and writes the fold back.
//! Keeping the text of such a record beside its fold is no way out, because the text would begin an operation anew that
//! is over by then; nor is refusing the record, because an end that does not count lets the operation go on.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Epoch, Sequence, Writer};
use crate::failure::Failure;
use crate::ids::{CaseKey, OperationId, RealId};
use crate::model::{Backup, Draft, Stamp};
use crate::operation::{Acknowledged, End, FirstAttempt, PendingOperation};
use crate::time::Wall;

/// One durable fact. Applying a record twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "r", rename_all = "snake_case")]
pub enum Record {
    /// The person did something.
    Operation(Arc<PendingOperation>),
    /// It is about to leave for the first time.
    Attempt {
        /// Which operation.
        op: OperationId,
        /// When, and what was known then.
        first: FirstAttempt,
    },
    /// The server has it.
    Acknowledged {
        /// Which operation.
        op: OperationId,
        /// How far the server is.
        with: Acknowledged,
    },
    /// It needs the person.
    Failed {
        /// Which operation.
        op: OperationId,
        /// Why.
        failure: Failure,
        /// When the failure came; the server's waiting time counts from here.
        at: Wall,
    },
    /// The person stopped waiting for the answer. The server may have it; its rows may still come.
    Stopped {
        /// Which operation.
        op: OperationId,
    },
    /// The person wants a failed operation sent again, or sent in spite of one before it.
    Resumed {
        /// Which operation.
        op: OperationId,
        /// It no longer waits for failed operations before it.
        anyway: bool,
    },
    /// The person looked at both titles and wants theirs overwritten: the edit now stands on this base.
    Rebased {
        /// Which rename.
        op: OperationId,
        /// The confirmed title that the person has seen.
        base: Option<Arc<str>>,
    },
    /// The person gave it up; it can be taken back until the window closes.
    Discarding {
        /// Which operation.
        op: OperationId,
        /// When the window closes.
        until: Wall,
    },
    /// The person took the discard back.
    Kept {
        /// Which operation.
        op: OperationId,
    },
    /// It is over; nothing of it is left but what it left behind on the server.
    Ended {
        /// Which operation.
        op: OperationId,
        /// How.
        end: End,
    },
    /// A local case became a server case (I9: write-once).
    Link {
        /// The local key.
        case: CaseKey,
        /// The server's id.
        real: RealId,
        /// What the case is called until something better comes.
        name: Arc<str>,
    },
    /// The case was deleted by this account and may not come back with a late list.
    Deleted {
        /// The server's id.
        real: RealId,
    },
    /// What stands in a composer. An empty draft removes it.
    Draft {
        /// Of which case; `None` for the case that does not exist yet.
        case: Option<CaseKey>,
        /// What stands there.
        draft: Draft,
        /// Newest wins.
        stamp: Stamp,
    },
    /// Whether a case is kept at the top of the list.
    Pin {
        /// Which case.
        case: CaseKey,
        /// Whether it is.
        pinned: bool,
        /// Newest wins.
        stamp: Stamp,
    },
    /// The person has seen the case up to a turn. The highest wins.
    Seen {
        /// Which case.
        case: CaseKey,
        /// The turn.
        turn: u32,
    },
    /// The server asked everyone to wait (I12).
    Gate {
        /// When it asked.
        at: Wall,
        /// Until when.
        until: Wall,
    },
    /// A copy of something that is about to be replaced.
    Backup(Arc<Backup>),
    /// A copy is not needed any more.
    BackupGone {
        /// Which.
        id: OperationId,
    },
    /// A kind of a newer program, kept as it came so that a downgrade loses nothing.
    #[serde(skip)]
    Foreign(Arc<str>),
}

impl Record {
    /// The operation that the fact is about.
    #[must_use]
    pub fn operation(&self) -> Option<OperationId> {
        match self {
            Self::Operation(op) => Some(op.id),
            Self::Attempt { op, .. }
            | Self::Acknowledged { op, .. }
            | Self::Failed { op, .. }
            | Self::Stopped { op }
            | Self::Resumed { op, .. }
            | Self::Rebased { op, .. }
            | Self::Discarding { op, .. }
            | Self::Kept { op }
            | Self::Ended { op, .. } => Some(*op),
            Self::Link { .. }
            | Self::Deleted { .. }
            | Self::Draft { .. }
            | Self::Pin { .. }
            | Self::Seen { .. }
            | Self::Gate { .. }
            | Self::Backup(_)
            | Self::BackupGone { .. }
            | Self::Foreign(_) => None,
        }
    }

    /// Whether only the holder of the lease may state the fact: it tells how far the sending is. An answer
    /// that was heard is true whoever heard it, and nothing takes it back.
    #[must_use]
    pub const fn needs_lease(&self) -> bool {
        matches!(
            self,
            Self::Attempt { .. }
                | Self::Acknowledged { with: Acknowledged::Working(_) | Acknowledged::Committed, .. }
                | Self::Failed { .. }
                | Self::Link { .. }
                | Self::Deleted { .. }
                | Self::Gate { .. }
                | Self::Ended { end: End::Completed | End::Refused, .. }
        )
    }
}

/// A record in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequenced {
    /// Its position.
    pub sequence: Sequence,
    /// Who wrote it.
    pub writer: Writer,
    /// The epoch of its writer, if it wrote as holder of the lease.
    pub fence: Option<Epoch>,
    /// The fact.
    #[serde(with = "as_text")]
    pub record: Record,
}

/// A record as the text that stands in the journal: that of a newer program is kept as it came.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de, ser};

    use super::Record;
    use crate::journal::frame;

    pub(super) fn serialize<S: Serializer>(record: &Record, serializer: S) -> Result<S::Ok, S::Error> {
        let payload = frame::payload(record).map_err(ser::Error::custom)?;
        serializer.serialize_str(&String::from_utf8_lossy(&payload))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Record, D::Error> {
        let text = String::deserialize(deserializer)?;
        frame::parse(text.as_bytes()).ok_or_else(|| de::Error::custom("a record of the trace is damaged"))
    }
}
