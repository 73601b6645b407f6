//! Signing in, signing in again, signing out.

use std::rc::Rc;

use copilot_api::{Client, Password, ServerAddress, SignIn, SignInFailure, SignedIn};
use copilot_core::{Event, FailureClass};

use super::Inner;
use super::link::{self, StartLink};
use crate::account::Account;
use crate::handle::Handle;
use crate::stage::{SignInError, SignInForm, Stage};

impl Inner {
    pub(super) fn sign_in(self: &Rc<Self>, form: SignInForm) {
        if let Some((address, token)) = link::parse(&form.server) {
            // The token is used up by this: what stays on screen is the address.
            self.show_sign_in(|view| address.as_str().clone_into(&mut view.server));
            let link = StartLink::new(token, &*self.platform.entropy);
            return self.use_link(address, link);
        }
        let Ok(address) = ServerAddress::parse(&form.server) else {
            return self.show_sign_in(|view| {
                view.server = form.server;
                view.username = form.username;
                view.error = Some(SignInError::Address);
            });
        };
        if form.username.trim().is_empty() && self.has_kept_link(&address) {
            return self.use_kept_link(&address);
        }
        self.show_sign_in(|view| {
            view.server.clone_from(&form.server);
            view.username.clone_from(&form.username);
            view.busy = true;
            view.error = None;
            view.problem = None;
        });
        let password = (!form.password.is_empty()).then_some(Password(form.password));
        let username = form.username.trim().to_owned();
        self.try_sign_in(
            address,
            if form.register {
                SignIn::Register { username, password, email: None, display_name: None }
            } else {
                SignIn::Login { username, password }
            },
        );
    }

    pub(crate) fn sign_in_again(self: &Rc<Self>, handle: &Handle, password: &str) {
        let Ok(address) = ServerAddress::parse(&handle.account.server) else { return };
        let password = (!password.is_empty()).then(|| Password(password.to_owned()));
        self.try_sign_in(address, SignIn::Login { username: handle.account.username.clone(), password });
    }

    fn has_kept_link(&self, address: &ServerAddress) -> bool {
        self.start_link.borrow().as_ref().is_some_and(|(of, _)| of == address)
    }

    fn try_sign_in(self: &Rc<Self>, address: ServerAddress, how: SignIn) {
        let attempt = self.begin_attempt();
        let Some(client) = self.client(&address) else {
            return self.show_failure(SignInError::Unreachable);
        };
        let app = self.clone();
        self.platform.executor.spawn(Box::pin(async move {
            let result = client.sign_in(&how).await;
            if !app.is_current(attempt) {
                return;
            }
            match result {
                Ok(signed_in) => app.enter(attempt, client, &address, signed_in).await,
                Err(failure @ SignInFailure::NotOffered) => {
                    app.sign_in_elsewhere(attempt, client, &address, failure).await;
                }
                Err(failure) => app.show_failure(error_of(&failure, has_password(&how))),
            }
        }));
    }

    pub(super) fn show_failure(&self, error: SignInError) {
        self.show_sign_in(|view| {
            view.busy = false;
            view.error = Some(error);
        });
    }

    /// Goes on with the account that signed in: the open one continues, another one is opened.
    pub(super) async fn enter(
        self: &Rc<Self>,
        attempt: super::Attempt,
        client: Client,
        server: &ServerAddress,
        signed_in: SignedIn,
    ) {
        let SignedIn { credentials, user } = signed_in;
        let account = Account {
            server: server.as_str().to_owned(),
            user_id: user.id.as_str().to_owned(),
            display_name: user.display_name.as_deref().unwrap_or(&user.username).to_owned(),
            username: user.username.as_ref().to_owned(),
        };
        self.device.keep_account(&account);
        self.device.keep_credentials(&account.profile(), &credentials);
        self.forget_link();
        let behind = self.opened.borrow().as_ref().map(|open| (open.handle.clone(), open.session.clone()));
        match behind {
            Some((handle, session)) if handle.account.profile() == account.profile() => {
                session.replace(credentials);
                handle.driver.step(Event::SignedIn);
                self.set_stage(Stage::Open(handle));
            }
            _ => {
                self.close();
                self.open(attempt, client, account, credentials).await;
            }
        }
    }

    /// Signs out here and, as far as it can be reached, at the server.
    pub(super) fn sign_out(self: &Rc<Self>) {
        let open = self.opened.borrow().as_ref().map(|open| (open.handle.clone(), open.session.clone()));
        let profile = match open {
            Some((handle, session)) => {
                session.revoke();
                Some(handle.account.profile())
            }
            None => self.device.account().map(|account| account.profile()),
        };
        if let Some(profile) = profile {
            self.device.forget_credentials(&profile);
        }
        self.leave();
    }

    /// Back to the sign-in screen, with nothing of the account left in memory.
    pub(super) fn leave(&self) {
        self.begin_attempt();
        self.forget_link();
        self.close();
        let view = self.fresh_sign_in();
        self.set_stage(Stage::SignIn(view));
    }

    pub(super) fn reopen(self: &Rc<Self>) {
        self.close();
        self.set_stage(Stage::Starting);
        self.open_stored_or(None, None);
    }

    /// Ends the open account's engine. What is on its way changes nothing any more.
    fn close(&self) {
        let open = self.opened.borrow_mut().take();
        if let Some(open) = open {
            open.session.close();
            open.handle.driver.close();
        }
    }
}

fn has_password(how: &SignIn) -> bool {
    matches!(how, SignIn::Login { password: Some(_), .. } | SignIn::Register { password: Some(_), .. })
}

/// What the screen says about a failure. A name without a password is refused because of the name.
pub(super) fn error_of(failure: &SignInFailure, with_password: bool) -> SignInError {
    match failure {
        SignInFailure::Unknown if with_password => SignInError::WrongPassword,
        SignInFailure::Unknown => SignInError::UnknownUser,
        SignInFailure::LinkUsed => SignInError::LinkUsed,
        SignInFailure::NameTaken => SignInError::NameTaken,
        SignInFailure::Entry { message } => SignInError::BadName {
            reason: message.as_deref().map_or_else(|| failure.to_string(), str::to_owned),
        },
        SignInFailure::NotOffered => SignInError::Server { status: 404, message: failure.to_string() },
        SignInFailure::CodeRefused => SignInError::Server { status: 400, message: failure.to_string() },
        SignInFailure::Failed(cause) => match cause.class {
            FailureClass::Offline | FailureClass::CaptivePortal | FailureClass::Uncertain => {
                SignInError::Unreachable
            }
            _ => {
                SignInError::Server { status: cause.status.unwrap_or_default(), message: failure.to_string() }
            }
        },
    }
}
