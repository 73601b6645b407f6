//! Cases: rows of the list, one case, and the answer to a create are the same object.

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
    state: CaseState,
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

/// Reads one case.
pub(crate) fn read_case(text: &str) -> Result<RealCase, Refusal> {
    let row: CaseRow = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let id = RealId::parse(&row.case_id).map_err(|error| format!("case_id: {error}"))?;
    let created = server_time(&row.created_at).ok_or_else(|| format!("created_at of {id} is not a time"))?;
    let time = |text: Option<&String>| text.and_then(|text| server_time(text));
    Ok(RealCase {
        last_activity: time(row.last_activity_at.as_ref())
            .or(time(row.updated_at.as_ref()))
            .unwrap_or(created),
        id,
        title: row.title,
        state: row.state,
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
    Some(page::read(&body.cases, &extent, read_case))
}
