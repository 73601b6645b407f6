//! What happens where data cannot be kept, and small settings.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use copilot_core::journal::Durability;
use copilot_core::model::{Draft, Role};
use copilot_core::view::{Group, MessageRow};
use copilot_core::{Intent, Millis};
use copilot_runtime::ports::{Executor, Stores};
use copilot_runtime::{Handle, Platform, ProfileId, Stage, StartProblem};
use copilot_storage::{LocalFuture, Store, StoreError};
use serde_json::json;
use tokio::sync::Notify;

use crate::world::{Window, World, open_first_case, rows, say, story};

#[test]
fn an_account_whose_folder_cannot_be_used_opens_in_memory_and_says_so() {
    story(async |world| {
        std::fs::write(world.data().join("profiles"), "a file in the way").unwrap();
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                assert_eq!(handle.read(|view| view.status().durability), Durability::Nothing);
                say(&handle, "does it still work");
                window.answered(&handle, "does it still work").await;
            })
            .await;
    });
}

#[test]
fn a_second_program_on_the_same_data_says_that_it_is_in_use() {
    story(async |world| {
        world
            .window(async |first| {
                let handle = first.register(&world, "maria.ortiz").await;
                assert_eq!(handle.read(|view| view.status().durability), Durability::PowerLoss);
                let second = Window::open(Platform::native(world.data()));
                let view = second.sign_in_view("a problem", |view| view.problem.is_some()).await;
                assert_eq!(view.problem, Some(StartProblem::StoreInUse));
                assert!(matches!(first.app.stage(), Stage::Open(_)));
            })
            .await;
    });
}

/// Data that is held by another window until it lets go. No wait takes any time until then.
struct Held {
    platform: Platform,
    is_held: Cell<bool>,
    let_go: Notify,
}

impl Held {
    fn let_go(&self) {
        self.is_held.set(false);
        self.let_go.notify_one();
    }
}

/// Its stores.
struct HeldStores(Rc<Held>);

impl Stores for HeldStores {
    fn open(&self, profile: &ProfileId) -> LocalFuture<Result<Rc<dyn Store>, StoreError>> {
        let (held, profile) = (self.0.clone(), profile.clone());
        Box::pin(async move {
            held.let_go.notified().await;
            held.platform.stores.open(&profile).await
        })
    }
}

impl Executor for Held {
    fn spawn(&self, future: LocalFuture<()>) {
        self.platform.executor.spawn(future);
    }

    fn sleep(&self, span: Millis) -> LocalFuture<()> {
        if self.is_held.get() {
            Box::pin(tokio::task::yield_now())
        } else {
            self.platform.executor.sleep(span)
        }
    }
}

#[test]
fn an_account_whose_data_another_window_holds_says_so_and_opens_by_itself_when_that_ends() {
    story(async |world| {
        world.window(async |window| drop(window.register(&world, "maria.ortiz").await)).await;
        let platform = Platform::native(world.data());
        let held =
            Rc::new(Held { platform: platform.clone(), is_held: Cell::new(true), let_go: Notify::new() });
        let stores = Rc::new(HeldStores(held.clone()));
        world
            .window_on(Platform { stores, executor: held.clone(), ..platform }, async |window| {
                let view = window.sign_in_view("a problem", |view| view.problem.is_some()).await;
                assert_eq!((view.problem, view.busy), (Some(StartProblem::StoreHeld), true));
                held.let_go();
                let handle = window.opened().await;
                assert_eq!(handle.read(|view| view.status().durability), Durability::PowerLoss);
            })
            .await;
    });
}

#[test]
fn a_preference_is_there_after_a_restart() {
    story(async |world| {
        world.window(async |window| window.app.set_preference("theme", "dark")).await;
        world
            .window(async |window| assert_eq!(window.app.preference("theme").as_deref(), Some("dark")))
            .await;
    });
}

/// Puts a file where the profiles belong, or takes it away again; what was there comes back.
fn block(world: &World, blocked: bool) {
    let (place, aside) = (world.data().join("profiles"), world.data().join("profiles aside"));
    if blocked {
        if place.exists() {
            std::fs::rename(&place, &aside).unwrap();
        }
        std::fs::write(&place, "a file in the way").unwrap();
    } else {
        std::fs::remove_file(&place).unwrap();
        if aside.exists() {
            std::fs::rename(&aside, &place).unwrap();
        }
    }
}

fn write(handle: &Handle, text: &str) {
    let case = handle.read(|view| view.open().cloned());
    let draft = Draft { text: text.into(), ..Draft::default() };
    handle.dispatch(Intent::KeepDraft { case, draft });
}

