//! From a changed fact to everything that follows from it: lanes, totals, rows.

use crate::core::Core;
use crate::ids::OperationId;
use crate::ledger::{Entry, Stage, Touched};
use crate::operation::{End, Lane, OperationKind, Wait};
use crate::outbox::{Live, Phase, Tally};

impl Core {
    /// Follows a change of the ledger into lanes, totals and rows. `ours` says that the record is
    /// in this step's batch and not durable yet.
    pub(crate) fn touched(&mut self, touched: Touched, ours: bool) {
        match touched {
            Touched::Nothing => {}
            Touched::Operation(op) => self.operation_moved(op, ours),
            Touched::Ended(entry, end) => self.operation_ended(&entry, end),
            Touched::Linked(case, real) => {
                self.screen.forget_case(&crate::ids::CaseKey::of_server(&real));
                self.case_changed(&case);
                self.lanes_of_case(&case);
                if self.screen.open() == Some(&case) {
                    self.make_resident(&case);
                }
            }
            Touched::Case(case) => self.case_changed(&case),
            Touched::Draft(case) => self.screen.patch(crate::view::ViewPatch::Draft(case)),
            Touched::Deleted(real) => {
                let key = self.ledger.key(&real);
                self.confirmed.forget(&real);
                self.reads.forget(&real);
                self.screen.forget_case(&key);
            }
            Touched::Gate => self.gate_from_ledger(),
        }
    }

    pub(crate) fn operation_moved(&mut self, id: OperationId, ours: bool) {
        let Some(entry) = self.ledger.entry(&id) else {
            return;
        };
        let (lane, order, case) = (entry.op.lane(), entry.op.order, entry.op.case.clone());
        let holds_lane = entry.holds_lane() && entry.discarding.is_none();
        let failed = matches!(entry.stage, Stage::Failed { .. });
        let acknowledged = matches!(entry.stage, Stage::Acknowledged(_));
        let is_delete = matches!(entry.op.kind, OperationKind::Delete);
        let (mono, batch) = (self.now.mono, self.staged_batch());
        let live = self.outbox.live.entry(id).or_insert_with(|| {
            let unkept = ours.then_some(batch);
            Live::new(unkept, mono)
        });
        if acknowledged && live.acknowledged_at.is_none() {
            live.acknowledged_at = Some(mono);
            for delay in [self.config.show_sent, self.config.only_here] {
                self.outbox.looks.insert((mono + delay, id));
            }
        }
        let seen_at = live.seen_at;
        let config = &self.config;
        for delay in [config.show_sending, config.show_other_window, config.show_still_sending] {
            if seen_at == mono {
                self.outbox.look_again(mono + delay, id);
            }
        }
        // Messages behind a failed one are blocked; only when that changes does the lane change.
        let left_failed = !holds_lane && self.outbox.mark_failed(&lane, order, id, false);
        if holds_lane {
            self.outbox.enqueue(lane.clone(), order, id);
        } else {
            self.outbox.dequeue(&lane, order, id);
        }
        if self.outbox.mark_failed(&lane, order, id, failed && holds_lane) || left_failed {
            self.recount_lane(&lane);
        }
        self.recount(id);
        self.dirty_lanes.insert(lane);
        if is_delete {
            self.lanes_of_case(&case);
        }
        self.place_operation(id);
        self.case_changed(&case);
    }

    pub(crate) fn operation_ended(&mut self, entry: &Entry, end: End) {
        let (id, case, lane) = (entry.op.id, entry.op.case.clone(), entry.op.lane());
        if let Phase::InFlight { request, .. } = self.phase_of(id) {
            self.abort(request);
        }
        let was_failed = matches!(entry.stage, Stage::Failed { .. });
        self.outbox.dequeue(&lane, entry.op.order, id);
        if self.outbox.forget(id, &case) {
            self.screen.patch(crate::view::ViewPatch::Status);
        }
        if was_failed {
            self.recount_lane(&lane);
        }
        self.dirty_lanes.insert(lane);
        if matches!(entry.op.kind, OperationKind::Delete | OperationKind::CreateCase { .. }) {
            self.lanes_of_case(&case);
        }
        if end == End::Completed && self.lacks_rows(entry) {
            // Another window has seen the rows and this one has not: the echo stays until they are here
            // (I17). They are in the cache by now, and on the server.
            self.read_rows_again(&case);
        } else {
            self.displace_operation(entry);
        }
        self.case_changed(&case);
    }

    /// Every lane of a case is looked at again.
    pub(crate) fn lanes_of_case(&mut self, case: &crate::ids::CaseKey) {
        self.dirty_lanes.insert(Lane::Talk(case.clone()));
        self.dirty_lanes.insert(Lane::Meta(case.clone()));
    }

    /// Every lane is looked at again: the link, the account or the role changed.
    pub(crate) fn all_lanes(&mut self) {
        self.dirty_lanes.extend(self.outbox.lanes.keys().cloned());
        self.refresh_open_rows();
    }

    /// Moves an operation to another phase; its row, its lane and its totals follow.
    pub(crate) fn set_phase(&mut self, id: OperationId, phase: Phase) {
        self.outbox.set_phase(id, phase);
        if let Some(entry) = self.ledger.entry(&id) {
            let case = entry.op.case.clone();
            self.dirty_lanes.insert(entry.op.lane());
            if self.recount(id) {
                self.case_changed(&case);
            }
            self.place_operation(id);
        }
    }

    /// Counts one operation anew. True if its count changed.
    pub(crate) fn recount(&mut self, id: OperationId) -> bool {
        let Some(entry) = self.ledger.entry(&id) else {
            return false;
        };
        let tally = self.tally_of(entry);
        let case = entry.op.case.clone();
        let changed = self.outbox.set_tally(id, &case, tally);
        if changed {
            self.screen.patch(crate::view::ViewPatch::Status);
        }
        changed
    }

    pub(crate) fn recount_lane(&mut self, lane: &Lane) {
        let ops: Vec<_> = self
            .outbox
            .lanes
            .get(lane)
            .into_iter()
            .flat_map(|queue| &queue.queue)
            .map(|(_, op)| *op)
            .collect();
        for op in ops {
            self.recount(op);
            self.place_operation(op);
        }
    }

    pub(crate) fn tally_of(&self, entry: &Entry) -> Tally {
        let is_turn = matches!(entry.op.kind, OperationKind::SubmitTurn { .. });
        if entry.discarding.is_some() || matches!(entry.op.kind, OperationKind::CreateCase { .. }) {
            return Tally::None;
        }
        match (&entry.stage, self.phase_of(entry.op.id)) {
            (Stage::Failed { .. }, _) if is_turn => Tally::NotSent,
            (Stage::Open, _) if is_turn && self.is_blocked(entry) => Tally::NotSent,
            (Stage::Open, Phase::InFlight { .. }) => Tally::None,
            (Stage::Open, Phase::Waiting { why: Wait::Undo, .. }) => Tally::None,
            (Stage::Open, _) if self.is_held_by_conflict(entry) => Tally::None,
            (Stage::Open, _) => Tally::Waiting,
            _ => Tally::None,
        }
    }
}
