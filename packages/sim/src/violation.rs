//! What did not hold.

use serde::{Deserialize, Serialize};

/// Something that must hold and did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The invariant of the architecture, such as `I3`.
    pub invariant: String,
    /// Which rule of it, in a few words: what shrinking holds on to.
    pub rule: String,
    /// What was seen.
    pub detail: String,
    /// In which step of the run.
    pub step: u64,
    /// At which moment of the world, in milliseconds.
    pub at: u64,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {} (step {}, {} ms)", self.invariant, self.rule, self.detail, self.step, self.at)
    }
}
