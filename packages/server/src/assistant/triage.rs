//! The built-in assistant: `copilot-triage` on a thread of its own, in the contract's words.

use copilot_triage::{Action, ActionKind, Context, Report};

use super::{Conversation, Reply};
use crate::refusal::Refusal;
use crate::secrets;
use crate::wire_types::SuggestedAction;

/// Answers by fixed rules: the same conversation gives the same reply.
pub(super) async fn answer(conversation: Conversation) -> Result<Reply, Refusal> {
    tokio::task::spawn_blocking(move || read(&conversation).reply).await.map_err(|error| {
        tracing::error!(%error, "the log triage was cut off");
        Refusal::internal()
    })
}

/// What the rules make of a conversation.
pub(super) struct Reading {
    pub(super) reply: Reply,
    /// Whether it is about a log that came earlier, because none comes with the question.
    pub(super) is_of_earlier: bool,
}

/// Runs the rules on the present thread.
pub(super) fn read(conversation: &Conversation) -> Reading {
    let context = Context {
        question: conversation.question.clone(),
        previous_turns: conversation
            .history
            .iter()
            .filter(|row| row.is_user)
            .map(|row| row.content.clone())
            .collect(),
    };
    let report = copilot_triage::triage(evidence(conversation), &context);
    let earlier = if report.found_log { None } else { about_earlier(conversation, &context) };
    let is_of_earlier = earlier.is_some();
    let report = earlier.unwrap_or(report);
    let reply = Reply {
        markdown: report.markdown,
        actions: report.actions.into_iter().map(suggestion).collect(),
        found_log: report.found_log,
        title: report.title,
    };
    Reading { reply, is_of_earlier }
}

/// The answer from a log that came earlier in the case: in a file, or in the person's own words.
fn about_earlier(conversation: &Conversation, context: &Context) -> Option<Report> {
    if conversation.text != conversation.question {
        return None;
    }
    let in_words = conversation.history.iter().rev().filter(|row| row.is_user).map(|row| &row.content);
    let mut logs = conversation.earlier_log.iter().chain(in_words);
    logs.find_map(|log| copilot_triage::follow_up(log, context))
}

/// Lines of a question that make it prose; a longer one may itself be a log.
const QUESTION_LINES: usize = 3;

/// What is read as a log. What came with a short question stands alone, so that its lines are counted as they
/// stand in the file.
fn evidence(conversation: &Conversation) -> &str {
    let text = conversation.text.as_str();
    if conversation.question.lines().count() > QUESTION_LINES {
        return text;
    }
    text.strip_prefix(conversation.question.as_str())
        .map(|rest| rest.trim_start_matches(['\r', '\n']))
        .filter(|rest| !rest.trim().is_empty())
        .unwrap_or(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(question: &str, text: &str) -> Conversation {
        Conversation {
            question: question.to_owned(),
            text: text.to_owned(),
            earlier_log: None,
            history: Vec::new(),
        }
    }

    #[test]
    fn a_file_that_came_with_a_question_is_counted_from_its_own_first_line() {
        let file = "09:10:03Z ERROR connect timeout\n09:10:04Z ERROR connect timeout";
        let asked = conversation("What changed?", &format!("What changed?\n{file}"));
        assert_eq!(evidence(&asked), file);
        let markdown = read(&asked).reply.markdown;
        assert!(markdown.contains("line 1"), "{markdown}");
    }

    #[test]
    fn a_log_that_is_the_question_is_read_whole() {
        let log = "09:10:03Z ERROR connect timeout";
        assert_eq!(evidence(&conversation(log, log)), log);
        let long = "a\nb\nc\nd";
        assert_eq!(evidence(&conversation(long, &format!("{long}\n{log}"))), format!("{long}\n{log}"));
    }
}
