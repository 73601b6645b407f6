//! The JSON of the contract as Rust types, and the boundary check.
//!
//! Readers are tolerant (contract, notation): unknown fields and words never fail a parse, a missing
//! optional field equals null, and so does one of the wrong type. What is required is required: a row
//! without it is contamination, refused by itself and counted, never the whole page.

mod account;
mod case;
mod lenient;
mod message;
mod page;
mod server;
mod turn;

pub(crate) use account::{Refreshed, Session, read_sign_in, read_sign_out};
pub(crate) use case::{read_case, read_cases};
pub(crate) use message::read_messages;
pub(crate) use server::{AuthConfig, Capabilities};
pub(crate) use turn::{Poll, job_id, read_poll, read_turn};

#[cfg(test)]
mod tests;
