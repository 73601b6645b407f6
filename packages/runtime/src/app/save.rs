//! Trying once more to keep what an account holds that is open in memory alone.
//!
//! Everything that was done in memory is carried over into the store while the engine goes on, which takes work but
//! sends nothing meanwhile: what another window sees of it there, it may send. When nothing is left to carry over,
//! an engine on the store takes the place of the one in memory, in the same turn of the event loop. If anything
//! fails before that, the one in memory goes on.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use copilot_core::journal::{Batch, BatchId, Record, Recovered, Sequence, Sequenced, Writer};
use copilot_core::{CacheWrite, CarryOver};
use copilot_storage::Store;
use copilot_storage::memory::MemoryStore;

use super::open::Ready;
use super::{Attempt, Inner};
use crate::handle::Handle;
use crate::stage::Stage;
use crate::tasks::if_ready;

/// Who writes what is carried over: none of the windows, so that each of them applies it.
const CARRIER: Writer = Writer(1);

impl Inner {
    pub(super) fn try_to_save(
        self: &Rc<Self>,
        hand_over: impl Fn() + 'static,
        tell: impl FnOnce(bool) + 'static,
    ) {
        let opened = self.opened.borrow();
        let Some((handle, memory)) =
            opened.as_ref().and_then(|open| Some((open.handle.clone(), open.memory.clone()?)))
        else {
            return;
        };
        // One at a time: a second press asks for what is under way.
        if self.saving.replace(true) {
            return;
        }
        let (app, attempt) = (self.clone(), Attempt(self.attempt.get().0));
        self.platform.executor.spawn(Box::pin(async move {
            let saved = app.save(attempt, &handle, &memory, &hand_over).await;
            app.saving.set(false);
            tell(saved);
        }));
    }

    async fn save(
        self: &Rc<Self>,
        attempt: Attempt,
        handle: &Handle,
        memory: &MemoryStore,
        hand_over: &impl Fn(),
    ) -> bool {
        let Ok((store, recovered)) = self.recovered_store(&handle.account.profile()).await else {
            return false;
        };
        if !self.is_current(attempt) {
            return false;
        }
        handle.driver.hold_sending(true);
        let carried = carry_over(memory, &*store, recovered, hand_over).await;
        let session = self.opened.borrow().as_ref().map(|open| open.session.clone());
        match (carried, session) {
            (Some(recovered), Some(session)) if self.is_current(attempt) => {
                handle.driver.close();
                let ready = Ready { store, recovered, platform: self.platform.clone(), memory: None };
                let known = session.known_server();
                let handle = self.start_engine(session, handle.account.clone(), known, ready);
                self.set_stage(Stage::Open(handle));
                true
            }
            _ => {
                handle.driver.hold_sending(false);
                false
            }
        }
    }
}

/// Makes a store hold what the memory holds, and gives back all that it holds then. `None`: it does not.
async fn carry_over(
    memory: &MemoryStore,
    store: &dyn Store,
    stored: Recovered,
    hand_over: &impl Fn(),
) -> Option<Recovered> {
    let mut carrying = CarryOver::onto(&stored.records);
    carry_rows_over(memory, store, &stored).await;
    let (mut next, mut read) = (Sequence(0), None);
    loop {
        // What stands in a composer and was not said yet is part of it.
        hand_over();
        let facts: Vec<Sequenced> = if_ready(&mut memory.read_from(next))?.ok()?;
        next = facts.last().map_or(next, |last| last.sequence.after(1));
        let records = carrying.records(&facts);
        match (records.is_empty(), read.take()) {
            (true, Some(read)) => return Some(Recovered { damage: stored.damage, ..read }),
            (true, None) => {}
            (false, _) => {
                store.append(Batch { id: BatchId(0), records, writer: CARRIER, fence: None }).await.ok()?;
            }
        }
        read = Some(store.recover().await.ok()?);
    }
}

/// Adds the confirmed rows that the store has not got, and takes away those of deleted cases. Best effort, as the cache
/// is: the server has them.
async fn carry_rows_over(memory: &MemoryStore, store: &dyn Store, stored: &Recovered) {
    let Ok(Recovered { cases, records, .. }) = memory.recover().await else { return };
    let deleted = records.into_iter().filter_map(|fact| match fact.record {
        Record::Deleted { real } => Some(CacheWrite::Forget(real)),
        _ => None,
    });
    store.cache(deleted.collect()).await;
    let known: HashMap<_, _> = stored.cases.iter().map(|case| (&case.id, case.last_activity)).collect();
    for case in cases {
        let there = store.load(case.id.clone()).await;
        let there: HashSet<_> = there.into_iter().map(|row| row.message.id).collect();
        let rows = memory.load(case.id.clone()).await.into_iter();
        let mut writes: Vec<_> = rows
            .filter(|row| !there.contains(&row.message.id))
            .map(|row| CacheWrite::Message { case: case.id.clone(), row: row.into() })
            .collect();
        if known.get(&case.id).is_none_or(|activity| *activity < case.last_activity) {
            writes.push(CacheWrite::Case(case.into()));
        }
        store.cache(writes).await;
    }
}
