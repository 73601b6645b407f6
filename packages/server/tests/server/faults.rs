//! Every kind of fault of contract 6.2, as a client meets it.

use copilot_server::Clock;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{World, json_of, refusal};

const START: i64 = 1_787_044_324_118;
const TURNS: &str = "/api/v1/cases/*/turns";

fn once(fault: &Value) -> Value {
    json!({ "seed": 1, "rules": [{ "match": { "path": TURNS }, "when": { "count": 1 }, "fault": fault }] })
}

async fn send(world: &World, case: &str) -> Result<Response, reqwest::Error> {
    world.turn(case, "key-00000001", "Does this arrive exactly once?").send().await
}

/// The turn under test got through in the end, as the first turn of the case.
async fn settles(world: &World, case: &str, replayed: bool) {
    let answer = send(world, case).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers().contains_key("x-idempotency-replayed"), replayed);
    assert_eq!(json_of(answer).await["turn_number"], 1);
    assert_eq!(world.messages(case).await["total_count"], 2);
}

async fn logged(world: &World) -> Value {
    world.fault_log().await.into_iter().find(|entry| !entry["rule"].is_null()).unwrap()
}

#[tokio::test]
async fn drop_request_closes_the_connection_before_anything_runs() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"drop_request"}))).await;
    assert!(send(&world, &case).await.is_err());
    settles(&world, &case, false).await;
    let entry = logged(&world).await;
    assert_eq!(
        (&entry["kind"], &entry["runs"], &entry["committed"]),
        (&json!("drop_request"), &json!(0), &json!(false))
    );
    assert_eq!(entry["status"], Value::Null);
}

#[tokio::test]
async fn drop_response_loses_the_answer_of_a_committed_turn() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"drop_response"}))).await;
    assert!(send(&world, &case).await.is_err());
    settles(&world, &case, true).await;
    let entry = logged(&world).await;
    assert_eq!(
        (&entry["runs"], &entry["committed"], &entry["turn_number"]),
        (&json!(1), &json!(true), &json!(1))
    );
    assert_eq!((&entry["status"], &entry["key"]), (&json!(200), &json!("key-00000001")));
    let replay = world.fault_log().await.into_iter().find(|entry| entry["replayed"] == true).unwrap();
    assert_eq!((&replay["committed"], &replay["turn_number"]), (&json!(false), &json!(1)));
}

#[tokio::test]
async fn drop_response_lets_the_asked_number_of_bytes_through() {
    let world = World::with_faults().await;
    world.set_faults(&json!({"rules":[{"match":{"path":"/health"},"fault":{"kind":"drop_response","after_bytes":12}}]})).await;
    let head = world.head("GET /health", "");
    assert_eq!(world.raw(head.as_bytes()).await, "HTTP/1.1 200");
}

#[tokio::test]
async fn truncate_promises_more_than_it_sends() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"truncate","bytes":25}))).await;
    let answer = send(&world, &case).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.content_length().unwrap() > 25);
    assert!(answer.bytes().await.is_err());
    settles(&world, &case, true).await;

    world
        .set_faults(&json!({"rules":[{"match":{"path":"/health"},"fault":{"kind":"truncate","bytes":5}}]}))
        .await;
    let answer = world.raw(world.head("GET /health", "").as_bytes()).await;
    assert_eq!(answer.split_once("\r\n\r\n").unwrap().1.len(), 5, "{answer}");
}

#[tokio::test]
async fn duplicate_runs_the_handler_twice_and_the_key_makes_it_one_turn() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"duplicate","gap_ms":1}))).await;
    assert_eq!(json_of(send(&world, &case).await.unwrap()).await["turn_number"], 1);
    assert_eq!(world.messages(&case).await["total_count"], 2);
    assert_eq!(logged(&world).await["runs"], 2);

    let unkeyed = || world.post("/api/v1/cases").json(&json!({}));
    world.set_faults(&json!({"rules":[{"match":{"method":"POST","path":"/api/v1/cases"},"fault":{"kind":"duplicate"}}]})).await;
    json_of(unkeyed().send().await.unwrap()).await;
    let list = json_of(world.get("/api/v1/cases").send().await.unwrap()).await;
    assert_eq!(list["total_count"], 3);
}

