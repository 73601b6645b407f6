//! Turns: from the multipart form to the committed rows.
//!
//! `form` and `intent` read a request, `queue` keeps order, `run` thinks, `commit` writes (with `apply` and
//! `learn`), `jobs` does it later.

mod apply;
mod commit;
pub(crate) mod form;
mod intent;
pub(crate) mod jobs;
mod learn;
pub(crate) mod queue;
pub(crate) mod run;
mod suggest;

pub(crate) use commit::Done;

use crate::store::receipts::Scope;
use form::TurnForm;

/// A turn that is to be run.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) user_id: String,
    pub(crate) case_id: String,
    pub(crate) form: TurnForm,
    pub(crate) end: End,
}

/// Where the answer of a turn is kept.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// Nowhere: the client sent no key.
    Unkeyed,
    /// In the receipt of the client's key.
    Receipt { scope: Scope, content_hash: String },
    /// In the job of that id.
    Job(String),
}
