//! The store's part: appends with their acknowledgements in order, the cache, reading back.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, BatchId, Epoch, Record, Sequence, StoreRefusal};
use copilot_core::{CacheWrite, Event, Millis, StoreAck};
use copilot_storage::{CachedEnd, LocalFuture, SetAside, Store};

use super::Inbox;
use crate::ports::Executor;
use crate::tasks::if_ready;

/// Pause before the journal is read back again after that failed. Short, because this window shows
/// old rows until then; long enough not to press a disk that is in trouble.
const READ_BACK_PAUSE: Millis = Millis::seconds(2);

/// Pause between the last rows of a case and all of them: two frames, so that those are painted before thousands of
/// others arrive.
const PAINT: Millis = Millis(33);

/// Pause between a start and what the store does for the next one: the list is on screen by then, and the server has
/// brought what is new in it.
const CALM: Millis = Millis::seconds(5);

type Append = (BatchId, LocalFuture<Result<Sequence, StoreRefusal>>);

/// Appends whose acknowledgement is still to come, oldest first.
#[derive(Default)]
struct Queue {
    waiting: RefCell<VecDeque<Append>>,
    draining: Cell<bool>,
}

pub(super) struct Journal {
    executor: Rc<dyn Executor>,
    store: Rc<dyn Store>,
    inbox: Inbox,
    appends: Rc<Queue>,
}

impl Journal {
    pub(super) fn new(executor: Rc<dyn Executor>, store: Rc<dyn Store>, inbox: Inbox) -> Self {
        Self { executor, store, inbox, appends: Rc::default() }
    }

    /// Starts the append in this very call. Acknowledgements come in the order of the calls; only a
    /// refusal that is known at once is told at once, so that it is part of the tick that asked.
    pub(super) fn append(&self, batch: Batch) {
        let id = batch.id;
        let mut append = self.store.append(batch);
        match if_ready(&mut append) {
            Some(Ok(first)) if !self.appends.draining.get() => {
                self.inbox.deliver(acknowledgement(id, Ok(first)));
            }
            Some(Err(why)) => self.inbox.deliver(acknowledgement(id, Err(why))),
            Some(Ok(first)) => self.wait_for((id, Box::pin(async move { Ok(first) }))),
            None => self.wait_for((id, append)),
        }
    }

    fn wait_for(&self, append: Append) {
        self.appends.waiting.borrow_mut().push_back(append);
        if self.appends.draining.replace(true) {
            return;
        }
        let (appends, inbox) = (Rc::downgrade(&self.appends), self.inbox.clone());
        self.executor.spawn(Box::pin(async move {
            loop {
                let Some(queue) = appends.upgrade() else { return };
                let next = queue.waiting.borrow_mut().pop_front();
                let Some((id, append)) = next else {
                    queue.draining.set(false);
                    return;
                };
                drop(queue);
                let result = append.await;
                inbox.deliver(acknowledgement(id, result));
            }
        }));
    }

