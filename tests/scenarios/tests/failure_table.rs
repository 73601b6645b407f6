//! The error table of the contract, row by row, from the bytes on the wire to the words and buttons on the row of the
//! message: told through real HTTP by a server of either dialect.
#![expect(clippy::unwrap_used, reason = "a test ends where its ground does")]

#[path = "../../../packages/api/tests/scripted_server/mod.rs"]
mod scripted_server;

use std::sync::Arc;

use copilot_api::{Client, Dialect};
use copilot_core::FailureClass::{
    self, CaptivePortal, Committed, Conflict, InProgress, Rejected, SessionExpired, TokenRefused, Uncertain,
};
use copilot_core::Rejection::{
    CaseGone, CaseTerminal, DailyLimit, Forbidden, Invalid, KeyReused, Provider, Quota, Refused, TooLarge,
    TriesUsedUp, Unexplained, UnsupportedType,
};
use copilot_core::Transient::{self, Busy, Once, ServerProblem};
use copilot_core::ids::RealId;
use copilot_core::model::Turn;
use copilot_core::request::Request;
use copilot_core::{Failure, Millis};
use copilot_ui::failed_row;
use scripted_server::{ScriptedServer, credentials, json};

/// What the server says, what that is, and what the person sees of it.
struct Row {
    status: u16,
    headers: &'static str,
    body: &'static str,
    class: FailureClass,
    /// Seconds that the server asks to wait.
    wait: Option<u64>,
    seen: Seen,
}

