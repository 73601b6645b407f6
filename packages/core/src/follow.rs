//! From a changed fact to everything that follows from it: lanes, totals, rows.

use crate::core::Core;
use crate::ids::OperationId;
use crate::ledger::{Entry, Stage, Touched};
use crate::operation::{End, Lane, OperationKind, Wait};
use crate::outbox::{Live, Phase, Tally};
use crate::screen::SHORT_WAIT;
use crate::time::Mono;

impl Touched {
    /// Whether a case is gone and its words are to follow: deleted on the server, or taken back before the
    /// server heard of it.
    pub(crate) fn forgets(&self) -> bool {
        match self {
            Self::Deleted(_) => true,
            Self::Ended(entry, End::Cancelled) => matches!(entry.op.kind, OperationKind::CreateCase { .. }),
            _ => false,
        }
    }
}

impl Core {
    /// Follows a change of the ledger into lanes, totals and rows. `ours` says that the record is
    /// in this step's batch and not durable yet.
    pub(crate) fn touched(&mut self, touched: Touched, ours: bool) {
        self.windows.owes_forgetting |= touched.forgets();
        match touched {
            Touched::Nothing => {}
            Touched::Operation(op) => self.operation_moved(op, ours),
            Touched::Ended(entry, end) => self.operation_ended(&entry, end),
            Touched::Linked(case, real) => self.case_linked(&case, &real),
            Touched::Case(case) => self.case_changed(&case),
            Touched::Draft(case) => self.screen.patch(crate::view::ViewPatch::Draft(case)),
            Touched::Deleted(real) => {
                let key = self.ledger.key(&real);
                self.confirmed.forget(&real);
                self.reads.forget(&real);
                self.screen.forget_case(&key);
                // An edit in it may have waited for the person.
                self.screen.patch(crate::view::ViewPatch::Status);
                // Its draft went with it.
                self.screen.patch(crate::view::ViewPatch::Draft(Some(key)));
            }
            Touched::Gate => self.gate_from_ledger(),
        }
    }

    /// A case of this device turned out to be a case of the server. If that was on screen by itself, and
    /// written to, it is the same case from now on.
    fn case_linked(&mut self, case: &crate::ids::CaseKey, real: &crate::ids::RealId) {
        let other = crate::ids::CaseKey::of_server(real);
        let was_open = self.screen.open() == Some(&other);
        self.outbox.merge_case(&other, case);
        self.screen.forget_case(&other);
        if was_open {
            self.screen.set_open(Some(case.clone()));
            self.screen.patch(crate::view::ViewPatch::Open);
        }
        if self.screen.open() == Some(case) {
            self.open_transcript(case);
            self.make_resident(case);
        }
        let ops: Vec<_> = self.ledger.ops_of(case).map(|entry| entry.op.id).collect();
        for op in ops {
            self.operation_moved(op, false);
            // The case that it was said in may not have been drawn.
            self.arm_looks(op);
        }
        self.place_all_rows(case);
        self.case_changed(case);
        self.lanes_of_case(case);
    }

