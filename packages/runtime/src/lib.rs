//! Runs the sync core on real ports: stores, the network, timers, the sending lease, other windows.
//!
//! The only crate in which async lives, and headless: it works without a user interface. Start
//! reading at [`App`], the program from sign-in on, and [`Handle`], one account's engine. Inside,
//! `driver` steps the core and `effects` carries out what the core asks for. What a platform brings
//! along is a [`Platform`], a bundle of [`ports`].
//!
//! Everything here belongs to one thread. Callers of the native platform run inside a
//! [`tokio::task::LocalSet`](https://docs.rs/tokio/latest/tokio/task/struct.LocalSet.html); in a
//! browser the page's own event loop does it.

mod account;
mod alone;
mod app;
#[cfg(test)]
mod bench;
mod consent;
mod device;
mod driver;
mod effects;
mod handle;
#[cfg(any(test, target_arch = "wasm32"))]
mod living_locks;
#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(any(test, target_arch = "wasm32"))]
mod peer_wire;
mod platform;
pub mod ports;
mod session;
mod stage;
#[cfg(any(test, target_arch = "wasm32"))]
mod stamped;
mod subscription;
mod tasks;
#[cfg(target_arch = "wasm32")]
mod web;

pub use account::{Account, ProfileId};
pub use app::App;
pub use consent::{Consent, Visit};
pub use handle::{Change, Handle};
#[cfg(not(target_arch = "wasm32"))]
pub use native::{Instance, Start};
#[cfg(not(target_arch = "wasm32"))]
pub use native::{Loopback, Opener};
pub use platform::Platform;
pub use stage::{ServerCheck, SignInError, SignInForm, SignInView, Stage, StartProblem};
pub use subscription::Subscription;
