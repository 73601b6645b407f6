//! The calls of the turns dialect (contract section 2), one module per group, and those of the queries dialect in a folder.
//!
//! Each handler reads its request, works in one transaction where it can, and answers with a type of `wire_types`.

mod auth;
mod caller;
mod cases;
mod details;
mod files;
mod messages;
mod meta;
mod queries;
mod query;
mod sessions;
mod titles;
mod turns;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};

use crate::app::App;
use crate::metrics::Pattern;
use crate::options::Dialect;
use crate::refusal::Refusal;
use crate::{web, words};

/// All addresses of the server. Without `web` there is nothing at `/`.
pub(crate) fn router(app: Arc<App>, web: Option<PathBuf>) -> Router {
    let api = match app.dialect {
        Dialect::Turns => turns_dialect(),
        Dialect::Queries => queries::router(),
    };
    let api = api
        .route("/metrics", get(meta::metrics))
        .method_not_allowed_fallback(wrong_method)
        // Bodies were read and measured at the door.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(note_pattern))
        .with_state(app);
    api.fallback(move |method: Method, uri: Uri, headers: axum::http::HeaderMap| {
        let web = web.clone();
        async move {
            match web {
                Some(folder) if !is_api(uri.path()) => web::serve(folder, method, uri, headers).await,
                _ => Refusal::not_found(words::NO_SUCH_PATH).into_response(),
            }
        }
    })
}

/// Tells the door by which pattern an address was found, for the counters.
async fn note_pattern(request: Request, next: Next) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().map(|path| Pattern(path.as_str().to_owned()));
    let mut response = next.run(request).await;
    if let Some(pattern) = pattern {
        response.extensions_mut().insert(pattern);
    }
    response
}

fn turns_dialect() -> Router<Arc<App>> {
    Router::new()
        .route("/health", get(meta::health))
        .route("/openapi.json", get(meta::openapi))
        .route("/v1/meta/capabilities", get(meta::capabilities))
        .route("/api/v1/meta/capabilities", get(meta::capabilities))
        .route("/api/v1/auth/config", get(meta::auth_config))
        .route("/api/v1/auth/login", post(auth::login))
        .route("/api/v1/auth/register", post(auth::register))
        .route("/api/v1/auth/token", post(auth::start_link))
        .route("/api/v1/auth/refresh", post(auth::refresh))
        .route("/api/v1/auth/me", get(auth::me))
        .route("/api/v1/auth/logout", post(auth::logout))
        .route("/api/v1/sessions", post(sessions::create))
        .route("/api/v1/sessions/{session_id}", get(sessions::read).delete(sessions::end))
        .route("/api/v1/sessions/{session_id}/heartbeat", post(sessions::heartbeat))
        .route("/api/v1/cases", get(cases::list).post(cases::create))
        .route("/api/v1/cases/search", post(cases::search))
        .route("/api/v1/cases/{case_id}", get(cases::read).put(cases::update).delete(cases::delete))
        .route("/api/v1/cases/{case_id}/messages", get(messages::list))
        .route("/api/v1/cases/{case_id}/title", post(titles::generate))
        .route("/api/v1/cases/{case_id}/ui", get(details::read))
        .route("/api/v1/cases/{case_id}/turns", post(turns::submit))
        .route("/api/v1/cases/{case_id}/turns/jobs/{job_id}", get(turns::job))
        .route("/api/v1/cases/{case_id}/uploaded-files", get(files::list))
        .route("/api/v1/cases/{case_id}/uploaded-files/{file_id}", get(files::read))
        .route("/api/v1/cases/{case_id}/queries", any(meta::other_dialect))
        .route("/api/v1/cases/{case_id}/data", any(meta::other_dialect))
}

/// Whether an address belongs to the API rather than to the web bundle.
pub(crate) fn is_api(path: &str) -> bool {
    ["/api", "/v1", "/__faults", "/metrics"]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

async fn wrong_method() -> Response {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", words::WRONG_METHOD).into_response()
}

/// A JSON answer with a `Location`.
fn with_location(mut response: Response, location: &str) -> Response {
    if let Ok(value) = axum::http::HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}
