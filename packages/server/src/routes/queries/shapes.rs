//! The answers of the queries dialect as types. Field names are the wire's.

use serde::Serialize;
use serde_json::Value;

use crate::lifecycle::CaseState;
use crate::refusal::Refusal;
use crate::store::cases::Case;

/// Version that the 2025 servers put on their answers.
pub(super) const SCHEMA: &str = "3.1.0";

/// The word for a state.
pub(super) fn status(state: CaseState) -> &'static str {
    match state {
        CaseState::Inquiry => "active",
        CaseState::Investigating => "investigating",
        CaseState::Resolved => "resolved",
        CaseState::Closed => "archived",
    }
}

/// The state behind a word.
pub(super) fn state(status: &str) -> Option<CaseState> {
    match status {
        "active" | "shared" => Some(CaseState::Inquiry),
        "investigating" | "stalled" => Some(CaseState::Investigating),
        "solved" | "resolved" => Some(CaseState::Resolved),
        "archived" | "closed" => Some(CaseState::Closed),
        _ => None,
    }
}

/// A case.
#[derive(Debug, Serialize)]
pub(super) struct QueryCase {
    case_id: String,
    title: String,
    description: Option<String>,
    status: &'static str,
    priority: String,
    tags: Vec<String>,
    created_at: String,
    updated_at: String,
    message_count: u32,
    session_id: Option<String>,
    owner_id: String,
}

impl From<&Case> for QueryCase {
    fn from(case: &Case) -> Self {
        Self {
            case_id: case.case_id.clone(),
            title: case.title.clone(),
            description: Some(case.description.clone()).filter(|text| !text.is_empty()),
            status: status(case.state),
            priority: case.priority.clone(),
            tags: case.tags.clone(),
            created_at: case.created.to_rfc3339(),
            updated_at: case.updated.to_rfc3339(),
            message_count: case.current_turn.saturating_mul(2),
            session_id: None,
            owner_id: case.user_id.clone(),
        }
    }
}

/// The answer to a create.
#[derive(Debug, Serialize)]
pub(super) struct CreatedCase {
    pub(super) schema_version: &'static str,
    pub(super) case: QueryCase,
}

/// An answer to a question.
#[derive(Debug, Serialize)]
pub(super) struct QueryAnswer {
    schema_version: &'static str,
    content: String,
    response_type: &'static str,
    session_id: Option<String>,
    case_id: String,
    confidence_score: Option<f64>,
    plan: Option<Value>,
    next_action_hint: Option<String>,
    sources: [Value; 0],
    suggested_actions: [Value; 0],
    view_state: Option<Value>,
}

impl QueryAnswer {
    /// An answer in words.
    pub(super) fn saying(content: String, case_id: &str, session_id: Option<String>) -> Self {
        Self {
            schema_version: SCHEMA,
            content,
            response_type: "ANSWER",
            session_id,
            case_id: case_id.to_owned(),
            confidence_score: None,
            plan: None,
            next_action_hint: None,
            sources: [],
            suggested_actions: [],
            view_state: None,
        }
    }

    /// The stored answer of a turn in the words of this dialect.
    pub(super) fn of_turn(stored: &str, case_id: &str, session_id: Option<String>) -> Result<Self, Refusal> {
        let turn: Value = serde_json::from_str(stored).map_err(|_| Refusal::internal())?;
        let content = turn.get("agent_response").and_then(Value::as_str).unwrap_or_default();
        Ok(Self::saying(content.to_owned(), case_id, session_id))
    }
}

/// A question that is answered later.
#[derive(Debug, Serialize)]
pub(super) struct QueryJob {
    pub(super) job_id: String,
    pub(super) query_id: String,
    pub(super) case_id: String,
    pub(super) status: &'static str,
    pub(super) progress_percentage: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<JobError>,
}

/// Why a question could not be answered.
#[derive(Debug, Serialize)]
pub(super) struct JobError {
    pub(super) message: String,
}

/// A question in a list.
#[derive(Debug, Serialize)]
pub(super) struct Question {
    pub(super) query_id: String,
    pub(super) query_text: String,
    pub(super) timestamp: String,
    pub(super) user_id: Option<String>,
}

/// A row of a conversation: no turn number in this dialect.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) message_id: String,
    pub(super) role: String,
    pub(super) content: String,
    pub(super) created_at: String,
}

/// One page of rows.
#[derive(Debug, Serialize)]
pub(super) struct Rows {
    pub(super) messages: Vec<Row>,
    pub(super) total_count: u32,
    pub(super) retrieved_count: usize,
    pub(super) has_more: bool,
    pub(super) next_offset: Option<u32>,
    pub(super) debug_info: Option<Value>,
}

/// What became of a file.
#[derive(Debug, Serialize)]
pub(super) struct Uploaded {
    pub(super) schema_version: &'static str,
    pub(super) data_id: String,
    pub(super) case_id: String,
    pub(super) filename: String,
    pub(super) file_size: usize,
    pub(super) data_type: &'static str,
    pub(super) processing_status: &'static str,
    pub(super) uploaded_at: String,
    pub(super) agent_response: QueryAnswer,
}
