//! Signing in and out: what is asked and what comes back.

use std::sync::Arc;

use copilot_core::ids::RealId;

use crate::credentials::{Credentials, Secret};

/// A way to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// With a name that the server knows.
    Login {
        /// The name.
        username: String,
        /// The password, where the server wants one.
        password: Option<Password>,
    },
    /// Makes the name known and signs in.
    Register {
        /// The name.
        username: String,
        /// The password, where the server wants one.
        password: Option<Password>,
        /// Where the person can be reached.
        email: Option<String>,
        /// What the person is called on screen.
        display_name: Option<String>,
    },
    /// With the one-time token of the link that the local server prints.
    StartToken {
        /// The token.
        token: Secret,
        /// A secret of the window that uses the link. For a minute the server takes the link again from whoever knows
        /// it: from the same window, which did not get the first answer.
        claim: Option<Secret>,
    },
}

/// A password as it was typed; its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// A sign-in that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// To be kept.
    pub credentials: Credentials,
    /// Who it is.
    pub user: User,
}

/// A person, as the server names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The server's id; stored work belongs to it.
    pub id: RealId,
    /// The name to sign in with.
    pub username: Arc<str>,
    /// What the person is called on screen, if the server knows.
    pub display_name: Option<Arc<str>>,
}

/// A sign-out that the server confirmed. Local sign-out completes without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedOut {
    /// Whether other clients of this person are signed out as well; `false` is to be told.
    pub everywhere: bool,
}
