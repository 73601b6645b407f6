//! How far a message is: the thirteen states of ux §5.

use crate::core::Core;
use crate::failure::{Failure, FailureClass};
use crate::ledger::{Entry, Stage};
use crate::operation::{Acknowledged, OperationKind, Wait};
use crate::outbox::{Live, Phase};
use crate::time::{Millis, Mono, Wall};
use crate::view::{AccountStatus, Delivery, LinkStatus};

/// A wait that is shorter than this is not worth a word.
pub(crate) const SHORT_WAIT: Millis = Millis::seconds(3);

impl Core {
    /// How far a message is: ux §5, in the order in which one state outranks another.
    pub(super) fn delivery(&self, entry: &Entry) -> Delivery {
        let Some(live) = self.outbox.live.get(&entry.op.id) else {
            return Delivery::Settled;
        };
        match &entry.stage {
            Stage::Failed { failure, at } => self.failed(entry, failure, *at),
            Stage::Stopped if self.has_arrived(entry, live) => Delivery::Settled,
            Stage::Stopped => Delivery::Stopped,
            Stage::Acknowledged(with) => self.acknowledged(entry, live, with),
            Stage::Open => self.unsent(entry, live),
        }
    }

    /// Whether anything proves that the server has a message that nobody waits for any more.
    fn has_arrived(&self, entry: &Entry, live: &Live) -> bool {
        let question = entry.op.question();
        live.acknowledged_at.is_some() || question.is_none_or(|key| self.is_confirmed(&entry.op.case, key))
    }

    pub(super) fn failed(&self, entry: &Entry, failure: &Failure, at: Wall) -> Delivery {
        // What was brought in from elsewhere has left at a time that nobody knows.
        let first = entry.first.filter(|first| first.at > Wall(0));
        Delivery::Failed {
            failure: failure.clone(),
            not_before: self.retry_not_before(entry.op.id),
            took: first.map(|first| at - first.at),
        }
    }

    /// Before this moment the server does not want the operation again, by its own word (I12).
    pub(crate) fn retry_not_before(&self, op: crate::ids::OperationId) -> Option<Mono> {
        let failed = matches!(self.ledger.entry(&op)?.stage, Stage::Failed { .. });
        let until = self.outbox.live.get(&op)?.failed_until.filter(|until| *until > self.now.mono);
        until.filter(|_| failed)
    }

    /// Until when a failure keeps the person from trying again: worked out once, when this window hears of
    /// it, because the wall clock may be set meanwhile.
    pub(crate) fn kept_from_retry(&self, failure: &Failure, at: Wall) -> Option<Mono> {
        let asked = failure.retry_after.filter(|asked| *asked > self.config.longest_wait)?;
        let left = Millis(asked.0.saturating_sub((self.now.wall - at).0));
        (left.0 > 0).then(|| self.now.mono + left)
    }

    pub(super) fn acknowledged(&self, entry: &Entry, live: &Live, with: &Acknowledged) -> Delivery {
        let age = live.acknowledged_at.map_or(Millis(u64::MAX), |at| self.now.mono - at);
        if age < self.config.show_sent {
            return Delivery::Sent;
        }
        let listed = match &entry.op.kind {
            OperationKind::SubmitTurn { question, .. } => self.is_confirmed(&entry.op.case, question),
            _ => true,
        };
        let working = matches!(with, Acknowledged::Working(_));
        if listed || working || age < self.config.only_here { Delivery::Settled } else { Delivery::OnlyHere }
    }

    /// Whether the server lists a message without the answer that it gave.
    pub(super) fn delivery_of_answer(&self, entry: &Entry) -> Delivery {
        let asked_at = self.outbox.live.get(&entry.op.id).and_then(|live| live.acknowledged_at);
        let is_late = asked_at.is_some_and(|at| self.now.mono - at >= self.config.only_here);
        let is_answered = matches!(entry.stage, Stage::Acknowledged(Acknowledged::Answered(_)));
        let is_listed = entry.op.question().is_some_and(|key| self.is_confirmed(&entry.op.case, key));
        if is_answered && is_late && is_listed { Delivery::OnlyHere } else { Delivery::Settled }
    }

    pub(super) fn unsent(&self, entry: &Entry, live: &Live) -> Delivery {
        let age = self.now.mono - live.seen_at;
        let echoed = || {
            if age < self.config.show_sending { Delivery::Echoed } else { Delivery::Sending }
        };
        if let Some(failure) = self.failed_creation(entry) {
            return match self.is_first_of_case(entry) {
                true => failure,
                false => Delivery::Blocked,
            };
        }
        if self.is_blocked(entry) {
            return Delivery::Blocked;
        }
        match live.phase {
            Phase::InFlight { .. } if live.uncertain => return Delivery::Checking,
            // A plain POST tells of its arrival only by its answer: the thinking row says it all.
            Phase::InFlight { .. } => return Delivery::Echoed,
            _ => {}
        }
        if self.net.account == AccountStatus::SignedOut {
            return Delivery::WaitingSignIn;
        }
        if self.net.link != LinkStatus::Online {
            return Delivery::WaitingOffline;
        }
        if !self.windows.is_sender() {
            return if age < self.config.show_other_window { echoed() } else { Delivery::WaitingWindow };
        }
        if let Some(until) = self.net.gate_until().filter(|until| *until > self.now.mono) {
            return Delivery::WaitingBusy { until };
        }
        match live.phase {
            Phase::Waiting { why: Wait::Uncertain, .. } => Delivery::Checking,
            _ if live.last_look.is_some() => Delivery::Checking,
            Phase::Waiting { until, why: Wait::Backoff } if until - self.now.mono > SHORT_WAIT => {
                Delivery::WaitingBusy { until }
            }
            _ if age >= self.config.show_still_sending && self.is_at_turn(entry) => {
                Delivery::StillSending { since: live.seen_at }
            }
            _ => echoed(),
        }
    }

    pub(super) fn is_at_turn(&self, entry: &Entry) -> bool {
        self.current(&entry.op.lane()).is_some_and(|current| current.op.order <= entry.op.order)
            && self.is_first_of_case(entry)
    }

    /// The failure that kept the case from being made: it is the first message's failure too.
    pub(super) fn failed_creation(&self, entry: &Entry) -> Option<Delivery> {
        self.ledger.meta_of(&entry.op.case).find_map(|other| match (&other.op.kind, &other.stage) {
            (OperationKind::CreateCase { .. }, Stage::Failed { failure, at }) => {
                Some(self.failed(other, failure, *at))
            }
            _ => None,
        })
    }

    pub(super) fn is_first_of_case(&self, entry: &Entry) -> bool {
        self.first_turn(&entry.op.case).is_some_and(|first| first.op.id == entry.op.id)
    }
}

/// Whether the person's retry, of the unchanged message, can work.
pub(crate) fn retry_helps(failure: &Failure) -> bool {
    match &failure.class {
        FailureClass::Rejected(rejection) => rejection.retry_helps(),
        _ => true,
    }
}
