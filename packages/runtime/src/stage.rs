//! Where the program stands between "just started" and "one account is open".
//!
//! Values only: what moves them is in `app`. The words for each state are the user interface's.

use crate::handle::Handle;

/// Where the program stands.
#[derive(Clone)]
pub enum Stage {
    /// Nothing is known yet; lasts a few milliseconds.
    Starting,
    /// Nobody is signed in, or an account must prove itself again.
    SignIn(SignInView),
    /// An account is open. It may be signed out in mid-session, with everything still readable:
    /// [`Status::account`](copilot_core::view::Status) says so.
    Open(Handle),
}

/// What a person fills in to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInForm {
    /// Address of the server, as typed.
    pub server: String,
    /// User name, as typed.
    pub username: String,
    /// Password, as typed; servers of the turns dialect ask for none (contract 2.1).
    pub password: String,
    /// Whether to make the account instead of entering it.
    pub register: bool,
}

impl std::fmt::Debug for SignInForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInForm")
            .field("server", &self.server)
            .field("username", &self.username)
            .field("register", &self.register)
            .finish_non_exhaustive()
    }
}

/// What the sign-in screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInView {
    /// Address to begin with.
    pub server: String,
    /// User name to begin with; empty when none is known.
    pub username: String,
    /// Whether a sign-in is under way.
    pub busy: bool,
    /// What is known about the address that was asked about last.
    pub check: ServerCheck,
    /// Why the last sign-in did not work.
    pub error: Option<SignInError>,
    /// Why an account that is signed in could not be opened.
    pub problem: Option<StartProblem>,
    /// An open [`Handle`] exists behind this screen: signing in to the same account continues it.
    pub returning: bool,
}

/// What is known about a server address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerCheck {
    /// Nobody asked.
    NotChecked,
    /// The question is on its way.
    Checking,
    /// A FaultMaven server answered.
    Reachable {
        /// How long that took, in milliseconds.
        millis: u64,
        /// Whether it lets people make accounts.
        supports_registration: bool,
        /// Whether it signs people in on a page of its own, where no name is asked for here.
        by_page: bool,
    },
    /// Nothing answered, or the text is no address.
    Unreachable,
    /// Something else answered.
    NotFaultMaven,
}

/// Why a sign-in did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInError {
    /// The server's address cannot be an address.
    Address,
    /// The server knows no such user.
    UnknownUser,
    /// The password is not right.
    WrongPassword,
    /// Somebody has that name.
    NameTaken,
    /// The server does not accept the name.
    BadName {
        /// The server's words.
        reason: String,
    },
    /// The one-time link was used before, or has expired.
    LinkUsed,
    /// The server could not be reached.
    Unreachable,
    /// The server answered something else.
    Server {
        /// HTTP status; 0 when the answer could not be understood.
        status: u16,
        /// The server's words, plain text.
        message: String,
    },
}

/// Why an account's data could not be opened, or is not open yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartProblem {
    /// Another window of this program owns it.
    StoreInUse,
    /// It does not open, most likely because another window holds it. The opening goes on, and the account opens by
    /// itself when that ends.
    StoreHeld,
    /// A newer version of this program has changed how it is laid out. Nothing of it was touched.
    StoreNewer,
    /// It cannot be read or written.
    StoreUnavailable {
        /// Why, in the platform's words.
        cause: String,
    },
}
