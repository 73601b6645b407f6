//! Sign-in, renewal, sessions.

use std::sync::Arc;

use copilot_core::ids::RealId;
use copilot_core::{Millis, Wall};
use serde::Deserialize;

use super::lenient::{count, maybe};
use crate::account::{SignedIn, SignedOut, User};
use crate::credentials::{Credentials, Secret, SessionId};

/// Life of an access token where the server does not say (contract 1: 15 minutes).
const EXPIRES_IN_SECONDS: u32 = 900;

#[derive(Deserialize)]
struct SignInBody {
    access_token: Secret,
    #[serde(default, deserialize_with = "maybe")]
    refresh_token: Option<Secret>,
    #[serde(default, deserialize_with = "count")]
    expires_in: Option<u32>,
    #[serde(default, deserialize_with = "maybe")]
    session_id: Option<SessionId>,
    user: UserBody,
}

#[derive(Deserialize)]
struct UserBody {
    user_id: RealId,
    username: Arc<str>,
    #[serde(default, deserialize_with = "maybe")]
    display_name: Option<Arc<str>>,
}

/// Reads the answer to a sign-in that arrived at `now`; `None` if it is none.
pub(crate) fn read_sign_in(text: &str, now: Wall) -> Option<SignedIn> {
    let body: SignInBody = serde_json::from_str(text).ok()?;
    Some(SignedIn {
        credentials: Credentials {
            access: body.access_token,
            refresh: body.refresh_token,
            expires_in: life(body.expires_in),
            obtained: now,
            session: body.session_id,
            oauth_client: None,
        },
        user: User {
            id: body.user.user_id,
            username: body.user.username,
            display_name: body.user.display_name.filter(|name| !name.trim().is_empty()),
        },
    })
}

fn life(expires_in: Option<u32>) -> Millis {
    Millis::seconds(expires_in.unwrap_or(EXPIRES_IN_SECONDS).into())
}

/// The answer to a renewal. Both tokens are required: the old ones are dead.
#[derive(Deserialize)]
pub(crate) struct Refreshed {
    access_token: Secret,
    refresh_token: Secret,
    #[serde(default, deserialize_with = "count")]
    expires_in: Option<u32>,
}

impl Refreshed {
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The tokens that replace the old ones, under the same session.
    pub(crate) fn replace(self, old: &Credentials, now: Wall) -> Credentials {
        Credentials {
            access: self.access_token,
            refresh: Some(self.refresh_token),
            expires_in: life(self.expires_in),
            obtained: now,
            session: old.session.clone(),
            oauth_client: old.oauth_client.clone(),
        }
    }
}

/// The answer to the exchange of an authorization code (contract 2.1): the user without a display name.
#[derive(Deserialize)]
struct CodeBody {
    access_token: Secret,
    #[serde(default, deserialize_with = "maybe")]
    refresh_token: Option<Secret>,
    #[serde(default, deserialize_with = "count")]
    expires_in: Option<u32>,
    user_id: RealId,
    username: Arc<str>,
}

/// Reads the answer to the exchange of a code by the client `oauth_client` that arrived at `now`.
pub(crate) fn read_code_exchange(text: &str, oauth_client: &Arc<str>, now: Wall) -> Option<SignedIn> {
    let body: CodeBody = serde_json::from_str(text).ok()?;
    Some(SignedIn {
        credentials: Credentials {
            access: body.access_token,
            refresh: body.refresh_token,
            expires_in: life(body.expires_in),
            obtained: now,
            session: None,
            oauth_client: Some(oauth_client.clone()),
        },
        user: User { id: body.user_id, username: body.username, display_name: None },
    })
}

/// The answer to opening a session.
#[derive(Deserialize)]
pub(crate) struct Session {
    session_id: SessionId,
}

impl Session {
    pub(crate) fn read(text: &str) -> Option<SessionId> {
        serde_json::from_str::<Self>(text).ok().map(|session| session.session_id)
    }
}

#[derive(Deserialize)]
struct SignOutBody {
    #[serde(default, deserialize_with = "maybe")]
    all_sessions_ended: Option<bool>,
}

/// Reads the answer to a sign-out. A server that does not say has ended what there was.
pub(crate) fn read_sign_out(text: &str) -> SignedOut {
    let said = serde_json::from_str::<SignOutBody>(text).ok().and_then(|body| body.all_sessions_ended);
    SignedOut { everywhere: said.unwrap_or(true) }
}