#[tokio::test]
async fn status_answers_with_headers_body_and_wait() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    let fault = json!({"kind":"status","status":503,"headers":{"x-error-code":"LLM_OVER_CAPACITY"},
        "body":{"detail":"Busy"},"retry_after":{"http_date_in":5,"body_seconds":9}});
    world.set_faults(&once(&fault)).await;
    let answer = send(&world, &case).await.unwrap();
    assert_eq!(answer.headers()["x-error-code"], "LLM_OVER_CAPACITY");
    let wait = answer.headers()["retry-after"].to_str().unwrap();
    assert!(httpdate::parse_http_date(wait).is_ok(), "{wait}");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body: Value = answer.json().await.unwrap();
    assert_eq!((&body["detail"], &body["retry_after"]), (&json!("Busy"), &json!(9)));
    settles(&world, &case, false).await;
}

#[tokio::test]
async fn status_with_commit_answers_an_error_for_what_was_done() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world
        .set_faults(&once(&json!({"kind":"status","status":502,"commit":true,"retry_after":{"seconds":3}})))
        .await;
    let answer = send(&world, &case).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (502, "3"));
    settles(&world, &case, true).await;
    let entry = logged(&world).await;
    assert_eq!((&entry["status"], &entry["committed"]), (&json!(502), &json!(true)));
}

#[tokio::test]
async fn html_is_a_sign_in_page_in_between() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"html"}))).await;
    let answer = send(&world, &case).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    settles(&world, &case, false).await;
}

#[tokio::test]
async fn omit_assistant_leaves_out_the_answers_and_counts_follow() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    send(&world, &case).await.unwrap();
    world.set_faults(&json!({"rules":[{"match":{"path":"/api/v1/cases/*/messages"},"fault":{"kind":"omit_assistant"}}]})).await;
    let messages = world.messages(&case).await;
    assert_eq!((&messages["total_count"], &messages["retrieved_count"]), (&json!(1), &json!(1)));
    assert_eq!(messages["messages"][0]["role"], "user");
}

#[tokio::test]
async fn hide_rows_leaves_out_what_was_committed_just_now() {
    let clock = Clock::manual(START);
    let world = World::with(|options| {
        options.faults = true;
        options.clock = clock.clone();
    })
    .await;
    let case = world.new_case().await;
    send(&world, &case).await.unwrap();
    world
        .set_faults(
            &json!({"rules":[{"match":{"path":"/api/v1/**"},"fault":{"kind":"hide_rows","for_ms":5000}}]}),
        )
        .await;
    let cases =
        async || json_of(world.get("/api/v1/cases").send().await.unwrap()).await["total_count"].clone();
    assert_eq!((cases().await, world.messages(&case).await["total_count"].clone()), (json!(0), json!(0)));
    clock.advance(5000);
    assert_eq!((cases().await, world.messages(&case).await["total_count"].clone()), (json!(1), json!(2)));
}

#[tokio::test]
async fn hang_ends_when_released() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"hang","commit":true}))).await;
    let hanging = tokio::spawn(world.turn(&case, "key-00000001", "Does this arrive exactly once?").send());
    loop {
        let released = json_of(world.bare(Method::POST, "/__faults/release").send().await.unwrap()).await;
        if released["released"] == 1 {
            break;
        }
    }
    assert!(hanging.await.unwrap().is_err());
    settles(&world, &case, true).await;
}

#[tokio::test]
async fn hang_ends_by_itself_after_its_time() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"hang","for_ms":1}))).await;
    assert!(send(&world, &case).await.is_err());
    settles(&world, &case, false).await;
}

