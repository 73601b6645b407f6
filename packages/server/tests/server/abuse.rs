//! Hostile clients: whatever they send, they get a refusal, and nobody else notices.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{World, json_of, refusal};

/// Texts that end a statement, a string, a path, a header or a program, where one is careless.
const NASTY: [&str; 9] = [
    "'; DROP TABLE users; --",
    "\" OR 1=1 --",
    "%' UNION SELECT access_digest FROM grants --",
    "../../../../etc/passwd",
    "..\\..\\windows\\system32",
    "\u{0}",
    "\u{202e}\u{feff}\u{1f4a3}",
    "{{7*7}}${7*7}<script>alert(1)</script>",
    "a\r\nX-Injected: 1",
];

#[tokio::test]
async fn statements_in_every_field_are_only_text() {
    let world = World::new().await;
    let case = world.new_case().await;
    for text in NASTY {
        let turn = Form::new()
            .text("query", text)
            .text("source_url", text)
            .text("observed_at", text)
            .text("input_type", text);
        let answer = world.turn_form(&case, &format!("key-{:08}", text.len()), turn).send().await.unwrap();
        assert!(answer.status().is_success() || answer.status().is_client_error(), "{text}");
        for body in [
            (Method::POST, "/api/v1/auth/login", json!({ "username": text, "password": text })),
            (Method::POST, "/api/v1/auth/register", json!({ "username": text, "email": text })),
            (Method::POST, "/api/v1/auth/refresh", json!({ "refresh_token": text })),
            (Method::POST, "/api/v1/auth/token", json!({ "token": text })),
            (
                Method::POST,
                "/api/v1/sessions",
                json!({ "client_id": text, "session_type": text, "metadata": { text: text } }),
            ),
            (
                Method::POST,
                "/api/v1/cases",
                json!({ "title": text, "description": text, "initial_message": text }),
            ),
            (Method::POST, "/api/v1/cases/search", json!({ "query": text, "state": text })),
            (Method::POST, "/api/v1/cases/search", json!({ "query": text })),
        ] {
            let (method, path, body) = body;
            let answer = world.bare(method, path).bearer_auth(&world.token).json(&body).send().await.unwrap();
            assert!(answer.status().as_u16() < 500, "{path} {body}: {}", answer.status());
            assert!(!answer.headers().contains_key("x-injected"));
        }
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for path in [
            format!("/api/v1/cases/{encoded}"),
            format!("/api/v1/cases/{encoded}/messages"),
            format!("/api/v1/cases/{case}/uploaded-files/{encoded}"),
            format!("/api/v1/cases/{case}/turns/jobs/{encoded}"),
            format!("/api/v1/cases?state={encoded}"),
            format!("/api/v1/cases?limit={encoded}"),
            format!("/api/v1/sessions/{encoded}"),
            format!("/{encoded}"),
        ] {
            let answer = world.get(&path).send().await.unwrap();
            assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
        }
    }
    // The store is whole, and what was text stayed text.
    let found =
        world.post("/api/v1/cases/search").json(&json!({ "query": "DROP TABLE" })).send().await.unwrap();
    assert!(!json_of(found).await.as_array().unwrap().is_empty());
    assert_eq!(json_of(world.get("/api/v1/auth/me").send().await.unwrap()).await["username"], "maria");
}

#[tokio::test]
async fn file_names_never_become_paths() {
    let world = World::new().await;
    let case = world.new_case().await;
    let names =
        ["../../../escape.txt", "/etc/cron.d/x.txt", "C:\\evil.txt", "a\u{0}b.txt", "..", "con.txt", ".txt"];
    for (number, name) in names.into_iter().enumerate() {
        let part = Part::bytes(format!("content {number}").into_bytes()).file_name(name);
        let form = Form::new().part("files", part);
        let answer = world.turn_form(&case, &format!("key-{number:08}"), form).send().await.unwrap();
        assert!(answer.status().as_u16() < 500, "{name}: {}", answer.status());
    }
    let outside: Vec<_> =
        std::fs::read_dir(world.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(outside, ["data"], "nothing was written beside the data folder");
    let files =
        json_of(world.get(&format!("/api/v1/cases/{case}/uploaded-files")).send().await.unwrap()).await;
    for file in files["files"].as_array().unwrap() {
        let name = file["filename"].as_str().unwrap();
        assert!(!name.contains(['/', '\\', '\u{0}']), "{name}");
    }
}

#[tokio::test]
async fn forms_that_are_none_are_refused() {
    let world = World::new().await;
    let case = world.new_case().await;
    let path = format!("/api/v1/cases/{case}/turns");
    let many =
        (0..2000).map(|n| format!("--b\r\nContent-Disposition: form-data; name=\"x{n}\"\r\n\r\ny\r\n"));
    let nested = "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n";
    for (kind, body) in [
        ("multipart/form-data", "x".to_owned()),
        ("multipart/form-data; boundary=", "x".to_owned()),
        ("multipart/form-data; boundary=b", "--b\r\n".to_owned()),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n".to_owned(),
        ),
        ("multipart/form-data; boundary=b", "--b\r\nnonsense\r\n\r\nx\r\n--b--\r\n".to_owned()),
        ("multipart/form-data; boundary=b", format!("{}--b--\r\n", many.collect::<String>())),
        (
            "multipart/form-data; boundary=b",
            format!("--b\r\nX: {}\r\n\r\ny\r\n--b--\r\n", "a".repeat(200_000)),
        ),
        ("multipart/form-data; boundary=b", "\u{fffd}".repeat(1000)),
        ("application/json", "{\"query\":\"x\"}".to_owned()),
    ] {
        let answer = world.post(&path).header("Content-Type", kind).body(body.clone()).send().await.unwrap();
        let (status, ..) = refusal(answer).await;
        assert!((400..500).contains(&status), "{kind}: {status}");
    }
    // A part inside a part is a file like any other.
    let answer = world.post(&path).header("Content-Type", "multipart/form-data; boundary=b").body(nested);
    assert!(answer.send().await.unwrap().status().as_u16() < 500);
    assert_eq!(world.messages(&case).await["messages"].as_array().unwrap().len() % 2, 0);
}

