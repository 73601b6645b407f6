//! What every adapter promises.

use std::future::Future;
use std::pin::Pin;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{
    Batch, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal, Writer,
};
use copilot_core::view::CachedMessage;

/// A future of the window's own thread.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Why a store could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process owns the folder.
    #[error("the data in {place} is in use by another window of FaultMaven Copilot")]
    InUse {
        /// Where.
        place: String,
    },
    /// A newer program has changed how the data is laid out. Nothing of it is touched.
    #[error(
        "the data in {place} was written by a newer FaultMaven Copilot; nothing in it was changed: open it with that version"
    )]
    Newer {
        /// Where.
        place: String,
    },
    /// It cannot be written or read.
    #[error("the data in {place} cannot be used: {cause}")]
    Unavailable {
        /// Where.
        place: String,
        /// Why, in the platform's words.
        cause: String,
    },
}

/// Something of the journal that could not be read and was kept apart from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// What the adapter calls it.
    pub name: String,
    /// What of it is legible. The bytes themselves stay where they are.
    pub text: String,
}

/// What a store has at once of the cached messages of a case, in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CachedEnd {
    /// All there are.
    All(Vec<CachedMessage>),
    /// The last of them: more than a screen holds.
    Last(Vec<CachedMessage>),
}

/// The journal and the cache of one profile.
///
/// Methods start their work when they are called, not when the future is polled: an adapter does in
/// the call itself whatever can be done at once (the web adapter writes its belt there), so that
/// work is as durable as it gets before the frame is painted. Dropping a future does not take the
/// work back. Appends of one store become durable in the order of the calls.
pub trait Store {
    /// Makes a batch durable and says where its first record went; the others follow without a gap.
    /// All or nothing. A batch with a fence is refused when a newer epoch has been taken.
    fn append(&self, batch: Batch) -> LocalFuture<Result<Sequence, StoreRefusal>>;

    /// Reads every record from a position on, those of other windows included. A position that
    /// [`compact`](Self::compact) has covered gets the whole snapshot and what follows it: the facts
    /// of the records that are gone can stand anywhere in it.
    fn read_from(&self, from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>>;

    /// Replaces the records before a position by a snapshot. A crash leaves the one or the other.
    /// Afterwards the snapshot stands in front, its last record right before the position, and the
    /// records from the position on are untouched. Snapshot records have no writer. Positions that
    /// an earlier snapshot covers are left as they are.
    fn compact(
        &self,
        before: Sequence,
        snapshot: Vec<Record>,
        fence: Epoch,
    ) -> LocalFuture<Result<(), StoreRefusal>>;

    /// Takes the next epoch of the sending lease: one more than any that was taken before, durably.
    fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>>;

    /// Writes confirmed rows to the cache. Best effort; evicts the oldest cases when there is no room, as every write
    /// does, and of those that the server still has never the one that was worked in last.
    fn cache(&self, writes: Vec<CacheWrite>) -> LocalFuture<()>;

    /// The cached messages of a case, each once, in any order. Unreadable rows are left out: they can be fetched again.
    fn load(&self, case: RealId) -> LocalFuture<Vec<CachedMessage>>;

    /// How many bytes [`free_spare`](Self::free_spare) would free: cached answers that the server can send again as
    /// they were. What the server could not give again is none of them, and nothing of the journal is.
    fn spare(&self) -> LocalFuture<u64>;

    /// Gives up those answers, and says how many bytes that freed.
    fn free_spare(&self) -> LocalFuture<u64>;

    /// The cached messages that stand last in a case, by turn and then by time, each once, from a store that finds them
    /// much sooner than all; all of them from the others, and where there are not many.
    fn load_end(&self, case: RealId) -> LocalFuture<CachedEnd> {
        let all = self.load(case);
        Box::pin(async move { CachedEnd::All(all.await) })
    }

    /// Reads everything that a core needs to start.
    fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>>;

    /// Puts confirmed rows in an order in which the next start reads them sooner. For a quiet moment; nothing else depends
    /// on it.
    fn tidy(&self) -> LocalFuture<()> {
        Box::pin(std::future::ready(()))
    }

    /// Waits until the journal reaches beyond a position because this store has taken over what a window
    /// that ended had not stored itself, and says how far it reaches. Whoever waits reads those records, and
    /// tells the other windows. Never ready where every window stores for itself.
    fn taken_over(&self, beyond: Sequence) -> LocalFuture<Sequence> {
        let _ = beyond;
        Box::pin(std::future::pending())
    }

    /// What could not be read and was set aside, in this start and in earlier ones. Empty where nothing is kept.
    fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        Box::pin(async { Vec::new() })
    }

    /// What acknowledged records survive.
    fn durability(&self) -> Durability;
}

/// The position of a snapshot's record: without a gap, the last one right before `before`. A snapshot
/// that is longer than the history it replaces (no core makes one) shares the first position.
pub(crate) fn snapshot_position(before: Sequence, count: u64, index: u64) -> Sequence {
    Sequence(before.0.saturating_add(index).saturating_sub(count).max(1))
}

/// A snapshot's records in their places.
pub(crate) fn place_snapshot(before: Sequence, snapshot: Vec<Record>, fence: Epoch) -> Vec<Sequenced> {
    let count = snapshot.len() as u64;
    let placed = (0..).zip(snapshot).map(|(index, record)| Sequenced {
        sequence: snapshot_position(before, count, index),
        writer: Writer::default(),
        fence: Some(fence),
        record,
    });
    placed.collect()
}
