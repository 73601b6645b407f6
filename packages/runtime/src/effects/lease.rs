//! The sending lease: one window of a profile sends (I11).
//!
//! A lock between windows says whose turn it is, and the epoch in the store makes sure that one who
//! has not noticed that its turn is over can no longer write. A turn can end without this window's
//! doing: the others take the lock from one that stands still.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_core::{Event, LeaseEvent, Millis};
use copilot_storage::{LocalFuture, Store};

use super::Inbox;
use crate::account::ProfileId;
use crate::ports::{Executor, LockGuard, Locks};
use crate::tasks::{OwnedTask, spawn_owned};

/// Pause before the lease is asked for again when the store did not give an epoch; other windows may
/// be luckier in between.
const EPOCH_PAUSE: Millis = Millis::seconds(2);

#[derive(Default)]
struct State {
    /// The task that waits for its turn, then for the end of it.
    queueing: Option<OwnedTask>,
    held: Option<LockGuard>,
}

pub(super) struct Lease {
    executor: Rc<dyn Executor>,
    locks: Rc<dyn Locks>,
    name: String,
    store: Rc<dyn Store>,
    inbox: Inbox,
    state: Rc<RefCell<State>>,
}

impl Lease {
    pub(super) fn new(
        executor: Rc<dyn Executor>,
        locks: Rc<dyn Locks>,
        profile: &ProfileId,
        store: Rc<dyn Store>,
        inbox: Inbox,
    ) -> Self {
        Self { executor, locks, name: format!("fm:{profile}:lease"), store, inbox, state: Rc::default() }
    }

    /// Queues for the lease, giving back what is held: who asks again needs a new epoch.
    pub(super) fn acquire(&self) {
        self.release();
        self.hold_from(self.locks.acquire(&self.name));
    }

    /// Takes the lease from the window that has it.
    pub(super) fn seize(&self) {
        self.release();
        self.hold_from(self.locks.seize(&self.name));
    }

    /// Holds the lease from its first turn on, and queues again after each.
    fn hold_from(&self, first: LocalFuture<LockGuard>) {
        let (locks, name, executor) = (self.locks.clone(), self.name.clone(), self.executor.clone());
        let (store, inbox) = (Rc::downgrade(&self.store), self.inbox.clone());
        let state = Rc::downgrade(&self.state);
        let task = spawn_owned(&self.executor, async move {
            let mut turn = first;
            loop {
                let mut lock = turn.await;
                let Some(epoch) = store.upgrade().map(|store| store.next_epoch()) else { return };
                if let Ok(epoch) = epoch.await {
                    let lost = lock.lost();
                    match state.upgrade() {
                        Some(state) => state.borrow_mut().held = Some(lock),
                        None => return,
                    }
                    inbox.deliver(Event::Lease(LeaseEvent::Granted(epoch)));
                    lost.await;
                    if let Some(state) = state.upgrade() {
                        state.borrow_mut().held = None;
                    }
                    inbox.deliver(Event::Lease(LeaseEvent::Lost));
                    // A core that asks again has ended this task; one that knew of the loss already, by a
                    // write that was refused, does not ask, and queues again all the same.
                    executor.sleep(Millis(0)).await;
                } else {
                    drop(lock);
                    executor.sleep(EPOCH_PAUSE).await;
                }
                turn = locks.acquire(&name);
            }
        });
        self.state.borrow_mut().queueing = Some(task);
    }

    pub(super) fn release(&self) {
        let _given_back = std::mem::take(&mut *self.state.borrow_mut());
    }
}

#[cfg(test)]
mod tests {
    use copilot_core::journal::Epoch;
    use copilot_storage::memory::MemoryStore;

    use super::*;
    use crate::bench::{Delivered, Turnstile, executor, on_paused_time};

    /// Gives a lock that is taken away when it is said, then one that stays.
    struct OneLoss(RefCell<Option<tokio::sync::oneshot::Receiver<()>>>);

    impl Locks for OneLoss {
        fn acquire(&self, _name: &str) -> LocalFuture<LockGuard> {
            let taken = self.0.borrow_mut().take();
            Box::pin(async move {
                match taken {
                    Some(taken) => LockGuard::alone().until(Box::pin(async move { taken.await.unwrap() })),
                    None => LockGuard::alone(),
                }
            })
        }
    }

