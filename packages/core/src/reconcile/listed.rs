//! Which messages the server lists: what is missing, what is over, what ran although it seemed not to.

use crate::confirmed::Rows;
use crate::core::Core;
use crate::effect::CacheWrite;
use crate::ids::{CaseKey, OperationId, RealId};
use crate::ledger::{Entry, Stage};
use crate::model::Role;
use crate::operation::{Acknowledged, OperationKind, Wait};
use crate::outbox::Phase;
use crate::reads::Missing;

use super::rows::{Crowd, answered_turn};

impl Core {
    /// What rows the operations of a case wait for, after a page was read.
    pub(super) fn missing(&self, case: &RealId) -> Missing {
        let rows = self.confirmed.rows(case);
        if rows.is_some_and(Rows::has_gap) {
            return Missing::Above;
        }
        let mut unlisted = self.ledger.begun(&self.ledger.key(case)).filter(|entry| {
            is_settled(entry)
                && matches!(entry.op.kind, OperationKind::SubmitTurn { .. })
                && !self.is_listed(entry)
        });
        let turn_of = |entry: &Entry| {
            let after = entry.first.map_or(0, |first| first.known_turn.saturating_add(1));
            answered_turn(entry).unwrap_or(after)
        };
        // Turns are given in the order of operations: the first that lacks rows has the lowest.
        let Some(turn) = unlisted.next().map(turn_of) else { return Missing::Nothing };
        let Some(rows) = rows else { return Missing::Later(0) };
        let window_begins_later = rows.window.is_some_and(|(from, _)| from > 0);
        if window_begins_later && rows.lowest_turn().is_none_or(|lowest| turn <= lowest) {
            return Missing::Above;
        }
        // A server may list a row late, and before rows that it listed at once.
        let last_before = rows.iter().rfind(|row| row.message.turn.is_some_and(|known| known < turn));
        Missing::Later(last_before.map_or(0, |row| row.arrival))
    }

    /// Which of the turns that a page holds it holds without their answers, although those are here.
    pub(super) fn note_answers(&mut self, (case, key): (&RealId, &CaseKey), page: &Crowd, has_more: bool) {
        let clock = (self.now.mono, self.config.only_here);
        let last = page.last_key_value().and_then(|((turn, _), _)| *turn);
        for (turn, role) in page.keys() {
            let Some(turn) = turn.filter(|_| *role == Role::User) else { continue };
            let is_listed = page.contains_key(&(Some(turn), Role::Assistant));
            // The answer to the last turn may be the first row of the next page.
            if !is_listed && has_more && last == Some(turn) {
                continue;
            }
            let (first, changed) = self.confirmed.rows_mut(case).note_answer(turn, is_listed, clock);
            for row in changed {
                self.place_row(key, &row);
            }
            if let Some(from) = first {
                self.reads.look_again(case, clock.0 + clock.1, from);
            }
        }
    }

    /// A message that was given up as not sent, and stands in the server's list all the same, was sent.
    pub(super) fn settle_if_it_ran(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op).cloned() else { return };
        let OperationKind::SubmitTurn { question, .. } = &entry.op.kind else { return };
        let rows = self.rows_of(&entry.op.case);
        let listed = rows.is_some_and(|rows| rows.by_key(question).is_some());
        if listed && self.windows.is_sender() && matches!(entry.stage, Stage::Failed { .. }) {
            self.settle_committed(&entry);
        }
    }

    /// Has an operation end whose rows are all confirmed. Until then it stays, and so do its rows (I17).
    pub(crate) fn complete_if_listed(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op) else {
            return;
        };
        if self.windows.is_sender() && is_settled(entry) && !self.is_lingering(op) && self.is_listed(entry) {
            let entry = entry.clone();
            self.cache_told_rows(&entry);
            let until = self.now.mono + self.config.linger;
            self.set_phase(op, Phase::Waiting { until, why: Wait::Listed });
        }
    }

    /// Whether the rows of a message are all confirmed, and it is about to end.
    pub(crate) fn is_lingering(&self, op: OperationId) -> bool {
        matches!(self.phase_of(op), Phase::Waiting { why: Wait::Listed, .. })
    }

    /// The rows of a message are about to be all that is left of it. Those that another window told of may
    /// not have reached the cache before that window died.
    fn cache_told_rows(&mut self, entry: &Entry) {
        let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind else { return };
        let Some(case) = self.ledger.real(&entry.op.case) else { return };
        for key in [question, answer] {
            let rows = self.confirmed.rows_mut(&case);
            let Some(row) = rows.by_key(key).cloned() else { continue };
            if rows.take_told(&row.message.id) {
                self.cache(CacheWrite::Message { case: case.clone(), row });
            }
        }
    }

    /// Whether the rows of a message are confirmed.
    fn is_listed(&self, entry: &Entry) -> bool {
        [Role::User, Role::Assistant].into_iter().all(|role| self.is_row_listed(entry, role))
    }

    /// Whether one row of a message is confirmed: under its key, or under another one.
    pub(crate) fn is_row_listed(&self, entry: &Entry, role: Role) -> bool {
        let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind else {
            return false;
        };
        let key = if role == Role::User { question } else { answer };
        self.rows_of(&entry.op.case)
            .is_some_and(|rows| rows.by_key(key).is_some() || is_listed_otherwise(rows, entry, role))
    }
}

/// Whether one row of a message stands under another key with the same words: two messages fitted one row, or another
/// window read it before it heard of the message.
pub(crate) fn is_listed_otherwise(rows: &Rows, entry: &Entry, role: Role) -> bool {
    let OperationKind::SubmitTurn { question, turn, .. } = &entry.op.kind else {
        return false;
    };
    let received = match &entry.stage {
        Stage::Acknowledged(Acknowledged::Answered(answer)) => Some(answer),
        _ => None,
    };
    if let Some(answer) = received {
        let text = if role == Role::User { &turn.text } else { &answer.text };
        return answer.turn.is_some_and(|turn| rows.says(turn, role, text));
    }
    match role {
        // Read here under the server's name, before this window heard that it was said.
        Role::User => entry.first.is_some_and(|first| rows.has_unclaimed(first.known_turn, &turn.text)),
        // Of an answer that was never received nothing but its turn is known.
        _ => {
            let asked = rows.by_key(question).and_then(|row| row.message.turn);
            is_settled(entry) && asked.is_some_and(|turn| rows.has_turn(turn, role))
        }
    }
}

/// Whether nothing more is to be sent for a message; only its rows are awaited.
const fn is_settled(entry: &Entry) -> bool {
    matches!(
        entry.stage,
        Stage::Stopped | Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)
    )
}