    /// What could not be read of this journal.
    pub(super) fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        self.store.set_aside()
    }

    /// Bytes of cached answers that the server can send again.
    pub(super) fn spare(&self) -> LocalFuture<u64> {
        self.store.spare()
    }

    /// Gives those up, and says how many bytes that freed.
    pub(super) fn free_spare(&self) -> LocalFuture<u64> {
        self.store.free_spare()
    }

    pub(super) fn tidy_when_calm(&self) {
        let (executor, store) = (self.executor.clone(), Rc::downgrade(&self.store));
        self.executor.spawn(Box::pin(async move {
            executor.sleep(CALM).await;
            if let Some(store) = store.upgrade() {
                store.tidy().await;
            }
        }));
    }

    pub(super) fn cache(&self, writes: Vec<CacheWrite>) {
        self.executor.spawn(self.store.cache(writes));
    }

    /// Best effort: a journal that was not compacted is only longer, and the core asks again.
    pub(super) fn compact(&self, before: Sequence, snapshot: Vec<Record>, fence: Epoch) {
        let compaction = self.store.compact(before, snapshot, fence);
        self.executor.spawn(Box::pin(async move {
            let _ = compaction.await;
        }));
    }

    /// Reads the rows of a case; when somebody waits to see it, the last of them first, where the store has them sooner.
    pub(super) fn load(&self, case: RealId, end_first: bool) {
        let inbox = self.inbox.clone();
        if !end_first {
            let rows = self.store.load(case.clone());
            return self.executor.spawn(Box::pin(async move {
                let rows = rows.await;
                inbox.deliver(Event::Stored(StoreAck::Loaded { case, rows }));
            }));
        }
        let (end, store, executor) =
            (self.store.load_end(case.clone()), Rc::downgrade(&self.store), self.executor.clone());
        self.executor.spawn(Box::pin(async move {
            let rows = match end.await {
                CachedEnd::All(rows) => rows,
                CachedEnd::Last(rows) => {
                    inbox.deliver(Event::Stored(StoreAck::LoadedEnd { case: case.clone(), rows }));
                    executor.sleep(PAINT).await;
                    let Some(rows) = store.upgrade().map(|store| store.load(case.clone())) else { return };
                    rows.await
                }
            };
            inbox.deliver(Event::Stored(StoreAck::Loaded { case, rows }));
        }));
    }

    pub(super) fn read_back(&self, from: Sequence) {
        let (store, executor) = (Rc::downgrade(&self.store), self.executor.clone());
        let inbox = self.inbox.clone();
        self.executor.spawn(Box::pin(async move {
            loop {
                let Some(records) = store.upgrade().map(|store| store.read_from(from)) else { return };
                if let Ok(records) = records.await {
                    return inbox.deliver(Event::Stored(StoreAck::ReadBack { from, records }));
                }
                executor.sleep(READ_BACK_PAUSE).await;
            }
        }));
    }
}

fn acknowledgement(batch: BatchId, result: Result<Sequence, StoreRefusal>) -> Event {
    Event::Stored(match result {
        Ok(first) => StoreAck::Appended { batch, first },
        Err(why) => StoreAck::Refused { batch, why },
    })
}

#[cfg(test)]
mod tests {
    use copilot_core::journal::{Durability, Recovered, Sequenced, Writer};
    use copilot_core::view::CachedMessage;
    use copilot_storage::StoreError;
    use tokio::sync::oneshot;

    use super::*;
    use crate::bench::{Delivered, executor, on_paused_time};

    type Answer = Result<Sequence, StoreRefusal>;

    /// A store whose answers to appends are given by the test, at once or later.
    #[derive(Default)]
    struct Scripted {
        answers: RefCell<VecDeque<LocalFuture<Answer>>>,
        /// What it has at once of a case.
        end: RefCell<Option<CachedEnd>>,
        /// How often it was asked for all of a case.
        loads: Cell<u32>,
    }

    impl Scripted {
        fn at_once(&self, answer: Answer) {
            self.answers.borrow_mut().push_back(Box::pin(async move { answer }));
        }

        fn later(&self) -> oneshot::Sender<Answer> {
            let (sender, answer) = oneshot::channel();
            self.answers.borrow_mut().push_back(Box::pin(async move { answer.await.unwrap() }));
            sender
        }
    }

