//! The network: one request out, one answer back, no judgement. Dropping the future gives up the
//! request and closes what it used.
//!
//! Two implementations of the same struct. Native is `reqwest`; WebAssembly is a thin `fetch`, because
//! `reqwest` brings `url` and its Unicode tables and adds 92 KB to the bundle.
//! Redirects are never followed: the API has none, so one comes from something in between.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::Transport;
#[cfg(target_arch = "wasm32")]
pub(crate) use web::Transport;

use crate::call::Patience;
use crate::encode::Method;

/// A request with nothing left to decide.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    /// How long the answer is awaited.
    pub(crate) patience: Patience,
}
