//! What the person can do about a message that is not answered: retry, edit, discard, take back, stop.

use crate::core::Core;
use crate::effect::{Refusal, Undoable};
use crate::ids::{CaseKey, OperationId};
use crate::journal::Record;
use crate::ledger::{Entry, Stage};
use crate::model::Draft;
use crate::operation::{Acknowledged, End, OperationKind, Wait};
use crate::outbox::Phase;
use crate::time::Millis;
use std::sync::Arc;

impl Core {
    /// Sends a failed operation again, at once and with its tries counted anew. Retrying a message
    /// whose case could not be made retries that too.
    pub(super) fn retry(&mut self, op: OperationId, anyway: bool) {
        let Some(entry) = self.ledger.entry(&op) else {
            return self.refuse(Refusal::TooLate);
        };
        let case = entry.op.case.clone();
        if entry.stage == Stage::Stopped && !anyway {
            // Whoever has stopped it does not want it sent, but known.
            return self.want_messages(&case);
        }
        let failed_create = self
            .ledger
            .meta_of(&case)
            .find(|e| {
                matches!(e.op.kind, OperationKind::CreateCase { .. })
                    && matches!(e.stage, Stage::Failed { .. })
            })
            .map(|e| e.op.id);
        if let Some(create) = failed_create {
            self.resume(create, false);
        }
        for turn in self.sent_again_with(op, anyway) {
            self.resume(turn, anyway);
        }
    }

    pub(super) fn resume(&mut self, op: OperationId, anyway: bool) {
        let given_up = self.ledger.entry(&op).is_none_or(|entry| entry.discarding.is_some());
        if given_up || self.retry_not_before(op).is_some_and(|moment| moment > self.now.mono) {
            return;
        }
        if let Some(live) = self.outbox.live.get_mut(&op) {
            live.attempts = 0;
        }
        self.state(Record::Resumed { op, anyway }, false);
        self.set_phase(op, Phase::Idle);
    }

    pub(super) fn retry_all(&mut self, case: &CaseKey) {
        let failed: Vec<_> = self
            .ledger
            .ops_of(case)
            .filter(|entry| match &entry.stage {
                Stage::Failed { failure, .. } => crate::screen::retry_helps(failure),
                _ => false,
            })
            .map(|entry| entry.op.id)
            .collect();
        for op in failed {
            self.resume(op, false);
        }
    }

    /// Sends what waits for a failed message, in the order in which it was written.
    pub(super) fn send_rest(&mut self, case: &CaseKey) {
        let blocked: Vec<_> = self
            .ledger
            .ops_of(case)
            .filter(|entry| matches!(entry.op.kind, OperationKind::SubmitTurn { .. }))
            .filter(|entry| entry.stage == Stage::Open && self.is_blocked(entry))
            .map(|entry| entry.op.id)
            .collect();
        for op in blocked {
            self.resume(op, true);
        }
    }

