//! Questions: ask one, fetch an answer that comes later, list what was asked.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;

use super::super::caller::Caller;
use super::super::cases::found;
use super::super::query::Fields;
use super::super::turns::{POLL_SECONDS, Taken, take};
use super::super::with_location;
use super::cases::ANY_CONTENT;
use super::shapes::{JobError, QueryAnswer, QueryJob, Question};
use crate::app::App;
use crate::keys;
use crate::outcome::{Lens, Replayed, committed, committed_turn};
use crate::refusal::Refusal;
use crate::store::jobs::{Progress, progress};
use crate::store::receipts::Scope;
use crate::store::{cases, messages};
use crate::turns::form::TurnForm;
use crate::turns::{End, Order};
use crate::{body, words};

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    session_id: Option<String>,
    #[serde(default)]
    query: Option<String>,
}

/// `POST /cases/{id}/queries`: answered now, or later when there is much to read.
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let key = keys::key_of(&headers)?;
    let asked: Query = body::json(&headers, &body)?;
    let session = asked.session_id.filter(|id| !id.is_empty());
    let session = session.ok_or_else(|| Refusal::invalid("session_id", words::SESSION_NEEDED))?;
    let query = asked.query.filter(|text| !text.trim().is_empty());
    let query = query.ok_or_else(|| Refusal::bad_request(words::EMPTY_TURN))?;
    if let Some(limit) = &app.query_limit {
        let now = app.clock.now();
        if let Some(seconds) = limit.wait(&session, now) {
            let sentence = words::too_many_queries(limit.count(), limit.seconds());
            return Err(Refusal::rate_limited(sentence, seconds));
        }
        limit.note(&session, now);
    }
    let form = TurnForm::asking(query)?;
    let order = order(&caller, &case_id, "queries", key, form);
    answer(take(Arc::clone(&app), order).await?, &case_id, Some(session))
}

/// A turn whose key counts for one call of one case, whatever the content.
pub(super) fn order(
    caller: &Caller,
    case_id: &str,
    call: &str,
    key: Option<String>,
    form: TurnForm,
) -> Order {
    let user_id = caller.user.user_id.clone();
    let end = match key {
        Some(key) => End::Receipt {
            scope: Scope {
                user_id: user_id.clone(),
                route: format!("POST /api/v1/cases/{case_id}/{call}"),
                key,
            },
            content_hash: ANY_CONTENT.to_owned(),
        },
        None => End::Unkeyed,
    };
    Order { user_id, case_id: case_id.to_owned(), form, end }
}

fn answer(taken: Taken, case_id: &str, session: Option<String>) -> Result<Response, Refusal> {
    match taken {
        Taken::Now(done) => {
            let answer = QueryAnswer::of_turn(&done.answer, case_id, session)?;
            let response = (StatusCode::CREATED, Json(answer)).into_response();
            Ok(committed_turn(response, done.turn_number))
        }
        Taken::Later(accepted) => Ok(committed(later(case_id, &accepted.location))),
        Taken::Before(receipt) if receipt.status == 202 => {
            let location = receipt.location.unwrap_or_default();
            Ok(replayed(later(case_id, &location), None))
        }
        Taken::Before(receipt) => {
            let Some(stored) = &receipt.answer else { return Ok(keys::replay(receipt)) };
            let answer = QueryAnswer::of_turn(stored, case_id, session)?;
            Ok(replayed((StatusCode::CREATED, Json(answer)).into_response(), receipt.turn_number))
        }
    }
}

fn replayed(mut response: Response, turn_number: Option<u32>) -> Response {
    response.headers_mut().insert("x-idempotency-replayed", HeaderValue::from_static("true"));
    response.extensions_mut().insert(Replayed { turn_number });
    response
}

/// The 202 for a job, at its address in this dialect.
fn later(case_id: &str, stored: &str) -> Response {
    let job_id = stored.rsplit('/').next().unwrap_or_default();
    let job = job_state(case_id, job_id, "processing");
    let mut response = (StatusCode::ACCEPTED, Json(job)).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(POLL_SECONDS));
    with_location(response, &format!("/api/v1/cases/{case_id}/queries/{job_id}"))
}

fn job_state(case_id: &str, job_id: &str, status: &'static str) -> QueryJob {
    QueryJob {
        job_id: job_id.to_owned(),
        query_id: job_id.to_owned(),
        case_id: case_id.to_owned(),
        status,
        progress_percentage: None,
        error: None,
    }
}

/// `GET /cases/{id}/queries/{query}`: the answer itself, once it is there.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((case_id, query_id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let (case, query) = (case_id.clone(), query_id.clone());
    let state = app
        .store
        .read(move |db| {
            found(cases::find(db, &caller.user.user_id, &case)?)?;
            progress(db, &case, &query)?.ok_or_else(|| Refusal::not_found(words::NO_SUCH_JOB))
        })
        .await?;
    Ok(match state {
        Progress::Processing => later(&case_id, &query_id),
        Progress::Completed(stored) => Json(QueryAnswer::of_turn(&stored, &case_id, None)?).into_response(),
        Progress::Failed(message) => {
            let error = Some(JobError { message });
            Json(QueryJob { error, ..job_state(&case_id, &query_id, "failed") }).into_response()
        }
    })
}

/// `GET /cases/{id}/queries`: the questions only.
pub(super) async fn questions(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    fields: Fields,
) -> Result<Response, Refusal> {
    let (limit, offset) = fields.page(50)?;
    let now = app.clock.now();
    let (rows, _) = app
        .store
        .read(move |db| {
            found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            let all = (u32::try_from(i32::MAX).unwrap_or(u32::MAX), 0);
            messages::page(db, &case_id, all, Lens::default(), now).map_err(Refusal::from)
        })
        .await?;
    let skip = usize::try_from(offset).unwrap_or(usize::MAX);
    let take = usize::try_from(limit).unwrap_or(usize::MAX);
    let questions = rows.into_iter().filter(|row| row.role == "user").skip(skip).take(take);
    let questions: Vec<Question> = questions
        .map(|row| Question {
            query_id: row.message_id,
            query_text: row.content,
            timestamp: row.created_at,
            user_id: row.author_id,
        })
        .collect();
    Ok(Json(questions).into_response())
}
