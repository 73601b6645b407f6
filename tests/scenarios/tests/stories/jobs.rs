//! Answers that come later.

use copilot_core::Intent;
use copilot_core::model::Role;
use copilot_core::view::Group;
use copilot_scenarios::{rows, say, story};
use serde_json::json;

#[test]
fn polling_a_job_survives_a_503_and_a_restart_of_both_sides() {
    story(async |world| {
        world.server_down().await;
        world.answer_later_above(16);
        world.server_up().await;
        let polls = "/api/v1/cases/*/turns/jobs/*";
        let rule =
            |kind: serde_json::Value| json!({ "match": { "method": "GET", "path": polls }, "fault": kind });
        world
            .faults(json!([rule(
                json!({ "kind": "status", "status": 503, "retry_after": { "seconds": 1 } })
            )]))
            .await;
        let question = "what happened between ten and eleven";
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, question);
                world.when_arrived("POST", "/turns", 1).await;
                let polled = async {
                    loop {
                        let log = world.arrived_under("/turns/jobs/").await;
                        if log > 0 {
                            break;
                        }
                        world.time.skip(copilot_core::Millis::seconds(2));
                        tokio::task::yield_now().await;
                    }
                };
                polled.await;
            })
            .await;
        world.server_down().await;
        world.server_up().await;
        world
            .window(async |window| {
                let handle = window.opened().await;
                let case = handle.read(|view| view.group(Group::Active).first().cloned());
                handle.dispatch(Intent::Open(case));
                window.answered(&handle, question).await;
                assert_eq!(rows(&handle).iter().filter(|row| row.role == Role::User).count(), 1);
            })
            .await;
        let list = world.as_user("maria.ortiz", "/api/v1/cases").await;
        assert_eq!(list["cases"][0]["current_turn"], 1);
        // Whoever asks again is told the same job; nothing runs twice.
        assert!(world.said().await.iter().all(|again| again["replayed"] == true));
    });
}
