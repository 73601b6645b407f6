//! The ports of a process with a file system: desktop, tests, anything headless.
//!
//! One process owns a profile (its folder is locked), so there are no other windows to queue behind
//! or to talk to.

mod instance;
mod loopback;
mod private;
mod settings;
#[cfg(feature = "keyring")]
mod vault;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use copilot_core::{Link, Millis, Mono, Now, Wall};
use copilot_storage::file::FileStore;
use copilot_storage::{LocalFuture, Store, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::account::ProfileId;
use crate::alone::Alone;
use crate::platform::Platform;
use crate::ports::{Clock, Entropy, Executor, Signal, Stores, Surroundings};

pub use instance::{Instance, Start};
pub use loopback::{Loopback, Opener};
use settings::FileSettings;

impl Platform {
    /// The platform of a process that keeps its data in a folder; the folder is made when it is needed.
    ///
    /// Whatever is built on it runs inside a `tokio::task::LocalSet` of a runtime with time enabled.
    #[must_use]
    pub fn native(data: impl AsRef<Path>) -> Self {
        let data = data.as_ref();
        Self {
            executor: Rc::new(TokioExecutor),
            clock: Rc::new(SystemClock { start: Instant::now() }),
            entropy: Rc::new(SystemEntropy),
            stores: Rc::new(Folders { profiles: data.join("profiles") }),
            locks: Rc::new(Alone),
            peers: Rc::new(Alone),
            settings: Rc::new(FileSettings::new(data.join("settings"))),
            consent: Rc::new(Loopback::system()),
            surroundings: Rc::new(Headless),
        }
    }

    /// The same platform with credentials in the system's keyring, and in files where it has none.
    #[cfg(feature = "keyring")]
    #[must_use]
    pub fn with_keyring(data: impl AsRef<Path>) -> Self {
        let files = FileSettings::new(data.as_ref().join("settings"));
        Self { settings: Rc::new(vault::Vault::new(files, vault::SERVICE)), ..Self::native(data) }
    }
}

struct TokioExecutor;

impl Executor for TokioExecutor {
    fn spawn(&self, future: LocalFuture<()>) {
        tokio::task::spawn_local(future);
    }

    fn sleep(&self, span: Millis) -> LocalFuture<()> {
        Box::pin(tokio::time::sleep(std::time::Duration::from_millis(span.0)))
    }
}

struct SystemClock {
    start: Instant,
}

impl Clock for SystemClock {
    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let offset = TimeZone::system().to_offset(Timestamp::now());
        Now {
            wall: Wall(millis(wall)),
            mono: Mono(millis(self.start.elapsed())),
            utc_offset_minutes: offset.seconds() / 60,
        }
    }
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn seed(&self) -> Option<[u8; 32]> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).ok().map(|()| seed)
    }
}

/// One folder per profile.
struct Folders {
    profiles: PathBuf,
}

impl Stores for Folders {
    fn open(&self, profile: &ProfileId) -> LocalFuture<Result<Rc<dyn Store>, StoreError>> {
        let folder = self.profiles.join(profile.as_str());
        Box::pin(async move {
            let place = folder.display().to_string();
            // Opening reads the whole journal: on a thread of its own, so that nothing here waits.
            let opening = tokio::task::spawn_blocking(move || FileStore::open(folder));
            let opened =
                opening.await.map_err(|cause| StoreError::Unavailable { place, cause: cause.to_string() })?;
            let store: Rc<dyn Store> = Rc::new(opened?);
            Ok(store)
        })
    }
}

/// A process without a page around it.
struct Headless;

impl Surroundings for Headless {
    fn watch(&self, _listener: Rc<dyn Fn(Signal)>) -> Box<dyn std::any::Any> {
        Box::new(())
    }

    fn link(&self) -> Link {
        Link::Online
    }

    fn origin(&self) -> Option<String> {
        None
    }

    fn take_start_token(&self) -> Option<String> {
        None
    }
}
