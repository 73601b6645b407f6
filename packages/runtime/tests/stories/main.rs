//! Stories over the whole runtime: a real file store, real sockets, the real local server with faults.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]

mod accounts;
mod keeping;
mod sending;
mod world;
