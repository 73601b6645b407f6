//! Traces: everything that a core was told since its start, so that what it did can be done again.
//!
//! A core is a pure function of its seed and its events. A [`Trace`] holds both, and [`Replay`] runs a new
//! core over them, one step at a time; its effects are dropped, so a replay never sends, stores or shows
//! anything. A trace holds the words of messages: it is exported by the person who owns them, never sent.

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::core::Core;
use crate::entropy::Entropy;
use crate::event::{Event, StoreAck};
use crate::intent::Intent;
use crate::journal::{Record, Sequenced};
use crate::model::Turn;
use crate::request::Reply;
use crate::time::Now;

/// The format of exported traces.
const VERSION: u32 = 1;
/// Longest trace that is kept, in steps and in bytes of content, roughly: a morning's work. After that a
/// trace from the start would cost more memory than it is worth.
const STEPS_MAX: usize = 20_000;
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why a text is not a trace, or its replay not the same run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// It cannot be read.
    #[error("this is not a trace of FaultMaven Copilot: {0}")]
    Unreadable(String),
    /// It is of another version.
    #[error("this trace has format {found}; this program reads format {VERSION}")]
    Version {
        /// The version it says.
        found: u32,
    },
    /// The replay came to another state: another program has recorded it.
    #[error("the replay ended in another state than the recording: it is of another version of the program")]
    Diverged,
}

/// A recorded run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    version: u32,
    seed: [u64; 4],
    steps: Vec<TracedStep>,
    /// Fingerprint of the state after the last step.
    digest: u64,
}

/// One step of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedStep {
    /// When it happened.
    pub now: Now,
    /// What happened.
    pub event: Event,
}

/// Records a run from its start on, until it grows too long.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    seed: [u64; 4],
    /// `None` once the run was too long.
    steps: Option<Vec<TracedStep>>,
    bytes: usize,
}

impl Tape {
    pub(crate) const fn new(seed: [u64; 4]) -> Self {
        Self { seed, steps: Some(Vec::new()), bytes: 0 }
    }

    pub(crate) fn record(&mut self, now: Now, event: &Event) {
        let Some(steps) = &mut self.steps else { return };
        self.bytes += size_of_val(event) + content(event);
        if steps.len() == STEPS_MAX || self.bytes > BYTES_MAX {
            self.steps = None;
        } else {
            steps.push(TracedStep { now, event: event.clone() });
        }
    }
}

/// Bytes that an event holds beyond its own size, roughly.
fn content(event: &Event) -> usize {
    let of_turn = |turn: &Turn| turn.text.len() + turn.data.as_ref().map_or(0, crate::model::Data::len);
    let of_records = |records: &[Sequenced]| -> usize {
        let of = |record: &Sequenced| match &record.record {
            Record::Operation(op) => match &op.kind {
                crate::operation::OperationKind::SubmitTurn { turn, .. } => of_turn(turn),
                _ => 0,
            },
            Record::Draft { draft, .. } => draft.text.len(),
            _ => 0,
        };
        records.iter().map(|record| size_of_val(record) + of(record)).sum()
    };
    match event {
        Event::Boot(recovered) => of_records(&recovered.records) + size_of_val(&*recovered.cases),
        Event::Intent(Intent::Submit { turns, .. }) => turns.iter().map(of_turn).sum(),
        Event::Intent(Intent::Say { turn, .. }) => of_turn(turn),
        Event::Intent(Intent::KeepDraft { draft, .. }) => {
            draft.text.len() + draft.data.iter().map(crate::model::Data::len).sum::<usize>()
        }
        Event::Stored(StoreAck::ReadBack { records, .. }) => of_records(records),
        Event::Stored(StoreAck::Loaded { rows, .. } | StoreAck::LoadedEnd { rows, .. }) => {
            rows.iter().map(|row| size_of_val(row) + row.message.text.len()).sum()
        }
        Event::Answered(_, Ok(Reply::Messages(page))) => {
            page.rows.iter().map(|row| size_of_val(row) + row.text.len()).sum()
        }
        Event::Answered(_, Ok(Reply::Cases(page))) => size_of_val(&*page.rows),
        Event::Answered(_, Ok(Reply::Answered { answer, .. })) => answer.text.len(),
        _ => 0,
    }
}

impl Core {
    /// Everything since the start; `None` once that is too much to keep.
    #[must_use]
    pub fn trace(&self) -> Option<Trace> {
        let steps = self.tape.steps.clone()?;
        Some(Trace { version: VERSION, seed: self.tape.seed, steps, digest: self.digest() })
    }
}

impl Trace {
    /// The trace as JSON text, for a file.
    ///
    /// # Errors
    /// [`TraceError::Unreadable`] if it cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, TraceError> {
        serde_json::to_string(self).map_err(|error| TraceError::Unreadable(error.to_string()))
    }

    /// Reads a trace.
    ///
    /// # Errors
    /// [`TraceError::Unreadable`] and [`TraceError::Version`].
    pub fn from_json(text: &str) -> Result<Self, TraceError> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let unreadable = |error: serde_json::Error| TraceError::Unreadable(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.version != VERSION {
            return Err(TraceError::Version { found: head.version });
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    /// The steps, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[TracedStep] {
        &self.steps
    }

    /// A new run over the same events.
    #[must_use]
    pub fn replay(&self) -> Replay<'_> {
        let core = Core::new(Config::default(), Entropy::from_state(self.seed));
        Replay { trace: self, core, done: 0 }
    }
}

/// A run over a trace, one step at a time.
pub struct Replay<'a> {
    trace: &'a Trace,
    core: Core,
    done: usize,
}

impl Replay<'_> {
    /// Does the next step; false when there is none.
    pub fn step(&mut self) -> bool {
        let Some(step) = self.trace.steps.get(self.done) else {
            return false;
        };
        // Nobody carries the effects out: what came of them is in the events that follow.
        self.core.step(step.now, step.event.clone(), &mut Vec::new());
        self.done += 1;
        true
    }

    /// Steps that were done.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.done
    }

    /// The state after the steps so far.
    #[must_use]
    pub const fn core(&self) -> &Core {
        &self.core
    }

    /// Does the rest and compares with the recording.
    ///
    /// # Errors
    /// [`TraceError::Diverged`] if the state is another one.
    pub fn finish(mut self) -> Result<Core, TraceError> {
        while self.step() {}
        if self.core.digest() == self.trace.digest { Ok(self.core) } else { Err(TraceError::Diverged) }
    }
}

#[cfg(test)]
mod tests;
