//! `GET /cases/{id}/ui`: one shape per state (contract 2.6).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::cases::found;
use crate::app::App;
use crate::lifecycle::{self, CaseState};
use crate::refusal::Refusal;
use crate::store::cases::{self, Case};
use crate::store::findings::{self, Evidence, Hypothesis};
use crate::store::uploads;
use crate::wire_types::ui::{
    CaseUi, CaseUiInquiry, CaseUiInvestigating, CaseUiResolved, CaseUiShared, EvidenceSummary,
    HypothesisSummary, Inquiry, Progress, ResolutionSummary, RootCause, Solution, Verification,
    WorkingConclusion,
};

/// Pieces of evidence that are shown.
const SHOWN_EVIDENCE: usize = 10;

/// What the shapes are made of.
struct Known {
    case: Case,
    username: String,
    uploads: Vec<uploads::Upload>,
    upload_count: u32,
    evidence: Vec<Evidence>,
    hypotheses: Vec<Hypothesis>,
}

/// `GET /cases/{id}/ui`
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
) -> Result<Response, Refusal> {
    let known = app
        .store
        .read(move |db| {
            let case = found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            Ok::<_, Refusal>(Known {
                username: caller.user.username,
                uploads: uploads::page(db, &case_id, (100, 0), (uploads::SortBy::Uploaded, true))?,
                upload_count: uploads::count(db, &case_id)?,
                evidence: findings::evidence(db, &case_id)?,
                hypotheses: findings::hypotheses(db, &case_id)?,
                case,
            })
        })
        .await?;
    let view = match known.case.state {
        CaseState::Inquiry => CaseUi::Inquiry(Box::new(inquiry(&known))),
        CaseState::Investigating => CaseUi::Investigating(Box::new(investigating(&known))),
        CaseState::Resolved | CaseState::Closed => CaseUi::Resolved(Box::new(ended(&known))),
    };
    Ok(Json(view).into_response())
}

fn shared(known: &Known) -> CaseUiShared {
    let case = &known.case;
    CaseUiShared {
        case_id: case.case_id.clone(),
        title: case.title.clone(),
        state: case.state,
        created_at: case.created.to_rfc3339(),
        updated_at: case.updated.to_rfc3339(),
        current_turn: case.current_turn,
        uploaded_files_count: known.upload_count,
        valid_next_states: lifecycle::next_states(case),
        disposition_eligibility: lifecycle::eligibility(case),
    }
}

fn inquiry(known: &Known) -> CaseUiInquiry {
    CaseUiInquiry {
        shared: shared(known),
        inquiry: Inquiry {
            decided_to_investigate: false,
            inquiry_turns: known.case.current_turn,
            problem_statement_confirmed: false,
            proposed_problem_statement: known.case.problem.clone(),
            problem_confirmation: None,
        },
    }
}

fn investigating(known: &Known) -> CaseUiInvestigating {
    let case = &known.case;
    let active: Vec<&Hypothesis> = known
        .hypotheses
        .iter()
        .filter(|hypothesis| matches!(hypothesis.state.as_str(), "active" | "validated"))
        .collect();
    let status = match (lifecycle::has(case, lifecycle::CAUSE), active.len()) {
        (true, _) => "The cause is confirmed; a fix is next".to_owned(),
        (false, 0) => "Looking for a first cause".to_owned(),
        (false, 1) => "Testing one hypothesis".to_owned(),
        (false, count) => format!("Testing {count} hypotheses"),
    };
    let gates = if lifecycle::has(case, lifecycle::CAUSE) { vec!["diagnosis"] } else { Vec::new() };
    CaseUiInvestigating {
        shared: shared(known),
        agent_status: status,
        progress: Progress {
            current_stage: lifecycle::stage(case),
            active_hypotheses: active.len(),
            total_evidence: known.evidence.len(),
            turns_without_progress: case.turns_without_progress,
            completed_indicators: case.milestones.clone(),
            completed_stage_gates: gates,
        },
        problem_statement: case.problem.clone(),
        problem_verification: None,
        working_conclusion: leading(&known.hypotheses).map(|hypothesis| WorkingConclusion {
            summary: hypothesis.statement.clone(),
            confidence: likelihood(hypothesis),
            last_updated: hypothesis.decided.unwrap_or(case.updated).to_rfc3339(),
        }),
        active_hypotheses: active.iter().map(|hypothesis| summary_of(hypothesis)).collect(),
        latest_evidence: known
            .evidence
            .iter()
            .take(SHOWN_EVIDENCE)
            .map(|piece| evidence_of(known, piece))
            .collect(),
        next_actions: case.next_actions.clone(),
        progress_transparency: None,
    }
}

