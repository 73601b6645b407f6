//! Taking the data of the earlier extension over: adds, never overwrites, never sends by itself.

use std::hash::Hash;
use std::sync::Arc;

use crate::core::Core;
use crate::effect::{CacheWrite, Effect, Notice};
use crate::failure::{Failure, FailureClass};
use crate::fingerprint::Fingerprint;
use crate::ids::{CaseKey, IdType, MessageKey, OperationId, OptimisticId, RealId};
use crate::journal::Record;
use crate::legacy::{ImportCounts, TakenCase, TakenTurn, Takeover};
use crate::model::{Answer, BackedUp, CaseState, RealCase, RealMessage, Role, Turn};
use crate::operation::{Acknowledged, FirstAttempt, OperationKind, PendingOperation};
use crate::time::{ServerTime, Wall};
use crate::view::CachedMessage;

/// Eight bytes that depend on the parts and on nothing else.
fn mark(parts: &[&str]) -> u64 {
    let mut state = Fingerprint::default();
    parts.hash(&mut state);
    std::hash::Hasher::finish(&state)
}

/// The same thing of the same file gets the same id at every import.
fn operation_id(case: &TakenCase, what: &str) -> OperationId {
    let (high, low) = (mark(&["import", &case.id, what]), mark(&[what, &case.id, "import"]));
    OperationId::from_random(((u128::from(high) << 64) | u128::from(low)).to_le_bytes())
}

impl Core {
    pub(super) fn import(&mut self, takeover: &Takeover) {
        let mut counts = ImportCounts { refused: takeover.refused, ..ImportCounts::default() };
        for case in &takeover.cases {
            self.import_case(case, &mut counts);
        }
        self.out.push(Effect::Notice(Notice::Imported(counts)));
    }

    fn import_case(&mut self, case: &TakenCase, counts: &mut ImportCounts) {
        let key = match &case.real {
            Some(real) => self.ledger.key(real),
            None => self.imported_key(case),
        };
        if case.real.as_ref().is_some_and(|real| self.ledger.is_deleted(real)) {
            counts.already_here += 1;
            return;
        }
        // Rows of a case that was opened here go by names that must not change.
        let was_used_here = self.ledger.case(&key).is_some();
        if let Some(real) = &case.real {
            if was_used_here || self.confirmed.case(real).is_some() {
                counts.already_here += 1;
            } else {
                counts.cases += 1;
                self.take_case(imported_case(case, real));
            }
            if !was_used_here {
                self.import_rows(case, real, counts);
            }
        } else if was_used_here {
            counts.already_here += 1;
            return;
        } else if !case.turns.is_empty() {
            counts.cases += 1;
            let name = case.title.clone().unwrap_or_else(|| super::titles::provisional_name(self.now));
            let id = operation_id(case, "create");
            self.begin_imported(id, &key, first_moment(case), OperationKind::CreateCase { name });
            self.park_imported(id);
        }
        if case.pinned && self.ledger.case(&key).is_none_or(|known| !known.pin.0) {
            counts.pins += 1;
            let stamp = self.pin_stamp(&key);
            self.state(Record::Pin { case: key.clone(), pinned: true, stamp }, false);
        }
        if let Some(title) = &case.wished_title {
            // Whether the server took it is not known: it is offered, not sent.
            self.back_up(operation_id(case, "title"), Some(key.clone()), BackedUp::Title(Arc::clone(title)));
        }
        for turn in &case.turns {
            self.import_turn(case, &key, turn, counts);
        }
    }

    fn imported_key(&self, case: &TakenCase) -> CaseKey {
        let minted = OptimisticId::new(IdType::Case, first_moment(case).0, mark(&[&case.id]) >> 24);
        case.id.parse().unwrap_or_else(|_| CaseKey::local(minted))
    }

