//! A server that is open to a network, and what its operator sees.

use std::net::{IpAddr, Ipv4Addr};

use copilot_server::{Exposure, Options, Server, StartError};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{World, json_of, options, refusal};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn open(options: &mut Options, address: Ipv4Addr, token: &str) {
    options.exposure = Some(Exposure { address: IpAddr::V4(address), token: token.to_owned() });
}

#[tokio::test]
async fn an_open_server_without_a_good_token_or_with_faults_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    for token in ["", "short"] {
        let mut options = options(folder.path());
        open(&mut options, Ipv4Addr::UNSPECIFIED, token);
        let error = Server::start(options).await.unwrap_err();
        assert!(matches!(error, StartError::TokenNeeded { .. }), "{error}");
        assert!(error.to_string().contains("COPILOT_ACCESS_TOKEN"));
    }
    let mut options = options(folder.path());
    open(&mut options, Ipv4Addr::UNSPECIFIED, TOKEN);
    options.faults = true;
    assert!(matches!(Server::start(options).await.unwrap_err(), StartError::FaultsExposed));
}

#[tokio::test]
async fn on_an_open_server_the_token_is_everybodys_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    open(&mut options, Ipv4Addr::LOCALHOST, TOKEN);
    let server = Server::start(options).await.unwrap();
    let http = crate::support::client();
    let post = |end: &str, body: serde_json::Value| {
        http.post(format!("{}/api/v1/auth/{end}", server.url())).json(&body).send()
    };
    for end in ["register", "login"] {
        let refused = post(end, json!({ "username": "maria" })).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{end}");
    }
    let made = post("register", json!({ "username": "maria", "password": TOKEN })).await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    for (password, status) in [(None, 401), (Some("wrong"), 401), (Some(TOKEN), 200)] {
        let answer = post("login", json!({ "username": "maria", "password": password })).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    let metrics = http.get(format!("{}/metrics", server.url()));
    assert_eq!(metrics.try_clone().unwrap().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(metrics.bearer_auth(TOKEN).send().await.unwrap().status(), StatusCode::OK);
    server.shutdown().await;
}

#[tokio::test]
async fn the_counters_name_patterns_and_nothing_that_stood_in_them() {
    let world = World::new().await;
    let case = world.new_case().await;
    json_of(world.get(&format!("/api/v1/cases/{case}")).send().await.unwrap()).await;
    refusal(world.get("/api/v1/secret-name").send().await.unwrap()).await;
    let answer = world.bare(Method::GET, "/metrics").send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let text = answer.text().await.unwrap();
    for line in [
        "copilot_requests_total{method=\"GET\",path=\"/api/v1/cases/{case_id}\",status=\"200\"} 1",
        "copilot_requests_total{method=\"GET\",path=\"other\",status=\"404\"} 1",
        "# TYPE copilot_request_seconds histogram",
        "copilot_requests_in_flight 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for secret in [case.as_str(), world.token.as_str(), "secret-name", "maria"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