fn summary_of(hypothesis: &Hypothesis) -> HypothesisSummary {
    HypothesisSummary {
        hypothesis_id: hypothesis.hypothesis_id.clone(),
        text: hypothesis.statement.clone(),
        likelihood: likelihood(hypothesis),
        state: hypothesis.state.clone(),
        evidence_count: hypothesis.evidence_count,
        refutation_reason: None,
    }
}

fn evidence_of(known: &Known, piece: &Evidence) -> EvidenceSummary {
    let source = known.uploads.iter().find(|upload| Some(&upload.file_id) == piece.file_id.as_ref());
    EvidenceSummary {
        evidence_id: piece.evidence_id.clone(),
        summary: piece.summary.clone(),
        kind: "log_file",
        category: "SYMPTOM_EVIDENCE",
        relevance_score: 0.5,
        timestamp: piece.created.to_rfc3339(),
        collected_at_turn: piece.turn_number,
        source_filename: source.map(|upload| upload.filename.clone()),
    }
}

/// The hypothesis that counts: a confirmed one, else the newest that is still open.
fn leading(hypotheses: &[Hypothesis]) -> Option<&Hypothesis> {
    let last = |state: &str| hypotheses.iter().rev().find(|hypothesis| hypothesis.state == state);
    last("validated").or_else(|| last("active"))
}

/// The rules give no probabilities: a verdict of the user is certain, everything else is an even guess.
fn likelihood(hypothesis: &Hypothesis) -> f64 {
    match hypothesis.state.as_str() {
        "validated" => 1.0,
        "active" => 0.5,
        _ => 0.0,
    }
}

fn ended(known: &Known) -> CaseUiResolved {
    let case = &known.case;
    let end = case.resolved.or(case.closed).unwrap_or(case.updated);
    let leading = leading(&known.hypotheses);
    let verified = lifecycle::has(case, lifecycle::SOLUTION);
    let tested = known.hypotheses.iter().filter(|hypothesis| hypothesis.state != "active").count();
    CaseUiResolved {
        shared: shared(known),
        resolved_at: end.to_rfc3339(),
        problem_statement: case.problem.clone(),
        root_cause: RootCause {
            root_cause_id: leading.map(|found| found.hypothesis_id.clone()).unwrap_or_default(),
            description: leading.map_or("Not recorded", |found| found.statement.as_str()).to_owned(),
            category: "unknown",
            severity: "unknown",
            cause_assurance: lifecycle::cause_assurance(&known.hypotheses),
            cause_overclaim: false,
        },
        solution_applied: Solution {
            description: "Not recorded",
            applied_at: end.to_rfc3339(),
            applied_by: known.username.clone(),
        },
        verification_status: Verification {
            verified,
            verification_method: if verified { "The user's word" } else { "None" },
            details: if verified {
                "Marked as resolved by the user"
            } else {
                "Closed without a verified fix"
            },
        },
        resolution_summary: ResolutionSummary {
            total_duration_minutes: end.0.saturating_sub(case.created.0) / 60_000,
            milestones_completed: case.milestones.len(),
            hypotheses_tested: tested,
            evidence_collected: known.evidence.len(),
            key_insights: leading.map(|found| found.statement.clone()).into_iter().collect(),
        },
        reports_available: [],
    }
}
