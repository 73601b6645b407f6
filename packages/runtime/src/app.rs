//! The program from its start to an open account.
//!
//! One attempt at a time moves the stage: starting, signing in and signing out each begin a new one,
//! and what an older attempt still brings is dropped (I20).

mod check;
mod link;
mod oauth;
mod open;
mod save;
mod sign_in;
mod start;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use copilot_api::{Client, ServerAddress};
use copilot_storage::memory::MemoryStore;

use self::link::StartLink;
use crate::device::Device;
use crate::handle::Handle;
use crate::platform::Platform;
use crate::session::Session;
use crate::stage::{ServerCheck, SignInForm, SignInView, Stage};
use crate::subscription::{Listeners, Subscription};

/// The program: sign-in and, once signed in, one account's engine. Cheap to clone, of one thread.
#[derive(Clone)]
pub struct App {
    inner: Rc<Inner>,
}

/// An account that is open.
struct Opened {
    handle: Handle,
    session: Session,
    /// Where everything is, if the store could not be used.
    memory: Option<MemoryStore>,
}

/// Names an attempt to move the stage, or a question about a server.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Attempt(u64);

pub(crate) struct Inner {
    platform: Platform,
    device: Rc<Device>,
    stage: RefCell<Stage>,
    listeners: Listeners<dyn Fn()>,
    opened: RefCell<Option<Opened>>,
    attempt: Cell<Attempt>,
    check: Cell<Attempt>,
    /// How many engines were started.
    engines: Cell<u64>,
    /// Whether what is in memory is on its way into the store.
    saving: Cell<bool>,
    /// A one-time link that could not be exchanged yet, and where to.
    start_link: RefCell<Option<(ServerAddress, StartLink)>>,
    watch: RefCell<Option<Box<dyn Any>>>,
}

impl App {
    /// Reads the stored account, opens its store and boots. Never blocks. An account that is signed
    /// in opens whether or not its server can be reached.
    #[must_use]
    pub fn start(platform: Platform) -> Self {
        let inner = Rc::new(Inner {
            device: Rc::new(Device::new(platform.settings.clone())),
            platform,
            stage: RefCell::new(Stage::Starting),
            listeners: Listeners::new(),
            opened: RefCell::default(),
            attempt: Cell::new(Attempt(0)),
            check: Cell::new(Attempt(0)),
            engines: Cell::new(0),
            saving: Cell::new(false),
            start_link: RefCell::default(),
            watch: RefCell::default(),
        });
        inner.begin();
        Self { inner }
    }

    /// Where the program stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.inner.stage.borrow().clone()
    }

    /// Calls the listener after every change of [`stage`](Self::stage), until the subscription is dropped.
    pub fn on_stage(&self, listener: impl Fn() + 'static) -> Subscription {
        self.inner.listeners.add(Rc::new(listener))
    }

    /// Whether a text is a sign-in link, which [`sign_in`](Self::sign_in) takes in place of an address and which needs
    /// no name.
    #[must_use]
    pub fn is_sign_in_link(text: &str) -> bool {
        link::parse(text).is_some()
    }

    /// Signs in, or makes the account first. Progress and errors show in [`stage`](Self::stage).
    ///
    /// A one-time link that could not be used because the server was not reached is used now when
    /// the form names its server and no user.
    pub fn sign_in(&self, form: SignInForm) {
        self.inner.sign_in(form);
    }

    /// Asks an address what it is. The result shows in [`SignInView::check`].
    pub fn check_server(&self, address: &str) {
        self.inner.check_server(address);
    }

    /// Asks an address what it is, also while an account is open, and tells the answer once. Never blocks.
    pub fn ask_server(&self, address: &str, tell: impl FnOnce(ServerCheck) + 'static) {
        self.inner.ask_server(address, tell);
    }

    /// Signs out. Unsent work stays on this device, and opens only for this account.
    pub fn sign_out(&self) {
        self.inner.sign_out();
    }

    /// Opens the account once more, from what is stored. All that is only in memory is made anew; what is on its way to
    /// the server is treated as after a crash.
    pub fn reopen(&self) {
        self.inner.reopen();
    }

    /// Tries once more to keep what the open account holds in memory alone, because its store could not be used when it
    /// was opened. `hand_over` is called for what the window has not said yet, the last time right before an engine
    /// that keeps everything takes the place of this one; then [`stage`](Self::stage) has another handle. `tell` is
    /// told whether that was so: if not, nothing has changed. Never blocks; does nothing while one try is under way.
    pub fn try_to_save(&self, hand_over: impl Fn() + 'static, tell: impl FnOnce(bool) + 'static) {
        self.inner.try_to_save(hand_over, tell);
    }

    /// A small setting of this device.
    #[must_use]
    pub fn preference(&self, name: &str) -> Option<String> {
        self.inner.device.preference(name)
    }

    /// Keeps a small setting of this device: theme, folded groups.
    pub fn set_preference(&self, name: &str, value: &str) {
        self.inner.device.keep_preference(name, value);
    }
}

impl Inner {
    /// Begins an attempt; every older one is over.
    fn begin_attempt(&self) -> Attempt {
        let Attempt(last) = self.attempt.get();
        self.attempt.set(Attempt(last + 1));
        self.attempt.get()
    }

    fn is_current(&self, attempt: Attempt) -> bool {
        self.attempt.get() == attempt
    }

    fn set_stage(&self, stage: Stage) {
        let _left = self.stage.replace(stage);
        self.listeners.each(|listener| listener());
    }

    /// Shows the sign-in screen, changed as told; what it showed before stays.
    fn show_sign_in(&self, change: impl FnOnce(&mut SignInView)) {
        let shown = match &*self.stage.borrow() {
            Stage::SignIn(view) => Some(view.clone()),
            Stage::Starting | Stage::Open(_) => None,
        };
        let mut view = shown.clone().unwrap_or_else(|| self.fresh_sign_in());
        view.returning = self.opened.borrow().is_some();
        change(&mut view);
        if shown.as_ref() != Some(&view) {
            self.set_stage(Stage::SignIn(view));
        }
    }

    /// The sign-in screen as it begins: the last account if there is one, else the server that the
    /// program came from.
    fn fresh_sign_in(&self) -> SignInView {
        let account = self.device.account();
        let (server, username) = match account {
            Some(account) => (account.server, account.username),
            None => (self.home_server(), String::new()),
        };
        SignInView {
            server,
            username,
            busy: false,
            check: ServerCheck::NotChecked,
            error: None,
            problem: None,
            returning: false,
        }
    }

    fn home_server(&self) -> String {
        self.platform.surroundings.origin().unwrap_or_else(|| start::LOCAL_SERVER.to_owned())
    }

    /// A client for a server; `None` on a device without randomness, where no installation can be named.
    fn client(&self, address: &ServerAddress) -> Option<Client> {
        Some(Client::new(address.clone(), self.device.installation()?))
    }
}
