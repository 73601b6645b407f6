//! The same person at a server of 2025.

use copilot_core::model::{Data, FileBytes, Role, Turn};
use copilot_core::view::{AccountStatus, Delivery, Group};
use copilot_core::{Intent, Millis};
use copilot_scenarios::{rows, say, story_in};
use copilot_server::Dialect::Queries;
use serde_json::json;

#[test]
fn a_server_of_2025_is_recognised_and_talked_to() {
    story_in(Queries, async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                for text in ["first", "second", "first"] {
                    say(&handle, text);
                }
                window
                    .until("three answers", || {
                        let answers = rows(&handle).into_iter().filter(|row| {
                            row.role == Role::Assistant && row.thinking.is_none() && row.operation.is_none()
                        });
                        (answers.count() == 3).then_some(())
                    })
                    .await;
                let asked: Vec<_> = rows(&handle).into_iter().filter(|row| row.role == Role::User).collect();
                let texts: Vec<_> = asked.iter().map(|row| &*row.text).collect();
                assert_eq!(texts, ["first", "second", "first"]);
            })
            .await;
        // What was found out is remembered: no question about it at the second start.
        let probes = world.arrived("GET", "/meta/capabilities").await.len();
        world
            .window(async |window| {
                let handle = window.opened().await;
                let case = handle.read(|view| view.group(Group::Active).first().cloned());
                handle.dispatch(Intent::Open(case));
                window.until("six rows", || (rows(&handle).len() == 6).then_some(())).await;
            })
            .await;
        assert!(probes > 0);
        let cases = world.as_user("maria.ortiz", "/api/v1/cases").await;
        assert_eq!(cases.as_array().unwrap().len(), 1);
    });
}

#[test]
fn an_answer_that_is_lost_there_is_looked_for_and_nothing_is_sent_again() {
    story_in(Queries, async |world| {
        world.fault_on(world.talk(), json!({ "count": 1 }), json!({ "kind": "drop_response" })).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "is the pool exhausted");
                let rows = window.answered(&handle, "is the pool exhausted").await;
                assert_eq!(rows.iter().filter(|row| row.role == Role::User).count(), 1);
            })
            .await;
        world.when_arrived("POST", "/queries", 1).await;
        assert_eq!(world.said().await.len(), 1, "some of these servers keep no keys and would run it twice");
    });
}

#[test]
fn a_message_that_never_arrived_there_is_sent_again_when_it_cannot_be_running_any_more() {
    story_in(Queries, async |world| {
        world.fault_on(world.talk(), json!({ "count": 1 }), json!({ "kind": "drop_request" })).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "is the pool exhausted");
                world.when_arrived("GET", "/messages", 1).await;
                window
                    .delivered(&handle, "is the pool exhausted", "checking", |at| *at == Delivery::Checking)
                    .await;
                world.when_arrived("POST", "/queries", 1).await;
                assert_eq!(world.said().await.len(), 1);
                world.time.skip(Millis::seconds(121));
                window.answered(&handle, "is the pool exhausted").await;
            })
            .await;
        world.when_arrived("POST", "/queries", 2).await;
        assert_eq!(world.said().await.len(), 2);
        let case = &world.as_user("maria.ortiz", "/api/v1/cases").await[0]["case_id"];
        let path = format!("/api/v1/cases/{}/messages", case.as_str().unwrap());
        let listed = world.as_user("maria.ortiz", &path).await;
        let asked = listed["messages"].as_array().unwrap().iter().filter(|row| row["role"] == "user").count();
        assert_eq!(asked, 1);
    });
}

#[test]
fn a_file_goes_where_files_go() {
    story_in(Queries, async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                let bytes = FileBytes::new(&b"2026-08-18T09:10:03Z ERROR upstream connect timeout\n"[..]);
                let data = Data::File { name: "checkout.log".into(), media_type: "text/plain".into(), bytes };
                let turn = Turn { text: "what changed".into(), data: Some(data), intention: None };
                handle.dispatch(Intent::Submit { case: None, turns: vec![turn] });
                window.answered(&handle, "what changed").await;
            })
            .await;
        assert_eq!(world.arrived("POST", "/data").await.len(), 1);
        assert_eq!(world.said().await.len(), 1);
    });
}

#[test]
fn a_token_that_ran_out_asks_to_sign_in_and_keeps_the_queue() {
    story_in(Queries, async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "first");
                window.answered(&handle, "first").await;
                world.clock.advance(25 * 3600 * 1000);
                say(&handle, "second");
                window
                    .until("signed out", || {
                        handle.read(|view| view.status().account == AccountStatus::SignedOut).then_some(())
                    })
                    .await;
                handle.sign_in_again("");
                window.answered(&handle, "second").await;
            })
            .await;
    });
}
