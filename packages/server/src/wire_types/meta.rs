//! The small answers: what the server is, how to sign in, what a call did.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::TurnAnswer;

/// Answer of `GET /v1/meta/capabilities`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Capabilities {
    pub(crate) deployment_mode: &'static str,
    pub(crate) kb_management: &'static str,
    pub(crate) dashboard_url: Option<String>,
    pub(crate) features: Features,
    pub(crate) limits: Limits,
    pub(crate) branding: Branding,
}

/// What is switched on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Features {
    #[serde(rename = "extensionKB")]
    pub(crate) extension_kb: bool,
    #[serde(rename = "adminKB")]
    pub(crate) admin_kb: bool,
    pub(crate) team_sharing: bool,
    pub(crate) case_history: bool,
    pub(crate) sso: bool,
}

/// What is taken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limits {
    pub(crate) max_file_bytes: usize,
    pub(crate) allowed_extensions: Vec<&'static str>,
    pub(crate) max_documents: u32,
    pub(crate) turn_response_bound_seconds: u64,
}

/// What the operator calls the server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Branding {
    pub(crate) name: &'static str,
    pub(crate) logo_url: Option<String>,
    pub(crate) support_url: Option<String>,
}

/// Answer of `GET /auth/config`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthConfig {
    pub(crate) auth_mode: &'static str,
    pub(crate) supports_registration: bool,
    pub(crate) login_endpoint: Option<&'static str>,
    pub(crate) register_endpoint: Option<&'static str>,
    #[schema(value_type = Option<Object>)]
    pub(crate) oauth: Option<Value>,
}

/// Answer of `POST /auth/logout`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedOut {
    pub(crate) message: &'static str,
    pub(crate) revoked_tokens: usize,
    pub(crate) all_sessions_ended: bool,
}

/// Answer of a heartbeat.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alive {
    pub(crate) session_id: String,
    pub(crate) status: &'static str,
    pub(crate) last_activity: String,
}

/// Answer of `PUT /cases/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseUpdated {
    pub(crate) case_id: String,
    pub(crate) success: bool,
    pub(crate) message: &'static str,
}

/// Answer of `POST /cases/{id}/title`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Titled {
    pub(crate) schema_version: &'static str,
    pub(crate) title: String,
}

/// Answer of a turn that is answered later.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobAccepted {
    pub(crate) job_id: String,
    pub(crate) status: &'static str,
}

/// What a poll of a job finds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobState {
    pub(crate) status: &'static str,
    /// The answer of the turn, once the job is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TurnAnswer>)]
    pub(crate) result: Option<Value>,
    /// Why the job failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<JobError>,
}

/// Why a job failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobError {
    pub(crate) message: String,
}
