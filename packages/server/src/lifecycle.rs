//! The states of a case, the edges between them, and what the milestones say about each.
//!
//! Pure rules; rows are changed in `turns::commit`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Moment;
use crate::store::cases::Case;
use crate::store::findings::Hypothesis;
use crate::wire_types::Eligibility;

/// A log shows the symptom.
pub(crate) const SYMPTOM: &str = "symptom_verified";
/// The user has confirmed a cause.
pub(crate) const CAUSE: &str = "root_cause_identified";
/// The user has marked the case as resolved.
pub(crate) const SOLUTION: &str = "solution_verified";

/// Milestones in the order in which an investigation reaches them.
const MILESTONES: [&str; 3] = [SYMPTOM, CAUSE, SOLUTION];

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CaseState {
    Inquiry,
    Investigating,
    Resolved,
    Closed,
}

impl CaseState {
    /// The name on the wire and in the store.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::Investigating => "investigating",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    /// The state of that name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Inquiry, Self::Investigating, Self::Resolved, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// Whether nothing but questions is taken any more.
    pub(crate) fn is_terminal(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }
}

/// What the case knows of its milestones.
pub(crate) fn has(case: &Case, milestone: &str) -> bool {
    case.milestones.iter().any(|reached| reached == milestone)
}

/// Milestones that are still ahead.
pub(crate) fn pending(case: &Case) -> Vec<&'static str> {
    match case.state {
        CaseState::Investigating => {
            MILESTONES.into_iter().filter(|milestone| !has(case, milestone)).collect()
        }
        _ => Vec::new(),
    }
}

/// The states that the case can go to now. An inquiry can be resolved directly once its symptom was seen.
pub(crate) fn next_states(case: &Case) -> Vec<CaseState> {
    match case.state {
        CaseState::Inquiry if has(case, SYMPTOM) => {
            vec![CaseState::Investigating, CaseState::Closed, CaseState::Resolved]
        }
        CaseState::Inquiry => vec![CaseState::Investigating, CaseState::Closed],
        CaseState::Investigating => vec![CaseState::Resolved, CaseState::Closed],
        CaseState::Resolved | CaseState::Closed => Vec::new(),
    }
}

/// The stage of an investigation; no other state has one.
pub(crate) fn stage(case: &Case) -> Option<&'static str> {
    match case.state {
        CaseState::Investigating if has(case, CAUSE) => Some("treatment"),
        CaseState::Investigating => Some("diagnosis"),
        _ => None,
    }
}

/// Moves a case by the word of its user, whatever its milestones say.
pub(crate) fn move_to(case: &mut Case, state: CaseState, now: Moment) {
    match state {
        CaseState::Closed => {
            case.closure_reason = Some(closure_reason(case).to_owned());
            case.closed = Some(now);
        }
        CaseState::Resolved => case.resolved = Some(now),
        CaseState::Investigating | CaseState::Inquiry => {}
    }
    case.state = state;
    case.state_since_version = case.version.saturating_add(1);
}

/// Whether ending the case now would leave something out.
pub(crate) fn eligibility(case: &Case) -> Eligibility {
    let (resolved, closed) = match case.state {
        CaseState::Inquiry if has(case, SYMPTOM) => ("needs_info", "ready"),
        CaseState::Inquiry => ("not_eligible", "ready"),
        CaseState::Investigating if has(case, CAUSE) => ("ready", "suggests_alternative"),
        CaseState::Investigating => ("needs_info", "ready"),
        CaseState::Resolved | CaseState::Closed => ("not_eligible", "not_eligible"),
    };
    Eligibility { resolved, closed }
}

/// Why a case is being closed, from what it has reached.
pub(crate) fn closure_reason(case: &Case) -> &'static str {
    match case.state {
        CaseState::Inquiry => "inquiry_only",
        _ if has(case, CAUSE) => "solution_deferred",
        _ => "closed_insufficient_evidence",
    }
}

/// How sure the cause is.
pub(crate) fn cause_assurance(hypotheses: &[Hypothesis]) -> &'static str {
    if hypotheses.iter().any(|hypothesis| hypothesis.state == "validated") {
        "confirmed"
    } else if hypotheses.iter().any(|hypothesis| hypothesis.state == "active") {
        "mechanistic"
    } else {
        "no_root"
    }
}
