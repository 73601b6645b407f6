//! Enter, pressed where the server runs.
//!
//! Input that is no terminal is never read: a service has none, and a script means nothing by it.

use std::io::{IsTerminal as _, stdin};
use std::thread;
use std::time::Duration;

/// How long a program that was put into the background waits before it looks again whether it is in front.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Calls back with every Enter from now on, until that says no. False if nobody can press it.
pub(crate) fn on_enter(mut call: impl FnMut() -> bool + Send + 'static) -> bool {
    if !stdin().is_terminal() {
        return false;
    }
    thread::spawn(move || {
        let mut line = String::new();
        loop {
            await_input();
            line.clear();
            match stdin().read_line(&mut line) {
                Ok(read) if read > 0 && call() => {}
                // The terminal is gone, or nobody listens any more.
                _ => return,
            }
        }
    });
    true
}

/// Waits for something to read. What is typed while another program is in front belongs to that one, and a program that
/// reads it all the same is stopped by the system.
#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "a thread of its own, on which nothing else waits")]
fn await_input() {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd as _;

    loop {
        let input = stdin();
        let mut waits = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
        // Interrupted by a signal is no reason to read.
        let is_ready = poll(&mut waits, PollTimeout::NONE).is_ok_and(|ready| ready > 0);
        if is_ready && is_in_front() {
            return;
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// Whether the terminal listens to this program. One that does not belong to its session stops nobody.
#[cfg(unix)]
fn is_in_front() -> bool {
    use nix::unistd::{getpgrp, tcgetpgrp};
    tcgetpgrp(stdin()).map_or(true, |front| front == getpgrp())
}

#[cfg(not(unix))]
fn await_input() {}
