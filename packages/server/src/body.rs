//! Reads whole request bodies within a size and a time, and JSON out of them.
//!
//! Bodies are read before anything runs, so that a half-sent request has no effect.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;
use crate::words;

/// A client that is still sending reads no answer, it sees a reset connection. So this many bytes of a body that is too
/// large are read and thrown away before the 413 goes out.
const DRAIN_BYTES: usize = 128 * 1024 * 1024;

/// Reads a body of at most `limit` bytes within `timeout`.
pub(crate) async fn read(
    body: Incoming,
    headers: &HeaderMap,
    limit: usize,
    timeout: Duration,
) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(timeout, collect(body, headers, limit)).await {
        Ok(result) => result,
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "READ_TIMEOUT", words::READ_TIMEOUT)
            .header(header::CONNECTION, "close")),
    }
}

async fn collect(mut body: Incoming, headers: &HeaderMap, limit: usize) -> Result<Bytes, Refusal> {
    let announced = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    let waits_for_permission = headers.contains_key(header::EXPECT);
    let hopeless =
        announced.is_some_and(|bytes| bytes > DRAIN_BYTES || (bytes > limit && waits_for_permission));
    if hopeless {
        return Err(over(limit));
    }
    let mut kept = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::bad_request(words::BODY_BROKEN))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else {
            kept = BytesMut::new();
        }
        if seen > DRAIN_BYTES {
            break;
        }
    }
    if seen > limit { Err(over(limit)) } else { Ok(kept.freeze()) }
}

fn over(limit: usize) -> Refusal {
    Refusal::too_large("The request", limit).header(header::CONNECTION, "close")
}

/// A JSON body of a call that needs one.
pub(crate) fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Refusal> {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("application/json"));
    if !is_json {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            words::NOT_JSON,
        ));
    }
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            Refusal::field_error("body", "", "value_error", format!("{error}."))
        } else {
            Refusal::bad_request(format!("The JSON body can't be read: {error}."))
        }
    })
}

/// A JSON body of a call whose body may be left out.
pub(crate) fn optional_json<T: DeserializeOwned + Default>(
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<T, Refusal> {
    if body.is_empty() { Ok(T::default()) } else { json(headers, body) }
}
