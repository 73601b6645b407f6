//! Cases: titles, lists, search, deletion.

use copilot_server::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{LOG, World, file, json_of, refusal};

const START: i64 = 1_787_044_324_118;

async fn title(world: &World, case: &str) -> Value {
    json_of(world.get(&format!("/api/v1/cases/{case}")).send().await.unwrap()).await["title"].clone()
}

async fn rename(world: &World, case: &str, body: Value) -> reqwest::Response {
    world
        .bare(Method::PUT, &format!("/api/v1/cases/{case}"))
        .bearer_auth(&world.token)
        .json(&body)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn placeholders_count_per_day_and_a_deleted_number_is_not_given_again() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let first = world.new_case().await;
    let second = world.new_case().await;
    assert_eq!(title(&world, &first).await, "Case-260818-1");
    assert_eq!(title(&world, &second).await, "Case-260818-2");
    world
        .bare(Method::DELETE, &format!("/api/v1/cases/{second}"))
        .bearer_auth(&world.token)
        .send()
        .await
        .unwrap();
    let third = world.new_case().await;
    assert_eq!(title(&world, &third).await, "Case-260818-3");
}

#[tokio::test]
async fn a_turn_with_substance_names_the_case_once() {
    let world = World::new().await;
    let case = world.new_case().await;
    world.ask(&case, "key-00000001", "hi").await;
    assert!(title(&world, &case).await.as_str().unwrap().starts_with("Case-"));
    world.ask(&case, "key-00000002", "Payments queue grows and nobody drains it").await;
    let named = title(&world, &case).await;
    assert!(!named.as_str().unwrap().starts_with("Case-"));
    world.ask(&case, "key-00000003", "Another thing: disks are filling up on node-7").await;
    assert_eq!(title(&world, &case).await, named);
}

#[tokio::test]
async fn an_explicit_title_is_never_replaced_by_a_turn() {
    let world = World::new().await;
    let case = world.new_case().await;
    assert_eq!(rename(&world, &case, json!({"title":"  Mine  "})).await.status(), StatusCode::OK);
    world.ask(&case, "key-00000001", "Payments queue grows and nobody drains it").await;
    assert_eq!(title(&world, &case).await, "Mine");
    let kept = world.post(&format!("/api/v1/cases/{case}/title")).send().await.unwrap();
    assert_eq!(kept.headers()["x-title-source"], "existing");
    let forced = world
        .post(&format!("/api/v1/cases/{case}/title?force=true"))
        .json(&json!({"max_words":3}))
        .send()
        .await
        .unwrap();
    assert_eq!(forced.headers()["x-title-source"], "fallback");
    let made = json_of(forced).await["title"].as_str().unwrap().to_owned();
    assert!(made.split_whitespace().count() <= 3, "{made}");
    assert_eq!(title(&world, &case).await, made);
}

#[tokio::test]
async fn renames_and_names_that_can_not_be_are_refused() {
    let world = World::new().await;
    let case = world.new_case().await;
    for (body, status) in [
        (json!({}), 400),
        (json!({"title":"   "}), 422),
        (json!({"title":"x".repeat(201)}), 422),
        (json!({"state":"closed"}), 403),
        (json!({"title":7}), 422),
    ] {
        assert_eq!(refusal(rename(&world, &case, body.clone()).await).await.0, status, "{body}");
    }
    let unnamed = world.post(&format!("/api/v1/cases/{case}/title")).send().await.unwrap();
    assert_eq!(refusal(unnamed).await.0, 422);
    assert_eq!(refusal(rename(&world, "no-such-case", json!({"title":"x"})).await).await.0, 404);
}

#[tokio::test]
async fn lists_page_through_every_case_latest_activity_first() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(world.new_case().await);
        clock.advance(1000);
    }
    world.ask(&made[0], "key-00000001", "Does the first one move up now?").await;
    let mut seen = Vec::new();
    let mut offset = 0;
    loop {
        let page =
            json_of(world.get(&format!("/api/v1/cases?limit=2&offset={offset}")).send().await.unwrap()).await;
        let cases = page["cases"].as_array().unwrap();
        seen.extend(cases.iter().map(|case| case["case_id"].as_str().unwrap().to_owned()));
        assert_eq!(page["total_count"], 5);
        offset += cases.len();
        if page["has_more"] == false {
            break;
        }
    }
    let expected = [0, 4, 3, 2, 1].map(|index| made[index].clone());
    assert_eq!(seen, expected);
    let filled = json_of(world.get("/api/v1/cases?include_empty=false").send().await.unwrap()).await;
    assert_eq!(filled["total_count"], 1);
    let closed = json_of(world.get("/api/v1/cases?state=closed").send().await.unwrap()).await;
    assert_eq!(closed["total_count"], 0);
    for bad in ["limit=0", "limit=101", "offset=-1", "state=odd", "include_empty=maybe"] {
        assert_eq!(
            refusal(world.get(&format!("/api/v1/cases?{bad}")).send().await.unwrap()).await.0,
            422,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn search_looks_into_messages_and_takes_wildcards_literally() {
    let world = World::new().await;
    let case = world.new_case().await;
    world.ask(&case, "key-00000001", "Error rate is 100% on node_14, what now?").await;
    world.new_case().await;
    let search = async |query: &str| {
        let found =
            json_of(world.post("/api/v1/cases/search").json(&json!({"query":query})).send().await.unwrap())
                .await;
        found.as_array().unwrap().len()
    };
    assert_eq!(search("100%").await, 1);
    assert_eq!(search("NODE_14").await, 1);
    assert_eq!(search("node-14").await, 0);
    assert_eq!(search("'; DROP TABLE cases; --").await, 0);
    assert_eq!(search("what now").await, 1);
}

#[tokio::test]
async fn deleting_a_case_removes_its_rows_and_the_bytes_nobody_else_uses() {
    let world = World::new().await;
    let shared = file("shared.log", LOG);
    let (first, second) = (world.new_case().await, world.new_case().await);
    json_of(world.turn_form(&first, "key-00000001", shared).send().await.unwrap()).await;
    json_of(world.turn_form(&second, "key-00000002", file("shared.log", LOG)).send().await.unwrap()).await;
    let uploads = world.folder.path().join("data/uploads");
    let delete = |case: String| {
        world.bare(Method::DELETE, &format!("/api/v1/cases/{case}")).bearer_auth(&world.token).send()
    };
    assert_eq!(delete(first.clone()).await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(std::fs::read_dir(&uploads).unwrap().count(), 1);
    assert_eq!(
        world.get(&format!("/api/v1/cases/{first}")).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(delete(second).await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(std::fs::read_dir(&uploads).unwrap().count(), 0);
    assert_eq!(delete(first).await.unwrap().status(), StatusCode::NO_CONTENT);
}
