//! Cases: list, create, read, rename, delete, search.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rusqlite::Connection;

use super::caller::Caller;
use super::query::Fields;
use crate::app::App;
use crate::clock::Moment;
use crate::keys;
use crate::lifecycle::{self, CaseState};
use crate::naming;
use crate::outcome::{Lens, committed};
use crate::refusal::Refusal;
use crate::secrets;
use crate::store::cases::{self, Case, Filter, TitleSource};
use crate::store::messages::{self, NewMessage};
use crate::store::receipts::{self, Receipt, Scope};
use crate::store::{findings, uploads};
use crate::wire_types::meta::CaseUpdated;
use crate::wire_types::requests::{CaseChange, NewCase, Search};
use crate::wire_types::{CaseDetail, CaseList, CaseSummary};
use crate::{body, words};

/// Cases of one page unless the client asks for another number.
const PAGE: u32 = 50;

/// Most characters of a description.
const MAX_DESCRIPTION_CHARS: usize = 2000;

/// `GET /cases`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    fields: Fields,
    lens: Option<Extension<Lens>>,
) -> Result<Response, Refusal> {
    let page = fields.page(PAGE)?;
    let filter = Filter {
        state: fields.text("state").map(|text| state(text, "query")).transpose()?,
        without_empty: !fields.flag("include_empty", true)?,
        lens: lens.map(|Extension(lens)| lens).unwrap_or_default(),
    };
    // Every case here came from the copilot and belongs to no team.
    let elsewhere =
        fields.text("source").is_some_and(|source| source != "copilot") || fields.text("team_id").is_some();
    let now = app.clock.now();
    let (found, total) = if elsewhere {
        (Vec::new(), 0)
    } else {
        app.store
            .read(move |db| cases::page(db, &caller.user.user_id, page, &filter, now).map_err(Refusal::from))
            .await?
    };
    let (limit, offset) = page;
    let shown = u32::try_from(found.len()).unwrap_or(u32::MAX);
    Ok(Json(CaseList {
        cases: found.iter().map(CaseSummary::from).collect(),
        total_count: total,
        limit,
        offset,
        has_more: offset.saturating_add(shown) < total,
    })
    .into_response())
}

fn state(text: &str, place: &str) -> Result<CaseState, Refusal> {
    CaseState::parse(text).ok_or_else(|| {
        Refusal::field_error(place, "state", "enum", "Needs one of inquiry, investigating, resolved, closed.")
    })
}

/// `POST /cases`, once per key.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let key = keys::key_of(&headers)?;
    let wanted: NewCase = body::optional_json(&headers, &body)?;
    let title =
        wanted.title.filter(|title| !title.trim().is_empty()).map(|title| good_title(&title)).transpose()?;
    let description = wanted.description.unwrap_or_default();
    check_description(&description)?;
    let first = wanted.initial_message.filter(|text| !text.trim().is_empty());
    let user_id = caller.user.user_id;
    let scope =
        key.map(|key| Scope { user_id: user_id.clone(), route: "POST /api/v1/cases".to_owned(), key });
    let content_hash = secrets::content_digest(&body);
    let now = app.clock.now();
    app.store
        .write(move |db| {
            if let Some(scope) = &scope
                && let Some(receipt) = keys::earlier(db, scope, &content_hash)?
            {
                return Ok(keys::replay(receipt));
            }
            let case = fresh(db, &user_id, title, description, now)?;
            cases::insert(db, &case)?;
            let case_id = case.case_id;
            if let Some(text) = first {
                let message_id = secrets::new_id("m_")?;
                let row = NewMessage {
                    message_id: &message_id,
                    case_id: &case_id,
                    turn_number: 0,
                    role: "user",
                    content: &text,
                    author_id: Some(&user_id),
                    created: now,
                };
                messages::insert(db, &row, now)?;
            }
            let case = found(cases::find(db, &user_id, &case_id)?)?;
            let answer = serde_json::to_string(&CaseSummary::from(&case)).map_err(|_| Refusal::internal())?;
            let location = format!("/api/v1/cases/{case_id}");
            if let Some(scope) = &scope {
                let receipt = Receipt {
                    content_hash,
                    status: 201,
                    location: Some(location.clone()),
                    title_source: None,
                    answer: Some(answer.clone()),
                    turn_number: None,
                };
                receipts::insert(db, scope, &receipt, now)?;
            }
            Ok(committed(keys::from_receipt(201, answer, Some(&location))))
        })
        .await
}

/// A case that must be there.
pub(super) fn found(case: Option<Case>) -> Result<Case, Refusal> {
    case.ok_or_else(|| Refusal::not_found(words::NO_SUCH_CASE))
}

fn good_title(title: &str) -> Result<String, Refusal> {
    let title = title.trim();
    if title.is_empty() {
        return Err(Refusal::field_error("body", "title", "string_too_short", words::TITLE_EMPTY));
    }
    if title.chars().count() > naming::MAX_TITLE_CHARS {
        return Err(Refusal::field_error(
            "body",
            "title",
            "string_too_long",
            "Needs 200 characters or fewer.",
        ));
    }
    Ok(title.to_owned())
}