    impl Store for Scripted {
        fn append(&self, _batch: Batch) -> LocalFuture<Answer> {
            self.answers.borrow_mut().pop_front().unwrap()
        }
        fn read_from(&self, _from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>> {
            unreachable!()
        }
        fn compact(&self, _: Sequence, _: Vec<Record>, _: Epoch) -> LocalFuture<Result<(), StoreRefusal>> {
            unreachable!()
        }
        fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>> {
            unreachable!()
        }
        fn cache(&self, _writes: Vec<CacheWrite>) -> LocalFuture<()> {
            unreachable!()
        }
        fn load(&self, _case: RealId) -> LocalFuture<Vec<CachedMessage>> {
            self.loads.update(|loads| loads + 1);
            Box::pin(async { Vec::new() })
        }
        fn load_end(&self, _case: RealId) -> LocalFuture<CachedEnd> {
            let end = self.end.borrow_mut().take().unwrap();
            Box::pin(async { end })
        }
        fn spare(&self) -> LocalFuture<u64> {
            unreachable!()
        }
        fn free_spare(&self) -> LocalFuture<u64> {
            unreachable!()
        }
        fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>> {
            unreachable!()
        }
        fn durability(&self) -> Durability {
            Durability::Nothing
        }
    }

    fn batch(id: u64) -> Batch {
        Batch { id: BatchId(id), records: Vec::new(), writer: Writer(1), fence: None }
    }

    fn appended(id: u64, first: u64) -> Event {
        acknowledgement(BatchId(id), Ok(Sequence(first)))
    }

    #[test]
    fn acknowledgements_come_in_the_order_of_the_appends_whichever_ends_first() {
        on_paused_time(async {
            let (store, delivered) = (Rc::new(Scripted::default()), Delivered::default());
            let journal = Journal::new(executor(), store.clone(), delivered.inbox());
            let (first, second) = (store.later(), store.later());
            store.at_once(Ok(Sequence(3)));
            for id in 1..=3 {
                journal.append(batch(id));
            }
            second.send(Ok(Sequence(2))).unwrap();
            tokio::task::yield_now().await;
            assert_eq!(delivered.take(), []);
            first.send(Ok(Sequence(1))).unwrap();
            assert_eq!(delivered.take_when(3).await, [appended(1, 1), appended(2, 2), appended(3, 3)]);

            store.at_once(Ok(Sequence(4)));
            // The queue has run empty, so what is known at once is told at once again.
            tokio::task::yield_now().await;
            journal.append(batch(4));
            assert_eq!(delivered.take(), [appended(4, 4)]);
        });
    }

    #[test]
    fn a_refusal_that_is_known_at_once_is_told_before_the_call_returns() {
        on_paused_time(async {
            let (store, delivered) = (Rc::new(Scripted::default()), Delivered::default());
            let journal = Journal::new(executor(), store.clone(), delivered.inbox());
            let first = store.later();
            store.at_once(Err(StoreRefusal::Full));
            journal.append(batch(1));
            journal.append(batch(2));
            assert_eq!(delivered.take(), [acknowledgement(BatchId(2), Err(StoreRefusal::Full))]);
            first.send(Ok(Sequence(1))).unwrap();
            assert_eq!(delivered.take_when(1).await, [appended(1, 1)]);
        });
    }

    #[test]
    fn the_last_rows_of_a_case_are_told_before_all_are_asked_for() {
        on_paused_time(async {
            let (store, delivered) = (Rc::new(Scripted::default()), Delivered::default());
            let journal = Journal::new(executor(), store.clone(), delivered.inbox());
            let case = || RealId::parse("c-1").unwrap();
            let all = || Event::Stored(StoreAck::Loaded { case: case(), rows: Vec::new() });
            store.end.replace(Some(CachedEnd::Last(Vec::new())));
            journal.load(case(), true);
            let end = Event::Stored(StoreAck::LoadedEnd { case: case(), rows: Vec::new() });
            assert_eq!((delivered.take_when(1).await, store.loads.get()), (vec![end], 0));
            assert_eq!((delivered.take_when(1).await, store.loads.get()), (vec![all()], 1));

            store.end.replace(Some(CachedEnd::All(Vec::new())));
            journal.load(case(), true);
            assert_eq!((delivered.take_when(1).await, store.loads.get()), (vec![all()], 1), "that was all");
            journal.load(case(), false);
            assert_eq!((delivered.take_when(1).await, store.loads.get()), (vec![all()], 2));
        });
    }
}
