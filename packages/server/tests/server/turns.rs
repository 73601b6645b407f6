//! Turns: answers, numbers, forms, attachments, intents.

use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{LOG, World, file, json_of, refusal};

#[tokio::test]
async fn a_turn_is_answered_and_both_rows_carry_its_number() {
    let world = World::new().await;
    let case = world.new_case().await;
    let answer = world.ask(&case, "key-00000001", "Checkout answers 503 since ten, what now?").await;
    assert_eq!((&answer["turn_number"], &answer["case_state"]), (&json!(1), &json!("inquiry")));
    assert!(!answer["agent_response"].as_str().unwrap().is_empty());
    let messages = world.messages(&case).await;
    let rows: Vec<(&Value, &Value)> = messages["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["role"], &row["turn_number"]))
        .collect();
    assert_eq!(rows, [(&json!("user"), &json!(1)), (&json!("assistant"), &json!(1))]);
    assert_eq!(messages["messages"][0]["content"], "Checkout answers 503 since ten, what now?");
    assert_eq!(messages["messages"][1]["content"], answer["agent_response"]);
}

#[tokio::test]
async fn turns_of_one_case_that_arrive_together_get_numbers_without_gaps() {
    let world = World::new().await;
    let case = world.new_case().await;
    let requests: Vec<_> = (0..12)
        .map(|n| {
            tokio::spawn(
                world.turn(&case, &format!("key-0000000{n}"), &format!("Question number {n} of many")).send(),
            )
        })
        .collect();
    let mut numbers = Vec::new();
    for request in requests {
        numbers.push(json_of(request.await.unwrap().unwrap()).await["turn_number"].as_u64().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<u64>>());
    assert_eq!(world.messages(&case).await["total_count"], 24);
}

#[tokio::test]
async fn a_log_file_is_read_stored_and_listed() {
    let world = World::new().await;
    let case = world.new_case().await;
    let form = file("../../etc/checkout-api.log", LOG).text("query", "Errors jumped at 09:10. What changed?");
    let answer = json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
    let attached = &answer["attachments_processed"][0];
    assert_eq!(
        (&attached["filename"], &attached["source_type"]),
        (&json!("checkout-api.log"), &json!("logs"))
    );
    assert_eq!(answer["milestones_completed"], json!(["symptom_verified"]));
    let list =
        json_of(world.get(&format!("/api/v1/cases/{case}/uploaded-files")).send().await.unwrap()).await;
    assert_eq!((&list["total_count"], &list["files"][0]["size_bytes"]), (&json!(1), &json!(LOG.len())));
    let id = list["files"][0]["file_id"].as_str().unwrap();
    let detail =
        json_of(world.get(&format!("/api/v1/cases/{case}/uploaded-files/{id}")).send().await.unwrap()).await;
    let hash = detail["content_hash"].as_str().unwrap();
    let stored = world.folder.path().join("data/uploads").join(hash);
    assert_eq!(std::fs::read(stored).unwrap(), LOG.as_bytes());
    assert_eq!(std::fs::read_dir(world.folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn pasted_text_becomes_a_file_and_the_server_words_the_question() {
    let world = World::new().await;
    let case = world.new_case().await;
    let form = Form::new().text("pasted_content", LOG);
    let answer = json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
    assert_eq!(answer["attachments_processed"][0]["upload_source"], "paste");
    assert!(!world.messages(&case).await["messages"][0]["content"].as_str().unwrap().is_empty());
    let again = json_of(
        world.turn_form(&case, "key-00000002", Form::new().text("pasted_content", LOG)).send().await.unwrap(),
    )
    .await;
    let attached = &again["attachments_processed"][0];
    assert_eq!(attached["duplicate_turn"], 1);
    assert_eq!(attached["duplicate_of"], answer["attachments_processed"][0]["file_id"]);
}

#[tokio::test]
async fn a_question_after_a_log_is_answered_from_that_log() {
    let world = World::new().await;
    let said = |answer: serde_json::Value| answer["agent_response"].as_str().unwrap().to_owned();
    let case = world.new_case().await;
    let form = file("checkout-api.log", LOG).text("query", "What broke?");
    json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
    let second = said(world.ask(&case, "key-00000002", "And is the peer to blame, or redis?").await);
    assert!(second.contains("- `peer` – 3 entries, the first in line 2 at 09:10:03"), "{second}");
    assert!(second.contains("- `redis` – nowhere in it"), "{second}");
    // A log that was typed into the message counts as well.
    let typed = world.new_case().await;
    world.ask(&typed, "key-00000003", LOG).await;
    let second = said(world.ask(&typed, "key-00000004", "And is the peer to blame?").await);
    assert!(second.contains("- `peer` – 3 entries"), "{second}");
    // Without one, or with something else in hand, it is asked for.
    let empty = world.new_case().await;
    let first = said(world.ask(&empty, "key-00000005", "Is the peer to blame?").await);
    assert!(first.contains("Paste it here or attach a file"), "{first}");
    let form = file("notes.txt", "The pool was made larger.").text("query", "And is the peer to blame?");
    let other = said(json_of(world.turn_form(&case, "key-00000006", form).send().await.unwrap()).await);
    assert!(!other.contains("In the log you sent"), "{other}");
}

#[tokio::test]
async fn a_captured_page_remembers_where_it_came_from() {
    let world = World::new().await;
    let case = world.new_case().await;
    let form = Form::new()
        .text("pasted_content", LOG)
        .text("input_type", "page_capture")
        .text("source_url", "https://grafana.example/d/1");
    let answer = json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
    assert_eq!(answer["attachments_processed"][0]["upload_source"], "page_capture");
    let list =
        json_of(world.get(&format!("/api/v1/cases/{case}/uploaded-files")).send().await.unwrap()).await;
    assert_eq!(list["files"][0]["source_metadata"]["source_url"], "https://grafana.example/d/1");
}

#[tokio::test]
async fn binary_garbage_is_kept_and_named_as_unreadable() {
    let world = World::new().await;
    let case = world.new_case().await;
    let garbage: Vec<u8> = (0..4096_u32).map(|n| u8::try_from(n * 7 % 256).unwrap()).collect();
    let form = file("core.log", garbage).text("query", "What is in this dump of the process?");
    let answer = json_of(world.turn_form(&case, "key-00000001", form).send().await.unwrap()).await;
    assert_eq!(answer["attachments_processed"][0]["processing_status"], "failed");
    assert!(answer["agent_response"].as_str().unwrap().contains("core.log"));
}

#[tokio::test]
async fn forms_that_can_not_be_taken_are_refused_and_nothing_runs() {
    let world = World::new().await;
    let case = world.new_case().await;
    let part = |bytes: &[u8]| Part::bytes(bytes.to_vec());
    let named = |name: &str| Part::text("x").file_name(name.to_owned());
    let forms: Vec<(Form, u16)> = vec![
        (Form::new().part("query", part(b"bad \xff\xfe text")), 422),
        (Form::new().part("pasted_content", part(b"\xc3\x28 is no text")), 422),
        (Form::new(), 400),
        (Form::new().text("query", "   "), 400),
        (Form::new().part("files", named("a.log")).part("files", named("b.log")), 422),
        (Form::new().part("files", named("tool.exe")), 422),
        (Form::new().text("query", "go").text("intent_type", "confirmation"), 422),
        (Form::new().text("query", "go").text("intent_data", "{not json"), 422),
        (Form::new().part("files", part(&vec![b'x'; 10 * 1024 * 1024 + 1]).file_name("big.log")), 413),
        (Form::new().text("pasted_content", "y".repeat(10 * 1024 * 1024 + 1)), 413),
    ];
    for (index, (form, status)) in forms.into_iter().enumerate() {
        let (found, _, body) =
            refusal(world.turn_form(&case, &format!("key-0000000{index}"), form).send().await.unwrap()).await;
        assert_eq!(found, status, "form {index}: {body}");
    }
    assert_eq!(world.messages(&case).await["total_count"], 0);
}

#[tokio::test]
async fn bodies_that_are_no_good_multipart_are_refused() {
    let world = World::new().await;
    let case = world.new_case().await;
    let path = format!("/api/v1/cases/{case}/turns");
    let cases = [
        ("application/json", "{\"query\":\"x\"}", 415),
        ("multipart/form-data", "no boundary", 400),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\ncut off",
            400,
        ),
        ("multipart/form-data; boundary=b", "garbage without any part", 400),
    ];
    for (kind, body, status) in cases {
        let request = world.post(&path).header("content-type", kind).body(body);
        assert_eq!(refusal(request.send().await.unwrap()).await.0, status, "{kind} {body}");
    }
    assert_eq!(world.messages(&case).await["total_count"], 0);
}

#[tokio::test]
async fn a_case_goes_from_inquiry_to_resolved_by_its_own_suggestions() {
    let world = World::new().await;
    let case = world.new_case().await;
    let mut answer =
        json_of(world.turn_form(&case, "key-00000000", file("checkout-api.log", LOG)).send().await.unwrap())
            .await;
    let mut states = vec![answer["case_state"].as_str().unwrap().to_owned()];
    for step in 1..=3 {
        let actions = answer["suggested_actions"].as_array().unwrap().clone();
        let action = actions.iter().find(|action| !action["intent"].is_null()).expect("a decision").clone();
        assert_eq!(action["type"], "DECIDE");
        let ui = json_of(world.get(&format!("/api/v1/cases/{case}/ui")).send().await.unwrap()).await;
        assert_eq!(ui["state"], *states.last().unwrap());
        let reply = world.intend(&case, &format!("key-0000000{step}"), &action["intent"]).await;
        answer = json_of(reply).await;
        states.push(answer["case_state"].as_str().unwrap().to_owned());
    }
    assert_eq!(states, ["inquiry", "investigating", "investigating", "resolved"]);
    let ui = json_of(world.get(&format!("/api/v1/cases/{case}/ui")).send().await.unwrap()).await;
    assert_eq!(
        (&ui["state"], &ui["root_cause"]["cause_assurance"]),
        (&json!("resolved"), &json!("confirmed"))
    );
    assert_eq!(ui["valid_next_states"], json!([]));
    let notices = world.messages(&case).await;
    let system = notices["messages"].as_array().unwrap().iter().filter(|row| row["role"] == "system").count();
    assert_eq!(system, 2);
}

#[tokio::test]
async fn an_ended_case_takes_questions_and_nothing_else() {
    let world = World::new().await;
    let case = world.new_case().await;
    let close =
        json!({"type":"status_transition","from_state":"inquiry","to_state":"closed","user_confirmed":true});
    assert_eq!(world.intend(&case, "key-00000001", &close).await.status(), StatusCode::OK);
    let asked = world.ask(&case, "key-00000002", "What did we find out in the end?").await;
    assert_eq!((&asked["turn_number"], &asked["case_state"]), (&json!(2), &json!("closed")));
    let title = world.bare(reqwest::Method::PUT, &format!("/api/v1/cases/{case}")).bearer_auth(&world.token);
    let refused = [
        world.turn_form(&case, "key-00000003", file("more.log", LOG)).send().await.unwrap(),
        world.intend(&case, "key-00000004", &json!({"type":"confirmation","confirmation_value":true})).await,
        title.json(&json!({"title":"Late"})).send().await.unwrap(),
        world.post(&format!("/api/v1/cases/{case}/title")).send().await.unwrap(),
    ];
    for response in refused {
        let (status, code, _) = refusal(response).await;
        assert_eq!((status, code.as_str()), (409, "CASE_TERMINAL"));
    }
    let ui = json_of(world.get(&format!("/api/v1/cases/{case}/ui")).send().await.unwrap()).await;
    assert_eq!(ui["state"], "closed");
}

#[tokio::test]
async fn a_transition_from_a_state_that_has_passed_is_a_version_conflict() {
    let world = World::new().await;
    let case = world.new_case().await;
    let open = json!({"type":"status_transition","from_state":"inquiry","to_state":"investigating","user_confirmed":true});
    assert_eq!(world.intend(&case, "key-00000001", &open).await.status(), StatusCode::OK);
    let response = world.intend(&case, "key-00000002", &open).await;
    let expected: u32 = response.headers()["x-expected-version"].to_str().unwrap().parse().unwrap();
    let actual: u32 = response.headers()["x-actual-version"].to_str().unwrap().parse().unwrap();
    assert!(expected < actual);
    assert_eq!(refusal(response).await.1, "CASE_VERSION_CONFLICT");
    let back = json!({"type":"status_transition","from_state":"investigating","to_state":"inquiry","user_confirmed":true});
    assert_eq!(refusal(world.intend(&case, "key-00000003", &back).await).await.0, 422);
    let unknown = json!({"type":"hypothesis_action","hypothesis_id":"hyp_none","action":"refute"});
    assert_eq!(refusal(world.intend(&case, "key-00000004", &unknown).await).await.0, 422);
    assert_eq!(world.messages(&case).await["messages"].as_array().unwrap().last().unwrap()["turn_number"], 1);
}

#[tokio::test]
async fn the_addresses_of_the_other_dialect_are_gone_and_unknown_ones_not_found() {
    let world = World::new().await;
    for (path, status) in [
        ("/api/v1/cases/c1/queries", 410),
        ("/api/v1/cases/c1/data", 410),
        ("/api/v1/auth/oauth/token", 404),
        ("/api/v1/auth/dev-login", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/cases/%ff/title", 400),
        ("/__faults", 404),
        ("/", 404),
        ("/api/v1/auth/me", 405),
    ] {
        assert_eq!(refusal(world.post(path).send().await.unwrap()).await.0, status, "{path}");
    }
    let capabilities =
        json_of(world.bare(reqwest::Method::GET, "/v1/meta/capabilities").send().await.unwrap()).await;
    assert_eq!(capabilities["limits"]["maxFileBytes"], 10_485_760);
}
