//! What is measured, what it may be, and what it could be at best.

/// Which of many samples a budget is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    Median,
    P95,
    P99,
}

impl Judged {
    pub(super) const fn permille(self) -> usize {
        match self {
            Self::Median => 500,
            Self::P95 => 950,
            Self::P99 => 990,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }
}

/// What nothing can be faster than.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// One picture of a screen with 60 Hz.
    Frame,
    /// A write of 1 KB that survives the loss of power, measured on this machine.
    Fdatasync,
    /// A byte to a server of this machine and back, measured.
    Loopback,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The name that who measures prints.
    pub(super) measure: &'static str,
    pub(super) what: &'static str,
    /// In the unit of the samples; `None` where the figure is only reported.
    pub(super) budget: Option<(Judged, f64)>,
    pub(super) limit: Option<Limit>,
}

const fn row(
    measure: &'static str,
    what: &'static str,
    budget: Option<(Judged, f64)>,
    limit: Option<Limit>,
) -> Row {
    Row { measure, what, budget, limit }
}

/// Milliseconds of a frame at 60 Hz.
pub(super) const FRAME: f64 = 1_000.0 / 60.0;

use Judged::{Median, P95, P99};
use Limit::{Fdatasync, Frame, Loopback};

/// The budgets of the issue "Speed by numbers", in its order, and then what is only reported.
pub(super) const ROWS: [Row; 34] = [
    row("web.enter", "Enter to painted", Some((P95, FRAME)), Some(Frame)),
    row("web.enter.slow", "Enter to painted, processor 4 times slower", Some((P95, 50.0)), Some(Frame)),
    row("web.enter.bare", "Enter to painted, a page that only adds a line", None, Some(Frame)),
    row("web.open", "open a case of 10,000 messages", Some((P95, 100.0)), Some(Frame)),
    row("web.open.first", "the same, the first time after a start", Some((P95, 100.0)), Some(Frame)),
    row("web.start", "start to usable list, page", Some((P95, 300.0)), Some(Frame)),
    row("web.start.tab", "the same, in a new tab", Some((P95, 300.0)), Some(Frame)),
    row("extension.start", "start to usable list, extension", Some((P95, 300.0)), Some(Frame)),
    row("desktop.start", "start to usable window, desktop", Some((P95, 500.0)), Some(Frame)),
    row("mobile.start", "start to usable window, phone preview", None, Some(Frame)),
    row("core.intent.wasm", "core step for an intent, WebAssembly", Some((P99, 0.5)), Some(Frame)),
    row("core.intent", "core step for an intent, native", Some((P99, 0.05)), Some(Frame)),
    row("core.page", "core step for a page of 100 messages, native", Some((P99, 1.0)), Some(Frame)),
    row("web.scroll", "a frame while 10,000 messages are scrolled", Some((P95, 32.0)), Some(Frame)),
    row("web.size", "eager code of the panel, gzip", Some((Median, 281.0)), None),
    row("web.size.brotli", "the same as Brotli, which the local server hands out", None, None),
    row("web.memory.idle", "JavaScript heap and module, idle", Some((Median, 12.0)), None),
    row("web.memory.loaded", "the same, 10,000 cases and messages", Some((Median, 60.0)), None),
    row("store.bytes.small", "bytes per message beyond twice its own", Some((P99, 1_024.0)), None),
    row("store.bytes.large", "the same after 100,000 messages", Some((P99, 1_024.0)), None),
    row("store.append", "a message on the disk, native", None, Some(Fdatasync)),
    row("store.recovery", "recovery of 10,000 operations, native", Some((P95, 50.0)), Some(Fdatasync)),
    row("outbox.drain", "1,000 turns sent, of N / lanes x 50 ms", Some((Median, 1.1)), None),
    row("server.rate.few", "local server, 100 clients, 1,000 cases", None, None),
    row("server.turn.few", "a turn of these", None, Some(Loopback)),
    row("server.rate.many", "local server, 100 clients, 10,000 cases", None, None),
    row("server.turn.many", "a turn of these", None, Some(Loopback)),
    row("triage.10mb", "triage of 10 MB", None, None),
    row("extension.size", "archive of the extension, diagrams included", None, None),
    row("extension.memory", "JavaScript heap and module, extension", None, None),
    row("desktop.size", "desktop program", None, None),
    row("mobile.size", "phone preview", None, None),
    row("desktop.memory", "desktop program with its page engine", None, None),
    row("mobile.memory", "phone preview with its page engine", None, None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_measure_and_words_of_its_own() {
        for (index, row) in ROWS.iter().enumerate() {
            assert!(ROWS.iter().skip(index + 1).all(|other| other.measure != row.measure), "{}", row.measure);
            assert!(row.budget.is_none_or(|(_, budget)| budget > 0.0));
        }
    }
}
