//! What a turn wants besides an answer: a change of state, a yes or no, a verdict on a hypothesis.

use serde::{Deserialize, Serialize};

use crate::lifecycle::CaseState;
use crate::refusal::Refusal;
use crate::words;

/// The intent of a turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Intent {
    /// Just talk.
    #[default]
    Conversation,
    StatusTransition {
        from_state: CaseState,
        to_state: CaseState,
        #[serde(default)]
        user_confirmed: bool,
    },
    Confirmation {
        confirmation_value: bool,
    },
    HypothesisAction {
        hypothesis_id: String,
        action: Verdict,
    },
}

/// What the user says of a hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Validate,
    Refute,
    Retire,
}

impl Verdict {
    /// The state that the hypothesis gets.
    pub(crate) fn state(self) -> &'static str {
        match self {
            Self::Validate => "validated",
            Self::Refute => "refuted",
            Self::Retire => "retired",
        }
    }
}

impl Intent {
    fn name(&self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::StatusTransition { .. } => "status_transition",
            Self::Confirmation { .. } => "confirmation",
            Self::HypothesisAction { .. } => "hypothesis_action",
        }
    }
}

/// Reads `intent_type` and `intent_data`, which must agree.
pub(crate) fn read(kind: Option<&str>, data: Option<&str>) -> Result<Intent, Refusal> {
    let kind = kind.map(str::trim).filter(|kind| !kind.is_empty());
    let data = data.map(str::trim).filter(|data| !data.is_empty());
    let intent = match (kind, data) {
        (None | Some("conversation"), None) => return Ok(Intent::Conversation),
        (Some(_), None) => return Err(Refusal::invalid("intent_data", words::INTENT_UNREADABLE)),
        (_, Some(data)) => serde_json::from_str::<Intent>(data)
            .map_err(|_| Refusal::invalid("intent_data", words::INTENT_UNREADABLE))?,
    };
    if kind.is_some_and(|kind| kind != intent.name()) {
        return Err(Refusal::invalid("intent_type", words::INTENT_TYPES_DIFFER));
    }
    match intent {
        Intent::StatusTransition { user_confirmed: false, .. } => {
            Err(Refusal::invalid("intent_data", words::NOT_CONFIRMED))
        }
        intent => Ok(intent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_intents_of_the_contract_are_read() {
        let transition = r#"{"type":"status_transition","from_state":"investigating","to_state":"resolved","user_confirmed":true}"#;
        assert!(matches!(
            read(Some("status_transition"), Some(transition)).unwrap(),
            Intent::StatusTransition { .. }
        ));
        let no = r#"{"type":"confirmation","confirmation_value":false}"#;
        assert_eq!(
            read(Some("confirmation"), Some(no)).unwrap(),
            Intent::Confirmation { confirmation_value: false }
        );
        let refute = r#"{"type":"hypothesis_action","hypothesis_id":"hyp_02","action":"refute"}"#;
        assert!(matches!(
            read(None, Some(refute)).unwrap(),
            Intent::HypothesisAction { action: Verdict::Refute, .. }
        ));
        assert_eq!(read(None, None).unwrap(), Intent::Conversation);
    }

    #[test]
    fn an_intent_that_is_unconfirmed_unknown_or_mislabelled_is_refused() {
        let unconfirmed = r#"{"type":"status_transition","from_state":"inquiry","to_state":"closed"}"#;
        assert!(read(None, Some(unconfirmed)).is_err());
        assert!(read(None, Some(r#"{"type":"dance"}"#)).is_err());
        assert!(read(Some("confirmation"), Some(r#"{"type":"conversation"}"#)).is_err());
        assert!(read(Some("confirmation"), None).is_err());
    }
}
