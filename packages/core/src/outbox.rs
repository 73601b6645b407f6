//! What is under way: the volatile side of operations, their lanes and their order.
//!
//! Lanes are FIFO, different lanes run side by side. This module only keeps the books; when
//! something may be sent is decided in `dispatch`, what follows from an answer in `reconcile`.

use std::collections::VecDeque;

use crate::ids::{CaseKey, OperationId};
use crate::journal::{BatchId, Epoch};
use crate::lookup::Lookup;
use crate::operation::{Lane, Wait};
use crate::ordered::{OrderedMap, OrderedSet};
use crate::request::RequestId;
use crate::time::{Mono, Wall};

/// Messages that are over elsewhere and wait for their rows here: more than a window ever shows at once.
const AWAITED: usize = 64;

/// Where an operation is right now. Gone after a restart, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// Nothing is under way.
    Idle,
    /// A request is open.
    InFlight { request: RequestId, since: Mono },
    /// Held back until a moment.
    Waiting { until: Mono, why: Wait },
}

/// How an operation counts in the totals of its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Tally {
    /// On its way or done.
    #[default]
    None,
    /// It waits.
    Waiting,
    /// It needs the person, or stands behind one that does.
    NotSent,
}

/// The volatile side of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Live {
    pub(crate) phase: Phase,
    /// The append that its record, or the record of its first attempt, is part of, while that is
    /// not durable: nothing leaves before it is (I1).
    pub(crate) unkept: Option<BatchId>,
    /// Its record is durable.
    pub(crate) operation_kept: bool,
    /// The record of its first attempt is durable.
    pub(crate) attempt_kept: bool,
    /// Attempts that reached the server, or may have.
    pub(crate) attempts: u32,
    /// No other instance sent it before this one.
    pub(crate) first_sent_here: bool,
    /// Under which epoch this instance has stated that it is about to send it.
    pub(crate) claimed: Option<Epoch>,
    /// When this instance sent it first: a wall clock that was set back does not make a key younger.
    pub(crate) attempted_at: Option<Mono>,
    /// The server does not want it again before this moment, by its own word (I12).
    pub(crate) not_before: Option<Mono>,
    /// Its failure is known, and it may not be tried again before this moment.
    pub(crate) failed_until: Option<Mono>,
    /// The last attempt left and no trustworthy answer came.
    pub(crate) uncertain: bool,
    /// Since when an attempt may have run that nobody here knows the outcome of: the last one of this instance, or
    /// what others sent before this one could.
    pub(crate) in_doubt_since: Option<Mono>,
    /// The server's list was read and does not hold the message, although its key may have expired.
    pub(crate) verified: bool,
    /// Its tries are used up, and before the person is told it is looked for once more.
    pub(crate) last_look: Option<LastLook>,
    /// When this instance first saw the operation.
    pub(crate) seen_at: Mono,
    /// When the server's acknowledgement was seen.
    pub(crate) acknowledged_at: Option<Mono>,
    /// When the answer began to be waited for, on screen.
    pub(crate) thinking_since: Option<Mono>,
    /// Polls of a job so far, and when the first one was.
    pub(crate) polls: u32,
    pub(crate) polling_since: Option<Mono>,
    pub(crate) tally: Tally,
}

/// What the last of all tries met, for the person who is told of it when the message is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LastLook {
    pub(crate) tries: u32,
    pub(crate) status: Option<u16>,
}

impl Live {
    pub(crate) const fn new(unkept: Option<BatchId>, seen_at: Mono) -> Self {
        Self {
            phase: Phase::Idle,
            unkept,
            operation_kept: unkept.is_none(),
            attempt_kept: unkept.is_none(),
            attempts: 0,
            first_sent_here: false,
            claimed: None,
            attempted_at: None,
            not_before: None,
            failed_until: None,
            uncertain: false,
            in_doubt_since: None,
            verified: false,
            last_look: None,
            seen_at,
            acknowledged_at: None,
            thinking_since: None,
            polls: 0,
            polling_since: None,
            tally: Tally::None,
        }
    }
}

/// Totals of one case or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    pub(crate) waiting: u32,
    pub(crate) not_sent: u32,
}

impl Totals {
    fn count(&mut self, tally: Tally, by: i32) {
        let slot = match tally {
            Tally::None => return,
            Tally::Waiting => &mut self.waiting,
            Tally::NotSent => &mut self.not_sent,
        };
        *slot = slot.saturating_add_signed(by);
    }
}

/// One lane: the operations that have not left it, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct LaneQueue {
    pub(crate) queue: OrderedSet<(u64, OperationId)>,
    /// The operations of the queue that failed.
    pub(crate) failed: OrderedSet<(u64, OperationId)>,
}

/// A lane whose next operation could leave now: oldest first, whatever its case.
pub(crate) type Candidate = (Wall, u64, Lane);

/// The books.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox {
    pub(crate) live: Lookup<OperationId, Live>,
    pub(crate) lanes: OrderedMap<Lane, LaneQueue>,
    pub(crate) candidates: OrderedSet<Candidate>,
    candidate_of: OrderedMap<Lane, Candidate>,
    /// When operations that wait go on.
    pub(crate) deadlines: OrderedSet<(Mono, OperationId)>,
    /// When rows change their look by themselves.
    pub(crate) looks: OrderedSet<(Mono, OperationId)>,
    /// Since when the answers of messages are awaited that are over elsewhere, while their rows are not here.
    /// The newest, oldest first.
    pub(crate) awaited_since: VecDeque<(OperationId, Mono)>,
    totals: Totals,
    /// Operations in all lanes, and those of them that failed.
    queued: usize,
    failed: usize,
    totals_of: OrderedMap<CaseKey, Totals>,
}

