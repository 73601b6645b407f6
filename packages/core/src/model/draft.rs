//! Text that was typed and not sent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::turn::Data;
use crate::time::Wall;

/// Orders writes of several windows to one value: the later wall time wins, a random tie-breaker
/// decides equal times, so every window picks the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Stamp {
    /// When it was written, by the writer's clock.
    pub wall: Wall,
    /// The writer's tie-breaker.
    pub tie: u64,
}

/// What stands in the composer of one case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The text.
    pub text: Arc<str>,
    /// Attachments that are staged for sending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Data>,
    /// Caret position in UTF-16 units, as browsers count.
    #[serde(default)]
    pub caret: u32,
}

impl Draft {
    /// Whether there is nothing worth keeping.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.data.is_empty()
    }
}
