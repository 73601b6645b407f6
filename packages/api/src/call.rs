//! The kinds of call, and the facts that encoding, waiting and classifying need about each.

use copilot_core::Millis;
use copilot_core::request::Request;

/// What is asked for, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Probe,
    ListCases,
    SearchCases,
    ReadCase,
    ReadDetails,
    ListMessages,
    CreateCase,
    SubmitTurn,
    PollJob,
    Rename,
    GenerateTitle,
    Delete,
    /// A file of the queries dialect, which takes files apart from questions.
    Upload,
    Login,
    Register,
    StartToken,
    Refresh,
    OpenSession,
    Heartbeat,
    SignOut,
    /// Trades an authorization code for tokens.
    Exchange,
    /// Takes a refresh token out of use.
    Revoke,
}

impl Call {
    /// The kind of a request of the core; `None` for the two that are no single HTTP request.
    pub(crate) const fn of(request: &Request) -> Option<Self> {
        match request {
            Request::Probe => Some(Self::Probe),
            Request::ListCases { .. } => Some(Self::ListCases),
            Request::SearchCases { .. } => Some(Self::SearchCases),
            Request::ReadCase { .. } => Some(Self::ReadCase),
            Request::ReadDetails { .. } => Some(Self::ReadDetails),
            Request::ListMessages { .. } => Some(Self::ListMessages),
            Request::CreateCase { .. } => Some(Self::CreateCase),
            Request::SubmitTurn { .. } => Some(Self::SubmitTurn),
            Request::PollJob { .. } => Some(Self::PollJob),
            Request::Rename { .. } => Some(Self::Rename),
            Request::GenerateTitle { .. } => Some(Self::GenerateTitle),
            Request::Delete { .. } => Some(Self::Delete),
            Request::RenewToken | Request::RenewSession => None,
        }
    }

    /// Whether it matters if the request ran once, although no answer came. Opening a session does
    /// not count: the same `client_id` resumes the same session.
    pub(crate) const fn is_write(self) -> bool {
        match self {
            Self::CreateCase | Self::SubmitTurn | Self::Upload => true,
            Self::Rename | Self::GenerateTitle | Self::Delete => true,
            Self::Login | Self::Register | Self::StartToken | Self::Exchange => true,
            Self::Refresh | Self::SignOut | Self::Revoke => true,
            Self::Probe | Self::ListCases | Self::ReadCase | Self::ListMessages | Self::PollJob => false,
            Self::SearchCases | Self::ReadDetails | Self::OpenSession | Self::Heartbeat => false,
        }
    }

    /// Whether the call trades a name or a token for tokens, so that a 401 is about that content.
    pub(crate) const fn is_sign_in(self) -> bool {
        matches!(self, Self::Login | Self::Register | Self::StartToken | Self::Exchange)
    }

    /// Whether the call is about one case, so that a 404 says that this case is gone.
    pub(crate) const fn is_about_a_case(self) -> bool {
        let read = matches!(self, Self::ReadCase | Self::ReadDetails | Self::ListMessages);
        let said = matches!(self, Self::SubmitTurn | Self::Upload);
        read || said || matches!(self, Self::Rename | Self::GenerateTitle | Self::Delete)
    }
}

/// How long an answer is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands. Browsers do not let a page set it.
    pub connect: Millis,
    /// From the start of a call that a model answers to the last byte of its answer.
    pub turn: Millis,
    /// From the start of any other call to the first byte of its answer, and between two pieces of it.
    pub first_byte: Millis,
    /// From the start of any other call to the last byte of its answer.
    pub other: Millis,
}

impl Default for Timeouts {
    /// 10 s, 300 s, 20 s, 60 s. A server works on a turn for 120 s unless it says otherwise, and its
    /// verdict has to arrive before this client gives up (contract 2). Nothing else makes a server think;
    /// a page of 100 long messages may need a while on a slow line.
    fn default() -> Self {
        Self {
            connect: Millis::seconds(10),
            turn: Millis::seconds(300),
            first_byte: Millis::seconds(20),
            other: Millis::seconds(60),
        }
    }
}

impl Timeouts {
    /// The waits of one call: for a piece of its answer, and for all of it.
    pub(crate) const fn of(&self, call: Call) -> Patience {
        match call {
            // The answer comes at once when it is there, so its first byte is as late as its last.
            Call::SubmitTurn | Call::Upload | Call::GenerateTitle => {
                Patience { piece: None, whole: self.turn }
            }
            _ => Patience { piece: Some(self.first_byte), whole: self.other },
        }
    }
}

/// The waits of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For the first byte, and between two pieces; `None` when only the whole counts.
    pub(crate) piece: Option<Millis>,
    /// From now to the last byte.
    pub(crate) whole: Millis,
}
