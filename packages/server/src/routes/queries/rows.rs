//! The rows of a conversation in the queries dialect: without turn numbers, counted in headers too.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};

use super::super::caller::Caller;
use super::super::cases::found;
use super::super::query::Fields;
use super::shapes::{Row, Rows};
use crate::app::App;
use crate::outcome::Lens;
use crate::refusal::Refusal;
use crate::store::{cases, messages};

/// `GET /cases/{id}/messages`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    fields: Fields,
    lens: Option<Extension<Lens>>,
) -> Result<Response, Refusal> {
    let (limit, offset) = fields.page(50)?;
    let lens = lens.map(|Extension(lens)| lens).unwrap_or_default();
    let now = app.clock.now();
    let (rows, total) = app
        .store
        .read(move |db| {
            found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            messages::page(db, &case_id, (limit, offset), lens, now).map_err(Refusal::from)
        })
        .await?;
    let shown = rows.len();
    let end = offset.saturating_add(u32::try_from(shown).unwrap_or(u32::MAX));
    let has_more = end < total;
    let messages = rows
        .into_iter()
        .map(|row| Row {
            message_id: row.message_id,
            role: row.role,
            content: row.content,
            created_at: row.created_at,
        })
        .collect();
    let answer = Rows {
        messages,
        total_count: total,
        retrieved_count: shown,
        has_more,
        next_offset: has_more.then_some(end),
        debug_info: None,
    };
    let mut response = Json(answer).into_response();
    let headers = response.headers_mut();
    headers.insert("x-message-count", HeaderValue::from(total));
    headers.insert("x-retrieved-count", HeaderValue::from(shown));
    headers.insert("x-storage-status", HeaderValue::from_static("ok"));
    Ok(response)
}
