//! Turns on the wire: submit one, and poll the job of a long one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::cases::found;
use crate::app::App;
use crate::keys;
use crate::outcome::{committed, committed_turn};
use crate::refusal::Refusal;
use crate::store::cases;
use crate::store::jobs::{Progress, progress};
use crate::store::receipts::{Receipt, Scope};
use crate::turns::form::TurnForm;
use crate::turns::queue::Claim;
use crate::turns::{Done, End, Order, jobs, run};
use crate::wire_types::meta::{JobError, JobState};
use crate::words;

/// Seconds between two polls of a job.
pub(super) const POLL_SECONDS: &str = "2";

/// `POST /cases/{id}/turns`: answered now, or with a job when there is much to read.
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let key = keys::key_of(request.headers())?;
    let form = TurnForm::read(request).await?;
    let content_hash = form.fingerprint()?;
    let user_id = caller.user.user_id;
    let scope = key.map(|key| Scope {
        user_id: user_id.clone(),
        route: format!("POST /api/v1/cases/{case_id}/turns"),
        key,
    });
    let end = match scope {
        Some(scope) => End::Receipt { scope, content_hash },
        None => End::Unkeyed,
    };
    Ok(match take(app, Order { user_id, case_id, form, end }).await? {
        Taken::Before(receipt) => keys::replay(receipt),
        Taken::Later(accepted) => {
            committed(keys::from_receipt(202, accepted.answer, Some(&accepted.location)))
        }
        Taken::Now(done) => committed_turn(keys::from_receipt(200, done.answer, None), done.turn_number),
    })
}

/// What became of a turn.
pub(super) enum Taken {
    /// Its key was used before, with the same content.
    Before(Receipt),
    /// It is answered through a job.
    Later(jobs::Accepted),
    /// It is answered.
    Now(Done),
}

/// Runs a turn once, whatever its key has been used for, and however long the client stays.
pub(super) async fn take(app: Arc<App>, order: Order) -> Result<Taken, Refusal> {
    // Claimed before the receipt is looked for: otherwise an attempt that commits in between would be run twice.
    let claim = match &order.end {
        End::Receipt { scope, content_hash } => Some(app.queue.claim(scope, content_hash)?),
        End::Unkeyed | End::Job(_) => None,
    };
    let (user, case, end) = (order.user_id.clone(), order.case_id.clone(), order.end.clone());
    let earlier = app
        .store
        .read(move |db| {
            found(cases::find(db, &user, &case)?)?;
            match &end {
                End::Receipt { scope, content_hash } => keys::earlier(db, scope, content_hash),
                End::Unkeyed | End::Job(_) => Ok(None),
            }
        })
        .await?;
    if let Some(receipt) = earlier {
        return Ok(Taken::Before(receipt));
    }
    // In a task of its own, so that a client that goes away does not stop what has begun.
    let work = tokio::spawn(perform(app, order, claim));
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a turn was cut off");
        Err(Refusal::internal())
    })
}

async fn perform(app: Arc<App>, order: Order, claim: Option<Claim>) -> Result<Taken, Refusal> {
    let result = if order.form.text_bytes() > app.job_threshold {
        Taken::Later(jobs::accept(&app, order).await?)
    } else {
        let place = app.queue.line_up(&order.case_id).await;
        Taken::Now(run::run(&app, order, place).await?)
    };
    drop(claim);
    Ok(result)
}

/// `GET /cases/{id}/turns/jobs/{job}`
pub(super) async fn job(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((case_id, job_id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let state = app
        .store
        .read(move |db| {
            found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            progress(db, &case_id, &job_id)?.ok_or_else(|| Refusal::not_found(words::NO_SUCH_JOB))
        })
        .await?;
    Ok(match state {
        Progress::Processing => {
            let mut response = (StatusCode::ACCEPTED, Json(state_of("processing"))).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(POLL_SECONDS));
            response
        }
        Progress::Completed(answer) => {
            let result = serde_json::from_str(&answer).map_err(|_| Refusal::internal())?;
            Json(JobState { result: Some(result), ..state_of("completed") }).into_response()
        }
        Progress::Failed(message) => {
            Json(JobState { error: Some(JobError { message }), ..state_of("failed") }).into_response()
        }
    })
}

fn state_of(status: &'static str) -> JobState {
    JobState { status, result: None, error: None }
}
