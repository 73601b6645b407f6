//! Rows of the case list and of a transcript.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ids::{CaseKey, MessageKey, OperationId};
use crate::model::{Action, CaseState, RealMessage, Role, Stage};
use crate::time::{Millis, Mono, ServerTime, Wall};

/// A confirmed message with the key it goes by on this device.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CachedMessage {
    /// Its key, for life.
    pub key: MessageKey,
    /// What the server said.
    pub message: RealMessage,
    /// Its index in the server's list when it came: the last tie-breaker of the order (contract 5.7).
    pub arrival: u32,
    /// When the person pressed send, for rows that were born here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Wall>,
    /// What went along with the message; `/messages` does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// Suggested actions that came with the turn; `/messages` does not repeat them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
}

/// Where a search found something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// In which case.
    pub case: CaseKey,
    /// In which message; `None` for its title.
    pub message: Option<MessageKey>,
    /// The words around it.
    pub excerpt: String,
    /// Only the server found it, in words that are not in memory here; `excerpt` is the title.
    pub on_server: bool,
}

/// Whether the server looks for the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerSearch {
    /// It takes no such questions, cannot be reached, or the text is too short: what is found is on this device.
    NotAsked,
    /// It is asked, or will be when typing pauses.
    Asked,
    /// It has answered.
    Answered,
}

/// The three groups of the case list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Kept at the top.
    Pinned,
    /// Inquiry and investigating.
    Active,
    /// Resolved and closed.
    Resolved,
}

/// A row of the case list, and the header of an open case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CaseRow {
    /// Stable for life.
    pub key: CaseKey,
    /// What to call it.
    pub title: Arc<str>,
    /// Where that title is from.
    pub origin: NameOrigin,
    /// Where the case stands; the person's wish counts until the server says.
    pub state: CaseState,
    /// States that the server would accept next, if it said.
    pub valid_next: Vec<CaseState>,
    /// How far the investigation is.
    pub stage: Option<Stage>,
    /// Milestones reached, of six.
    pub milestones: Option<u8>,
    /// Which group it stands in.
    pub group: Group,
    /// When something last happened: by the server's clock once it knows the case, else by ours.
    pub activity: ServerTime,
    /// Operations that wait or are under way.
    pub waiting: u32,
    /// Operations that need the person, and those behind them.
    pub not_sent: u32,
    /// What the row shows at its end.
    pub badge: Badge,
    /// The title changed here and elsewhere; the person decides.
    pub conflict: Option<TitleConflict>,
    /// The state changed here and elsewhere; the person decides.
    pub status_conflict: Option<StatusConflict>,
    /// The server is asked to name the case.
    pub naming: bool,
    /// A rename that the server refused.
    pub title_note: Option<TitleNote>,
    /// The server does not have the case (any more); the transcript is only here.
    pub only_here: bool,
}

/// Where a title is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameOrigin {
    /// `Chat-<date, time>`, until something better comes.
    Provisional,
    /// The server.
    Server,
    /// The person, not yet confirmed.
    Mine,
}

/// A title that changed on both sides. Nothing is overwritten until the person has decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TitleConflict {
    /// The rename that waits for the decision.
    pub operation: OperationId,
    /// What both sides began with.
    pub base: Option<Arc<str>>,
    /// The person's title.
    pub mine: Arc<str>,
    /// When the person wrote it, by this device's clock.
    pub mine_at: Wall,
    /// The server's title.
    pub theirs: Arc<str>,
}

/// A state that changed on both sides. Nothing is overwritten until the person has decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StatusConflict {
    /// The status change that waits for the decision.
    pub operation: OperationId,
    /// The state that the person saw.
    pub base: CaseState,
    /// The state that the person wants.
    pub mine: CaseState,
    /// When the person did it, by this device's clock.
    pub mine_at: Wall,
    /// The server's state.
    pub theirs: CaseState,
}

/// A rename that the server refused. The attempted title is kept until the person lets it go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TitleNote {
    /// The operation, to try again or to discard.
    pub operation: OperationId,
    /// What the person wanted.
    pub attempted: Arc<str>,
    /// Why not.
    pub failure: Failure,
}

/// What a case row shows at its end; the highest that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Badge {
    /// Nothing.
    None,
    /// An answer that was not seen.
    Unread,
    /// This many are on their way.
    Waiting(u32),
    /// The title changed here and elsewhere.
    Decide,
    /// This many need the person.
    NotSent(u32),
}

/// A row of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageRow {
    /// Stable for life; unique within its case.
    pub key: MessageKey,
    /// Who it is from.
    pub role: Role,
    /// Plain text (user, system) or Markdown (assistant). Empty while thinking.
    pub text: Arc<str>,
    /// The turn that the server counts it to, once it has said.
    pub turn: Option<u32>,
    /// When the person pressed send, by this device's clock.
    pub sent: Option<Wall>,
    /// When the server stored it.
    pub created: Option<ServerTime>,
    /// What went along.
    pub attachment: Option<Attachment>,
    /// How far the person's message is. Of FaultMaven's rows it says whether the server still has them.
    pub delivery: Delivery,
    /// Set on FaultMaven's row while the answer is not here.
    pub thinking: Option<Thinking>,
    /// Suggested next steps; only on the last answer.
    pub actions: Vec<Action>,
    /// The operation behind the row, while there is one.
    pub operation: Option<OperationId>,
}

/// What went along with a message, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attachment {
    /// The file's name; `None` for pasted text.
    pub name: Option<Arc<str>>,
    /// Size in bytes.
    pub bytes: u64,
    /// The first lines, for a preview.
    pub preview: Arc<str>,
}

/// FaultMaven's row before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thinking {
    /// Since this moment.
    Since(Mono),
    /// The person stopped waiting.
    Stopped,
}

/// How far a message is: the thirteen states of ux §5, plus the settled rest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Long there, or not the person's: nothing to show.
    Settled,
    /// Just pressed.
    Echoed,
    /// On its way.
    Sending,
    /// On its way for a long time, since this moment.
    StillSending {
        /// When it left.
        since: Mono,
    },
    /// The server has it, for a short while.
    Sent,
    /// It may have arrived; that is being found out.
    Checking,
    /// The person stopped it while nothing proved that it had arrived. It may have, and may still be listed.
    Stopped,
    /// No route.
    WaitingOffline,
    /// The server asks to wait.
    WaitingBusy {
        /// Until when.
        until: Mono,
    },
    /// The account must sign in.
    WaitingSignIn,
    /// Another window sends.
    WaitingWindow,
    /// It was not sent; `failure` says whether trying again helps.
    Failed {
        /// Why.
        failure: Failure,
        /// No retry before this moment, by the server's word.
        not_before: Option<Mono>,
        /// From its first attempt to the failure, by the wall clock; `None` when nothing has left.
        took: Option<Millis>,
    },
    /// One before it was not sent.
    Blocked,
    /// The server's history lacks it. Of an answer: it has the question and lacks the answer.
    OnlyHere,
}
