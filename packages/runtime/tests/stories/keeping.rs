//! What happens where data cannot be kept, and small settings.

use copilot_core::journal::Durability;
use copilot_runtime::{Stage, StartProblem};

use crate::world::{Window, say, story};

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
                let second = Window::open(copilot_runtime::Platform::native(world.data()));
                let view = second.sign_in_view("a problem", |view| view.problem.is_some()).await;
                assert_eq!(view.problem, Some(StartProblem::StoreInUse));
                assert!(matches!(first.app.stage(), Stage::Open(_)));
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
