//! What a person can do. The only way in for the user interface.

use serde::{Deserialize, Serialize};

use std::sync::Arc;

use crate::ids::{CaseKey, OperationId};
use crate::legacy::Takeover;
use crate::model::{CaseState, Draft, Turn};

/// What the person wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// Show a case; `None` shows the empty conversation of a case that does not exist yet.
    Open(Option<CaseKey>),
    /// Say something in a case; `None` starts a new case with it and opens that.
    Submit {
        /// In which case.
        case: Option<CaseKey>,
        /// What. Several turns are one message to the person (one file goes per turn); they are
        /// accepted together or not at all, and what is wished about one of them later is about all that have not left.
        turns: Vec<Turn>,
    },
    /// Say something that does not stand in the composer, such as a suggested step: what stands there stays.
    Say {
        /// In which case.
        case: CaseKey,
        /// What.
        turn: Turn,
    },
    /// Give a case a title.
    Rename {
        /// Which case.
        case: CaseKey,
        /// The title.
        title: Arc<str>,
    },
    /// Have the server name a case by what was said in it.
    GenerateTitle(CaseKey),
    /// Move a case to another state. Can be undone until it is sent.
    SetStatus {
        /// Which case.
        case: CaseKey,
        /// The state.
        to: CaseState,
        /// The words that stand in the transcript for it; the server stores them as the person's.
        text: Arc<str>,
    },
    /// Delete a case. Can be undone for the undo window.
    Delete(CaseKey),
    /// Keep a case at the top of the list, or stop that.
    Pin {
        /// Which case.
        case: CaseKey,
        /// Whether to keep it there.
        pinned: bool,
    },
    /// Keep what stands in the composer.
    KeepDraft {
        /// Of which case; `None` for the case that does not exist yet.
        case: Option<CaseKey>,
        /// What stands there; empty removes the draft.
        draft: Draft,
    },
    /// Try a failed operation again, now. A message that was stopped is looked for, not sent.
    Retry(OperationId),
    /// Try every failed operation of a case again, oldest first.
    RetryAll(CaseKey),
    /// Send a message although one before it was not sent.
    SendAnyway(OperationId),
    /// Send every message of a case that waits for a failed one before it.
    SendRest(CaseKey),
    /// Take an unsent message back into the composer.
    Edit(OperationId),
    /// Give up an unsent operation. Can be undone for the undo window.
    Discard(OperationId),
    /// Take back a deletion or a discard while its window is open, or a status change that was not sent.
    Undo(OperationId),
    /// Count the undo window of a deletion or a discard from now: the person is looking at the offer. A deletion is
    /// held by the window that sends; elsewhere, and where nothing can be taken back any more, this does nothing.
    HoldUndo(OperationId),
    /// Stop waiting for an answer. The message itself may have arrived and is kept.
    Stop(OperationId),
    /// A title or status changed here and elsewhere: overwrite theirs. Named by the operation of the
    /// conflict.
    KeepMine(OperationId),
    /// A title or status changed here and elsewhere: give up mine.
    UseTheirs(OperationId),
    /// Forget the note about a rename that the server refused.
    DismissTitleNote(CaseKey),
    /// Put back what was replaced, from its copy: a title as a rename, words into the composer.
    Restore(OperationId),
    /// Let go of a copy.
    DropBackup(OperationId),
    /// Take the data of the earlier extension over.
    Import(Arc<Takeover>),
    /// Read the details of a case: somebody looks at them.
    ReadDetails(CaseKey),
    /// Nobody looks at the details of a case any more.
    CloseDetails,
    /// Look for a text on the server as well, where that can be asked; a blank one ends it. What is found stands
    /// in [`View::find`](crate::View::find).
    Search(Arc<str>),
    /// Probe the server now instead of at the next automatic try.
    TryNow,
    /// Load older messages of the open case.
    LoadOlder,
    /// The end of the open case has been seen.
    Seen,
}
