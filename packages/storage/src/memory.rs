//! A store that is gone with the last window: tests, and browsers that refuse storage.
//!
//! Clones are windows on the same data, so what several windows do to one journal can be tried
//! without a browser.

use std::cell::RefCell;
use std::future::ready;
use std::rc::Rc;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal};
use copilot_core::model::RealCase;
use copilot_core::ordered::OrderedMap;
use copilot_core::view::CachedMessage;

use crate::spare::spare_rows;
use crate::store::{LocalFuture, Store, StoreError, place_snapshot};

/// Data that lives as long as a handle on it. A clone is another window.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Rc<RefCell<Contents>>);

#[derive(Debug)]
struct Contents {
    snapshot: Vec<Sequenced>,
    /// Where the snapshot ends and the log begins.
    log_start: Sequence,
    log: Vec<Sequenced>,
    next: Sequence,
    epoch: Epoch,
    cases: OrderedMap<RealId, RealCase>,
    messages: OrderedMap<(RealId, RealId), CachedMessage>,
}

impl Default for Contents {
    fn default() -> Self {
        Self {
            snapshot: Vec::new(),
            log_start: Sequence(1),
            log: Vec::new(),
            next: Sequence(1),
            epoch: Epoch(0),
            cases: OrderedMap::new(),
            messages: OrderedMap::new(),
        }
    }
}

impl Contents {
    fn append(&mut self, batch: Batch) -> Result<Sequence, StoreRefusal> {
        let Batch { id: _, records, writer, fence } = batch;
        if fence.is_some_and(|fence| fence < self.epoch) {
            return Err(StoreRefusal::Fenced);
        }
        let first = self.next;
        self.next = first.after(records.len() as u64);
        self.log.extend((0..).zip(records).map(|(index, record)| Sequenced {
            sequence: first.after(index),
            writer,
            fence,
            record,
        }));
        Ok(first)
    }

    fn read_from(&self, from: Sequence) -> Vec<Sequenced> {
        let snapshot = self.snapshot.iter().filter(|_| from < self.log_start);
        snapshot.chain(self.log.iter().filter(|record| record.sequence >= from)).cloned().collect()
    }

    fn compact(&mut self, before: Sequence, snapshot: Vec<Record>, fence: Epoch) -> Result<(), StoreRefusal> {
        if fence < self.epoch {
            return Err(StoreRefusal::Fenced);
        }
        if before > self.log_start {
            self.snapshot = place_snapshot(before, snapshot, fence);
            self.log.retain(|record| record.sequence >= before);
            self.log_start = before;
            self.next = self.next.max(before);
        }
        Ok(())
    }

    fn cache(&mut self, writes: Vec<CacheWrite>) {
        for write in writes {
            match write {
                CacheWrite::Case(case) => {
                    self.cases.insert(case.id.clone(), (*case).clone());
                }
                CacheWrite::Message { case, row } => {
                    self.messages.insert((case, row.message.id.clone()), (*row).clone());
                }
                CacheWrite::Forget(forgotten) => {
                    self.cases.remove(&forgotten);
                    self.messages.retain(|(case, _), _| *case != forgotten);
                }
            }
        }
    }
}

impl Contents {
    /// The messages that can be given up, with the bytes of each as JSON.
    fn spare(&self) -> Vec<((RealId, RealId), u64)> {
        let rows_of = |id: &RealId| {
            let rows = self.messages.iter().filter(|((case, _), _)| case == id).map(|(_, row)| row.clone());
            rows.map(|row| ((id.clone(), row.message.id.clone()), row)).collect::<Vec<_>>()
        };
        let spare = self.cases.iter().flat_map(|(id, case)| spare_rows(case, rows_of(id)));
        spare.map(|(key, row)| (key, serde_json::to_vec(&row).map_or(0, |json| json.len() as u64))).collect()
    }

    fn free_spare(&mut self) -> u64 {
        let freed = self.spare().into_iter().filter(|(key, _)| self.messages.remove(key).is_some());
        freed.map(|(_, bytes)| bytes).sum()
    }
}

fn done<T: 'static>(value: T) -> LocalFuture<T> {
    Box::pin(ready(value))
}

impl Store for MemoryStore {
    fn append(&self, batch: Batch) -> LocalFuture<Result<Sequence, StoreRefusal>> {
        done(self.0.borrow_mut().append(batch))
    }

    fn read_from(&self, from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>> {
        done(Ok(self.0.borrow().read_from(from)))
    }

    fn compact(
        &self,
        before: Sequence,
        snapshot: Vec<Record>,
        fence: Epoch,
    ) -> LocalFuture<Result<(), StoreRefusal>> {
        done(self.0.borrow_mut().compact(before, snapshot, fence))
    }

    fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>> {
        let mut contents = self.0.borrow_mut();
        contents.epoch = Epoch(contents.epoch.0.saturating_add(1));
        done(Ok(contents.epoch))
    }

    fn cache(&self, writes: Vec<CacheWrite>) -> LocalFuture<()> {
        self.0.borrow_mut().cache(writes);
        done(())
    }

    fn load(&self, case: RealId) -> LocalFuture<Vec<CachedMessage>> {
        let contents = self.0.borrow();
        let rows = contents.messages.iter().filter(|((of, _), _)| *of == case);
        done(rows.map(|(_, row)| row.clone()).collect())
    }

    fn spare(&self) -> LocalFuture<u64> {
        done(self.0.borrow().spare().iter().map(|(_, bytes)| bytes).sum())
    }

    fn free_spare(&self) -> LocalFuture<u64> {
        done(self.0.borrow_mut().free_spare())
    }

    fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>> {
        let contents = self.0.borrow();
        done(Ok(Recovered {
            records: contents.read_from(Sequence(0)),
            next: contents.next,
            cases: contents.cases.values().cloned().collect(),
            damage: None,
            durability: self.durability(),
        }))
    }

    fn durability(&self) -> Durability {
        Durability::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{self, Windows};

    #[tokio::test(flavor = "current_thread")]
    async fn the_memory_store_keeps_every_promise() {
        let disks = RefCell::new(OrderedMap::<String, MemoryStore>::new());
        conformance::run(Windows::Many, |disk| {
            done(Ok(disks.borrow_mut().entry(disk.to_owned()).or_default().clone()))
        })
        .await;
    }
}
