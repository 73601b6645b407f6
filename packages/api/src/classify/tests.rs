//! Every row of contract 4.3 and 4.4, one line each.

use copilot_core::FailureClass::{
    CaptivePortal, Committed, Conflict, InProgress, Offline, Rejected, SessionExpired, TokenRefused,
    Uncertain,
};
use copilot_core::Rejection::{
    CaseGone, CaseTerminal, DailyLimit, Forbidden, Invalid, KeyReused, OtherDialect, Provider, Quota,
    Refused, TooLarge, Unexplained, UnsupportedType,
};
use copilot_core::Transient::{Busy, Once, ServerProblem};
use copilot_core::{FailureClass, Millis};
use proptest::prelude::*;

use super::*;
use crate::answer::Head;

const EVERY_CALL: [Call; 22] = [
    Call::Probe,
    Call::ListCases,
    Call::SearchCases,
    Call::ReadCase,
    Call::ReadDetails,
    Call::ListMessages,
    Call::CreateCase,
    Call::SubmitTurn,
    Call::PollJob,
    Call::Rename,
    Call::GenerateTitle,
    Call::Delete,
    Call::Upload,
    Call::Login,
    Call::Register,
    Call::StartToken,
    Call::Refresh,
    Call::OpenSession,
    Call::Heartbeat,
    Call::SignOut,
    Call::Exchange,
    Call::Revoke,
];

const BUSY: FailureClass = FailureClass::Transient(Busy);
const PROBLEM: FailureClass = FailureClass::Transient(ServerProblem);
const ONCE: FailureClass = FailureClass::Transient(Once);

fn http(status: u16, body: &str) -> HttpAnswer {
    let content_type = Some("application/json".to_owned());
    HttpAnswer { head: Head { status, content_type, ..Head::default() }, body: body.into(), whole: true }
}