#[tokio::test]
async fn a_stop_ends_hanging_requests() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world.set_faults(&once(&json!({"kind":"hang"}))).await;
    let hanging = tokio::spawn(world.turn(&case, "key-00000001", "Will the stop wait for this?").send());
    while world.fault_log().await.is_empty() {}
    world.server.shutdown().await;
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn latencies_are_drawn_from_the_seed() {
    let script = json!({"seed":42,"rules":[{"id":"slow","match":{"path":"/health"},"latency_ms":[1,9],"fault":{"kind":"none"}}]});
    let mut runs = Vec::new();
    for _ in 0..2 {
        let world = World::with_faults().await;
        world.set_faults(&script).await;
        for _ in 0..10 {
            assert_eq!(world.get("/health").send().await.unwrap().status(), StatusCode::OK);
        }
        let log = world.fault_log().await;
        let slow = log.iter().filter(|entry| entry["rule"] == "slow");
        let drawn: Vec<u64> = slow.filter_map(|entry| entry["latency_ms"].as_u64()).collect();
        assert_eq!(drawn.len(), 10);
        assert!(drawn.iter().all(|ms| (1..=9).contains(ms)));
        runs.push(drawn);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].iter().any(|ms| *ms != runs[0][0]));
}

#[tokio::test]
async fn rules_match_on_key_and_body() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    world
        .set_faults(&json!({"rules":[
            {"match":{"key":"key-00000002"},"fault":{"kind":"status","status":500}},
            {"match":{"body_contains":"needle"},"fault":{"kind":"status","status":501}}]}))
        .await;
    let status =
        async |key: &str, text: &str| world.turn(&case, key, text).send().await.unwrap().status().as_u16();
    assert_eq!(status("key-00000001", "Plain hay, nothing to see").await, 200);
    assert_eq!(status("key-00000002", "Plain hay, nothing to see").await, 500);
    assert_eq!(status("key-00000003", "Hay with a needle in it").await, 501);
}

#[tokio::test]
async fn rules_are_added_removed_and_refused() {
    let world = World::with_faults().await;
    let put = |body: Value| world.bare(Method::PUT, "/__faults").json(&body).send();
    let bad = put(json!({"seed":1,"rules":[{"fault":{"kind":"html"},"colour":"red"}]})).await.unwrap();
    let (status, _, body) = refusal(bad).await;
    assert_eq!(status, 400);
    assert!(body["detail"].as_str().unwrap().contains("colour"));
    let rule = json!({"fault":{"kind":"html"},"match":{"path":"/nowhere"}});
    let added = world.bare(Method::POST, "/__faults/rules").json(&rule).send().await.unwrap();
    assert_eq!(added.status(), StatusCode::CREATED);
    assert_eq!(added.json::<Value>().await.unwrap()["id"], "r1");
    let delete = |path: &str| world.bare(Method::DELETE, path).send();
    assert_eq!(delete("/__faults/rules/r1").await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(delete("/__faults/rules/r1").await.unwrap().status(), StatusCode::NOT_FOUND);
    let set = json_of(put(json!({"seed":9,"rules":[rule]})).await.unwrap()).await;
    assert_eq!(set, json!({"seed":9,"rules":1}));
    assert_eq!(delete("/__faults").await.unwrap().status(), StatusCode::NO_CONTENT);
    let read = json_of(world.bare(Method::GET, "/__faults").send().await.unwrap()).await;
    assert_eq!(read, json!({"seed":9,"rules":[]}));
}

#[tokio::test]
async fn a_reset_empties_the_store_and_keeps_the_rules() {
    let world = World::with_faults().await;
    let case = world.new_case().await;
    send(&world, &case).await.unwrap();
    world
        .set_faults(&json!({"rules":[{"id":"keep","match":{"path":"/nowhere"},"fault":{"kind":"html"}}]}))
        .await;
    let reset = world.bare(Method::POST, "/__faults/reset").send().await.unwrap();
    assert_eq!(reset.status(), StatusCode::NO_CONTENT);
    assert_eq!(world.fault_log().await.len(), 0);
    assert_eq!(world.get("/api/v1/cases").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    world.register("maria").await;
    let rules = json_of(world.bare(Method::GET, "/__faults").send().await.unwrap()).await;
    assert_eq!(rules["rules"][0]["id"], "keep");
}
