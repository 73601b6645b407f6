//! Windows and the store: what is durable, who sends, what other windows know.
//!
//! The windows of a profile share one journal. Each numbers nothing itself: the store gives every
//! record its place, a window applies the records of the others in that order, and a gap in the
//! numbers is read back from the store.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::core::Core;
use crate::effect::{CacheWrite, Effect, Notice, Refusal};
use crate::event::{LeaseEvent, StoreAck};
use crate::ids::{CaseKey, OperationId};
use crate::journal::{
    Batch, BatchId, Damage, Durability, Epoch, Record, Recovered, Sequence, Sequenced,
    StoreRefusal, Writer,
};
use crate::ledger::{Ledger, Stage};
use crate::model::Draft;
use crate::operation::{Acknowledged, OperationKind, Wait};
use crate::outbox::{Outbox, Phase};
use crate::peer::PeerMessage;
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
    /// When they are.
    pub(crate) retry_at: Option<Mono>,
    /// Position of the first record that this window has not applied.
    next: Sequence,
    /// A read-back is under way.
    reading_back: bool,
    /// The next read-back replaces everything: this window's view of the journal is not the store's.
    rebuild: bool,
    /// Records in the journal.
    length: u64,
    /// Length at which a compaction is considered.
    compact_at: u64,
    pub(crate) health: StoreHealth,
    pub(crate) durability: Durability,
    pub(crate) damage: Option<Damage>,
}

impl Windows {
    pub(crate) fn new(writer: u64) -> Self {
        Self {
            writer: Writer(writer),
            epoch: None,
            last_batch: 0,
            pending: VecDeque::new(),
            unkept: Vec::new(),
            retry_at: None,
            next: Sequence(1),
            reading_back: false,
            rebuild: false,
            length: 0,
            compact_at: COMPACT_FROM,
            health: StoreHealth::Fine,
            durability: Durability::Nothing,
            damage: None,
        }
    }

    pub(crate) const fn is_sender(&self) -> bool {
        self.epoch.is_some()
    }

    pub(crate) const fn role(&self) -> WindowRole {
        if self.is_sender() {
            WindowRole::Sender
        } else {
            WindowRole::Follower
        }
    }

    pub(crate) const fn next_batch(&self) -> BatchId {
        BatchId(self.last_batch + 1)
    }

