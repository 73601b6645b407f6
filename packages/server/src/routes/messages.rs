//! The rows of a conversation, page by page.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::cases::found;
use super::query::Fields;
use crate::app::App;
use crate::outcome::Lens;
use crate::refusal::Refusal;
use crate::store::{cases, messages};
use crate::wire_types::MessageList;

/// Rows of one page unless the client asks for another number.
const PAGE: u32 = 50;

/// `GET /cases/{id}/messages`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    fields: Fields,
    lens: Option<Extension<Lens>>,
) -> Result<Response, Refusal> {
    let (limit, offset) = fields.page(PAGE)?;
    fields.flag("include_debug", false)?;
    let lens = lens.map(|Extension(lens)| lens).unwrap_or_default();
    let now = app.clock.now();
    let (rows, total) = app
        .store
        .read(move |db| {
            found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            messages::page(db, &case_id, (limit, offset), lens, now).map_err(Refusal::from)
        })
        .await?;
    let end = offset.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    let has_more = end < total;
    Ok(Json(MessageList {
        retrieved_count: rows.len(),
        messages: rows,
        total_count: total,
        has_more,
        next_offset: has_more.then_some(end),
        debug_info: None,
    })
    .into_response())
}
