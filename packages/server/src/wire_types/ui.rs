//! The three shapes of `GET /cases/{id}/ui` (contract 2.6).

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Eligibility;
use crate::lifecycle::CaseState;

/// One case as a screen shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum CaseUi {
    Inquiry(Box<CaseUiInquiry>),
    Investigating(Box<CaseUiInvestigating>),
    Resolved(Box<CaseUiResolved>),
}

/// What every shape has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseUiShared {
    pub(crate) case_id: String,
    pub(crate) title: String,
    pub(crate) state: CaseState,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) current_turn: u32,
    pub(crate) uploaded_files_count: u32,
    pub(crate) valid_next_states: Vec<CaseState>,
    pub(crate) disposition_eligibility: Eligibility,
}

/// A case that is only talked about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseUiInquiry {
    #[serde(flatten)]
    pub(crate) shared: CaseUiShared,
    pub(crate) inquiry: Inquiry,
}

/// What an inquiry knows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Inquiry {
    pub(crate) decided_to_investigate: bool,
    pub(crate) inquiry_turns: u32,
    pub(crate) problem_statement_confirmed: bool,
    pub(crate) proposed_problem_statement: Option<String>,
    pub(crate) problem_confirmation: Option<String>,
}

/// A case under investigation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseUiInvestigating {
    #[serde(flatten)]
    pub(crate) shared: CaseUiShared,
    pub(crate) agent_status: String,
    pub(crate) progress: Progress,
    pub(crate) problem_statement: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub(crate) problem_verification: Option<Value>,
    pub(crate) working_conclusion: Option<WorkingConclusion>,
    pub(crate) active_hypotheses: Vec<HypothesisSummary>,
    pub(crate) latest_evidence: Vec<EvidenceSummary>,
    pub(crate) next_actions: Vec<String>,
    #[schema(value_type = Option<Object>)]
    pub(crate) progress_transparency: Option<Value>,
}

/// How far an investigation is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    pub(crate) current_stage: Option<&'static str>,
    pub(crate) active_hypotheses: usize,
    pub(crate) total_evidence: usize,
    pub(crate) turns_without_progress: u32,
    pub(crate) completed_indicators: Vec<String>,
    pub(crate) completed_stage_gates: Vec<&'static str>,
}

/// What seems to be the cause.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkingConclusion {
    pub(crate) summary: String,
    pub(crate) confidence: f64,
    pub(crate) last_updated: String,
}

/// A cause that is thought of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HypothesisSummary {
    pub(crate) hypothesis_id: String,
    pub(crate) text: String,
    pub(crate) likelihood: f64,
    pub(crate) state: String,
    pub(crate) evidence_count: u32,
    pub(crate) refutation_reason: Option<String>,
}

/// A piece of evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceSummary {
    pub(crate) evidence_id: String,
    pub(crate) summary: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) category: &'static str,
    pub(crate) relevance_score: f64,
    pub(crate) timestamp: String,
    pub(crate) collected_at_turn: u32,
    pub(crate) source_filename: Option<String>,
}

/// A case that has ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseUiResolved {
    #[serde(flatten)]
    pub(crate) shared: CaseUiShared,
    pub(crate) resolved_at: String,
    pub(crate) problem_statement: Option<String>,
    pub(crate) root_cause: RootCause,
    pub(crate) solution_applied: Solution,
    pub(crate) verification_status: Verification,
    pub(crate) resolution_summary: ResolutionSummary,
    #[schema(value_type = Vec<Object>)]
    pub(crate) reports_available: [Value; 0],
}

/// The cause.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RootCause {
    pub(crate) root_cause_id: String,
    pub(crate) description: String,
    pub(crate) category: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) cause_assurance: &'static str,
    pub(crate) cause_overclaim: bool,
}

/// What was done about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Solution {
    pub(crate) description: &'static str,
    pub(crate) applied_at: String,
    pub(crate) applied_by: String,
}

/// Whether it helped.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verification {
    pub(crate) verified: bool,
    pub(crate) verification_method: &'static str,
    pub(crate) details: &'static str,
}

/// The case in numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResolutionSummary {
    pub(crate) total_duration_minutes: i64,
    pub(crate) milestones_completed: usize,
    pub(crate) hypotheses_tested: usize,
    pub(crate) evidence_collected: usize,
    pub(crate) key_insights: Vec<String>,
}
