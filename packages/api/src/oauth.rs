//! Signing in on a page of the server's dashboard: authorization code with PKCE (contract 2.1, RFC 7636).
//!
//! Pure: what to open, and what the page's redirect means. Opening a page and waiting for the redirect is
//! the platform's business, trading the code is [`Client::exchange_code`](crate::Client::exchange_code)'s.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::credentials::Secret;
use crate::encode::segment;

/// Random bytes of a verifier. In base64url they make 43 characters, the least that RFC 7636, 4.1 allows.
const VERIFIER_BYTES: usize = 32;

/// Random bytes of a state: enough that no page guesses one.
const STATE_BYTES: usize = 16;

/// Where the dashboard asks the person (contract 2.1).
const AUTHORIZE_PATH: &str = "/auth/authorize";

/// How a server lets people sign in by OAuth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthOffer {
    /// Origin and path of the dashboard, without a slash at the end.
    pub dashboard: Arc<str>,
    /// Who this program is to the server.
    pub client_id: Arc<str>,
    /// What is asked for.
    pub scopes: Vec<Arc<str>>,
}

/// A sign-in that has begun. Stored by platforms whose page goes away meanwhile; its `Debug` form hides
/// what must not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Who this program is to the server.
    pub client_id: Arc<str>,
    /// Where the page returns to.
    pub redirect_uri: Arc<str>,
    verifier: Secret,
    state: Secret,
}

/// Why a redirect brought no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// The redirect does not belong to this sign-in.
    #[error("The answer belongs to another sign-in. Start again from this window.")]
    Foreign,
    /// The person said no, or the page could not go on.
    #[error("{}", refused(.0.as_deref()))]
    Refused(Option<Arc<str>>),
}

fn refused(why: Option<&str>) -> String {
    match why {
        None | Some("access_denied") => "The sign-in was not approved. Start again when you want to.".into(),
        Some(why) => format!("The sign-in page could not go on ({why}). Start again."),
    }
}

impl Authorization {
    /// Begins; `None` when the device gives no random numbers.
    #[must_use]
    pub fn begin(offer: &OAuthOffer, redirect_uri: impl Into<Arc<str>>) -> Option<Self> {
        Some(Self {
            client_id: offer.client_id.clone(),
            redirect_uri: redirect_uri.into(),
            verifier: random(VERIFIER_BYTES)?,
            state: random(STATE_BYTES)?,
        })
    }

    /// The page to open.
    #[must_use]
    pub fn page(&self, offer: &OAuthOffer) -> String {
        let challenge = base64url(&Sha256::digest(self.verifier.reveal()));
        let scope = offer.scopes.join(" ");
        let fields = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", self.state.reveal()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("scope", &scope),
        ];
        let mut page = format!("{}{AUTHORIZE_PATH}", offer.dashboard);
        for (mark, (name, value)) in std::iter::once('?').chain(std::iter::repeat('&')).zip(fields) {
            let _ = write!(page, "{mark}{name}={}", segment(value));
        }
        page
    }

    /// The code in the address that the page returned to. It must be the one that was named, and carry the
    /// state of this sign-in: otherwise somebody else's code would sign this person in as them.
    ///
    /// # Errors
    /// [`RedirectError`], a sentence for the person.
    pub fn code(&self, returned_to: &str) -> Result<Secret, RedirectError> {
        let (address, rest) = returned_to.split_once('?').ok_or(RedirectError::Foreign)?;
        let query = rest.split('#').next().unwrap_or_default();
        let field = |wanted: &str| {
            query.split('&').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                (name == wanted).then(|| unescaped(value))?
            })
        };
        if address != &*self.redirect_uri || field("state").as_deref() != Some(self.state.reveal()) {
            return Err(RedirectError::Foreign);
        }
        match field("error") {
            Some(why) => Err(RedirectError::Refused(Some(why.into()))),
            None => field("code").and_then(Secret::new).ok_or(RedirectError::Refused(None)),
        }
    }

    /// What proves at the exchange that whoever began is whoever ends.
    pub(crate) fn verifier(&self) -> &Secret {
        &self.verifier
    }
}

fn random(count: usize) -> Option<Secret> {
    let mut bytes = [0_u8; VERIFIER_BYTES];
    let bytes = bytes.get_mut(..count)?;
    getrandom::fill(bytes).ok()?;
    Secret::new(base64url(bytes))
}

/// Base64 for addresses, without padding (RFC 4648, 5).
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let number = (0..3).fold(0_u32, |sum, at| sum << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        for at in 0..=group.len() {
            let index = (number >> (18 - 6 * at)) & 63;
            text.extend(LETTERS.get(index as usize).copied().map(char::from));
        }
    }
    text
}

/// Undoes percent-encoding and `+`; `None` for what is no text.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer() -> OAuthOffer {
        OAuthOffer {
            dashboard: "https://ops.example".into(),
            client_id: "faultmaven-copilot".into(),
            scopes: vec!["openid".into(), "cases:read".into()],
        }
    }

    fn begun() -> Authorization {
        Authorization {
            client_id: "faultmaven-copilot".into(),
            redirect_uri: "http://127.0.0.1:7777/cb".into(),
            verifier: Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap(),
            state: Secret::new("st-1").unwrap(),
        }
    }

    #[test]
    fn the_page_carries_the_challenge_of_rfc_7636_and_never_the_verifier() {
        let page = begun().page(&offer());
        assert_eq!(
            page,
            "https://ops.example/auth/authorize?response_type=code&client_id=faultmaven-copilot\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A7777%2Fcb&state=st-1\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
             &scope=openid%20cases%3Aread"
        );
    }

    #[test]
    fn only_a_redirect_of_this_sign_in_brings_a_code() {
        let begun = begun();
        let back = |query: &str| begun.code(&format!("http://127.0.0.1:7777/cb?{query}"));
        assert_eq!(back("code=ac%5F1&state=st-1#x").unwrap().reveal(), "ac_1");
        for foreign in ["code=ac_1", "code=ac_1&state=st-2", "code=ac_1&state=%zz", ""] {
            assert_eq!(back(foreign), Err(RedirectError::Foreign), "{foreign}");
        }
        assert_eq!(
            begun.code("http://127.0.0.1:7777/other?code=ac_1&state=st-1"),
            Err(RedirectError::Foreign)
        );
        assert!(matches!(back("error=access_denied&state=st-1"), Err(RedirectError::Refused(_))));
        assert_eq!(back("state=st-1"), Err(RedirectError::Refused(None)));
    }

    #[test]
    fn no_two_sign_ins_share_their_secrets_and_none_is_printed() {
        let (one, two) =
            (Authorization::begin(&offer(), "x").unwrap(), Authorization::begin(&offer(), "x").unwrap());
        assert_ne!(one.verifier, two.verifier);
        assert_ne!(one.state, two.state);
        assert_eq!(one.verifier.reveal().len(), 43);
        assert!(!format!("{one:?}").contains(one.verifier.reveal()));
    }
}
