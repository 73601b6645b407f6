//! Requests told apart, and answers and rows made up.

use std::sync::Arc;

use copilot_core::ids::{OperationId, RealId};
use copilot_core::model::{Answer, CaseState, RealCase, RealMessage, Role};
use copilot_core::request::{Job, Outcome, Page, Reply, Request};
use copilot_core::{Failure, FailureClass, Millis, Rejection, ServerTime, Transient};

use crate::support::NOON;

pub(crate) fn is_write(request: &Request) -> bool {
    matches!(
        request,
        Request::CreateCase { .. }
            | Request::SubmitTurn { .. }
            | Request::Rename { .. }
            | Request::GenerateTitle { .. }
            | Request::Delete { .. }
            | Request::PollJob { .. }
    )
}

/// The idempotency key of a write that has one.
pub(crate) fn key_of(request: &Request) -> Option<OperationId> {
    match request {
        Request::CreateCase { key }
        | Request::SubmitTurn { key, .. }
        | Request::GenerateTitle { key, .. } => Some(*key),
        _ => None,
    }
}

pub(crate) fn real(id: &str) -> RealId {
    RealId::parse(id).unwrap()
}

pub(crate) fn case(id: &str, current_turn: u32) -> RealCase {
    RealCase {
        id: real(id),
        title: Some("Case-261122-1".into()),
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn,
        created: ServerTime(NOON),
        last_activity: ServerTime(NOON + u64::from(current_turn)),
        gone: false,
    }
}

pub(crate) fn row(id: &str, role: Role, turn: u32, text: &str) -> RealMessage {
    let created = ServerTime(NOON + u64::from(turn) * 10 + u64::from(role == Role::Assistant));
    RealMessage { id: real(id), role, text: text.into(), turn: Some(turn), created }
}

/// The rows of whole turns, from the first on: question, answer.
pub(crate) fn talk(turns: &[(&str, &str)]) -> Vec<RealMessage> {
    let rows = |(index, (question, answer)): (usize, &(&str, &str))| {
        let turn = u32::try_from(index + 1).unwrap();
        let id = |side| format!("m-{}", 2 * index + side);
        [row(&id(1), Role::User, turn, question), row(&id(2), Role::Assistant, turn, answer)]
    };
    turns.iter().enumerate().flat_map(rows).collect()
}

pub(crate) fn page<T>(rows: Vec<T>) -> Page<T> {
    let received = u32::try_from(rows.len()).unwrap();
    Page { rows, received, refused: None, total: None, has_more: false }
}

pub(crate) fn answered(turn: u32, text: &str) -> Outcome {
    let answer = Answer { text: text.into(), turn: Some(turn), actions: Vec::new() };
    Ok(Reply::Answered { answer, state: CaseState::Inquiry })
}

pub(crate) fn working(job: &str) -> Outcome {
    Ok(Reply::Working { job: Job(Arc::from(job)), poll_after: None })
}

pub(crate) fn failed(class: FailureClass) -> Outcome {
    Err(Failure::of(class))
}

pub(crate) fn busy(seconds: u64) -> Outcome {
    let class = FailureClass::Transient(Transient::Busy);
    Err(Failure { status: Some(429), retry_after: Some(Millis::seconds(seconds)), ..Failure::of(class) })
}

pub(crate) fn rejected(rejection: Rejection) -> Outcome {
    Err(Failure { status: Some(400), ..Failure::of(FailureClass::Rejected(rejection)) })
}

pub(crate) fn server_problem() -> Outcome {
    let class = FailureClass::Transient(Transient::ServerProblem);
    Err(Failure { status: Some(500), ..Failure::of(class) })
}
