//! What happens by itself when its moment has come: waits that are over, rows that look different with time.

use crate::core::Core;
use crate::ids::OperationId;
use crate::journal::Record;
use crate::operation::End;
use crate::outbox::Phase;
use crate::time::Mono;

impl Core {
    /// When the queue must be looked at again.
    pub(crate) fn next_queue_moment(&self) -> Option<Mono> {
        let waiting = self.outbox.deadlines.first().map(|(at, _)| *at);
        let gate = self.net.gate_until().filter(|until| *until > self.now.mono);
        [waiting, gate, self.net.renew_at, self.windows.retry_at].into_iter().flatten().min()
    }

    pub(crate) fn queue_timer(&mut self) {
        while let Some((at, op)) = self.outbox.deadlines.first().copied() {
            if at > self.now.mono {
                break;
            }
            self.wait_is_over(op);
        }
        self.renew_if_due();
        self.rewrite_if_due();
    }

    fn wait_is_over(&mut self, op: OperationId) {
        let discarded = self.ledger.entry(&op).is_some_and(|entry| entry.discarding.is_some());
        let listed = self.is_lingering(op);
        self.set_phase(op, Phase::Idle);
        if listed && self.windows.is_sender() {
            self.state(Record::Ended { op, end: End::Completed }, true);
        }
        if discarded {
            if self.is_discard_unkept(op) {
                // Its end counts only behind it.
                self.state(Record::Discarding { op, until: self.now.wall }, false);
            }
            self.state(Record::Ended { op, end: End::Discarded }, false);
        }
    }

    /// Rows whose time has come look different now.
    pub(crate) fn rows_timer(&mut self) {
        while let Some((at, op)) = self.outbox.looks.first().copied() {
            if at > self.now.mono {
                break;
            }
            self.outbox.looks.remove(&(at, op));
            self.arm_looks(op);
            let case = self.ledger.entry(&op).map(|entry| entry.op.case.clone());
            // Time moves no row, it only changes how rows look.
            if let Some(case) = case.filter(|case| self.screen.open() == Some(case)) {
                self.place_operation(op);
                self.place_neighbours(op, &case);
            }
        }
    }
}
