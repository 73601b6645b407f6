//! What the sync inspector shows: a read-only dump, and rings of what happened last.
//!
//! Nothing in here changes the state. Texts of messages are shortened: a dump is for finding out what
//! the queue does, not for reading other people's words.

use std::collections::VecDeque;

use serde::Serialize;

use crate::core::Core;
use crate::effect::Effect;
use crate::event::{Event, StoreAck};
use crate::ids::{CaseKey, OperationId, RealId};
use crate::ledger::{Entry, Stage};
use crate::operation::{ExportedState, OperationKind, OperationState};
use crate::outbox::Phase;
use crate::time::Wall;

/// Steps that are remembered.
const STEPS: usize = 1000;
/// Violations that are remembered.
const VIOLATIONS: usize = 200;
/// Characters of a text that a dump shows.
const SHOWN: usize = 80;

/// A read-only dump of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// Operations, newest first.
    pub operations: Vec<InspectedOperation>,
    /// Which server case each local case became.
    pub links: Vec<(CaseKey, RealId)>,
    /// Sentences about what does not hold; empty when all is well.
    pub integrity: Vec<String>,
    /// What could not be true and was not believed, oldest first.
    pub violations: Vec<Violation>,
    /// What the last page of messages did.
    pub last_merge: Option<MergeResult>,
    /// The last steps, oldest first.
    pub steps: Vec<StepNote>,
}

/// One operation of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectedOperation {
    /// Its id, which is its idempotency key.
    pub id: OperationId,
    /// `create case`, `send message`, `rename`, `generate title`, `delete`.
    pub kind: &'static str,
    /// What it says, shortened.
    pub what: String,
    /// The case that it belongs to.
    pub case: CaseKey,
    /// The case's id on the server.
    pub server_case: Option<RealId>,
    /// Its state in one of four words.
    pub state: ExportedState,
    /// Its state in the engine's own words.
    pub detail: &'static str,
    /// Attempts since the person last asked for one.
    pub attempts: u32,
    /// When it goes on by itself, in milliseconds from now.
    pub next_try_ms: Option<u64>,
    /// When the person did it.
    pub created: Wall,
}

/// Something that came from outside, could not be true, and was not believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// When.
    pub at: Wall,
    /// What was wrong, and what was done instead.
    pub what: String,
}

/// One step, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StepNote {
    /// When, by the wall clock.
    pub at: Wall,
    /// What happened.
    pub event: &'static str,
    /// Effects that followed.
    pub effects: u32,
}

/// The rings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder {
    steps: VecDeque<StepNote>,
    violations: VecDeque<Violation>,
    merge: Option<MergeResult>,
}

impl Recorder {
    pub(crate) fn note_step(&mut self, at: Wall, event: &'static str, effects: usize) {
        if self.steps.len() == STEPS {
            self.steps.pop_front();
        }
        let effects = u32::try_from(effects).unwrap_or(u32::MAX);
        self.steps.push_back(StepNote { at, event, effects });
    }

    pub(crate) fn note_merge(&mut self, merge: MergeResult) {
        self.merge = Some(merge);
    }

    fn note_violation(&mut self, violation: Violation) {
        if self.violations.len() == VIOLATIONS {
            self.violations.pop_front();
        }
        self.violations.push_back(violation);
    }
}

/// What happened, in the fewest words.
pub(crate) const fn name_of(event: &Event) -> &'static str {
    match event {
        Event::Boot(_) => "start",
        Event::Intent(_) => "intent",
        Event::Stored(StoreAck::Appended { .. }) => "records durable",
        Event::Stored(StoreAck::Refused { .. }) => "records refused",
        Event::Stored(StoreAck::ReadBack { .. }) => "records read back",
        Event::Stored(StoreAck::LoadedEnd { .. }) => "last rows loaded",
        Event::Stored(StoreAck::Loaded { .. }) => "rows loaded",
        Event::Answered(_, Ok(_)) => "answer",
        Event::Answered(_, Err(_)) => "failed request",
        Event::Timer(_) => "timer",
        Event::Link(_) => "link hint",
        Event::Lease(_) => "lease",
        Event::Peer(_) => "other window",
        Event::Page(_) => "window shown or hidden",
        Event::Server(_) => "server known from before",
        Event::SignedIn => "signed in",
    }
}

impl Core {
    /// Remembers that something from outside could not be true.
    pub(crate) fn violation(&mut self, what: String) {
        let violation = Violation { at: self.now.wall, what };
        self.out.push(Effect::Report(violation.clone()));
        self.recorder.note_violation(violation);
    }

