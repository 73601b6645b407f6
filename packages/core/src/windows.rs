//! Windows and the store: what is durable, who sends, what other windows know.
//!
//! The windows of a profile share one journal. Each numbers nothing itself: the store gives every
//! record its place, a window applies the records of the others in that order, and a gap in the
//! numbers is read back from the store.

mod keeping;
mod replica;

use std::collections::VecDeque;

use crate::core::Core;
use crate::effect::{CacheWrite, Effect};
use crate::event::LeaseEvent;
use crate::ids::{CaseKey, OperationId};
use crate::journal::{Batch, BatchId, Damage, Durability, Epoch, Record, Recovered, Sequence, Writer};
use crate::ledger::Stage;
use crate::operation::{Acknowledged, OperationKind, Wait};
use crate::outbox::Phase;
use crate::time::{Millis, Mono};
use crate::view::{StoreHealth, ViewPatch, WindowRole};

/// Wait before records that found no room are written again.
const REWRITE_AFTER: Millis = Millis::seconds(2);
/// Records that are appended before a compaction is considered at all.
const COMPACT_FROM: u64 = 2000;
/// How many times larger than the state itself the journal may grow.
const COMPACT_FACTOR: u64 = 4;

/// Books about the store and the other windows.
#[derive(Debug, Clone)]
pub(crate) struct Windows {
    writer: Writer,
    epoch: Option<Epoch>,
    last_batch: u64,
    /// Appends that are not acknowledged, in order.
    pending: VecDeque<Batch>,
    /// Facts that found no room; they hold here and are written again.
    unkept: Vec<Record>,
    /// Confirmed rows of other windows that came before the facts which name them.
    early: Vec<CacheWrite>,
    /// When they are.
    pub(crate) retry_at: Option<Mono>,
    /// Position of the first record that this window has not applied.
    next: Sequence,
    /// A read-back is under way, from this position on.
    reading_from: Option<Sequence>,
    /// The journal has been read since the lease was granted: what the last holder did is known.
    caught_up: bool,
    /// The next read-back replaces everything: this window's view of the journal is not the store's.
    rebuild: bool,
    /// Records in the journal.
    length: u64,
    /// Length at which a compaction is considered.
    compact_at: u64,
    /// The journal still holds the words of a case that was deleted: the next compaction does not wait for
    /// its length.
    pub(crate) owes_forgetting: bool,
    pub(crate) health: StoreHealth,
    pub(crate) durability: Durability,
    pub(crate) damage: Option<Damage>,
}

impl Windows {
    pub(crate) fn new(writer: u64) -> Self {
        Self {
            // Zero marks the records of a snapshot.
            writer: Writer(writer | 1),
            epoch: None,
            last_batch: 0,
            pending: VecDeque::new(),
            unkept: Vec::new(),
            early: Vec::new(),
            retry_at: None,
            next: Sequence(1),
            reading_from: None,
            caught_up: false,
            rebuild: false,
            length: 0,
            compact_at: COMPACT_FROM,
            owes_forgetting: false,
            health: StoreHealth::Fine,
            durability: Durability::Nothing,
            damage: None,
        }
    }

    /// Whether a part of the journal is being read back: others have written what is not known here yet.
    pub(crate) const fn is_reading_back(&self) -> bool {
        self.reading_from.is_some()
    }

    pub(crate) const fn is_sender(&self) -> bool {
        self.epoch.is_some()
    }

    /// Whether this window may send: it holds the lease and knows what the last holder did.
    pub(crate) const fn may_send(&self) -> bool {
        self.epoch.is_some() && self.caught_up
    }

    /// Whether this window has stated something that the store has not answered yet.
    pub(crate) fn has_stated(&self, record: &Record) -> bool {
        self.pending.iter().any(|batch| batch.records.contains(record))
    }

    /// The epoch that this window sends under, if it does.
    pub(crate) const fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    pub(crate) const fn role(&self) -> WindowRole {
        if self.is_sender() { WindowRole::Sender } else { WindowRole::Follower }
    }

    /// Position of the first record that this window has not applied.
    pub(crate) const fn applied(&self) -> Sequence {
        self.next
    }

    pub(crate) const fn next_batch(&self) -> BatchId {
        BatchId(self.last_batch + 1)
    }

    pub(crate) fn batch(&mut self, records: Vec<Record>, as_sender: bool) -> Batch {
        self.last_batch += 1;
        let fence = self.epoch.filter(|_| as_sender);
        let batch = Batch { id: BatchId(self.last_batch), records, writer: self.writer, fence };
        self.pending.push_back(batch.clone());
        batch
    }
}

