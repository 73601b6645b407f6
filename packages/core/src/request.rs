//! Requests to a server and what came of them, in the core's own terms.
//!
//! `copilot-api` turns a [`Request`] into HTTP and the answer into an [`Outcome`]. For one
//! [`OperationId`] the request is the same value at every attempt, so its bytes are the same (I4).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ids::{OperationId, RealId};
use crate::model::{Answer, CaseDetails, CaseState, RealCase, RealMessage, Turn};
use crate::time::Millis;

/// Names one request of this instance. Answers to requests that are no longer awaited are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

/// Where the result of a 202 can be fetched: opaque, on the API's own origin.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "StoredJob", into = "StoredJob")]
pub struct Job(pub Arc<str>);

/// A job as it is stored: under a name, because a tagged variant cannot hold a bare text.
#[derive(Serialize, Deserialize)]
struct StoredJob {
    job: Arc<str>,
}

impl From<StoredJob> for Job {
    fn from(stored: StoredJob) -> Self {
        Self(stored.job)
    }
}

impl From<Job> for StoredJob {
    fn from(job: Job) -> Self {
        Self { job: job.0 }
    }
}

/// What to ask of the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Request {
    /// Whether the server can be reached, and what it allows.
    Probe,
    /// Exchange the refresh token; one at a time.
    RenewToken,
    /// Open a new session under the same token; one at a time.
    RenewSession,
    /// A page of the case list.
    ListCases {
        /// Rows to skip.
        offset: u32,
        /// Rows at most, 1 to 100.
        limit: u32,
    },
    /// The cases that hold a text, in a title, a description or a message.
    SearchCases {
        /// The text.
        text: Arc<str>,
        /// Rows at most, 1 to 100.
        limit: u32,
    },
    /// One case.
    ReadCase {
        /// Which.
        case: RealId,
    },
    /// What a case holds beside its messages.
    ReadDetails {
        /// Which.
        case: RealId,
    },
    /// A page of messages, oldest first.
    ListMessages {
        /// Of which case.
        case: RealId,
        /// Rows to skip.
        offset: u32,
        /// Rows at most, 1 to 100.
        limit: u32,
    },
    /// Make a case without a title.
    CreateCase {
        /// Idempotency key.
        key: OperationId,
    },
    /// Say something in a case.
    SubmitTurn {
        /// Idempotency key.
        key: OperationId,
        /// Which case.
        case: RealId,
        /// What is said.
        turn: Arc<Turn>,
    },
    /// Ask for the result of a 202.
    PollJob {
        /// Which case.
        case: RealId,
        /// Which job.
        job: Job,
    },
    /// Give a case a title.
    Rename {
        /// Which case.
        case: RealId,
        /// The title.
        title: Arc<str>,
    },
    /// Have the server name a case.
    GenerateTitle {
        /// Idempotency key.
        key: OperationId,
        /// Which case.
        case: RealId,
    },
    /// Delete a case.
    Delete {
        /// Which case.
        case: RealId,
    },
}

/// What came of a request.
pub type Outcome = Result<Reply, Failure>;

/// What the server answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Request::Probe`].
    Alive(Limits),
    /// To [`Request::RenewToken`] and [`Request::RenewSession`].
    Renewed,
    /// To [`Request::ListCases`] and [`Request::SearchCases`].
    Cases(Page<RealCase>),
    /// To [`Request::ReadCase`] and [`Request::CreateCase`].
    Case(RealCase),
    /// To [`Request::ReadDetails`].
    Details(Box<CaseDetails>),
    /// To [`Request::ListMessages`].
    Messages(Page<RealMessage>),
    /// To [`Request::SubmitTurn`] and [`Request::PollJob`]: done.
    Answered {
        /// The answer.
        answer: Answer,
        /// The state of the case after the turn.
        state: CaseState,
    },
    /// To [`Request::SubmitTurn`]: 202. To [`Request::PollJob`]: not yet.
    Working {
        /// Where to ask.
        job: Job,
        /// When to ask, if the server said.
        poll_after: Option<Millis>,
    },
    /// To [`Request::PollJob`]: the server tried and gave up; nothing was stored.
    JobFailed {
        /// The server's words.
        message: Option<Arc<str>>,
    },
    /// To [`Request::GenerateTitle`]: the title that the case has now.
    Titled(Arc<str>),
    /// To [`Request::Rename`] and [`Request::Delete`].
    Done,
}

/// Rows of a list. Rows that failed the boundary check are counted, not shown (contamination).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows that passed.
    pub rows: Vec<T>,
    /// How many the server sent, including those that were refused; the next offset goes by this.
    pub received: u32,
    /// How many were refused, and why the first was.
    pub refused: Option<(u32, Arc<str>)>,
    /// How many there are in all, if the server said.
    pub total: Option<u32>,
    /// Whether the server has more after these.
    pub has_more: bool,
}

/// What the server allows (contract 2.1). The defaults hold until it has said.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limits {
    /// Largest file or pasted text, in bytes.
    pub max_bytes: u64,
    /// Accepted file extensions, with their dot.
    pub extensions: Vec<Arc<str>>,
    /// How long the server works on one turn before it gives up.
    pub turn_bound: Millis,
    /// How long it keeps idempotency keys. After that an attempt in doubt is looked for before it is made again
    /// (contract 4.1, rule 5). Zero where it may keep none: then always.
    #[serde(default = "an_hour")]
    pub key_lifetime: Millis,
    /// Whether it looks for texts: those of the turns dialect do (contract 2.3, 3).
    #[serde(default)]
    pub search: bool,
    /// Address of the dashboard, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<Arc<str>>,
    /// Address of the people who help, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<Arc<str>>,
}

const fn an_hour() -> Millis {
    Millis::seconds(3600)
}

impl Default for Limits {
    /// Contract 2.1 and 4.1: 10 MiB; .txt .log .json .csv .md; 120 s; keys for an hour. Nobody is asked for a text before it is known to take that.
    fn default() -> Self {
        Self {
            max_bytes: 10 * 1024 * 1024,
            extensions: [".txt", ".log", ".json", ".csv", ".md"].map(Arc::from).to_vec(),
            turn_bound: Millis::seconds(120),
            key_lifetime: an_hour(),
            search: false,
            dashboard: None,
            support: None,
        }
    }
}
