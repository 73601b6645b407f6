//! Whether there is a server of ours, its dialect, what it allows and how one signs in (contract 1, rows
//! 1 to 3).

use std::sync::Arc;

use copilot_core::request::Limits;
use copilot_core::{Failure, FailureClass, Rejection};

use crate::answer::HttpAnswer;
use crate::call::Call;
use crate::classify::{self, Asked};
use crate::dialect::Dialect;
use crate::oauth::OAuthOffer;
use crate::wire::{AuthConfig, Capabilities};

/// Where capabilities are found: the place of contract 2.0.0, then its later place.
const CAPABILITIES: [&str; 2] = ["/v1/meta/capabilities", "/api/v1/meta/capabilities"];

/// Where the way to sign in is found.
const AUTH_CONFIG: &str = "/api/v1/auth/config";

/// Where a server of the queries dialect asks for a token.
const ME: &str = "/api/v1/auth/me";

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// How it is to be talked to.
    pub dialect: Dialect,
    /// What it allows; the contract's defaults where it is silent.
    pub limits: Limits,
    /// What its operator calls it.
    pub name: Option<Arc<str>>,
    /// How one signs in, if it said.
    pub sign_in: Option<SignInMode>,
    /// How to sign in by OAuth, where that is the way.
    pub oauth: Option<OAuthOffer>,
}

/// How one signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInMode {
    /// With a name, at the server itself.
    Local {
        /// Whether new names may be registered.
        registration: bool,
    },
    /// With OAuth, on a page of the server's dashboard.
    OAuth,
    /// A word of a newer server.
    Other(Arc<str>),
}

impl SignInMode {
    fn read(config: AuthConfig) -> Self {
        match config.auth_mode.as_str() {
            "local" => Self::Local { registration: config.supports_registration.unwrap_or(false) },
            "oauth" => Self::OAuth,
            _ => Self::Other(config.auth_mode.into()),
        }
    }
}

/// Asks the server. `ask` sends a GET without a token; only a broken connection ends the questions
/// early, because any page, error or silence may concern one address alone.
pub(crate) async fn ask(
    ask: impl AsyncFn(&'static str) -> Result<HttpAnswer, Failure>,
) -> Result<ServerInfo, Failure> {
    let mut doubt = Doubt::default();
    let mut capabilities = None;
    for path in CAPABILITIES {
        let answer = ask(path).await?;
        capabilities = expected(&answer, Capabilities::read);
        if capabilities.is_some() {
            break;
        }
        doubt.note(&answer);
    }
    let config = match ask(AUTH_CONFIG).await {
        Ok(answer) => {
            let config = expected(&answer, AuthConfig::read);
            if config.is_none() {
                doubt.note(&answer);
            }
            config
        }
        // What is known by now is worth more than nothing.
        Err(_) if capabilities.is_some() => None,
        Err(failure) => return Err(failure),
    };
    if capabilities.is_none() && config.is_none() {
        if doubt.0.is_some() {
            return Err(doubt.verdict());
        }
        // All of them were "not found" in JSON: only now the last question means anything.
        let answer = ask(ME).await?;
        let wants_a_token = answer.head.status == 401 && !answer.is_foreign();
        if !wants_a_token {
            doubt.note(&answer);
            return Err(doubt.verdict());
        }
        return Ok(ServerInfo {
            dialect: Dialect::Queries,
            limits: Dialect::Queries.limits(),
            name: None,
            sign_in: Some(SignInMode::Local { registration: true }),
            oauth: None,
        });
    }
    Ok(ServerInfo {
        dialect: Dialect::Turns,
        limits: capabilities.as_ref().map_or_else(|| Dialect::Turns.limits(), Capabilities::limits),
        name: capabilities.as_ref().and_then(Capabilities::name),
        oauth: config
            .as_ref()
            .and_then(|config| config.offer(capabilities.as_ref().and_then(Capabilities::dashboard))),
        sign_in: config.map(SignInMode::read),
    })
}

fn expected<T>(answer: &HttpAnswer, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    read(answer.text().filter(|_| answer.head.status == 200)?)
}

/// Why no answer decided: a passing trouble outranks "not found", which says that it is another server.
#[derive(Default)]
struct Doubt(Option<Failure>);

impl Doubt {
    fn note(&mut self, answer: &HttpAnswer) {
        let failure = classify::answer(Asked { call: Call::Probe, with_token: false }, answer);
        // A 404 with a page is somebody else's, and says nothing about this server.
        let absent = answer.head.status == 404 && !answer.is_foreign();
        if !absent && self.0.is_none() {
            self.0 = Some(failure);
        }
    }

    fn verdict(self) -> Failure {
        self.0.unwrap_or_else(|| Failure::of(FailureClass::Rejected(Rejection::OtherDialect)))
    }
}
