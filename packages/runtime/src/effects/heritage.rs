//! What a window that ended left behind, and this one's store took over: read here, and told to the others.

use std::rc::Rc;

use copilot_core::Event;
use copilot_core::journal::Sequence;
use copilot_core::peer::PeerMessage;
use copilot_storage::Store;

use super::Inbox;
use crate::ports::{Executor, PeerLink};
use crate::tasks::{OwnedTask, spawn_owned};

/// Looks after it for as long as this is kept.
pub(super) struct Heritage(#[expect(dead_code, reason = "the task lives as long as its owner")] OwnedTask);

impl Heritage {
    pub(super) fn new(
        executor: &Rc<dyn Executor>,
        store: &Rc<dyn Store>,
        peers: Option<Rc<dyn PeerLink>>,
        inbox: Inbox,
    ) -> Self {
        let store = Rc::downgrade(store);
        Self(spawn_owned(executor, async move {
            let mut known = Sequence(0);
            loop {
                let Some(taken_over) = store.upgrade().map(|store| store.taken_over(known)) else { return };
                known = taken_over.await;
                // The journal has come this far, and that is all there is to say.
                let reaches = PeerMessage::Confirmed { after: known, writes: Vec::new() };
                if let Some(peers) = &peers {
                    peers.tell(&reaches);
                }
                inbox.deliver(Event::Peer(reaches));
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use copilot_core::CacheWrite;
    use copilot_core::ids::RealId;
    use copilot_core::journal::{Batch, Durability, Epoch, Record, Recovered, Sequenced, StoreRefusal};
    use copilot_core::view::CachedMessage;
    use copilot_storage::memory::MemoryStore;
    use copilot_storage::{LocalFuture, StoreError};
    use tokio::sync::oneshot;

    use super::*;
    use crate::bench::{Delivered, executor, on_paused_time};

    /// A store that takes something over whenever the test says so.
    struct Heir {
        memory: MemoryStore,
        reached: RefCell<Option<oneshot::Receiver<Sequence>>>,
    }

    impl Store for Heir {
        fn append(&self, batch: Batch) -> LocalFuture<Result<Sequence, StoreRefusal>> {
            self.memory.append(batch)
        }
        fn read_from(&self, from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>> {
            self.memory.read_from(from)
        }
        fn compact(
            &self,
            before: Sequence,
            snapshot: Vec<Record>,
            fence: Epoch,
        ) -> LocalFuture<Result<(), StoreRefusal>> {
            self.memory.compact(before, snapshot, fence)
        }
        fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>> {
            self.memory.next_epoch()
        }
        fn cache(&self, writes: Vec<CacheWrite>) -> LocalFuture<()> {
            self.memory.cache(writes)
        }
        fn load(&self, case: RealId) -> LocalFuture<Vec<CachedMessage>> {
            self.memory.load(case)
        }
        fn spare(&self) -> LocalFuture<u64> {
            self.memory.spare()
        }
        fn free_spare(&self) -> LocalFuture<u64> {
            self.memory.free_spare()
        }
        fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>> {
            self.memory.recover()
        }
        fn durability(&self) -> Durability {
            self.memory.durability()
        }
        fn taken_over(&self, beyond: Sequence) -> LocalFuture<Sequence> {
            let reached = self.reached.borrow_mut().take();
            Box::pin(async move {
                match reached {
                    Some(reached) => reached.await.unwrap().max(beyond),
                    None => std::future::pending().await,
                }
            })
        }
    }

    #[derive(Default)]
    struct Others(RefCell<Vec<PeerMessage>>);

    impl PeerLink for Others {
        fn tell(&self, message: &PeerMessage) {
            self.0.borrow_mut().push(message.clone());
        }
    }

    #[test]
    fn what_was_taken_over_is_read_here_and_told_to_the_other_windows() {
        on_paused_time(async {
            let (take_over, reached) = oneshot::channel();
            let heir = Heir { memory: MemoryStore::default(), reached: RefCell::new(Some(reached)) };
            let (store, others): (Rc<dyn Store>, _) = (Rc::new(heir), Rc::new(Others::default()));
            let delivered = Delivered::default();
            let _heritage = Heritage::new(&executor(), &store, Some(others.clone()), delivered.inbox());
            take_over.send(Sequence(12)).unwrap();
            let reaches = PeerMessage::Confirmed { after: Sequence(12), writes: Vec::new() };
            assert_eq!(delivered.take_when(1).await, [Event::Peer(reaches.clone())]);
            assert_eq!(*others.0.borrow(), [reaches]);
        });
    }
}
