//! The answers of contract 2.0.0 as types. Field names are the wire's; what they mean stands in the contract.
//!
//! Requests stand in `requests`. The OpenAPI document is made from these types
//! (`openapi`).

pub(crate) mod meta;
pub(crate) mod requests;
pub(crate) mod ui;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::lifecycle::{self, CaseState};
use crate::store::accounts::User;
use crate::store::cases::Case;

/// The one organisation of a local server.
pub(crate) const ORGANIZATION: &str = "org-local";

/// `user` of a sign-in answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserProfile {
    pub(crate) user_id: String,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) created_at: String,
    pub(crate) is_dev_user: bool,
    pub(crate) roles: [&'static str; 1],
}

impl From<&User> for UserProfile {
    fn from(user: &User) -> Self {
        Self {
            user_id: user.user_id.clone(),
            username: user.username.clone(),
            email: user.email.clone(),
            display_name: user.display_name.clone(),
            created_at: user.created.to_rfc3339(),
            is_dev_user: true,
            roles: ["user"],
        }
    }
}

/// Answer of `GET /auth/me`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserInfo {
    #[serde(flatten)]
    pub(crate) profile: UserProfile,
    pub(crate) last_login: Option<String>,
    pub(crate) organization: Organization,
}

/// An organisation, as `me` names it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Organization {
    pub(crate) organization_id: &'static str,
    pub(crate) name: &'static str,
}

/// Answer of a sign-in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    pub(crate) access_token: String,
    pub(crate) token_type: &'static str,
    pub(crate) expires_in: i64,
    pub(crate) refresh_token: String,
    pub(crate) session_id: String,
    pub(crate) idp_logout_url: Option<String>,
    pub(crate) user: UserProfile,
}

/// Answer of a sign-in in the queries dialect.
#[derive(Debug, Serialize)]
pub(crate) struct DevSignedIn {
    pub(crate) access_token: String,
    pub(crate) token_type: &'static str,
    pub(crate) expires_in: i64,
    pub(crate) session_id: String,
    pub(crate) user: UserProfile,
}

/// Answer of a refresh.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Refreshed {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in: i64,
    pub(crate) token_type: &'static str,
}

/// Answer of the session calls.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionAnswer {
    pub(crate) schema_version: &'static str,
    pub(crate) session_id: String,
    pub(crate) status: &'static str,
    pub(crate) created_at: String,
    pub(crate) expires_at: String,
    pub(crate) client_id: Option<String>,
    pub(crate) session_resumed: bool,
    pub(crate) user_id: String,
    pub(crate) metadata: Option<Value>,
}

/// The fields that a case shows in lists and in detail alike.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseCore {
    pub(crate) case_id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) state: CaseState,
    pub(crate) is_terminal: bool,
    pub(crate) current_turn: u32,
    pub(crate) turns_without_progress: u32,
    pub(crate) user_id: String,
    pub(crate) organization_id: &'static str,
    pub(crate) source: &'static str,
    pub(crate) shared_team_ids: [String; 0],
    pub(crate) valid_next_states: Vec<CaseState>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) last_activity_at: String,
    pub(crate) resolved_at: Option<String>,
    pub(crate) closed_at: Option<String>,
    pub(crate) closure_reason: Option<String>,
}

impl From<&Case> for CaseCore {
    fn from(case: &Case) -> Self {
        Self {
            case_id: case.case_id.clone(),
            title: case.title.clone(),
            description: case.description.clone(),
            state: case.state,
            is_terminal: case.state.is_terminal(),
            current_turn: case.current_turn,
            turns_without_progress: case.turns_without_progress,
            user_id: case.user_id.clone(),
            organization_id: ORGANIZATION,
            source: "copilot",
            shared_team_ids: [],
            valid_next_states: lifecycle::next_states(case),
            created_at: case.created.to_rfc3339(),
            updated_at: case.updated.to_rfc3339(),
            last_activity_at: case.activity.to_rfc3339(),
            resolved_at: case.resolved.map(|moment| moment.to_rfc3339()),
            closed_at: case.closed.map(|moment| moment.to_rfc3339()),
            closure_reason: case.closure_reason.clone(),
        }
    }
}

/// A case in a list, and the answer of a create.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseSummary {
    #[serde(flatten)]
    pub(crate) core: CaseCore,
    pub(crate) stage: Option<&'static str>,
}

impl From<&Case> for CaseSummary {
    fn from(case: &Case) -> Self {
        Self { core: case.into(), stage: lifecycle::stage(case) }
    }
}

