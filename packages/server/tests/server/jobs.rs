//! Turns that are answered later.

use reqwest::StatusCode;
use reqwest::multipart::Form;
use serde_json::json;

use crate::support::{LOG, Model, World, json_of, refusal};

fn long() -> Form {
    Form::new().text("query", "What is in this long log?").text("pasted_content", LOG.repeat(40))
}

#[tokio::test]
async fn a_long_turn_becomes_a_job_that_ends_in_a_turn() {
    let world = World::with(|options| options.job_threshold = 1024).await;
    let case = world.new_case().await;
    let accepted = world.turn_form(&case, "key-00000001", long()).send().await.unwrap();
    assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    assert_eq!(accepted.headers()["retry-after"], "2");
    let location = accepted.headers()["location"].to_str().unwrap().to_owned();
    let body = json_of(accepted).await;
    let end = world.job(&location).await;
    assert_eq!((&end["status"], &end["result"]["turn_number"]), (&json!("completed"), &json!(1)));
    let again = world.turn_form(&case, "key-00000001", long()).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::ACCEPTED);
    assert_eq!(again.headers()["x-idempotency-replayed"], "true");
    assert_eq!(again.headers()["location"], location);
    assert_eq!(json_of(again).await, body);
    assert_eq!(world.messages(&case).await["total_count"], 2);
}

#[tokio::test]
async fn a_job_that_a_stop_interrupted_runs_again_after_the_restart() {
    let mut model = Model::saying("Never delivered.").await;
    let world = World::with(|options| {
        options.job_threshold = 1024;
        options.assistant = model.endpoint();
    })
    .await;
    let case = world.new_case().await;
    let accepted = world.turn_form(&case, "key-00000001", long()).send().await.unwrap();
    let location = accepted.headers()["location"].to_str().unwrap().to_owned();
    model.arrivals.recv().await.unwrap();
    assert_eq!(world.get(&location).send().await.unwrap().status(), StatusCode::ACCEPTED);
    let world = world.restart(|options| options.job_threshold = 1024).await;
    model.permit(1);
    let end = world.job(&location).await;
    assert_eq!((&end["status"], &end["result"]["turn_number"]), (&json!("completed"), &json!(1)));
    assert_eq!(end["result"]["attachments_processed"][0]["file_size"], LOG.len() * 40);
    assert_eq!(world.messages(&case).await["total_count"], 2);
}

#[tokio::test]
async fn a_turn_that_comes_after_a_job_is_answered_after_it() {
    let mut model = Model::saying("Answer.").await;
    let world = World::with(|options| {
        options.job_threshold = 1024;
        options.assistant = model.endpoint();
    })
    .await;
    let case = world.new_case().await;
    let accepted = world.turn_form(&case, "key-00000001", long()).send().await.unwrap();
    let location = accepted.headers()["location"].to_str().unwrap().to_owned();
    model.arrivals.recv().await.unwrap();
    let second = tokio::spawn(world.turn(&case, "key-00000002", "And a short one after it").send());
    model.permit(2);
    assert_eq!(json_of(second.await.unwrap().unwrap()).await["turn_number"], 2);
    assert_eq!(world.job(&location).await["result"]["turn_number"], 1);
}

#[tokio::test]
async fn a_failed_job_says_why_and_gives_its_key_free() {
    let model = Model::new(401, "", "{}").await;
    model.permit(10);
    let world = World::with(|options| {
        options.job_threshold = 1024;
        options.assistant = model.endpoint();
    })
    .await;
    let case = world.new_case().await;
    let accepted = world.turn_form(&case, "key-00000001", long()).send().await.unwrap();
    let location = accepted.headers()["location"].to_str().unwrap().to_owned();
    let end = world.job(&location).await;
    assert_eq!(end["status"], "failed");
    assert!(end["error"]["message"].as_str().unwrap().contains("401"));
    assert_eq!(world.messages(&case).await["total_count"], 0);
    let again = world.turn_form(&case, "key-00000001", long()).send().await.unwrap();
    assert_ne!(again.headers()["location"], location);
    assert!(!again.headers().contains_key("x-idempotency-replayed"));
}

#[tokio::test]
async fn an_unknown_job_is_not_found() {
    let world = World::new().await;
    let case = world.new_case().await;
    let answer = world.get(&format!("/api/v1/cases/{case}/turns/jobs/job_none")).send().await.unwrap();
    assert_eq!(refusal(answer).await.0, 404);
}
