//! What an answer means that is not the expected one: contract 4.3 and 4.4 as one pure function of
//! the call, the status, the headers and the body. Never of the text of a message.
//!
//! "It may have run" is the careful reading: whatever lacks a trustworthy verdict is
//! [`Uncertain`](FailureClass::Uncertain) for a write and worth a plain repetition for a read.

use copilot_core::request::Request;
use copilot_core::{Failure, FailureClass, Rejection, Transient};

use crate::answer::{Broken, HttpAnswer};
use crate::call::Call;
use crate::error_body::ErrorBody;

/// What was asked, as far as the meaning of the answer depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) call: Call,
    /// Whether a token went along.
    pub(crate) with_token: bool,
}

/// Classifies an answer that is not the expected one.
pub(crate) fn answer(asked: Asked, answer: &HttpAnswer) -> Failure {
    let error = ErrorBody::read(answer);
    let class = class(asked, answer, &error);
    // What a success says that could not be read is not about an error.
    let message = error.text.filter(|_| !answer.is_success() || error.denies);
    Failure {
        class,
        status: Some(answer.head.status),
        retry_after: error.retry_after,
        message,
        request_id: error.request_id,
    }
}

/// A request that cannot be put into words: a job without a usable address, whose turn may have been
/// stored, and what is not one request of its own.
pub(crate) fn unaskable(request: &Request) -> Failure {
    let lost = matches!(request, Request::PollJob { .. });
    Failure::of(if lost { FailureClass::Uncertain } else { FailureClass::Rejected(Rejection::Refused) })
}

/// Classifies a request that got no answer.
pub(crate) fn broken(call: Call, broken: Broken) -> Failure {
    Failure::of(match broken {
        Broken::NotSent => FailureClass::Offline,
        Broken::NoAnswer => no_verdict(call),
        // A browser reports a refused connection and a lost answer alike. A read does no harm either
        // way, and being offline is by far the more frequent reason; a write has to assume that it ran.
        Broken::Untold if call.is_write() => FailureClass::Uncertain,
        Broken::Untold => FailureClass::Offline,
    })
}

fn no_verdict(call: Call) -> FailureClass {
    if call.is_write() { FailureClass::Uncertain } else { FailureClass::Transient(Transient::ServerProblem) }
}

fn class(asked: Asked, answer: &HttpAnswer, error: &ErrorBody) -> FailureClass {
    let call = asked.call;
    match answer.head.status {
        200..=299 if answer.is_foreign() => FailureClass::CaptivePortal,
        200..=299 if error.denies => FailureClass::Rejected(Rejection::Unexplained),
        // The API never redirects; browsers do not even say where to. 407 and 511 come from networks.
        300..=399 | 407 | 511 => FailureClass::CaptivePortal,
        400..=499 if is_someone_elses(call, answer) => FailureClass::CaptivePortal,
        401 => unauthorised(asked, answer, error),
        408 => FailureClass::Transient(Transient::ServerProblem),
        429 => too_many(call, error),
        400..=499 if call == Call::Refresh => FailureClass::TokenRefused,
        // Contract 2.4: the job is lost, the turn that it belongs to may have been stored.
        400..=499 if call == Call::PollJob => FailureClass::Uncertain,
        404 | 410 if call == Call::Heartbeat => FailureClass::SessionExpired,
        409 => conflict(error),
        status @ 400..=499 => FailureClass::Rejected(rejection(status, call, error)),
        status @ 500..=599 => server_fault(status, call, error),
        _ => no_verdict(call),
    }
}

/// Whether a 4xx with a web page comes from something in front of the server. To believe it would
/// declare a case gone, sign the person out or change the dialect (contract 4.4 forbids all three).
/// 403 and 413 are believed: gateways refuse with them for good.
fn is_someone_elses(call: Call, answer: &HttpAnswer) -> bool {
    answer.is_page() && (matches!(answer.head.status, 401 | 404 | 405 | 410) || call == Call::Refresh)
}

fn unauthorised(asked: Asked, answer: &HttpAnswer, error: &ErrorBody) -> FailureClass {
    let names_bearer = || {
        let challenges = answer.head.www_authenticate.as_deref().unwrap_or_default();
        challenges
            .split(',')
            .any(|challenge| challenge.trim_start().to_ascii_lowercase().starts_with("bearer"))
    };
    match asked.call {
        call if call.is_sign_in() => FailureClass::Rejected(Rejection::Refused),
        // These need no session, so only the token can be at fault.
        Call::Refresh | Call::OpenSession | Call::SignOut => FailureClass::TokenRefused,
        _ if !asked.with_token => FailureClass::TokenRefused,
        _ if error.is("SESSION_EXPIRED") => FailureClass::SessionExpired,
        _ if names_bearer() => FailureClass::TokenRefused,
        _ => FailureClass::SessionExpired,
    }
}

fn too_many(call: Call, error: &ErrorBody) -> FailureClass {
    if error.is("TENANT_TURN_CAP_EXCEEDED") && call != Call::PollJob {
        return FailureClass::Rejected(Rejection::DailyLimit);
    }
    FailureClass::Transient(Transient::Busy)
}

fn conflict(error: &ErrorBody) -> FailureClass {
    match error.code.as_deref() {
        Some("TURN_IN_PROGRESS") => FailureClass::InProgress,
        Some("IDEMPOTENCY_REPLAY_UNAVAILABLE") => FailureClass::Committed,
        Some("CASE_VERSION_CONFLICT") => FailureClass::Conflict,
        Some("IDEMPOTENCY_KEY_REUSE") => FailureClass::Rejected(Rejection::KeyReused),
        Some("CASE_TERMINAL") => FailureClass::Rejected(Rejection::CaseTerminal),
        _ => FailureClass::Rejected(Rejection::Unexplained),
    }
}

fn rejection(status: u16, call: Call, error: &ErrorBody) -> Rejection {
    match status {
        402 => Rejection::Quota,
        403 => Rejection::Forbidden,
        405 | 410 if matches!(call, Call::SubmitTurn | Call::Upload) => Rejection::OtherDialect,
        404 | 410 if call.is_about_a_case() => Rejection::CaseGone,
        413 => Rejection::TooLarge,
        415 => Rejection::UnsupportedType,
        422 => Rejection::Invalid { field: error.field.clone() },
        _ => Rejection::Refused,
    }
}

fn server_fault(status: u16, call: Call, error: &ErrorBody) -> FailureClass {
    // A job goes on whatever its poll meets (contract 2.4), so no 5xx ends it.
    let polling = call == Call::PollJob;
    let deliberate = error.code.is_some();
    match status {
        501 if !polling => FailureClass::Rejected(Rejection::Provider),
        502 if error.is("LLM_PROVIDER_ERROR") && !polling => FailureClass::Rejected(Rejection::Provider),
        503 if deliberate || error.retry_after.is_some() => FailureClass::Transient(Transient::Busy),
        504 if error.is("REQUEST_TIMEOUT") && !polling => FailureClass::Transient(Transient::Once),
        _ if deliberate => FailureClass::Transient(Transient::ServerProblem),
        // A proxy or a crash: nobody says whether the request ran.
        _ => no_verdict(call),
    }
}

#[cfg(test)]
mod tests;
