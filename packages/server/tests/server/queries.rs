//! The queries dialect over the same store: what a client of 2025 meets.

use copilot_server::{Clock, Dialect};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{LOG, World, file, json_of, refusal};

async fn world() -> World {
    World::speaking_queries(|_| {}).await
}

async fn case(world: &World) -> String {
    let body = json!({ "title": "Checkout 503", "priority": "high" });
    let answer = world.post("/api/v1/cases").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!((&answer["case"]["status"], &answer["case"]["priority"]), (&json!("active"), &json!("high")));
    let id = answer["case"]["case_id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("/api/v1/cases/{id}"));
    id
}

fn ask(world: &World, case: &str, key: &str, query: &str) -> reqwest::RequestBuilder {
    let body = json!({ "session_id": "s-1", "query": query, "context": {}, "priority": "medium" });
    world.post(&format!("/api/v1/cases/{case}/queries")).header("Idempotency-Key", key).json(&body)
}

#[tokio::test]
async fn what_tells_the_dialects_apart_is_as_the_contract_says() {
    let world = world().await;
    for absent in ["/v1/meta/capabilities", "/api/v1/meta/capabilities", "/api/v1/auth/config"] {
        assert_eq!(refusal(world.bare(Method::GET, absent).send().await.unwrap()).await.0, 404, "{absent}");
    }
    assert_eq!(refusal(world.bare(Method::GET, "/api/v1/auth/me").send().await.unwrap()).await.0, 401);
    for absent in ["/api/v1/auth/login", "/api/v1/auth/refresh"] {
        let answer = world.bare(Method::POST, absent).json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{absent}");
    }
    let list: Value = json_of(world.get("/api/v1/cases/?limit=1").send().await.unwrap()).await;
    assert!(list.is_array(), "a slash at the end is tolerated");
}

#[tokio::test]
async fn a_question_is_answered_once_per_key_whatever_it_says_the_second_time() {
    let world = world().await;
    let case = case(&world).await;
    let first = ask(&world, &case, "key-00000001", LOG).send().await.unwrap();
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();
    assert_eq!((&first["response_type"], &first["session_id"]), (&json!("ANSWER"), &json!("s-1")));
    let again = ask(&world, &case, "key-00000001", "something else").send().await.unwrap();
    assert_eq!(again.headers()["x-idempotency-replayed"], "true");
    assert_eq!(again.json::<Value>().await.unwrap()["content"], first["content"]);

    let rows = world.get(&format!("/api/v1/cases/{case}/messages")).send().await.unwrap();
    assert_eq!(rows.headers()["x-message-count"], "2");
    let rows: Value = rows.json().await.unwrap();
    assert_eq!(rows["messages"][1]["content"], first["content"]);
    assert!(rows["messages"][0].get("turn_number").is_none());
    let asked = json_of(world.get(&format!("/api/v1/cases/{case}/queries")).send().await.unwrap()).await;
    assert_eq!((asked.as_array().unwrap().len(), &asked[0]["query_text"]), (1, &json!(LOG)));
}

#[tokio::test]
async fn a_long_question_is_answered_at_its_location() {
    let world = World::speaking_queries(|options| options.job_threshold = 64).await;
    let case = case(&world).await;
    let accepted = ask(&world, &case, "key-00000001", LOG).send().await.unwrap();
    assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    let location = accepted.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("/api/v1/cases/{case}/queries/job_")), "{location}");
    let answer = world.job(&location).await;
    assert!(!answer["content"].as_str().unwrap().is_empty());
    let again = ask(&world, &case, "key-00000001", LOG).send().await.unwrap();
    assert_eq!(again.headers()["location"], location.as_str());
}