    fn import_rows(&mut self, case: &TakenCase, real: &RealId, counts: &mut ImportCounts) {
        for (arrival, row) in case.rows.iter().enumerate() {
            if self.confirmed.rows(real).is_some_and(|rows| rows.get(&row.id).is_some()) {
                counts.already_here += 1;
                continue;
            }
            counts.messages += 1;
            let message = RealMessage {
                id: row.id.clone(),
                role: if row.by_person { Role::User } else { Role::Assistant },
                text: Arc::clone(&row.text),
                turn: row.turn,
                created: ServerTime(row.at.0),
            };
            let row = CachedMessage {
                key: MessageKey::of_server(&row.id),
                message,
                arrival: u32::try_from(arrival).unwrap_or(u32::MAX),
                sent: None,
                attachment: None,
                actions: Vec::new(),
            };
            self.cache(CacheWrite::Message { case: real.clone(), row: Arc::new(row) });
        }
    }

    /// Words that have no row of the server. Answered ones stand until the server lists them; the others wait
    /// for the person, and the server is asked whether it has them before they are sent.
    fn import_turn(&mut self, case: &TakenCase, key: &CaseKey, turn: &TakenTurn, counts: &mut ImportCounts) {
        let op = operation_id(case, &turn.id);
        // A file that was exported here names the operation, which is under way or over by now.
        let of_this_device = turn.operation.is_some_and(|own| self.ledger.is_known(&own));
        if of_this_device || self.has_row(case, turn) || self.ledger.is_known(&op) {
            counts.already_here += 1;
            return;
        }
        let row_key = |side: &str| {
            MessageKey::local(OptimisticId::new(
                IdType::Message,
                turn.at.0,
                mark(&[&case.id, &turn.id, side]) >> 24,
            ))
        };
        let kind = OperationKind::SubmitTurn {
            question: row_key("question"),
            answer: row_key("answer"),
            turn: Arc::new(Turn::say(Arc::clone(&turn.text))),
        };
        self.begin_imported(op, key, turn.at, kind);
        match &turn.answer {
            Some(answer) => {
                counts.messages += 2;
                let answer = Answer { text: Arc::clone(answer), turn: turn.turn, actions: Vec::new() };
                self.state(Record::Acknowledged { op, with: Acknowledged::Answered(answer) }, false);
                self.want_messages(key);
            }
            None => {
                counts.unsent += 1;
                self.park_imported(op);
            }
        }
    }

    /// Whether a row of the server has taken over what was said here under the name that the file gives it.
    fn has_row(&self, case: &TakenCase, turn: &TakenTurn) -> bool {
        let Ok(key) = turn.id.parse::<MessageKey>() else { return false };
        let rows = case.real.as_ref().and_then(|real| self.confirmed.rows(real));
        rows.is_some_and(|rows| rows.iter().any(|row| row.key == key))
    }

    fn begin_imported(&mut self, id: OperationId, case: &CaseKey, created: Wall, kind: OperationKind) {
        let order = self.ledger.next_order(case, &kind);
        let op = PendingOperation { id, case: case.clone(), order, created, kind };
        self.state(Record::Operation(Arc::new(op)), false);
        // At the beginning of time: whatever key it had then has expired, so the list is read first.
        let first = FirstAttempt { at: Wall(0), known_turn: 0 };
        self.state(Record::Attempt { op: id, first }, false);
    }

    fn park_imported(&mut self, op: OperationId) {
        let failure = Failure::of(FailureClass::Uncertain);
        self.state(Record::Failed { op, failure, at: self.now.wall }, false);
    }
}

fn first_moment(case: &TakenCase) -> Wall {
    case.turns.first().map_or(Wall(0), |turn| turn.at)
}

/// A case as the extension knew it, until the server says more.
fn imported_case(case: &TakenCase, real: &RealId) -> RealCase {
    let last = case.rows.iter().map(|row| row.at).chain(case.turns.iter().map(|turn| turn.at)).max();
    let last = ServerTime(last.unwrap_or_default().0);
    RealCase {
        id: real.clone(),
        title: case.title.clone(),
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn: 1,
        created: last,
        last_activity: last,
        gone: false,
    }
}
