//! One key, one effect: replays, restarts, races, reuse.

use std::time::Duration;

use copilot_server::Clock;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{LOG, Model, World, file, json_of, refusal};

const START: i64 = 1_787_044_324_118;

#[tokio::test]
async fn a_turn_is_replayed_after_a_restart_and_runs_once() {
    let world = World::new().await;
    let case = world.new_case().await;
    let first = world.turn(&case, "key-00000001", "Checkout answers 503, why?").send().await.unwrap();
    assert!(!first.headers().contains_key("x-idempotency-replayed"));
    let first = first.text().await.unwrap();
    let world = world.restart(|_| {}).await;
    let second = world.turn(&case, "key-00000001", "Checkout answers 503, why?").send().await.unwrap();
    assert_eq!(second.status(), StatusCode::OK);
    assert_eq!(second.headers()["x-idempotency-replayed"], "true");
    assert_eq!(second.text().await.unwrap(), first);
    assert_eq!(world.messages(&case).await["total_count"], 2);
}

#[tokio::test]
async fn a_create_is_replayed_with_status_location_and_body() {
    let world = World::new().await;
    let create = || {
        world.post("/api/v1/cases").header("Idempotency-Key", "key-00000001").json(&json!({"title":"Once"}))
    };
    let first = create().send().await.unwrap();
    let location = first.headers()["location"].clone();
    let first_body = first.text().await.unwrap();
    let second = create().send().await.unwrap();
    assert_eq!(second.status(), StatusCode::CREATED);
    assert_eq!(second.headers()["location"], location);
    assert_eq!(second.headers()["x-idempotency-replayed"], "true");
    assert_eq!(second.text().await.unwrap(), first_body);
    let list = json_of(world.get("/api/v1/cases").send().await.unwrap()).await;
    assert_eq!(list["total_count"], 1);
    let other =
        world.post("/api/v1/cases").header("Idempotency-Key", "key-00000001").json(&json!({"title":"Twice"}));
    assert_eq!(refusal(other.send().await.unwrap()).await.1, "IDEMPOTENCY_KEY_REUSE");
}

#[tokio::test]
async fn creates_with_one_key_that_arrive_together_make_one_case() {
    let world = World::new().await;
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let request =
                world.post("/api/v1/cases").header("Idempotency-Key", "key-00000001").json(&json!({}));
            tokio::spawn(request.send())
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(json_of(task.await.unwrap().unwrap()).await["case_id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let list = json_of(world.get("/api/v1/cases").send().await.unwrap()).await;
    assert_eq!(list["total_count"], 1);
}

#[tokio::test]
async fn a_key_used_with_other_text_or_other_file_bytes_is_refused() {
    let world = World::new().await;
    let case = world.new_case().await;
    world.ask(&case, "key-00000001", "First content of this key").await;
    let other = world.turn(&case, "key-00000001", "Other content of this key").send().await.unwrap();
    assert_eq!(refusal(other).await.1, "IDEMPOTENCY_KEY_REUSE");
    json_of(world.turn_form(&case, "key-00000002", file("a.log", LOG)).send().await.unwrap()).await;
    let other =
        world.turn_form(&case, "key-00000002", file("a.log", format!("{LOG}x"))).send().await.unwrap();
    assert_eq!(refusal(other).await.1, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(world.messages(&case).await["total_count"], 4);
}

#[tokio::test]
async fn one_key_counts_per_case_and_per_user() {
    let world = World::new().await;
    let (first, second) = (world.new_case().await, world.new_case().await);
    assert_eq!(world.ask(&first, "key-00000001", "Same words in two cases").await["turn_number"], 1);
    assert_eq!(world.ask(&second, "key-00000001", "Same words in two cases").await["turn_number"], 1);
}

#[tokio::test]
async fn a_second_attempt_waits_while_the_first_one_runs() {
    let mut model = Model::saying("The pool is exhausted.").await;
    let world = World::with(|options| options.assistant = model.endpoint()).await;
    let case = world.new_case().await;
    let first = tokio::spawn(world.turn(&case, "key-00000001", "Why is the pool empty?").send());
    model.arrivals.recv().await.unwrap();
    let second = world.turn(&case, "key-00000001", "Why is the pool empty?").send().await.unwrap();
    assert!(second.headers().contains_key("retry-after"));
    assert_eq!(refusal(second).await.1, "TURN_IN_PROGRESS");
    let other = world.turn(&case, "key-00000001", "Something else").send().await.unwrap();
    assert_eq!(refusal(other).await.1, "IDEMPOTENCY_KEY_REUSE");
    model.permit(1);
    let answer = json_of(first.await.unwrap().unwrap()).await;
    assert_eq!(answer["agent_response"], "The pool is exhausted.");
    let third = world.turn(&case, "key-00000001", "Why is the pool empty?").send().await.unwrap();
    assert_eq!(third.headers()["x-idempotency-replayed"], "true");
    assert!(model.arrivals.try_recv().is_err());
}

#[tokio::test]
async fn a_turn_whose_client_goes_away_still_commits_once() {
    let mut model = Model::saying("Done while you were away.").await;
    let world = World::with(|options| options.assistant = model.endpoint()).await;
    let case = world.new_case().await;
    let first = tokio::spawn(world.turn(&case, "key-00000001", "Will this be lost?").send());
    model.arrivals.recv().await.unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    model.permit(1);
    let answer = loop {
        let again = world.turn(&case, "key-00000001", "Will this be lost?").send().await.unwrap();
        if again.status() == StatusCode::OK {
            break again;
        }
        assert_eq!(refusal(again).await.1, "TURN_IN_PROGRESS");
    };
    assert_eq!(answer.headers()["x-idempotency-replayed"], "true");
    assert_eq!(world.messages(&case).await["total_count"], 2);
}

#[tokio::test]
async fn a_pruned_answer_is_reported_as_gone_and_the_turn_does_not_run_again() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let case = world.new_case().await;
    world.ask(&case, "key-00000001", "Is this still known tomorrow?").await;
    clock.advance(10 * 60_000);
    let later = clock.clone();
    let world = world
        .restart(move |options| {
            options.clock = later;
            options.receipt_lifetime = Duration::from_secs(60);
        })
        .await;
    let again = world.turn(&case, "key-00000001", "Is this still known tomorrow?").send().await.unwrap();
    assert_eq!(refusal(again).await.1, "IDEMPOTENCY_REPLAY_UNAVAILABLE");
    assert_eq!(world.messages(&case).await["total_count"], 2);
}

#[tokio::test]
async fn a_failed_turn_leaves_its_key_free() {
    let mut model = Model::new(500, "", "{}").await;
    let world = World::with(|options| options.assistant = model.endpoint()).await;
    let case = world.new_case().await;
    model.permit(1);
    let failed = world.turn(&case, "key-00000001", "Does this come back?").send().await.unwrap();
    assert_eq!(refusal(failed).await.0, 503);
    model.arrivals.recv().await.unwrap();
    assert_eq!(world.messages(&case).await["total_count"], 0);
    let world = world.restart(|_| {}).await;
    assert_eq!(world.ask(&case, "key-00000001", "Does this come back?").await["turn_number"], 1);
}

#[tokio::test]
async fn a_malformed_key_is_refused() {
    let world = World::new().await;
    let case = world.new_case().await;
    let (status, _, body) = refusal(world.turn(&case, "short", "x").send().await.unwrap()).await;
    assert_eq!((status, &body["error_type"]), (400, &json!("InvalidIdempotencyKey")));
}