#[tokio::test]
async fn files_come_alone_and_are_answered() {
    let world = world().await;
    let case = case(&world).await;
    let form = reqwest::multipart::Form::new().text("session_id", "s-1");
    let part = reqwest::multipart::Part::bytes(LOG.as_bytes()).file_name("../checkout.log");
    let upload = world
        .post(&format!("/api/v1/cases/{case}/data"))
        .header("Idempotency-Key", "key-00000001")
        .multipart(form.part("file", part));
    let answer = json_of(upload.send().await.unwrap()).await;
    assert_eq!((&answer["filename"], &answer["file_size"]), (&json!("checkout.log"), &json!(LOG.len())));
    assert!(!answer["agent_response"]["content"].as_str().unwrap().is_empty());
    let wrong = world.post(&format!("/api/v1/cases/{case}/data")).multipart(file("x.log", "x"));
    assert_eq!(refusal(wrong.send().await.unwrap()).await.0, 422, "the part is called file");
}

#[tokio::test]
async fn lists_are_arrays_counted_in_headers_and_pages_begin_at_one() {
    let world = world().await;
    for _ in 0..3 {
        case(&world).await;
    }
    let page = world.get("/api/v1/cases?page=2&limit=2").send().await.unwrap();
    assert_eq!(page.headers()["x-total-count"], "3");
    assert_eq!(page.json::<Value>().await.unwrap().as_array().unwrap().len(), 1);
    let page = world.get("/api/v1/cases?page=1&limit=2").send().await.unwrap();
    assert!(page.headers()["link"].to_str().unwrap().contains("page=2"));
    assert_eq!(refusal(world.get("/api/v1/cases?page=0").send().await.unwrap()).await.0, 422);
}

#[tokio::test]
async fn a_case_changes_by_put_and_by_archiving() {
    let world = world().await;
    let case = case(&world).await;
    let address = format!("/api/v1/cases/{case}");
    let put = |body: Value| world.bare(Method::PUT, &address).bearer_auth(&world.token).json(&body).send();
    let read = async || json_of(world.get(&address).send().await.unwrap()).await;
    json_of(put(json!({ "title": "Drain", "status": "investigating", "tags": ["a"] })).await.unwrap()).await;
    let changed = read().await;
    assert_eq!(
        (&changed["title"], &changed["status"], &changed["tags"]),
        (&json!("Drain"), &json!("investigating"), &json!(["a"]))
    );
    json_of(world.post(&format!("{address}/archive")).json(&json!({})).send().await.unwrap()).await;
    assert_eq!(read().await["status"], "archived");
    for (body, status) in [
        (json!({}), 400),
        (json!({ "title": " " }), 400),
        (json!({ "priority": "urgent" }), 422),
        (json!({ "status": "flying" }), 422),
    ] {
        assert_eq!(refusal(put(body.clone()).await.unwrap()).await.0, status, "{body}");
    }
    let untitled = world.post("/api/v1/cases").json(&json!({})).send().await.unwrap();
    assert_eq!(refusal(untitled).await.0, 400);
}

#[tokio::test]
async fn a_session_asks_ten_questions_a_minute() {
    let clock = Clock::manual(1_787_044_324_118);
    let world = World::speaking_queries(|options| options.clock = clock.clone()).await;
    let case = case(&world).await;
    for n in 0..10 {
        let answer = ask(&world, &case, &format!("key-000000{n:02}"), "why").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
    }
    let refused = ask(&world, &case, "key-00000099", "why").send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "60");
    let (status, code, body) = refusal(refused).await;
    assert_eq!((status, code.as_str()), (429, "RATE_LIMIT_EXCEEDED"));
    assert_eq!((&body["error_type"], &body["retry_after"]), (&json!("rate_limit_exceeded"), &json!(60)));
    clock.advance(60_000);
    assert!(ask(&world, &case, "key-00000099", "why").send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn both_dialects_are_served_from_the_same_store() {
    let world = world().await;
    let case = case(&world).await;
    ask(&world, &case, "key-00000001", LOG).send().await.unwrap();
    let world = world.restart(|options| options.dialect = Dialect::Turns).await;
    assert_eq!(world.messages(&case).await["messages"][1]["turn_number"], 1);
}
