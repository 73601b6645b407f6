//! What the network does to a request, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test ends where its ground does")]

mod scripted_server;

use std::sync::Arc;

use copilot_api::ServerAddress;
use copilot_core::FailureClass::{CaptivePortal, Offline, Uncertain};
use copilot_core::ids::RealId;
use copilot_core::model::{CaseState, Turn};
use copilot_core::request::{Reply, Request};
use copilot_core::{FailureClass, Millis, Transient};
use scripted_server::{ScriptedServer, Then, client, credentials, json, misjudged};

const ANSWER: &str = r#"{"agent_response":"Look at node-14","turn_number":1,"case_state":"inquiry"}"#;
const PROBLEM: FailureClass = FailureClass::Transient(Transient::ServerProblem);

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

/// Sends a write and a read into the same fate; each is sent once and never again by itself.
async fn classes(fate: Then) -> (FailureClass, FailureClass) {
    let mut classes = Vec::new();
    for request in [turn(), read()] {
        let server = ScriptedServer::start([fate.clone()]).await;
        let hangs = matches!(fate, Then::Hang(_));
        let client = if hangs { server.hasty_client() } else { server.client() };
        classes.push(client.send(&request, Some(&credentials())).await.unwrap_err().class);
        // A hasty client on a slow machine may give up before the server has read anything.
        let attempts = server.received().len();
        assert!(attempts == 1 || (hangs && attempts == 0), "{attempts} attempts: {fate:?}");
    }
    let read = classes.pop().unwrap();
    (classes.pop().unwrap(), read)
}

#[tokio::test]
async fn an_honest_answer_arrives() {
    let server = ScriptedServer::start([json(200, "", ANSWER)]).await;
    let reply = server.client().send(&turn(), Some(&credentials())).await.unwrap();
    let Reply::Answered { answer, state } = reply else { panic!("{reply:?}") };
    assert_eq!((&*answer.text, answer.turn, state), ("Look at node-14", Some(1), CaseState::Inquiry));
    let request = server.received().pop().unwrap().to_ascii_lowercase();
    for header in [
        "authorization: bearer a-1",
        "x-session-id: s-1",
        "idempotency-key: 0b9d2f7c",
        "accept: application/json",
    ] {
        assert!(request.contains(header), "{header} in {request}");
    }
}

#[tokio::test]
async fn a_second_attempt_is_the_same_bytes() {
    let server = ScriptedServer::start([Then::Reset, json(200, "", ANSWER)]).await;
    let client = server.client();
    assert_eq!(client.send(&turn(), Some(&credentials())).await.unwrap_err().class, Uncertain);
    assert!(client.send(&turn(), Some(&credentials())).await.is_ok());
    let received = server.received();
    assert_eq!(received[0], received[1]);
}

#[tokio::test]
async fn a_lost_answer_is_uncertain_for_a_write_and_repeatable_for_a_read() {
    let half = &ANSWER[..30];
    for fate in [
        Then::Reset,
        Then::ResetUnread,
        Then::Answer(Vec::new()),
        Then::Answer(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        Then::Answer(b"\x16\x03\x01 not http at all\r\n\r\n".to_vec()),
        Then::Answer(misjudged(ANSWER.len(), half)),
        Then::Answer(misjudged(30, ANSWER)),
        Then::Answer(misjudged(0, "")),
        Then::Answer(misjudged(2, "{}")),
        Then::Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"age".to_vec()),
        Then::Hang(Vec::new()),
        Then::Hang(misjudged(ANSWER.len(), half)),
    ] {
        assert_eq!(classes(fate.clone()).await, (Uncertain, PROBLEM), "{fate:?}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_in_drops_is_an_answer() {
    let server = ScriptedServer::start([Then::Drip(misjudged(ANSWER.len(), ANSWER))]).await;
    assert!(server.client().send(&turn(), None).await.is_ok());
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", 100 << 20);
    let flood = Then::Flood { head: head.into_bytes(), piece: vec![b' '; 1 << 20], times: 100 };
    assert_eq!(classes(flood).await, (Uncertain, PROBLEM));
}

#[tokio::test]
async fn a_page_of_the_network_is_a_captive_portal_and_is_not_followed() {
    let page = "<!doctype html><title>Train</title>";
    let html =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    let redirect = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n";
    let required = "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n";
    for answer in [html.as_str(), redirect, required] {
        let fate = Then::Answer(answer.as_bytes().to_vec());
        assert_eq!(classes(fate).await, (CaptivePortal, CaptivePortal), "{answer}");
    }
}

#[tokio::test]
async fn what_never_left_the_device_is_offline() {
    // Bound and not listening: refused for as long as the test lives, and nobody else gets the port.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let plain = ScriptedServer::start([Then::ResetUnread, Then::ResetUnread]).await;
    for address in [
        format!("http://127.0.0.1:{port}"),
        format!("http://no-such-host.localhost:{port}"),
        plain.address().as_str().replace("http:", "https:"),
    ] {
        let client = client(ServerAddress::parse(&address).unwrap(), Millis::seconds(120));
        for request in [turn(), read()] {
            assert_eq!(client.send(&request, None).await.unwrap_err().class, Offline, "{address}");
        }
    }
}

#[tokio::test]
async fn a_request_that_is_no_longer_awaited_is_given_up() {
    let mut server = ScriptedServer::start([Then::Hang(Vec::new())]).await;
    let client = server.client();
    {
        let request = turn();
        let sending = client.send(&request, None);
        tokio::pin!(sending);
        tokio::select! {
            _ = &mut sending => panic!("nobody answered"),
            () = server.next_event() => {}
        }
    }
    server.next_event().await;
}

#[tokio::test]
async fn a_wait_named_as_a_date_counts_from_the_servers_own_clock() {
    let headers = "Date: Tue, 18 Aug 2099 09:00:00 GMT\r\nRetry-After: Tue, 18 Aug 2099 09:00:45 GMT\r\n\
                   X-Error-Code: LLM_OVER_CAPACITY\r\nX-Request-ID: req-5\r\n";
    let server = ScriptedServer::start([json(503, headers, r#"{"detail":"Busy","retry_after":3}"#)]).await;
    let failure = server.client().send(&turn(), None).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Transient(Transient::Busy));
    assert_eq!((failure.status, failure.retry_after), (Some(503), Some(Millis::seconds(45))));
    assert_eq!((failure.message.as_deref(), failure.request_id.as_deref()), (Some("Busy"), Some("req-5")));
}
