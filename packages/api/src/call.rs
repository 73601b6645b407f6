//! The kinds of call, and the facts that encoding, waiting and classifying need about each.

use copilot_core::Millis;
use copilot_core::request::Request;

/// What is asked for, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Probe,
    ListCases,
    ReadCase,
    ListMessages,
    CreateCase,
    SubmitTurn,
    PollJob,
    Rename,
    Delete,
    Login,
    Register,
    StartToken,
    Refresh,
    OpenSession,
    Heartbeat,
    SignOut,
}

impl Call {
    /// The kind of a request of the core; `None` for the two that are no single HTTP request.
    pub(crate) const fn of(request: &Request) -> Option<Self> {
        match request {
            Request::Probe => Some(Self::Probe),
            Request::ListCases { .. } => Some(Self::ListCases),
            Request::ReadCase { .. } => Some(Self::ReadCase),
            Request::ListMessages { .. } => Some(Self::ListMessages),
            Request::CreateCase { .. } => Some(Self::CreateCase),
            Request::SubmitTurn { .. } => Some(Self::SubmitTurn),
            Request::PollJob { .. } => Some(Self::PollJob),
            Request::Rename { .. } => Some(Self::Rename),
            Request::Delete { .. } => Some(Self::Delete),
            Request::RenewToken | Request::RenewSession => None,
        }
    }

    /// Whether it matters if the request ran once, although no answer came. Opening a session does
    /// not count: the same `client_id` resumes the same session.
    pub(crate) const fn is_write(self) -> bool {
        match self {
            Self::CreateCase | Self::SubmitTurn | Self::Rename | Self::Delete => true,
            Self::Login | Self::Register | Self::StartToken | Self::Refresh | Self::SignOut => true,
            Self::Probe | Self::ListCases | Self::ReadCase | Self::ListMessages | Self::PollJob => false,
            Self::OpenSession | Self::Heartbeat => false,
        }
    }

    /// Whether the call trades a name or a token for tokens, so that a 401 is about that content.
    pub(crate) const fn is_sign_in(self) -> bool {
        matches!(self, Self::Login | Self::Register | Self::StartToken)
    }

    /// Whether the call is about one case, so that a 404 says that this case is gone.
    pub(crate) const fn is_about_a_case(self) -> bool {
        matches!(self, Self::ReadCase | Self::ListMessages | Self::SubmitTurn | Self::Rename | Self::Delete)
    }
}

/// How long an answer is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands. Browsers do not let a page set it.
    pub connect: Millis,
    /// From the start of a turn to the last byte of its answer.
    pub turn: Millis,
    /// The same for every other call.
    pub other: Millis,
}

impl Default for Timeouts {
    /// 10 s, 300 s, 30 s. A server works on a turn for 120 s unless it says otherwise, and its verdict
    /// has to arrive before this client gives up (contract 2).
    fn default() -> Self {
        Self { connect: Millis::seconds(10), turn: Millis::seconds(300), other: Millis::seconds(30) }
    }
}

impl Timeouts {
    pub(crate) const fn of(&self, call: Call) -> Millis {
        match call {
            Call::SubmitTurn => self.turn,
            _ => self.other,
        }
    }
}