    pub(crate) fn batch(&mut self, records: Vec<Record>, as_sender: bool) -> Batch {
        self.last_batch += 1;
        let fence = self.epoch.filter(|_| as_sender);
        let batch = Batch {
            id: BatchId(self.last_batch),
            records,
            writer: self.writer,
            fence,
        };
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
            self.confirmed.upsert_case(case);
        }
        for record in &recovered.records {
            self.ledger.apply(&record.record);
        }
        self.follow_ledger();
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
        let left_of = |since: crate::time::Wall, span: Millis| {
            Millis(span.0 - (now.wall - since).min(span).0)
        };
        if let Some(until) = entry.discarding {
            let left = (until - now.wall).min(self.config.undo);
            self.outbox.set_phase(
                op,
                Phase::Waiting {
                    until: now.mono + left,
                    why: Wait::Undo,
                },
            );
        } else if matches!(entry.op.kind, OperationKind::Delete) && entry.first.is_none() {
            let left = left_of(entry.op.created, self.config.undo);
            self.outbox.set_phase(
                op,
                Phase::Waiting {
                    until: now.mono + left,
                    why: Wait::Undo,
                },
            );
        }
        let unlisted = matches!(
            entry.stage,
            Stage::Stopped
                | Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)
        );
        if unlisted {
            self.want_messages(&entry.op.case.clone());
        }
    }

    pub(crate) fn stored(&mut self, ack: StoreAck) {
        match ack {
            StoreAck::Appended { batch, first } => self.appended(batch, first),
            StoreAck::Refused { batch, why } => self.refused(batch, why),
            StoreAck::ReadBack(records) => self.read_back(records),
            StoreAck::Loaded { case, rows } => self.rows_loaded(&case, rows),
        }
    }

    fn appended(&mut self, id: BatchId, first: Sequence) {
        let Some(at) = self.windows.pending.iter().position(|batch| batch.id == id) else {
            return;
        };
        let Some(batch) = self.windows.pending.remove(at) else {
            return;
        };
        let count = batch.records.len() as u64;
        self.windows.length += count;
        self.kept(&batch);
        let sequenced: Vec<_> = batch
            .records
            .into_iter()
            .zip(first.0..)
            .map(|(record, sequence)| Sequenced {
                sequence: Sequence(sequence),
                writer: batch.writer,
                fence: batch.fence,
                record,
            })
            .collect();
        if self.windows.health != StoreHealth::Fine && self.windows.unkept.is_empty() {
            self.windows.health = StoreHealth::Fine;
            self.screen.patch(ViewPatch::Status);
        }
        match first.cmp(&self.windows.next) {
            std::cmp::Ordering::Equal => self.windows.next = first.after(count),
            std::cmp::Ordering::Greater => self.ask_back(),
            std::cmp::Ordering::Less => {}
        }
        self.out
            .push(Effect::Tell(PeerMessage::Appended(sequenced)));
    }

    /// What waited for an append may go on.
    fn kept(&mut self, batch: &Batch) {
        for record in &batch.records {
            let op = match record {
                Record::Operation(op) => op.id,
                Record::Attempt { op, .. } => *op,
                _ => continue,
            };
            if let Some(live) = self
                .outbox
                .live
                .get_mut(&op)
                .filter(|live| live.unkept == Some(batch.id))
            {
                live.unkept = None;
                if let Some(entry) = self.ledger.entry(&op) {
                    self.dirty_lanes.insert(entry.op.lane());
                }
            }
        }
    }

    fn refused(&mut self, id: BatchId, why: StoreRefusal) {
        let Some(at) = self.windows.pending.iter().position(|batch| batch.id == id) else {
            return;
        };
        let Some(batch) = self.windows.pending.remove(at) else {
            return;
        };
        let health = match why {
            StoreRefusal::Fenced => return self.fenced(batch),
            StoreRefusal::Full => StoreHealth::Full,
            StoreRefusal::Unavailable => StoreHealth::Unavailable,
        };
        self.windows.health = health;
        self.screen.patch(ViewPatch::Status);
        let mut lost: Vec<OperationId> = Vec::new();
        for record in batch.records {
            match record {
                // What the person did a moment ago is undone, loudly, with the text given back.
                Record::Operation(op)
                    if self
                        .ledger
                        .entry(&op.id)
                        .is_some_and(|e| e.stage == Stage::Open) =>
                {
                    lost.push(op.id);
                }
                // Everything else is true whether it could be written or not.
                fact => self.windows.unkept.push(fact),
            }
        }
        self.give_back(&lost, health);
        if !self.windows.unkept.is_empty() {
            self.windows.retry_at = Some(self.now.mono + REWRITE_AFTER);
        }
    }

    fn give_back(&mut self, lost: &[OperationId], health: StoreHealth) {
        let why = if health == StoreHealth::Full {
            Refusal::StorageFull
        } else {
            Refusal::StorageUnavailable
        };
        let mut fresh = None;
        let mut text = String::new();
        let mut draft = Draft::default();
        let mut case = None;
        for op in lost {
            let touched = self.ledger.apply(&Record::Ended {
                op: *op,
                end: crate::operation::End::Cancelled,
            });
            let crate::ledger::Touched::Ended(entry) = &touched else {
                continue;
            };
            case = Some(entry.op.case.clone());
            match &entry.op.kind {
                OperationKind::CreateCase { .. } => fresh = Some(entry.op.case.clone()),
                OperationKind::SubmitTurn { turn, .. } => {
                    text.push_str(&turn.text);
                    draft.data.extend(turn.data.clone());
                }
                OperationKind::Rename { .. } | OperationKind::Delete => {}
            }
            self.touched(touched, false);
        }
        if case.is_none() {
            return;
        }
        if let Some(fresh) = &fresh {
            self.screen.forget_case(fresh);
            if self.screen.open() == Some(fresh) {
                self.screen.set_open(None);
                self.screen.patch(ViewPatch::Open);
            }
            case = None;
        }
        draft.text = Arc::from(text);
        self.out
            .push(Effect::Notice(Notice::NotKept { why, case, draft }));
    }

    /// Facts that found no room are written again.
    pub(crate) fn rewrite_if_due(&mut self) {
        if self.windows.retry_at.is_some_and(|at| at <= self.now.mono) {
            self.windows.retry_at = None;
            for record in std::mem::take(&mut self.windows.unkept) {
                self.state(record, false);
            }
        }
    }

    /// Another window sends now and this one did not know: nothing that it stated as holder of the
    /// lease counts, and what it believes is built anew from the journal.
    fn fenced(&mut self, batch: Batch) {
        self.lose_lease();
        let own = |record: &Record| {
            matches!(
                record,
                Record::Operation(_)
                    | Record::Draft { .. }
                    | Record::Pin { .. }
                    | Record::Seen { .. }
                    | Record::Resumed { .. }
                    | Record::Discarding { .. }
                    | Record::Kept { .. }
                    | Record::Stopped { .. }
            )
        };
        self.windows
            .unkept
            .extend(batch.records.into_iter().filter(own));
        self.windows.retry_at = Some(self.now.mono);
        self.windows.rebuild = true;
        self.ask_back();
    }

    fn lose_lease(&mut self) {
        self.windows.epoch = None;
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
                self.screen.patch(ViewPatch::Status);
                // The last holder may have written what it could not tell any more.
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

    fn ask_back(&mut self) {
        if !self.windows.reading_back {
            self.windows.reading_back = true;
            let from = if self.windows.rebuild {
                Sequence(0)
            } else {
                self.windows.next
            };
            self.out.push(Effect::ReadBack(from));
        }
    }

    fn read_back(&mut self, records: Vec<Sequenced>) {
        self.windows.reading_back = false;
        if self.windows.rebuild {
            self.windows.rebuild = false;
            return self.rebuild(records);
        }
        let writer = self.windows.writer;
        for record in records {
            if record.sequence < self.windows.next {
                continue;
            }
            self.windows.next = record.sequence.after(1);
            if record.writer != writer {
                self.apply_foreign(&record.record);
            }
        }
    }

    fn rebuild(&mut self, records: Vec<Sequenced>) {
        self.ledger = Ledger::default();
        for record in &records {
            self.ledger.apply(&record.record);
        }
        if let Some(last) = records.last() {
            self.windows.next = last.sequence.after(1);
        }
        // What this window wrote and the store has not answered yet holds on top.
        for batch in &self.windows.pending {
            batch
                .records
                .iter()
                .for_each(|record| drop(self.ledger.apply(record)));
        }
        self.outbox = Outbox::default();
        self.screen.clear_rows();
        if let Some(open) = self.screen.open().cloned() {
            self.open_transcript(&open);
            self.place_all_rows(&open);
        }
        self.follow_ledger();
        self.windows.retry_at = self.windows.retry_at.map(|_| self.now.mono);
        self.rewrite_if_due();
    }

    fn apply_foreign(&mut self, record: &Record) {
        self.windows.length += 1;
        let touched = self.ledger.apply(record);
        match touched {
            crate::ledger::Touched::Operation(op) => self.adopt(op),
            other => self.touched(other, false),
        }
    }

    pub(crate) fn peer(&mut self, message: PeerMessage) {
        match message {
            PeerMessage::Appended(records) => {
                for record in records {
                    if record.sequence == self.windows.next && !self.windows.reading_back {
                        self.windows.next = record.sequence.after(1);
                        if record.writer != self.windows.writer {
                            self.apply_foreign(&record.record);
                        }
                    } else if record.sequence > self.windows.next {
                        self.ask_back();
                    }
                }
            }
            PeerMessage::Confirmed(writes) => writes
                .into_iter()
                .for_each(|write| self.confirmed_elsewhere(write)),
            PeerMessage::Compacted(before) if before > self.windows.next => {
                self.windows.rebuild = true;
                self.ask_back();
            }
            PeerMessage::Compacted(_) => self.windows.length = 0,
        }
    }

    fn confirmed_elsewhere(&mut self, write: CacheWrite) {
        match write {
            CacheWrite::Case(case) => {
                if !self.ledger.is_deleted(&case.id)
                    && let Some(case) = self.confirmed.upsert_case((*case).clone())
                {
                    self.case_changed(&self.ledger.key(&case.id));
                }
            }
            CacheWrite::Message { case, row } => {
                if self.confirmed.rows(&case).is_some()
                    && self.confirmed.rows_mut(&case).upsert(&row).is_some()
                {
                    self.place_row(&self.ledger.key(&case), &row);
                }
            }
            CacheWrite::Forget(real) => self.touched(crate::ledger::Touched::Deleted(real), false),
        }
    }

    /// Writes a snapshot in place of a journal that is mostly history. Only the sender does, and
    /// only when nothing of its own is on the way to the store.
    pub(crate) fn compact_if_worthwhile(&mut self, effects: &mut Vec<Effect>) {
        let windows = &mut self.windows;
        let quiet =
            windows.pending.is_empty() && windows.unkept.is_empty() && !windows.reading_back;
        let Some(fence) = windows
            .epoch
            .filter(|_| quiet && windows.length >= windows.compact_at)
        else {
            return;
        };
        let snapshot = self.ledger.snapshot();
        let live = snapshot.len() as u64;
        windows.compact_at = COMPACT_FROM.max(live.saturating_mul(COMPACT_FACTOR));
        if windows.length < windows.compact_at {
            return;
        }
        windows.length = live;
        let before = windows.next;
        effects.push(Effect::Compact {
            before,
            snapshot,
            fence,
        });
        effects.push(Effect::Tell(PeerMessage::Compacted(before)));
    }
}
