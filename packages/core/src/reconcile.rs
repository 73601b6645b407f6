//! What an answer does to the operation that asked.
//!
//! Confirming removes an operation in the very step in which its confirmed rows are there (I17);
//! rows themselves are bound in [`rows`].

mod jobs;
mod listed;
mod rows;
mod verify;

pub(crate) use listed::is_listed_otherwise;

use crate::core::Core;
use crate::effect::{Announcement, CacheWrite, Effect, Notice};
use crate::failure::{Failure, FailureClass, Rejection};
use crate::ids::OperationId;
use crate::journal::Record;
use crate::ledger::Entry;
use crate::model::{Answer, CaseState, RealCase};
use crate::operation::{Acknowledged, End, OperationKind, Wait};
use crate::outbox::Phase;
use crate::request::{Outcome, Reply};
use crate::retry::{Verdict, verdict};

impl Core {
    pub(crate) fn operation_answered(&mut self, op: OperationId, outcome: Outcome) {
        let Some(entry) = self.ledger.entry(&op).cloned() else {
            return;
        };
        self.set_phase(op, Phase::Idle);
        match (outcome, &entry.op.kind) {
            (Ok(Reply::Case(case)), OperationKind::CreateCase { name }) => {
                let name = std::sync::Arc::clone(name);
                self.case_created(&entry, case, name);
            }
            (Ok(Reply::Answered { answer, state }), OperationKind::SubmitTurn { .. }) => {
                self.turn_answered(&entry, answer, state);
            }
            (Ok(Reply::Working { job, poll_after }), OperationKind::SubmitTurn { .. }) => {
                self.turn_accepted(&entry, job, poll_after);
            }
            (Ok(Reply::Done), OperationKind::Rename { title, .. }) => {
                let title = std::sync::Arc::clone(title);
                self.titled(&entry, title);
            }
            (Ok(Reply::Titled(title)), OperationKind::GenerateTitle { .. }) => self.titled(&entry, title),
            (Ok(Reply::Done), OperationKind::Delete) => self.case_deleted(&entry),
            // An answer of another shape than was asked for is no proof of anything.
            (Ok(_), _) => self.operation_failed(&entry, Failure::of(FailureClass::Uncertain)),
            (Err(failure), _) => {
                if let Some(live) = self.outbox.live.get_mut(&op).filter(|_| !failure.class.may_have_run()) {
                    live.in_doubt_since = None;
                }
                self.operation_failed(&entry, failure);
            }
        }
    }

    fn case_created(&mut self, entry: &Entry, case: RealCase, name: std::sync::Arc<str>) {
        let (key, real) = (entry.op.case.clone(), case.id.clone());
        if let Err(why) = self.ledger.links().check(&key, &real) {
            // The server named a case that already belongs to another: nothing is mixed up, the
            // person decides.
            self.violation(format!("{why}; it was not linked"));
            let failure = Failure::of(FailureClass::Rejected(Rejection::Unexplained));
            return self.park(entry.op.id, failure);
        }
        if self.was_known_before(entry, &real) {
            self.violation(format!("case {real} was there before it was to be made; it was not linked"));
            let failure = Failure::of(FailureClass::Rejected(Rejection::Unexplained));
            return self.park(entry.op.id, failure);
        }
        if self.ledger.is_deleted(&real) {
            // Seen under the server's name, and deleted, before the answer came: what was said in it has no case.
            return self.park(entry.op.id, Failure::of(FailureClass::Rejected(Rejection::CaseGone)));
        }
        self.state(Record::Link { case: key, real, name }, true);
        self.take_case(case);
        self.state(Record::Ended { op: entry.op.id, end: End::Completed }, true);
    }

    /// Whether the server had a case before this window first asked for it to be made. Attempts of others and
    /// of an earlier run say nothing.
    pub(crate) fn was_known_before(&self, entry: &Entry, real: &crate::ids::RealId) -> bool {
        let live = self.outbox.live.get(&entry.op.id).filter(|live| live.first_sent_here);
        let asked = live.and_then(|live| live.attempted_at);
        self.confirmed.first_seen(real).is_some_and(|seen| asked.is_some_and(|asked| seen < asked))
    }

    fn turn_answered(&mut self, entry: &Entry, answer: Answer, state: CaseState) {
        let (op, key) = (entry.op.id, entry.op.case.clone());
        let turn = answer.turn;
        self.state(Record::Acknowledged { op, with: Acknowledged::Answered(answer) }, true);
        if let Some(live) = self.outbox.live.get_mut(&op) {
            live.uncertain = false;
        }
        self.announce(Announcement::AnswerComplete);
        if let Some(known) = self.confirmed_case(&key).cloned() {
            let current_turn = turn.unwrap_or(0).max(known.current_turn);
            self.take_case(RealCase { state, current_turn, ..(*known).clone() });
        }
        self.complete_if_listed(op);
        self.want_messages(&key);
        self.want_case(&key);
        if let Some(real) = self.ledger.real(&key) {
            self.reads.details_outdated(&real);
        }
        self.announce_if_all_sent();
    }

