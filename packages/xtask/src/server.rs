//! Builds the local server and runs it as a child until it ends or the person ends it.
//!
//! What the server says about ports, folders and data is its own; its exit code is passed on.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Context;
use crate::cargo::{self, Product};
use crate::failure::Failure;
use crate::progress::{Step, print_result};
use crate::words;

const NAME: &str = "copilot-server";
/// What the server's only line of output starts with.
const ANNOUNCEMENT: &str = "listening on ";
/// How often the child is looked at.
const POLL: Duration = Duration::from_millis(200);
/// Ctrl-C reaches the child by itself; a signal to this program alone does not, and is passed on after this time.
const PASS_ON_AFTER: Duration = Duration::from_secs(1);
/// The server finishes what it is answering; after this time it hangs.
const END_AFTER: Duration = Duration::from_secs(15);

/// Builds the server as people run it.
pub(crate) fn build(context: &Context, step: &mut Step) -> Result<PathBuf, Failure> {
    let mut command = context.workspace.cargo();
    command.args(["build", "--release"]);
    cargo::build(step, NAME, Product::Executable, &mut command)
}

/// A server that runs and has not yet said where.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    interrupts: Receiver<()>,
}

impl Server {
    /// Starts it. From here on Ctrl-C no longer ends this program by itself.
    pub(crate) fn start(program: &Path, configure: impl FnOnce(&mut Command)) -> Result<Self, Failure> {
        let (sender, interrupts) = mpsc::channel();
        ctrlc::set_handler(move || {
            // The receiver is gone only when this program is ending anyway.
            let _ = sender.send(());
        })?;
        let mut command = Command::new(program);
        configure(&mut command);
        // The terminal stays the server's: Enter asks it for another link.
        let child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| Failure::NotStarted { program: NAME.to_owned(), source })?;
        Ok(Self { child, interrupts })
    }

    /// Stays until the server has ended; calls `ready` with its address once.
    pub(crate) fn attend(mut self, ready: impl FnOnce(&str) + Send + 'static) -> Result<(), Failure> {
        if let Some(stdout) = self.child.stdout.take() {
            thread::spawn(move || listen(stdout, ready));
        }
        loop {
            match self.interrupts.recv_timeout(POLL) {
                Ok(()) => return self.stop(),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            if let Some(status) = self.ended()? {
                // A signal that has not been reported yet was meant for both.
                return match self.interrupts.try_recv() {
                    Ok(()) => {
                        stopped();
                        Ok(())
                    }
                    Err(_) if status.success() => Ok(()),
                    Err(_) => Err(ended_badly(status)),
                };
            }
        }
    }

    /// The person has asked for the end: wait for it, ask again, then insist.
    fn stop(mut self) -> Result<(), Failure> {
        let asked = Instant::now();
        let mut passed_on = false;
        while self.ended()?.is_none() {
            if asked.elapsed() > END_AFTER {
                eprintln!("{}", words::TAKES_LONG);
                let _ = self.child.kill();
                let _ = self.child.wait();
                break;
            }
            if !passed_on && asked.elapsed() > PASS_ON_AFTER {
                passed_on = true;
                self.ask_to_end();
            }
            let _ = self.interrupts.recv_timeout(POLL);
        }
        stopped();
        Ok(())
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child.try_wait().map_err(|source| Failure::NotStarted { program: NAME.to_owned(), source })
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        if let Ok(id) = i32::try_from(self.child.id()) {
            // It may have ended in this moment, which is what is wanted.
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    }

    #[cfg(not(unix))]
    fn ask_to_end(&self) {}
}

fn stopped() {
    eprintln!("{}", words::STOPPED);
}

/// Waits for the address; whatever else the server prints is shown as it is.
fn listen(stdout: ChildStdout, ready: impl FnOnce(&str)) {
    let mut ready = Some(ready);
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        match (line.strip_prefix(ANNOUNCEMENT), ready.take()) {
            (Some(url), Some(ready)) => ready(url.trim()),
            (_, waiting) => {
                ready = waiting;
                print_result(&line);
            }
        }
    }
}

/// The exit code to pass on. A server that a signal ended had no chance to say why.
fn ended_badly(status: ExitStatus) -> Failure {
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(code) => Failure::Server(code),
        None => Failure::Failed { label: NAME.to_owned(), status },
    }
}
