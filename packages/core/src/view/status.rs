//! The state of the whole: link, account, store, totals.

use crate::journal::{Damage, Durability};
use crate::request::Limits;
use crate::time::Mono;

/// What strips, notices and markers are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Whether the server can be reached.
    pub link: LinkStatus,
    /// Whether the account can send.
    pub account: AccountStatus,
    /// Whether work can be kept.
    pub store: StoreHealth,
    /// What kept work survives.
    pub durability: Durability,
    /// Records that could not be read at start.
    pub damage: Option<Damage>,
    /// Whether this window sends.
    pub role: WindowRole,
    /// What the server allows.
    pub limits: Limits,
    /// Operations of all cases that wait or are under way.
    pub waiting: u32,
    /// Operations of all cases that need the person, and those behind them.
    pub not_sent: u32,
    /// Cases whose title changed here and elsewhere.
    pub undecided: u32,
}

/// Whether the server can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStatus {
    /// As far as anyone knows.
    Online,
    /// Not since this moment.
    Offline {
        /// When it was noticed.
        since: Mono,
    },
    /// A login page of the network stands in between.
    Portal {
        /// When it was noticed.
        since: Mono,
    },
}

/// Whether the account can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// Yes.
    SignedIn,
    /// The token or the session is being renewed.
    Renewing,
    /// No; everything is kept until the person signs in.
    SignedOut,
}

/// Whether work can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreHealth {
    /// Yes.
    Fine,
    /// The last write found no room.
    Full,
    /// The store cannot be written.
    Unavailable,
}

/// The part that this window plays in its profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowRole {
    /// It holds the lease and sends.
    Sender,
    /// Another window sends.
    Follower,
}
