//! One server, as the runtime sees it: questions in, answers in the core's own terms out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use copilot_core::request::{Outcome, Reply, Request};
use copilot_core::{Failure, FailureClass, Rejection};
use serde_json::json;

use crate::account::{SignIn, SignedIn, SignedOut};
use crate::address::ServerAddress;
use crate::answer::HttpAnswer;
use crate::call::{Call, Timeouts};
use crate::classify::{self, Asked};
use crate::credentials::{Credentials, Secret, SessionId};
use crate::dialect::{self, Dialect};
use crate::encode::{self, HttpRequest};
use crate::error::SignInFailure;
use crate::installation::InstallationId;
use crate::oauth::Authorization;
use crate::probe::{self, ServerInfo};
use crate::queries::{Asker, Counted};
use crate::transport::{Outgoing, Transport};
use crate::{clock, decode, details, wire};

/// A client of one server. Clones share their connections. It holds no credentials: who keeps them
/// hands them in, so there is one place that knows who is signed in.
///
/// Dropping the future of any call gives the request up.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    server: ServerAddress,
    timeouts: Timeouts,
    transport: Transport,
    installation: RefCell<InstallationId>,
    /// What is known of the server's dialect; `None` until something proved it.
    dialect: Cell<Option<Dialect>>,
    counted: Counted,
}

impl Client {
    /// A client that has sent nothing yet.
    #[must_use]
    pub fn new(server: ServerAddress, installation: InstallationId) -> Self {
        Self::with_timeouts(server, installation, Timeouts::default())
    }

    /// The same with other waits.
    #[must_use]
    pub fn with_timeouts(server: ServerAddress, installation: InstallationId, timeouts: Timeouts) -> Self {
        let transport = Transport::new(&server, &timeouts);
        let installation = RefCell::new(installation);
        let (dialect, counted) = (Cell::new(None), Counted::default());
        Self { inner: Rc::new(Inner { server, timeouts, transport, installation, dialect, counted }) }
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &ServerAddress {
        &self.inner.server
    }

    /// The installation's id. [`open_session`](Self::open_session) may have replaced it; the new one is
    /// to be stored.
    #[must_use]
    pub fn installation(&self) -> InstallationId {
        self.inner.installation.borrow().clone()
    }

    /// The dialect of the server; `None` until something proved it.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.inner.dialect.get()
    }

    /// Starts from what an earlier run found out. What the server shows later outranks it.
    pub fn assume(&self, dialect: Dialect) {
        self.learn(Some(dialect));
    }

    pub(crate) fn learn(&self, shown: Option<Dialect>) {
        if shown.is_some() {
            self.inner.dialect.set(shown);
        }
    }

    pub(crate) fn counted(&self) -> &Counted {
        &self.inner.counted
    }

    /// The dialect, asked for when it is not known yet.
    async fn settle_dialect(&self) -> Result<Dialect, Failure> {
        match self.dialect() {
            Some(dialect) => Ok(dialect),
            None => self.probe().await.map(|info| info.dialect),
        }
    }

    /// Carries out a request of the core, in the dialect of the server.
    ///
    /// A send that the server refuses because it speaks the other dialect never ran. It is encoded for
    /// that one, under the key that belongs to it, and sent again.
    ///
    /// [`RenewToken`](Request::RenewToken) and [`RenewSession`](Request::RenewSession) bring new
    /// credentials and are carried out with [`refresh`](Self::refresh) and
    /// [`open_session`](Self::open_session); here they are refused.
    ///
    /// # Errors
    /// [`Failure`], by the table of contract 4.3.
    pub async fn send(&self, request: &Request, credentials: Option<&Credentials>) -> Outcome {
        if matches!(request, Request::Probe) {
            return self.probe().await.map(|info| Reply::Alive(info.limits));
        }
        let dialect = self.settle_dialect().await?;
        let outcome = self.send_in(dialect, request, credentials).await;
        let Request::SubmitTurn { case, .. } = request else {
            return outcome;
        };
        let refused = match &outcome {
            Err(Failure { class: FailureClass::Rejected(Rejection::OtherDialect), .. }) => true,
            // Contract 1, row 6: without that address a server of turns would be none.
            Err(Failure {
                class: FailureClass::Rejected(Rejection::CaseGone), status: Some(404), ..
            }) if dialect == Dialect::Turns => {
                let read = Request::ReadCase { case: case.clone() };
                let there = self.send_in(dialect, &read, credentials).await;
                there.is_ok() && self.dialect() == Some(dialect.other())
            }
            _ => false,
        };
        if !refused {
            return outcome;
        }
        let again = self.send_in(dialect.other(), request, credentials).await;
        match &again {
            Err(Failure { class: FailureClass::Rejected(Rejection::OtherDialect), .. }) => {}
            _ => self.learn(Some(dialect.other())),
        }
        again
    }

