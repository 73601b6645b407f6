//! Fault injection (contract 6.2): a server that misbehaves on command and keeps a log of it.
//!
//! Built only when the server is started with `--faults`; otherwise nothing in here runs and `/__faults` is unknown.
//! Start with `engine` (what happens to a request), then `effects` (how), `control` (the `/__faults` calls).

mod control;
mod effects;
mod engine;
mod log;
mod random;
mod rules;

pub(crate) use control::{PREFIX, control};
pub(crate) use effects::carry_out;
pub(crate) use engine::Faults;
