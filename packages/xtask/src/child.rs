//! Runs other programs: output kept, shown only on failure or with `--verbose`, life signs while they run.
//!
//! stdin is always empty, so nothing here can wait for a person. Reading the output of a particular
//! program is up to its caller.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::progress::Step;

/// How often a silent program is looked at.
const POLL: Duration = Duration::from_millis(200);
/// How long after a program's end its last lines are awaited: its own children may hold the pipe open.
const DRAIN: Duration = Duration::from_secs(1);

/// What a finished program left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<String>,
    /// Everything in order of arrival, stdout included unless it is machine-readable.
    pub(crate) transcript: Vec<String>,
}

/// Ends a program that is stuck.
pub(crate) struct Watch<'a> {
    pub(crate) limit: Duration,
    /// A number that changes while the program works, however silent it is.
    pub(crate) sign_of_life: &'a dyn Fn() -> u64,
}

/// How to run a program.
pub(crate) struct Run<'a> {
    /// How messages call it.
    pub(crate) label: &'a str,
    pub(crate) watch: Option<Watch<'a>>,
    /// Turns a line of stdout into the state to show. `None`: the line is data, not for people.
    pub(crate) read_stdout: &'a mut dyn FnMut(&str) -> Option<String>,
}

enum Line {
    Stdout(String),
    Stderr(String),
}

/// Runs a program whose output is text for people, and fails if it fails.
pub(crate) fn run(step: &mut Step, label: &str, command: &mut Command) -> Result<Finished, Failure> {
    let finished = observe(step, label, command)?;
    succeed(step, label, finished)
}

/// Like [`run`], but a failing exit status is the caller's business.
pub(crate) fn observe(step: &mut Step, label: &str, command: &mut Command) -> Result<Finished, Failure> {
    let run = Run { label, watch: None, read_stdout: &mut |line| Some(line.to_owned()) };
    run.start(step, command)
}

/// Turns a failing exit status into a failure and shows the program's output.
pub(crate) fn succeed(step: &Step, label: &str, finished: Finished) -> Result<Finished, Failure> {
    if finished.status.success() {
        return Ok(finished);
    }
    finished.show(step);
    Err(Failure::Failed { label: label.to_owned(), status: finished.status })
}

impl Finished {
    /// Prints what the program said, unless `--verbose` has printed it already.
    pub(crate) fn show(&self, step: &Step) {
        if !step.verbose {
            let told = self.transcript.iter().filter(|line| !is_routine(line));
            told.for_each(|line| step.output(line));
        }
    }
}

impl Run<'_> {
    /// Starts the program and stays with it to its end.
    pub(crate) fn start(self, step: &mut Step, command: &mut Command) -> Result<Finished, Failure> {
        let program = command.get_program().to_string_lossy().into_owned();
        let not_started = |source| Failure::NotStarted { program: program.clone(), source };
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(not_started)?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            forward(stdout, sender.clone(), Line::Stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            forward(stderr, sender, Line::Stderr);
        }

        let mut stdout = Vec::new();
        let mut transcript = Vec::new();
        let mut state = String::new();
        let mut heard = Instant::now();
        let mut life = self.watch.as_ref().map(|watch| (watch.sign_of_life)());
        let mut ended: Option<(ExitStatus, Instant)> = None;
        loop {
            match lines.recv_timeout(POLL) {
                Ok(line) => {
                    heard = Instant::now();
                    let text = match line {
                        Line::Stderr(text) => Some(text),
                        Line::Stdout(text) => {
                            let shown = (self.read_stdout)(&text);
                            stdout.push(text);
                            shown
                        }
                    };
                    if let Some(text) = text {
                        if step.verbose {
                            step.output(&text);
                        }
                        state.clone_from(&text);
                        transcript.push(text);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !step.verbose {
                step.beat(&state);
            }
            if ended.is_some_and(|(_, at)| at.elapsed() > DRAIN) {
                break;
            }
            if ended.is_none() {
                let status = child.try_wait().map_err(not_started)?;
                ended = status.map(|status| (status, Instant::now()));
            }
            if let Some(watch) = &self.watch {
                let now = Some((watch.sign_of_life)());
                if now != life {
                    life = now;
                    heard = Instant::now();
                }
                if ended.is_none() && heard.elapsed() > watch.limit {
                    // It may have ended by itself in the meantime; then there is nothing to kill.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(Failure::Stalled {
                        label: self.label.to_owned(),
                        seconds: watch.limit.as_secs(),
                    });
                }
            }
        }
        let status = match ended {
            Some((status, _)) => status,
            None => child.wait().map_err(not_started)?,
        };
        Ok(Finished { status, stdout, transcript })
    }
}

/// cargo's line per crate, which only tells that all is well.
fn is_routine(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let verb = words.next().unwrap_or_default();
    line.starts_with(' ') && matches!(verb, "Compiling" | "Checking" | "Downloaded" | "Adding" | "Locking")
}

/// Sends a stream line by line; bytes that are not UTF-8 are replaced, never lost with their line.
fn forward(stream: impl Read + Send + 'static, lines: Sender<Line>, kind: fn(String) -> Line) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut buffer = Vec::new();
        while matches!(reader.read_until(b'\n', &mut buffer), Ok(length) if length > 0) {
            let text = String::from_utf8_lossy(&buffer);
            if lines.send(kind(text.trim_end_matches(['\n', '\r']).to_owned())).is_err() {
                break;
            }
            buffer.clear();
        }
    });
}

/// The trimmed stdout of a quick query, or nothing if it cannot be answered.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