    /// A lock that one holds until another takes it; who queues waits for good.
    #[derive(Default)]
    struct Seizable(RefCell<Option<tokio::sync::oneshot::Sender<()>>>);

    impl Locks for Seizable {
        fn acquire(&self, name: &str) -> LocalFuture<LockGuard> {
            let is_held = self.0.borrow().is_some();
            if is_held { Box::pin(std::future::pending()) } else { self.seize(name) }
        }

        fn seize(&self, _name: &str) -> LocalFuture<LockGuard> {
            let (lose, lost) = tokio::sync::oneshot::channel();
            if let Some(before) = self.0.replace(Some(lose)) {
                before.send(()).unwrap();
            }
            let guard = LockGuard::alone().until(Box::pin(async move { lost.await.unwrap() }));
            Box::pin(std::future::ready(guard))
        }
    }

    fn granted(epoch: u64) -> Event {
        Event::Lease(LeaseEvent::Granted(Epoch(epoch)))
    }

    #[test]
    fn one_window_sends_and_the_next_one_follows_under_a_higher_epoch() {
        on_paused_time(async {
            let (store, locks) = (MemoryStore::default(), Rc::new(Turnstile::default()));
            let profile = ProfileId::of("http://127.0.0.1:1", "u-1");
            let window = |delivered: &Delivered| {
                Lease::new(executor(), locks.clone(), &profile, Rc::new(store.clone()), delivered.inbox())
            };
            let (here, there) = (Delivered::default(), Delivered::default());
            let (first, second) = (window(&here), window(&there));
            first.acquire();
            assert_eq!(here.take_when(1).await, [granted(1)]);
            second.acquire();
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            assert_eq!(there.take(), []);
            drop(first);
            assert_eq!(there.take_when(1).await, [granted(2)]);
        });
    }

    #[test]
    fn a_window_whose_lock_is_taken_away_is_told_and_queues_again() {
        on_paused_time(async {
            let (take, taken) = tokio::sync::oneshot::channel::<()>();
            let locks = OneLoss(RefCell::new(Some(taken)));
            let profile = ProfileId::of("http://127.0.0.1:1", "u-1");
            let delivered = Delivered::default();
            let store = Rc::new(MemoryStore::default());
            let lease = Lease::new(executor(), Rc::new(locks), &profile, store, delivered.inbox());
            lease.acquire();
            assert_eq!(delivered.take_when(1).await, [granted(1)]);
            take.send(()).unwrap();
            assert_eq!(delivered.take_when(2).await, [Event::Lease(LeaseEvent::Lost), granted(2)]);
        });
    }

    #[test]
    fn a_window_that_is_told_to_send_takes_the_lease_from_one_that_is_there() {
        on_paused_time(async {
            let (store, locks) = (Rc::new(MemoryStore::default()), Rc::new(Seizable::default()));
            let profile = ProfileId::of("http://127.0.0.1:1", "u-1");
            let (here, there) = (Delivered::default(), Delivered::default());
            let first = Lease::new(executor(), locks.clone(), &profile, store.clone(), here.inbox());
            let second = Lease::new(executor(), locks, &profile, store, there.inbox());
            first.acquire();
            assert_eq!(here.take_when(1).await, [granted(1)]);
            second.acquire();
            tokio::task::yield_now().await;
            assert_eq!(there.take(), []);
            second.seize();
            assert_eq!(there.take_when(1).await, [granted(2)]);
            assert_eq!(here.take_when(1).await, [Event::Lease(LeaseEvent::Lost)]);
        });
    }

    #[test]
    fn a_window_that_asks_again_gets_a_new_epoch_and_one_that_left_the_queue_gets_none() {
        on_paused_time(async {
            let (store, locks) = (Rc::new(MemoryStore::default()), Rc::new(Turnstile::default()));
            let profile = ProfileId::of("http://127.0.0.1:1", "u-1");
            let (here, there) = (Delivered::default(), Delivered::default());
            let first = Lease::new(executor(), locks.clone(), &profile, store.clone(), here.inbox());
            let second = Lease::new(executor(), locks, &profile, store, there.inbox());
            first.acquire();
            assert_eq!(here.take_when(1).await, [granted(1)]);
            second.acquire();
            tokio::task::yield_now().await;
            second.release();
            first.acquire();
            assert_eq!(here.take_when(1).await, [granted(2)]);
            assert_eq!(there.take(), []);
        });
    }
}
