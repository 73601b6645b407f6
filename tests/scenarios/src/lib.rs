//! The ground of the stories: one server on a port of its own, one device with a data folder, windows on it, and time that
//! can be skipped.
//!
//! Everything is the real thing: runtime, file store, sockets, server. Only the device's clock is not: [`Time`] runs with the
//! real one and can jump, so that a story about an hour takes no hour. Start reading at [`story`].
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]

mod time;
mod window;
mod world;

pub use time::Time;
pub use window::{Window, delivery, form, rows, say};
pub use world::{World, story, story_in};