impl Outbox {
    /// Moves an operation to another phase and keeps the deadlines in step.
    pub(crate) fn set_phase(&mut self, op: OperationId, phase: Phase) {
        let Some(live) = self.live.get_mut(&op) else {
            return;
        };
        if let Phase::Waiting { until, .. } = live.phase {
            self.deadlines.remove(&(until, op));
        }
        if let Phase::Waiting { until, .. } = phase {
            self.deadlines.insert((until, op));
        }
        live.phase = phase;
    }

    /// The requests that are open for operations, oldest first.
    pub(crate) fn in_flight(&self) -> Vec<RequestId> {
        let open = self.live.values().filter_map(|live| match live.phase {
            Phase::InFlight { request, .. } => Some(request),
            Phase::Idle | Phase::Waiting { .. } => None,
        });
        let mut open: Vec<_> = open.collect();
        open.sort_unstable();
        open
    }

    pub(crate) fn enqueue(&mut self, lane: Lane, order: u64, op: OperationId) {
        let new = self.lanes.entry(lane).or_default().queue.insert((order, op));
        self.queued += usize::from(new);
    }

    pub(crate) fn dequeue(&mut self, lane: &Lane, order: u64, op: OperationId) {
        if let Some(queue) = self.lanes.get_mut(lane) {
            self.queued -= usize::from(queue.queue.remove(&(order, op)));
            self.failed -= usize::from(queue.failed.remove(&(order, op)));
            if queue.queue.is_empty() {
                self.lanes.remove(lane);
            }
        }
    }

    /// Notes whether an operation of a lane failed. True if that changed anything.
    pub(crate) fn mark_failed(&mut self, lane: &Lane, order: u64, op: OperationId, failed: bool) -> bool {
        let Some(queue) = self.lanes.get_mut(lane) else {
            return false;
        };
        if failed {
            let new = queue.failed.insert((order, op));
            self.failed += usize::from(new);
            new
        } else {
            let gone = queue.failed.remove(&(order, op));
            self.failed -= usize::from(gone);
            gone
        }
    }

    /// Remembers since when the answer of a message is awaited that is over elsewhere.
    pub(crate) fn note_awaited(&mut self, op: OperationId, since: Mono) {
        if self.awaited_since.len() == AWAITED {
            self.awaited_since.pop_front();
        }
        self.awaited_since.push_back((op, since));
    }

    /// What was queued and counted for one case is another's: both are the same case. Operations have to be
    /// queued anew.
    pub(crate) fn merge_case(&mut self, from: &CaseKey, into: &CaseKey) {
        for lane in [Lane::Talk(from.clone()), Lane::Meta(from.clone())] {
            if let Some(queue) = self.lanes.remove(&lane) {
                self.queued -= queue.queue.len();
                self.failed -= queue.failed.len();
            }
            self.set_candidate(&lane, None);
        }
        if let Some(moved) = self.totals_of.remove(from) {
            let totals = self.totals_of.entry(into.clone()).or_default();
            totals.waiting += moved.waiting;
            totals.not_sent += moved.not_sent;
        }
    }

    /// Whether nothing is on its way, in no lane.
    pub(crate) const fn is_at_rest(&self) -> bool {
        self.queued == self.failed
    }

    /// Says whether the next operation of a lane could leave now.
    pub(crate) fn set_candidate(&mut self, lane: &Lane, candidate: Option<(Wall, u64)>) {
        if let Some(old) = self.candidate_of.remove(lane) {
            self.candidates.remove(&old);
        }
        if let Some((created, order)) = candidate {
            let candidate = (created, order, lane.clone());
            self.candidate_of.insert(lane.clone(), candidate.clone());
            self.candidates.insert(candidate);
        }
    }

    /// Forgets an operation that is over. True if it counted in the totals.
    pub(crate) fn forget(&mut self, op: OperationId, case: &CaseKey) -> bool {
        let counted = self.set_tally(op, case, Tally::None);
        if let Some(live) = self.live.remove(&op)
            && let Phase::Waiting { until, .. } = live.phase
        {
            self.deadlines.remove(&(until, op));
        }
        counted
    }

    /// Counts an operation in the totals. True if its count changed.
    pub(crate) fn set_tally(&mut self, op: OperationId, case: &CaseKey, tally: Tally) -> bool {
        let Some(live) = self.live.get_mut(&op) else {
            return false;
        };
        let before = std::mem::replace(&mut live.tally, tally);
        if before == tally {
            return false;
        }
        let of_case = self.totals_of.entry(case.clone()).or_default();
        for totals in [&mut self.totals, of_case] {
            totals.count(before, -1);
            totals.count(tally, 1);
        }
        if *of_case == Totals::default() {
            self.totals_of.remove(case);
        }
        true
    }

    pub(crate) fn totals(&self) -> Totals {
        self.totals
    }

    pub(crate) fn totals_of(&self, case: &CaseKey) -> Totals {
        self.totals_of.get(case).copied().unwrap_or_default()
    }

    /// Rows look different from this moment on.
    pub(crate) fn look_again(&mut self, at: Mono, op: OperationId) {
        self.looks.insert((at, op));
    }
}

impl Outbox {
    /// Feeds everything into a fingerprint.
    pub(crate) fn fingerprint(&self, state: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        let mut live: Vec<_> = self.live.iter().collect();
        live.sort_unstable_by_key(|(op, _)| **op);
        live.hash(state);
        for (lane, queue) in &self.lanes {
            lane.hash(state);
            queue.queue.hash(state);
        }
    }
}

#[cfg(test)]
mod tests;
