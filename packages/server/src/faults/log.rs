//! The log of `/__faults/log`: what arrived and what became of it.
//!
//! A request is noted when it arrives, so one that hangs or was dropped is there too, with nothing run.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Value, json};

use super::engine::Arrival;

/// Log entries that are kept; older ones are dropped.
const LOG_LENGTH: usize = 100_000;

/// The log, oldest entry first.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    last: u64,
}

/// One line of the log.
#[derive(Clone, Debug, Serialize)]
struct Entry {
    n: u64,
    t_ms: u64,
    method: String,
    path: String,
    key: Option<String>,
    rule: Option<String>,
    kind: Option<&'static str>,
    latency_ms: u64,
    status: Option<u16>,
    runs: u32,
    committed: bool,
    replayed: bool,
    turn_number: Option<u32>,
}

/// What the rules decided about an arrival.
pub(super) struct Decision {
    /// The last rule that fired.
    pub(super) rule: Option<String>,
    /// Its kind of fault.
    pub(super) kind: Option<&'static str>,
    /// The sum of the latencies of all that fired.
    pub(super) latency_ms: u64,
}

/// What became of one run of the handler, for the log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ran {
    pub(crate) status: u16,
    pub(crate) committed: bool,
    pub(crate) replayed: bool,
    pub(crate) turn_number: Option<u32>,
}

impl Log {
    /// Forgets everything and counts from 1 again.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes an arrival and returns its number.
    pub(super) fn note_arrival(&mut self, t_ms: u64, arrival: &Arrival<'_>, decision: Decision) -> u64 {
        self.last += 1;
        if self.entries.len() == LOG_LENGTH {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            n: self.last,
            t_ms,
            method: arrival.method.to_owned(),
            path: arrival.path.to_owned(),
            key: arrival.key.map(str::to_owned),
            rule: decision.rule,
            kind: decision.kind,
            latency_ms: decision.latency_ms,
            status: None,
            runs: 0,
            committed: false,
            replayed: false,
            turn_number: None,
        });
        self.last
    }

    /// Notes one run of the handler. The first run's answer is the one that is reported.
    pub(super) fn note_run(&mut self, entry: u64, ran: Ran) {
        self.amend(entry, |line| {
            line.runs += 1;
            line.committed |= ran.committed;
            line.replayed |= ran.replayed;
            line.status = line.status.or(Some(ran.status));
            line.turn_number = line.turn_number.or(ran.turn_number);
        });
    }

    /// Notes the status that was sent instead of the handler's.
    pub(super) fn note_status(&mut self, entry: u64, status: u16) {
        self.amend(entry, |line| line.status = Some(status));
    }

    fn amend(&mut self, entry: u64, change: impl FnOnce(&mut Entry)) {
        if let Some(line) = self.entries.iter_mut().rev().find(|line| line.n == entry) {
            change(line);
        }
    }

    /// The entries after number `after`, and the number to ask with next.
    pub(super) fn after(&self, after: u64) -> Value {
        let entries: Vec<&Entry> = self.entries.iter().filter(|entry| entry.n > after).collect();
        json!({ "next": entries.last().map_or(after, |entry| entry.n), "entries": entries })
    }
}
