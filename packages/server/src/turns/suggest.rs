//! The suggestions under an answer: the assistant's own, and the decision that the case is ready for.

use serde_json::json;

use crate::lifecycle::{self, CaseState};
use crate::store::cases::Case;
use crate::store::findings::Hypothesis;
use crate::wire_types::SuggestedAction;

/// Most suggestions under one answer; the panel shows four.
const MAX_SUGGESTIONS: usize = 4;

/// The case's decision first, then what the assistant suggests. Where there is one too many, the assistant's own decision
/// goes, so that all four kinds keep their place.
pub(super) fn suggestions(
    case: &Case,
    hypotheses: &[Hypothesis],
    actions: Vec<SuggestedAction>,
) -> Vec<SuggestedAction> {
    let mut list: Vec<SuggestedAction> = decision(case, hypotheses).into_iter().chain(actions).collect();
    if list.len() > MAX_SUGGESTIONS {
        let spare = list.iter().rposition(|action| action.kind == "DECIDE" && action.intent.is_none());
        if let Some(spare) = spare {
            list.remove(spare);
        }
        list.truncate(MAX_SUGGESTIONS);
    }
    list
}

fn decision(case: &Case, hypotheses: &[Hypothesis]) -> Option<SuggestedAction> {
    let (label, payload, intent) = match case.state {
        CaseState::Inquiry if lifecycle::has(case, lifecycle::SYMPTOM) && case.problem.is_some() => (
            "Start an investigation",
            "Yes, start the investigation.".to_owned(),
            json!({ "type": "confirmation", "confirmation_value": true }),
        ),
        CaseState::Investigating if lifecycle::has(case, lifecycle::CAUSE) => (
            "Mark as resolved",
            "Mark this case as resolved.".to_owned(),
            json!({ "type": "status_transition", "from_state": "investigating", "to_state": "resolved", "user_confirmed": true }),
        ),
        CaseState::Investigating => {
            let candidate = hypotheses.iter().rev().find(|hypothesis| hypothesis.state == "active")?;
            (
                "Confirm this cause",
                format!("Yes, this is the cause: {}.", candidate.statement),
                json!({ "type": "hypothesis_action", "hypothesis_id": candidate.hypothesis_id, "action": "validate" }),
            )
        }
        _ => return None,
    };
    Some(SuggestedAction {
        label: label.to_owned(),
        kind: "DECIDE",
        payload: Some(payload),
        body: None,
        hints: None,
        intent: Some(intent),
        evidence_need_id: None,
    })
}
