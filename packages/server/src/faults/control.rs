//! The `/__faults` calls that write the script, read the log, end hanging requests and empty the store.
//!
//! They answer without a token; the connection layer has already checked `Host` and `Origin`. Rules never touch them.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

use super::engine::Faults;
use super::rules::{Rule, Script};
use crate::app::App;
use crate::refusal::Refusal;
use crate::words;

/// Where the calls live.
pub(crate) const PREFIX: &str = "/__faults";

/// Answers one `/__faults` call.
pub(crate) async fn control(
    app: &Arc<App>,
    faults: &Faults,
    head: (&Method, &Uri, &HeaderMap),
    body: &Bytes,
) -> Response {
    answer(app, faults, head.0, head.1, body).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(
    app: &Arc<App>,
    faults: &Faults,
    method: &Method,
    uri: &Uri,
    body: &Bytes,
) -> Result<Response, Refusal> {
    let rest = uri.path().strip_prefix(PREFIX).unwrap_or_default().trim_matches('/');
    match (method.as_str(), rest) {
        ("PUT", "") => {
            let script: Script = parse(body)?;
            let seed = script.seed;
            let rules = faults.replace(script).map_err(Refusal::bad_request)?;
            Ok(Json(json!({ "seed": seed, "rules": rules })).into_response())
        }
        ("GET", "") => Ok(Json(faults.describe()).into_response()),
        ("DELETE", "") => {
            faults.clear();
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        ("POST", "rules") => {
            let rule: Rule = parse(body)?;
            let kept = faults.append(rule).map_err(Refusal::bad_request)?;
            Ok((StatusCode::CREATED, Json(kept)).into_response())
        }
        ("POST", "release") => Ok(Json(json!({ "released": faults.release() })).into_response()),
        ("POST", "reset") => {
            app.empty().await?;
            faults.reset();
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        ("GET", "log") => Ok(Json(faults.log(after(uri)?)).into_response()),
        ("DELETE", path) => match path.strip_prefix("rules/") {
            Some(id) if faults.remove(id) => Ok(StatusCode::NO_CONTENT.into_response()),
            _ => Err(Refusal::not_found("There is no such rule.")),
        },
        _ => Err(Refusal::not_found(words::NO_SUCH_PATH)),
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("The rules can't be read: {error}.")))
}

fn after(uri: &Uri) -> Result<u64, Refusal> {
    let value = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("after="));
    match value {
        None => Ok(0),
        Some(text) => text.parse().map_err(|_| Refusal::bad_request("after must be a whole number.")),
    }
}