    async fn send_in(
        &self,
        dialect: Dialect,
        request: &Request,
        credentials: Option<&Credentials>,
    ) -> Outcome {
        if let Some(case) = details::asked_for(request) {
            return details::read(self, dialect, case, credentials).await;
        }
        if dialect == Dialect::Queries {
            return Asker { client: self, credentials }.send(request).await;
        }
        let Some(http) = encode::request(request) else {
            return Err(classify::unaskable(request));
        };
        let asked = Asked { call: http.call, with_token: credentials.is_some() };
        let answer = self.exchange(http, credentials).await?;
        self.learn(dialect::shown_by(request, &answer));
        decode::reply(&self.inner.server, request, &answer).ok_or_else(|| classify::answer(asked, &answer))
    }

    /// Asks the server what it is, without a token.
    ///
    /// # Errors
    /// [`Failure`]; with [`OtherDialect`](Rejection::OtherDialect) when something answers that is no
    /// server of this contract.
    pub async fn probe(&self) -> Result<ServerInfo, Failure> {
        let info = probe::ask(async |path| self.exchange(encode::probe(path), None).await).await?;
        self.learn(Some(info.dialect));
        Ok(info)
    }

    /// Signs in. The answer holds a session where the server opens one along the way.
    ///
    /// # Errors
    /// [`SignInFailure`], whose text is for the person.
    pub async fn sign_in(&self, sign_in: &SignIn) -> Result<SignedIn, SignInFailure> {
        // Links are made by the local server, at the same address in both dialects.
        let dialect = match sign_in {
            SignIn::StartToken { .. } => self.dialect().unwrap_or(Dialect::Turns),
            _ => self.settle_dialect().await.map_err(not_offered)?,
        };
        let http = sign_in_request(dialect, sign_in);
        let asked = Asked { call: http.call, with_token: false };
        let answer = self.exchange(http, None).await.map_err(SignInFailure::Failed)?;
        expected(&answer, |text| wire::read_sign_in(text, clock::wall()))
            .ok_or_else(|| sign_in_failure(asked, &answer))
    }

    /// Ends a sign-in on the server's page: trades its code for tokens, once.
    ///
    /// # Errors
    /// [`SignInFailure`]; [`CodeRefused`](SignInFailure::CodeRefused) when the code is dead.
    pub async fn exchange_code(
        &self,
        authorization: &Authorization,
        code: &Secret,
    ) -> Result<SignedIn, SignInFailure> {
        let http = encode::exchange_code(authorization, code);
        let asked = Asked { call: http.call, with_token: false };
        let answer = self.exchange(http, None).await.map_err(SignInFailure::Failed)?;
        let read = |text: &str| wire::read_code_exchange(text, &authorization.client_id, clock::wall());
        expected(&answer, read).ok_or_else(|| sign_in_failure(asked, &answer))
    }

    /// Trades the refresh token for a new pair. The old one is dead afterwards: only one call at a time
    /// over all windows, and the result is stored before it is used.
    ///
    /// # Errors
    /// [`TokenRefused`](FailureClass::TokenRefused): the tokens are dead. Anything else: they are kept.
    pub async fn refresh(&self, credentials: &Credentials) -> Result<Credentials, Failure> {
        let Some(token) = &credentials.refresh else {
            return Err(Failure::of(FailureClass::TokenRefused));
        };
        let asked = Asked { call: Call::Refresh, with_token: false };
        let http = match &credentials.oauth_client {
            Some(client_id) => encode::oauth_refresh(client_id, token),
            None => encode::refresh(token),
        };
        let answer = self.exchange(http, None).await?;
        let refreshed =
            expected(&answer, wire::Refreshed::read).ok_or_else(|| classify::answer(asked, &answer))?;
        Ok(refreshed.replace(credentials, clock::wall()))
    }

