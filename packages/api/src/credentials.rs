//! What proves who the person is. The runtime keeps it; nothing here prints it.

use std::fmt;
use std::sync::Arc;

use copilot_core::ids::{IdError, RealId};
use copilot_core::{Millis, Wall};
use serde::{Deserialize, Serialize};

/// How long before its end an access token is renewed: enough for several attempts, and a third of the
/// 15 minutes that servers give (contract 1).
const RENEW_BEFORE: Millis = Millis::seconds(300);

/// Longest token that is believed; the header of a request has to carry it.
const SECRET_MAX_BYTES: usize = 8192;

/// A text that must not be shown: its `Debug` form hides it. It fits into a request header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret(String);

impl Secret {
    /// Takes a secret over: 1 to 8192 bytes of visible ASCII. `None` for anything else.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = !text.is_empty() && text.len() <= SECRET_MAX_BYTES;
        (fits && text.bytes().all(|b| b.is_ascii_graphic())).then_some(Self(text))
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl TryFrom<String> for Secret {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text).ok_or("a token is 1 to 8192 bytes of visible ASCII")
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

/// Names a session on the server (contract 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(RealId);

impl SessionId {
    /// Checks what the server sent.
    ///
    /// # Errors
    /// [`IdError`] when the text could not stand in a path or a header.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        RealId::parse(text).map(Self)
    }

    /// The id as the server wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The tokens of one signed-in person, and the session that goes with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Sent with every request.
    pub access: Secret,
    /// Buys the next pair of tokens, once. Servers without renewal give none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Secret>,
    /// How long the access token lives, by the server's word.
    pub expires_in: Millis,
    /// When it arrived, by this device's clock.
    pub obtained: Wall,
    /// The session, once one is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Who this program is to the server, where the tokens came by OAuth: renewal and revocation name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth_client: Option<Arc<str>>,
}

impl Credentials {
    /// When the access token should be renewed: 5 minutes before its end, or after half of its life
    /// where that is shorter than 10 minutes. By this device's clock.
    #[must_use]
    pub fn renew_at(&self) -> Wall {
        let early = Millis(RENEW_BEFORE.0.min(self.expires_in.0 / 2));
        self.obtained + Millis(self.expires_in.0.saturating_sub(early.0))
    }

    /// The same person under another session.
    #[must_use]
    pub fn with_session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials {
            access: Secret::new("a-1").unwrap(),
            refresh: Secret::new("r-1"),
            expires_in: Millis::seconds(900),
            obtained: Wall(1_000),
            session: SessionId::parse("s-1").ok(),
            oauth_client: None,
        }
    }

    #[test]
    fn nobody_reads_a_token_in_a_log() {
        let printed = format!("{:?}", credentials());
        assert!(!printed.contains("a-1") && !printed.contains("r-1"), "{printed}");
        assert!(printed.contains("s-1"));
    }

    #[test]
    fn credentials_survive_storage() {
        let stored = serde_json::to_string(&credentials()).unwrap();
        assert_eq!(serde_json::from_str::<Credentials>(&stored).unwrap(), credentials());
    }

    #[test]
    fn a_token_that_could_split_a_header_is_none() {
        for bad in ["", "a b", "a\r\nX: y", "\u{e9}"] {
            assert_eq!(Secret::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn renewal_is_due_five_minutes_before_the_end_and_never_before_half_of_the_life() {
        let mut credentials = credentials();
        assert_eq!(credentials.renew_at(), Wall(601_000));
        credentials.expires_in = Millis::seconds(60);
        assert_eq!(credentials.renew_at(), Wall(31_000));
    }
}