#[tokio::test]
async fn a_client_that_drips_is_cut_off_and_holds_nobody_up() {
    let world = World::with(|options| {
        options.head_timeout = Duration::from_millis(200);
        options.read_timeout = Duration::from_millis(200);
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut socket = TcpStream::connect(world.server.addr()).await.unwrap();
        socket.write_all(b"POST /api/v1/cases HTTP/1.1\r\nHost: 127").await.unwrap();
        slow.push(socket);
    }
    assert!(world.get("/api/v1/auth/me").send().await.unwrap().status().is_success());
    for mut socket in slow {
        let mut rest = Vec::new();
        // Ended by the server: cleanly, with 408 or with a reset.
        let _ = socket.read_to_end(&mut rest).await;
        let rest = String::from_utf8_lossy(&rest).into_owned();
        assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{rest}");
    }
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down_for_that_name_alone() {
    let clock = copilot_server::Clock::manual(1_787_044_324_118);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let login = |name: &str, password: Option<&str>| {
        world
            .bare(Method::POST, "/api/v1/auth/login")
            .json(&json!({ "username": name, "password": password }))
            .send()
    };
    let register = world.bare(Method::POST, "/api/v1/auth/register");
    register.json(&json!({ "username": "piotr", "password": "open sesame" })).send().await.unwrap();
    for _ in 0..10 {
        assert_eq!(login("Piotr", Some("guess")).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    let refused = login("piotr", Some("open sesame")).await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "300");
    assert_eq!(refusal(refused).await.1, "RATE_LIMIT_EXCEEDED");
    assert_eq!(login("maria", None).await.unwrap().status(), StatusCode::OK);
    clock.advance(300_000);
    assert_eq!(login("piotr", Some("open sesame")).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn one_user_reaches_nothing_of_another() {
    let world = World::new().await;
    let case = world.new_case().await;
    world.ask(&case, "key-00000001", "a secret of maria").await;
    let token = world.register("jun").await["access_token"].as_str().unwrap().to_owned();
    let as_jun = |method: Method, path: String| world.bare(method, &path).bearer_auth(&token);
    for end in ["", "/messages", "/ui", "/uploaded-files"] {
        let answer = as_jun(Method::GET, format!("/api/v1/cases/{case}{end}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{end}");
    }
    let rename = as_jun(Method::PUT, format!("/api/v1/cases/{case}")).json(&json!({ "title": "mine" }));
    assert_eq!(rename.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    as_jun(Method::DELETE, format!("/api/v1/cases/{case}")).send().await.unwrap();
    let turn =
        as_jun(Method::POST, format!("/api/v1/cases/{case}/turns")).multipart(Form::new().text("query", "x"));
    assert_eq!(turn.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let found = as_jun(Method::POST, "/api/v1/cases/search".into()).json(&json!({ "query": "secret" }));
    assert_eq!(json_of(found.send().await.unwrap()).await, json!([]));
    assert_eq!(world.messages(&case).await["total_count"], 2, "nothing of it is gone");
    // A key of one user is no key of another.
    let own: Value =
        json_of(as_jun(Method::POST, "/api/v1/cases".into()).json(&json!({})).send().await.unwrap()).await;
    let path = format!("/api/v1/cases/{}/turns", own["case_id"].as_str().unwrap());
    let same_key = as_jun(Method::POST, path).header("Idempotency-Key", "key-00000001");
    let answer = same_key.multipart(Form::new().text("query", "hello")).send().await.unwrap();
    assert!(!answer.headers().contains_key("x-idempotency-replayed"));
}
