//! A server that says "not now" or "not like this".

use copilot_core::view::Delivery;
use copilot_core::{FailureClass, Intent, Millis, Rejection, Transient};
use copilot_scenarios::{delivery, say, story};
use serde_json::{Value, json};

fn busy(seconds: u64) -> Value {
    json!({ "kind": "status", "status": 429, "body": { "message": "Too many" }, "retry_after": { "seconds": seconds } })
}

#[test]
fn a_429_with_a_minute_is_waited_for_and_then_sent_by_itself() {
    story(async |world| {
        world.fault_on(world.talk(), json!({ "count": 1 }), busy(60)).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "why is it slow");
                let asked = world.time.elapsed();
                let waiting = window
                    .delivered(&handle, "why is it slow", "a countdown", |delivery| {
                        matches!(delivery, Delivery::WaitingBusy { .. })
                    })
                    .await;
                let Delivery::WaitingBusy { until } = waiting else { panic!("a countdown") };
                let wait = until.0 - asked.0;
                assert!(wait >= 60_000, "{wait} ms");
                // Half of the time is over, and nothing was sent.
                world.time.skip(Millis::seconds(30));
                tokio::task::yield_now().await;
                assert_eq!(world.said().await.len(), 1);
                world.time.skip(Millis::seconds(35));
                window.answered(&handle, "why is it slow").await;
                assert!(world.time.elapsed().0 - asked.0 >= 60_000);
            })
            .await;
        assert_eq!(world.said().await.len(), 2);
    });
}

#[test]
fn a_429_with_an_hour_is_left_to_the_person() {
    story(async |world| {
        world.fault_on(world.talk(), json!({ "count": 1 }), busy(3600)).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "why is it slow");
                let failed = window
                    .delivered(&handle, "why is it slow", "a failure", |delivery| {
                        matches!(delivery, Delivery::Failed { .. })
                    })
                    .await;
                let Delivery::Failed { failure, not_before, .. } = failed else { panic!("a failure") };
                assert_eq!(failure.class, FailureClass::Transient(Transient::Busy));
                assert_eq!(failure.retry_after, Some(Millis::seconds(3600)));
                assert!(not_before.is_some());
                // Long after every automatic wait, and even after the hour itself.
                for _ in 0..8 {
                    world.time.skip(Millis::seconds(600));
                    world.when_arrived("GET", "/health", 0).await;
                }
                assert_eq!(world.said().await.len(), 1);
                assert!(matches!(delivery(&handle, "why is it slow"), Some(Delivery::Failed { .. })));
                let operation =
                    copilot_scenarios::rows(&handle).into_iter().find_map(|row| row.operation).unwrap();
                handle.dispatch(Intent::Retry(operation));
                window.answered(&handle, "why is it slow").await;
            })
            .await;
        assert_eq!(world.said().await.len(), 2);
    });
}

#[test]
fn a_version_conflict_keeps_the_text_with_the_person() {
    story(async |world| {
        let fault = json!({
            "kind": "status", "status": 409,
            "headers": { "x-error-code": "CASE_VERSION_CONFLICT", "x-expected-version": "4", "x-actual-version": "5" },
            "body": { "detail": "The case changed in the meantime" },
        });
        world.fault_on(world.talk(), json!({ "count": 1 }), fault).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "resolve it, the drain is over");
                let failed = window
                    .delivered(&handle, "resolve it, the drain is over", "a conflict", |delivery| {
                        matches!(delivery, Delivery::Failed { .. })
                    })
                    .await;
                let Delivery::Failed { failure, .. } = failed else { panic!("a failure") };
                assert_eq!(failure.class, FailureClass::Conflict);
            })
            .await;
        // It survives the program, too.
        world
            .window(async |window| {
                let handle = window.opened().await;
                let case = handle.read(|view| view.group(copilot_core::view::Group::Active).first().cloned());
                handle.dispatch(Intent::Open(case));
                window
                    .delivered(&handle, "resolve it, the drain is over", "the text", |delivery| {
                        matches!(delivery, Delivery::Failed { .. })
                    })
                    .await;
            })
            .await;
        assert_eq!(world.said().await.len(), 1);
    });
}

#[test]
fn a_403_is_a_refusal_and_not_a_sign_out() {
    story(async |world| {
        let fault = json!({ "kind": "status", "status": 403, "body": { "detail": "Read only" } });
        world.fault_on(world.talk(), json!({ "count": 1 }), fault).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "may I");
                let failed = window
                    .delivered(&handle, "may I", "a refusal", |delivery| {
                        matches!(delivery, Delivery::Failed { .. })
                    })
                    .await;
                let Delivery::Failed { failure, .. } = failed else { panic!("a failure") };
                assert_eq!(failure.class, FailureClass::Rejected(Rejection::Forbidden));
                let account = handle.read(|view| view.status().account);
                assert_eq!(account, copilot_core::view::AccountStatus::SignedIn);
            })
            .await;
        assert!(world.arrived("POST", "/auth/refresh").await.is_empty());
    });
}
