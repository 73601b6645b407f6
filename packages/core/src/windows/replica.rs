//! What the other windows wrote: applied in the order of the journal, gaps read back.

use crate::core::Core;
use crate::effect::{CacheWrite, Effect};
use crate::journal::{Record, Sequence, Sequenced, Writer};
use crate::ledger::Ledger;
use crate::operation::{End, Wait};
use crate::outbox::{Outbox, Phase};
use crate::peer::PeerMessage;
use crate::view::{CachedMessage, ViewPatch};

impl Core {
    pub(crate) fn ask_back(&mut self) {
        if self.windows.reading_from.is_none() {
            let from = if self.windows.rebuild { Sequence(0) } else { self.windows.next };
            self.windows.reading_from = Some(from);
            self.out.push(Effect::ReadBack(from));
        }
    }

    pub(super) fn read_back(&mut self, from: Sequence, records: Vec<Sequenced>) {
        // Another question has been asked since: its answer counts.
        if self.windows.reading_from.take_if(|asked| *asked == from).is_none() {
            return;
        }
        // A snapshot stands in for history that this window has not seen all of: what it leaves out
        // is over, and only building anew forgets that.
        let snapshot = records.first().is_some_and(|first| first.writer == Writer::default());
        let whole = snapshot || from == Sequence(0);
        if self.windows.rebuild && !whole {
            // Asked for before it was known that everything must be built anew.
            return self.ask_back();
        }
        let first_look = !std::mem::replace(&mut self.windows.caught_up, true);
        if first_look {
            self.all_lanes();
            let ops: Vec<_> = self.ledger.entries().map(|entry| entry.op.id).collect();
            for op in ops {
                self.complete_if_listed(op);
            }
        }
        if whole {
            self.windows.rebuild = false;
            self.rebuild(records);
            return self.doubt_what_left_elsewhere(first_look);
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
        self.take_early();
        self.doubt_what_left_elsewhere(first_look);
    }

    /// What others sent before this window could, or this program before it ended, may have run a moment ago.
    fn doubt_what_left_elsewhere(&mut self, first_look: bool) {
        let left = self.ledger.entries().filter(|entry| first_look && entry.first.is_some());
        let left: Vec<_> = left.map(|entry| entry.op.id).collect();
        for op in left {
            if let Some(live) = self.outbox.live.get_mut(&op) {
                live.in_doubt_since = Some(self.now.mono);
            }
        }
    }

    /// Confirmed rows that came while the journal was read back.
    fn take_early(&mut self) {
        for write in std::mem::take(&mut self.windows.early) {
            self.confirmed_elsewhere(write);
        }
    }

    /// Applies a record of the journal to the durable state alone; what follows from it is built when all are.
    pub(super) fn fold(&mut self, record: &Sequenced) {
        let touched = self.ledger.apply(&record.record);
        // A snapshot has forgotten already.
        self.windows.owes_forgetting |= touched.forgets() && record.writer != Writer::default();
    }

    pub(super) fn rebuild(&mut self, records: Vec<Sequenced>) {
        // Restated while what is true now is still known.
        self.windows.unkept = self.restated();
        self.ledger = Ledger::default();
        self.windows.owes_forgetting = false;
        for record in &records {
            self.fold(record);
        }
        if let Some(last) = records.last() {
            self.windows.next = last.sequence.after(1);
        }
        // What this window wrote and the store has not answered yet holds on top.
        let unanswered = self.windows.pending.iter().flat_map(|batch| &batch.records);
        for record in unanswered.chain(&self.windows.unkept) {
            self.ledger.apply(record);
        }
        let before = std::mem::take(&mut self.outbox);
        // What is under way is asked for again, by whoever may, under the same keys.
        for request in before.in_flight() {
            self.abort(request);
        }
        let open = self.screen.open().cloned();
        let echoes = open.as_ref().map(|open| self.echoes_of(open)).unwrap_or_default();
        for case in self.screen.clear_rows() {
            self.open_transcript(&case);
        }
        self.reads.consider_all();
        self.follow_ledger();
        self.carry_over(before);
        self.mark_unkept();
        if let Some(open) = open.as_ref().filter(|_| !echoes.is_empty()) {
            self.place_finished(open, &echoes);
            // A snapshot does not say how messages ended. The rows of those that were answered are in the cache.
            self.read_rows_again(open);
        }
        self.take_early();
        self.patch_everything();
        self.windows.retry_at = self.windows.retry_at.map(|_| self.now.mono);
        self.rewrite_if_due();
    }

    /// Whatever of it is on screen may look different: drafts, totals, the rows that stayed.
    fn patch_everything(&mut self) {
        self.screen.patch(ViewPatch::Status);
        let drafts = self.ledger.cases().filter(|(_, case)| case.draft.is_some());
        let drafts: Vec<_> = drafts.map(|(key, _)| Some(key.clone())).chain([None]).collect();
        for case in drafts {
            self.screen.patch(ViewPatch::Draft(case));
        }
        if let Some(open) = self.screen.open().cloned() {
            for row in self.view().transcript(&open).to_vec() {
                self.screen.patch(ViewPatch::Message(open.clone(), row));
            }
        }
    }

    /// Waits, tries and times of operations that were here before hold on.
    fn carry_over(&mut self, mut before: Outbox) {
        self.outbox.awaited_since = before.awaited_since;
        let ops: Vec<_> = self.ledger.entries().map(|entry| entry.op.id).collect();
        for op in ops {
            let Some(old) = before.live.remove(&op) else { continue };
            let Some(live) = self.outbox.live.get_mut(&op) else { continue };
            live.attempts = old.attempts;
            live.not_before = old.not_before;
            live.failed_until = old.failed_until.filter(|_| live.failed_until.is_some());
            live.uncertain = old.uncertain;
            live.in_doubt_since = old.in_doubt_since.or(live.in_doubt_since);
            live.first_sent_here = old.first_sent_here;
            live.seen_at = old.seen_at;
            live.attempted_at = old.attempted_at;
            live.acknowledged_at = old.acknowledged_at.or(live.acknowledged_at);
            live.thinking_since = old.thinking_since;
            live.polls = old.polls;
            live.polling_since = old.polling_since;
            self.arm_looks(op);
            match (self.phase_of(op), old.phase) {
                (Phase::Idle, Phase::Waiting { until, .. }) if until > self.now.mono => {
                    self.set_phase(op, old.phase);
                }
                // Whoever can take it back ends it.
                (Phase::Waiting { why: Wait::Undo, .. }, Phase::Waiting { why: Wait::Undo, .. }) => {
                    self.set_phase(op, old.phase);
                }
                _ => {}
            }
        }
    }

    pub(super) fn apply_foreign(&mut self, record: &Record) {
        self.windows.length += 1;
        if let Record::Draft { case, draft, .. } = record {
            self.back_up_draft(case.as_ref(), draft);
        }
        if let Record::Ended { op, end: End::Discarded } = record
            && self.windows.unkept.contains(&Record::Kept { op: *op })
        {
            // Taken back here, but nobody could be told: for all others it is over, so its words go back to the person.
            self.windows.unkept.retain(|fact| fact.operation() != Some(*op));
            self.give_back(&[*op], self.windows.health);
        }
        if let Record::Kept { op } = record
            && self.windows.has_stated(&Record::Ended { op: *op, end: End::Discarded })
        {
            // It was taken back before that was written: the end counts for nobody, and the operation is here again.
            self.windows.rebuild = true;
            self.ask_back();
        }
        let touched = self.ledger.apply(record);
        match touched {
            crate::ledger::Touched::Operation(op) => self.adopt(op),
            other => self.touched(other, false),
        }
        if let Record::Attempt { op, .. } = record
            && self.windows.is_sender()
            && let Some(live) = self.outbox.live.get_mut(op)
        {
            // It left from a window that kept nothing until now, and may be running.
            live.in_doubt_since.get_or_insert(self.now.mono);
        }
    }

    pub(crate) fn peer(&mut self, message: PeerMessage) {
        match message {
            PeerMessage::Appended(records) => {
                for record in records {
                    if record.sequence == self.windows.next && self.windows.reading_from.is_none() {
                        self.windows.next = record.sequence.after(1);
                        if record.writer != self.windows.writer {
                            self.apply_foreign(&record.record);
                        }
                    } else if record.sequence > self.windows.next {
                        self.ask_back();
                    }
                }
            }
            PeerMessage::Confirmed { after, writes } => {
                // Rows are named by operations and links; without those they would get other names.
                if after > self.windows.next {
                    self.ask_back();
                }
                if self.windows.reading_from.is_some() {
                    self.windows.early.extend(writes);
                } else {
                    writes.into_iter().for_each(|write| self.confirmed_elsewhere(write));
                }
            }
            PeerMessage::Compacted(before) if before > self.windows.next => {
                self.windows.rebuild = true;
                self.ask_back();
            }
            PeerMessage::Compacted(_) => {
                self.windows.length = 0;
                self.windows.owes_forgetting = false;
            }
        }
    }

    pub(super) fn confirmed_elsewhere(&mut self, write: CacheWrite) {
        match write {
            CacheWrite::Case(case) => {
                let known_turn = self.confirmed.case(&case.id).map_or(0, |known| known.current_turn);
                if !self.ledger.is_deleted(&case.id)
                    && let Some(case) = self.confirmed.upsert_case((*case).clone(), self.now.mono)
                {
                    self.case_confirmed(&case, known_turn);
                }
            }
            CacheWrite::Message { case, row } => {
                // A row that is on screen keeps the key it has here.
                let known = self.confirmed.rows(&case).and_then(|rows| rows.get(&row.message.id)).cloned();
                let row = match known {
                    Some(known) if known.key != row.key => {
                        std::sync::Arc::new(CachedMessage { key: known.key.clone(), ..(*row).clone() })
                    }
                    None if row.key.derived_from().is_some() && self.reads.is_resident(&case) => {
                        self.name_here(&case, row)
                    }
                    _ => row,
                };
                if self.reads.is_resident(&case) && self.confirmed.rows_mut(&case).upsert(&row).is_some() {
                    let key = self.ledger.key(&case);
                    self.confirmed.rows_mut(&case).note_told(&row.message.id);
                    self.place_row(&key, &row);
                    self.place_operations_of(&key);
                    if let Some(op) = self.ledger.behind(&key, &row.key).map(|entry| entry.op.id) {
                        self.complete_if_listed(op);
                    }
                }
            }
            CacheWrite::Forget(real) => self.touched(crate::ledger::Touched::Deleted(real), false),
        }
    }
}
