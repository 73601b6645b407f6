//! One account's standing with its server: the credentials, and their renewal.
//!
//! Servers replace both tokens at a renewal and kill the old ones, so two renewals at once sign the
//! person out (contract 2.1). There is one at a time in this window, one at a time over all windows,
//! and each begins by looking whether another one has done the work. A renewal that has begun is
//! never dropped in the middle: its answer is the only copy of the new tokens.

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use copilot_api::{Client, Credentials, Dialect, Secret, SessionId};
use copilot_core::request::{Limits, Outcome, Reply, Request};
use copilot_core::{Failure, FailureClass, Millis};
use copilot_storage::LocalFuture;
use futures_util::FutureExt;
use futures_util::future::Shared;

use crate::account::ProfileId;
use crate::device::Device;
use crate::effects::Exchange;
use crate::ports::{Clock, Executor, Locks};

/// Time between two signs of life of a session (contract 2.2).
const HEARTBEAT: Millis = Millis::seconds(600);

/// What a renewal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewal {
    Token,
    Session,
}

/// What the server has said no to, so that a renewal done by another window is recognised.
#[derive(Default)]
struct Refused {
    token: Option<Secret>,
    refresh: Option<Secret>,
    session: Option<SessionId>,
    /// The token under which a session was opened last.
    helpless: Option<Secret>,
}

/// Under which the dialect of a client's server is kept (contract 1: per address).
fn dialect_key(client: &Client) -> String {
    format!("dialect:{}", client.server())
}

type Flight = Shared<LocalFuture<Outcome>>;

struct Standing {
    client: Client,
    profile: ProfileId,
    device: Rc<Device>,
    clock: Rc<dyn Clock>,
    executor: Rc<dyn Executor>,
    locks: Rc<dyn Locks>,
    credentials: RefCell<Credentials>,
    refused: RefCell<Refused>,
    token_flight: RefCell<Option<Flight>>,
    session_flight: RefCell<Option<Flight>>,
    closed: Cell<bool>,
    /// Whether somebody can see the window; only then the session is kept alive.
    seen: Cell<bool>,
}

/// An account's credentials at work. Clones are the same.
#[derive(Clone)]
pub(crate) struct Session(Rc<Standing>);

/// Where a [`Session`] lives.
pub(crate) struct SessionPorts {
    pub(crate) device: Rc<Device>,
    pub(crate) clock: Rc<dyn Clock>,
    pub(crate) executor: Rc<dyn Executor>,
    pub(crate) locks: Rc<dyn Locks>,
}

impl Session {
    pub(crate) fn new(
        client: Client,
        profile: ProfileId,
        credentials: Credentials,
        ports: SessionPorts,
    ) -> Self {
        let SessionPorts { device, clock, executor, locks } = ports;
        if let Some(known) = device.preference(&dialect_key(&client)).and_then(|word| Dialect::parse(&word)) {
            // What this client has found out by itself is newer.
            client.assume(client.dialect().unwrap_or(known));
        }
        Self(Rc::new(Standing {
            client,
            profile,
            device,
            clock,
            executor,
            locks,
            credentials: RefCell::new(credentials),
            refused: RefCell::default(),
            token_flight: RefCell::default(),
            session_flight: RefCell::default(),
            closed: Cell::new(false),
            seen: Cell::new(true),
        }))
    }

    /// What is known about the server.
    pub(crate) fn known_server(&self) -> Option<Limits> {
        self.0.client.dialect().map(Dialect::limits)
    }

    /// Continues with the credentials of a new sign-in to the same account.
    pub(crate) fn replace(&self, credentials: Credentials) {
        self.0.keep(credentials);
    }

    /// Takes over what another window has stored: whether that is another access token, or `None`
    /// when the account was signed out there.
    pub(crate) fn adopt_stored(&self) -> Option<bool> {
        self.0.adopt_stored()
    }

    /// The window came to the front or went away.
    pub(crate) fn seen(&self, seen: bool) {
        self.0.seen.set(seen);
    }

    /// Keeps the server's session alive for as long as this one is open. A sign of life that gets lost is
    /// none to worry about: every request is one, too.
    pub(crate) fn keep_alive(&self) {
        let standing = Rc::downgrade(&self.0);
        let executor = self.0.executor.clone();
        self.0.executor.spawn(Box::pin(async move {
            loop {
                executor.sleep(HEARTBEAT).await;
                let Some(standing) = standing.upgrade().filter(|standing| !standing.closed.get()) else {
                    return;
                };
                let credentials = standing.credentials();
                if standing.seen.get() && credentials.session.is_some() {
                    let _ = standing.client.heartbeat(&credentials).await;
                }
            }
        }));
    }

    /// Ends it. A renewal that is under way gives its new tokens back to the server.
    pub(crate) fn close(&self) {
        self.0.closed.set(true);
    }

    /// Tells the server that the person signed out. Best effort.
    pub(crate) fn revoke(&self) {
        let standing = self.0.clone();
        self.0.executor.spawn(Box::pin(async move {
            let credentials = standing.credentials();
            let _ = standing.client.sign_out(&credentials).await;
        }));
    }

    fn renew(&self, what: Renewal) -> Flight {
        let flight = match what {
            Renewal::Token => &self.0.token_flight,
            Renewal::Session => &self.0.session_flight,
        };
        if let Some(under_way) = flight.borrow().as_ref().filter(|flight| flight.peek().is_none()) {
            return under_way.clone();
        }
        let standing = self.0.clone();
        let fresh: LocalFuture<Outcome> = Box::pin(async move { standing.renew(what).await });
        let fresh = fresh.shared();
        *flight.borrow_mut() = Some(fresh.clone());
        // Its own task: whoever waits for it may stop waiting, the renewal goes on.
        self.0.executor.spawn(Box::pin(fresh.clone().map(drop)));
        fresh
    }
}

