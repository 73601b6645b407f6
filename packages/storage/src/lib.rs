//! Where the bytes of a profile live: one [`Store`] trait, one adapter per platform.
//!
//! A profile is one account on one server; its store is never opened for another (I20). Start at
//! [`Store`] for what an adapter promises:
//!
//! * [`memory`] keeps nothing: tests, and windows in which the browser refuses storage,
//! * [`file`](mod@file) is a folder of the desktop and mobile programs,
//! * `web` is the browser: `localStorage` and IndexedDB at once.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(not(target_arch = "wasm32"))]
pub mod file;
pub mod memory;
mod spare;
mod store;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use store::{CachedEnd, LocalFuture, SetAside, Store, StoreError};