fn coded(status: u16, code: &str) -> HttpAnswer {
    let mut answer = http(status, r#"{"detail":"Invented"}"#);
    answer.head.error_code = Some(code.into());
    answer
}

fn page(status: u16) -> HttpAnswer {
    let mut answer = http(status, "<html>Welcome to the train</html>");
    answer.head.content_type = Some("text/html; charset=utf-8".into());
    answer
}

fn with_challenge(challenge: &str, mut answer: HttpAnswer) -> HttpAnswer {
    answer.head.www_authenticate = Some(challenge.into());
    answer
}

fn class_of(call: Call, http: &HttpAnswer) -> FailureClass {
    answer(Asked { call, with_token: true }, http).class
}

#[test]
fn every_row_of_the_contracts_table_has_its_class() {
    let detail = r#"{"detail":"Invented"}"#;
    let turn = Call::SubmitTurn;
    let rows: Vec<(Call, HttpAnswer, FailureClass)> = vec![
        (turn, http(400, detail), Rejected(Refused)),
        (Call::Rename, http(400, r#"{"error_type":"InvalidIdempotencyKey"}"#), Rejected(Refused)),
        (Call::Refresh, http(400, r#"{"error":"invalid_grant"}"#), TokenRefused),
        (turn, with_challenge("Bearer", http(401, detail)), TokenRefused),
        (
            turn,
            with_challenge("Basic realm=\"a, b\", bearer error=\"expired\"", http(401, detail)),
            TokenRefused,
        ),
        (turn, with_challenge("Bearer", coded(401, "SESSION_EXPIRED")), SessionExpired),
        (turn, http(401, r#"{"detail":"Over","code":"SESSION_EXPIRED"}"#), SessionExpired),
        (turn, http(401, detail), SessionExpired),
        (Call::OpenSession, http(401, detail), TokenRefused),
        (Call::SignOut, http(401, detail), TokenRefused),
        (Call::Login, with_challenge("Bearer", http(401, detail)), Rejected(Refused)),
        (turn, coded(402, "QUOTA_EXHAUSTED"), Rejected(Quota)),
        (turn, http(402, detail), Rejected(Quota)),
        (Call::Delete, http(403, detail), Rejected(Forbidden)),
        (Call::ReadCase, http(404, detail), Rejected(CaseGone)),
        (Call::ListMessages, http(410, detail), Rejected(CaseGone)),
        (turn, http(404, detail), Rejected(CaseGone)),
        (Call::Rename, http(404, ""), Rejected(CaseGone)),
        (Call::ListCases, http(404, detail), Rejected(Refused)),
        (Call::Heartbeat, http(404, detail), SessionExpired),
        (turn, http(405, detail), Rejected(OtherDialect)),
        (turn, http(410, detail), Rejected(OtherDialect)),
        (Call::Rename, http(405, detail), Rejected(Refused)),
        (turn, http(408, detail), PROBLEM),
        (turn, coded(409, "IDEMPOTENCY_KEY_REUSE"), Rejected(KeyReused)),
        (turn, coded(409, "TURN_IN_PROGRESS"), InProgress),
        (turn, coded(409, "turn_in_progress"), InProgress),
        (turn, coded(409, "IDEMPOTENCY_REPLAY_UNAVAILABLE"), Committed),
        (Call::Rename, coded(409, "CASE_VERSION_CONFLICT"), Conflict),
        (Call::Rename, coded(409, "CASE_TERMINAL"), Rejected(CaseTerminal)),
        (turn, http(409, r#"{"detail":"x","code":"CASE_TERMINAL"}"#), Rejected(CaseTerminal)),
        (turn, coded(409, "SOMETHING_NEW"), Rejected(Unexplained)),
        (turn, http(409, detail), Rejected(Unexplained)),
        (turn, http(413, detail), Rejected(TooLarge)),
        (turn, page(413), Rejected(TooLarge)),
        (turn, http(415, detail), Rejected(UnsupportedType)),
        (turn, http(422, detail), Rejected(Invalid { field: None })),
        (
            turn,
            http(422, r#"{"detail":[{"loc":["body","files"],"msg":"One at a time"}]}"#),
            Rejected(Invalid { field: Some("files".into()) }),
        ),
        (turn, http(418, detail), Rejected(Refused)),
        (turn, coded(429, "RATE_LIMIT_EXCEEDED"), BUSY),
        (turn, http(429, r#"{"message":"10 of 10 used"}"#), BUSY),
        (turn, http(429, detail), BUSY),
        (turn, coded(429, "TENANT_TURN_CAP_EXCEEDED"), Rejected(DailyLimit)),
        (turn, coded(500, "SERVICE_ERROR"), PROBLEM),
        (turn, coded(500, "UNEXPECTED_ERROR"), PROBLEM),
        (turn, http(501, detail), Rejected(Provider)),
        (turn, coded(502, "LLM_PROVIDER_ERROR"), Rejected(Provider)),
        (turn, coded(503, "LLM_OVER_CAPACITY"), BUSY),
        (turn, coded(503, "LLM_PROVIDER_UNAVAILABLE"), BUSY),
        (turn, coded(503, "LLM_INVALID_RESPONSE"), BUSY),
        (turn, coded(503, "TENANT_TURN_CAP_UNAVAILABLE"), BUSY),
        (turn, http(503, r#"{"error":"unavailable","message":"Starting","retry_after":10}"#), BUSY),
        (turn, coded(504, "REQUEST_TIMEOUT"), ONCE),
        (turn, coded(504, "LLM_TIMEOUT"), PROBLEM),
    ];
    for (call, answer, expected) in rows {
        assert_eq!(class_of(call, &answer), expected, "{call:?} {answer:?}");
    }
}

#[test]
fn a_5xx_without_a_code_may_have_run_and_a_read_is_simply_repeated() {
    for status in [500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 525, 526, 527, 599] {
        for answer in [
            http(status, r#"{"detail":"Internal error","request_id":"r-1"}"#),
            http(status, ""),
            page(status),
        ] {
            assert_eq!(class_of(Call::SubmitTurn, &answer), Uncertain, "{status}");
            assert_eq!(class_of(Call::Rename, &answer), Uncertain, "{status}");
            assert_eq!(class_of(Call::ReadCase, &answer), PROBLEM, "{status}");
        }
    }
}

#[test]
fn a_request_without_a_token_needs_a_token_whatever_the_header_says() {
    for answer in [http(401, "{}"), coded(401, "SESSION_EXPIRED"), with_challenge("Bearer", http(401, "{}"))]
    {
        let asked = Asked { call: Call::SubmitTurn, with_token: false };
        assert_eq!(super::answer(asked, &answer).class, TokenRefused);
    }
}

#[test]
fn a_renewal_is_refused_by_any_4xx_but_the_passing_ones() {
    for status in (400..500).filter(|status| ![407, 408, 429].contains(status)) {
        assert_eq!(class_of(Call::Refresh, &http(status, "{}")), TokenRefused, "{status}");
        assert_eq!(class_of(Call::Refresh, &page(status)), CaptivePortal, "{status}");
    }
    assert_eq!(class_of(Call::Refresh, &http(408, "{}")), PROBLEM);
    assert_eq!(class_of(Call::Refresh, &http(429, "{}")), BUSY);
    assert_eq!(class_of(Call::Refresh, &http(500, "{}")), Uncertain);
    assert_eq!(class_of(Call::Refresh, &http(200, "{}")), Uncertain);
}

#[test]
fn a_job_goes_on_whatever_a_poll_meets_except_a_refusal_which_leaves_it_unknown() {
    let poll = Call::PollJob;
    for passing in
        [http(500, "{}"), http(501, "{}"), coded(502, "LLM_PROVIDER_ERROR"), coded(504, "REQUEST_TIMEOUT")]
    {
        assert_eq!(class_of(poll, &passing), PROBLEM);
    }
    assert_eq!(class_of(poll, &coded(429, "TENANT_TURN_CAP_EXCEEDED")), BUSY);
    assert_eq!(class_of(poll, &http(408, "{}")), PROBLEM);
    assert_eq!(class_of(poll, &http(401, "{}")), SessionExpired);
    for status in [400, 403, 404, 405, 409, 410, 422] {
        assert_eq!(class_of(poll, &http(status, "{}")), Uncertain, "{status}");
    }
}

#[test]
fn somebody_elses_page_is_a_captive_portal_for_every_call() {
    let mut text = http(200, "Please log in");
    text.head.content_type = Some("text/plain".into());
    let mut unnamed = http(200, "\r\n <!DOCTYPE html>");
    unnamed.head.content_type = None;
    let mut cut = page(200);
    cut.whole = false;
    let mut redirect = http(302, "");
    redirect.head.location = Some("http://portal.example/".into());
    let foreign = [
        page(200),
        text,
        unnamed,
        cut,
        redirect,
        http(301, ""),
        http(307, ""),
        http(407, ""),
        http(511, "{}"),
    ];
    for call in EVERY_CALL {
        for answer in &foreign {
            assert_eq!(class_of(call, answer), CaptivePortal, "{call:?} {answer:?}");
        }
        for status in [401, 404, 405, 410] {
            assert_eq!(class_of(call, &page(status)), CaptivePortal, "{call:?} {status}");
        }
    }
}

#[test]
fn a_success_that_says_nothing_is_an_unknown_outcome_for_a_write() {
    let mut cut = http(200, r#"{"agent_response":"Th"#);
    cut.whole = false;
    for answer in [cut, http(200, "{}"), http(200, ""), http(200, "[1"), http(204, ""), http(200, "\u{0}")] {
        assert_eq!(class_of(Call::CreateCase, &answer), Uncertain, "{answer:?}");
        assert_eq!(class_of(Call::ListCases, &answer), PROBLEM, "{answer:?}");
    }
}

#[test]
fn a_request_without_an_answer_is_offline_only_if_it_never_left() {
    for call in EVERY_CALL {
        assert_eq!(broken(call, Broken::NotSent).class, Offline);
        let (unheard, untold) = if call.is_write() { (Uncertain, Uncertain) } else { (PROBLEM, Offline) };
        assert_eq!(broken(call, Broken::NoAnswer).class, unheard, "{call:?}");
        assert_eq!(broken(call, Broken::Untold).class, untold, "{call:?}");
    }
}

#[test]
fn the_wait_the_words_and_the_request_id_come_along() {
    let mut http = http(
        429,
        r#"{"message":"10 of 10 requests used","retry_after":60,"error_code":"RATE_LIMIT_EXCEEDED","correlation_id":"c-77"}"#,
    );
    http.head.retry_after = Some("5".into());
    let failure = answer(Asked { call: Call::SubmitTurn, with_token: true }, &http);
    assert_eq!(failure.class, BUSY);
    assert_eq!(failure.status, Some(429));
    assert_eq!(failure.retry_after, Some(Millis::seconds(60)));
    assert_eq!(failure.message.as_deref(), Some("10 of 10 requests used"));
    assert_eq!(failure.request_id.as_deref(), Some("c-77"));

    http.head.request_id = Some("req-9".into());
    let failure = answer(Asked { call: Call::SubmitTurn, with_token: true }, &http);
    assert_eq!(failure.request_id.as_deref(), Some("req-9"));
}

#[test]
fn a_503_that_names_a_wait_is_busy_even_without_a_code() {
    let mut http = http(503, "");
    http.head.retry_after = Some("10".into());
    assert_eq!(class_of(Call::SubmitTurn, &http), BUSY);
}

#[test]
fn the_words_of_a_success_are_never_shown_as_an_error() {
    let failure =
        answer(Asked { call: Call::CreateCase, with_token: true }, &http(200, r#"{"message":"Created"}"#));
    assert_eq!(failure.message, None);
    let denied = http(200, r#"{"success":false,"message":"Title is empty"}"#);
    let failure = answer(Asked { call: Call::Rename, with_token: true }, &denied);
    assert_eq!(failure.class, Rejected(Unexplained));
    assert_eq!(failure.message.as_deref(), Some("Title is empty"));
}

proptest! {
    #[test]
    fn any_bytes_under_any_status_have_a_class(
        status in 100_u16..1000,
        content_type in proptest::option::of(".{0,20}"),
        header in proptest::option::of("\\PC{0,40}"),
        body in proptest::collection::vec(any::<u8>(), 0..200),
        whole: bool,
        call in 0..EVERY_CALL.len(),
        with_token: bool,
    ) {
        let head = Head {
            total_count: None,
            status,
            content_type,
            date: header.clone(),
            error_code: header.clone(),
            location: header.clone(),
            request_id: header.clone(),
            retry_after: header.clone(),
            www_authenticate: header,
        };
        let failure = answer(Asked { call: EVERY_CALL[call], with_token }, &HttpAnswer { head, body, whole });
        prop_assert_eq!(failure.status, Some(status));
        prop_assert!(failure.message.is_none_or(|text| text.chars().count() <= 140));
    }
}
