//! The invariants of the architecture, as far as they can be seen from outside: in effects, on the
//! disk, on the server and on the screen.
//!
//! `emitted` judges records, `copies` what is kept of what is replaced, `echoes` when messages may end, `wire`
//! requests, `deeds` what the server did, `whole` wishes about messages of several turns, `screen` what is drawn
//! against the naive model, [`mirror`] whether patches name everything that changed.

mod copies;
mod deeds;
mod echoes;
mod emitted;
pub(crate) mod mirror;
mod screen;
mod whole;
mod wire;
