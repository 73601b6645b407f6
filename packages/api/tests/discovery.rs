//! Finding out whether there is a server of ours, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test ends where its ground does")]

mod scripted_server;

use copilot_api::SignInMode;
use copilot_core::FailureClass::{CaptivePortal, Rejected, Transient as Passing};
use copilot_core::request::{Reply, Request};
use copilot_core::{Rejection, Transient};
use scripted_server::{ScriptedServer, Then, json, page};

const CAPABILITIES: &str =
    r#"{"deploymentMode":"self-hosted","limits":{"maxFileBytes":77},"branding":{"name":"Ops"}}"#;
const LOCAL: &str = r#"{"auth_mode":"local","supports_registration":true}"#;
const ABSENT: &str = r#"{"detail":"Not Found"}"#;

#[tokio::test]
async fn a_server_says_what_it_allows_and_how_one_signs_in() {
    let server = ScriptedServer::start([json(200, "", CAPABILITIES), json(200, "", LOCAL)]).await;
    let info = server.client().probe().await.unwrap();
    assert_eq!((info.limits.max_bytes, info.name.as_deref()), (77, Some("Ops")));
    assert!(info.limits.search, "every server of turns looks for texts");
    assert_eq!(info.sign_in, Some(SignInMode::Local { registration: true }));
    assert!(server.received().iter().all(|request| !request.to_ascii_lowercase().contains("authorization")));
}

#[tokio::test]
async fn a_server_is_recognised_by_either_proof_at_either_place() {
    let later = [json(404, "", ABSENT), json(200, "", CAPABILITIES), json(404, "", ABSENT)];
    let info = ScriptedServer::start(later).await.client().probe().await.unwrap();
    assert_eq!((info.limits.max_bytes, info.sign_in), (77, None));

    let web_app = [page(200), json(404, "", ABSENT), json(200, "", r#"{"auth_mode":"oauth"}"#)];
    let info = ScriptedServer::start(web_app).await.client().probe().await.unwrap();
    assert_eq!(info.sign_in, Some(SignInMode::OAuth));

    let silent = [json(200, "", CAPABILITIES), Then::Reset];
    assert_eq!(ScriptedServer::start(silent).await.client().probe().await.unwrap().sign_in, None);
}

#[tokio::test]
async fn a_probe_that_decides_nothing_says_why() {
    let absent = || json(404, "", ABSENT);
    for (steps, class) in [
        (vec![absent(), absent(), absent(), absent()], Rejected(Rejection::OtherDialect)),
        (vec![page(200), page(200), page(200)], CaptivePortal),
        (vec![absent(), absent(), json(503, "Retry-After: 5\r\n", "{}")], Passing(Transient::Busy)),
        (vec![json(200, "", "{}"), absent(), absent()], Passing(Transient::ServerProblem)),
        (vec![Then::Reset], Passing(Transient::ServerProblem)),
    ] {
        let server = ScriptedServer::start(steps.clone()).await;
        assert_eq!(server.client().probe().await.unwrap_err().class, class, "{steps:?}");
        assert_eq!(server.received().len(), steps.len(), "{steps:?}");
    }
}

#[tokio::test]
async fn the_cores_probe_brings_the_limits() {
    let server = ScriptedServer::start([json(200, "", CAPABILITIES), json(200, "", LOCAL)]).await;
    let reply = server.client().send(&Request::Probe, None).await.unwrap();
    assert!(matches!(reply, Reply::Alive(limits) if limits.max_bytes == 77));
}
