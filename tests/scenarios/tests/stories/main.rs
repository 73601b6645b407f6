//! Stories of issue-sized trouble, from the person's hand to the server's store.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod accounts;
mod answers;
mod dialects;
mod jobs;
mod outage;
mod pages;
mod refusals;
mod search;
