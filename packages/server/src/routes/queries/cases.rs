//! Cases of the queries dialect: list, create, read, change, archive.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;

use super::super::caller::Caller;
use super::super::cases::{found, fresh};
use super::super::query::Fields;
use super::super::with_location;
use super::shapes::{CreatedCase, QueryCase, SCHEMA, state};
use crate::app::App;
use crate::keys;
use crate::lifecycle::{self, CaseState};
use crate::naming::MAX_TITLE_CHARS;
use crate::outcome::{Lens, committed};
use crate::refusal::Refusal;
use crate::store::cases::{self, Filter, TitleSource};
use crate::store::receipts::{self, Receipt, Scope};
use crate::wire_types::meta::CaseUpdated;
use crate::{body, words};

/// Cases of one page unless the client asks for another number (contract 3).
const PAGE: u32 = 20;

/// Most characters of a description (contract 3).
const MAX_DESCRIPTION_CHARS: usize = 2000;

/// What a priority may be (contract 3).
const PRIORITIES: [&str; 5] = ["low", "normal", "medium", "high", "critical"];

/// The content of every key: this dialect replays the first answer whatever the content (contract 4.1).
pub(super) const ANY_CONTENT: &str = "any";

/// `GET /cases`: a bare array, counted in headers.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    fields: Fields,
    lens: Option<Extension<Lens>>,
) -> Result<Response, Refusal> {
    let page = fields.number("page", 1, (1, 1_000_000))?;
    let limit = fields.number("limit", PAGE, (1, 100))?;
    let archived = fields.flag("include_archived", true)?;
    fields.flag("include_deleted", false)?;
    let filter = Filter {
        state: None,
        without_empty: !fields.flag("include_empty", true)?,
        lens: lens.map(|Extension(lens)| lens).unwrap_or_default(),
    };
    let offset = (page - 1).saturating_mul(limit);
    let now = app.clock.now();
    let (rows, total) = app
        .store
        .read(move |db| {
            cases::page(db, &caller.user.user_id, (limit, offset), &filter, now).map_err(Refusal::from)
        })
        .await?;
    let shown: Vec<QueryCase> =
        rows.iter().filter(|case| archived || case.state != CaseState::Closed).map(QueryCase::from).collect();
    let end = offset.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    let mut response = Json(shown).into_response();
    let headers = response.headers_mut();
    headers.insert("x-total-count", HeaderValue::from(total));
    if end < total
        && let Ok(link) =
            HeaderValue::from_str(&format!("</api/v1/cases?page={}&limit={limit}>; rel=\"next\"", page + 1))
    {
        headers.insert(header::LINK, link);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct NewCase {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// `POST /cases`, once per key.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let key = keys::key_of(&headers)?;
    let wanted: NewCase = body::json(&headers, &body)?;
    let title = title_of(wanted.title.as_deref().unwrap_or_default())?;
    let description = description_of(wanted.description.unwrap_or_default())?;
    let priority = wanted.priority.map(priority_of).transpose()?;
    let user_id = caller.user.user_id;
    let scope =
        key.map(|key| Scope { user_id: user_id.clone(), route: "POST /api/v1/cases".to_owned(), key });
    let now = app.clock.now();
    app.store
        .write(move |db| {
            if let Some(scope) = &scope
                && let Some(receipt) = receipts::find(db, scope)?
            {
                return Ok(keys::replay(receipt));
            }
            let mut case = fresh(db, &user_id, Some(title), description, now)?;
            if let Some(priority) = priority {
                case.priority = priority;
            }
            case.tags = wanted.tags.unwrap_or_default();
            cases::insert(db, &case)?;
            let answer = CreatedCase { schema_version: SCHEMA, case: (&case).into() };
            let answer = serde_json::to_string(&answer).map_err(|_| Refusal::internal())?;
            let location = format!("/api/v1/cases/{}", case.case_id);
            if let Some(scope) = &scope {
                let receipt = Receipt {
                    content_hash: ANY_CONTENT.to_owned(),
                    status: 201,
                    location: Some(location.clone()),
                    title_source: None,
                    answer: Some(answer.clone()),
                    turn_number: None,
                };
                receipts::insert(db, scope, &receipt, now)?;
            }
            Ok(committed(with_location(keys::from_receipt(201, answer, None), &location)))
        })
        .await
}

/// `GET /cases/{id}`
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
) -> Result<Response, Refusal> {
    let case = app.store.read(move |db| found(cases::find(db, &caller.user.user_id, &case_id)?)).await?;
    Ok(Json(QueryCase::from(&case)).into_response())
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// `PUT /cases/{id}`: the last writer wins, also over the status.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let change: Change = body::json(&headers, &body)?;
    let title = change.title.as_deref().map(title_of).transpose()?;
    let description = change.description.map(description_of).transpose()?;
    let priority = change.priority.map(priority_of).transpose()?;
    let to = match change.status.as_deref() {
        Some(word) => Some(state(word).ok_or_else(|| Refusal::invalid("status", words::UNKNOWN_STATUS))?),
        None => None,
    };
    let nothing = title.is_none() && description.is_none() && priority.is_none();
    if nothing && to.is_none() && change.tags.is_none() {
        return Err(Refusal::bad_request(words::NOTHING_TO_UPDATE));
    }
    let now = app.clock.now();
    let id = case_id.clone();
    app.store
        .write(move |db| {
            let mut case = found(cases::find(db, &caller.user.user_id, &id)?)?;
            if let Some(title) = title {
                (case.title, case.title_source) = (title, TitleSource::User);
            }
            case.description = description.unwrap_or(case.description);
            case.priority = priority.unwrap_or(case.priority);
            case.tags = change.tags.unwrap_or(case.tags);
            if let Some(to) = to.filter(|to| *to != case.state) {
                lifecycle::move_to(&mut case, to, now);
            }
            case.updated = now;
            cases::update(db, &case).map_err(Refusal::from)
        })
        .await?;
    Ok(updated(case_id))
}

/// `POST /cases/{id}/archive`
pub(super) async fn archive(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let id = case_id.clone();
    app.store
        .write(move |db| {
            let mut case = found(cases::find(db, &caller.user.user_id, &id)?)?;
            lifecycle::move_to(&mut case, CaseState::Closed, now);
            case.updated = now;
            cases::update(db, &case).map_err(Refusal::from)
        })
        .await?;
    Ok(updated(case_id))
}

fn updated(case_id: String) -> Response {
    let answer = CaseUpdated { case_id, success: true, message: words::CASE_UPDATED };
    committed((StatusCode::OK, Json(answer)).into_response())
}

fn title_of(title: &str) -> Result<String, Refusal> {
    let title = title.trim();
    if title.is_empty() {
        return Err(Refusal::bad_request(words::TITLE_EMPTY));
    }
    if title.chars().count() > MAX_TITLE_CHARS {
        return Err(Refusal::invalid("title", "Needs 200 characters or fewer."));
    }
    Ok(title.to_owned())
}

fn description_of(description: String) -> Result<String, Refusal> {
    if description.chars().count() > MAX_DESCRIPTION_CHARS {
        return Err(Refusal::invalid("description", "Needs 2000 characters or fewer."));
    }
    Ok(description)
}

fn priority_of(priority: String) -> Result<String, Refusal> {
    if PRIORITIES.contains(&priority.as_str()) {
        return Ok(priority);
    }
    Err(Refusal::invalid("priority", "Needs one of low, normal, medium, high, critical."))
}
