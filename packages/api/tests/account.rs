//! Finding a server, signing in and out, renewing tokens and sessions, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test ends where its ground does")]

mod scripted_server;

use copilot_api::{Credentials, Password, Secret, SessionId, SignIn, SignInFailure};
use copilot_core::FailureClass::{
    CaptivePortal, Offline, Rejected, SessionExpired, TokenRefused, Transient as Passing, Uncertain,
};
use copilot_core::request::Request;
use copilot_core::{Failure, Millis, Rejection, Transient, Wall};
use scripted_server::{ScriptedServer, Then, credentials, json, page};

const ABSENT: &str = r#"{"detail":"Not Found"}"#;
const SIGNED_IN: &str = r#"{"access_token":"a-1","expires_in":900,"refresh_token":"r-1","session_id":"s-1",
    "user":{"user_id":"u-1","username":"kim"}}"#;

fn login() -> SignIn {
    SignIn::Login { username: "kim".into(), password: None }
}

#[tokio::test]
async fn each_way_to_sign_in_sends_what_was_given_and_nothing_else() {
    let password = Some(Password("p w".into()));
    for (sign_in, line, body) in [
        (login(), "POST /api/v1/auth/login ", r#"{"username":"kim"}"#),
        (
            SignIn::Login { username: "kim".into(), password: password.clone() },
            "POST /api/v1/auth/login ",
            r#"{"password":"p w","username":"kim"}"#,
        ),
        (
            SignIn::Register {
                username: "kim".into(),
                password,
                email: None,
                display_name: Some("Kim".into()),
            },
            "POST /api/v1/auth/register ",
            r#"{"display_name":"Kim","password":"p w","username":"kim"}"#,
        ),
        (
            SignIn::StartToken { token: Secret::new("t-1").unwrap(), claim: None },
            "POST /api/v1/auth/token ",
            r#"{"token":"t-1"}"#,
        ),
        (
            SignIn::StartToken { token: Secret::new("t-1").unwrap(), claim: Secret::new("c-1") },
            "POST /api/v1/auth/token ",
            r#"{"claim":"c-1","token":"t-1"}"#,
        ),
    ] {
        let server = ScriptedServer::start([json(201, "", SIGNED_IN)]).await;
        let signed_in = server.client().sign_in(&sign_in).await.unwrap();
        assert_eq!(signed_in.credentials.session, SessionId::parse("s-1").ok());
        assert!(signed_in.credentials.obtained > Wall(1_700_000_000_000));
        assert_eq!(&*signed_in.user.username, "kim");
        let request = server.received().pop().unwrap();
        assert!(request.starts_with(line), "{request}");
        let sent: serde_json::Value =
            serde_json::from_str(request.split("\r\n\r\n").last().unwrap()).unwrap();
        assert_eq!(sent, serde_json::from_str::<serde_json::Value>(body).unwrap());
        assert!(!format!("{sign_in:?}").contains("p w") && !format!("{sign_in:?}").contains("-1\""));
    }
}

#[tokio::test]
async fn a_sign_in_that_does_not_work_says_what_to_change() {
    let register =
        || SignIn::Register { username: "kim".into(), password: None, email: None, display_name: None };
    let link = || SignIn::StartToken { token: Secret::new("t-1").unwrap(), claim: None };
    let short = r#"{"detail":[{"loc":["body","username"],"msg":"Needs 3 characters"}]}"#;
    for (sign_in, then, expected) in [
        (login(), json(401, "WWW-Authenticate: Bearer\r\n", "{}"), SignInFailure::Unknown),
        (link(), json(401, "", "{}"), SignInFailure::LinkUsed),
        (register(), json(409, "", "{}"), SignInFailure::NameTaken),
        (login(), json(404, "", ABSENT), SignInFailure::NotOffered),
        (
            login(),
            json(422, "", short),
            SignInFailure::Entry { message: Some("username: Needs 3 characters".into()) },
        ),
        (login(), Then::Reset, SignInFailure::Failed(Failure::of(Uncertain))),
        (
            login(),
            page(401),
            SignInFailure::Failed(Failure { status: Some(401), ..Failure::of(CaptivePortal) }),
        ),
        (
            login(),
            json(200, "", "{}"),
            SignInFailure::Failed(Failure { status: Some(200), ..Failure::of(Uncertain) }),
        ),
    ] {
        let server = ScriptedServer::start([then.clone()]).await;
        assert_eq!(server.client().sign_in(&sign_in).await.unwrap_err(), expected, "{then:?}");
    }
}

#[tokio::test]
async fn a_renewal_replaces_both_tokens_and_keeps_the_session() {
    let body = r#"{"access_token":"a-2","refresh_token":"r-2","expires_in":60}"#;
    let server = ScriptedServer::start([json(200, "", body)]).await;
    let renewed = server.client().refresh(&credentials()).await.unwrap();
    assert_eq!(renewed.access.reveal(), "a-2");
    assert_eq!(renewed.refresh, Secret::new("r-2"));
    assert_eq!((renewed.expires_in, renewed.session), (Millis::seconds(60), credentials().session));
    let request = server.received().pop().unwrap();
    assert!(request.ends_with(r#"{"refresh_token":"r-1"}"#) && !request.contains("a-1"), "{request}");
}

#[tokio::test]
async fn only_a_refusal_ends_a_sign_in() {
    for (then, class) in [
        (json(401, "", "{}"), TokenRefused),
        (json(400, "", r#"{"error":"invalid_grant"}"#), TokenRefused),
        (json(429, "", "{}"), Passing(Transient::Busy)),
        (json(500, "", "{}"), Uncertain),
        (page(403), CaptivePortal),
        (Then::Reset, Uncertain),
    ] {
        let server = ScriptedServer::start([then.clone()]).await;
        assert_eq!(server.client().refresh(&credentials()).await.unwrap_err().class, class, "{then:?}");
    }
    let server = ScriptedServer::start([]).await;
    let without = Credentials { refresh: None, ..credentials() };
    assert_eq!(server.client().refresh(&without).await.unwrap_err().class, TokenRefused);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_session_is_opened_under_the_installations_id() {
    let server = ScriptedServer::start([json(201, "", r#"{"session_id":"s-2"}"#)]).await;
    let client = server.client();
    assert_eq!(client.open_session(&credentials()).await.unwrap().as_str(), "s-2");
    let request = server.received().pop().unwrap();
    assert!(
        request.contains(r#""client_id":"inst-0001""#)
            && !request.to_ascii_lowercase().contains("x-session-id")
    );
    assert_eq!(client.installation().as_str(), "inst-0001");
}

#[tokio::test]
async fn an_installation_of_an_expired_session_gets_a_new_id_once() {
    for status in [404, 410] {
        let again = [json(status, "", ABSENT), json(201, "", r#"{"session_id":"s-2"}"#)];
        let server = ScriptedServer::start(again).await;
        let client = server.client();
        let shared = client.clone();
        assert!(client.open_session(&credentials()).await.is_ok());
        assert_ne!(shared.installation().as_str(), "inst-0001");
        assert!(server.received()[1].contains(shared.installation().as_str()));
    }
    let server = ScriptedServer::start([json(404, "", ABSENT), json(404, "", ABSENT)]).await;
    assert_eq!(server.client().open_session(&credentials()).await.unwrap_err().status, Some(404));
    assert_eq!(server.received().len(), 2);

    let portal = ScriptedServer::start([page(404)]).await;
    assert_eq!(portal.client().open_session(&credentials()).await.unwrap_err().class, CaptivePortal);
}

#[tokio::test]
async fn a_heartbeat_counts_with_any_success_and_notices_an_expired_session() {
    for (then, expected) in [
        (json(200, "", "{}"), None),
        (json(204, "", ""), None),
        (json(404, "", ABSENT), Some(SessionExpired)),
        (json(401, "WWW-Authenticate: Bearer\r\n", "{}"), Some(TokenRefused)),
        (page(200), Some(CaptivePortal)),
    ] {
        let server = ScriptedServer::start([then.clone()]).await;
        let outcome = server.client().heartbeat(&credentials()).await;
        assert_eq!(outcome.err().map(|failure| failure.class), expected, "{then:?}");
        assert!(server.received()[0].starts_with("POST /api/v1/sessions/s-1/heartbeat "));
    }
    let without = Credentials { session: None, ..credentials() };
    let server = ScriptedServer::start([]).await;
    assert_eq!(server.client().heartbeat(&without).await.unwrap_err().class, SessionExpired);
}

#[tokio::test]
async fn a_sign_out_tells_whether_others_are_still_signed_in() {
    for (body, everywhere) in
        [(r#"{"all_sessions_ended":false}"#, false), (r#"{"all_sessions_ended":true}"#, true), ("", true)]
    {
        let server = ScriptedServer::start([json(200, "", body)]).await;
        assert_eq!(server.client().sign_out(&credentials()).await.unwrap().everywhere, everywhere);
    }
}

#[tokio::test]
async fn a_sign_in_by_oauth_is_renewed_and_ended_where_it_came_from() {
    let renewed = r#"{"access_token":"a-2","refresh_token":"r-2","expires_in":900}"#;
    let steps = [json(200, "", renewed), json(404, "", r#"{"detail":"Not Found"}"#), json(200, "", "{}")];
    let server = ScriptedServer::start(steps).await;
    let client = server.client();
    let signed_in = Credentials { oauth_client: Some("faultmaven-copilot".into()), ..credentials() };
    let renewed = client.refresh(&signed_in).await.unwrap();
    assert_eq!(renewed.oauth_client, signed_in.oauth_client);
    // That the session could not be ended is no reason to leave the refresh token in use.
    assert!(client.sign_out(&renewed).await.is_err());
    let received = server.received();
    let said = |place: usize, line: &str, body: &str| {
        assert!(received[place].starts_with(line) && received[place].ends_with(body), "{}", received[place]);
    };
    let renewal = r#"{"client_id":"faultmaven-copilot","grant_type":"refresh_token","refresh_token":"r-1"}"#;
    said(0, "POST /api/v1/auth/oauth/token ", renewal);
    said(1, "POST /api/v1/auth/logout ", "");
    let end = r#"{"client_id":"faultmaven-copilot","token":"r-2","token_type_hint":"refresh_token"}"#;
    said(2, "POST /api/v1/auth/oauth/revoke ", end);
}

#[tokio::test]
async fn renewals_are_refused_as_requests_of_the_queue() {
    let server = ScriptedServer::start([]).await;
    for request in [Request::RenewToken, Request::RenewSession] {
        let failure = server.client().send(&request, Some(&credentials())).await.unwrap_err();
        assert_eq!(failure.class, Rejected(Rejection::Refused));
        assert_ne!(failure.class, Offline);
    }
    assert!(server.received().is_empty());
}
