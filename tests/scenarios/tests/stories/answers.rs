//! Answers that do not arrive.

use copilot_core::model::Role;
use copilot_core::view::Delivery;
use copilot_scenarios::{delivery, rows, say, story};
use serde_json::json;

#[test]
fn an_answer_that_is_lost_after_the_commit_leaves_one_turn() {
    story(async |world| {
        world.fault_on(world.talk(), json!({ "count": 2 }), json!({ "kind": "drop_response" })).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "is the pool exhausted");
                let rows = window.answered(&handle, "is the pool exhausted").await;
                assert_eq!(rows.iter().filter(|row| row.role == Role::User).count(), 1);
            })
            .await;
        let said = world.said().await;
        let keys: std::collections::BTreeSet<_> = said.iter().map(|turn| turn["key"].to_string()).collect();
        assert_eq!((said.len(), keys.len()), (3, 1));
        assert_eq!(
            said.iter().filter(|turn| turn["committed"] == true && turn["replayed"] == false).count(),
            1
        );
        let cases = world.as_user("maria.ortiz", "/api/v1/cases").await;
        assert_eq!(cases["cases"][0]["current_turn"], 1);
    });
}

#[test]
fn a_create_whose_outcome_is_unknown_makes_one_case() {
    for fault in [
        json!({ "kind": "drop_response" }),
        json!({ "kind": "truncate", "bytes": 10 }),
        json!({ "kind": "status", "status": 502, "commit": true }),
    ] {
        story(async |world| {
            world.fault_on("/api/v1/cases", json!({ "count": 2 }), fault).await;
            world
                .window(async |window| {
                    let handle = window.register(&world, "maria.ortiz").await;
                    say(&handle, "pods restart since 14:02");
                    window.answered(&handle, "pods restart since 14:02").await;
                })
                .await;
            assert_eq!(world.as_user("maria.ortiz", "/api/v1/cases").await["total_count"], 1);
        });
    }
}

#[test]
fn a_page_of_the_network_stores_nothing_signs_nobody_out_and_delays_only() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                world
                    .faults(
                        json!([{ "id": "portal", "match": { "path": "/**" }, "fault": { "kind": "html" } }]),
                    )
                    .await;
                say(&handle, "said in the train");
                window
                    .delivered(&handle, "said in the train", "waiting", |delivery| {
                        matches!(delivery, Delivery::WaitingOffline | Delivery::Checking)
                    })
                    .await;
                assert!(world.said().await.is_empty());
                world.faults(json!([])).await;
                handle.dispatch(copilot_core::Intent::TryNow);
                window.answered(&handle, "said in the train").await;
                assert_eq!(rows(&handle).iter().filter(|row| row.role == Role::User).count(), 1);
                assert!(delivery(&handle, "said in the train").is_some());
            })
            .await;
        assert_eq!(world.as_user("maria.ortiz", "/api/v1/cases").await["total_count"], 1);
    });
}
