//! The core from outside: one event in, effects and view out. One binary, so that it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod disk;
mod made;
mod mirror;
mod office;
mod renaming;
mod seldom;
mod server;
mod shown;
mod states;
mod stored;
mod support;

mod answers;
mod consistency;
mod contamination;
mod defect_2025;
mod doubt;
mod end_first;
mod failure_table;
mod forgetting;
mod id_collision;
mod inspector;
mod keyless;
mod late;
mod legacy;
mod looks;
mod message;
mod race;
mod reading;
mod recovery;
mod searching;
mod snapshots;
mod stories;
mod title_and_delete;
mod title_conflicts;
mod together;
mod trace;
mod trying;
mod unsent;
mod waits;
mod wishes;
