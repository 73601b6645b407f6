//! Turns that the server accepted and answers later: 202 and polling (contract 2.4).

use crate::core::Core;
use crate::effect::Announcement;
use crate::failure::{Failure, FailureClass, Rejection};
use crate::ids::OperationId;
use crate::journal::Record;
use crate::ledger::{Entry, Stage};
use crate::operation::{Acknowledged, Wait};
use crate::outbox::Phase;
use crate::request::{Job, Outcome, Reply};
use crate::time::Millis;

impl Core {
    pub(super) fn turn_accepted(&mut self, entry: &Entry, job: Job, poll_after: Option<Millis>) {
        let op = entry.op.id;
        self.state(Record::Acknowledged { op, with: Acknowledged::Working(job) }, true);
        self.announce(Announcement::MessageSent);
        self.poll_later(op, poll_after);
    }

    /// First after what the server said or 1.5 s, then ×1.5 up to 10 s (contract 2.4).
    pub(super) fn poll_later(&mut self, op: OperationId, asked: Option<Millis>) {
        let now = self.now.mono;
        let Some(live) = self.outbox.live.get_mut(&op) else {
            return;
        };
        live.polling_since.get_or_insert(now);
        let growth = (0..live.polls.min(8)).fold(self.config.poll_first.0, |wait, _| wait * 3 / 2);
        live.polls = live.polls.saturating_add(1);
        let wait = asked.unwrap_or_default().max(Millis(growth.min(self.config.poll_last.0)));
        self.set_phase(op, Phase::Waiting { until: now + wait, why: Wait::Poll });
    }

    pub(crate) fn job_answered(&mut self, op: OperationId, outcome: Outcome) {
        let Some(entry) = self.ledger.entry(&op).cloned() else {
            return;
        };
        self.set_phase(op, Phase::Idle);
        let polled_since = self.outbox.live.get(&op).and_then(|live| live.polling_since);
        let spent = polled_since.map_or(Millis(0), |since| self.now.mono - since);
        match outcome {
            Ok(Reply::Answered { answer, state }) => self.turn_answered(&entry, answer, state),
            Ok(Reply::Working { job, poll_after }) if spent < self.config.poll_budget => {
                if entry.stage != Stage::Acknowledged(Acknowledged::Working(job.clone())) {
                    self.state(Record::Acknowledged { op, with: Acknowledged::Working(job) }, true);
                }
                self.poll_later(op, poll_after);
            }
            Ok(Reply::JobFailed { message }) => {
                let class = FailureClass::Rejected(Rejection::Provider);
                self.park(op, Failure { message, ..Failure::of(class) });
            }
            Err(failure) if matches!(failure.class, FailureClass::Offline | FailureClass::CaptivePortal) => {}
            Err(failure)
                if matches!(failure.class, FailureClass::TokenRefused | FailureClass::SessionExpired) => {}
            Err(failure)
                if matches!(
                    failure.class,
                    FailureClass::Transient(_) | FailureClass::Uncertain | FailureClass::InProgress
                ) && spent < self.config.poll_budget =>
            {
                self.poll_later(op, failure.retry_after);
            }
            // Another 4xx, or the end of the budget: the outcome is unknown, and the same request
            // under the same key finds it out (contract 4.1).
            _ => self.job_lost(&entry),
        }
    }

    pub(super) fn job_lost(&mut self, entry: &Entry) {
        let op = entry.op.id;
        let failure = Failure::of(FailureClass::Uncertain);
        self.state(Record::Failed { op, failure: failure.clone(), at: self.now.wall }, true);
        self.state(Record::Resumed { op, anyway: false }, true);
        if let Some(live) = self.outbox.live.get_mut(&op) {
            live.polling_since = None;
            live.polls = 0;
        }
        let entry = self.ledger.entry(&op).cloned().unwrap_or_else(|| entry.clone());
        self.operation_failed(&entry, failure);
    }
}
