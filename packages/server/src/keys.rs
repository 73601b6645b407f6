//! Idempotency keys on the wire: their form, and the replay of a first answer (contract 4.1).
//!
//! Receipts themselves live in `store::receipts`; keys in use right now in `turns::queue`.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;

use crate::outcome::Replayed;
use crate::refusal::Refusal;
use crate::store::receipts::{self, Receipt, Scope};
use crate::words;

/// Says how a title came about: llm, fallback, existing.
pub(crate) const TITLE_SOURCE: HeaderName = HeaderName::from_static("x-title-source");
const REPLAYED: HeaderName = HeaderName::from_static("x-idempotency-replayed");

/// The key of a request, when it has one.
pub(crate) fn key_of(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    let good = (8..=255).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if good {
        Ok(Some(key.to_owned()))
    } else {
        Err(Refusal::new(StatusCode::BAD_REQUEST, "INVALID_IDEMPOTENCY_KEY", words::KEY_FORMAT)
            .field("error_type", "InvalidIdempotencyKey"))
    }
}

/// The receipt of an earlier use of the key with the same content; other content is refused.
pub(crate) fn earlier(
    db: &Connection,
    scope: &Scope,
    content_hash: &str,
) -> Result<Option<Receipt>, Refusal> {
    match receipts::find(db, scope)? {
        Some(receipt) if receipt.content_hash != content_hash => Err(reused()),
        other => Ok(other),
    }
}

/// 409: the key belongs to other content.
pub(crate) fn reused() -> Refusal {
    Refusal::conflict("IDEMPOTENCY_KEY_REUSE", words::KEY_REUSED)
}

/// Answers as the first time, or says that the stored answer is gone.
pub(crate) fn replay(receipt: Receipt) -> Response {
    let Some(answer) = receipt.answer else {
        return Refusal::conflict("IDEMPOTENCY_REPLAY_UNAVAILABLE", words::ANSWER_PRUNED).into_response();
    };
    let mut response = from_receipt(receipt.status, answer, receipt.location.as_deref());
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(value) = receipt.title_source.and_then(|source| HeaderValue::from_str(&source).ok()) {
        headers.insert(TITLE_SOURCE, value);
    }
    response.extensions_mut().insert(Replayed { turn_number: receipt.turn_number });
    response
}

/// An answer from its stored parts. A 202 asks for the first poll after two seconds, now as then.
pub(crate) fn from_receipt(status: u16, json: String, location: Option<&str>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], json).into_response();
    if let Some(value) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    if status == StatusCode::ACCEPTED {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_eight_to_255_harmless_characters() {
        let check = |key: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("idempotency-key", HeaderValue::from_str(key).unwrap());
            key_of(&headers).is_ok()
        };
        assert!(check("0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da"));
        assert!(check("abcd_EFG"));
        for bad in ["short", "has space", "semi;colon;", "", &"x".repeat(256)] {
            assert!(!check(bad), "{bad}");
        }
    }
}