/// What the person sees.
enum Seen {
    /// The row says why, and what can be done.
    Failed { says: &'static str, buttons: &'static [&'static str] },
    /// The same after this many tries that were made by themselves.
    FailedAfter(u32, &'static str),
    /// It goes on by itself: the sign-in is renewed, the answer is waited for or read, the network is waited for. The stories
    /// tell how.
    GoesOn,
}

const INVENTED: &str = r#"{"detail":"Invented"}"#;
const RETRY: &[&str] = &["Retry", "Edit", "Copy", "Discard"];
const CHANGE: &[&str] = &["Edit", "Copy", "Discard"];
const LOOK: &[&str] = &["Edit", "Copy", "Discard", "Details"];

const fn row(status: u16, headers: &'static str, class: FailureClass, wait: Option<u64>, seen: Seen) -> Row {
    Row { status, headers, body: INVENTED, class, wait, seen }
}

const fn failed(says: &'static str, buttons: &'static [&'static str]) -> Seen {
    Seen::Failed { says, buttons }
}

const fn passing(
    status: u16,
    headers: &'static str,
    class: Transient,
    wait: Option<u64>,
    says: &'static str,
) -> Row {
    let tries = if matches!(class, Once) { 2 } else { 5 };
    row(status, headers, FailureClass::Transient(class), wait, Seen::FailedAfter(tries, says))
}

fn rows() -> Vec<Row> {
    use Seen::GoesOn;
    vec![
        row(400, "", Rejected(Refused), None, failed("The server refused this (400).", LOOK)),
        Row {
            body: r#"{"detail":"Bad key","error_type":"InvalidIdempotencyKey"}"#,
            ..row(400, "", Rejected(Refused), None, failed("The server refused this (400).", LOOK))
        },
        row(401, "WWW-Authenticate: Bearer\r\n", TokenRefused, None, GoesOn),
        Row {
            body: r#"{"detail":"Over","code":"SESSION_EXPIRED"}"#,
            ..row(401, "", SessionExpired, None, GoesOn)
        },
        row(401, "", SessionExpired, None, GoesOn),
        row(
            402,
            "X-Error-Code: QUOTA_EXHAUSTED\r\n",
            Rejected(Quota),
            None,
            failed("The monthly limit of this plan is used up.", &["See plan", "Edit", "Copy", "Discard"]),
        ),
        row(
            403,
            "",
            Rejected(Forbidden),
            None,
            failed("You can read this case but not write to it.", &["Ask for access", "Copy", "Discard"]),
        ),
        row(
            404,
            "",
            Rejected(CaseGone),
            None,
            failed("This case was deleted on the server.", &["Move to a new case", "Copy", "Discard"]),
        ),
        passing(408, "", ServerProblem, None, "The server had a problem (408), 5 tries."),
        row(
            409,
            "X-Error-Code: IDEMPOTENCY_KEY_REUSE\r\n",
            Rejected(KeyReused),
            None,
            failed(
                "The server has another message under the same number. Edit it to send it as a new one.",
                CHANGE,
            ),
        ),
        row(409, "X-Error-Code: TURN_IN_PROGRESS\r\nRetry-After: 3\r\n", InProgress, Some(3), GoesOn),
        row(409, "X-Error-Code: IDEMPOTENCY_REPLAY_UNAVAILABLE\r\n", Committed, None, GoesOn),
        row(
            409,
            "X-Error-Code: CASE_VERSION_CONFLICT\r\n",
            Conflict,
            None,
            failed("The case changed at the same time.", RETRY),
        ),
        row(
            409,
            "X-Error-Code: CASE_TERMINAL\r\n",
            Rejected(CaseTerminal),
            None,
            failed(
                "This case was resolved while you were writing.",
                &["Start a follow-up case", "Copy", "Discard"],
            ),
        ),
        row(
            409,
            "Retry-After: 2\r\n",
            Rejected(Unexplained),
            Some(2),
            failed("The server refused this (409) and didn’t say why.", LOOK),
        ),
        row(
            413,
            "",
            Rejected(TooLarge),
            None,
            failed("It is larger than the server takes.", &["Replace file", "Edit", "Copy", "Discard"]),
        ),
        row(415, "", Rejected(UnsupportedType), None, failed("The server refused this (415).", LOOK)),
        Row {
            body: r#"{"detail":[{"type":"x","loc":["body","query"],"msg":"Too short"}]}"#,
            ..row(
                422,
                "",
                Rejected(Invalid { field: Some("query".into()) }),
                None,
                failed("The server couldn’t accept query: Too short.", CHANGE),
            )
        },
        Row {
            body: r#"{"detail":{"error":{"message":"No"}}}"#,
            ..row(
                422,
                "",
                Rejected(Invalid { field: None }),
                None,
                failed("The server couldn’t accept this: No.", CHANGE),
            )
        },
        passing(
            429,
            "X-Error-Code: RATE_LIMIT_EXCEEDED\r\nRetry-After: 60\r\n",
            Busy,
            Some(60),
            "The server had a problem (429), 5 tries.",
        ),
        Row {
            body: r#"{"error_type":"rate_limit_exceeded","message":"10 of 10","retry_after":45}"#,
            ..passing(429, "", Busy, Some(45), "The server had a problem (429), 5 tries.")
        },
        row(
            429,
            "X-Error-Code: TENANT_TURN_CAP_EXCEEDED\r\n",
            Rejected(DailyLimit),
            None,
            failed("Today’s limit of this account is used up.", RETRY),
        ),
        passing(
            500,
            "X-Error-Code: SERVICE_ERROR\r\nRetry-After: 10\r\n",
            ServerProblem,
            Some(10),
            "The server had a problem (500), 5 tries.",
        ),
        passing(
            500,
            "X-Error-Code: UNEXPECTED_ERROR\r\n",
            ServerProblem,
            None,
            "The server had a problem (500), 5 tries.",
        ),
        row(
            502,
            "X-Error-Code: LLM_PROVIDER_ERROR\r\n",
            Rejected(Provider),
            None,
            failed("The server had a problem (502), 1 try. Invented.", RETRY),
        ),
        passing(
            503,
            "X-Error-Code: LLM_OVER_CAPACITY\r\nRetry-After: 60\r\n",
            Busy,
            Some(60),
            "The server had a problem (503), 5 tries.",
        ),
        passing(
            503,
            "X-Error-Code: LLM_PROVIDER_UNAVAILABLE\r\nRetry-After: 30\r\n",
            Busy,
            Some(30),
            "The server had a problem (503), 5 tries.",
        ),
        passing(
            503,
            "X-Error-Code: LLM_INVALID_RESPONSE\r\nRetry-After: 30\r\n",
            Busy,
            Some(30),
            "The server had a problem (503), 5 tries.",
        ),
        passing(
            503,
            "X-Error-Code: TENANT_TURN_CAP_UNAVAILABLE\r\nRetry-After: 10\r\n",
            Busy,
            Some(10),
            "The server had a problem (503), 5 tries.",
        ),
        passing(
            504,
            "X-Error-Code: REQUEST_TIMEOUT\r\n",
            Once,
            None,
            "The server had a problem (504), 2 tries.",
        ),
        passing(
            504,
            "X-Error-Code: LLM_TIMEOUT\r\nRetry-After: 30\r\n",
            ServerProblem,
            Some(30),
            "The server had a problem (504), 5 tries.",
        ),
        Row {
            body: r#"{"detail":"Internal error","request_id":"req_1"}"#,
            ..row(500, "", Uncertain, None, Seen::FailedAfter(5, "The server had a problem (500), 5 tries."))
        },
        Row {
            body: "",
            ..row(502, "", Uncertain, None, Seen::FailedAfter(5, "The server had a problem (502), 5 tries."))
        },
        Row {
            body: "",
            ..row(521, "", Uncertain, None, Seen::FailedAfter(5, "The server had a problem (521), 5 tries."))
        },
        row(511, "", CaptivePortal, None, GoesOn),
    ]
}

#[tokio::test]
async fn every_row_has_its_class_its_wait_its_words_and_its_buttons_in_both_dialects() {
    for dialect in [Dialect::Turns, Dialect::Queries] {
        for row in rows() {
            let failure = told(dialect, &row).await;
            let what = format!("{dialect:?} {} {}{}", row.status, row.headers, row.body);
            assert_eq!(failure.class, row.class, "{what}");
            assert_eq!(failure.status, Some(row.status), "{what}");
            assert_eq!(failure.retry_after, row.wait.map(Millis::seconds), "{what}");
            match row.seen {
                Seen::Failed { says, buttons } => {
                    assert_eq!(failed_row(&failure), (says.to_owned(), buttons.to_vec()), "{what}");
                }
                Seen::FailedAfter(tries, says) => {
                    let last = Box::new(failure.class.clone());
                    let failure = Failure { class: Rejected(TriesUsedUp { tries, last }), ..failure };
                    assert_eq!(failed_row(&failure), (says.to_owned(), RETRY.to_vec()), "{what}");
                }
                Seen::GoesOn => {}
            }
        }
    }
}

/// What the client makes of a row that a server of the dialect answers to something said.
async fn told(dialect: Dialect, row: &Row) -> Failure {
    // A refused turn may ask once more what the case is; that answer proves nothing.
    let answers = [json(row.status, row.headers, row.body), json(500, "", "{}")];
    let server = ScriptedServer::start(answers).await;
    let client: Client = server.client();
    client.assume(dialect);
    let key = "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap();
    let (case, turn) = (RealId::parse("c-1").unwrap(), Arc::new(Turn::say("What changed?")));
    let request = Request::SubmitTurn { key, case, turn };
    let failure = client.send(&request, Some(&credentials())).await.unwrap_err();
    let said = server.received()[0].clone();
    let path = if dialect == Dialect::Turns { "/turns " } else { "/queries " };
    assert!(said.starts_with("POST /api/v1/cases/c-1") && said.contains(path), "{said}");
    failure
}
