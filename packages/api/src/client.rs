//! One server, as the runtime sees it: questions in, answers in the core's own terms out.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_core::request::{Outcome, Reply, Request};
use copilot_core::{Failure, FailureClass, Rejection};
use serde_json::json;

use crate::account::{SignIn, SignedIn, SignedOut};
use crate::address::ServerAddress;
use crate::answer::HttpAnswer;
use crate::call::{Call, Timeouts};
use crate::classify::{self, Asked};
use crate::credentials::{Credentials, SessionId};
use crate::encode::{self, HttpRequest};
use crate::error::SignInFailure;
use crate::installation::InstallationId;
use crate::probe::{self, ServerInfo};
use crate::transport::{Outgoing, Transport};
use crate::{clock, decode, wire};

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
        Self { inner: Rc::new(Inner { server, timeouts, transport, installation }) }
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

    /// Carries out a request of the core.
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
        let Some(http) = encode::request(request) else {
            // A job without a usable address: its turn may have been stored.
            let lost = matches!(request, Request::PollJob { .. });
            let class =
                if lost { FailureClass::Uncertain } else { FailureClass::Rejected(Rejection::Refused) };
            return Err(Failure::of(class));
        };
        let asked = Asked { call: http.call, with_token: credentials.is_some() };
        let answer = self.exchange(http, credentials).await?;
        decode::reply(&self.inner.server, request, &answer).ok_or_else(|| classify::answer(asked, &answer))
    }

    /// Asks the server what it is, without a token.
    ///
    /// # Errors
    /// [`Failure`]; with [`OtherDialect`](Rejection::OtherDialect) when something answers that is no
    /// server of this contract.
    pub async fn probe(&self) -> Result<ServerInfo, Failure> {
        probe::ask(async |path| self.exchange(encode::probe(path), None).await).await
    }

    /// Signs in. The answer holds a session where the server opens one along the way.
    ///
    /// # Errors
    /// [`SignInFailure`], whose text is for the person.
    pub async fn sign_in(&self, sign_in: &SignIn) -> Result<SignedIn, SignInFailure> {
        let http = sign_in_request(sign_in);
        let asked = Asked { call: http.call, with_token: false };
        let answer = self.exchange(http, None).await.map_err(SignInFailure::Failed)?;
        expected(&answer, |text| wire::read_sign_in(text, clock::wall()))
            .ok_or_else(|| sign_in_failure(asked, &answer))
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
        let answer = self.exchange(encode::refresh(token), None).await?;
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
        let answer = self.confirmed(encode::sign_out(), credentials).await?;
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

    async fn exchange(
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
            timeout: timeouts.of(call),
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

fn sign_in_request(sign_in: &SignIn) -> HttpRequest {
    let (call, path, fields) = match sign_in {
        SignIn::Login { username, password } => {
            let password = password.as_ref().map(|password| &password.0);
            (Call::Login, "/api/v1/auth/login", vec![("username", Some(username)), ("password", password)])
        }
        SignIn::Register { username, password, email, display_name } => {
            let password = password.as_ref().map(|password| &password.0);
            let named = [("username", Some(username)), ("password", password)];
            let about = [("email", email.as_ref()), ("display_name", display_name.as_ref())];
            (Call::Register, "/api/v1/auth/register", named.into_iter().chain(about).collect())
        }
        SignIn::StartToken(token) => {
            return encode::sign_in(
                Call::StartToken,
                "/api/v1/auth/token",
                &json!({ "token": token.reveal() }),
            );
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
        (Call::StartToken, 401) => SignInFailure::LinkUsed,
        (_, 401) => SignInFailure::Unknown,
        (Call::Register, 409) => SignInFailure::NameTaken,
        (_, 404 | 405) => SignInFailure::NotOffered,
        (_, 400 | 422) => SignInFailure::Entry { message: failure.message },
        _ => SignInFailure::Failed(failure),
    }
}
