//! The local server of FaultMaven Copilot: the API contract's turns dialect on axum and SQLite, for one computer.
//!
//! Start reading at [`Server::start`] (`start`), then `connection` (the door every request goes through), `routes` (the calls)
//! and `turns` (what happens to a message). `store` holds the rows, `assistant` answers, `faults` misbehaves on command.
//! Left out: every address but 127.0.0.1, and the queries dialect.

mod app;
mod assistant;
mod blobs;
mod body;
mod clock;
mod connection;
mod faults;
mod keys;
mod lifecycle;
mod naming;
mod options;
mod origin;
mod outcome;
mod refusal;
mod routes;
mod secrets;
mod start;
mod store;
mod turns;
mod web;
mod wire;
mod wire_types;
mod words;

pub use clock::Clock;
pub use options::{AssistantChoice, DEFAULT_JOB_THRESHOLD, DEFAULT_PORT, Endpoint, Options};
pub use start::{Running, Server, StartError};
