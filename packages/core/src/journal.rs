//! The journal: everything that cannot be fetched again, as an append-only log of facts.
//!
//! The durable state of the core *is* the fold of these records. Windows share one journal, so it
//! is also what they replicate: a window that has applied the records up to a sequence number knows
//! what every other window knew at that number. Framing and checksums are in [`frame`]; where the
//! bytes go is the business of `copilot-storage`.

mod crc32c;
pub mod frame;
mod record;

pub use record::{Record, Sequenced};

use serde::{Deserialize, Serialize};

/// Position of a record in the journal, from 1, given by the store when it is appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sequence(pub u64);

impl Sequence {
    /// The position after `count` more records.
    #[must_use]
    pub const fn after(self, count: u64) -> Self {
        Self(self.0.saturating_add(count))
    }
}

/// Counts the holders of the sending lease. A write that carries an older epoch than the store's
/// is refused (I11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

/// Names the instance that wrote a record: random, new at every start. A window that reads the
/// journal back knows its own records by it and does not apply them a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Writer(pub u64);

/// Names one append of this instance, for its acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BatchId(pub u64);

/// Records that become durable together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// For the acknowledgement.
    pub id: BatchId,
    /// The records, in order.
    pub records: Vec<Record>,
    /// Who writes; stored with every record.
    pub writer: Writer,
    /// The writer's epoch, if it writes as holder of the lease; `None` for what any window may
    /// write: new operations, drafts, pins.
    pub fence: Option<Epoch>,
}

/// What a store found when it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recovered {
    /// The readable records, in order.
    pub records: Vec<Sequenced>,
    /// Where the next record will go.
    pub next: Sequence,
    /// The confirmed cases in the cache.
    pub cases: Vec<crate::model::RealCase>,
    /// What could not be read; set aside, not deleted.
    pub damage: Option<Damage>,
    /// What the store survives.
    pub durability: Durability,
}

/// Records that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// How many were set aside.
    pub damaged: u64,
    /// How many there were in all.
    pub total: u64,
}

/// What stored data survives (architecture §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Durability {
    /// Nothing: it is gone when the window closes.
    #[default]
    Nothing,
    /// A closed tab, a crash, a killed browser.
    BrowserKill,
    /// Loss of power.
    PowerLoss,
}

/// Why a store did not take a batch. Nothing of it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreRefusal {
    /// No room.
    Full,
    /// The store cannot be written at all.
    Unavailable,
    /// A newer holder of the lease has written: this window no longer sends (I11).
    Fenced,
}
