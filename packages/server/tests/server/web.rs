//! The web bundle over HTTP.

use std::path::Path;

use reqwest::{Method, StatusCode};

use crate::support::World;

fn bundle(folder: &Path) {
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    std::fs::write(folder.join("index.html"), "<!doctype html><title>Copilot</title>").unwrap();
    std::fs::write(folder.join("assets/app.wasm"), b"\0asm plain").unwrap();
    std::fs::write(folder.join("assets/app.wasm.gz"), b"gzip bytes").unwrap();
    std::fs::write(folder.join("assets/app.wasm.br"), b"brotli bytes").unwrap();
    std::fs::write(folder.join("assets/app.js"), "export {}").unwrap();
    std::fs::write(folder.join("service-worker.js"), "fill();").unwrap();
    std::fs::write(folder.join("app.webmanifest"), "{}").unwrap();
    std::fs::write(folder.join("assets/192.png"), b"\x89PNG").unwrap();
    std::fs::write(folder.join(".hidden"), "secret").unwrap();
}

async fn world() -> (tempfile::TempDir, World) {
    let outer = tempfile::tempdir().unwrap();
    let web = outer.path().join("web");
    std::fs::create_dir(&web).unwrap();
    bundle(&web);
    std::fs::write(outer.path().join("secret.txt"), "secret").unwrap();
    let world = World::with(|options| options.web = Some(web)).await;
    (outer, world)
}

#[tokio::test]
async fn the_page_comes_with_its_policy_and_can_be_revalidated() {
    let (_outer, world) = world().await;
    let page = world.bare(Method::GET, "/?token=abc").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let headers = page.headers().clone();
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-cache");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'self'")
    );
    assert!(page.text().await.unwrap().contains("Copilot"));
    let again = world.bare(Method::GET, "/").header("If-None-Match", &headers["etag"]).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let head = world.bare(Method::HEAD, "/").send().await.unwrap();
    assert_eq!((head.status(), &head.headers()["etag"]), (StatusCode::OK, &headers["etag"]));
    assert_eq!(world.bare(Method::POST, "/").send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_makes_the_page_installable_comes_with_its_types_and_is_asked_for_each_time() {
    let (_outer, world) = world().await;
    for (path, kind) in [
        ("/service-worker.js", "text/javascript; charset=utf-8"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/assets/192.png", "image/png"),
    ] {
        let file = world.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(
            (file.status(), &file.headers()["content-type"]),
            (StatusCode::OK, &kind.parse().unwrap())
        );
        // An old service worker would keep an old program alive.
        assert_eq!(file.headers()["cache-control"], "no-cache", "{path}");
        assert!(file.headers().contains_key("etag"), "{path}");
    }
}

#[tokio::test]
async fn the_best_accepted_encoding_is_sent() {
    let (_outer, world) = world().await;
    for (accepted, encoding, body) in [
        ("gzip, br", Some("br"), "brotli bytes"),
        ("gzip", Some("gzip"), "gzip bytes"),
        ("identity", None, "\0asm plain"),
    ] {
        let file = world
            .bare(Method::GET, "/assets/app.wasm")
            .header("Accept-Encoding", accepted)
            .send()
            .await
            .unwrap();
        assert_eq!(file.headers()["content-type"], "application/wasm");
        assert_eq!(file.headers().get("content-encoding").map(|value| value.to_str().unwrap()), encoding);
        assert_eq!(file.text().await.unwrap(), body);
    }
    let script = world.bare(Method::GET, "/assets/app.js").send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn no_address_leads_out_of_the_bundle() {
    let (outer, world) = world().await;
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path().join("secret.txt"), outer.path().join("web/link.txt")).unwrap();
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%5csecret.txt",
        "//secret.txt",
        "/.hidden",
        "/link.txt",
        "/assets",
        "/assets/app.js%00.txt",
    ] {
        let answer = world.raw(world.head(&format!("GET {path}"), "").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
        assert!(!answer.contains("secret"), "{path}: {answer}");
    }
    drop(outer);
}

#[tokio::test]
async fn unknown_calls_are_json_also_beside_a_bundle() {
    let (_outer, world) = world().await;
    let answer = world.bare(Method::GET, "/api/v1/none").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert!(!answer.headers().contains_key("content-security-policy"));
}
