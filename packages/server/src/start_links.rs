//! The links that let the owner in: one is printed at start, another whenever the owner asks for one where the server runs.
//!
//! Each is good for one sign-in within ten minutes. Nothing else opens the owner's account.

use std::sync::{Mutex, PoisonError};

use crate::clock::Moment;
use crate::refusal::Refusal;
use crate::secrets::{self, NoEntropy};
use crate::words;

/// How long a link can be used, in seconds.
const LIFETIME_SECONDS: i64 = 600;

/// How long after its first use a link can be used again by whoever used it: long enough for a page that is reloaded
/// before it has the answer.
const REPEAT_SECONDS: i64 = 60;

/// Shortest claim that counts, in bytes: one that could be guessed would let anybody repeat the use of a link.
const MIN_CLAIM_BYTES: usize = 32;

/// Links that are remembered, so that a late use hears why it comes too late.
const REMEMBERED: usize = 20;

/// The links of a server since its start, the newest last.
#[derive(Debug, Default)]
pub(crate) struct StartLinks(Mutex<Vec<StartLink>>);

/// Tokens are kept in their one-way form only.
#[derive(Debug)]
struct StartLink {
    digest: String,
    until: Moment,
    used: Option<FirstUse>,
}

/// The use that spent a link.
#[derive(Debug)]
struct FirstUse {
    /// The one-way form of what its user knows; `None` when it came without.
    claim: Option<String>,
    repeat_until: Moment,
}

impl FirstUse {
    /// Whether this is the same user again, whose answer may have got lost.
    fn is_repeated_by(&self, claim: Option<&str>, now: Moment) -> bool {
        let (Some(known), Some(given)) = (&self.claim, claim) else { return false };
        now < self.repeat_until && secrets::same(secrets::token_digest(given).as_bytes(), known.as_bytes())
    }
}

impl StartLinks {
    /// A new link; its token is known to nobody but the caller.
    pub(crate) fn issue(&self, now: Moment) -> Result<String, NoEntropy> {
        let token = secrets::new_token()?;
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if links.len() == REMEMBERED {
            links.remove(0);
        }
        links.push(StartLink {
            digest: secrets::token_digest(&token),
            until: now.plus_seconds(LIFETIME_SECONDS),
            used: None,
        });
        Ok(token)
    }

    /// Spends a token, or says why that is not possible. A wrong token does not spend the right one. With a claim the
    /// same use may be repeated for a minute; the link alone, which others may have seen, is good for nothing any more.
    pub(crate) fn spend(&self, token: &str, claim: Option<&str>, now: Moment) -> Result<(), Refusal> {
        let digest = secrets::token_digest(token);
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let link = links.iter_mut().find(|link| secrets::same(digest.as_bytes(), link.digest.as_bytes()));
        let link = link.ok_or_else(|| Refusal::sign_in(words::START_TOKEN_WRONG))?;
        match &link.used {
            Some(first) if first.is_repeated_by(claim, now) => return Ok(()),
            Some(_) => return Err(Refusal::sign_in(words::START_TOKEN_USED)),
            None if now >= link.until => return Err(Refusal::sign_in(words::START_TOKEN_EXPIRED)),
            None => {}
        }
        link.used = Some(FirstUse {
            claim: claim.filter(|claim| claim.len() >= MIN_CLAIM_BYTES).map(secrets::token_digest),
            repeat_until: now.plus_seconds(REPEAT_SECONDS),
        });
        Ok(())
    }
}
