//! The first moments: a one-time link, the account of last time, or the sign-in screen.

use std::rc::Rc;

use copilot_api::{Credentials, Secret, ServerAddress, SignIn};
use copilot_core::view::AccountStatus;
use copilot_core::{Event, Lifecycle};

use super::Inner;
use crate::account::Account;
use crate::ports::Signal;
use crate::stage::{SignInError, Stage};
use crate::tasks::if_ready;

/// Where `cargo xtask start` puts the server when it is not told otherwise.
pub(super) const LOCAL_SERVER: &str = "http://127.0.0.1:8787";

impl Inner {
    pub(super) fn begin(self: &Rc<Self>) {
        self.watch_surroundings();
        // Taken before anything else: from here on neither the address bar nor a reload shows it.
        let token = self.platform.surroundings.take_start_token();
        let mut loading = self.device.load();
        if if_ready(&mut loading).is_some() {
            return self.decide(token);
        }
        let (app, attempt) = (self.clone(), self.begin_attempt());
        self.platform.executor.spawn(Box::pin(async move {
            loading.await;
            if app.is_current(attempt) {
                app.decide(token);
            }
        }));
    }

    /// The first decision, made when the settings are there.
    fn decide(self: &Rc<Self>, token: Option<String>) {
        if self.resume_sign_in() {
            return;
        }
        let link =
            token.map(|token| Secret::new(token).and_then(|token| Some((self.home_address()?, token))));
        match link {
            Some(Some((address, token))) => self.use_link(address, token),
            Some(None) => self.open_stored_or(Some(SignInError::LinkUsed), None),
            None => self.open_stored_or(None, None),
        }
    }

    fn home_address(&self) -> Option<ServerAddress> {
        ServerAddress::parse(&self.home_server()).ok()
    }

    /// Exchanges a one-time token. When that does not work, the account of last time opens if it is
    /// of the same server.
    pub(super) fn use_link(self: &Rc<Self>, address: ServerAddress, token: Secret) {
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
            let result = client.sign_in(&SignIn::StartToken(token.clone())).await;
            if !app.is_current(attempt) {
                return;
            }
            match result {
                Ok(signed_in) => app.enter(attempt, client, &address, signed_in).await,
                Err(failure) => {
                    let error = super::sign_in::error_of(&failure, false);
                    if error == SignInError::Unreachable {
                        *app.start_token.borrow_mut() = Some((address.clone(), token));
                    }
                    app.open_stored_or(Some(error), Some(&address));
                }
            }
        }));
    }

    /// Uses a link that could not be used before, if there is one for this server.
    pub(super) fn use_kept_link(self: &Rc<Self>, address: &ServerAddress) {
        let kept = self.start_token.borrow_mut().take_if(|(of, _)| of == address);
        if let Some((address, token)) = kept {
            self.use_link(address, token);
        }
    }

    /// The account that was signed in last, if it still is.
    fn stored(&self) -> Option<(ServerAddress, Account, Credentials)> {
        let account = self.device.account()?;
        let credentials = self.device.credentials(&account.profile())?;
        Some((ServerAddress::parse(&account.server).ok()?, account, credentials))
    }

    /// Opens the stored account, of one server only when told so; without one, the sign-in screen
    /// says what went wrong before.
    fn open_stored_or(self: &Rc<Self>, error: Option<SignInError>, only_of: Option<&ServerAddress>) {
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
