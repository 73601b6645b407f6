//! The calls of the queries dialect (contract section 3), served from the same store by the same turns.
//!
//! What is the same in both dialects (sign-out, sessions, titles, deletion) is not here.

mod ask;
mod cases;
mod data;
mod rows;
mod shapes;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::{auth, meta, sessions, titles};
use crate::app::App;

/// The addresses of the dialect. Capabilities and the sign-in configuration are missing on purpose: their
/// absence is how a client tells the dialects apart (contract 1).
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/health", get(meta::health))
        .route("/api/v1/auth/dev-login", post(auth::login))
        .route("/api/v1/auth/dev-register", post(auth::register))
        .route("/api/v1/auth/token", post(auth::start_link))
        .route("/api/v1/auth/me", get(auth::me))
        .route("/api/v1/auth/logout", post(auth::logout))
        .route("/api/v1/sessions", post(sessions::create))
        .route("/api/v1/sessions/{session_id}", get(sessions::read).delete(sessions::end))
        .route("/api/v1/sessions/{session_id}/heartbeat", post(sessions::heartbeat))
        .route("/api/v1/cases", get(cases::list).post(cases::create))
        .route("/api/v1/cases/{case_id}", get(cases::read).put(cases::update).delete(super::cases::delete))
        .route("/api/v1/cases/{case_id}/archive", post(cases::archive))
        .route("/api/v1/cases/{case_id}/queries", get(ask::questions).post(ask::submit))
        .route("/api/v1/cases/{case_id}/queries/{query_id}", get(ask::read))
        .route("/api/v1/cases/{case_id}/messages", get(rows::list))
        .route("/api/v1/cases/{case_id}/title", post(titles::generate))
        .route("/api/v1/cases/{case_id}/data", post(data::upload))
}
