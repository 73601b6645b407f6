//! Numbered steps with what, why and elapsed time, on stderr.
//!
//! On a terminal the current state is redrawn in place; elsewhere a line now and then shows that it is alive.
//! Results (addresses, tables, counts) go to stdout through [`print_result`].

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::words::Title;

/// How often the state is redrawn on a terminal.
const REDRAW: Duration = Duration::from_millis(200);
/// How often a line is written where output is a file: CI services end jobs that are silent for minutes.
const ALIVE: Duration = Duration::from_secs(30);
/// Characters of the state line that fit a terminal of 80 columns with indent and time.
const STATE_WIDTH: usize = 60;

/// Counts the steps of one command.
#[derive(Debug)]
pub(crate) struct Progress {
    total: usize,
    current: usize,
    verbose: bool,
}

/// The step that is running.
#[derive(Debug)]
pub(crate) struct Step {
    started: Instant,
    drawn: Instant,
    terminal: bool,
    note: Option<String>,
    pub(crate) verbose: bool,
}

impl Progress {
    pub(crate) fn new(total: usize, verbose: bool) -> Self {
        Self { total, current: 0, verbose }
    }

    /// Runs one step and says how it went. The outcome is the work's own.
    pub(crate) fn step<T>(
        &mut self,
        title: Title,
        work: impl FnOnce(&mut Step) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.current += 1;
        eprintln!("[{}/{}] {}: {}", self.current, self.total, title.what, title.why);
        let mut step = Step {
            started: Instant::now(),
            drawn: Instant::now(),
            terminal: io::stderr().is_terminal() && !self.verbose,
            note: None,
            verbose: self.verbose,
        };
        let outcome = work(&mut step);
        step.erase();
        let word = if outcome.is_ok() { "done" } else { "failed" };
        let note = step.note.take().map(|note| format!(", {note}")).unwrap_or_default();
        eprintln!("      {word} in {}{note}", elapsed(step.started.elapsed()));
        outcome
    }
}

impl Step {
    /// Shows what is going on right now, if it is time for it.
    pub(crate) fn beat(&mut self, state: &str) {
        let pause = if self.terminal { REDRAW } else { ALIVE };
        if self.drawn.elapsed() < pause {
            return;
        }
        self.drawn = Instant::now();
        let state: String = state.trim().chars().filter(|c| !c.is_control()).take(STATE_WIDTH).collect();
        let time = elapsed(self.started.elapsed());
        if self.terminal {
            eprint!("\r\x1b[2K      {time} · {state}");
        } else {
            eprintln!("      {time} · {state}");
        }
    }

    /// A sentence that stays.
    pub(crate) fn say(&self, sentence: &str) {
        self.erase();
        eprintln!("      {sentence}");
    }

    /// A line of another program's output.
    pub(crate) fn output(&self, line: &str) {
        self.erase();
        eprintln!("{line}");
    }

    /// What to add to the closing line of the step.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.note = Some(note.into());
    }

    fn erase(&self) {
        if self.terminal {
            eprint!("\r\x1b[2K");
        }
    }
}

/// Prints lines on stdout. A closed pipe is the reader's decision, not a failure.
pub(crate) fn print_result(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// A duration as people say it: `0.4 s`, `12 s`, `3 min 05 s`.
pub(crate) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(elapsed(Duration::from_millis(420)), "0.4 s");
        assert_eq!(elapsed(Duration::from_secs(59)), "59 s");
        assert_eq!(elapsed(Duration::from_secs(185)), "3 min 05 s");
    }
}
