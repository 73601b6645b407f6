//! Signing out, signing in again, and other people on the same device.

use copilot_core::Intent;
use copilot_core::model::Role;
use copilot_core::view::{AccountStatus, Group};
use copilot_scenarios::{rows, say, story};
use serde_json::json;

#[test]
fn a_queue_that_was_refused_in_the_middle_drains_in_order_after_signing_in() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "first");
                window.answered(&handle, "first").await;
                let refused = json!({
                    "kind": "status", "status": 401, "headers": { "WWW-Authenticate": "Bearer" },
                    "body": { "detail": "This token is not valid" },
                });
                let dead = json!({ "kind": "status", "status": 400, "body": { "error": "invalid_grant" } });
                world
                    .faults(json!([
                        { "id": "token", "match": { "path": "/api/v1/cases/**" }, "fault": refused },
                        { "id": "cases", "match": { "path": "/api/v1/cases" }, "fault": refused },
                        { "id": "refresh", "match": { "path": "/api/v1/auth/refresh" }, "fault": dead },
                    ]))
                    .await;
                for text in ["second", "third", "fourth"] {
                    say(&handle, text);
                }
                window
                    .until("signed out", || {
                        handle.read(|view| view.status().account == AccountStatus::SignedOut).then_some(())
                    })
                    .await;
                world.faults(json!([])).await;
                handle.sign_in_again("");
                window.answered(&handle, "fourth").await;
                let asked: Vec<_> = rows(&handle).into_iter().filter(|row| row.role == Role::User).collect();
                let texts: Vec<_> = asked.iter().map(|row| &*row.text).collect();
                assert_eq!(texts, ["first", "second", "third", "fourth"]);
            })
            .await;
        let list = world.as_user("maria.ortiz", "/api/v1/cases").await;
        assert_eq!(list["cases"][0]["current_turn"], 4);
    });
}

#[test]
fn a_session_that_is_over_is_renewed_once_for_any_number_of_requests() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "first");
                window.answered(&handle, "first").await;
                // Longer than a session lives, shorter than a refresh token does.
                world.clock.advance(200 * 60 * 1000);
                world.time.skip(copilot_core::Millis::seconds(200 * 60));
                for text in ["a", "b", "c", "d"] {
                    handle.dispatch(Intent::Open(None));
                    say(&handle, text);
                }
                window.answered(&handle, "d").await;
            })
            .await;
        assert!(world.arrived("POST", "/sessions").await.len() <= 1, "one renewal for all of them");
        assert!(world.arrived("POST", "/auth/refresh").await.len() <= 1);
    });
}

#[test]
fn a_session_is_kept_alive_while_its_window_is_seen() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "first");
                window.answered(&handle, "first").await;
                world.time.skip(copilot_core::Millis::seconds(601));
                world.when_arrived("POST", "/heartbeat", 1).await;
            })
            .await;
    });
}

#[test]
fn a_sign_out_in_the_middle_writes_nothing_afterwards() {
    for path in ["/api/v1/cases", "/api/v1/cases/*/turns", "/api/v1/cases/*/title"] {
        story(async |world| {
            world.fault_on(path, json!({ "count": 1 }), json!({ "kind": "hang", "commit": false })).await;
            world
                .window(async |window| {
                    let handle = window.register(&world, "maria.ortiz").await;
                    say(&handle, "checkout answers 503 since ten");
                    if path.ends_with("title") {
                        window.answered(&handle, "checkout answers 503 since ten").await;
                        let case = handle.read(|view| view.open().cloned()).unwrap();
                        handle.dispatch(Intent::GenerateTitle(case));
                    }
                    let end = path.rsplit('/').next().unwrap();
                    world.when_arrived("POST", &format!("/{end}"), 1).await;
                    window.app.sign_out();
                    window.sign_in_view("the sign-in screen", |view| view.username == "maria.ortiz").await;
                    world.release_hanging().await;
                    world.when_arrived("POST", "/auth/logout", 1).await;
                    let before = writes(&world).await;
                    // Every timer that the engine had would be due by now.
                    for _ in 0..10 {
                        world.time.skip(copilot_core::Millis::seconds(60));
                        tokio::task::yield_now().await;
                    }
                    assert_eq!(writes(&world).await, before, "{path}");
                    assert!(rows(&handle).is_empty(), "a handle that was kept shows nothing");
                })
                .await;
        });
    }
}

async fn writes(world: &copilot_scenarios::World) -> usize {
    let mut count = 0;
    for (method, end) in [("POST", "/cases"), ("POST", "/turns"), ("POST", "/title"), ("PUT", "")] {
        count += world.arrived(method, end).await.len();
    }
    count
}

#[test]
fn who_signs_in_after_somebody_else_sees_nothing_of_them() {
    story(async |world| {
        world
            .window(async |window| {
                let maria = window.register(&world, "maria.ortiz").await;
                say(&maria, "maria's secret");
                window.answered(&maria, "maria's secret").await;
                window.app.sign_out();
                window.sign_in_view("the sign-in screen", |view| !view.busy).await;
                let jun = window.register(&world, "jun.park").await;
                assert!(jun.read(|view| view.group(Group::Active).is_empty()));
                assert!(jun.read(|view| view.find("secret", 10).is_empty()));
                say(&jun, "hello from jun");
                window.answered(&jun, "hello from jun").await;
            })
            .await;
        world
            .window(async |window| {
                let jun = window.opened().await;
                assert_eq!(jun.account().username, "jun.park");
                window
                    .until("the list", || {
                        (jun.read(|view| view.group(Group::Active).len()) == 1).then_some(())
                    })
                    .await;
                assert!(jun.read(|view| view.find("secret", 10).is_empty()));
            })
            .await;
        assert_eq!(world.as_user("jun.park", "/api/v1/cases").await["total_count"], 1);
    });
}
