//! The expected answer to each request of the core. Anything else is for `classify`.

use copilot_core::ids::RealId;
use copilot_core::request::{Job, Reply, Request};
use serde::de::IgnoredAny;

use crate::address::ServerAddress;
use crate::answer::HttpAnswer;
use crate::encode::turns_path;
use crate::error_body::ErrorBody;
use crate::wire::{self, Poll};
use crate::{job, retry_after};

/// Reads the expected answer; `None` when it is not one.
pub(crate) fn reply(server: &ServerAddress, request: &Request, answer: &HttpAnswer) -> Option<Reply> {
    if !answer.is_success() {
        // Already gone is what was wanted.
        let deleted = matches!(request, Request::Delete { .. }) && matches!(answer.head.status, 404 | 410);
        return (deleted && !answer.is_page()).then_some(Reply::Done);
    }
    let accepted = answer.head.status == 202;
    match request {
        Request::ListCases { offset, .. } => wire::read_cases(answer.text()?, *offset).map(Reply::Cases),
        Request::SearchCases { .. } => wire::read_found_cases(answer.text()?).map(Reply::Cases),
        Request::ReadCase { .. } | Request::CreateCase { .. } => {
            wire::read_case(answer.text()?).ok().map(Reply::Case)
        }
        Request::ListMessages { offset, .. } => {
            wire::read_messages(answer.text()?, *offset).map(Reply::Messages)
        }
        Request::SubmitTurn { case, .. } if accepted => started(server, case, answer),
        Request::SubmitTurn { .. } => {
            wire::read_turn(answer.text()?).map(|(answer, state)| Reply::Answered { answer, state })
        }
        Request::PollJob { job, .. } if accepted => {
            (!answer.is_foreign()).then(|| working(job.clone(), answer))
        }
        Request::PollJob { job, .. } => polled(job, answer),
        Request::GenerateTitle { .. } => wire::read_title(answer.text()?).map(Reply::Titled),
        Request::Rename { .. } | Request::Delete { .. } => done(answer),
        // Read from several answers, by `details`.
        Request::ReadDetails { .. } => None,
        Request::Probe | Request::RenewToken | Request::RenewSession => None,
    }
}

/// PUT and DELETE may answer with nothing (contract 4.4), but not with somebody else's page, with
/// half of something, or with the word that it did not work.
pub(crate) fn done(answer: &HttpAnswer) -> Option<Reply> {
    let worked = || answer.text().is_some_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    (answer.is_empty() || worked() && !ErrorBody::read(answer).denies).then_some(Reply::Done)
}

fn started(server: &ServerAddress, case: &RealId, answer: &HttpAnswer) -> Option<Reply> {
    // A page with status 202 is no server of ours, whatever its headers say.
    if answer.is_foreign() {
        return None;
    }
    let base = turns_path(case);
    let located =
        answer.head.location.as_deref().and_then(|location| job::from_location(server, &base, location));
    let named = || job::from_id(&base, &wire::job_id(answer.text()?)?);
    Some(working(located.or_else(named)?, answer))
}

pub(crate) fn working(job: Job, answer: &HttpAnswer) -> Reply {
    Reply::Working { job, poll_after: retry_after::named(&answer.head, None) }
}

fn polled(job: &Job, answer: &HttpAnswer) -> Option<Reply> {
    Some(match wire::read_poll(answer.text()?)? {
        Poll::Done(answer, state) => Reply::Answered { answer, state },
        Poll::Failed(message) => Reply::JobFailed { message },
        Poll::Running => working(job.clone(), answer),
    })
}
