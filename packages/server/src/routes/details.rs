//! `GET /cases/{id}/ui`: one shape per state (contract 2.6).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::caller::Caller;
use super::cases::found;
use crate::app::App;
use crate::lifecycle::{self, CaseState};
use crate::refusal::Refusal;
use crate::store::cases::{self, Case};
use crate::store::findings::{self, Evidence, Hypothesis};
use crate::store::uploads;

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
    let mut view = shared(&known);
    let own = match known.case.state {
        CaseState::Inquiry => inquiry(&known),
        CaseState::Investigating => investigating(&known),
        CaseState::Resolved | CaseState::Closed => ended(&known),
    };
    if let (Some(view), Value::Object(own)) = (view.as_object_mut(), own) {
        view.extend(own);
    }
    Ok(Json(view).into_response())
}

fn shared(known: &Known) -> Value {
    let case = &known.case;
    json!({
        "case_id": case.case_id,
        "title": case.title,
        "state": case.state,
        "created_at": case.created.to_rfc3339(),
        "updated_at": case.updated.to_rfc3339(),
        "current_turn": case.current_turn,
        "uploaded_files_count": known.upload_count,
        "valid_next_states": lifecycle::next_states(case),
        "disposition_eligibility": lifecycle::eligibility(case),
    })
}

fn inquiry(known: &Known) -> Value {
    json!({ "inquiry": {
        "decided_to_investigate": false,
        "inquiry_turns": known.case.current_turn,
        "problem_statement_confirmed": false,
        "proposed_problem_statement": known.case.problem,
        "problem_confirmation": null,
    } })
}

fn investigating(known: &Known) -> Value {
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
    let leading = leading(&known.hypotheses);
    json!({
        "agent_status": status,
        "progress": {
            "current_stage": lifecycle::stage(case),
            "active_hypotheses": active.len(),
            "total_evidence": known.evidence.len(),
            "turns_without_progress": case.turns_without_progress,
            "completed_indicators": case.milestones,
            "completed_stage_gates": if lifecycle::has(case, lifecycle::CAUSE) { vec!["diagnosis"] } else { Vec::new() },
        },
        "problem_statement": case.problem,
        "problem_verification": null,
        "working_conclusion": leading.map(|hypothesis| json!({
            "summary": hypothesis.statement,
            "confidence": likelihood(hypothesis),
            "last_updated": hypothesis.decided.unwrap_or(case.updated).to_rfc3339(),
        })),
        "active_hypotheses": active.iter().map(|hypothesis| json!({
            "hypothesis_id": hypothesis.hypothesis_id,
            "text": hypothesis.statement,
            "likelihood": likelihood(hypothesis),
            "state": hypothesis.state,
            "evidence_count": hypothesis.evidence_count,
            "refutation_reason": null,
        })).collect::<Vec<_>>(),
        "latest_evidence": known.evidence.iter().take(SHOWN_EVIDENCE).map(|piece| json!({
            "evidence_id": piece.evidence_id,
            "summary": piece.summary,
            "type": "log_file",
            "category": "SYMPTOM_EVIDENCE",
            "relevance_score": 0.5,
            "timestamp": piece.created.to_rfc3339(),
            "collected_at_turn": piece.turn_number,
            "source_filename": known.uploads.iter()
                .find(|upload| Some(&upload.file_id) == piece.file_id.as_ref())
                .map(|upload| upload.filename.as_str()),
        })).collect::<Vec<_>>(),
        "next_actions": case.next_actions,
        "progress_transparency": null,
    })
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

fn ended(known: &Known) -> Value {
    let case = &known.case;
    let end = case.resolved.or(case.closed).unwrap_or(case.updated);
    let leading = leading(&known.hypotheses);
    let verified = lifecycle::has(case, lifecycle::SOLUTION);
    json!({
        "resolved_at": end.to_rfc3339(),
        "problem_statement": case.problem,
        "root_cause": {
            "root_cause_id": leading.map_or("", |hypothesis| hypothesis.hypothesis_id.as_str()),
            "description": leading.map_or("Not recorded", |hypothesis| hypothesis.statement.as_str()),
            "category": "unknown",
            "severity": "unknown",
            "cause_assurance": lifecycle::cause_assurance(&known.hypotheses),
            "cause_overclaim": false,
        },
        "solution_applied": {
            "description": "Not recorded",
            "applied_at": end.to_rfc3339(),
            "applied_by": known.username,
        },
        "verification_status": {
            "verified": verified,
            "verification_method": if verified { "The user's word" } else { "None" },
            "details": if verified { "Marked as resolved by the user" } else { "Closed without a verified fix" },
        },
        "resolution_summary": {
            "total_duration_minutes": end.0.saturating_sub(case.created.0) / 60_000,
            "milestones_completed": case.milestones.len(),
            "hypotheses_tested": known.hypotheses.iter().filter(|hypothesis| hypothesis.state != "active").count(),
            "evidence_collected": known.evidence.len(),
            "key_insights": leading.map(|hypothesis| hypothesis.statement.clone()).into_iter().collect::<Vec<_>>(),
        },
        "reports_available": [],
    })
}