fn check_description(description: &str) -> Result<(), Refusal> {
    if description.chars().count() > MAX_DESCRIPTION_CHARS {
        return Err(Refusal::field_error(
            "body",
            "description",
            "string_too_long",
            "Needs 2000 characters or fewer.",
        ));
    }
    Ok(())
}

/// `GET /cases/{id}`
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
) -> Result<Response, Refusal> {
    let (case, evidence, hypotheses) = app
        .store
        .read(move |db| {
            let case = found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            let evidence = findings::evidence(db, &case_id)?.len();
            let hypotheses = findings::hypotheses(db, &case_id)?.len();
            Ok::<_, Refusal>((case, evidence, hypotheses))
        })
        .await?;
    Ok(Json(CaseDetail {
        core: (&case).into(),
        current_stage: lifecycle::stage(&case),
        escalated: false,
        evidence_count: evidence,
        hypothesis_count: hypotheses,
        solution_count: usize::from(lifecycle::has(&case, lifecycle::SOLUTION)),
        milestones_completed: case.milestones.clone(),
        pending_milestones: lifecycle::pending(&case),
    })
    .into_response())
}

/// A case that begins now; one without a title gets the placeholder of its day.
pub(super) fn fresh(
    db: &Connection,
    user_id: &str,
    title: Option<String>,
    description: String,
    now: Moment,
) -> Result<Case, Refusal> {
    let (title, title_source) = match title {
        Some(title) => (title, TitleSource::User),
        None => {
            let day = now.short_day();
            let number = cases::next_number(db, user_id, &day)?;
            (naming::placeholder(&day, number), TitleSource::Placeholder)
        }
    };
    Ok(Case {
        case_id: uuid::Uuid::new_v4().to_string(),
        user_id: user_id.to_owned(),
        title,
        title_source,
        description,
        state: CaseState::Inquiry,
        version: 1,
        state_since_version: 1,
        current_turn: 0,
        turns_without_progress: 0,
        milestones: Vec::new(),
        problem: None,
        next_actions: Vec::new(),
        created: now,
        updated: now,
        activity: now,
        resolved: None,
        closed: None,
        closure_reason: None,
        priority: "medium".to_owned(),
        tags: Vec::new(),
    })
}

/// `PUT /cases/{id}`: the last writer wins.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let change: CaseChange = body::json(&headers, &body)?;
    if change.state.is_some() {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "FORBIDDEN", words::STATE_BY_TURN));
    }
    if change.title.is_none() && change.description.is_none() {
        return Err(Refusal::bad_request(words::NOTHING_TO_UPDATE));
    }
    let title = change.title.map(|title| good_title(&title)).transpose()?;
    if let Some(description) = &change.description {
        check_description(description)?;
    }
    let now = app.clock.now();
    let id = case_id.clone();
    app.store
        .write(move |db| {
            let mut case = found(cases::find(db, &caller.user.user_id, &id)?)?;
            if case.state.is_terminal() {
                return Err(Refusal::terminal(&id));
            }
            if let Some(title) = title {
                case.title = title;
                case.title_source = TitleSource::User;
            }
            if let Some(description) = change.description {
                case.description = description;
            }
            case.updated = now;
            cases::update(db, &case)?;
            Ok(())
        })
        .await?;
    Ok(committed(Json(CaseUpdated { case_id, success: true, message: words::CASE_UPDATED }).into_response()))
}

/// `DELETE /cases/{id}`: 204 whether it was there or not (contract trap 4).
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
) -> Result<Response, Refusal> {
    let hashes = app
        .store
        .write(move |db| {
            let user_id = &caller.user.user_id;
            if cases::find(db, user_id, &case_id)?.is_none() {
                return Ok(Vec::new());
            }
            let hashes = uploads::hashes_of_case(db, &case_id)?;
            cases::delete(db, user_id, &case_id)?;
            Ok::<_, Refusal>(hashes)
        })
        .await?;
    if !hashes.is_empty() {
        app.drop_unused(hashes).await?;
    }
    Ok(committed(StatusCode::NO_CONTENT.into_response()))
}

/// `POST /cases/search`: the answer is a bare array.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    keys::key_of(&headers)?;
    let wanted: Search = body::json(&headers, &body)?;
    let state = wanted.state.as_deref().map(|text| state(text, "body")).transpose()?;
    let limit = wanted.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::invalid("limit", words::range(1, 100)));
    }
    let found = app
        .store
        .read(move |db| {
            cases::search(db, &caller.user.user_id, wanted.query.trim(), state, limit).map_err(Refusal::from)
        })
        .await?;
    Ok(Json(found.iter().map(CaseSummary::from).collect::<Vec<_>>()).into_response())
}
