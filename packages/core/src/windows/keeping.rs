//! What the store answers: what is durable, what found no room, when the journal is compacted.

use super::{COMPACT_FACTOR, COMPACT_FROM, REWRITE_AFTER};
use crate::core::Core;
use crate::effect::{Effect, Notice, Refusal};
use crate::event::StoreAck;
use crate::ids::OperationId;
use crate::journal::{Batch, BatchId, Record, Sequence, Sequenced, StoreRefusal};
use crate::ledger::{Entry, Stage};
use crate::model::Draft;
use crate::operation::OperationKind;
use crate::peer::PeerMessage;
use crate::view::{StoreHealth, ViewPatch};
use std::sync::Arc;

impl Core {
    pub(crate) fn stored(&mut self, ack: StoreAck) {
        match ack {
            StoreAck::Appended { batch, first } => self.appended(batch, first),
            StoreAck::Refused { batch, why } => self.refused(batch, why),
            StoreAck::ReadBack { from, records } => self.read_back(from, records),
            StoreAck::LoadedEnd { case, rows } => self.end_loaded(&case, rows),
            StoreAck::Loaded { case, rows } => self.rows_loaded(&case, rows),
        }
    }

    pub(super) fn appended(&mut self, id: BatchId, first: Sequence) {
        let Some(at) = self.windows.pending.iter().position(|batch| batch.id == id) else {
            return;
        };
        let Some(batch) = self.windows.pending.remove(at) else {
            return;
        };
        let count = batch.records.len() as u64;
        self.windows.length += count;
        self.kept(&batch);
        let moves = batch.records.iter().any(moves_an_operation);
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
            std::cmp::Ordering::Greater => {
                // Somebody wrote in between. What moves an operation counts in the order of the journal, not
                // in the order of hearing.
                self.windows.rebuild |= moves;
                self.ask_back();
            }
            std::cmp::Ordering::Less => {}
        }
        self.out.push(Effect::Tell(PeerMessage::Appended(sequenced)));
    }

    /// What waited for an append may go on.
    pub(super) fn kept(&mut self, batch: &Batch) {
        for record in &batch.records {
            let Some(op) = operation_that_waits(record) else { continue };
            if let Some(live) = self.outbox.live.get_mut(&op) {
                live.operation_kept |= !matches!(record, Record::Kept { .. });
                live.attempt_kept |= matches!(record, Record::Attempt { .. });
            }
            if let Some(live) = self.outbox.live.get_mut(&op).filter(|live| live.unkept == Some(batch.id)) {
                live.unkept = None;
                if let Some(entry) = self.ledger.entry(&op) {
                    self.dirty_lanes.insert(entry.op.lane());
                }
            }
        }
    }

    /// Nothing of an operation leaves before this append is durable (I1).
    pub(crate) fn waits_for(&mut self, op: Option<OperationId>, batch: BatchId) {
        if let Some(live) = op.and_then(|op| self.outbox.live.get_mut(&op)) {
            live.unkept = Some(batch);
        }
    }

    /// After a rebuild: what is on its way to the store is as little durable as it was before.
    pub(super) fn mark_unkept(&mut self) {
        let pending: Vec<_> = self
            .windows
            .pending
            .iter()
            .flat_map(|batch| batch.records.iter().map(|record| (operation_that_waits(record), batch.id)))
            .collect();
        // What must be written again first has no batch yet; the rewrite will name it.
        let unkept: Vec<_> =
            self.windows.unkept.iter().map(|fact| (operation_that_waits(fact), BatchId(u64::MAX))).collect();
        for (op, batch) in pending.into_iter().chain(unkept) {
            self.waits_for(op, batch);
            if let Some(live) = op.and_then(|op| self.outbox.live.get_mut(&op)) {
                // Perhaps it is; saying it once more does no harm, not saying it would.
                live.operation_kept = false;
                live.attempt_kept = false;
            }
        }
    }

    pub(super) fn refused(&mut self, id: BatchId, why: StoreRefusal) {
        let Some(at) = self.windows.pending.iter().position(|batch| batch.id == id) else {
            return;
        };
        let Some(batch) = self.windows.pending.remove(at) else {
            return;
        };
        // Refused for want of room, but the lease is another's by now: it counts for nothing either way.
        let stale = batch.fence.is_some() && batch.fence != self.windows.epoch;
        let health = match why {
            _ if stale => return self.fenced(batch),
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
                    if self.ledger.entry(&op.id).is_some_and(|e| e.stage == Stage::Open)
                        && self.outbox.live.get(&op.id).is_some_and(|live| !live.operation_kept) =>
                {
                    lost.push(op.id);
                }
                // Taken back meanwhile: there is nothing left to keep.
                Record::Operation(op) if self.ledger.entry(&op.id).is_none() => {}
                // Everything else is true whether it could be written or not.
                record => self.windows.unkept.push(record),
            }
        }
        self.give_back(&lost, health);
        if !self.windows.unkept.is_empty() {
            self.windows.retry_at = Some(self.now.mono + REWRITE_AFTER);
        }
    }

    pub(super) fn give_back(&mut self, lost: &[OperationId], health: StoreHealth) {
        let why =
            if health == StoreHealth::Full { Refusal::StorageFull } else { Refusal::StorageUnavailable };
        let mut fresh = None;
        let mut text = String::new();
        let mut draft = Draft::default();
        let mut case = None;
        for op in lost {
            let touched =
                self.ledger.apply(&Record::Ended { op: *op, end: crate::operation::End::Cancelled });
            let crate::ledger::Touched::Ended(entry, _) = &touched else {
                continue;
            };
            case = Some(entry.op.case.clone());
            match &entry.op.kind {
                OperationKind::CreateCase { .. } => fresh = Some(entry.op.case.clone()),
                OperationKind::SubmitTurn { turn, .. } => {
                    text.push_str(&turn.text);
                    draft.data.extend(turn.data.clone());
                }
                OperationKind::Rename { .. }
                | OperationKind::GenerateTitle { .. }
                | OperationKind::Delete => {}
            }
            self.touched(touched, false);
        }
        if case.is_none() {
            return;
        }
        if let Some(fresh) = &fresh {
            // What was done since in a case that is not to be: it goes back as well.
            let orphans: Vec<_> = self.ledger.ops_of(fresh).map(|entry| Arc::clone(&entry.op)).collect();
            for orphan in orphans {
                if let OperationKind::SubmitTurn { turn, .. } = &orphan.kind {
                    text.push_str(if text.is_empty() { "" } else { "\n\n" });
                    text.push_str(&turn.text);
                    draft.data.extend(turn.data.clone());
                }
                self.state(Record::Ended { op: orphan.id, end: crate::operation::End::Cancelled }, false);
            }
            self.screen.forget_case(fresh);
            if self.screen.open() == Some(fresh) {
                self.screen.set_open(None);
                self.screen.patch(ViewPatch::Open);
            }
            case = None;
        }
        draft.text = Arc::from(text);
        self.out.push(Effect::Notice(Notice::NotKept { why, case, draft }));
    }

    /// Facts that found no room are written again.
    pub(crate) fn rewrite_if_due(&mut self) {
        if self.windows.retry_at.is_some_and(|at| at <= self.now.mono) {
            self.windows.retry_at = None;
            for record in self.restated() {
                let (waits, sender) = (operation_that_waits(&record), record.needs_lease());
                self.state(record, sender);
                self.waits_for(waits, self.staged_batch());
            }
        }
    }

    /// What is to be said in place of the facts that found no room. Of an operation that is what is true
    /// now: a fact written late must not overtake a newer one that was written in time.
    pub(super) fn restated(&mut self) -> Vec<Record> {
        let mut records: Vec<Record> = Vec::new();
        for fact in std::mem::take(&mut self.windows.unkept) {
            let Some(op) = fact.operation() else {
                records.push(fact);
                continue;
            };
            let now_true = match self.ledger.entry(&op) {
                Some(entry) => self.still_true(entry, &fact),
                // How it ended, and the discard without which that end would not count.
                None if matches!(fact, Record::Ended { .. } | Record::Discarding { .. }) => vec![fact],
                None => Vec::new(),
            };
            for record in now_true {
                if !records.contains(&record) {
                    records.push(record);
                }
            }
        }
        let sender = self.windows.is_sender();
        records.retain(|record| sender || !record.needs_lease());
        records
    }

    /// What is true now of the thing that a fact was about. Only that: about everything else another window
    /// may have said something since.
    fn still_true(&self, entry: &Entry, fact: &Record) -> Vec<Record> {
        let op = entry.op.id;
        let live = self.outbox.live.get(&op);
        let now = match fact {
            Record::Operation(_) => {
                let kept = live.is_some_and(|live| live.operation_kept);
                (!kept).then(|| Record::Operation(Arc::clone(&entry.op)))
            }
            Record::Attempt { .. } => {
                let kept = live.is_some_and(|live| live.attempt_kept);
                entry.first.filter(|_| !kept).map(|first| Record::Attempt { op, first })
            }
            Record::Rebased { .. } => entry.rebased.clone().map(|base| Record::Rebased { op, base }),
            Record::Discarding { .. } => entry.discarding.map(|until| Record::Discarding { op, until }),
            Record::Kept { .. } => entry.discarding.is_none().then_some(Record::Kept { op }),
            Record::Ended { .. } => Some(fact.clone()),
            _ => return entry.stage_facts(),
        };
        now.into_iter().collect()
    }

    /// Whether a discard has found no room yet.
    pub(crate) fn is_discard_unkept(&self, op: OperationId) -> bool {
        let is_it = |record: &Record| matches!(record, Record::Discarding { op: of, .. } if *of == op);
        self.windows.unkept.iter().any(is_it)
    }

    /// Writes a snapshot in place of a journal that is mostly history, or that holds words of a case which
    /// was deleted. Only the sender does, and only when nothing of its own is on the way to the store.
    pub(crate) fn compact_if_worthwhile(&mut self, effects: &mut Vec<Effect>) {
        let windows = &self.windows;
        let quiet = windows.pending.is_empty() && windows.unkept.is_empty() && windows.reading_from.is_none();
        let due = windows.owes_forgetting || windows.length >= windows.compact_at;
        let Some(fence) = windows.epoch.filter(|_| quiet && due) else {
            return;
        };
        let (now, kept) = (self.now.wall, self.config.backups_kept);
        self.ledger.expire_backups(|backup| now - backup.at < kept);
        let snapshot = self.ledger.snapshot();
        let live = snapshot.len() as u64;
        let windows = &mut self.windows;
        windows.compact_at = COMPACT_FROM.max(live.saturating_mul(COMPACT_FACTOR));
        let forgets = std::mem::take(&mut windows.owes_forgetting);
        if !forgets && windows.length < windows.compact_at {
            return;
        }
        windows.length = live;
        let before = windows.next;
        effects.push(Effect::Compact { before, snapshot, fence });
        effects.push(Effect::Tell(PeerMessage::Compacted(before)));
    }
}

/// The operation that must not leave before a record is durable.
fn operation_that_waits(record: &Record) -> Option<OperationId> {
    match record {
        Record::Operation(op) => Some(op.id),
        Record::Attempt { op, .. } | Record::Kept { op } => Some(*op),
        _ => None,
    }
}

/// Whether a record says how far an operation is, and so depends on what was said before it.
fn moves_an_operation(record: &Record) -> bool {
    record.operation().is_some() && !matches!(record, Record::Operation(_) | Record::Attempt { .. })
}