fn written(handle: &Handle) -> Option<String> {
    handle.read(|view| view.draft(view.open()).map(|draft| draft.text.to_string()))
}

/// Tries to save, with words that are handed over at the last moment, and says whether that worked.
async fn try_to_save(window: &Window, handle: &Handle, last_words: &'static str) -> bool {
    let told = Rc::new(Cell::new(None));
    let (tell, writer) = (told.clone(), handle.clone());
    window.app.try_to_save(
        move || {
            if written(&writer).as_deref() != Some(last_words) {
                write(&writer, last_words);
            }
        },
        move |saved| tell.set(Some(saved)),
    );
    // Whatever comes of it, the window goes on meanwhile.
    let told = async {
        while told.get().is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        told.get().unwrap()
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), told).await.unwrap()
}

/// The texts of the person's messages in all cases, in order.
fn asked(handle: &Handle) -> Vec<String> {
    let mine = rows(handle).into_iter().filter(|row| row.role == Role::User);
    mine.map(|row| row.text.to_string()).collect()
}

/// What the server carried out, each turn once.
async fn carried_out(world: &World) -> usize {
    let turns = world.turns().await;
    let ran = turns.iter().filter(|turn| turn["committed"] == true && turn["replayed"] != true);
    let keys: BTreeSet<_> = ran.clone().map(|turn| turn["key"].to_string()).collect();
    assert_eq!(keys.len(), ran.count(), "none ran twice: {turns:?}");
    keys.len()
}

#[test]
fn what_was_done_in_memory_is_kept_as_soon_as_the_store_can_be_used() {
    story(async |world| {
        block(&world, true);
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "answered in memory");
                window.answered(&handle, "answered in memory").await;
                world.server_down().await;
                say(&handle, "waits in memory");
                assert!(!try_to_save(window, &handle, "not yet").await, "the file is still in the way");
                assert_eq!(window.opened().await.number(), handle.number(), "nothing has changed");
                assert_eq!(asked(&handle), ["answered in memory", "waits in memory"]);

                block(&world, false);
                assert!(try_to_save(window, &handle, "half a sentence").await);
                let kept = window.opened().await;
                assert!(kept.took_over() && kept.number() > handle.number());
                assert_eq!(kept.read(|view| view.status().durability), Durability::PowerLoss);
                open_first_case(&kept);
                let both =
                    |rows: &[MessageRow]| rows.iter().filter(|row| row.role == Role::User).count() == 2;
                window.rows(&kept, "both messages", both).await;
                assert_eq!(written(&kept).as_deref(), Some("half a sentence"));
            })
            .await;
        world.server_up().await;
        world
            .window(async |window| {
                let handle = window.opened().await;
                open_first_case(&handle);
                window.answered(&handle, "waits in memory").await;
                window.answered(&handle, "answered in memory").await;
                assert_eq!(asked(&handle), ["answered in memory", "waits in memory"]);
                assert_eq!(written(&handle).as_deref(), Some("half a sentence"));
            })
            .await;
        assert_eq!(carried_out(&world).await, 1, "since the server came back");
    });
}

#[test]
fn what_was_done_in_memory_comes_to_what_an_earlier_run_has_left_and_neither_is_lost_or_sent_twice() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                say(&handle, "answered before");
                window.answered(&handle, "answered before").await;
                world.server_down().await;
                say(&handle, "waited before");
                write(&handle, "written before");
            })
            .await;
        block(&world, true);
        world.server_up().await;
        // Whatever is under way in memory when it is kept has left, and runs once all the same.
        world.fault_on_turns(json!({ "count": 1 }), json!({ "kind": "hang", "commit": true })).await;
        world
            .window(async |window| {
                let handle = window.opened().await;
                window
                    .until("the case", || handle.read(|view| view.group(Group::Active).first().map(|_| ())))
                    .await;
                open_first_case(&handle);
                window.rows(&handle, "its rows", |rows| rows.len() == 2).await;
                say(&handle, "asked in memory");
                world.when_arrived("/turns", 1).await;
                block(&world, false);
                assert!(try_to_save(window, &handle, "written in memory").await);
                let kept = window.opened().await;
                open_first_case(&kept);
                assert_eq!(written(&kept).as_deref(), Some("written before\n\nwritten in memory"));
                world.release_hanging().await;
                window.answered(&kept, "waited before").await;
                window.answered(&kept, "asked in memory").await;
                let mut all = asked(&kept);
                all.sort();
                assert_eq!(all, ["answered before", "asked in memory", "waited before"]);
            })
            .await;
        assert_eq!(carried_out(&world).await, 2, "since the server came back");
    });
}
