//! Operations over confirmed rows: where each row of a transcript stands.

use std::sync::Arc;

use super::{Place, Transcript};
use crate::confirmed::row_place;
use crate::core::Core;
use crate::ids::{CaseKey, MessageKey, OperationId};
use crate::ledger::{Entry, Stage};
use crate::model::Role;
use crate::operation::{Acknowledged, OperationKind, Wait};
use crate::outbox::Phase;
use crate::reconcile::is_listed_otherwise;
use crate::view::{AccountStatus, CachedMessage, LinkStatus, ViewPatch};

/// Rows that no turn number places stand after everything that has one.
const UNNUMBERED: u32 = u32::MAX;

impl Transcript {
    /// Puts a row at its place, or takes it away. True if the order changed.
    fn put(&mut self, key: &MessageKey, place: Option<Place>) -> bool {
        match (self.places.get_mut(key), place) {
            (Some(stands), Some(place)) => {
                let from = std::mem::replace(stands, place.clone());
                self.rows.shift(&from, place)
            }
            (Some(stands), None) => {
                self.rows.remove(stands);
                self.places.remove(key);
                true
            }
            (None, Some(place)) => {
                self.rows.insert(place.clone(), key.clone());
                self.places.insert(key.clone(), place);
                true
            }
            (None, None) => false,
        }
    }
}

/// Where a confirmed row stands. Blank rows are not drawn (contract 2.5).
fn place_of(row: &CachedMessage) -> Option<Place> {
    let (turn, created, arrival) = row_place(row);
    let blank = row.message.text.trim().is_empty() && row.sent.is_none();
    (!blank).then(|| (turn, created, arrival, None, 0, row.key.clone()))
}

impl Core {
    /// Has a case drawn from now on. One that only sends, and that nobody has looked at, is not.
    pub(crate) fn open_transcript(&mut self, case: &CaseKey) {
        if !self.screen.is_drawn(case) {
            self.screen.transcripts.insert(case.clone(), Transcript::default());
            self.place_all_rows(case);
            let ops: Vec<_> = self.ledger.ops_of(case).map(|entry| entry.op.id).collect();
            for op in ops {
                self.arm_looks(op);
            }
        }
    }

    /// Places every row of a case that is in memory.
    pub(crate) fn place_all_rows(&mut self, case: &CaseKey) {
        if !self.screen.is_drawn(case) {
            return;
        }
        let rows: Vec<_> = self.rows_of(case).map(|rows| rows.iter().cloned().collect()).unwrap_or_default();
        self.place_rows(case, &rows);
        self.place_operations_of(case);
    }

    /// Places the rows of every operation of a case again.
    pub(crate) fn place_operations_of(&mut self, case: &CaseKey) {
        if !self.screen.is_drawn(case) {
            return;
        }
        let ops: Vec<_> = self.ledger.ops_of(case).map(|entry| entry.op.id).collect();
        for op in ops {
            self.place_operation(op);
        }
    }

    /// Draws the unsent rows of the open case again: something that concerns all of them changed.
    pub(crate) fn refresh_open_rows(&mut self) {
        let Some(open) = self.screen.open().cloned() else {
            return;
        };
        self.place_operations_of(&open);
    }

    fn put_row(&mut self, case: &CaseKey, key: &MessageKey, place: Option<Place>) {
        let is_open = self.screen.open() == Some(case);
        let Some(transcript) = self.screen.transcripts.get_mut(case) else {
            return;
        };
        let last_before = is_open.then(|| transcript.rows.keys().last().cloned()).flatten();
        let moved = transcript.put(key, place);
        if !is_open {
            return;
        }
        let last = transcript.rows.keys().last().cloned();
        if moved {
            self.screen.patch(ViewPatch::Transcript(case.clone()));
        }
        if last != last_before {
            // Suggestions stand under the last row only.
            for row in last_before.into_iter().chain(last) {
                self.screen.patch(ViewPatch::Message(case.clone(), row));
            }
        }
        self.screen.patch(ViewPatch::Message(case.clone(), key.clone()));
    }

    /// Places a confirmed row.
    pub(crate) fn place_row(&mut self, case: &CaseKey, row: &Arc<CachedMessage>) {
        self.put_row(case, &row.key.clone(), place_of(row));
    }

