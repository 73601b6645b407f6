//! The first moments: a one-time link, the account of last time, or the sign-in screen.

use std::rc::Rc;

use copilot_api::{Credentials, ServerAddress};
use copilot_core::view::AccountStatus;
use copilot_core::{Event, Lifecycle};

use super::Inner;
use super::link::StartLink;
use crate::account::Account;
use crate::ports::Signal;
use crate::stage::{SignInError, Stage};
use crate::tasks::if_ready;

/// Where `cargo xtask start` puts the server when it is not told otherwise.
pub(super) const LOCAL_SERVER: &str = "http://127.0.0.1:8787";

impl Inner {
    pub(super) fn begin(self: &Rc<Self>) {
        self.watch_surroundings();
        // Taken before anything else: from here on the address bar does not show it.
        let link = StartLink::of_this_window(&*self.platform.surroundings, &*self.platform.entropy);
        let mut loading = self.device.load();
        if if_ready(&mut loading).is_some() {
            return self.decide(link);
        }
        let (app, attempt) = (self.clone(), self.begin_attempt());
        self.platform.executor.spawn(Box::pin(async move {
            loading.await;
            if app.is_current(attempt) {
                app.decide(link);
            }
        }));
    }

    /// The first decision, made when the settings are there.
    fn decide(self: &Rc<Self>, link: Option<Result<StartLink, ()>>) {
        if self.resume_sign_in() {
            return;
        }
        match link.map(|link| Some((self.home_address()?, link.ok()?))) {
            Some(Some((address, link))) => self.use_link(address, link),
            Some(None) => self.open_stored_or(Some(SignInError::LinkUsed), None),
            None => self.open_stored_or(None, None),
        }
    }

    fn home_address(&self) -> Option<ServerAddress> {
        ServerAddress::parse(&self.home_server()).ok()
    }

    /// Exchanges a one-time link. When that does not work, the account of last time opens if it is
    /// of the same server.
    pub(super) fn use_link(self: &Rc<Self>, address: ServerAddress, link: StartLink) {
        let attempt = self.begin_attempt();
        let Some(client) = self.client(&address) else {
            return self.open_stored_or(Some(SignInError::Unreachable), Some(&address));
        };
        if matches!(&*self.stage.borrow(), Stage::SignIn(_)) {
            self.show_sign_in(|view| {
                view.busy = true;
                view.error = None;
            });
        }
        let app = self.clone();
        self.platform.executor.spawn(Box::pin(async move {
            let result = client.sign_in(&link.sign_in()).await;
            if !app.is_current(attempt) {
                return;
            }
            match result {
                Ok(signed_in) => app.enter(attempt, client, &address, signed_in).await,
                Err(failure) => {
                    let error = super::sign_in::error_of(&failure, false);
                    if error == SignInError::Unreachable {
                        *app.start_link.borrow_mut() = Some((address.clone(), link));
                    } else {
                        app.forget_link();
                    }
                    app.open_stored_or(Some(error), Some(&address));
                }
            }
        }));
    }

    /// Uses a link that could not be used before, if there is one for this server.
    pub(super) fn use_kept_link(self: &Rc<Self>, address: &ServerAddress) {
        let kept = self.start_link.borrow_mut().take_if(|(of, _)| of == address);
        if let Some((address, link)) = kept {
            self.use_link(address, link);
        }
    }

    /// The link has done what it could, or another way in was taken.
    pub(super) fn forget_link(&self) {
        *self.start_link.borrow_mut() = None;
        self.platform.surroundings.keep_for_reload(None);
    }

    /// The account that was signed in last, if it still is.
    fn stored(&self) -> Option<(ServerAddress, Account, Credentials)> {
        let account = self.device.account()?;
        let credentials = self.device.credentials(&account.profile())?;
        Some((ServerAddress::parse(&account.server).ok()?, account, credentials))
    }

    /// Opens the stored account, of one server only when told so; without one, the sign-in screen
    /// says what went wrong before.
    pub(super) fn open_stored_or(
        self: &Rc<Self>,
        error: Option<SignInError>,
        only_of: Option<&ServerAddress>,
    ) {
        let attempt = self.begin_attempt();
        let stored = self.stored().filter(|(address, ..)| only_of.is_none_or(|only| only == address));
        let client = stored.as_ref().and_then(|(address, ..)| self.client(address));
        let (Some((_, account, credentials)), Some(client)) = (stored, client) else {
            return self.show_sign_in(|view| {
                view.busy = false;
                view.error = error;
                if let Some(address) = only_of {
                    address.as_str().clone_into(&mut view.server);
                }
            });
        };
        let app = self.clone();
        self.platform.executor.spawn(Box::pin(async move {
            app.open(attempt, client, account, credentials).await;
        }));
    }

    fn watch_surroundings(self: &Rc<Self>) {
        let app = Rc::downgrade(self);
        let watch = self.platform.surroundings.watch(Rc::new(move |signal| {
            if let Some(app) = app.upgrade() {
                app.hear(signal);
            }
        }));
        *self.watch.borrow_mut() = Some(watch);
    }

    fn hear(self: &Rc<Self>, signal: Signal) {
        let event = match signal {
            Signal::Link(link) => Event::Link(link),
            Signal::Page(lifecycle) => {
                if let Some(opened) = &*self.opened.borrow() {
                    opened.session.seen(lifecycle == Lifecycle::Shown);
                }
                Event::Page(lifecycle)
            }
            Signal::SettingsChanged => return self.follow_other_windows(),
        };
        let driver = self.opened.borrow().as_ref().map(|opened| opened.handle.driver.clone());
        if let Some(driver) = driver {
            driver.step(event);
        }
    }

    /// Another window has signed in, signed out or renewed: this one follows.
    fn follow_other_windows(self: &Rc<Self>) {
        let opened = self.opened.borrow().as_ref().map(|open| (open.handle.clone(), open.session.clone()));
        match opened {
            Some((handle, session)) => match session.adopt_stored() {
                None => self.leave(),
                Some(newer) => {
                    let signed_out = handle.read(|view| view.status().account) == AccountStatus::SignedOut;
                    if newer && signed_out {
                        handle.driver.step(Event::SignedIn);
                    }
                }
            },
            None => {
                let idle = matches!(&*self.stage.borrow(), Stage::SignIn(view) if !view.busy);
                if idle && self.stored().is_some() {
                    self.open_stored_or(None, None);
                }
            }
        }
    }
}
