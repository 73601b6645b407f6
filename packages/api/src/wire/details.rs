//! What a case holds beside its messages, from three answers (contract 2.5, 2.6): `/ui` in all its shapes,
//! the case itself for its milestones, the list of uploaded files.

use std::sync::Arc;

use copilot_core::model::{CaseDetails, CaseFile, Evidence, Hypothesis, Milestone, MilestoneState};
use serde::Deserialize;

use super::lenient::{count, list, maybe};
use crate::times::server_time;

#[derive(Deserialize)]
struct UiBody {
    #[serde(rename = "case_id")]
    _case_id: String,
    #[serde(default, deserialize_with = "maybe")]
    problem_statement: Option<Arc<str>>,
    #[serde(default, deserialize_with = "maybe")]
    inquiry: Option<InquiryBody>,
    #[serde(default, deserialize_with = "maybe")]
    problem_verification: Option<VerificationBody>,
    #[serde(default, deserialize_with = "maybe")]
    agent_status: Option<Arc<str>>,
    #[serde(default, deserialize_with = "list")]
    active_hypotheses: Vec<HypothesisBody>,
    #[serde(default, deserialize_with = "list")]
    latest_evidence: Vec<EvidenceBody>,
    #[serde(default, deserialize_with = "maybe")]
    root_cause: Option<DescriptionBody>,
    #[serde(default, deserialize_with = "maybe")]
    solution_applied: Option<DescriptionBody>,
}

#[derive(Deserialize)]
struct InquiryBody {
    #[serde(default, deserialize_with = "maybe")]
    proposed_problem_statement: Option<Arc<str>>,
}

#[derive(Deserialize)]
struct VerificationBody {
    #[serde(default, deserialize_with = "maybe")]
    severity: Option<Arc<str>>,
    #[serde(default, deserialize_with = "maybe")]
    user_impact: Option<Arc<str>>,
    #[serde(default, deserialize_with = "maybe")]
    temporal_state: Option<TemporalBody>,
}

#[derive(Deserialize)]
struct TemporalBody {
    #[serde(default, deserialize_with = "maybe")]
    started_at: Option<String>,
}

#[derive(Deserialize)]
struct HypothesisBody {
    hypothesis_id: Arc<str>,
    text: Arc<str>,
    #[serde(default, deserialize_with = "maybe")]
    likelihood: Option<f64>,
    #[serde(default, deserialize_with = "maybe")]
    state: Option<Arc<str>>,
    #[serde(default, deserialize_with = "count")]
    evidence_count: Option<u32>,
    #[serde(default, deserialize_with = "maybe")]
    refutation_reason: Option<Arc<str>>,
}

#[derive(Deserialize)]
struct EvidenceBody {
    summary: Arc<str>,
    #[serde(default, deserialize_with = "maybe")]
    source_filename: Option<Arc<str>>,
    #[serde(default, deserialize_with = "count")]
    collected_at_turn: Option<u32>,
}

#[derive(Deserialize)]
struct DescriptionBody {
    #[serde(default, deserialize_with = "maybe")]
    description: Option<Arc<str>>,
}

/// Reads `/ui`; `None` if it is none.
pub(crate) fn read_details(text: &str) -> Option<CaseDetails> {
    let body: UiBody = serde_json::from_str(text).ok()?;
    let proposed = body.inquiry.and_then(|inquiry| inquiry.proposed_problem_statement);
    let verified = body.problem_verification;
    let since = verified.as_ref().and_then(|known| known.temporal_state.as_ref()?.started_at.as_deref());
    Some(CaseDetails {
        problem: said(body.problem_statement.or(proposed)),
        since: since.and_then(server_time),
        severity: said(verified.as_ref().and_then(|known| known.severity.clone())),
        impact: said(verified.and_then(|known| known.user_impact)),
        agent_status: said(body.agent_status),
        milestones: Vec::new(),
        hypotheses: body.active_hypotheses.into_iter().map(hypothesis).collect(),
        evidence: body.latest_evidence.into_iter().map(evidence).collect(),
        files: Vec::new(),
        root_cause: said(body.root_cause.and_then(|cause| cause.description)),
        solution: said(body.solution_applied.and_then(|solution| solution.description)),
    })
}

fn said(text: Option<Arc<str>>) -> Option<Arc<str>> {
    text.filter(|text| !text.trim().is_empty())
}

fn hypothesis(body: HypothesisBody) -> Hypothesis {
    let percent = |share: f64| (share.clamp(0.0, 1.0) * 100.0).round() as u8;
    Hypothesis {
        id: body.hypothesis_id,
        text: body.text,
        likelihood: body.likelihood.filter(|share| share.is_finite()).map(percent),
        state: body.state.unwrap_or_default(),
        evidence: body.evidence_count.unwrap_or_default(),
        refuted_because: said(body.refutation_reason),
    }
}

