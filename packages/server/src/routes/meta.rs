//! What the server is: health, capabilities, the way to sign in, and the addresses of the other dialect.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::metrics;
use crate::options::{ALLOWED_EXTENSIONS, MAX_FILE_BYTES, TURN_BOUND_SECONDS};
use crate::refusal::Refusal;
use crate::wire_types::meta::{AuthConfig, Branding, Capabilities, Features, Limits};
use crate::words;

/// Most uploads of one case, as announced.
const MAX_DOCUMENTS: u32 = 200;

pub(super) async fn health() -> Response {
    Json(json!({ "status": "healthy", "service": "copilot-server", "version": env!("CARGO_PKG_VERSION") }))
        .into_response()
}

/// `GET /metrics`. On a server that is open to a network it wants the access token.
pub(super) async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if app.access_digest.is_some() && !bearer.is_some_and(|token| app.is_access_token(token)) {
        return Err(Refusal::token(words::METRICS_NEED_TOKEN));
    }
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], app.metrics.text()).into_response())
}

pub(super) async fn openapi() -> Response {
    Json(crate::openapi::document()).into_response()
}

pub(super) async fn capabilities() -> Response {
    Json(Capabilities {
        deployment_mode: "self-hosted",
        kb_management: "none",
        dashboard_url: None,
        features: Features {
            extension_kb: false,
            admin_kb: false,
            team_sharing: false,
            case_history: true,
            sso: false,
        },
        limits: Limits {
            max_file_bytes: MAX_FILE_BYTES,
            allowed_extensions: ALLOWED_EXTENSIONS.to_vec(),
            max_documents: MAX_DOCUMENTS,
            turn_response_bound_seconds: TURN_BOUND_SECONDS,
        },
        branding: Branding { name: "FaultMaven on this computer", logo_url: None, support_url: None },
    })
    .into_response()
}

pub(super) async fn auth_config() -> Response {
    Json(AuthConfig {
        auth_mode: "local",
        supports_registration: true,
        login_endpoint: Some("/api/v1/auth/login"),
        register_endpoint: Some("/api/v1/auth/register"),
        oauth: None,
    })
    .into_response()
}

pub(super) async fn other_dialect() -> Response {
    Refusal::new(StatusCode::GONE, "OTHER_DIALECT", words::OTHER_DIALECT).into_response()
}
