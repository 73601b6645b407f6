//! Trace files: a run as what came from outside and what went wrong, in JSON.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::fate::NamedFate;
use crate::happening::Happening;
use crate::violation::Violation;

/// A run that can be played again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Names the ordinary delays and the ids.
    pub seed: u64,
    /// Length of the storm, in events.
    pub events: u64,
    /// What came from outside.
    pub happenings: Vec<Happening>,
    /// What went wrong.
    pub fates: Vec<NamedFate>,
    /// What did not hold when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub violation: Option<Violation>,
}

/// Why a trace could not be read or written.
#[derive(Debug)]
pub enum TraceError {
    /// The file.
    File(std::io::Error),
    /// Its content.
    Content(serde_json::Error),
}

impl std::fmt::Display for TraceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(error) => write!(f, "the trace file cannot be used: {error}"),
            Self::Content(error) => write!(f, "the file is not a trace of this program: {error}"),
        }
    }
}

impl std::error::Error for TraceError {}

impl Trace {
    /// Reads a trace file.
    ///
    /// # Errors
    /// [`TraceError`].
    pub fn read(path: &Path) -> Result<Self, TraceError> {
        let text = std::fs::read_to_string(path).map_err(TraceError::File)?;
        serde_json::from_str(&text).map_err(TraceError::Content)
    }

    /// Writes a trace file.
    ///
    /// # Errors
    /// [`TraceError`].
    pub fn write(&self, path: &Path) -> Result<(), TraceError> {
        let text = serde_json::to_string_pretty(self).map_err(TraceError::Content)?;
        std::fs::write(path, text).map_err(TraceError::File)
    }

    /// Happenings and fates together: what shrinking counts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.happenings.len() + self.fates.len()
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
