//! The JSON of the contract as Rust types, and the boundary check.
//!
//! Readers are tolerant (contract, notation): unknown fields and words never fail a parse, a missing
//! optional field equals null, and so does one of the wrong type. What is required is required: a row
//! without it is contamination, refused by itself and counted, never the whole page.

mod account;
mod case;
mod details;
mod lenient;
mod message;
mod page;
mod server;
mod turn;

pub(crate) use account::{Refreshed, Session, read_code_exchange, read_sign_in, read_sign_out};
pub(crate) use case::{UNNAMED, read_bare_cases, read_case, read_cases, read_found_cases};
pub(crate) use details::{read_description, read_details, read_files, read_milestones};
pub(crate) use message::read_messages;
pub(crate) use server::{AuthConfig, Capabilities};
pub(crate) use turn::{
    Poll, job_id, read_poll, read_query, read_query_poll, read_title, read_turn, read_upload,
};

#[cfg(test)]
mod tests;