    /// Moves an unsent message back into the composer, above whatever stands there.
    pub(super) fn edit(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op).filter(|entry| entry.is_unsent()) else {
            return self.refuse(Refusal::TooLate);
        };
        if entry.op.question().is_some() {
            let (case, turns) = (entry.op.case.clone(), self.unsent_with(op));
            self.take_back(Some(case), &turns);
        }
    }

    /// Moves turns of one message into a composer.
    pub(crate) fn take_back(&mut self, case: Option<CaseKey>, turns: &[OperationId]) {
        let mut draft = Draft::default();
        for op in turns.iter().rev() {
            if let Some(Entry { op, .. }) = self.ledger.entry(op)
                && let OperationKind::SubmitTurn { turn, .. } = &op.kind
            {
                let data = turn.data.iter().cloned().collect();
                draft = above(Draft { text: Arc::clone(&turn.text), data, caret: 0 }, draft);
            }
        }
        self.put_above_draft(case, draft);
        for op in turns {
            self.state(Record::Ended { op: *op, end: End::Cancelled }, false);
        }
    }

    /// Puts something into a composer, above whatever stands there, with the caret behind it.
    pub(crate) fn put_above_draft(&mut self, case: Option<CaseKey>, draft: Draft) {
        let kept = self.ledger.draft(case.as_ref()).cloned().unwrap_or_default();
        let stamp = self.draft_stamp(case.as_ref());
        self.state(Record::Draft { case, draft: above(draft, kept), stamp }, false);
    }

    pub(super) fn discard(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op) else {
            return self.refuse(Refusal::TooLate);
        };
        match entry.op.kind {
            // The rows are gone at once; the operations stay until that can no longer be taken back.
            OperationKind::SubmitTurn { .. } => {
                let until = self.now.wall + self.config.undo;
                for turn in self.unsent_with(op) {
                    self.state(Record::Discarding { op: turn, until }, false);
                    self.end_discard_after(turn, self.config.undo);
                }
                self.undoable(op, Undoable::Discarded);
            }
            OperationKind::Rename { .. } | OperationKind::GenerateTitle { .. } => {
                self.state(Record::Ended { op, end: End::Discarded }, false);
            }
            OperationKind::CreateCase { .. } | OperationKind::Delete => self.refuse(Refusal::TooLate),
        }
    }

    pub(crate) fn end_discard_after(&mut self, op: OperationId, within: Millis) {
        if let Phase::InFlight { request, .. } = self.phase_of(op) {
            self.abort(request);
        }
        self.outbox.set_phase(op, Phase::Waiting { until: self.now.mono + within, why: Wait::Undo });
    }

    pub(super) fn hold_undo(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op) else { return };
        let turns = if entry.discarding.is_some() { self.given_up_with(op) } else { vec![op] };
        for op in turns {
            if !matches!(self.phase_of(op), Phase::Waiting { why: Wait::Undo, .. }) {
                continue;
            }
            if self.ledger.entry(&op).is_some_and(|entry| entry.discarding.is_some()) {
                let until = self.now.wall + self.config.undo;
                self.state(Record::Discarding { op, until }, false);
            }
            let until = self.now.mono + self.config.undo;
            self.outbox.set_phase(op, Phase::Waiting { until, why: Wait::Undo });
        }
    }

    pub(super) fn undo(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op) else {
            return self.refuse(Refusal::TooLate);
        };
        if entry.discarding.is_some() {
            for turn in self.given_up_with(op) {
                self.set_phase(turn, Phase::Idle);
                self.state(Record::Kept { op: turn }, false);
                // The journal still says that it is given up.
                self.waits_for(Some(turn), self.staged_batch());
            }
            return;
        }
        if entry.op.transition().is_some() && entry.first.is_none() {
            return self.state(Record::Ended { op, end: End::Cancelled }, false);
        }
        let case = entry.op.case.clone();
        let undoable = matches!(self.phase_of(op), Phase::Waiting { why: Wait::Undo, .. });
        if matches!(entry.op.kind, OperationKind::Delete) && undoable {
            self.state(Record::Ended { op, end: End::Cancelled }, false);
            self.open(Some(case));
        } else {
            self.refuse(Refusal::TooLate);
        }
    }

    /// Stops waiting for an answer. The server may have the message, so its text stays in its row;
    /// what never left goes back into the composer.
    pub(super) fn stop(&mut self, op: OperationId) {
        let is_awaited = |entry: &&Entry| {
            matches!(entry.op.kind, OperationKind::SubmitTurn { .. })
                && matches!(entry.stage, Stage::Open | Stage::Acknowledged(Acknowledged::Working(_)))
        };
        let Some(entry) = self.ledger.entry(&op).filter(is_awaited) else {
            return self.refuse(Refusal::TooLate);
        };
        if entry.first.is_none() {
            return self.edit(op);
        }
        let case = entry.op.case.clone();
        let rest: Vec<_> = self.unsent_with(op).into_iter().filter(|turn| *turn != op).collect();
        if let Phase::InFlight { request, .. } = self.phase_of(op) {
            self.abort(request);
        }
        self.outbox.set_phase(op, Phase::Idle);
        self.state(Record::Stopped { op }, false);
        if !rest.is_empty() {
            self.take_back(Some(case.clone()), &rest);
        }
        self.want_messages(&case);
    }
}

/// Two drafts as one, with the caret behind the first.
fn above(first: Draft, second: Draft) -> Draft {
    let caret = u32::try_from(first.text.encode_utf16().count()).unwrap_or(u32::MAX);
    let text: Arc<str> = match (first.text.is_empty(), second.text.is_empty()) {
        (_, true) => first.text,
        (true, false) => second.text,
        (false, false) => format!("{}\n\n{}", first.text, second.text).into(),
    };
    Draft { text, data: first.data.into_iter().chain(second.data).collect(), caret }
}
