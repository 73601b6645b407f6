//! A deterministic simulator: real sync cores in a made world of windows, disks, network and server.
//!
//! Start reading at [`World`]. A run follows from a seed alone: a storm of [happenings](happening)
//! and [fates](fate), every invariant checked after every event, then a calm phase in which
//! everything must settle. What fails is [shrunk](shrink) to a short [trace](trace) that replays.

mod check;
pub mod day;
mod disk;
pub mod fate;
pub mod faults;
pub mod happening;
mod lease;
pub mod marks;
mod model;
pub mod rng;
pub mod run;
mod saboteur;
mod server;
pub mod shrink;
pub mod trace;
mod truth;
mod violation;
mod window;
mod world;

pub use saboteur::Sabotage;
pub use violation::Violation;
pub use world::{Report, World};
