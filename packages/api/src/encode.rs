//! Requests of the core as HTTP: method, path, headers, body bytes.
//!
//! For one request the bytes are the same at every attempt, on every platform and after every restart
//! (I4, contract 4.1): whatever varies between attempts (tokens, the session) goes into headers, never
//! into a path or a body. Only [`RealId`]s reach a path, so a local id cannot be sent (I14).

use copilot_core::ids::{OperationId, RealId};
use copilot_core::request::Request;
use serde_json::json;

use crate::call::Call;
use crate::credentials::{Credentials, Secret, SessionId};
use crate::job;
use crate::oauth::Authorization;

mod multipart;
pub(crate) mod queries;
mod turn;

/// Rows that a server accepts to be asked for at once (contract 2.3, 2.5).
const PAGE_ROWS: std::ops::RangeInclusive<u32> = 1..=100;

/// Words that a title made by the server may have: the contract's default (contract 2.5).
const TITLE_WORDS: u32 = 8;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A body and its `Content-Type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Content {
    fn json(value: &serde_json::Value) -> Self {
        Self { media_type: "application/json".into(), bytes: value.to_string().into_bytes() }
    }
}

/// A request, ready for the transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpRequest {
    pub(crate) call: Call,
    pub(crate) method: Method,
    /// Path and query on the server's origin.
    pub(crate) path: String,
    pub(crate) content: Option<Content>,
    /// `Idempotency-Key`.
    pub(crate) key: Option<Key>,
}

/// The `Idempotency-Key` of a request: the id of its operation. A request that is one of several of its
/// operation, or is in the queries dialect, adds what tells it apart: re-encoded for another dialect it is
/// other content, and needs another key (contract 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    operation: OperationId,
    suffix: &'static str,
}

impl Key {
    pub(crate) const fn with_suffix(operation: OperationId, suffix: &'static str) -> Self {
        Self { operation, suffix }
    }
}

impl From<OperationId> for Key {
    fn from(operation: OperationId) -> Self {
        Self { operation, suffix: "" }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.operation, self.suffix)
    }
}

impl HttpRequest {
    fn new(call: Call, method: Method, path: impl Into<String>) -> Self {
        Self { call, method, path: path.into(), content: None, key: None }
    }

    fn with_json(self, value: &serde_json::Value) -> Self {
        Self { content: Some(Content::json(value)), ..self }
    }

    /// Every header that is sent (contract 2).
    pub(crate) fn headers(&self, credentials: Option<&Credentials>) -> Vec<(&'static str, String)> {
        let mut headers = vec![("Accept", "application/json".to_owned())];
        if let Some(content) = &self.content {
            headers.push(("Content-Type", content.media_type.clone()));
        }
        if let Some(key) = self.key {
            headers.push(("Idempotency-Key", key.to_string()));
        }
        if let Some(credentials) = credentials {
            headers.push(("Authorization", format!("Bearer {}", credentials.access.reveal())));
            if let Some(session) = &credentials.session {
                headers.push(("X-Session-Id", session.as_str().to_owned()));
            }
        }
        headers
    }
}

/// Encodes a request of the core. `None` for those that are not one HTTP request of their own (probe
/// and renewals), and for a job whose address could lead elsewhere.
pub(crate) fn request(request: &Request) -> Option<HttpRequest> {
    let call = Call::of(request)?;
    Some(match request {
        Request::Probe | Request::RenewToken | Request::RenewSession => return None,
        Request::ListCases { offset, limit } => {
            HttpRequest::new(call, Method::Get, format!("/api/v1/cases?{}", page(*offset, *limit)))
        }
        // A read, although it is a POST: it carries no key, because it may run as often as it likes.
        Request::SearchCases { text, limit } => {
            let limit = (*limit).clamp(*PAGE_ROWS.start(), *PAGE_ROWS.end());
            let request = HttpRequest::new(call, Method::Post, "/api/v1/cases/search");
            request.with_json(&json!({ "query": text, "state": null, "limit": limit }))
        }
        Request::ReadCase { case } => self::case(case),
        Request::ReadDetails { case } => details(case),
        Request::ListMessages { case, offset, limit } => HttpRequest::new(
            call,
            Method::Get,
            format!("{}/messages?{}", case_path(case), page(*offset, *limit)),
        ),
        // No session_id in the body: a retry under a new session would be other content under the same key.
        Request::CreateCase { key } => {
            let request = HttpRequest::new(call, Method::Post, "/api/v1/cases");
            HttpRequest { key: Some((*key).into()), ..request.with_json(&json!({ "title": null })) }
        }
        Request::SubmitTurn { key, case, turn } => {
            let request = HttpRequest::new(call, Method::Post, turns_path(case));
            HttpRequest { key: Some((*key).into()), content: Some(turn::content(*key, turn)), ..request }
        }
        Request::PollJob { job, .. } => HttpRequest::new(call, Method::Get, job::path(job)?),
        Request::Rename { case, title } => {
            HttpRequest::new(call, Method::Put, case_path(case)).with_json(&json!({ "title": title }))
        }
        Request::GenerateTitle { key, case } => {
            let request = HttpRequest::new(call, Method::Post, format!("{}/title", case_path(case)));
            HttpRequest {
                key: Some((*key).into()),
                ..request.with_json(&json!({ "max_words": TITLE_WORDS }))
            }
        }
        Request::Delete { case } => HttpRequest::new(call, Method::Delete, case_path(case)),
    })
}

/// One case.
pub(crate) fn case(case: &RealId) -> HttpRequest {
    HttpRequest::new(Call::ReadCase, Method::Get, case_path(case))
}

/// What a screen shows of a case.
pub(crate) fn details(case: &RealId) -> HttpRequest {
    HttpRequest::new(Call::ReadDetails, Method::Get, format!("{}/ui", case_path(case)))
}

/// The files of a case; more than a page of them is not shown.
pub(crate) fn files(case: &RealId) -> HttpRequest {
    let path = format!("{}/uploaded-files?{}", case_path(case), page(0, *PAGE_ROWS.end()));
    HttpRequest::new(Call::ReadDetails, Method::Get, path)
}

/// A question to the server itself, without a token.
pub(crate) fn probe(path: &str) -> HttpRequest {
    HttpRequest::new(Call::Probe, Method::Get, path)
}

/// A sign-in; `body` has its content.
pub(crate) fn sign_in(call: Call, path: &str, body: &serde_json::Value) -> HttpRequest {
    HttpRequest::new(call, Method::Post, path).with_json(body)
}

/// Trades an authorization code for tokens, once.
pub(crate) fn exchange_code(authorization: &Authorization, code: &Secret) -> HttpRequest {
    HttpRequest::new(Call::Exchange, Method::Post, "/api/v1/auth/oauth/token").with_json(&json!({
        "grant_type": "authorization_code",
        "client_id": authorization.client_id,
        "code": code.reveal(),
        "code_verifier": authorization.verifier().reveal(),
        "redirect_uri": authorization.redirect_uri,
    }))
}

/// Renews tokens that came by OAuth.
pub(crate) fn oauth_refresh(client_id: &str, token: &Secret) -> HttpRequest {
    HttpRequest::new(Call::Refresh, Method::Post, "/api/v1/auth/oauth/token").with_json(&json!({
        "grant_type": "refresh_token",
        "client_id": client_id,
        "refresh_token": token.reveal(),
    }))
}

/// Takes a refresh token out of use.
pub(crate) fn oauth_revoke(client_id: &str, token: &Secret) -> HttpRequest {
    HttpRequest::new(Call::Revoke, Method::Post, "/api/v1/auth/oauth/revoke").with_json(&json!({
        "token": token.reveal(),
        "token_type_hint": "refresh_token",
        "client_id": client_id,
    }))
}

pub(crate) fn refresh(token: &Secret) -> HttpRequest {
    HttpRequest::new(Call::Refresh, Method::Post, "/api/v1/auth/refresh")
        .with_json(&json!({ "refresh_token": token.reveal() }))
}

/// Opens a session, or resumes the live one of the same `client_id` (contract 2.2).
pub(crate) fn open_session(client_id: &str) -> HttpRequest {
    HttpRequest::new(Call::OpenSession, Method::Post, "/api/v1/sessions").with_json(&json!({
        "client_id": client_id,
        "session_type": "troubleshooting",
        "timeout_minutes": 180,
        "metadata": { "surface": "side_panel" },
    }))
}

pub(crate) fn heartbeat(session: &SessionId) -> HttpRequest {
    let path = format!("/api/v1/sessions/{}/heartbeat", segment(session.as_str()));
    HttpRequest::new(Call::Heartbeat, Method::Post, path)
}

pub(crate) fn sign_out() -> HttpRequest {
    HttpRequest::new(Call::SignOut, Method::Post, "/api/v1/auth/logout")
}

/// Where turns of a case are sent; a relative `Location` of a job is relative to this.
pub(crate) fn turns_path(case: &RealId) -> String {
    format!("{}/turns", case_path(case))
}

fn case_path(case: &RealId) -> String {
    format!("/api/v1/cases/{}", segment(case.as_str()))
}

fn page(offset: u32, limit: u32) -> String {
    format!("limit={}&offset={offset}", limit.clamp(*PAGE_ROWS.start(), *PAGE_ROWS.end()))
}

/// A path segment, percent-encoded outside the unreserved characters of RFC 3986, 2.3.
pub(crate) fn segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;
