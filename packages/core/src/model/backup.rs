//! Copies of what a reconciliation took off the screen.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::turn::Turn;
use crate::ids::{CaseKey, OperationId};
use crate::time::Wall;

/// A copy of the person's side of something that was replaced by another side. A copy is made when the
/// two sides differ: where they are equal, the confirmed side is the copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Backup {
    /// Names it: the operation that it is a copy of, or an id of its own.
    pub id: OperationId,
    /// Of which case; `None` for the case that does not exist yet.
    pub case: Option<CaseKey>,
    /// When it was replaced, by this device's clock. It is kept for seven days from then.
    pub at: Wall,
    /// What it is a copy of.
    pub what: BackedUp,
}

/// What was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackedUp {
    /// A title: the person took the other one, or the server refused this one.
    Title(Arc<str>),
    /// A message that the server stored with other words.
    Message(Arc<Turn>),
    /// A draft: another window wrote its own over it.
    Draft(Draft),
}