    /// Places confirmed rows, however many: those that are new, and come in their order, move the others once, and are told of
    /// as a change of the transcript alone, unless they may have been on screen before they were confirmed.
    pub(crate) fn place_rows(&mut self, case: &CaseKey, rows: &[Arc<CachedMessage>]) {
        let is_open = self.screen.open() == Some(case);
        let Some(transcript) = self.screen.transcripts.get_mut(case) else { return };
        let (mut here, mut new) = (Vec::new(), Vec::new());
        for row in rows {
            if transcript.places.contains_key(&row.key) {
                here.push(row);
            } else if let Some(place) = place_of(row) {
                transcript.places.insert(row.key.clone(), place.clone());
                new.push((place, row.key.clone()));
            }
        }
        let keys: Vec<_> = new.iter().map(|(_, key)| key.clone()).collect();
        let last_before = transcript.rows.keys().last().cloned();
        transcript.rows.insert_all(new);
        let last = transcript.rows.keys().last().cloned();
        if is_open && !keys.is_empty() {
            self.screen.patch(ViewPatch::Transcript(case.clone()));
            // Suggestions stand under the last row only.
            let ends = if last == last_before { [None, None] } else { [last_before, last] };
            let said_here = keys.into_iter().filter(|key| self.is_said_here(case, key));
            let changed: Vec<_> = ends.into_iter().flatten().chain(said_here).collect();
            for row in changed {
                self.screen.patch(ViewPatch::Message(case.clone(), row));
            }
        }
        for row in here {
            self.place_row(case, row);
        }
    }

    /// Whether a message of this device that is still known goes by a key.
    fn is_said_here(&self, case: &CaseKey, key: &MessageKey) -> bool {
        key.derived_from().is_none()
            && (self.ledger.behind(case, key).is_some() || self.ledger.finished_behind(case, key).is_some())
    }

