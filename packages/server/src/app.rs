//! What every handler shares: store, uploads, clock, assistant, and the order of turns.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::assistant::Assistant;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::limits::Limiter;
use crate::metrics::Metrics;
use crate::options::Dialect;
use crate::refusal::Refusal;
use crate::secrets;
use crate::start_links::StartLinks;
use crate::store::{Store, StoreError, accounts, jobs, uploads};
use crate::turns::queue::TurnQueue;

/// Failed attempts to sign in that one name may have, and within how many seconds. A person who mistypes does not notice;
/// a program that guesses gets 120 guesses an hour.
pub(crate) const SIGN_IN_FAILURES: (usize, i64) = (10, 300);

/// The shared state of one server.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) clock: Clock,
    pub(crate) assistant: Assistant,
    pub(crate) queue: TurnQueue,
    pub(crate) job_threshold: usize,
    pub(crate) receipt_lifetime: Duration,
    pub(crate) start_links: Arc<StartLinks>,
    pub(crate) dialect: Dialect,
    /// Digest of the access token of a server that is open to a network.
    pub(crate) access_digest: Option<String>,
    /// Failed attempts to sign in, per name.
    pub(crate) sign_in_limit: Limiter,
    /// Questions, per session of the queries dialect.
    pub(crate) query_limit: Option<Limiter>,
    pub(crate) metrics: Metrics,
}

impl App {
    /// Whether a text is the access token of a server that is open to a network.
    pub(crate) fn is_access_token(&self, text: &str) -> bool {
        self.access_digest
            .as_ref()
            .is_some_and(|digest| secrets::same(secrets::token_digest(text).as_bytes(), digest.as_bytes()))
    }

    /// Empties the store and the uploads.
    pub(crate) async fn empty(self: &Arc<Self>) -> Result<(), Refusal> {
        let blobs = self.blobs.clone();
        self.store
            .write(move |db| {
                accounts::empty(db)?;
                sweep(&blobs, &HashSet::new());
                Ok(())
            })
            .await
    }

    /// Tidies up after the last run: old answers and orphaned uploads.
    pub(crate) async fn tidy(&self) -> Result<(), StoreError> {
        let lifetime = i64::try_from(self.receipt_lifetime.as_secs()).unwrap_or(i64::MAX);
        let limit = self.clock.now().plus_seconds(lifetime.saturating_neg());
        let blobs = self.blobs.clone();
        self.store
            .write(move |db| {
                crate::store::receipts::prune(db, limit)?;
                let mut keep: HashSet<String> = uploads::hashes(db)?.into_iter().collect();
                for job in jobs::open(db)? {
                    keep.extend(crate::turns::form::stored_hashes(&job.request));
                }
                sweep(&blobs, &keep);
                Ok(())
            })
            .await
    }

    /// Removes the bytes that a deleted case leaves behind, unless something else refers to them.
    pub(crate) async fn drop_unused(&self, hashes: Vec<String>) -> Result<(), StoreError> {
        let blobs = self.blobs.clone();
        self.store
            .write(move |db| {
                for hash in &hashes {
                    if !uploads::is_used(db, hash)?
                        && let Err(error) = blobs.remove(hash)
                    {
                        tracing::warn!(%error, "an unused upload could not be removed");
                    }
                }
                Ok(())
            })
            .await
    }
}

fn sweep(blobs: &Blobs, keep: &HashSet<String>) {
    match blobs.sweep(keep) {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "unused uploads removed"),
        Err(error) => tracing::warn!(%error, "unused uploads could not be removed"),
    }
}
