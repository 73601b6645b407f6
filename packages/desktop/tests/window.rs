//! The built program on a screen: what a crash leaves, what a second start does, where the window comes back to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]

#[cfg(target_os = "linux")]
mod drag;
mod stage;

use std::process::Command;

use stage::{Stage, story, until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_copilot-desktop");

#[test]
fn a_crash_loses_and_doubles_nothing() {
    story(PROGRAM, stage::a_crash_loses_and_doubles_nothing);
}

#[test]
fn fast_typing_arrives_whole_and_enter_divides_it() {
    story(PROGRAM, async |stage| {
        let window = stage.start(&["--server", &stage.link()]).await;
        let texts: Vec<String> =
            (1..=4).map(|n| format!("message number {n} has some length to it")).collect();
        for text in &texts {
            window.types(text);
            window.presses("Return");
        }
        until("all messages", async || (stage.said().await.len() >= texts.len()).then_some(())).await;
        assert_eq!(stage.said().await, texts);
    });
}

#[test]
fn a_second_start_brings_the_window_forward_and_ends() {
    story(PROGRAM, async |stage| {
        let window = stage.start(&["--server", &stage.link()]).await;
        stage.xdotool(&["windowminimize", "--sync", &window.id]);
        until("a minimised window", async || stage.visible().is_none().then_some(())).await;
        let second = stage.command(&[]).output().unwrap();
        assert_eq!(second.status.code(), Some(0), "{second:?}");
        until("the window in front", async || stage.visible()).await;
        window.types("still the same program");
        stage.kept("still the same program").await;
    });
}

#[test]
fn the_last_words_before_the_window_is_closed_are_kept() {
    story(PROGRAM, async |stage| {
        let window = stage.start(&["--server", &stage.link()]).await;
        window.types("written and closed");
        // The key that window managers close windows with.
        window.presses("alt+F4");
        assert_eq!(window.ends().await, Some(0));
        let window = stage.start(&[]).await;
        window.presses("Return");
        until("the draft at the server", async || (!stage.said().await.is_empty()).then_some(())).await;
        assert_eq!(stage.said().await, ["written and closed"]);
    });
}

#[test]
fn the_keys_of_the_edit_menu_edit_the_message() {
    story(PROGRAM, async |stage| {
        let window = stage.start(&["--server", &stage.link()]).await;
        let edit = |keys: &[&str]| keys.iter().for_each(|key| window.presses(key));
        window.types("taken back");
        edit(&["ctrl+a", "ctrl+x", "ctrl+v", "ctrl+v", "ctrl+z", "Return"]);
        until("the first message", async || (!stage.said().await.is_empty()).then_some(())).await;
        window.types("again ");
        edit(&["ctrl+a", "ctrl+c", "End", "ctrl+v", "ctrl+z", "ctrl+shift+z", "Return"]);
        until("the second message", async || (stage.said().await.len() >= 2).then_some(())).await;
        assert_eq!(stage.said().await, ["taken back", "again again "]);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_dropped_becomes_an_attachment() {
    story(PROGRAM, async |stage| {
        let window = stage.start(&["--server", &stage.link()]).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("checkout.log");
        std::fs::write(&file, "09:10:07 ERROR pool exhausted\n").unwrap();
        let mut source = drag::Source::open(stage, &file);
        // Let go of right after it has come over another part of the page, which has been told of its arrival only.
        source.drop_on(&window, &[("600", "300"), ("640", "720")]).await;
        stage.kept("pool exhausted").await;
        stage.xdotool(&["windowactivate", "--sync", &window.id]);
        window.types("see the log");
        window.presses("Return");
        until("the message", async || (!stage.said().await.is_empty()).then_some(())).await;
        assert_eq!(stage.said().await, ["see the log"]);
    });
}

#[test]
fn a_window_opens_where_it_was_until_it_is_told_to_forget() {
    story(PROGRAM, async |stage| {
        let window = stage.start(&["--server", &stage.link()]).await;
        stage.xdotool(&["windowsize", "--sync", &window.id, "840", "640"]);
        stage.xdotool(&["windowmove", "--sync", &window.id, "200", "120"]);
        let kept = stage.data().join("settings").join("window");
        let settled = async || {
            let text = std::fs::read_to_string(&kept).ok()?;
            (text.contains("840") && size(stage, &window.id)?.0 == 840).then_some(text)
        };
        let before = until("the place on the disk", settled).await;
        window.dies();
        let window = stage.start(&[]).await;
        until("the same size", async || (size(stage, &window.id)?.0 == 840).then_some(())).await;
        assert!(before.contains("\"maximized\":false"), "{before}");
        window.dies();
        let window = stage.start(&["--reset-window"]).await;
        until("the first size", async || (size(stage, &window.id)?.0 == 1080).then_some(())).await;
    });
}

/// Width and height of a window.
fn size(stage: &Stage, window: &str) -> Option<(u32, u32)> {
    let shown = stage.xdotool(&["getwindowgeometry", "--shell", window]);
    let text = String::from_utf8(shown.stdout).ok()?;
    let number = |name: &str| text.lines().find_map(|line| line.strip_prefix(name))?.parse().ok();
    Some((number("WIDTH=")?, number("HEIGHT=")?))
}

#[test]
fn what_keeps_a_window_from_opening_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let start = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    for (arguments, code, says) in [
        (vec!["--server", "no address"], 2, "--server"),
        (vec!["--data", ""], 2, "name a folder"),
        (vec!["--unknown"], 2, "--unknown"),
        (vec!["--data", file.to_str().unwrap()], 1, "can't be used"),
        (vec!["--data", data], 1, "There is no screen"),
    ] {
        let (ended, said) = start(&arguments);
        assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    let version = Command::new(PROGRAM).arg("--version").output().unwrap();
    assert_eq!(version.status.code(), Some(0));
    assert!(String::from_utf8(version.stdout).unwrap().starts_with("copilot-desktop "));
}