impl Exchange for Session {
    fn exchange(&self, request: Request) -> LocalFuture<Outcome> {
        let session = self.clone();
        Box::pin(async move {
            match request {
                Request::RenewToken => session.renew(Renewal::Token).await,
                Request::RenewSession => session.renew(Renewal::Session).await,
                Request::Probe => session.0.client.send(&request, None).await,
                request => session.send(&request).await,
            }
        })
    }
}

impl Session {
    /// Sends a request as the account. A token that is near its end is renewed beside the request,
    /// one that is past it before the request; if that fails the request is the judge.
    async fn send(&self, request: &Request) -> Outcome {
        let outcome = self.attempt(request).await;
        self.0.keep_dialect();
        outcome
    }

    async fn attempt(&self, request: &Request) -> Outcome {
        let (due, over) = self.0.renewal_state();
        if due {
            let renewal = self.renew(Renewal::Token);
            if over {
                let _ = renewal.await;
            }
        }
        let credentials = self.0.credentials();
        let outcome = self.0.client.send(request, Some(&credentials)).await;
        if let Err(failure) = &outcome {
            let mut refused = self.0.refused.borrow_mut();
            match failure.class {
                FailureClass::TokenRefused => refused.token = Some(credentials.access),
                FailureClass::SessionExpired => {
                    refused.session = credentials.session;
                    // Where a new session under this token did not help, the token is at fault.
                    if refused.helpless.as_ref() == Some(&credentials.access) {
                        refused.token = Some(credentials.access);
                    }
                }
                _ => {}
            }
        }
        outcome
    }
}

impl Standing {
    fn credentials(&self) -> Credentials {
        self.credentials.borrow().clone()
    }

    /// Remembers how the server is talked to, for the next start.
    fn keep_dialect(&self) {
        let key = dialect_key(&self.client);
        let found = self.client.dialect().map(Dialect::as_str);
        if let Some(word) = found.filter(|word| self.device.preference(&key).as_deref() != Some(word)) {
            self.device.keep_preference(&key, word);
        }
    }

    fn keep(&self, credentials: Credentials) {
        self.device.keep_credentials(&self.profile, &credentials);
        *self.credentials.borrow_mut() = credentials;
    }

    /// Reads the stored credentials again. `None` when another window has signed the account out,
    /// else whether the access token changed.
    fn adopt_stored(&self) -> Option<bool> {
        let stored = self.device.credentials(&self.profile)?;
        let newer = stored.access != self.credentials.borrow().access;
        *self.credentials.borrow_mut() = stored;
        Some(newer)
    }

    /// Whether the access token should be renewed, and whether its life is over.
    fn renewal_state(&self) -> (bool, bool) {
        let now = self.clock.now().wall;
        let credentials = self.credentials.borrow();
        let renewable = credentials.refresh.is_some() && credentials.refresh != self.refused.borrow().refresh;
        let end = credentials.obtained + credentials.expires_in;
        (renewable && now >= credentials.renew_at(), renewable && now >= end)
    }

    async fn renew(&self, what: Renewal) -> Outcome {
        let _only_one = self.locks.acquire(&format!("fm:{}:renew", self.profile)).await;
        if self.closed.get() || self.adopt_stored().is_none() {
            return Err(Failure::of(FailureClass::TokenRefused));
        }
        let current = self.credentials();
        match what {
            Renewal::Token => {
                let renewed = self.renew_token(current).await;
                let current = self.credentials();
                let over = current.session.is_some() && current.session == self.refused.borrow().session;
                // After a night both are over, and a new token alone would be refused like the old one.
                if renewed.is_ok() && over { self.renew_session(current).await } else { renewed }
            }
            Renewal::Session => self.renew_session(current).await,
        }
    }

    async fn renew_token(&self, current: Credentials) -> Outcome {
        let refused = self.refused.borrow().token.as_ref() == Some(&current.access);
        if !refused && !self.renewal_state().0 {
            return Ok(Reply::Renewed);
        }
        if current.refresh.is_none() || current.refresh == self.refused.borrow().refresh {
            return Err(Failure::of(FailureClass::TokenRefused));
        }
        let fresh = match self.client.refresh(&current).await {
            Ok(fresh) => fresh,
            Err(failure) => {
                if failure.class == FailureClass::TokenRefused {
                    self.refused.borrow_mut().refresh = current.refresh;
                }
                return Err(failure);
            }
        };
        if self.closed.get() {
            // Signed out meanwhile: these tokens were never the person's to keep.
            let _ = self.client.sign_out(&fresh).await;
            return Err(Failure::of(FailureClass::TokenRefused));
        }
        self.keep(fresh);
        Ok(Reply::Renewed)
    }

    async fn renew_session(&self, current: Credentials) -> Outcome {
        if current.session.is_some() && current.session != self.refused.borrow().session {
            return Ok(Reply::Renewed);
        }
        let opened = self.client.open_session(&current).await;
        self.device.keep_installation(&self.client.installation());
        let session = opened?;
        self.refused.borrow_mut().helpless = Some(current.access.clone());
        if !self.closed.get() {
            self.keep(current.with_session(session));
        }
        Ok(Reply::Renewed)
    }
}