    /// Opens a session, or resumes the live one of this installation. Where the server knows the
    /// installation's id from an expired session, a new id is made and the call repeated once
    /// (contract 2.2); see [`installation`](Self::installation).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn open_session(&self, credentials: &Credentials) -> Result<SessionId, Failure> {
        let refused = match self.try_session(credentials).await {
            Err(failure) if is_expired_installation(&failure) => failure,
            done => return done,
        };
        let Some(fresh) = InstallationId::random() else {
            return Err(refused);
        };
        self.inner.installation.replace(fresh);
        self.try_session(credentials).await
    }

    async fn try_session(&self, credentials: &Credentials) -> Result<SessionId, Failure> {
        // Under the old session the server may refuse to open a new one.
        let sessionless = Credentials { session: None, ..credentials.clone() };
        let http = encode::open_session(self.installation().as_str());
        let asked = Asked { call: http.call, with_token: true };
        let answer = self.exchange(http, Some(&sessionless)).await?;
        expected(&answer, wire::Session::read).ok_or_else(|| classify::answer(asked, &answer))
    }

    /// Keeps the session alive; about every 10 minutes while the panel is visible.
    ///
    /// # Errors
    /// [`Failure`]; [`SessionExpired`](FailureClass::SessionExpired) also when there is none.
    pub async fn heartbeat(&self, credentials: &Credentials) -> Result<(), Failure> {
        let Some(session) = &credentials.session else {
            return Err(Failure::of(FailureClass::SessionExpired));
        };
        self.confirmed(encode::heartbeat(session), credentials).await.map(drop)
    }

    /// Tells the server that the person signs out. Local sign-out completes whatever comes of it.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn sign_out(&self, credentials: &Credentials) -> Result<SignedOut, Failure> {
        let answer = self.confirmed(encode::sign_out(), credentials).await;
        if let (Some(client_id), Some(token)) = (&credentials.oauth_client, &credentials.refresh) {
            // The access token ends by itself in minutes; the refresh token would live for days.
            let _ = self.exchange(encode::oauth_revoke(client_id, token), None).await;
        }
        let answer = answer?;
        Ok(wire::read_sign_out(answer.text().unwrap_or_default()))
    }

    /// Sends what is answered by any 2xx, with or without a body.
    async fn confirmed(&self, http: HttpRequest, credentials: &Credentials) -> Result<HttpAnswer, Failure> {
        let asked = Asked { call: http.call, with_token: true };
        let answer = self.exchange(http, Some(credentials)).await?;
        if answer.is_success() && !answer.is_foreign() {
            Ok(answer)
        } else {
            Err(classify::answer(asked, &answer))
        }
    }

    pub(crate) async fn exchange(
        &self,
        http: HttpRequest,
        credentials: Option<&Credentials>,
    ) -> Result<HttpAnswer, Failure> {
        let Inner { server, timeouts, transport, .. } = &*self.inner;
        let call = http.call;
        let outgoing = Outgoing {
            method: http.method,
            url: server.with_path(&http.path),
            headers: http.headers(credentials),
            body: http.content.map(|content| content.bytes),
            patience: timeouts.of(call),
        };
        transport.run(outgoing).await.map_err(|broken| classify::broken(call, broken))
    }
}

fn expected<T>(answer: &HttpAnswer, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    read(answer.text().filter(|_| answer.is_success())?)
}

fn is_expired_installation(failure: &Failure) -> bool {
    matches!(failure.status, Some(404 | 410)) && failure.class != FailureClass::CaptivePortal
}

fn not_offered(failure: Failure) -> SignInFailure {
    match failure.class {
        FailureClass::Rejected(Rejection::OtherDialect) => SignInFailure::NotOffered,
        _ => SignInFailure::Failed(failure),
    }
}

fn sign_in_request(dialect: Dialect, sign_in: &SignIn) -> HttpRequest {
    let (call, path, fields) = match sign_in {
        SignIn::Login { username, password } => {
            let password = password.as_ref().map(|password| &password.0);
            let path = match dialect {
                Dialect::Turns => "/api/v1/auth/login",
                Dialect::Queries => "/api/v1/auth/dev-login",
            };
            (Call::Login, path, vec![("username", Some(username)), ("password", password)])
        }
        SignIn::Register { username, password, email, display_name } => {
            let password = password.as_ref().map(|password| &password.0);
            let named = [("username", Some(username)), ("password", password)];
            let about = [("email", email.as_ref()), ("display_name", display_name.as_ref())];
            let path = match dialect {
                Dialect::Turns => "/api/v1/auth/register",
                Dialect::Queries => "/api/v1/auth/dev-register",
            };
            (Call::Register, path, named.into_iter().chain(about).collect())
        }
        SignIn::StartToken { token, claim } => {
            let mut given = json!({ "token": token.reveal() });
            if let Some(claim) = claim {
                given["claim"] = json!(claim.reveal());
            }
            return encode::sign_in(Call::StartToken, "/api/v1/auth/token", &given);
        }
    };
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
    encode::sign_in(call, path, &given.collect::<serde_json::Map<_, _>>().into())
}

fn sign_in_failure(asked: Asked, answer: &HttpAnswer) -> SignInFailure {
    let failure = classify::answer(asked, answer);
    if !matches!(failure.class, FailureClass::Rejected(_)) {
        return SignInFailure::Failed(failure);
    }
    match (asked.call, answer.head.status) {
        (Call::Exchange, 400 | 401) => SignInFailure::CodeRefused,
        (Call::StartToken, 401) => SignInFailure::LinkUsed,
        (_, 401) => SignInFailure::Unknown,
        (Call::Register, 409) => SignInFailure::NameTaken,
        (_, 404 | 405) => SignInFailure::NotOffered,
        (_, 400 | 422) => SignInFailure::Entry { message: failure.message },
        _ => SignInFailure::Failed(failure),
    }
}