impl Core {
    pub(crate) fn boot(&mut self, recovered: Recovered) {
        self.windows.next = recovered.next.max(Sequence(1));
        self.windows.length = recovered.records.len() as u64;
        self.windows.durability = recovered.durability;
        self.windows.damage = recovered.damage;
        for case in recovered.cases {
            self.confirmed.upsert_case(case, self.now.mono);
        }
        for record in &recovered.records {
            self.fold(record);
        }
        self.follow_ledger();
        // What was read from the disk must fit together; what does not is said, and the program goes on.
        for what in self.check_integrity() {
            self.violation(what);
        }
        self.out.push(Effect::AcquireLease);
        self.reads.want_everything();
        self.greet_server();
        self.screen.patch(ViewPatch::Status);
        self.screen.patch(ViewPatch::Open);
    }

    /// Builds everything that follows from the ledger and is not in it.
    fn follow_ledger(&mut self) {
        self.gate_from_ledger();
        let keys: Vec<CaseKey> = self
            .confirmed
            .cases()
            .map(|case| self.ledger.key(&case.id))
            .chain(self.ledger.cases().map(|(key, _)| key.clone()))
            .collect();
        for key in keys {
            self.case_changed(&key);
        }
        let ops: Vec<OperationId> = self.ledger.entries().map(|entry| entry.op.id).collect();
        for op in ops {
            self.adopt(op);
        }
    }

    /// Takes an operation over that this window did not begin: after a start, or from another window.
    fn adopt(&mut self, op: OperationId) {
        self.touched(crate::ledger::Touched::Operation(op), false);
        let Some(entry) = self.ledger.entry(&op).cloned() else {
            return;
        };
        let now = self.now;
        let left_of =
            |since: crate::time::Wall, span: Millis| Millis(span.0 - (now.wall - since).min(span).0);
        if let Some(until) = entry.discarding {
            let left = (until - now.wall).min(self.config.undo);
            let until = now.mono + left + self.config.undo_elsewhere;
            self.outbox.set_phase(op, Phase::Waiting { until, why: Wait::Undo });
        } else if matches!(entry.op.kind, OperationKind::Delete) && entry.first.is_none() {
            let left = left_of(entry.op.created, self.config.undo);
            self.outbox.set_phase(op, Phase::Waiting { until: now.mono + left, why: Wait::Undo });
        }
        let is_kept = entry.discarding.is_none() && entry.op.question().is_some();
        if is_kept && matches!(self.phase_of(op), Phase::Waiting { why: Wait::Undo, .. }) {
            // The discard was taken back elsewhere.
            self.set_phase(op, Phase::Idle);
        }
        let unlisted = matches!(
            entry.stage,
            Stage::Stopped | Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)
        );
        if unlisted {
            self.want_messages(&entry.op.case.clone());
        }
    }

    /// Another window sends now and this one did not know: nothing that it stated as holder of the
    /// lease counts, and what it believes is built anew from the journal.
    fn fenced(&mut self, batch: Batch) {
        self.windows.unkept.extend(batch.records);
        self.windows.retry_at = Some(self.now.mono);
        if self.windows.is_sender() {
            self.out.push(Effect::AcquireLease);
        }
        self.lose_lease();
    }

    fn lose_lease(&mut self) {
        self.windows.epoch = None;
        // What only the holder may state, and could not write, is not true for anybody else.
        let before = self.windows.unkept.len();
        self.windows.unkept.retain(|fact| !fact.needs_lease());
        if self.windows.unkept.len() != before {
            self.windows.rebuild = true;
            self.ask_back();
        }
        let open: Vec<_> = self
            .outbox
            .live
            .iter()
            .filter_map(|(op, live)| match live.phase {
                Phase::InFlight { request, .. } => Some((*op, request)),
                _ => None,
            })
            .collect();
        for (op, request) in open {
            self.abort(request);
            self.set_phase(op, Phase::Idle);
        }
        self.screen.patch(ViewPatch::Status);
        self.all_lanes();
    }

    pub(crate) fn lease(&mut self, event: LeaseEvent) {
        match event {
            LeaseEvent::Granted(epoch) => {
                self.windows.epoch = Some(epoch);
                self.windows.caught_up = false;
                self.screen.patch(ViewPatch::Status);
                // The last holder may have done what it could not tell any more: nothing is sent before it is
                // read. An answer that was asked for earlier does not count.
                self.windows.reading_from = None;
                self.ask_back();
                self.all_lanes();
            }
            LeaseEvent::Lost if self.windows.is_sender() => {
                self.lose_lease();
                self.out.push(Effect::AcquireLease);
            }
            LeaseEvent::Lost => {}
        }
    }
}
