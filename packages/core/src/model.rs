//! What the server said, and what people write: the nouns of the program.
//!
//! Everything here is data. Rules about it live in `confirmed`, `overlay` and `reconcile`.

mod backup;
mod case;
mod details;
mod draft;
mod message;
mod turn;

pub use backup::{BackedUp, Backup};
pub use case::{CaseState, RealCase, Stage, is_placeholder_title};
pub use details::{CaseDetails, CaseFile, Evidence, Hypothesis, Milestone, MilestoneState};
pub use draft::{Draft, Stamp};
pub use message::{Action, ActionKind, Answer, RealMessage, Role};
pub use turn::{Data, FileBytes, Intention, Turn};
