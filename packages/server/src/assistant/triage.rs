//! The built-in assistant: `copilot-triage` on a thread of its own, in the contract's words.

use copilot_triage::{Action, ActionKind, Context};

use super::{Conversation, Reply};
use crate::refusal::Refusal;
use crate::secrets;
use crate::wire_types::SuggestedAction;

/// Answers by fixed rules: the same conversation gives the same reply.
pub(super) async fn answer(conversation: Conversation) -> Result<Reply, Refusal> {
    tokio::task::spawn_blocking(move || read(&conversation)).await.map_err(|error| {
        tracing::error!(%error, "the log triage was cut off");
        Refusal::internal()
    })
}

/// Runs the rules on the present thread.
pub(super) fn read(conversation: &Conversation) -> Reply {
    let context = Context {
        question: conversation.question.clone(),
        previous_turns: conversation
            .history
            .iter()
            .filter(|row| row.is_user)
            .map(|row| row.content.clone())
            .collect(),
    };
    let report = copilot_triage::triage(&conversation.text, &context);
    Reply {
        markdown: report.markdown,
        actions: report.actions.into_iter().map(suggestion).collect(),
        found_log: report.found_log,
        title: report.title,
    }
}

/// The wire form of an action. An evidence need is named after its label, so that the same need keeps its name.
fn suggestion(action: Action) -> SuggestedAction {
    let (kind, evidence_need_id) = match action.kind {
        ActionKind::Decide => ("DECIDE", None),
        ActionKind::Run => ("RUN", None),
        ActionKind::Evidence => {
            let digest: String = secrets::content_digest(action.label.as_bytes()).chars().take(12).collect();
            ("EVIDENCE", Some(format!("eneed_{digest}")))
        }
        ActionKind::FreeSpeech => ("FREE_SPEECH", None),
    };
    SuggestedAction {
        label: action.label,
        kind,
        payload: action.payload,
        body: action.body,
        hints: Some(action.hints).filter(|hints| !hints.is_empty()),
        intent: None,
        evidence_need_id,
    }
}
