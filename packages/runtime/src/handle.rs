//! What a user interface holds of one account's engine.

use std::rc::{Rc, Weak};

use copilot_core::view::ViewPatch;
use copilot_core::{Event, Intent, Notice, Now, View};
use copilot_storage::{LocalFuture, SetAside};

use crate::account::Account;
use crate::app::Inner;
use crate::driver::Driver;
use crate::subscription::Subscription;

/// One account's running engine. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Handle {
    pub(crate) driver: Rc<Driver>,
    pub(crate) account: Rc<Account>,
    pub(crate) app: Weak<Inner>,
    pub(crate) number: u64,
    pub(crate) took_over: bool,
}

/// Something changed that a subscriber may want to draw.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// These parts of the view are not as they were.
    View(&'a [ViewPatch]),
    /// Something to tell the person once.
    Notice(&'a Notice),
}

impl Handle {
    /// Does what the person wants. When this returns the core has stepped and every subscriber has
    /// been called. From inside a subscriber or [`read`](Self::read) the intent is queued and done
    /// before the outer call returns.
    pub fn dispatch(&self, intent: Intent) {
        self.driver.step(Event::Intent(intent));
    }

    /// Reads what is to be drawn.
    pub fn read<R>(&self, f: impl FnOnce(View<'_>) -> R) -> R {
        self.driver.read(f)
    }

    /// Calls the listener after every change, until the subscription is dropped.
    pub fn subscribe(&self, listener: impl Fn(&Change<'_>) + 'static) -> Subscription {
        self.driver.subscribe(listener)
    }

    /// Both clocks, as the core sees them.
    #[must_use]
    pub fn now(&self) -> Now {
        self.driver.now()
    }

    /// What of this account's journal could not be read and was set aside, to be given away.
    pub fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        self.driver.set_aside()
    }

    /// How many bytes [`free_spare`](Self::free_spare) would free on this device, as its store measures it.
    pub fn spare(&self) -> LocalFuture<u64> {
        self.driver.spare()
    }

    /// Gives up the stored answers that the server can send again as they were, and says how many bytes that freed. What
    /// is on screen stays there; operations, drafts and everything else that is only here is not touched.
    pub fn free_spare(&self) -> LocalFuture<u64> {
        self.driver.free_spare()
    }

    /// Tells this engine from those that ran before it in this window.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Whether this engine has taken the place of one that kept nothing, with everything that was in it.
    #[must_use]
    pub const fn took_over(&self) -> bool {
        self.took_over
    }

    /// Makes this window of the account the one that sends, although another one holds that role and answers. What the
    /// other has under way it lets go of, and this one sends it under the same key.
    pub fn send_from_here(&self) {
        self.driver.seize_lease();
    }

    /// Whose engine this is.
    #[must_use]
    pub fn account(&self) -> Account {
        Account::clone(&self.account)
    }

    /// Signs in again to this account when [`View::status`] says that it is signed out. Success
    /// shows there; a refusal turns the stage to [`Stage::SignIn`](crate::Stage::SignIn) with
    /// `returning` set, so that the person can correct what was wrong.
    pub fn sign_in_again(&self, password: &str) {
        if let Some(app) = self.app.upgrade() {
            app.sign_in_again(self, password);
        }
    }
}
