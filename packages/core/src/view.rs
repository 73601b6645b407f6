//! What the user interface draws: a pure function of confirmed state and operations.
//!
//! The core says *what* changed by [`ViewPatch`]; the interface then reads the rows it shows. Rows
//! are values: equal rows need no drawing. Words are not here, states are.

mod row;
mod status;

pub use row::{
    Attachment, Badge, CachedMessage, CaseRow, Delivery, Group, Hit, MessageRow, NameOrigin, ServerSearch,
    StatusConflict, Thinking, TitleConflict, TitleNote,
};
pub use status::{AccountStatus, LinkStatus, Status, StoreHealth, WindowRole};

use crate::ids::{CaseKey, MessageKey};

/// A part of the view that changed. Everything not named is as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViewPatch {
    /// Cases came, went or changed places in the list.
    CaseList,
    /// One case row.
    Case(CaseKey),
    /// Rows came, went or changed places in a transcript.
    Transcript(CaseKey),
    /// One message row.
    Message(CaseKey, MessageKey),
    /// The draft of a case; `None` is the case that does not exist yet.
    Draft(Option<CaseKey>),
    /// The details of a case.
    Details(CaseKey),
    /// What the server found for the text that is looked for, or whether it is asked.
    Found,
    /// Which case is open.
    Open,
    /// Link, account, store, role, totals.
    Status,
}
