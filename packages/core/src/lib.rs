//! The sync core of FaultMaven Copilot: a pure state machine.
//!
//! Start reading at [`Core::step`]: an [`Event`] goes in, the state moves, [`Effect`]s come out.
//! There is no I/O, no clock, no randomness and no async in this crate; time is handed in as
//! [`Now`], randomness as [`Entropy`]. The same events give the same state on every platform.
//!
//! What the screen shows is `merge(confirmed, operations)` and is read through [`View`]:
//!
//! * [`model`] holds what the server said and what people write,
//! * [`operation`] holds what people did and the server has not confirmed,
//! * [`journal`] makes the latter durable; [`peer`] shares it between windows,
//! * [`request`] and [`failure`] are the server in the core's own terms,
//! * [`view`] is what is drawn.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod accept;
mod base64;
mod config;
mod confirmed;
mod conflict;
mod core;
mod dispatch;
mod effect;
mod entropy;
mod event;
mod failure;
mod fingerprint;
mod follow;
pub mod ids;
mod inspect;
mod integrity;
mod intent;
pub mod journal;
mod ledger;
pub mod legacy;
mod link;
mod lookup;
pub mod model;
pub mod operation;
pub mod ordered;
mod outbox;
pub mod peer;
mod reads;
mod reconcile;
pub mod request;
mod retry;
mod screen;
mod sorted;
mod time;
mod timers;
pub mod trace;
pub mod view;
mod windows;

pub use config::Config;
pub use core::Core;
pub use effect::{Announcement, CacheWrite, Effect, Notice, Refusal, Undoable};

pub use entropy::Entropy;
pub use event::{Event, LeaseEvent, Lifecycle, Link, StoreAck, TimerId};
pub use failure::{Failure, FailureClass, Rejection, Transient};
pub use inspect::{InspectedOperation, Inspection, MergeResult, StepNote, Violation};
pub use intent::Intent;
pub use ledger::CarryOver;
pub use screen::View;
pub use time::{Millis, Mono, Now, ServerTime, Wall, civil_from_days};
