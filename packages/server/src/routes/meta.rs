//! What the server is: health, capabilities, the way to sign in, and the addresses of the other dialect.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::options::{ALLOWED_EXTENSIONS, MAX_FILE_BYTES, TURN_BOUND_SECONDS};
use crate::refusal::Refusal;
use crate::words;

/// Most uploads of one case, as announced.
const MAX_DOCUMENTS: u32 = 200;

pub(super) async fn health() -> Response {
    Json(json!({ "status": "healthy", "service": "copilot-server", "version": env!("CARGO_PKG_VERSION") }))
        .into_response()
}

pub(super) async fn capabilities() -> Response {
    Json(json!({
        "deploymentMode": "self-hosted",
        "kbManagement": "none",
        "dashboardUrl": null,
        "features": { "extensionKB": false, "adminKB": false, "teamSharing": false, "caseHistory": true, "sso": false },
        "limits": {
            "maxFileBytes": MAX_FILE_BYTES,
            "allowedExtensions": ALLOWED_EXTENSIONS,
            "maxDocuments": MAX_DOCUMENTS,
            "turnResponseBoundSeconds": TURN_BOUND_SECONDS,
        },
        "branding": { "name": "FaultMaven on this computer", "logoUrl": null, "supportUrl": null },
    }))
    .into_response()
}

pub(super) async fn auth_config() -> Response {
    Json(json!({
        "auth_mode": "local",
        "supports_registration": true,
        "login_endpoint": "/api/v1/auth/login",
        "register_endpoint": "/api/v1/auth/register",
        "oauth": null,
    }))
    .into_response()
}

pub(super) async fn other_dialect() -> Response {
    Refusal::new(StatusCode::GONE, "OTHER_DIALECT", words::OTHER_DIALECT).into_response()
}
