//! Why a request did not work, as far as the queue must know (architecture §4, contract 4.3).
//!
//! `copilot-api` decides the class from status, error code and body shape; this module says what
//! the classes are, `retry` what follows from them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// A request that did not work.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Failure {
    /// What it means.
    pub class: FailureClass,
    /// HTTP status, if an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// No new attempt before this span is over, by the server's word (I12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Millis>,
    /// The server's words, plain text, at most 140 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Arc<str>>,
    /// The server's `X-Request-ID`, for people who ask the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Arc<str>>,
}

impl Failure {
    /// A failure that has nothing but its class.
    #[must_use]
    pub const fn of(class: FailureClass) -> Self {
        Self { class, status: None, retry_after: None, message: None, request_id: None }
    }
}

/// What a failure means for the queue.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Nothing left this device: no route, name not found, connection refused.
    Offline,
    /// A login page answered in place of the server. For a write the outcome is unknown.
    CaptivePortal,
    /// Not now. The same request may work later.
    Transient(Transient),
    /// The request left and no trustworthy answer came: it may have run.
    Uncertain,
    /// The access token is refused (`401`, `WWW-Authenticate: Bearer`).
    TokenRefused,
    /// The session is over, the token is fine.
    SessionExpired,
    /// The server will not do it.
    Rejected(Rejection),
    /// The confirmed value changed under the edit (`CASE_VERSION_CONFLICT`); nothing ran.
    Conflict,
    /// The first attempt still runs (`TURN_IN_PROGRESS`).
    InProgress,
    /// It ran, and the stored answer is gone (`IDEMPOTENCY_REPLAY_UNAVAILABLE`).
    Committed,
}

impl FailureClass {
    /// Whether an attempt that ended so may have run, or may still run.
    pub(crate) const fn may_have_run(&self) -> bool {
        matches!(self, Self::Uncertain | Self::CaptivePortal | Self::InProgress | Self::Committed)
    }
}

/// Which of the "not now" answers it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transient {
    /// 429 or 503: too much is asked of the server. Closes the gate for every request to it.
    Busy,
    /// 408, 500 with a code, 502, 504 and their like.
    ServerProblem,
    /// `REQUEST_TIMEOUT`: at most one more attempt by itself.
    Once,
}

/// Why the server will not do it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// 400 and other 4xx without a row of their own.
    Refused,
    /// 402: the plan's limit is used up.
    Quota,
    /// 429 `TENANT_TURN_CAP_EXCEEDED`: the day's allowance is used up.
    DailyLimit,
    /// 403.
    Forbidden,
    /// 404 or 410: the case is not there, or not visible.
    CaseGone,
    /// 409 `CASE_TERMINAL`: the case was resolved or closed.
    CaseTerminal,
    /// 409 `IDEMPOTENCY_KEY_REUSE`: another content under this key has run.
    KeyReused,
    /// 409 without a known code.
    Unexplained,
    /// 413.
    TooLarge,
    /// 415: a defect of this client.
    UnsupportedType,
    /// 422.
    Invalid {
        /// The field that the server names.
        field: Option<Arc<str>>,
    },
    /// 405 or 410 on a send: the server speaks another dialect.
    OtherDialect,
    /// 501, 502 `LLM_PROVIDER_ERROR`: trying again by itself does not help, the person may.
    Provider,
    /// Automatic tries are used up.
    TriesUsedUp {
        /// How many there were.
        tries: u32,
        /// What the last one met.
        last: Box<FailureClass>,
    },
}

impl Rejection {
    /// Whether the same request, unchanged, can work when the person asks for it again.
    #[must_use]
    pub const fn retry_helps(&self) -> bool {
        matches!(
            self,
            Self::TriesUsedUp { .. } | Self::Provider | Self::DailyLimit | Self::Unexplained | Self::Quota
        )
    }
}