/// One case in detail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseDetail {
    #[serde(flatten)]
    pub(crate) core: CaseCore,
    pub(crate) current_stage: Option<&'static str>,
    pub(crate) escalated: bool,
    pub(crate) evidence_count: usize,
    pub(crate) hypothesis_count: usize,
    pub(crate) solution_count: usize,
    pub(crate) milestones_completed: Vec<String>,
    pub(crate) pending_milestones: Vec<&'static str>,
}

/// One page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseList {
    pub(crate) cases: Vec<CaseSummary>,
    pub(crate) total_count: u32,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
    pub(crate) has_more: bool,
}

/// One row of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    pub(crate) message_id: String,
    pub(crate) role: String,
    pub(crate) content: String,
    pub(crate) created_at: String,
    pub(crate) turn_number: u32,
    pub(crate) author_id: Option<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) token_count: Option<u32>,
}

/// One page of rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageList {
    pub(crate) messages: Vec<Message>,
    pub(crate) total_count: u32,
    pub(crate) retrieved_count: usize,
    pub(crate) has_more: bool,
    pub(crate) next_offset: Option<u32>,
    pub(crate) debug_info: Option<Value>,
}

/// Answer of a turn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TurnAnswer {
    pub(crate) agent_response: String,
    pub(crate) turn_number: u32,
    pub(crate) case_state: CaseState,
    pub(crate) progress_made: bool,
    pub(crate) milestones_completed: Vec<String>,
    pub(crate) attachments_processed: Vec<AttachmentResult>,
    pub(crate) suggested_actions: Vec<SuggestedAction>,
    pub(crate) progress_transparency: ProgressTransparency,
    pub(crate) cause_assurance: Option<&'static str>,
    pub(crate) cause_overclaim: Option<bool>,
}

/// What became of one attachment of a turn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentResult {
    pub(crate) file_id: String,
    pub(crate) filename: String,
    pub(crate) file_size: u64,
    pub(crate) processing_status: String,
    pub(crate) source_type: String,
    pub(crate) upload_source: String,
    pub(crate) uploaded_at: String,
    pub(crate) duplicate_of: Option<String>,
    pub(crate) duplicate_turn: Option<u32>,
}

/// One suggestion under an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SuggestedAction {
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) payload: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) hints: Option<Vec<String>>,
    pub(crate) intent: Option<Value>,
    pub(crate) evidence_need_id: Option<String>,
}

/// Which milestone the turn was about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressTransparency {
    pub(crate) active: bool,
    pub(crate) pending_milestone: Option<&'static str>,
    pub(crate) milestone_description: Option<String>,
    pub(crate) repair_type: Option<String>,
    pub(crate) cause_assurance: Option<&'static str>,
    pub(crate) verification_status: Option<String>,
}

/// Whether a case can be ended well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Eligibility {
    pub(crate) resolved: &'static str,
    pub(crate) closed: &'static str,
}

/// An upload in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadSummary {
    pub(crate) file_id: String,
    pub(crate) filename: String,
    pub(crate) size_bytes: u64,
    pub(crate) size_display: String,
    pub(crate) uploaded_at: String,
    pub(crate) uploaded_at_turn: u32,
    pub(crate) source_type: String,
    pub(crate) analysis_status: String,
    pub(crate) summary: Option<String>,
    pub(crate) source_metadata: Option<Value>,
}

/// One page of uploads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadList {
    pub(crate) files: Vec<UploadSummary>,
    pub(crate) total_count: u32,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
}

/// One upload in detail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadDetail {
    pub(crate) file_id: String,
    pub(crate) filename: String,
    pub(crate) size_bytes: u64,
    pub(crate) size_display: String,
    pub(crate) uploaded_at: String,
    pub(crate) uploaded_at_turn: u32,
    pub(crate) upload_source: String,
    pub(crate) content_type: Option<String>,
    pub(crate) content_hash: String,
    pub(crate) summary: Option<String>,
    pub(crate) evidence_count: usize,
    pub(crate) derived_evidence: Vec<DerivedEvidence>,
}

/// Evidence that an upload gave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DerivedEvidence {
    pub(crate) evidence_id: String,
    pub(crate) summary: String,
    pub(crate) category: &'static str,
    pub(crate) source_type: &'static str,
    pub(crate) collected_at_turn: u32,
    pub(crate) primary_purpose: Option<String>,
    pub(crate) related_hypothesis_ids: Vec<String>,
}
