//! What honest answers to the core's requests become, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test ends where its ground does")]

mod scripted_server;

use std::sync::Arc;

use copilot_core::FailureClass::{Rejected, TokenRefused, Uncertain};
use copilot_core::Millis;
use copilot_core::Rejection;
use copilot_core::ids::RealId;
use copilot_core::model::Turn;
use copilot_core::request::{Job, Outcome, Reply, Request};
use scripted_server::{ScriptedServer, Then, credentials, json, misjudged};

const ANSWER: &str = r#"{"agent_response":"Look at node-14","turn_number":1,"case_state":"inquiry"}"#;

fn case() -> RealId {
    RealId::parse("c-1").unwrap()
}

fn turn() -> Request {
    let key = "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap();
    Request::SubmitTurn { key, case: case(), turn: Arc::new(Turn::say("What changed?")) }
}

fn read() -> Request {
    Request::ReadCase { case: case() }
}

async fn outcome(request: &Request, then: Then) -> Outcome {
    ScriptedServer::start([then]).await.client().send(request, Some(&credentials())).await
}

#[tokio::test]
async fn an_accepted_turn_becomes_a_job_on_the_origin() {
    let announced = r#"{"job_id":"j-1","status":"processing"}"#;
    let by_name = Job("/api/v1/cases/c-1/turns/jobs/j-1".into());
    for (headers, job, poll_after) in [
        ("Location: /jobs/7\r\nRetry-After: 2\r\n", Job("/jobs/7".into()), Some(Millis::seconds(2))),
        ("Location: https://evil.example/jobs/7\r\n", by_name.clone(), None),
        ("", by_name, None),
    ] {
        let reply = outcome(&turn(), json(202, headers, announced)).await.unwrap();
        assert_eq!(reply, Reply::Working { job, poll_after });
    }
    assert_eq!(outcome(&turn(), json(202, "", "{}")).await.unwrap_err().class, Uncertain);
}

#[tokio::test]
async fn a_poll_says_working_done_or_failed() {
    let job = Job("/jobs/7".into());
    let poll = Request::PollJob { case: case(), job: job.clone() };
    let working = Reply::Working { job, poll_after: Some(Millis::seconds(3)) };
    let again = "Retry-After: 3\r\n";
    assert_eq!(outcome(&poll, json(202, again, r#"{"status":"processing"}"#)).await.unwrap(), working);
    assert_eq!(outcome(&poll, json(200, again, r#"{"status":"queued"}"#)).await.unwrap(), working);
    let result = format!(r#"{{"status":"completed","result":{ANSWER}}}"#);
    for body in [ANSWER, result.as_str()] {
        assert!(matches!(outcome(&poll, json(200, "", body)).await, Ok(Reply::Answered { .. })), "{body}");
    }
    let failed = r#"{"status":"failed","error":{"message":"No usable answer"}}"#;
    let given_up = Reply::JobFailed { message: Some("No usable answer".into()) };
    assert_eq!(outcome(&poll, json(200, "", failed)).await.unwrap(), given_up);
    assert_eq!(outcome(&poll, json(404, "", "{}")).await.unwrap_err().class, Uncertain);
}

#[tokio::test]
async fn writes_without_a_key_are_done_when_the_server_says_nothing() {
    let rename = Request::Rename { case: case(), title: "Drain".into() };
    let delete = Request::Delete { case: case() };
    let updated = r#"{"case_id":"c-1","success":true}"#;
    for (request, then) in [
        (&rename, json(200, "", updated)),
        (&rename, json(200, "", "")),
        (&rename, json(204, "", "")),
        (&delete, json(204, "", "")),
        (&delete, json(404, "", r#"{"detail":"No such case"}"#)),
        (&delete, json(410, "", "")),
    ] {
        assert_eq!(outcome(request, then.clone()).await, Ok(Reply::Done), "{request:?} {then:?}");
    }
    let denied = outcome(&rename, json(200, "", r#"{"success":false,"message":"Empty"}"#)).await.unwrap_err();
    assert_eq!(denied.class, Rejected(Rejection::Unexplained));
    assert_eq!(outcome(&rename, Then::Answer(misjudged(9, "{\"ca"))).await.unwrap_err().class, Uncertain);
}

#[tokio::test]
async fn a_created_case_and_lists_are_read() {
    let row = r#"{"case_id":"c-1","title":"Case-260818-2","state":"inquiry","created_at":"2026-08-18T09:12:04.118Z"}"#;
    let create = Request::CreateCase { key: "1e0c6a52-9d0f-4b7e-8f35-7a4410c2d9b6".parse().unwrap() };
    for status in [200, 201] {
        assert!(
            matches!(outcome(&create, json(status, "", row)).await, Ok(Reply::Case(case)) if case.id.as_str() == "c-1")
        );
    }
    let local = row.replace("c-1", "opt_case_1_1");
    assert_eq!(outcome(&create, json(201, "", &local)).await.unwrap_err().class, Uncertain);
    let list = format!(r#"{{"cases":[{row},{local}],"has_more":false,"total_count":2}}"#);
    let page = outcome(&Request::ListCases { offset: 0, limit: 100 }, json(200, "", &list)).await;
    assert!(matches!(page, Ok(Reply::Cases(page)) if page.rows.len() == 1 && page.refused.is_some()));
    let found = format!("[{row},{local}]");
    let page =
        outcome(&Request::SearchCases { text: "drain".into(), limit: 20 }, json(200, "", &found)).await;
    assert!(
        matches!(page, Ok(Reply::Cases(page)) if page.rows.len() == 1 && page.refused.is_some() && !page.has_more)
    );
    let messages = r#"{"messages":[],"total_count":0,"has_more":false}"#;
    let page =
        outcome(&Request::ListMessages { case: case(), offset: 0, limit: 100 }, json(200, "", messages))
            .await;
    assert!(matches!(page, Ok(Reply::Messages(page)) if page.received == 0 && !page.has_more));
}

#[tokio::test]
async fn a_request_without_a_token_asks_for_a_token() {
    let server = ScriptedServer::start([json(401, "", r#"{"detail":"No token"}"#)]).await;
    assert_eq!(server.client().send(&read(), None).await.unwrap_err().class, TokenRefused);
    assert!(!server.received()[0].to_ascii_lowercase().contains("authorization"));
}