    /// Places the rows of an operation, as far as the server has not confirmed them.
    pub(crate) fn place_operation(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op) else {
            return;
        };
        let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind else {
            return;
        };
        let case = entry.op.case.clone();
        if !self.screen.is_drawn(&case) {
            return;
        }
        let rows = self.rows_of(&case);
        let kept = entry.discarding.is_none();
        let places = [(question, Role::User), (answer, Role::Assistant)].map(|(key, role)| {
            let is_confirmed = rows.is_some_and(|rows| rows.by_key(key).is_some());
            let is_shown = !is_confirmed
                && kept
                && (role == Role::User || self.shows_answer(entry))
                && !rows.is_some_and(|rows| is_listed_otherwise(rows, entry, role));
            (key.clone(), is_confirmed, is_shown.then(|| self.echo_place(entry, role, key)))
        });
        for (key, is_confirmed, place) in places {
            if !is_confirmed {
                self.put_row(&case, &key, place);
            } else if self.screen.open() == Some(&case) {
                self.screen.patch(ViewPatch::Message(case.clone(), key));
            }
        }
    }

    /// Takes the rows of an operation that is over away, unless the server has confirmed them.
    pub(crate) fn displace_operation(&mut self, entry: &Entry) {
        let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind else {
            return;
        };
        for key in [question, answer] {
            if self.is_confirmed(&entry.op.case, key) {
                if self.screen.open() == Some(&entry.op.case) {
                    self.screen.patch(ViewPatch::Message(entry.op.case.clone(), key.clone()));
                }
            } else {
                self.put_row(&entry.op.case, key, None);
            }
        }
    }

    /// Draws the rows of a message again that stay where they are.
    pub(crate) fn draw_again(&mut self, entry: &Entry) {
        let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind else { return };
        if self.screen.open() == Some(&entry.op.case) {
            for key in [question, answer] {
                self.screen.patch(ViewPatch::Message(entry.op.case.clone(), key.clone()));
            }
        }
    }

    /// The messages of a case whose rows are on screen only because they were said here.
    pub(crate) fn echoes_of(&self, case: &CaseKey) -> Vec<MessageKey> {
        let keys = self.screen.transcripts.get(case).map_or(&[][..], |transcript| transcript.rows.keys());
        keys.iter().filter(|key| !self.is_confirmed(case, key)).cloned().collect()
    }

    /// Puts rows of messages that are over back on screen, as far as the server's rows are not here (I17).
    pub(crate) fn place_finished(&mut self, case: &CaseKey, echoes: &[MessageKey]) {
        let mut places = Vec::new();
        for entry in self.ledger.finished(case) {
            let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind else { continue };
            for (role, key) in [(Role::User, question), (Role::Assistant, answer)] {
                if echoes.contains(key) && !self.is_row_listed(entry, role) {
                    places.push((key.clone(), self.echo_place(entry, role, key)));
                }
            }
        }
        for (key, place) in places {
            self.put_row(case, &key, Some(place));
        }
    }

    /// Whether a row of a message is here only because of its operation: on screen, or to be seen as soon as somebody
    /// looks at its case.
    pub(crate) fn lacks_rows(&self, entry: &Entry) -> bool {
        let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind else {
            return false;
        };
        let case = &entry.op.case;
        let transcript = self.screen.transcripts.get(case);
        let is_here = |key| match transcript {
            Some(transcript) => transcript.places.contains_key(key),
            None => self.rows_of(case).is_some(),
        };
        [(question, Role::User), (answer, Role::Assistant)]
            .into_iter()
            .any(|(key, role)| is_here(key) && !self.is_row_listed(entry, role))
    }

    pub(super) fn is_confirmed(&self, case: &CaseKey, key: &MessageKey) -> bool {
        self.rows_of(case).is_some_and(|rows| rows.by_key(key).is_some())
    }

    /// Where an unconfirmed row stands. With a turn number: around the confirmed rows of that turn.
    /// Without one: after the turn that was known when it left, or at the end, in the person's order.
    fn echo_place(&self, entry: &Entry, role: Role, key: &MessageKey) -> Place {
        let answered = match &entry.stage {
            Stage::Acknowledged(Acknowledged::Answered(answer)) => answer.turn,
            _ => None,
        };
        let turn = answered.or_else(|| self.turn_of_question(entry));
        let side = u8::from(role != Role::User);
        let order = u32::try_from(entry.op.order).unwrap_or(u32::MAX);
        let op = Some(entry.op.id);
        match (turn, entry.first) {
            (Some(turn), _) if side == 0 => (turn, 0, 0, op, 0, key.clone()),
            (Some(turn), _) => (turn, u64::MAX - 1, 0, op, 1, key.clone()),
            (None, Some(first)) => {
                let turn = first.known_turn.max(self.turn_before(entry));
                (turn, u64::MAX, order, op, side, key.clone())
            }
            (None, None) => (UNNUMBERED, u64::MAX, order, op, side, key.clone()),
        }
    }

    /// The highest turn of the messages that were said before this one: theirs may be known later than it left.
    fn turn_before(&self, entry: &Entry) -> u32 {
        let case = &entry.op.case;
        let Some(rows) = self.rows_of(case).filter(|rows| !rows.is_empty()) else { return 0 };
        let is_before = |other: &&Entry| (other.op.order, other.op.id) < (entry.op.order, entry.op.id);
        let turn_of = |other: &Entry| rows.by_key(other.op.question()?)?.message.turn;
        // Turns grow in this order: the nearest one that is known is the highest.
        let open = self.ledger.ops_before(entry).find_map(turn_of);
        let over = self.ledger.finished(case).filter(is_before).find_map(turn_of);
        open.max(over).unwrap_or(0)
    }

    /// The turn that the server gave to a message whose row it has listed.
    fn turn_of_question(&self, entry: &Entry) -> Option<u32> {
        self.rows_of(&entry.op.case)?.by_key(entry.op.question()?)?.message.turn
    }

    /// Whether FaultMaven's row stands under a message: when it is being answered or has been.
    fn shows_answer(&self, entry: &Entry) -> bool {
        match &entry.stage {
            Stage::Acknowledged(_) | Stage::Stopped => true,
            Stage::Failed { .. } => false,
            Stage::Open => {
                let phase = self.phase_of(entry.op.id);
                if matches!(phase, Phase::InFlight { .. }) {
                    return true;
                }
                let held_back = matches!(phase, Phase::Waiting { why: Wait::Backoff | Wait::Undo, .. });
                !held_back
                    && self.net.link == LinkStatus::Online
                    && self.net.account != AccountStatus::SignedOut
                    && self.windows.is_sender()
                    && self.is_next_to_be_answered(entry)
            }
        }
    }

    /// Whether nothing that will be answered stands before a message. The making of its case is
    /// not something to be answered.
    fn is_next_to_be_answered(&self, entry: &Entry) -> bool {
        let lane = entry.op.lane();
        let Some(current) = self.current(&lane) else {
            return false;
        };
        if current.op.id == entry.op.id {
            return true;
        }
        matches!(current.op.kind, OperationKind::CreateCase { .. })
            && !self.is_blocked(entry)
            && self.first_turn(&entry.op.case).is_some_and(|first| first.op.id == entry.op.id)
    }
}
