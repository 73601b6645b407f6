//! Messages on their way: once, in order, whatever happens to the answers and to the program.

use copilot_core::Intent;
use copilot_core::model::Role;
use copilot_core::view::{AccountStatus, Delivery, Group, LinkStatus};
use copilot_runtime::{Change, Stage};
use serde_json::json;

use crate::world::{delivery, open_first_case, rows, say, story};

#[test]
fn a_message_is_on_screen_before_dispatch_returns_and_then_answered() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                let patches = std::rc::Rc::new(std::cell::Cell::new(0));
                let _subscription = handle.subscribe({
                    let patches = patches.clone();
                    move |change| {
                        if let Change::View(view) = change {
                            patches.set(patches.get() + view.len());
                        }
                    }
                });
                say(&handle, "pods restart since 14:02");
                assert!(patches.get() > 0);
                assert_eq!(delivery(&handle, "pods restart since 14:02"), Some(Delivery::Echoed));
                let answered = window.answered(&handle, "pods restart since 14:02").await;
                assert_eq!(answered.len(), 2);
            })
            .await;
        assert_eq!(world.turns().await.len(), 1);
    });
}

#[test]
fn an_account_that_is_opened_again_goes_on_with_its_queue_and_runs_it_once() {
    story(async |world| {
        world.fault_on_turns(json!({ "count": 1 }), json!({ "kind": "hang", "commit": true })).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "is the pool exhausted");
                world.when_arrived("/turns", 1).await;
                window.app.reopen();
                assert!(matches!(window.app.stage(), Stage::Starting), "nothing of before is on screen");
                let handle = window.opened().await;
                open_first_case(&handle);
                world.release_hanging().await;
                let rows = window.answered(&handle, "is the pool exhausted").await;
                assert_eq!(rows.iter().filter(|row| row.role == Role::User).count(), 1);
            })
            .await;
        let ran: Vec<_> = world.turns().await.into_iter().filter(|turn| turn["committed"] == true).collect();
        assert!(ran.iter().all(|turn| turn["key"] == ran[0]["key"]), "{ran:?}");
        assert_eq!(ran.iter().filter(|turn| turn["replayed"] != true).count(), 1, "{ran:?}");
    });
}

#[test]
fn a_message_whose_answer_is_lost_is_sent_again_under_its_key_and_runs_once() {
    story(async |world| {
        world.fault_on_turns(json!({ "count": 1 }), json!({ "kind": "drop_response" })).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "is the pool exhausted");
                let rows = window.answered(&handle, "is the pool exhausted").await;
                assert_eq!(rows.iter().filter(|row| row.role == Role::User).count(), 1);
            })
            .await;
        let turns = world.turns().await;
        assert_eq!(turns.len(), 2);
        assert_eq!(turns[0]["key"], turns[1]["key"]);
        assert_eq!((&turns[0]["committed"], &turns[1]["replayed"]), (&json!(true), &json!(true)));
    });
}

#[test]
fn a_message_in_flight_when_the_program_dies_reaches_the_server_exactly_once() {
    story(async |world| {
        // The server takes the turn, and the program is gone before it hears of it.
        world.fault_on_turns(json!({ "count": 1 }), json!({ "kind": "hang", "commit": true })).await;
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "first");
                say(&handle, "second");
                window.rows(&handle, "two rows", |rows| rows.len() >= 2).await;
                world.when_arrived("/turns", 1).await;
            })
            .await;
        world.release_hanging().await;
        world
            .window(async |window| {
                let handle = window.opened().await;
                open_first_case(&handle);
                let rows = window.answered(&handle, "second").await;
                let texts: Vec<_> =
                    rows.iter().filter(|row| row.role == Role::User).map(|row| &*row.text).collect();
                assert_eq!(texts, ["first", "second"]);
            })
            .await;
        let ran: Vec<_> = world.turns().await.into_iter().filter(|turn| turn["committed"] == true).collect();
        assert_eq!(ran.len(), 2, "{ran:?}");
        assert_ne!(ran[0]["key"], ran[1]["key"]);
    });
}

#[test]
fn with_the_server_down_everything_is_readable_and_what_is_said_goes_out_on_return() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "before the outage");
                window.answered(&handle, "before the outage").await;
                window
                    .rows(&handle, "confirmed rows", |rows| rows.iter().all(|row| row.operation.is_none()))
                    .await;
            })
            .await;
        world.server_down().await;
        world
            .window(async |window| {
                let handle = window.opened().await;
                open_first_case(&handle);
                window.answered(&handle, "before the outage").await;
                window
                    .until("offline", || {
                        handle
                            .read(|view| matches!(view.status().link, LinkStatus::Offline { .. }))
                            .then_some(())
                    })
                    .await;
                say(&handle, "during the outage");
                window
                    .until("a waiting row", || {
                        (delivery(&handle, "during the outage") == Some(Delivery::WaitingOffline))
                            .then_some(())
                    })
                    .await;
                world.server_up().await;
                handle.dispatch(Intent::TryNow);
                window.answered(&handle, "during the outage").await;
            })
            .await;
        assert_eq!(world.turns().await.len(), 1, "the log of the new server holds the new turn alone");
    });
}

#[test]
fn an_access_token_that_ran_out_is_renewed_once_and_nobody_notices() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "first");
                window.answered(&handle, "first").await;
                world.clock.advance(16 * 60 * 1000);
                say(&handle, "second");
                window.answered(&handle, "second").await;
                assert_eq!(handle.read(|view| view.status().account), AccountStatus::SignedIn);
            })
            .await;
        assert_eq!(world.arrived("POST", "/auth/refresh").await.len(), 1);
        let ran = world.turns().await.into_iter().filter(|turn| turn["committed"] == true).count();
        assert_eq!(ran, 2);
    });
}

#[test]
fn what_an_account_left_unsent_goes_out_when_it_comes_back_and_never_as_another() {
    story(async |world| {
        world.fault_on_turns(json!({ "count": 1 }), json!({ "kind": "hang", "commit": false })).await;
        world
            .window(async |window| {
                let maria = window.register(&world, "maria.ortiz").await;
                say(&maria, "maria's secret");
                world.when_arrived("/turns", 1).await;
                window.app.sign_out();
                window.sign_in_view("the sign-in screen", |view| view.username == "maria.ortiz").await;
                assert_eq!(rows(&maria), [], "a handle that was kept shows nothing any more");
                world.release_hanging().await;

                let jun = window.register(&world, "jun.park").await;
                say(&jun, "hello from jun");
                let shown = window.answered(&jun, "hello from jun").await;
                assert_eq!(shown.len(), 2);
                assert_eq!(jun.read(|view| view.group(Group::Active).len()), 1);
                assert_eq!(world.turns().await.iter().filter(|turn| turn["committed"] == true).count(), 1);

                window.app.sign_out();
                let maria = window.sign_in(&world, "maria.ortiz").await;
                open_first_case(&maria);
                window.answered(&maria, "maria's secret").await;
            })
            .await;
        assert_eq!(world.turns().await.iter().filter(|turn| turn["committed"] == true).count(), 2);
    });
}
