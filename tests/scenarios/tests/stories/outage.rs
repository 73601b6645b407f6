//! A server that is gone for an hour, and a queue that is long.

use std::collections::BTreeMap;

use copilot_core::model::Turn;
use copilot_core::view::LinkStatus;
use copilot_core::{Intent, Millis};
use copilot_scenarios::{say, story};

const CASES: usize = 20;
const TURNS: usize = 10;

#[test]
fn two_hundred_turns_in_twenty_cases_go_out_once_and_in_order_after_an_hour() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "before the outage");
                window.answered(&handle, "before the outage").await;
                world.server_down().await;
                for case in 0..CASES {
                    handle.dispatch(Intent::Open(None));
                    for turn in 0..TURNS {
                        say(&handle, &format!("case {case} turn {turn}"));
                    }
                }
                window
                    .until("offline", || {
                        let offline =
                            handle.read(|view| matches!(view.status().link, LinkStatus::Offline { .. }));
                        offline.then_some(())
                    })
                    .await;
                for _ in 0..60 {
                    world.time.skip(Millis::seconds(60));
                    tokio::task::yield_now().await;
                }
                world.server_up().await;
                handle.dispatch(Intent::TryNow);
                world.when_committed(CASES * TURNS).await;
                window
                    .until("an empty queue", || {
                        let left = handle.read(|view| view.status().waiting + view.status().not_sent);
                        (left == 0).then_some(())
                    })
                    .await;
            })
            .await;
        let mut committed: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for turn in world.said().await {
            if turn["committed"] == true && turn["replayed"] == false {
                let path = turn["path"].as_str().unwrap().to_owned();
                committed.entry(path).or_default().push(turn["turn_number"].as_u64().unwrap());
            }
        }
        assert_eq!(committed.len(), CASES);
        for numbers in committed.values() {
            assert_eq!(*numbers, (1..=10).collect::<Vec<_>>());
        }
        let list = world.as_user("maria.ortiz", "/api/v1/cases?limit=100").await;
        assert_eq!(list["total_count"], CASES + 1);
        let mut seen = Vec::new();
        for case in list["cases"].as_array().unwrap() {
            let id = case["case_id"].as_str().unwrap();
            let rows = world.as_user("maria.ortiz", &format!("/api/v1/cases/{id}/messages?limit=100")).await;
            let asked = rows["messages"].as_array().unwrap().iter().filter(|row| row["role"] == "user");
            let asked: Vec<_> = asked.map(|row| row["content"].as_str().unwrap().to_owned()).collect();
            if asked.len() == TURNS {
                let case = asked[0].split(' ').nth(1).unwrap().to_owned();
                let expected: Vec<_> = (0..TURNS).map(|turn| format!("case {case} turn {turn}")).collect();
                assert_eq!(asked, expected);
                seen.push(case);
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), CASES);
    });
}

#[test]
fn one_case_that_waits_does_not_hold_up_another() {
    story(async |world| {
        world
            .fault_on(
                world.talk(),
                serde_json::json!({ "count": 1 }),
                serde_json::json!({ "kind": "hang", "commit": false }),
            )
            .await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "this one hangs");
                world.when_arrived("POST", "/turns", 1).await;
                handle.dispatch(Intent::Submit { case: None, turns: vec![Turn::say("this one goes")] });
                window.answered(&handle, "this one goes").await;
                world.release_hanging().await;
            })
            .await;
    });
}
