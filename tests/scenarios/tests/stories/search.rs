//! Looking for words that are not in memory on this device.

use std::time::Duration;

use copilot_core::view::ServerSearch;
use copilot_core::{Intent, Millis};
use copilot_runtime::Handle;
use copilot_scenarios::{World, say, story, story_in};
use copilot_server::Dialect::Queries;

/// Titles of what is found for a text, and whether only the server found it.
fn found(handle: &Handle, text: &str) -> Vec<(String, bool)> {
    handle.read(|view| view.find(text, 50).into_iter().map(|hit| (hit.excerpt, hit.on_server)).collect())
}

/// A case is told of its symptoms on this device, and the program is started again: its words are on the server.
async fn told(world: &World) {
    world
        .window(async |window| {
            let handle = window.register(world, "maria.ortiz").await;
            for text in ["checkout answers 503", "the drained node was hydra-14"] {
                say(&handle, text);
                window.answered(&handle, text).await;
            }
            // What was sent stays in the journal for a moment; after that its words are in the cache alone.
            while !handle.read(|view| view.inspect().operations.is_empty()) {
                world.time.skip(Millis::seconds(1));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
}

#[test]
fn a_case_is_found_by_words_that_only_the_server_has() {
    story(async |world| {
        told(&world).await;
        world
            .window(async |window| {
                let handle = window.opened().await;
                window.until("the list", || (!found(&handle, "checkout").is_empty()).then_some(())).await;
                assert_eq!(found(&handle, "hydra-14"), [], "its messages are not in memory");
                handle.dispatch(Intent::Search("hydra-14".into()));
                let hits = window
                    .until("an answer", || Some(found(&handle, "hydra-14")).filter(|hits| !hits.is_empty()))
                    .await;
                assert!(matches!(&hits[..], [(_, true)]), "{hits:?}");
                handle.dispatch(Intent::Search("no such words".into()));
                window
                    .until("an empty answer", || {
                        handle.read(|view| view.server_search() == ServerSearch::Answered).then_some(())
                    })
                    .await;
                assert_eq!(found(&handle, "no such words"), []);
            })
            .await;
        assert_eq!(world.arrived("POST", "/cases/search").await.len(), 2);
    });
}

#[test]
fn a_server_of_2025_is_not_asked_and_what_is_here_is_found() {
    story_in(Queries, async |world| {
        told(&world).await;
        world
            .window(async |window| {
                let handle = window.opened().await;
                handle.dispatch(Intent::Search("hydra-14".into()));
                let case = window
                    .until("the list", || {
                        handle.read(|view| view.group(copilot_core::view::Group::Active).first().cloned())
                    })
                    .await;
                assert_eq!(handle.read(|view| view.server_search()), ServerSearch::NotAsked);
                handle.dispatch(Intent::Open(Some(case)));
                window.until("its rows", || (found(&handle, "hydra-14").len() == 1).then_some(())).await;
            })
            .await;
        assert_eq!(world.arrived_under("/search").await, 0);
    });
}
