//! Reading before writing: has it run already, was it changed elsewhere?

use crate::core::Core;
use crate::ids::{OperationId, RealId};
use crate::operation::OperationKind;
use crate::outbox::Phase;
use crate::request::{Outcome, Reply, RequestId};

impl Core {
    /// The list was read because the key may have expired. If the message is in it, it has run.
    pub(crate) fn verified(&mut self, op: OperationId, case: &RealId, offset: u32, outcome: Outcome) {
        self.set_phase(op, Phase::Idle);
        match outcome {
            Ok(Reply::Messages(page)) => {
                let has_more = page.has_more;
                self.take_messages(case, offset, page);
                self.reads.note_messages(case);
                let Some(entry) = self.ledger.entry(&op).cloned() else {
                    return;
                };
                let OperationKind::SubmitTurn { question, .. } = &entry.op.kind else {
                    return;
                };
                let listed = self.confirmed.rows(case).is_some_and(|rows| rows.by_key(question).is_some());
                if listed {
                    self.settle_committed(&entry);
                } else if !has_more && let Some(live) = self.outbox.live.get_mut(&op) {
                    live.verified = true;
                    self.dirty_lanes.insert(entry.op.lane());
                }
            }
            Ok(_) => {}
            Err(failure) => self.verification_failed(op, failure),
        }
    }

    /// The case was read before its title is changed. If theirs changed too, the person decides first.
    pub(crate) fn compared(&mut self, op: OperationId, case: &RealId, request: RequestId, outcome: Outcome) {
        self.set_phase(op, Phase::Idle);
        match outcome {
            Ok(Reply::Case(answer)) if answer.id == *case => {
                if let Some(live) = self.outbox.live.get_mut(&op) {
                    live.verified = true;
                }
                if self.reads.is_current(case, request) {
                    self.take_case(answer);
                }
                if let Some(entry) = self.ledger.entry(&op) {
                    self.dirty_lanes.insert(entry.op.lane());
                }
            }
            Ok(_) => {}
            Err(failure) => self.verification_failed(op, failure),
        }
    }

    fn verification_failed(&mut self, op: OperationId, failure: crate::failure::Failure) {
        let Some(entry) = self.ledger.entry(&op).cloned() else { return };
        if let Some(live) = self.outbox.live.get_mut(&op) {
            live.attempts += 1;
        }
        self.operation_failed(&entry, failure);
    }
}
