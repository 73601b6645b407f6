//! What a server of either dialect says, through real HTTP. The table of its errors, with what the person sees of each, is in
//! `tests/scenarios/tests/failure_table.rs`.
#![expect(clippy::unwrap_used, reason = "a test ends where its ground does")]

mod scripted_server;

use std::sync::Arc;

use copilot_api::Dialect::{Queries, Turns};
use copilot_api::{Client, Dialect};
use copilot_core::FailureClass::Rejected;
use copilot_core::Rejection;
use copilot_core::Rejection::OtherDialect;
use copilot_core::ids::RealId;
use copilot_core::model::{CaseState, Turn};
use copilot_core::request::{Reply, Request};
use scripted_server::{ScriptedServer, Then, credentials, json};

fn case() -> RealId {
    RealId::parse("c-1").unwrap()
}

fn turn() -> Request {
    let key = "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap();
    Request::SubmitTurn { key, case: case(), turn: Arc::new(Turn::say("What changed?")) }
}

fn client(server: &ScriptedServer, dialect: Dialect) -> Client {
    let client = server.client();
    client.assume(dialect);
    client
}

#[tokio::test]
async fn a_send_that_the_server_refuses_for_its_dialect_is_said_again_in_the_other_under_another_key() {
    let answer = r#"{"agent_response":"Look","turn_number":1,"case_state":"inquiry"}"#;
    for status in [405, 410] {
        let server = ScriptedServer::start([json(status, "", "{}"), json(200, "", answer)]).await;
        let client = client(&server, Queries);
        let reply = client.send(&turn(), Some(&credentials())).await.unwrap();
        assert!(matches!(reply, Reply::Answered { .. }));
        assert_eq!(client.dialect(), Some(Turns));
        let keys: Vec<_> = server
            .received()
            .iter()
            .map(|request| {
                let request = request.to_ascii_lowercase();
                request.split_once("idempotency-key: ").unwrap().1.lines().next().unwrap().to_owned()
            })
            .collect();
        assert_ne!(keys[0], keys[1]);
    }
}

#[tokio::test]
async fn a_server_that_refuses_both_dialects_changes_nothing() {
    let server = ScriptedServer::start([json(405, "", "{}"), json(405, "", "{}")]).await;
    let client = client(&server, Turns);
    let failure = client.send(&turn(), Some(&credentials())).await.unwrap_err();
    assert_eq!(failure.class, Rejected(OtherDialect));
    assert_eq!(client.dialect(), Some(Turns));
}

#[tokio::test]
async fn a_turn_that_is_not_found_in_a_case_that_is_there_means_the_other_dialect() {
    let case = r#"{"case_id":"c-1","status":"investigating","created_at":"2025-10-13T09:01:00Z"}"#;
    let answer = r#"{"content":"Look","response_type":"ANSWER"}"#;
    let rows = r#"{"messages":[{"message_id":"m-1","role":"user","content":"What changed?","created_at":"2025-10-13T09:02:10Z"}],"has_more":false}"#;
    let server = ScriptedServer::start([
        json(404, "", r#"{"detail":"Not Found"}"#),
        json(200, "", case),
        json(201, "", answer),
        json(200, "", rows),
        json(200, "", case),
    ])
    .await;
    let client = client(&server, Turns);
    let reply = client.send(&turn(), Some(&credentials())).await.unwrap();
    let Reply::Answered { answer, state } = reply else { panic!("{reply:?}") };
    assert_eq!((&*answer.text, answer.turn, state), ("Look", Some(1), CaseState::Investigating));
    assert_eq!(client.dialect(), Some(Queries));
}

#[tokio::test]
async fn pages_of_other_networks_change_no_verdict() {
    for then in [scripted_server::page(404), scripted_server::page(200), json(403, "", "{}"), Then::Reset] {
        let server = ScriptedServer::start([then, scripted_server::page(200)]).await;
        let client = client(&server, Queries);
        let list = Request::ListCases { offset: 0, limit: 10 };
        assert!(client.send(&list, Some(&credentials())).await.is_err());
        assert_eq!(client.dialect(), Some(Queries));
    }
}

#[tokio::test]
async fn a_server_of_2025_is_not_asked_to_look_for_a_text() {
    let absent = || json(404, "", r#"{"detail":"Not Found"}"#);
    let steps = [absent(), absent(), absent(), json(401, "", r#"{"detail":"No"}"#)];
    let server = ScriptedServer::start(steps).await;
    let client = server.client();
    let Ok(Reply::Alive(limits)) = client.send(&Request::Probe, None).await else { panic!("alive") };
    assert!(!limits.search);
    assert_eq!(limits.key_lifetime.0, 0, "some of these servers keep no keys");
    let search = Request::SearchCases { text: "pool".into(), limit: 20 };
    let refused = client.send(&search, Some(&credentials())).await.unwrap_err();
    assert_eq!(refused.class, Rejected(Rejection::Refused));
    assert_eq!(server.received().len(), 4, "nothing was sent");
}

#[tokio::test]
async fn a_found_array_is_no_proof_of_the_other_dialect() {
    let server = ScriptedServer::start([json(200, "", "[]")]).await;
    let client = client(&server, Turns);
    let search = Request::SearchCases { text: "pool".into(), limit: 20 };
    let found = client.send(&search, Some(&credentials())).await;
    assert!(matches!(found, Ok(Reply::Cases(page)) if page.rows.is_empty()));
    assert_eq!(client.dialect(), Some(Turns));
}

#[tokio::test]
async fn in_the_queries_dialect_rows_are_numbered_by_their_questions() {
    let row = |id: u32, role: &str| {
        format!(
            r#"{{"message_id":"m-{id}","role":"{role}","content":"{id}","created_at":"2025-10-13T09:02:10Z"}}"#
        )
    };
    let page = |rows: [String; 2], more: bool| {
        json(200, "", &format!(r#"{{"messages":[{}],"has_more":{more},"total_count":4}}"#, rows.join(",")))
    };
    let server = ScriptedServer::start([
        page([row(1, "user"), row(2, "agent")], true),
        page([row(3, "user"), row(4, "assistant")], false),
    ])
    .await;
    let client = client(&server, Queries);
    let mut numbers = Vec::new();
    for offset in [0, 2] {
        let request = Request::ListMessages { case: case(), offset, limit: 2 };
        let Ok(Reply::Messages(page)) = client.send(&request, Some(&credentials())).await else {
            panic!("a page")
        };
        numbers.extend(page.rows.iter().map(|row| row.turn));
    }
    assert_eq!(numbers, [Some(1), Some(1), Some(2), Some(2)]);
}

#[tokio::test]
async fn a_server_of_2025_is_known_by_asking_for_a_token() {
    let absent = || json(404, "", r#"{"detail":"Not Found"}"#);
    let unknown = |steps: [Then; 4]| async move {
        let server = ScriptedServer::start(steps).await;
        let info = server.client().probe().await;
        (info.map(|info| info.dialect), server.received().len())
    };
    let found = unknown([absent(), absent(), absent(), json(401, "", r#"{"detail":"No"}"#)]).await;
    assert_eq!(found, (Ok(Queries), 4));
    let (other, _) = unknown([absent(), absent(), absent(), absent()]).await;
    assert_eq!(other.unwrap_err().class, Rejected(Rejection::OtherDialect));
}
