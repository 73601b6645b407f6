//! Error answers: status, `x-error-code`, and a JSON body whose `detail` is a plain sentence (contract 4.2, 4.3).
//!
//! Sentences live in `words`; this module only gives them their wire form.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::secrets::NoEntropy;
use crate::store::StoreError;
use crate::words;

/// The machine-readable reason of an error answer.
pub(crate) const ERROR_CODE: HeaderName = HeaderName::from_static("x-error-code");

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    body: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal with `detail` as the sentence to show.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("detail".into(), Value::String(detail.into()));
        body.insert("code".into(), Value::String(code.into()));
        Self { status, code, body, headers: Vec::new() }
    }

    /// 400: the request cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", detail)
    }

    /// 401 about the access token: the client renews it or signs in.
    pub(crate) fn token(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "TOKEN_INVALID", detail)
            .header(header::WWW_AUTHENTICATE, "Bearer")
    }

    /// 401 about the session: the token is fine, the client makes a new session.
    pub(crate) fn session_expired() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "SESSION_EXPIRED", words::SESSION_OVER)
    }

    /// 401 about a name, a password or a start token.
    pub(crate) fn sign_in(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "SIGN_IN_REFUSED", detail)
    }

    /// 404: absent, or not this user's.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail)
    }

    /// 409 with one of the codes of contract 4.3.
    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 409 `CASE_TERMINAL`: the case is resolved or closed.
    pub(crate) fn terminal(case_id: &str) -> Self {
        Self::conflict("CASE_TERMINAL", words::CASE_TERMINAL)
            .field("error", "Conflict")
            .field("status_code", 409)
            .field("resource_type", "case")
            .field("resource_id", case_id)
            .field("conflict_reason", "terminal")
    }

    /// 429 of a limit in this server; body and header say how long to wait.
    pub(crate) fn rate_limited(sentence: impl Into<String>, seconds: u64) -> Self {
        let sentence = sentence.into();
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMIT_EXCEEDED", sentence.clone())
            .field("error_type", "rate_limit_exceeded")
            .field("message", sentence)
            .retry_after(seconds)
    }

    /// 413: `what` is larger than `limit` bytes.
    pub(crate) fn too_large(what: &str, limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", words::too_large(what, limit))
            .field("max_bytes", limit)
    }

    /// 422 about one field, in the list form of contract 4.2.
    pub(crate) fn field_error(place: &str, field: &str, kind: &str, message: impl Into<String>) -> Self {
        let mut refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR", "");
        refusal.body.insert(
            "detail".into(),
            json!([{ "type": kind, "loc": [place, field], "msg": message.into(), "input": null }]),
        );
        refusal
    }

    /// 422 about a query or form value that has the wrong form.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::field_error("body", field, "value_error", message)
    }

    /// 500: this server failed; nothing was stored.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "SERVICE_ERROR", words::INTERNAL).retry_after(10)
    }

    /// Adds `Retry-After` in seconds, in the header and in the body.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, &seconds.to_string()).field("retry_after", seconds)
    }

    /// Adds a header; values that no header may carry are left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Adds a field to the body.
    pub(crate) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.into(), value.into());
        self
    }

    /// The sentence a person would be shown; used where a failed job reports its reason.
    pub(crate) fn sentence(&self) -> String {
        match self.body.get("detail") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(|entry| entry.get("msg").and_then(Value::as_str))
                .collect::<Vec<_>>()
                .join(" "),
            _ => words::INTERNAL.to_owned(),
        }
    }

    /// The machine-readable reason.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(Value::Object(self.body))).into_response();
        let headers = response.headers_mut();
        headers.insert(ERROR_CODE, HeaderValue::from_static(self.code));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Closed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "SHUTTING_DOWN", words::SHUTTING_DOWN)
                    .retry_after(5)
            }
            StoreError::Full => Self::new(StatusCode::INSUFFICIENT_STORAGE, "DISK_FULL", words::DISK_FULL),
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::internal()
            }
        }
    }
}

impl From<NoEntropy> for Refusal {
    fn from(error: NoEntropy) -> Self {
        tracing::error!(%error, "no random bytes");
        Self::internal()
    }
}
