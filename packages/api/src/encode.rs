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

mod multipart;
mod turn;

/// Rows that a server accepts to be asked for at once (contract 2.3, 2.5).
const PAGE_ROWS: std::ops::RangeInclusive<u32> = 1..=100;

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
    pub(crate) key: Option<OperationId>,
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
        Request::ReadCase { case } => HttpRequest::new(call, Method::Get, case_path(case)),
        Request::ListMessages { case, offset, limit } => HttpRequest::new(
            call,
            Method::Get,
            format!("{}/messages?{}", case_path(case), page(*offset, *limit)),
        ),
        // No session_id in the body: a retry under a new session would be other content under the same key.
        Request::CreateCase { key } => {
            let request = HttpRequest::new(call, Method::Post, "/api/v1/cases");
            HttpRequest { key: Some(*key), ..request.with_json(&json!({ "title": null })) }
        }
        Request::SubmitTurn { key, case, turn } => {
            let request = HttpRequest::new(call, Method::Post, turns_path(case));
            HttpRequest { key: Some(*key), content: Some(turn::content(*key, turn)), ..request }
        }
        Request::PollJob { job, .. } => HttpRequest::new(call, Method::Get, job::path(job)?),
        Request::Rename { case, title } => {
            HttpRequest::new(call, Method::Put, case_path(case)).with_json(&json!({ "title": title }))
        }
        Request::Delete { case } => HttpRequest::new(call, Method::Delete, case_path(case)),
    })
}

/// A question to the server itself, without a token.
pub(crate) fn probe(path: &str) -> HttpRequest {
    HttpRequest::new(Call::Probe, Method::Get, path)
}

/// A sign-in; `body` has its content.
pub(crate) fn sign_in(call: Call, path: &str, body: &serde_json::Value) -> HttpRequest {
    HttpRequest::new(call, Method::Post, path).with_json(body)
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
mod tests;
