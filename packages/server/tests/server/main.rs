//! The server as its clients meet it: real sockets, a real folder, a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets the unexpected should fail where it does"
)]

mod abuse;
mod assistant;
mod cases;
mod door;
mod faults;
mod idempotency;
mod jobs;
mod load;
mod network;
mod openapi;
mod program;
mod queries;
mod sign_in;
mod start;
mod support;
mod turns;
mod web;
