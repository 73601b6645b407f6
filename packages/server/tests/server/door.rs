//! What never gets as far as a handler: foreign hosts and origins, preflights, bodies too large, too slow or broken.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{World, refusal};

#[tokio::test]
async fn a_foreign_host_is_refused_on_every_address() {
    let world = World::with_faults().await;
    let port = world.server.addr().port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1:1".to_owned(),
        "127.0.0.1".to_owned(),
    ] {
        for path in ["/", "/health", "/v1/meta/capabilities", "/__faults"] {
            let answer = world
                .raw(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())
                .await;
            assert!(answer.starts_with("HTTP/1.1 403"), "{host} {path}: {answer}");
            assert!(answer.contains("FOREIGN_HOST"));
        }
    }
    let twice = format!(
        "GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    );
    assert!(!world.raw(twice.as_bytes()).await.starts_with("HTTP/1.1 200"));
    let none = world.raw(b"GET /health HTTP/1.0\r\n\r\n").await;
    assert!(!none.contains("healthy"), "{none}");
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let answer = world
            .raw(
                format!("GET /health HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n")
                    .as_bytes(),
            )
            .await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
    }
}

#[tokio::test]
async fn a_foreign_origin_is_refused_without_cors_headers() {
    let world = World::new().await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"] {
        let answer = world.get("/api/v1/cases").header("Origin", origin).send().await.unwrap();
        assert!(!answer.headers().contains_key("access-control-allow-origin"), "{origin}");
        assert_eq!(refusal(answer).await.1, "FOREIGN_ORIGIN");
        let write =
            world.post("/api/v1/cases").header("Origin", origin).json(&json!({})).send().await.unwrap();
        assert_eq!(write.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn an_allowed_origin_is_echoed_also_on_errors() {
    let world = World::new().await;
    for origin in
        ["chrome-extension://abcdefghijklmnop", "moz-extension://0a1b-2c3d", "http://localhost:5173"]
    {
        for (path, status) in [("/api/v1/auth/me", 200), ("/api/v1/cases/none", 404), ("/api/v1/none", 404)] {
            let answer = world.get(path).header("Origin", origin).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), status);
            let headers = answer.headers();
            assert_eq!(headers["access-control-allow-origin"], origin);
            assert_eq!(headers["access-control-allow-credentials"], "true");
            assert!(headers.get_all("vary").iter().any(|value| value == "Origin"));
            let exposed = headers["access-control-expose-headers"].to_str().unwrap().to_lowercase();
            for name in [
                "retry-after",
                "location",
                "x-request-id",
                "x-correlation-id",
                "x-error-code",
                "x-idempotency-replayed",
                "date",
            ] {
                assert!(exposed.contains(name), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_preflight_needs_no_token() {
    let world = World::new().await;
    let answer = world
        .bare(Method::OPTIONS, "/api/v1/cases/c1/turns")
        .header("Origin", "chrome-extension://abcdefghijklmnop")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Private-Network", "true")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let headers = answer.headers();
    assert_eq!(headers["access-control-allow-methods"], "GET, POST, PUT, DELETE, OPTIONS");
    assert_eq!(
        headers["access-control-allow-headers"],
        "Authorization, Content-Type, X-Session-Id, Idempotency-Key"
    );
    assert_eq!(headers["access-control-allow-private-network"], "true");
    assert_eq!(headers["access-control-allow-origin"], "chrome-extension://abcdefghijklmnop");
}

#[tokio::test]
async fn an_extension_needs_a_session_like_everybody_else() {
    let world = World::new().await;
    for origin in ["chrome-extension://abcdefghijklmnop", "moz-extension://0a1b-2c3d"] {
        for path in ["/api/v1/cases", "/api/v1/auth/me"] {
            let answer = world.bare(Method::GET, path).header("Origin", origin).send().await.unwrap();
            // It may read why it is refused, and nothing else.
            assert_eq!(answer.headers()["access-control-allow-origin"], origin);
            assert_eq!(refusal(answer).await.0, 401, "{origin} {path}");
        }
    }
}

#[tokio::test]
async fn what_only_looks_like_an_extension_is_a_foreign_page() {
    let world = World::new().await;
    for origin in [
        "https://chrome-extension.evil.example",
        "chrome-extension://abc.evil.example",
        "chrome-extension://abc/index.html",
        "xchrome-extension://abcdefghijklmnop",
    ] {
        let answer = world.get("/api/v1/cases").header("Origin", origin).send().await.unwrap();
        assert_eq!(refusal(answer).await.1, "FOREIGN_ORIGIN", "{origin}");
    }
}

#[tokio::test]
async fn missing_and_forged_tokens_are_refused() {
    let world = World::new().await;
    let forged = ["", "Bearer", "Bearer ", "Bearer 00", "Basic bWFyaWE6", "Bearer ' OR 1=1 --"];
    for value in forged {
        let mut request = world.bare(Method::GET, "/api/v1/cases");
        if !value.is_empty() {
            request = request.header("Authorization", value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        assert_eq!(refusal(answer).await.0, 401, "{value}");
    }
}

#[tokio::test]
async fn a_body_of_50_megabytes_is_answered_with_413() {
    let world = World::new().await;
    let case = world.new_case().await;
    let paste = reqwest::multipart::Form::new().text("pasted_content", "x".repeat(50 * 1024 * 1024));
    let (status, _, body) =
        refusal(world.turn_form(&case, "key-00000001", paste).send().await.unwrap()).await;
    assert_eq!(status, 413);
    assert!(body["detail"].as_str().unwrap().contains("limit"));
    let json =
        world
            .post("/api/v1/cases")
            .header("content-type", "application/json")
            .body(vec![b' '; 50 * 1024 * 1024]);
    assert_eq!(refusal(json.send().await.unwrap()).await.0, 413);
    assert_eq!(world.messages(&case).await["total_count"], 0);
}

#[tokio::test]
async fn a_body_that_never_comes_is_answered_with_408() {
    let world = World::with(|options| options.read_timeout = Duration::from_millis(50)).await;
    let head =
        world.head("POST /api/v1/auth/login", "Content-Type: application/json\r\nContent-Length: 100\r\n");
    let answer = world.raw(format!("{head}{{").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.to_lowercase().contains("x-error-code: read_timeout"));
}

#[tokio::test]
async fn heads_beyond_the_limits_are_refused() {
    let world = World::new().await;
    let many: String = (0..100).map(|n| format!("X-Field-{n}: 1\r\n")).collect();
    let answer = world.raw(world.head("GET /health", &many).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let long = format!("X-Field: {}\r\n", "x".repeat(1024 * 1024));
    let answer = world.raw(world.head("GET /health", &long).as_bytes()).await;
    assert!(!answer.contains("healthy"), "{answer}");
}

#[tokio::test]
async fn bodies_that_are_no_good_json_are_refused() {
    let world = World::new().await;
    for (kind, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "[]", 422),
        ("application/json", "{\"username\":7}", 422),
        ("application/json", "\u{feff}{}", 400),
        ("text/plain", "{\"username\":\"maria\"}", 415),
        ("application/json", "", 400),
    ] {
        let request = world.bare(Method::POST, "/api/v1/auth/login").header("content-type", kind).body(body);
        assert_eq!(refusal(request.send().await.unwrap()).await.0, status, "{kind} {body}");
    }
}

#[tokio::test]
async fn a_correlation_id_of_the_client_comes_back() {
    let world = World::new().await;
    let answer = world.get("/health").header("X-Correlation-ID", "panel-7").send().await.unwrap();
    assert_eq!(answer.headers()["x-correlation-id"], "panel-7");
    assert_ne!(answer.headers()["x-request-id"], "panel-7");
}
