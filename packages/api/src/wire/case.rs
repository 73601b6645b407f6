//! Cases: rows of the list, one case, and the answer to a create are the same object, in the queries
//! dialect wrapped when it was just made. Both dialects are read, whichever was asked for: the shape is
//! what tells them apart (contract 1, rows 4 and 5).

use std::sync::Arc;

use copilot_core::ids::RealId;
use copilot_core::model::{CaseState, RealCase, Stage};
use copilot_core::request::Page;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::lenient::{count, list, maybe};
use super::page::{self, Extent, Refusal};
use crate::times::server_time;

#[derive(Deserialize)]
struct CaseRow {
    case_id: String,
    #[serde(default, deserialize_with = "maybe")]
    state: Option<CaseState>,
    /// The queries dialect's word for the state.
    #[serde(default, deserialize_with = "maybe")]
    status: Option<String>,
    created_at: String,
    #[serde(default, deserialize_with = "maybe")]
    updated_at: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    last_activity_at: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    title: Option<Arc<str>>,
    /// The list says `stage`, one case says `current_stage`.
    #[serde(default, deserialize_with = "maybe")]
    stage: Option<Stage>,
    #[serde(default, deserialize_with = "maybe")]
    current_stage: Option<Stage>,
    #[serde(default, deserialize_with = "list")]
    valid_next_states: Vec<CaseState>,
    #[serde(default, deserialize_with = "maybe")]
    milestones_completed: Option<Vec<IgnoredAny>>,
    #[serde(default, deserialize_with = "count")]
    current_turn: Option<u32>,
}

#[derive(Deserialize)]
struct CaseList {
    cases: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "count")]
    total_count: Option<u32>,
    #[serde(default, deserialize_with = "maybe")]
    has_more: Option<bool>,
}

#[derive(Deserialize)]
struct Wrapped {
    case: Box<RawValue>,
}

/// What a case of the queries dialect is called until somebody names it: there a title is required.
pub(crate) const UNNAMED: &str = "New case";

/// The state behind a word of the queries dialect (contract 1).
pub(crate) fn state_of(status: &str) -> CaseState {
    match status {
        "active" | "shared" => CaseState::Inquiry,
        "investigating" | "stalled" => CaseState::Investigating,
        "solved" | "resolved" => CaseState::Resolved,
        "archived" | "closed" => CaseState::Closed,
        other => CaseState::Other(other.into()),
    }
}

/// Reads one case.
pub(crate) fn read_case(text: &str) -> Result<RealCase, Refusal> {
    if let Ok(wrapped) = serde_json::from_str::<Wrapped>(text) {
        return read_row(wrapped.case.get());
    }
    read_row(text)
}

fn read_row(text: &str) -> Result<RealCase, Refusal> {
    let row: CaseRow = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let id = RealId::parse(&row.case_id).map_err(|error| format!("case_id: {error}"))?;
    let created = server_time(&row.created_at).ok_or_else(|| format!("created_at of {id} is not a time"))?;
    let unnamed = row.state.is_none() && row.title.as_deref() == Some(UNNAMED);
    let state = row
        .state
        .or_else(|| row.status.as_deref().map(state_of))
        .ok_or_else(|| format!("state of {id} is missing"))?;
    let time = |text: Option<&String>| text.and_then(|text| server_time(text));
    Ok(RealCase {
        last_activity: time(row.last_activity_at.as_ref())
            .or(time(row.updated_at.as_ref()))
            .unwrap_or(created),
        id,
        title: row.title.filter(|_| !unnamed),
        state,
        stage: row.stage.or(row.current_stage),
        valid_next: row.valid_next_states,
        milestones: row.milestones_completed.map(|reached| u8::try_from(reached.len()).unwrap_or(u8::MAX)),
        current_turn: row.current_turn.unwrap_or_default(),
        created,
        gone: false,
    })
}

/// Reads a page of the case list that was asked for from `offset` on; `None` if it is no such list.
pub(crate) fn read_cases(text: &str, offset: u32) -> Option<Page<RealCase>> {
    let body: CaseList = serde_json::from_str(text).ok()?;
    let extent = Extent { offset, total: body.total_count, has_more: body.has_more };
    Some(page::read(&body.cases, &extent, read_row))
}

/// Reads the answer of a search, which is a bare array and whole (contract 2.3).
pub(crate) fn read_found_cases(text: &str) -> Option<Page<RealCase>> {
    let rows: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
    let extent = Extent { offset: 0, total: None, has_more: Some(false) };
    Some(page::read(&rows, &extent, read_row))
}

/// Reads a page of `limit` cases of the queries dialect, whose length stands in a header: `total`. Its
/// first `skip` rows lie before `offset` and are left out.
pub(crate) fn read_bare_cases(
    text: &str,
    (offset, limit, skip): (u32, u32, u32),
    total: Option<u32>,
) -> Option<Page<RealCase>> {
    let rows: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
    let full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
    let extent = Extent { offset, total, has_more: total.is_none().then_some(full) };
    let asked_for = rows.get(usize::try_from(skip).unwrap_or(usize::MAX)..).unwrap_or_default();
    Some(page::read(asked_for, &extent, read_row))
}
