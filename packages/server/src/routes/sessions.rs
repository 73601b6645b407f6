//! Sessions: a client says it is there, and is believed until it has been silent for too long.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::caller::Caller;
use super::with_location;
use crate::app::App;
use crate::clock::Moment;
use crate::outcome::committed;
use crate::refusal::Refusal;
use crate::store::sessions::{self, Session};
use crate::wire_types::SessionAnswer;
use crate::wire_types::meta::Alive;
use crate::wire_types::requests::NewSession;
use crate::{body, words};

/// Minutes without activity after which a session ends, unless the client asks for another number.
pub(super) const DEFAULT_MINUTES: u32 = 180;

/// What a client may ask for instead (contract 2.2).
const MINUTES: std::ops::RangeInclusive<u32> = 60..=480;

/// A session that begins now.
pub(super) fn new_session(
    user_id: &str,
    client_id: Option<String>,
    minutes: u32,
    now: Moment,
) -> Result<Session, Refusal> {
    Ok(Session {
        session_id: uuid::Uuid::new_v4().to_string(),
        user_id: user_id.to_owned(),
        client_id,
        session_type: None,
        metadata: None,
        timeout_minutes: minutes,
        terminated: false,
        created: now,
        active: now,
    })
}

fn answer(session: &Session, resumed: bool, now: Moment) -> SessionAnswer {
    let status = match (session.terminated, session.is_live(now)) {
        (true, _) => "terminated",
        (false, true) => "active",
        (false, false) => "expired",
    };
    SessionAnswer {
        schema_version: "3.1.0",
        session_id: session.session_id.clone(),
        status,
        created_at: session.created.to_rfc3339(),
        expires_at: session.until().to_rfc3339(),
        client_id: session.client_id.clone(),
        session_resumed: resumed,
        user_id: session.user_id.clone(),
        metadata: session.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok()),
    }
}

/// `POST /sessions`: a new session, or the live one of the same installation.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let wanted: NewSession = body::optional_json(&headers, &body)?;
    let minutes = wanted.timeout_minutes.unwrap_or(DEFAULT_MINUTES);
    if !MINUTES.contains(&minutes) {
        return Err(Refusal::invalid("timeout_minutes", words::range(*MINUTES.start(), *MINUTES.end())));
    }
    let now = app.clock.now();
    let client_id = wanted.client_id.filter(|id| !id.is_empty());
    let mut fresh = new_session(&caller.user.user_id, client_id, minutes, now)?;
    fresh.session_type = wanted.session_type;
    fresh.metadata = wanted.metadata.filter(|value| !value.is_null()).map(|value| value.to_string());
    let session = app
        .store
        .write(move |db| {
            let last = match &fresh.client_id {
                Some(client_id) => sessions::of_client(db, &fresh.user_id, client_id)?,
                None => None,
            };
            match last {
                Some(mut live) if live.is_live(now) => {
                    sessions::touch(db, &live.session_id, now)?;
                    live.active = now;
                    Ok(answer(&live, true, now))
                }
                Some(_) => Err(Refusal::new(StatusCode::GONE, "SESSION_EXPIRED", words::SESSION_ID_GONE)),
                None => {
                    sessions::insert(db, &fresh)?;
                    Ok(answer(&fresh, false, now))
                }
            }
        })
        .await?;
    let location = format!("/api/v1/sessions/{}", session.session_id);
    Ok(committed(with_location((StatusCode::CREATED, Json(session)).into_response(), &location)))
}

/// `GET /sessions/{id}`
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(session_id): Path<String>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let session = app
        .store
        .read(move |db| sessions::find(db, &caller.user.user_id, &session_id).map_err(Refusal::from))
        .await?
        .ok_or_else(|| Refusal::not_found(words::NO_SUCH_SESSION))?;
    Ok(Json(answer(&session, false, now)).into_response())
}

/// `DELETE /sessions/{id}`: ends it; ending it twice is fine.
pub(super) async fn end(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(session_id): Path<String>,
) -> Result<Response, Refusal> {
    app.store
        .write(move |db| {
            sessions::find(db, &caller.user.user_id, &session_id)?
                .ok_or_else(|| Refusal::not_found(words::NO_SUCH_SESSION))?;
            sessions::terminate(db, &session_id)?;
            Ok::<_, Refusal>(())
        })
        .await?;
    Ok(committed(StatusCode::NO_CONTENT.into_response()))
}

/// `POST /sessions/{id}/heartbeat`
pub(super) async fn heartbeat(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(session_id): Path<String>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let id = session_id.clone();
    app.store
        .write(move |db| {
            let session = sessions::find(db, &caller.user.user_id, &id)?
                .ok_or_else(|| Refusal::not_found(words::NO_SUCH_SESSION))?;
            if !session.is_live(now) {
                return Err(Refusal::session_expired());
            }
            sessions::touch(db, &id, now)?;
            Ok(())
        })
        .await?;
    let answer = Alive { session_id, status: "active", last_activity: now.to_rfc3339() };
    Ok(committed(Json(answer).into_response()))
}
