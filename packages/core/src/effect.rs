//! Everything that the core can ask for. It never does anything itself.

use serde::{Deserialize, Serialize};

use std::sync::Arc;

use crate::event::TimerId;
use crate::failure::Failure;
use crate::ids::{CaseKey, OperationId, RealId};
use crate::inspect::Violation;
use crate::journal::{Batch, Epoch, Record, Sequence};
use crate::legacy::ImportCounts;
use crate::model::{CaseState, Draft, RealCase};
use crate::peer::PeerMessage;
use crate::request::{Request, RequestId};
use crate::time::Millis;
use crate::view::{CachedMessage, ViewPatch};

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Make records durable. Answered by [`StoreAck`](crate::StoreAck). Batches of one instance
    /// become durable in the order in which they were asked for.
    Append(Batch),
    /// Write confirmed rows to the cache. Best effort: they can be fetched again.
    Cache(Vec<CacheWrite>),
    /// Replace every record before a position by these; the state they fold to is the same.
    Compact {
        /// Records before this position are covered by the snapshot.
        before: Sequence,
        /// The snapshot.
        snapshot: Vec<Record>,
        /// The writer's epoch.
        fence: Epoch,
    },
    /// Read the journal from a position on: another window has written and a message was missed.
    ReadBack(Sequence),
    /// Read the cached messages of a case.
    Load {
        /// Of which case.
        case: RealId,
        /// The person waits to see it: those that stand last are of use before the others are here.
        end_first: bool,
    },
    /// Send a request. Answered by [`Event::Answered`](crate::Event::Answered), always.
    Send(RequestId, Request),
    /// Stop waiting for a request. It is no longer answered.
    Abort(RequestId),
    /// Arm a timer, or move it.
    Arm(TimerId, Millis),
    /// Disarm a timer.
    Disarm(TimerId),
    /// Tell the other windows of this profile.
    Tell(PeerMessage),
    /// Queue for the sending lease.
    AcquireLease,
    /// Give the sending lease back.
    ReleaseLease,
    /// Parts of the view changed.
    View(Vec<ViewPatch>),
    /// Tell the person something that is not a state of a row.
    Notice(Notice),
    /// Something could not be true and was not believed: for logs, beside the inspector's ring.
    Report(Violation),
}

/// A change of the cache. Also what windows tell each other about confirmed rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CacheWrite {
    /// A case, new or changed.
    Case(Arc<RealCase>),
    /// A message row, new or changed.
    Message {
        /// Of which case.
        case: RealId,
        /// The row with its key.
        row: Arc<CachedMessage>,
    },
    /// A case was deleted, with its rows.
    Forget(RealId),
}

/// Something to tell the person once. The words are the user interface's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An intent was not accepted, and nothing changed. The text is still in the composer.
    Refused(Refusal),
    /// What the person wrote could not be kept: the row is gone and the text belongs back into the
    /// composer.
    NotKept {
        /// [`Refusal::StorageFull`] or [`Refusal::StorageUnavailable`].
        why: Refusal,
        /// Of which case; `None` for the case that does not exist yet.
        case: Option<CaseKey>,
        /// What was written.
        draft: Draft,
    },
    /// Something was done that can be taken back by [`Intent::Undo`](crate::Intent::Undo).
    Undoable {
        /// The operation to name in the undo.
        operation: OperationId,
        /// What was done.
        what: Undoable,
        /// How long it can be taken back.
        within: Millis,
    },
    /// The server refused to delete a case; it is back in the list.
    NotDeleted {
        /// Which.
        case: CaseKey,
        /// Why.
        failure: Failure,
    },
    /// The server found no name for a case; its title is as it was.
    NotNamed {
        /// Which.
        case: CaseKey,
        /// Why.
        failure: Failure,
    },
    /// Data of the earlier extension was taken over.
    Imported(ImportCounts),
    /// For assistive technology, and for nobody else.
    Announce(Announcement),
}

/// Why an intent was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The device has no room for it.
    StorageFull,
    /// The store cannot be written.
    StorageUnavailable,
    /// There is nothing to send.
    Blank,
    /// A part is larger than the server takes.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A title has no visible character.
    BlankTitle,
    /// The case or operation is not there any more, or is past the point where this was possible.
    TooLate,
}

/// What can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undoable {
    /// A case was deleted.
    Deleted {
        /// Which.
        case: CaseKey,
        /// Its title.
        title: Arc<str>,
    },
    /// An unsent message was discarded.
    Discarded,
    /// A case was moved to another state; can be taken back until that is sent.
    StatusChanged {
        /// Which.
        case: CaseKey,
        /// The state.
        to: CaseState,
    },
}

/// What assistive technology is told (ux §10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// The server has a message.
    MessageSent,
    /// A message waits because there is no route.
    WaitingOffline,
    /// An answer came.
    AnswerComplete,
    /// The server can be reached again; this many messages go out.
    BackOnline(u32),
    /// Nothing waits any more.
    AllSent,
    /// A message needs the person.
    NotSent(OperationId),
    /// The account must sign in.
    SignedOut,
}
