//! What a platform brings along, one trait per concern.
//!
//! All of them are for one thread, and none of their methods blocks for long. The HTTP client is no
//! port: `copilot-api` has its own two transports.

use std::rc::Rc;

use copilot_core::peer::PeerMessage;
use copilot_core::{Lifecycle, Link, Millis, Now};
use copilot_storage::{LocalFuture, Store, StoreError};

use crate::account::ProfileId;

/// Runs futures and waits.
pub trait Executor {
    /// Runs a future to its end, from the next turn of the event loop on.
    fn spawn(&self, future: LocalFuture<()>);

    /// Waits for any span, however long. May end a little early.
    fn sleep(&self, span: Millis) -> LocalFuture<()>;
}

/// Tells the time.
pub trait Clock {
    /// Both clocks and the local time zone.
    fn now(&self) -> Now;
}

/// Gives randomness.
pub trait Entropy {
    /// Fresh random bytes; `None` when the platform has none to give.
    fn seed(&self) -> Option<[u8; 32]>;
}

/// Opens stores.
pub trait Stores {
    /// Opens the store of a profile, making it when there is none.
    fn open(&self, profile: &ProfileId) -> LocalFuture<Result<Rc<dyn Store>, StoreError>>;
}

/// Locks between the windows of this program on one device, granted in the order of asking.
pub trait Locks {
    /// Queues for a lock. Dropping the future leaves the queue; dropping the guard gives the lock back.
    fn acquire(&self, name: &str) -> LocalFuture<LockGuard>;

    /// Takes a lock from whoever holds it, because the person says so. Where nobody else can hold it, nothing has to
    /// be taken.
    fn seize(&self, name: &str) -> LocalFuture<LockGuard> {
        self.acquire(name)
    }
}

/// A lock that is held until this is dropped, or until it is taken away.
pub struct LockGuard {
    #[expect(dead_code, reason = "its Drop is its purpose")]
    held: Option<Box<dyn std::any::Any>>,
    lost: Option<LocalFuture<()>>,
}

impl LockGuard {
    /// A guard that gives its lock back when `held` is dropped.
    #[must_use]
    pub fn holding(held: impl std::any::Any) -> Self {
        Self { held: Some(Box::new(held)), lost: None }
    }

    /// A guard of a lock that nobody else can want.
    #[must_use]
    pub const fn alone() -> Self {
        Self { held: None, lost: None }
    }

    /// The same guard, of a lock that is taken away when `lost` is done.
    #[must_use]
    pub fn until(self, lost: LocalFuture<()>) -> Self {
        Self { lost: Some(lost), ..self }
    }

    /// Waits until the lock is taken away, which may be never. To be asked for once.
    pub fn lost(&mut self) -> LocalFuture<()> {
        self.lost.take().unwrap_or_else(|| Box::pin(std::future::pending()))
    }
}

/// Connects the windows of one profile.
pub trait Peers {
    /// Joins; `hear` is called for what other windows say, never for what this one says. `None` on
    /// platforms where a profile has one window.
    fn join(&self, profile: &ProfileId, hear: Rc<dyn Fn(PeerMessage)>) -> Option<Box<dyn PeerLink>>;
}

/// One window's place among its peers; dropping it leaves.
pub trait PeerLink {
    /// Tells the others. Best effort: a lost message shows as a gap in the sequence numbers.
    fn tell(&self, message: &PeerMessage);
}

/// Small texts of this device that are read and written at once: the account to open, its
/// credentials, preferences. Never in the journal.
pub trait Settings {
    /// Fetches what can only be read by waiting. Awaited once, before the first value counts.
    fn load(&self) -> LocalFuture<()> {
        Box::pin(std::future::ready(()))
    }

    /// The value under a key; `None` when there is none or it cannot be read.
    fn read(&self, key: &str) -> Option<String>;

    /// Stores a value, and says whether [`read`](Self::read) gives it back from now on.
    #[must_use]
    fn write(&self, key: &str, value: &str) -> bool;

    /// Forgets a value, and says whether [`read`](Self::read) gives none from now on.
    #[must_use]
    fn remove(&self, key: &str) -> bool;
}

/// What happens around the program without anybody asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The platform's opinion about the network changed.
    Link(Link),
    /// The window came to the front or went away.
    Page(Lifecycle),
    /// Another window wrote to [`Settings`].
    SettingsChanged,
}

/// Where the program runs.
pub trait Surroundings {
    /// Calls the listener for every signal, for as long as the result is kept.
    fn watch(&self, listener: Rc<dyn Fn(Signal)>) -> Box<dyn std::any::Any>;

    /// The platform's opinion about the network.
    fn link(&self) -> Link;

    /// Address of the server that the program came from, if it came from one.
    fn origin(&self) -> Option<String>;

    /// The one-time sign-in token that the program was started with. Taken once: from then on
    /// neither the address bar nor a reload shows it.
    fn take_start_token(&self) -> Option<String>;

    /// Keeps a text for as long as this window lives, also when it is reloaded; `None` forgets it. Where a window is not
    /// reloaded there is nothing to do.
    fn keep_for_reload(&self, _text: Option<&str>) {}

    /// What was kept for a reload, by this window only.
    fn kept_for_reload(&self) -> Option<String> {
        None
    }
}
