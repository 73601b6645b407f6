//! A case as the server confirmed it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::RealId;
use crate::time::ServerTime;

/// Where a case stands (contract 2.4). Unknown words are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CaseState {
    /// Questions are asked, nothing is decided.
    #[default]
    Inquiry,
    /// A formal investigation runs.
    Investigating,
    /// Solved. Terminal: text is still answered, data and edits are refused.
    Resolved,
    /// Ended without a solution. Terminal.
    Closed,
    /// A word of a newer server.
    #[serde(untagged)]
    Other(Arc<str>),
}

impl CaseState {
    /// Whether edits and data are refused by the server.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }
}

/// How far an investigation is (contract 2.3). Unknown words are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Looking for the cause.
    Diagnosis,
    /// Reducing the damage.
    Mitigation,
    /// Removing the cause.
    Treatment,
    /// A word of a newer server.
    #[serde(untagged)]
    Other(Arc<str>),
}

/// A case as the server last described it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RealCase {
    /// The server's id.
    pub id: RealId,
    /// The server's title, which may be its placeholder.
    pub title: Option<Arc<str>>,
    /// Where the case stands.
    pub state: CaseState,
    /// How far the investigation is.
    pub stage: Option<Stage>,
    /// States that the server would accept next.
    pub valid_next: Vec<CaseState>,
    /// Milestones reached, of six; `None` when the answer did not say.
    pub milestones: Option<u8>,
    /// Number of the last turn that the server committed.
    pub current_turn: u32,
    /// When the server made the case.
    pub created: ServerTime,
    /// When something last happened in it, by the server's clock.
    pub last_activity: ServerTime,
    /// The server answered 404 for this case. The local transcript stays (I19).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

impl RealCase {
    /// The title if it says something: placeholders such as `Case-260818-2` do not.
    #[must_use]
    pub fn named(&self) -> Option<&Arc<str>> {
        self.title.as_ref().filter(|title| !title.trim().is_empty() && !is_placeholder_title(title))
    }
}

/// Whether a title is the server's placeholder, `^Case-(\d{4}|\d{6})-\d+$` (contract 2.5).
#[must_use]
pub fn is_placeholder_title(title: &str) -> bool {
    let Some((day, number)) = title.strip_prefix("Case-").and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    matches!(day.len(), 4 | 6) && digits(day) && digits(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_servers_own_pattern_is_a_placeholder() {
        assert!(is_placeholder_title("Case-260818-2"));
        assert!(is_placeholder_title("Case-0818-12"));
        for real in
            ["Case-26081-2", "Case-260818-", "case-260818-2", "Case-260818-2 drain", "Case-26O818-2", ""]
        {
            assert!(!is_placeholder_title(real), "{real}");
        }
    }

    #[test]
    fn an_unknown_state_survives_a_round_trip() {
        let state: CaseState = serde_json::from_str("\"on_hold\"").unwrap();
        assert_eq!(state, CaseState::Other("on_hold".into()));
        assert_eq!(serde_json::to_string(&state).unwrap(), "\"on_hold\"");
        assert_eq!(serde_json::to_string(&CaseState::Investigating).unwrap(), "\"investigating\"");
    }
}
