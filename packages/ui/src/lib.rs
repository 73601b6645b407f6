//! The side panel: components, styles and words. Sees the core's views and the runtime's handle only.
//!
//! Start reading at [`Panel`], the root that a shell draws with a [`Setup`]. Events come in, the
//! components dispatch intents, `mirror` turns the core's patches into signals, rows draw themselves.
//! What a renderer cannot do for all platforms alike is behind [`Host`], which each shell implements.
//!
//! Left out on purpose: domain state, the network, waiting for either, and any renderer feature of
//! Dioxus. Nothing here makes the page evaluate text as code, so the extension's policy holds.

mod announce;
mod capture;
mod cases;
mod composer;
mod copy;
mod details;
mod export;
mod feedback;
mod focus;
mod header;
mod host;
mod icon;
mod inspector;
mod keys;
mod label;
mod markdown;
mod menu;
mod mirror;
mod palette;
mod panel;
mod picker;
mod place;
mod preferences;
mod redaction;
mod room;
mod session;
mod settings;
mod setup;
mod shortcuts;
mod sign_in;
mod styles;
mod timing;
mod transcript;
mod windowing;
mod words;

pub use capture::{NotCaptured, PageText};
pub use composer::{LONG_PASTE_BYTES, LONG_PASTE_LINES};
pub use host::{Host, Later, Pasted};
pub use panel::{Panel, PanelProps};
pub use setup::Setup;
pub use transcript::failed_row;
