//! Sign-in links, as the local server prints them: `http://127.0.0.1:8787/?token=…`.
//!
//! A page that is opened by one finds the token in its address. Where no page can be opened by a link, in an extension or a
//! native window, the person puts it where the address of the server goes.
//!
//! A link is good for one sign-in. The answer to it may get lost, most easily when the page is reloaded while it waits: so
//! the first use carries a claim, a secret of this window that is kept over its reloads until the sign-in is over, and with
//! it the use may be repeated for a minute. Whoever else has seen the link cannot.

use copilot_api::{Secret, ServerAddress, SignIn};
use serde::{Deserialize, Serialize};

use crate::ports::{Entropy, Surroundings};

const TOKEN: &str = "/?token=";

/// What one link is exchanged with, however often it is tried.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StartLink {
    token: Secret,
    /// `None` when the platform has no randomness to make one of.
    claim: Option<Secret>,
}

impl StartLink {
    pub(super) fn new(token: Secret, entropy: &dyn Entropy) -> Self {
        let hex = |seed: [u8; 32]| seed.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self { token, claim: entropy.seed().map(hex).and_then(Secret::new) }
    }

    /// The link that this window was started with, be it before its last reload. An error when that is no token.
    pub(super) fn of_this_window(
        around: &dyn Surroundings,
        entropy: &dyn Entropy,
    ) -> Option<Result<Self, ()>> {
        let kept: Option<Self> = around.kept_for_reload().and_then(|kept| serde_json::from_str(&kept).ok());
        let Some(token) = around.take_start_token() else { return kept.map(Ok) };
        let Some(token) = Secret::new(token) else { return Some(Err(())) };
        let link = match kept {
            Some(kept) if kept.token == token => kept,
            _ => Self::new(token, entropy),
        };
        around.keep_for_reload(serde_json::to_string(&link).ok().as_deref());
        Some(Ok(link))
    }

    pub(super) fn sign_in(&self) -> SignIn {
        SignIn::StartToken { token: self.token.clone(), claim: self.claim.clone() }
    }
}

/// The server and the one-time token of a link; `None` when the text is none.
pub(super) fn parse(text: &str) -> Option<(ServerAddress, Secret)> {
    let (address, token) = text.trim().split_once(TOKEN)?;
    Some((ServerAddress::parse(address).ok()?, Secret::new(token)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_a_server_and_a_token_and_nothing_else_is_a_link() {
        let (address, token) = parse(" http://127.0.0.1:8787/?token=abc123 ").unwrap();
        assert_eq!((address.as_str(), token.reveal()), ("http://127.0.0.1:8787", "abc123"));
        for text in
            ["http://127.0.0.1:8787/", "http://127.0.0.1:8787/?token=", "/?token=abc", "ftp://x/?token=a"]
        {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
