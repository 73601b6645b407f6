//! A queue that drains: the real runtime, the file store and a server that takes 50 ms for a turn.

use std::time::{Duration, Instant};

use copilot_core::Intent;
use copilot_core::model::Turn;
use copilot_core::view::LinkStatus;
use copilot_scenarios::{Window, say, story};
use serde_json::json;

use crate::run::Run;

/// Turns of each case that wait.
const TURNS: usize = 10;
/// What the server takes for a turn, as the rule below says.
const LATENCY: Duration = Duration::from_millis(50);
/// Cases that are served at once (`dispatch` in the core).
const LANES: f64 = 4.0;

pub(crate) fn measure(run: &Run) {
    let cases = run.either(100, 10);
    // What it takes at best: so many turns, four at a time, 50 ms each.
    let best = (cases * TURNS) as f64 / LANES * LATENCY.as_secs_f64();
    let times = (0..run.either(3, 1)).map(|_| drain(cases).as_secs_f64() / best);
    run.tell("outbox.drain", "times", &times.collect::<Vec<_>>());
}

fn drain(cases: usize) -> Duration {
    let mut taken = None;
    story(async |world| {
        let time = &mut taken;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                for _ in 0..cases {
                    handle.dispatch(Intent::Open(None));
                    say(&handle, "begun");
                }
                empty(window, &handle).await;
                let keys: Vec<_> = handle.read(|view| view.group(copilot_core::view::Group::Active).to_vec());
                assert_eq!(keys.len(), cases);
                world.server_down().await;
                for _ in 0..TURNS {
                    for key in &keys {
                        let turns = vec![Turn::say("is that enough to blame the pool?")];
                        handle.dispatch(Intent::Submit { case: Some(key.clone()), turns });
                    }
                }
                window
                    .until("offline", || {
                        let link = handle.read(|view| view.status().link);
                        matches!(link, LinkStatus::Offline { .. }).then_some(())
                    })
                    .await;
                world.server_up().await;
                let turns = json!({ "method": "POST", "path": "/api/v1/cases/*/turns" });
                world
                    .faults(json!([{ "match": turns, "latency_ms": 50, "fault": { "kind": "none" } }]))
                    .await;
                let begun = Instant::now();
                handle.dispatch(Intent::TryNow);
                // The first turns of the cases are there already.
                world.when_committed(cases * (1 + TURNS)).await;
                *time = Some(begun.elapsed());
            })
            .await;
    });
    taken.unwrap()
}

/// Waits until nothing is left to send.
async fn empty(window: &Window, handle: &copilot_runtime::Handle) {
    window
        .until("an empty queue", || {
            let left = handle.read(|view| view.status().waiting + view.status().not_sent);
            (left == 0).then_some(())
        })
        .await;
}