    /// A read-only dump for the inspector.
    #[must_use]
    pub fn inspect(&self) -> Inspection {
        let mut entries: Vec<&Entry> = self.ledger.entries().collect();
        entries
            .sort_unstable_by_key(|entry| std::cmp::Reverse((entry.op.created, entry.op.order, entry.op.id)));
        Inspection {
            operations: entries.into_iter().map(|entry| self.inspected(entry)).collect(),
            links: self.ledger.links().iter().map(|(key, real)| (key.clone(), real.clone())).collect(),
            integrity: self.check_integrity(),
            violations: self.recorder.violations.iter().cloned().collect(),
            last_merge: self.recorder.merge.clone(),
            steps: self.recorder.steps.iter().copied().collect(),
        }
    }

    /// The state of an operation in the words of the earlier extension.
    pub(crate) fn exported_state(&self, entry: &Entry) -> ExportedState {
        self.state_of(entry).exported()
    }

    fn inspected(&self, entry: &Entry) -> InspectedOperation {
        let (kind, what) = match &entry.op.kind {
            OperationKind::CreateCase { name } => ("create case", &**name),
            OperationKind::SubmitTurn { turn, .. } => ("send message", &*turn.text),
            OperationKind::Rename { title, .. } => ("rename", &**title),
            OperationKind::GenerateTitle { .. } => ("generate title", ""),
            OperationKind::Delete => ("delete", ""),
        };
        let state = self.state_of(entry);
        let next_try_ms = match state {
            OperationState::Waiting { until, .. } => Some((until - self.now.mono).0),
            _ => None,
        };
        InspectedOperation {
            id: entry.op.id,
            kind,
            what: what.chars().take(SHOWN).collect(),
            case: entry.op.case.clone(),
            server_case: self.ledger.real(&entry.op.case),
            state: state.exported(),
            detail: detail_of(&state),
            attempts: self.outbox.live.get(&entry.op.id).map_or(0, |live| live.attempts),
            next_try_ms,
            created: entry.op.created,
        }
    }

    /// Where an operation stands, durable and volatile side together.
    fn state_of(&self, entry: &Entry) -> OperationState {
        let live = self.outbox.live.get(&entry.op.id);
        match (&entry.stage, live.map(|live| live.phase)) {
            (Stage::Failed { failure, .. }, _) => OperationState::Failed(failure.clone()),
            (Stage::Stopped, _) => OperationState::Stopped,
            (_, Some(Phase::InFlight { request, since })) => OperationState::InFlight { request, since },
            (_, Some(Phase::Waiting { until, why })) => OperationState::Waiting { until, why },
            (Stage::Acknowledged(with), _) => OperationState::Acknowledged(with.clone()),
            (Stage::Open, _) if live.is_some_and(|live| live.unkept.is_some()) => OperationState::Staged,
            (Stage::Open, _) => OperationState::Ready,
        }
    }
}

const fn detail_of(state: &OperationState) -> &'static str {
    use crate::operation::{Acknowledged, Wait};
    match state {
        OperationState::Staged => "not durable yet",
        OperationState::Ready => "waits for its turn",
        OperationState::InFlight { .. } => "under way",
        OperationState::Waiting { why: Wait::Debounce, .. } => "more typing may follow",
        OperationState::Waiting { why: Wait::Undo, .. } => "can be taken back",
        OperationState::Waiting { why: Wait::Backoff, .. } => "tries again later",
        OperationState::Waiting { why: Wait::Uncertain, .. } => "may have arrived, is checked",
        OperationState::Waiting { why: Wait::Poll, .. } => "the server works on it",
        OperationState::Waiting { why: Wait::Listed, .. } => "confirmed, about to end",
        OperationState::Acknowledged(Acknowledged::Working(_)) => "accepted, the answer follows",
        OperationState::Acknowledged(_) => "answered, rows not listed yet",
        OperationState::Stopped => "stopped by the person",
        OperationState::Failed(_) => "needs the person",
    }
}

/// What a page of the server did to the rows that were there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct MergeResult {
    /// Rows of the page.
    pub listed: u32,
    /// Rows that were new.
    pub added: u32,
    /// Rows that changed.
    pub changed: u32,
    /// New rows that took the place of a local echo.
    pub bound: u32,
    /// Rows that failed the boundary check and were left out.
    pub refused: u32,
}