    pub(crate) fn operation_moved(&mut self, id: OperationId, ours: bool) {
        let Some(entry) = self.ledger.entry(&id) else {
            return;
        };
        let (lane, order, case) = (entry.op.lane(), entry.op.order, entry.op.case.clone());
        let holds_lane = entry.holds_lane() && entry.discarding.is_none();
        let failed = matches!(entry.stage, Stage::Failed { .. });
        let failed_until = match &entry.stage {
            Stage::Failed { failure, at } => self.kept_from_retry(failure, *at),
            _ => None,
        };
        let acknowledged = matches!(entry.stage, Stage::Acknowledged(_));
        let is_edit = entry.op.is_edit();
        let is_delete = matches!(entry.op.kind, OperationKind::Delete);
        let (mono, batch) = (self.now.mono, self.staged_batch());
        let is_new = !self.outbox.live.contains_key(&id);
        let live = self.outbox.live.entry(id).or_insert_with(|| {
            let unkept = ours.then_some(batch);
            Live::new(unkept, mono)
        });
        let failed_now = failed && live.failed_until.is_none() && failed_until.is_some();
        live.failed_until = if failed { live.failed_until.or(failed_until) } else { None };
        let news = failed_now || is_new || (acknowledged && live.acknowledged_at.is_none());
        if acknowledged {
            live.acknowledged_at.get_or_insert(mono);
        }
        if news {
            self.arm_looks(id);
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
        if is_edit {
            // It may conflict from the start.
            self.screen.patch(crate::view::ViewPatch::Status);
        }
        self.dirty_lanes.insert(lane);
        if is_delete {
            self.lanes_of_case(&case);
        }
        self.place_operation(id);
        self.place_neighbours(id, &case);
        self.case_changed(&case);
    }

    /// How a message looks depends on the making of its case and on whether it is the next to be sent: when that
    /// changes with an operation, the others are placed again.
    pub(crate) fn place_neighbours(&mut self, id: OperationId, case: &crate::ids::CaseKey) {
        if self.ledger.meta_of(case).any(|entry| entry.op.id == id) {
            self.place_operations_of(case);
        } else {
            for next in self.first_turns(case) {
                if next != id {
                    self.place_operation(next);
                }
            }
        }
    }

    /// Rows change their look by time alone: the next such moment is put down. Of cases that are not drawn there is
    /// nothing to put down; [`open_transcript`](Self::open_transcript) makes up for it.
    pub(crate) fn arm_looks(&mut self, op: OperationId) {
        let is_drawn = self.ledger.entry(&op).is_some_and(|entry| self.screen.is_drawn(&entry.op.case));
        let Some(live) = self.outbox.live.get(&op).filter(|_| is_drawn) else { return };
        let config = &self.config;
        let since_seen = [config.show_sending, config.show_other_window, config.show_still_sending];
        let since_answered = [config.show_sent, config.only_here];
        let (answered, failed_until) = (live.acknowledged_at, live.failed_until);
        let phase_ages = match live.phase {
            Phase::InFlight { since, .. } => Some(since + config.show_still_sending),
            Phase::Waiting { until, why: Wait::Backoff } => Some(Mono(until.0.saturating_sub(SHORT_WAIT.0))),
            Phase::Idle | Phase::Waiting { .. } => None,
        };
        let next = since_seen
            .into_iter()
            .map(|delay| live.seen_at + delay)
            .chain(since_answered.into_iter().filter_map(|delay| Some(answered? + delay)))
            .chain(failed_until)
            .chain(phase_ages)
            .filter(|moment| *moment > self.now.mono)
            .min();
        if let Some(next) = next {
            self.outbox.look_again(next, op);
        }
    }

    pub(crate) fn operation_ended(&mut self, entry: &Entry, end: End) {
        let (id, case, lane) = (entry.op.id, entry.op.case.clone(), entry.op.lane());
        if let Phase::InFlight { request, .. } = self.phase_of(id) {
            self.abort(request);
        }
        let was_failed = matches!(entry.stage, Stage::Failed { .. });
        self.outbox.dequeue(&lane, entry.op.order, id);
        let live = self.outbox.live.get(&id);
        let awaited_since = live.map(|live| live.thinking_since.unwrap_or(live.seen_at));
        if self.outbox.forget(id, &case) || entry.op.is_edit() {
            self.screen.patch(crate::view::ViewPatch::Status);
        }
        if let Some(before) = self.turn_of_message_before(entry) {
            self.recount(before);
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
            if let Some(since) = awaited_since {
                self.outbox.note_awaited(id, since);
            }
            self.read_rows_again(&case);
            self.draw_again(entry);
        } else {
            self.displace_operation(entry);
        }
        if matches!(entry.op.kind, OperationKind::CreateCase { .. }) || entry.op.transition().is_some() {
            self.place_operations_of(&case);
        } else {
            self.place_neighbours(id, &case);
        }
        self.case_changed(&case);
        self.may_be_paged_out(&case);
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
        self.arm_looks(id);
        if let Some(entry) = self.ledger.entry(&id) {
            let case = entry.op.case.clone();
            let is_rename = matches!(entry.op.kind, OperationKind::Rename { .. });
            self.dirty_lanes.insert(entry.op.lane());
            if self.ledger.deletion(&case).is_some() {
                // A deletion waits for whatever is under way in its case.
                self.lanes_of_case(&case);
            }
            if is_rename {
                // A title conflicts only while it is not under way.
                self.screen.patch(crate::view::ViewPatch::Status);
            }
            if self.recount(id) || is_rename {
                self.case_changed(&case);
            }
            self.place_operation(id);
        }
    }

    /// Counts one operation anew, and with it the turn of the same message before it. True if a count changed.
    pub(crate) fn recount(&mut self, id: OperationId) -> bool {
        let before = self.ledger.entry(&id).and_then(|entry| self.turn_of_message_before(entry));
        let changed = before.is_some_and(|before| self.recount_one(before));
        self.recount_one(id) || changed
    }

    fn recount_one(&mut self, id: OperationId) -> bool {
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

    /// How an operation counts for itself.
    pub(crate) fn tally_alone(&self, entry: &Entry) -> Tally {
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
