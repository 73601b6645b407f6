//! Files in the queries dialect: each comes alone, is read, and is answered.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::super::caller::Caller;
use super::super::turns::{Taken, take};
use super::ask;
use super::shapes::{QueryAnswer, SCHEMA, Uploaded};
use crate::app::App;
use crate::keys;
use crate::outcome::{committed, committed_turn};
use crate::refusal::Refusal;
use crate::turns::form::TurnForm;

/// `POST /cases/{id}/data`
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let key = keys::key_of(request.headers())?;
    let form = TurnForm::read_upload(request).await?;
    let file = form.attachments.first().map(|file| (file.filename.clone(), file.bytes.len()));
    let (filename, file_size) = file.unwrap_or_default();
    let now = app.clock.now();
    let order = ask::order(&caller, &case_id, "data", key, form);
    let (stored, turn_number) = match take(app, order).await? {
        Taken::Now(done) => (done.answer, Some(done.turn_number)),
        Taken::Before(receipt) => match receipt.answer.clone() {
            Some(stored) if receipt.status != 202 => (stored, None),
            _ => return Ok(keys::replay(receipt)),
        },
        // Read later: the file is stored, and its answer is among the messages when it is there.
        Taken::Later(_) => (String::from("{}"), None),
    };
    let turn: Value = serde_json::from_str(&stored).map_err(|_| Refusal::internal())?;
    let processed = turn.pointer("/attachments_processed/0/file_id").and_then(Value::as_str);
    let answer = Uploaded {
        schema_version: SCHEMA,
        data_id: processed.unwrap_or("pending").to_owned(),
        case_id: case_id.clone(),
        filename,
        file_size,
        data_type: "unstructured_text",
        processing_status: if turn_number.is_some() { "completed" } else { "processing" },
        uploaded_at: now.to_rfc3339(),
        agent_response: QueryAnswer::of_turn(&stored, &case_id, None)?,
    };
    let response = (StatusCode::CREATED, Json(answer)).into_response();
    Ok(match turn_number {
        Some(number) => committed_turn(response, number),
        None => committed(response),
    })
}
