//! The FaultMaven API: what is sent, what an answer means, and the one HTTP client for native and
//! WebAssembly.
//!
//! Start reading at [`Client`]: a [`Request`](copilot_core::request::Request) of the core goes in, an
//! [`Outcome`](copilot_core::request::Outcome) comes out. In between, in the order in which a request
//! travels: `call` (facts about each kind of call), `encode` (bytes), `transport` (the network),
//! `answer` (what came back), `decode` over `wire` (what it says), `classify` (what it means when it
//! says something else).
//!
//! The contract has two dialects. The core asks in the words of turns; `dialect` knows which one a server
//! speaks and what proves it, `queries` asks a server of 2025 for the same things.
//!
//! Deliberately absent: retries, waiting and queues (the core decides), and the storage of credentials
//! (the runtime's).

mod account;
mod address;
mod answer;
mod call;
mod classify;
mod client;
mod clock;
mod credentials;
mod decode;
mod details;
mod dialect;
mod encode;
mod error;
mod error_body;
mod error_text;
#[cfg(test)]
mod fuzz;
mod installation;
mod job;
mod oauth;
mod probe;
mod queries;
mod retry_after;
mod times;
mod transport;
mod wire;

pub use account::{Password, SignIn, SignedIn, SignedOut, User};
pub use address::ServerAddress;
pub use call::Timeouts;
pub use client::Client;
pub use credentials::{Credentials, Secret, SessionId};
pub use dialect::Dialect;
pub use error::{AddressError, SignInFailure};
pub use installation::InstallationId;
pub use oauth::{Authorization, OAuthOffer, RedirectError};
pub use probe::{ServerInfo, SignInMode};
