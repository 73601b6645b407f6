//! Opens the panel in the person's browser, where there is a screen to open it on.

use std::env;
use std::process::{Command, Stdio};

use crate::workspace::find_program;

/// Asks the system to show the address. Nobody is told if it does not: the address is on the screen anyway.
pub(crate) fn open(url: &str) {
    let Some(mut command) = opener() else {
        return;
    };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    detach(&mut command);
    let _ = command.spawn();
}

fn opener() -> Option<Command> {
    if cfg!(target_os = "macos") {
        return Some(Command::new("open"));
    }
    if cfg!(windows) {
        let mut command = Command::new("cmd");
        // The empty argument is the window's title; without it `start` takes a quoted address for one.
        command.args(["/C", "start", ""]);
        return Some(command);
    }
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
    display.then(|| find_program("xdg-open")).flatten().map(Command::new)
}

/// Ctrl-C here must not close a browser that was started from here.
#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
fn detach(_command: &mut Command) {}
