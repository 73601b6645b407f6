//! Order among turns: one at a time per case, in the order they came; one attempt at a time per key.
//!
//! Lives in memory only: after a restart nothing is running.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;

use tokio::sync::OwnedMutexGuard;

use crate::keys;
use crate::refusal::Refusal;
use crate::store::receipts::Scope;
use crate::words;

/// Seconds after which a client should ask again about a turn that is still running.
const ASK_AGAIN_SECONDS: u64 = 3;

/// Case locks in memory before those nobody uses are forgotten.
const FORGET_ABOVE: usize = 1024;

/// The lines in front of the cases, and the keys in use.
#[derive(Clone, Default)]
pub(crate) struct TurnQueue {
    cases: Arc<Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>>,
    running: Arc<Mutex<HashMap<Scope, String>>>,
}

/// A key is in use until this is dropped.
pub(crate) struct Claim {
    running: Arc<Mutex<HashMap<Scope, String>>>,
    scope: Scope,
}

impl Drop for Claim {
    fn drop(&mut self) {
        lock(&self.running).remove(&self.scope);
    }
}

/// A place in the line of a case.
pub(crate) struct Place(Standing);

enum Standing {
    First(OwnedMutexGuard<()>),
    Waiting(Pin<Box<dyn Future<Output = OwnedMutexGuard<()>> + Send>>),
}

impl Place {
    /// Waits for one's turn. The next in line goes when the guard is dropped.
    pub(crate) async fn turn(self) -> OwnedMutexGuard<()> {
        match self.0 {
            Standing::First(guard) => guard,
            Standing::Waiting(line) => line.await,
        }
    }
}

impl TurnQueue {
    /// Marks a key as in use; refuses while another attempt with it is running.
    pub(crate) fn claim(&self, scope: &Scope, content_hash: &str) -> Result<Claim, Refusal> {
        match lock(&self.running).entry(scope.clone()) {
            Entry::Occupied(first) if first.get() != content_hash => Err(keys::reused()),
            Entry::Occupied(_) => {
                Err(Refusal::conflict("TURN_IN_PROGRESS", words::TURN_RUNNING).retry_after(ASK_AGAIN_SECONDS))
            }
            Entry::Vacant(free) => {
                free.insert(content_hash.to_owned());
                Ok(Claim { running: Arc::clone(&self.running), scope: scope.clone() })
            }
        }
    }

    /// Takes the last place in the line of a case. The place is held from here on, also while nobody waits for it yet:
    /// so a job that was accepted first also runs first.
    pub(crate) async fn line_up(&self, case_id: &str) -> Place {
        let case = self.case(case_id);
        let mut line: Pin<Box<dyn Future<Output = OwnedMutexGuard<()>> + Send>> = Box::pin(case.lock_owned());
        let first = std::future::poll_fn(|cx| match line.as_mut().poll(cx) {
            Poll::Ready(guard) => Poll::Ready(Some(guard)),
            Poll::Pending => Poll::Ready(None),
        })
        .await;
        Place(match first {
            Some(guard) => Standing::First(guard),
            None => Standing::Waiting(line),
        })
    }

    fn case(&self, case_id: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut cases = lock(&self.cases);
        if let Some(known) = cases.get(case_id).and_then(Weak::upgrade) {
            return known;
        }
        if cases.len() > FORGET_ABOVE {
            cases.retain(|_, case| case.strong_count() > 0);
        }
        let fresh = Arc::new(tokio::sync::Mutex::new(()));
        cases.insert(case_id.to_owned(), Arc::downgrade(&fresh));
        fresh
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_place_is_kept_while_nobody_waits_for_it_yet() {
        let queue = TurnQueue::default();
        let first = queue.line_up("c1").await.turn().await;
        let second = queue.line_up("c1").await;
        let third = queue.line_up("c1").await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&order);
        let late = tokio::spawn(async move {
            let _guard = third.turn().await;
            lock(&seen).push("third");
        });
        drop(first);
        tokio::task::yield_now().await;
        let guard = second.turn().await;
        lock(&order).push("second");
        drop(guard);
        late.await.unwrap();
        assert_eq!(*lock(&order), ["second", "third"]);
    }

    #[tokio::test]
    async fn other_cases_do_not_wait() {
        let queue = TurnQueue::default();
        let _first = queue.line_up("c1").await.turn().await;
        let _other = queue.line_up("c2").await.turn().await;
    }

    #[test]
    fn a_key_is_free_again_when_its_attempt_has_ended() {
        let queue = TurnQueue::default();
        let scope = Scope { user_id: "u".into(), route: "r".into(), key: "k".into() };
        let claim = queue.claim(&scope, "h").unwrap();
        assert_eq!(queue.claim(&scope, "h").err().unwrap().code(), "TURN_IN_PROGRESS");
        assert_eq!(queue.claim(&scope, "other").err().unwrap().code(), "IDEMPOTENCY_KEY_REUSE");
        drop(claim);
        assert!(queue.claim(&scope, "other").is_ok());
    }
}
