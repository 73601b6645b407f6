//! The ports of a browser page: plain page, installed page, extension side panel.
//!
//! Every window of a profile runs its own engine over one shared store; Web Locks say who sends, a
//! `BroadcastChannel` carries what the others should know.

mod channel;
mod clock;
mod consent;
mod executor;
mod listener;
mod locks;
mod page;
mod settings;

use std::rc::Rc;

use copilot_storage::web::WebStore;
use copilot_storage::{LocalFuture, Store, StoreError};

use crate::account::ProfileId;
use crate::living_locks::LivingLocks;
use crate::platform::Platform;
use crate::ports::{Executor, Stores};

impl Platform {
    /// The platform of the page that runs this program.
    #[must_use]
    pub fn web() -> Self {
        let executor: Rc<dyn Executor> = Rc::new(executor::EventLoop);
        Self {
            executor: executor.clone(),
            clock: Rc::new(clock::PageClock::default()),
            entropy: Rc::new(clock::BrowserEntropy),
            stores: Rc::new(Databases),
            locks: Rc::new(LivingLocks::new(Rc::new(locks::WebLocks), executor.clone())),
            peers: Rc::new(channel::Windows::new(executor)),
            settings: Rc::new(settings::WebSettings::default()),
            consent: Rc::new(consent::BrowserConsent::look()),
            surroundings: Rc::new(page::Page),
        }
    }
}

/// One database per profile.
struct Databases;

impl Stores for Databases {
    fn open(&self, profile: &ProfileId) -> LocalFuture<Result<Rc<dyn Store>, StoreError>> {
        let profile = profile.clone();
        Box::pin(async move {
            let store: Rc<dyn Store> = Rc::new(WebStore::open(profile.as_str()).await?);
            Ok(store)
        })
    }
}
