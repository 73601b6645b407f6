//! The chat endpoint as the assistant, against a real socket that speaks its format.

use std::time::Duration;

use copilot_server::AssistantChoice;
use serde_json::{Value, json};

use crate::support::{LOG, Model, World, file, json_of, refusal};

#[tokio::test]
async fn the_model_gets_history_and_question_and_its_actions_become_suggestions() {
    let text = "It is the pool.\n\n```actions\n[{\"type\":\"RUN\",\"label\":\"List pods\",\"payload\":\"kubectl get pods\"}]\n```";
    let mut model = Model::saying(text).await;
    model.permit(2);
    let world = World::with(|options| options.assistant = model.endpoint()).await;
    let case = world.new_case().await;
    let answer = world.ask(&case, "key-00000001", "Why is the pool empty?").await;
    assert_eq!(answer["agent_response"], "It is the pool.");
    assert_eq!(answer["suggested_actions"][0]["payload"], "kubectl get pods");
    world.ask(&case, "key-00000002", "And now?").await;
    model.arrivals.recv().await.unwrap();
    let second = model.arrivals.recv().await.unwrap();
    assert_eq!(second["model"], "small");
    let said: Vec<&Value> =
        second["messages"].as_array().unwrap().iter().map(|message| &message["role"]).collect();
    assert_eq!(said, ["system", "user", "assistant", "user"]);
    assert_eq!(second["messages"][3]["content"], "And now?");
}

#[tokio::test]
async fn a_log_too_long_for_the_model_is_cut_to_its_budget() {
    let mut model = Model::saying("Read.").await;
    model.permit(1);
    let world = World::with(|options| options.assistant = model.endpoint()).await;
    let case = world.new_case().await;
    let form = file("long.log", LOG.repeat(500)).text("query", "What happened here?");
    json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
    let prompt = model.arrivals.recv().await.unwrap();
    let content = prompt["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap();
    assert!(content.starts_with("What happened here?"));
    assert!(content.len() < 64 * 1024, "{}", content.len());
}

#[tokio::test]
async fn a_question_after_a_log_reaches_the_model_with_what_stands_in_that_log() {
    let mut model = Model::saying("Read.").await;
    model.permit(2);
    let world = World::with(|options| options.assistant = model.endpoint()).await;
    let case = world.new_case().await;
    let form = file("api.log", LOG).text("query", "What happened here?");
    json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
    world.ask(&case, "key-00000002", "Where does it say timeout?").await;
    model.arrivals.recv().await.unwrap();
    let second = model.arrivals.recv().await.unwrap();
    let content = second["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap();
    assert!(
        content.starts_with("Where does it say timeout?\n\nNo log comes with this question."),
        "{content}"
    );
    let line = LOG.lines().find(|line| line.contains("timeout")).unwrap();
    assert!(content.contains(line), "{content}");
}

#[tokio::test]
async fn every_way_a_model_fails_has_its_own_code_and_stores_nothing() {
    let rows = [
        (401, "", "{}", 502, "LLM_PROVIDER_ERROR", None),
        (404, "", "{}", 502, "LLM_PROVIDER_ERROR", None),
        (402, "", "{}", 402, "QUOTA_EXHAUSTED", None),
        (429, "", r#"{"error":{"code":"insufficient_quota"}}"#, 402, "QUOTA_EXHAUSTED", None),
        (429, "Retry-After: 17\r\n", "{}", 429, "RATE_LIMIT_EXCEEDED", Some("17")),
        (503, "", "{}", 503, "LLM_OVER_CAPACITY", Some("60")),
        (500, "", "{}", 503, "LLM_PROVIDER_UNAVAILABLE", Some("30")),
        (200, "", "<html>", 503, "LLM_INVALID_RESPONSE", Some("30")),
        (200, "", r#"{"choices":[]}"#, 503, "LLM_INVALID_RESPONSE", Some("30")),
        (200, "", r#"{"choices":[{"message":{"content":"  "}}]}"#, 503, "LLM_INVALID_RESPONSE", Some("30")),
    ];
    for (status, headers, body, expected, code, wait) in rows {
        let model = Model::new(status, headers, body).await;
        model.permit(1);
        let world = World::with(|options| options.assistant = model.endpoint()).await;
        let case = world.new_case().await;
        let response = world.turn(&case, "key-00000001", "Why?").send().await.unwrap();
        assert_eq!(
            response.headers().get("retry-after").map(|value| value.to_str().unwrap()),
            wait,
            "{status} {body}"
        );
        let (found, found_code, _) = refusal(response).await;
        assert_eq!((found, found_code.as_str()), (expected, code), "{status} {body}");
        assert_eq!(world.messages(&case).await["total_count"], 0);
    }
}

#[tokio::test]
async fn a_model_that_is_too_slow_or_absent_is_reported_as_such() {
    let model = Model::saying("Too late.").await;
    let mut choice = model.endpoint();
    if let AssistantChoice::Endpoint(endpoint) = &mut choice {
        endpoint.timeout = Duration::from_millis(50);
    }
    let world = World::with(|options| options.assistant = choice).await;
    let case = world.new_case().await;
    let slow = world.turn(&case, "key-00000001", "Why?").send().await.unwrap();
    assert_eq!(refusal(slow).await.1, "LLM_TIMEOUT");

    let mut choice = model.endpoint();
    if let AssistantChoice::Endpoint(endpoint) = &mut choice {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        endpoint.url = format!("http://{free}/v1");
    }
    let world = world.restart(|options| options.assistant = choice).await;
    let absent = world.turn(&case, "key-00000001", "Why?").send().await.unwrap();
    assert_eq!(refusal(absent).await.1, "LLM_PROVIDER_UNAVAILABLE");
    assert_eq!(world.messages(&case).await["messages"], json!([]));
}

#[tokio::test]
async fn the_built_in_triage_answers_the_same_to_the_same() {
    let mut answers = Vec::new();
    for _ in 0..2 {
        let world = World::new().await;
        let case = world.new_case().await;
        let form = file("checkout-api.log", LOG).text("query", "Errors jumped at 09:10. What changed?");
        let mut answer = json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
        for action in answer["suggested_actions"].as_array_mut().unwrap() {
            assert!(["DECIDE", "RUN", "EVIDENCE", "FREE_SPEECH"].contains(&action["type"].as_str().unwrap()));
        }
        answer["attachments_processed"] = Value::Null;
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0]["agent_response"].as_str().unwrap().contains("upstream connect timeout"));
}
