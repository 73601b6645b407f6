//! Knows whether everything that was handed to the store is on the disk: a window that is closed waits for that.

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal};
use copilot_core::view::CachedMessage;
use copilot_runtime::ProfileId;
use copilot_runtime::ports::Stores;
use copilot_storage::{CachedEnd, LocalFuture, SetAside, Store, StoreError};
use tokio::sync::Notify;

/// Appends that are under way. Cheap to clone; all clones count together.
#[derive(Clone, Default)]
pub(crate) struct UnderWay(Rc<Count>);

#[derive(Default)]
struct Count {
    appends: Cell<usize>,
    fewer: Notify,
}

impl UnderWay {
    /// Completes when no append is under way.
    pub(crate) async fn none(&self) {
        while self.0.appends.get() > 0 {
            self.0.fewer.notified().await;
        }
    }

    fn begin(&self) -> OneOf {
        self.0.appends.set(self.0.appends.get() + 1);
        OneOf(self.clone())
    }
}

/// One append under way, until it is dropped.
struct OneOf(UnderWay);

impl Drop for OneOf {
    fn drop(&mut self) {
        let count = &self.0.0;
        count.appends.set(count.appends.get() - 1);
        count.fewer.notify_one();
    }
}

/// Stores whose appends are counted.
pub(crate) struct Counted {
    pub(crate) stores: Rc<dyn Stores>,
    pub(crate) under_way: UnderWay,
}

impl Stores for Counted {
    fn open(&self, profile: &ProfileId) -> LocalFuture<Result<Rc<dyn Store>, StoreError>> {
        let (opening, under_way) = (self.stores.open(profile), self.under_way.clone());
        Box::pin(async move {
            let store: Rc<dyn Store> = Rc::new(CountedStore { store: opening.await?, under_way });
            Ok(store)
        })
    }
}

struct CountedStore {
    store: Rc<dyn Store>,
    under_way: UnderWay,
}

impl Store for CountedStore {
    fn append(&self, batch: Batch) -> LocalFuture<Result<Sequence, StoreRefusal>> {
        let (appending, one) = (self.store.append(batch), self.under_way.begin());
        Box::pin(async move {
            let appended = appending.await;
            drop(one);
            appended
        })
    }

    fn read_from(&self, from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>> {
        self.store.read_from(from)
    }

    fn compact(
        &self,
        before: Sequence,
        snapshot: Vec<Record>,
        fence: Epoch,
    ) -> LocalFuture<Result<(), StoreRefusal>> {
        self.store.compact(before, snapshot, fence)
    }

    fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>> {
        self.store.next_epoch()
    }

    fn cache(&self, writes: Vec<CacheWrite>) -> LocalFuture<()> {
        self.store.cache(writes)
    }

    fn load(&self, case: RealId) -> LocalFuture<Vec<CachedMessage>> {
        self.store.load(case)
    }

    fn load_end(&self, case: RealId) -> LocalFuture<CachedEnd> {
        self.store.load_end(case)
    }

    fn spare(&self) -> LocalFuture<u64> {
        self.store.spare()
    }

    fn free_spare(&self) -> LocalFuture<u64> {
        self.store.free_spare()
    }

    fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>> {
        self.store.recover()
    }

    fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        self.store.set_aside()
    }

    fn durability(&self) -> Durability {
        self.store.durability()
    }

    fn taken_over(&self, beyond: Sequence) -> LocalFuture<Sequence> {
        self.store.taken_over(beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_over_before_the_last_append_is() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(tokio::task::LocalSet::new().run_until(async {
            let under_way = UnderWay::default();
            under_way.none().await;
            let (first, second) = (under_way.begin(), under_way.begin());
            let waiting = tokio::task::spawn_local({
                let under_way = under_way.clone();
                async move { under_way.none().await }
            });
            drop(first);
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            drop(second);
            waiting.await.unwrap();
        }));
    }
}
