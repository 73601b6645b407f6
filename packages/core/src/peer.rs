//! What windows of one profile tell each other.
//!
//! Durable facts travel as the journal records that they are, confirmed rows as the cache writes
//! that they are; there is no third kind of knowledge to get out of step. A lost message shows as a
//! gap in the sequence and is read back from the store.

use serde::{Deserialize, Serialize};

use crate::effect::CacheWrite;
use crate::journal::{Sequence, Sequenced};

/// A message between windows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeerMessage {
    /// These records became durable.
    Appended(Vec<Sequenced>),
    /// The server confirmed these rows.
    Confirmed {
        /// What the teller had applied of the journal: rows are named by what stands there.
        after: Sequence,
        /// The rows.
        writes: Vec<CacheWrite>,
    },
    /// The journal was compacted; positions before this one are gone.
    Compacted(Sequence),
}