    /// The case has a title that was asked for here. One that the person has given since stands on it.
    fn titled(&mut self, entry: &Entry, title: std::sync::Arc<str>) {
        let later: Vec<_> = self
            .ledger
            .meta_of(&entry.op.case)
            .filter(|other| {
                other.op.order > entry.op.order && matches!(other.op.kind, OperationKind::Rename { .. })
            })
            .map(|other| other.op.id)
            .collect();
        for op in later {
            self.state(Record::Rebased { op, base: Some(std::sync::Arc::clone(&title)) }, false);
        }
        if let Some(known) = self.confirmed_case(&entry.op.case).cloned() {
            self.take_case(RealCase { title: Some(title), ..(*known).clone() });
        }
        self.state(Record::Ended { op: entry.op.id, end: End::Completed }, true);
        self.announce_if_all_sent();
    }

    fn case_deleted(&mut self, entry: &Entry) {
        let key = entry.op.case.clone();
        let real = self.ledger.real(&key);
        self.end_all(&key, End::Completed);
        if let Some(real) = real {
            self.state(Record::Deleted { real: real.clone() }, true);
            self.cache(CacheWrite::Forget(real));
        }
    }

    /// What the failure table says (architecture §4).
    fn operation_failed(&mut self, entry: &Entry, failure: Failure) {
        let op = entry.op.id;
        let Some(live) = self.outbox.live.get_mut(&op) else {
            return;
        };
        let tries = live.attempts;
        live.not_before = failure.retry_after.map(|wait| self.now.mono + wait);
        let decided = verdict(&self.config, &mut self.entropy, failure, tries);
        if let Some(live) = self.outbox.live.get_mut(&op) {
            match &decided {
                Verdict::Unsent | Verdict::RenewToken | Verdict::RenewSession => {
                    live.attempts = live.attempts.saturating_sub(1);
                }
                Verdict::UnsentUncertain | Verdict::Again { why: Wait::Uncertain, .. } => {
                    live.uncertain = true;
                }
                _ => live.uncertain = false,
            }
        }
        match decided {
            // The link, the token or the session is being seen to; the operation goes on after that.
            Verdict::Unsent | Verdict::UnsentUncertain | Verdict::RenewToken | Verdict::RenewSession => {
                self.set_phase(op, Phase::Idle);
                if matches!(entry.op.kind, OperationKind::SubmitTurn { .. })
                    && matches!(decided, Verdict::Unsent)
                {
                    self.announce(Announcement::WaitingOffline);
                }
            }
            Verdict::Again { wait, why, gate } => {
                if gate {
                    self.close_gate(wait);
                }
                self.set_phase(op, Phase::Waiting { until: self.now.mono + wait, why });
            }
            Verdict::Committed => self.settle_committed(entry),
            Verdict::Park { failure, gate } => {
                if let Some(wait) = gate {
                    self.close_gate(wait);
                }
                if !self.looks_once_more(entry, &failure) {
                    self.reject(entry, failure);
                }
            }
        }
    }

    /// The server has run it and can no longer say what it answered: the list knows.
    pub(crate) fn settle_committed(&mut self, entry: &Entry) {
        let op = entry.op.id;
        match entry.op.kind {
            OperationKind::SubmitTurn { .. } => {
                self.state(Record::Acknowledged { op, with: Acknowledged::Committed }, true);
                self.complete_if_listed(op);
                self.want_messages(&entry.op.case.clone());
            }
            _ => self.park(op, Failure::of(FailureClass::Rejected(Rejection::Unexplained))),
        }
    }

    fn reject(&mut self, entry: &Entry, failure: Failure) {
        let op = entry.op.id;
        match (&entry.op.kind, &failure.class) {
            (OperationKind::Delete, _) => {
                let case = entry.op.case.clone();
                self.state(Record::Ended { op, end: End::Refused }, true);
                self.out.push(Effect::Notice(Notice::NotDeleted { case, failure }));
            }
            (OperationKind::GenerateTitle { .. }, _) => {
                let case = entry.op.case.clone();
                self.state(Record::Ended { op, end: End::Refused }, true);
                self.out.push(Effect::Notice(Notice::NotNamed { case, failure }));
            }
            (
                _,
                FailureClass::Conflict
                | FailureClass::Rejected(Rejection::CaseGone | Rejection::CaseTerminal),
            ) => {
                let case = entry.op.case.clone();
                self.park(op, failure);
                self.want_case(&case);
                self.want_messages(&case);
            }
            _ => self.park(op, failure),
        }
    }

    pub(crate) fn park(&mut self, op: OperationId, failure: Failure) {
        self.state(Record::Failed { op, failure, at: self.now.wall }, true);
        if self.ledger.entry(&op).is_some_and(|e| matches!(e.op.kind, OperationKind::SubmitTurn { .. })) {
            self.announce(Announcement::NotSent(op));
        }
    }

    fn announce_if_all_sent(&mut self) {
        // Success is silent; the end of a queue that was announced is not.
        let queue_is_empty = self.outbox.totals() == crate::outbox::Totals::default();
        if self.outbox.is_at_rest() && queue_is_empty && std::mem::take(&mut self.net.draining) {
            self.announce(Announcement::AllSent);
        }
    }
}