fn evidence(body: EvidenceBody) -> Evidence {
    Evidence { summary: body.summary, source: said(body.source_filename), turn: body.collected_at_turn }
}

#[derive(Deserialize)]
struct CaseBody {
    #[serde(default, deserialize_with = "list")]
    milestones_completed: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "list")]
    pending_milestones: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "maybe")]
    description: Option<Arc<str>>,
}

/// Reads the milestones of a case in their order; the first that is not reached is worked on.
pub(crate) fn read_milestones(text: &str) -> Vec<Milestone> {
    let Ok(body) = serde_json::from_str::<CaseBody>(text) else {
        return Vec::new();
    };
    let named = |name: &Arc<str>, state| Milestone { name: worded(name), state };
    let done = body.milestones_completed.iter().map(|name| named(name, MilestoneState::Done));
    let states =
        std::iter::once(MilestoneState::InProgress).chain(std::iter::repeat(MilestoneState::NotStarted));
    done.chain(body.pending_milestones.iter().zip(states).map(|(name, state)| named(name, state))).collect()
}

/// `symptom_verified` as people write it.
fn worded(name: &str) -> Arc<str> {
    let text = name.replace('_', " ");
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).collect::<String>().into()
}

/// All that the queries dialect knows of a case beside its messages.
pub(crate) fn read_description(text: &str) -> CaseDetails {
    let body: Option<CaseBody> = serde_json::from_str(text).ok();
    CaseDetails { problem: said(body.and_then(|body| body.description)), ..CaseDetails::default() }
}

#[derive(Deserialize)]
struct FileList {
    #[serde(default, deserialize_with = "list")]
    files: Vec<FileBody>,
}

#[derive(Deserialize)]
struct FileBody {
    file_id: Arc<str>,
    filename: Arc<str>,
    #[serde(default, deserialize_with = "maybe")]
    size_bytes: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    uploaded_at_turn: Option<u32>,
    #[serde(default, deserialize_with = "maybe")]
    analysis_status: Option<Arc<str>>,
    #[serde(default, deserialize_with = "maybe")]
    summary: Option<Arc<str>>,
}

/// Reads the uploaded files of a case.
pub(crate) fn read_files(text: &str) -> Vec<CaseFile> {
    let body: Option<FileList> = serde_json::from_str(text).ok();
    let file = |body: FileBody| CaseFile {
        id: body.file_id,
        name: body.filename,
        bytes: body.size_bytes.unwrap_or_default(),
        turn: body.uploaded_at_turn,
        state: body.analysis_status.unwrap_or_default(),
        summary: said(body.summary),
    };
    body.map(|body| body.files.into_iter().map(file).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_investigation_is_read_with_what_it_says_and_without_what_it_does_not() {
        let text = r#"{"case_id":"c-1","state":"investigating","problem_statement":"503 since 09:10","agent_status":"Testing",
            "problem_verification":{"severity":"high","user_impact":"A third","temporal_state":{"started_at":"2026-08-18T09:10:03Z"}},
            "active_hypotheses":[{"hypothesis_id":"h","text":"Cache","likelihood":0.6,"state":"active","evidence_count":2},{"text":"no id"}],
            "latest_evidence":[{"summary":"Timeouts","source_filename":"a.log","collected_at_turn":3}],"root_cause":null}"#;
        let details = read_details(text).unwrap();
        assert_eq!(details.problem.as_deref(), Some("503 since 09:10"));
        assert_eq!((details.severity.as_deref(), details.impact.as_deref()), (Some("high"), Some("A third")));
        assert!(details.since.is_some());
        assert_eq!(details.hypotheses.len(), 1);
        assert_eq!((details.hypotheses[0].likelihood, details.hypotheses[0].evidence), (Some(60), 2));
        assert_eq!(details.evidence[0].turn, Some(3));
        assert_eq!(details.root_cause, None);
        assert_eq!(read_details("[]"), None);
    }

    #[test]
    fn milestones_stand_in_their_order_and_the_next_one_is_worked_on() {
        let text = r#"{"milestones_completed":["symptom_verified"],"pending_milestones":["root_cause_identified","solution_verified"]}"#;
        let read: Vec<_> =
            read_milestones(text).into_iter().map(|one| (one.name.to_string(), one.state)).collect();
        assert_eq!(
            read,
            [
                ("Symptom verified".to_owned(), MilestoneState::Done),
                ("Root cause identified".to_owned(), MilestoneState::InProgress),
                ("Solution verified".to_owned(), MilestoneState::NotStarted),
            ]
        );
        assert!(read_milestones("<html>").is_empty());
    }

    #[test]
    fn files_are_read_one_by_one() {
        let text = r#"{"files":[{"file_id":"f","filename":"a.log","size_bytes":58,"uploaded_at_turn":3,"analysis_status":"completed"},{}]}"#;
        let files = read_files(text);
        assert_eq!((files.len(), files[0].bytes, files[0].turn), (1, 58, Some(3)));
    }
}
