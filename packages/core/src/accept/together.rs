//! One message of several turns: a server takes one file a turn, so files and words that were sent with one press are
//! turns that follow each other. To the person they are one message, to be retried, edited and given up as one.
//!
//! What was begun in one moment of a case belongs together ([`Core::moment_of_its_own`]): that is in the journal, and in
//! the journals of every version.

use crate::core::Core;
use crate::ids::{CaseKey, OperationId};
use crate::ledger::{Entry, Stage};
use crate::operation::Wait;
use crate::outbox::{Phase, Tally};
use crate::screen::retry_helps;
use crate::time::{Millis, Wall};

impl Core {
    /// A moment at which nothing else was said in a case.
    pub(super) fn moment_of_its_own(&self, case: &CaseKey) -> Wall {
        let last = self.ledger.ops_of(case).rfind(|entry| entry.op.question().is_some());
        let last = last.map_or(Wall(0), |entry| entry.op.created);
        let is_taken = last >= self.now.wall && last - self.now.wall < Millis::seconds(1);
        if is_taken { last + Millis(1) } else { self.now.wall }
    }

    /// The turns of a message that a wish about one of them is about, in their order: that one, and those that are
    /// certain not to be on the server nor on their way.
    pub(super) fn unsent_with(&self, op: OperationId) -> Vec<OperationId> {
        self.turns_with(op, |other| other.op.id == op || self.has_not_left(other))
    }

    /// The turns that were given up together with one, in their order.
    pub(super) fn given_up_with(&self, op: OperationId) -> Vec<OperationId> {
        self.turns_with(op, |other| other.discarding.is_some())
    }

    /// The turns of a message that are sent again with one: what failed, or, `anyway`, what waits behind a failed one.
    pub(super) fn sent_again_with(&self, op: OperationId, anyway: bool) -> Vec<OperationId> {
        self.turns_with(op, |other| match &other.stage {
            Stage::Failed { failure, .. } => other.op.id == op || (!anyway && retry_helps(failure)),
            Stage::Open => {
                anyway && !self.is_on_its_way(other) && (other.op.id == op || self.is_blocked(other))
            }
            Stage::Acknowledged(_) | Stage::Stopped => false,
        })
    }

    fn turns_with(&self, op: OperationId, is_meant: impl Fn(&Entry) -> bool) -> Vec<OperationId> {
        let Some(entry) = self.ledger.entry(&op) else { return Vec::new() };
        let turns = self.ledger.ops_of(&entry.op.case).filter(|other| is_one_message(entry, other));
        turns.filter(|other| is_meant(other)).map(|other| other.op.id).collect()
    }

    fn is_on_its_way(&self, entry: &Entry) -> bool {
        self.outbox.live.get(&entry.op.id).is_some_and(|live| matches!(live.phase, Phase::InFlight { .. }))
    }

    fn has_not_left(&self, entry: &Entry) -> bool {
        let Some(live) = self.outbox.live.get(&entry.op.id).filter(|_| entry.discarding.is_none()) else {
            return false;
        };
        match &entry.stage {
            Stage::Failed { failure, .. } => !failure.class.may_have_run(),
            Stage::Open => {
                let is_refused = matches!(live.phase, Phase::Waiting { why: Wait::Backoff, .. });
                live.in_doubt_since.is_none() && (entry.first.is_none() || is_refused)
            }
            Stage::Acknowledged(_) | Stage::Stopped => false,
        }
    }

    /// How a turn counts in the totals: a message counts once, with the last of its turns that count alike.
    pub(crate) fn tally_of(&self, entry: &Entry) -> Tally {
        let own = self.tally_alone(entry);
        let counts_with = |next: &Entry| is_one_message(entry, next) && self.tally_alone(next) == own;
        if self.ledger.op_after(entry).is_some_and(counts_with) { Tally::None } else { own }
    }

    /// The turn before one, if both are one message.
    pub(crate) fn turn_of_message_before(&self, entry: &Entry) -> Option<OperationId> {
        let before = self.ledger.ops_before(entry).next().filter(|before| is_one_message(entry, before));
        before.map(|before| before.op.id)
    }
}

/// Whether two operations of a case are one, or turns of one message.
fn is_one_message(entry: &Entry, other: &Entry) -> bool {
    let is_turn = |entry: &Entry| entry.op.question().is_some();
    other.op.id == entry.op.id || (other.op.created == entry.op.created && is_turn(entry) && is_turn(other))
}
