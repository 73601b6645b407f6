//! Answers to turns and questions, and the jobs that bring them later (contract 2.4, 3).

use std::sync::Arc;

use copilot_core::model::{Action, ActionKind, Answer, CaseState};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{count, list, maybe};
use crate::error_text;

#[derive(Deserialize)]
struct TurnBody {
    agent_response: Arc<str>,
    case_state: CaseState,
    #[serde(default, deserialize_with = "count")]
    turn_number: Option<u32>,
    #[serde(default, deserialize_with = "list")]
    suggested_actions: Vec<SuggestedAction>,
}

#[derive(Deserialize)]
struct SuggestedAction {
    label: Arc<str>,
    #[serde(default, rename = "type", deserialize_with = "maybe")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    payload: Option<Arc<str>>,
    #[serde(default)]
    intent: Option<Box<RawValue>>,
}

impl SuggestedAction {
    fn read(self) -> Action {
        let kind = match self.kind.as_deref() {
            Some("DECIDE") => ActionKind::Decide,
            Some("RUN") => ActionKind::Run,
            Some("EVIDENCE") => ActionKind::Evidence,
            Some("FREE_SPEECH") => ActionKind::FreeSpeech,
            _ => ActionKind::Unknown,
        };
        let intent = self.intent.filter(|raw| raw.get().starts_with('{')).map(|raw| Arc::from(raw.get()));
        Action { kind, label: self.label, payload: self.payload, intent }
    }
}

/// Reads the answer to a turn and the state of the case after it; `None` if it is none.
pub(crate) fn read_turn(text: &str) -> Option<(Answer, CaseState)> {
    let body: TurnBody = serde_json::from_str(text).ok()?;
    let actions = body.suggested_actions.into_iter().filter(|action| !action.label.trim().is_empty());
    let actions = actions.map(SuggestedAction::read).collect();
    Some((Answer { text: body.agent_response, turn: body.turn_number, actions }, body.case_state))
}

/// The answer of the queries dialect. What else it holds (plan, sources, a view of the session) is not
/// in the row that the server lists afterwards, or is a placeholder (contract 5, trap 5).
#[derive(Deserialize)]
struct QueryBody {
    content: Arc<str>,
    #[serde(rename = "response_type")]
    _response_type: String,
    #[serde(default, deserialize_with = "list")]
    suggested_actions: Vec<SuggestedAction>,
}

/// Reads the answer to a question of the queries dialect; `None` if it is none.
pub(crate) fn read_query(text: &str) -> Option<Answer> {
    let body: QueryBody = serde_json::from_str(text).ok()?;
    let actions = body.suggested_actions.into_iter().filter(|action| !action.label.trim().is_empty());
    Some(Answer { text: body.content, turn: None, actions: actions.map(SuggestedAction::read).collect() })
}

#[derive(Deserialize)]
struct UploadBody {
    #[serde(default)]
    agent_response: Option<Box<RawValue>>,
}

/// Reads what a server of the queries dialect says about a file; `None` when it says nothing.
pub(crate) fn read_upload(text: &str) -> Option<Answer> {
    let body: UploadBody = serde_json::from_str(text).ok()?;
    read_query(body.agent_response?.get()).filter(|answer| !answer.text.trim().is_empty())
}

/// Reads the 200 of a poll in the queries dialect; the state of the case is not in it.
pub(crate) fn read_query_poll(text: &str) -> Option<Poll> {
    if let Some(answer) = read_query(text) {
        return Some(Poll::Done(answer, CaseState::default()));
    }
    let job: JobBody = serde_json::from_str(text).ok()?;
    match job.status?.as_str() {
        "completed" => read_query(job.result?.get()).map(|answer| Poll::Done(answer, CaseState::default())),
        "failed" | "cancelled" => Some(Poll::Failed(said(text))),
        _ => Some(Poll::Running),
    }
}

fn said(text: &str) -> Option<Arc<str>> {
    serde_json::from_str(text).ok().and_then(|body| error_text::first(&body)).map(Arc::from)
}

/// What a poll found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Poll {
    Done(Answer, CaseState),
    Failed(Option<Arc<str>>),
    Running,
}

#[derive(Deserialize)]
struct JobBody {
    #[serde(default, deserialize_with = "maybe")]
    job_id: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    status: Option<String>,
    #[serde(default)]
    result: Option<Box<RawValue>>,
}

/// Reads the 200 of a poll; `None` if it says nothing about the job.
pub(crate) fn read_poll(text: &str) -> Option<Poll> {
    if let Some((answer, state)) = read_turn(text) {
        return Some(Poll::Done(answer, state));
    }
    let job: JobBody = serde_json::from_str(text).ok()?;
    match job.status?.as_str() {
        "completed" => read_turn(job.result?.get()).map(|(answer, state)| Poll::Done(answer, state)),
        "failed" => Some(Poll::Failed(said(text))),
        _ => Some(Poll::Running),
    }
}

#[derive(Deserialize)]
struct TitleBody {
    title: Arc<str>,
}

/// Reads the title that a server made; `None` if there is none.
pub(crate) fn read_title(text: &str) -> Option<Arc<str>> {
    let body: TitleBody = serde_json::from_str(text).ok()?;
    Some(body.title).filter(|title| !title.trim().is_empty())
}

/// The name of the job that a 202 announces in its body.
pub(crate) fn job_id(text: &str) -> Option<String> {
    serde_json::from_str::<JobBody>(text).ok()?.job_id
}
