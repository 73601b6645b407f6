//! The local server of FaultMaven Copilot: the API contract on axum and SQLite, for one computer or a small network.
//!
//! Start reading at [`Server::start`] (`start`), then `connection` (the door every request goes through), `routes` (the calls)
//! and `turns` (what happens to a message). `store` holds the rows, `assistant` answers, `faults` misbehaves on command.
//! Left out: OAuth, whose paths answer 404, and encryption: on a network, put something in front that has it.

mod app;
mod assistant;
mod blobs;
mod body;
mod clock;
mod connection;
mod faults;
mod keys;
mod lifecycle;
mod limits;
mod metrics;
mod naming;
mod openapi;
mod options;
mod origin;
mod outcome;
mod refusal;
mod routes;
mod secrets;
mod start;
mod start_links;
mod store;
mod turns;
mod web;
mod wire;
mod wire_types;
mod words;

pub use clock::Clock;
pub use openapi::document as openapi_document;
pub use options::{
    ACCESS_TOKEN_MIN, AssistantChoice, DEFAULT_JOB_THRESHOLD, DEFAULT_PORT, Dialect, Endpoint, Exposure,
    Options, QUERY_LIMIT,
};
pub use start::{Links, Running, Server, StartError};
