//! Signing in on the page of a server that wants OAuth: the person's browser, the loopback redirect, the exchange.
//!
//! The local server has no OAuth, so one that has nothing else answers here, by the examples of the contract.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use copilot_runtime::{Loopback, Platform, ServerCheck, SignInForm, SignInView, Stage};
use copilot_scenarios::Window;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

/// What an OAuth server was asked, method and path first.
type Asked = Rc<RefCell<Vec<(String, String)>>>;

async fn oauth_server(asked: Asked) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = url.clone();
    tokio::task::spawn_local(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::task::spawn_local(serve(socket, asked.clone(), own.clone()));
        }
    });
    url
}

async fn serve(mut socket: TcpStream, asked: Asked, url: String) {
    let (head, body) = read(&mut socket).await;
    let line = head.lines().next().unwrap_or_default();
    let call = line.rsplit_once(' ').unwrap_or_default().0.to_owned();
    asked.borrow_mut().push((call.clone(), body.clone()));
    let (status, answer) = match call.as_str() {
        "GET /v1/meta/capabilities" => (200, json!({ "deploymentMode": "cloud", "dashboardUrl": url })),
        "GET /api/v1/auth/config" => (
            200,
            json!({ "auth_mode": "oauth", "supports_registration": false,
                "oauth": { "client_id": "faultmaven-copilot", "scopes": ["openid", "cases:write"] } }),
        ),
        "POST /api/v1/auth/oauth/token" if body.contains("\"code\":\"ac_1\"") => (
            200,
            json!({ "access_token": "a1", "refresh_token": "r1", "token_type": "Bearer", "expires_in": 900,
                "user_id": "u-1", "username": "maria.ortiz" }),
        ),
        "POST /api/v1/auth/oauth/token" => (400, json!({ "error": "invalid_grant" })),
        "POST /api/v1/sessions" => (201, json!({ "session_id": "s-1" })),
        _ if call.starts_with("GET /api/v1/cases") => (200, json!({ "cases": [], "has_more": false })),
        _ => (404, json!({ "detail": "Not Found" })),
    };
    let answer = answer.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    let _ = socket.write_all(format!("{head}{answer}").as_bytes()).await;
}

async fn read(socket: &mut TcpStream) -> (String, String) {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let count = socket.read(&mut piece).await.unwrap_or(0);
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if count == 0 || body.len() >= length.unwrap_or(0) {
                return (head.to_owned(), body.to_owned());
            }
        } else if count == 0 {
            return (text, String::new());
        }
    }
}

fn field(page: &str, name: &str) -> String {
    let query = page.split_once('?').unwrap().1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    value.replace("%3A", ":").replace("%2F", "/")
}

/// A person whose browser answers every sign-in page in one way.
fn person(answer: fn(&str) -> String, pages: Rc<RefCell<Vec<String>>>) -> Loopback {
    Loopback::new(Rc::new(move |page| {
        pages.borrow_mut().push(page.to_owned());
        let back = format!("{}?{}", field(page, "redirect_uri"), answer(page));
        tokio::task::spawn_local(async move { reqwest::get(back).await.map(drop) });
        true
    }))
}

async fn attempt(answer: fn(&str) -> String) -> (Window, Vec<String>, Asked, tempfile::TempDir) {
    let (asked, pages) = (Asked::default(), Rc::new(RefCell::new(Vec::new())));
    let url = oauth_server(asked.clone()).await;
    let device = tempfile::tempdir().unwrap();
    let consent = Rc::new(person(answer, pages.clone()));
    let window = Window::on(Platform { consent, ..Platform::native(device.path()) });
    window.app.check_server(&url);
    window
        .until("a server that asks for names on a page of its own", || match window.app.stage() {
            Stage::SignIn(SignInView { check: ServerCheck::Reachable { by_page: true, .. }, .. }) => Some(()),
            _ => None,
        })
        .await;
    let form = SignInForm { server: url, username: String::new(), password: String::new(), register: false };
    window.app.sign_in(form);
    window
        .until("an end", || match window.app.stage() {
            Stage::Open(_) => Some(()),
            Stage::SignIn(SignInView { busy: false, error: Some(_), .. }) => Some(()),
            _ => None,
        })
        .await;
    let pages = pages.borrow().clone();
    (window, pages, asked, device)
}

fn told(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(LocalSet::new().run_until(test));
}

#[test]
fn a_server_with_a_page_of_its_own_is_signed_in_to_there() {
    told(async {
        let (window, pages, asked, _device) =
            attempt(|page| format!("code=ac_1&state={}", field(page, "state"))).await;
        let handle = window.opened().await;
        assert_eq!(handle.account().username, "maria.ortiz");
        assert_eq!(field(&pages[0], "code_challenge_method"), "S256");
        let exchange =
            asked.borrow().iter().find(|(call, _)| call.ends_with("oauth/token")).cloned().unwrap();
        let exchange: Value = serde_json::from_str(&exchange.1).unwrap();
        assert_eq!(exchange["redirect_uri"], field(&pages[0], "redirect_uri"));
        assert_eq!(exchange["code_verifier"].as_str().unwrap().len(), 43);
        assert!(!pages[0].contains(exchange["code_verifier"].as_str().unwrap()));
    });
}

#[test]
fn a_sign_out_there_takes_the_refresh_token_out_of_use() {
    told(async {
        let (window, _, asked, _device) =
            attempt(|page| format!("code=ac_1&state={}", field(page, "state"))).await;
        window.app.sign_out();
        let revoked = async {
            loop {
                let call = asked.borrow().iter().find(|(call, _)| call.ends_with("oauth/revoke")).cloned();
                match call {
                    Some((_, body)) => return body,
                    None => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        let body = tokio::time::timeout(Duration::from_secs(120), revoked).await.unwrap();
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["token"], "r1");
        assert!(matches!(window.app.stage(), Stage::SignIn(_)));
    });
}

#[test]
fn a_return_with_a_foreign_state_or_a_dead_code_signs_nobody_in() {
    for answer in [
        (|_| "code=ac_1&state=somebody-elses".to_owned()) as fn(&str) -> String,
        |page| format!("error=access_denied&state={}", field(page, "state")),
        |page| format!("code=ac_dead&state={}", field(page, "state")),
    ] {
        told(async {
            let (window, ..) = attempt(answer).await;
            assert!(matches!(window.app.stage(), Stage::SignIn(_)));
        });
    }
}
