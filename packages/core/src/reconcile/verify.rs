//! Reading before writing: has it run already, was it changed elsewhere?

use crate::core::Core;
use crate::failure::{Failure, FailureClass, Rejection};
use crate::ids::{OperationId, RealId};
use crate::journal::Record;
use crate::ledger::Entry;
use crate::link::Purpose;
use crate::model::RealCase;
use crate::operation::{End, OperationKind, Wait};
use crate::outbox::{LastLook, Phase};
use crate::request::{Outcome, Reply, RequestId};
use crate::time::Millis;

/// How long a case that may be another's is left alone before the list is read again: a server makes one at once.
const LOOK_AGAIN: Millis = Millis::seconds(1);

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
                } else if !has_more {
                    self.has_not_run(&entry);
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
                self.settle_edits(&self.ledger.key(case));
                let Some(entry) = self.ledger.entry(&op) else { return };
                self.dirty_lanes.insert(entry.op.lane());
                if let OperationKind::GenerateTitle { base } = &entry.op.kind
                    && self
                        .confirmed
                        .case(case)
                        .and_then(|case| case.named())
                        .is_some_and(|named| base.as_ref() != Some(named))
                {
                    // It was named since it was asked for, and that is what was wanted.
                    self.state(Record::Ended { op, end: End::Completed }, true);
                }
            }
            Ok(_) => {}
            Err(failure) => self.verification_failed(op, failure),
        }
    }

    /// The list was read because a case may have been made under a key that has expired since. A case that
    /// nobody has said anything in and that is not known here is that one.
    pub(crate) fn adopted(
        &mut self,
        op: OperationId,
        offset: u32,
        found: Option<Box<RealCase>>,
        outcome: Outcome,
    ) {
        self.set_phase(op, Phase::Idle);
        let page = match outcome {
            Ok(Reply::Cases(page)) => page,
            Ok(_) => return,
            Err(failure) => return self.verification_failed(op, failure),
        };
        let Some(entry) = self.ledger.entry(&op).cloned() else { return };
        let OperationKind::CreateCase { name } = &entry.op.kind else { return };
        let next = offset.saturating_add(page.received);
        let more = page.has_more && page.received > 0;
        let empty = page.rows.into_iter().map(Box::new).filter(|case| {
            case.current_turn == 0
                && case.named().is_none()
                && self.ledger.links().key(&case.id).is_none()
                && !self.was_known_before(&entry, &case.id)
        });
        let mut candidates = found.into_iter().chain(empty);
        let (first, another) = (candidates.next(), candidates.next());
        let another = another.filter(|another| first.as_ref().is_some_and(|first| first.id != another.id));
        if another.is_none() && more {
            // Else from the beginning, when the server may be asked again.
            return if self.may_send() { self.look_for_case(op, next, first) } else { self.all_lanes() };
        }
        // Another case of this device may be in doubt as well: then nothing says which of them this is.
        let others_in_doubt = self.ledger.entries().any(|other| {
            other.op.id != op
                && other.first.is_some()
                && matches!(other.op.kind, OperationKind::CreateCase { .. })
                && self.ledger.real(&other.op.case).is_none()
        });
        // One that only looks for itself makes nothing: two that look would wait for each other.
        let is_made_now = self.ledger.entries().any(|other| {
            matches!(other.op.kind, OperationKind::CreateCase { .. })
                && self.net.has(&Purpose::Operation(other.op.id))
        });
        match (first, another) {
            // An empty case may be the one that the server is making for another message.
            (Some(_), _) if is_made_now => {
                let until = self.now.mono + LOOK_AGAIN;
                self.set_phase(op, Phase::Waiting { until, why: Wait::Uncertain });
            }
            (Some(case), None) if !others_in_doubt => {
                self.case_created(&entry, *case, std::sync::Arc::clone(name));
            }
            (None, _) => self.has_not_run(&entry),
            // Which of them it was cannot be told, and making another is the person's decision.
            (Some(_), _) => {
                if let Some(live) = self.outbox.live.get_mut(&op) {
                    live.verified = true;
                }
                self.park(op, Failure::of(FailureClass::Rejected(Rejection::Unexplained)));
            }
        }
    }

    /// What an operation was to bring is not in the server's list. Where no key keeps an attempt that still runs from
    /// running twice, it is looked for once more when none can be running any more (contract 4.1, rule 5).
    fn has_not_run(&mut self, entry: &Entry) {
        let (op, now) = (entry.op.id, self.now.mono);
        let Some(live) = self.outbox.live.get_mut(&op) else { return };
        let over = live.in_doubt_since.map(|since| since + self.net.limits.turn_bound);
        let may_run = over.filter(|over| self.net.key_lifetime() == Millis(0) && *over > now);
        if let Some(LastLook { tries, status }) = live.last_look.take() {
            live.uncertain = false;
            let last = Box::new(FailureClass::Uncertain);
            let class = match may_run {
                Some(_) => FailureClass::Uncertain,
                None => FailureClass::Rejected(Rejection::TriesUsedUp { tries, last }),
            };
            return self.park(op, Failure { status, ..Failure::of(class) });
        }
        match may_run {
            Some(until) => self.set_phase(op, Phase::Waiting { until, why: Wait::Uncertain }),
            None => {
                live.verified = true;
                live.in_doubt_since = None;
                self.dirty_lanes.insert(entry.op.lane());
            }
        }
    }

    fn verification_failed(&mut self, op: OperationId, failure: Failure) {
        let Some(entry) = self.ledger.entry(&op).cloned() else { return };
        let Some(live) = self.outbox.live.get_mut(&op) else { return };
        live.attempts += 1;
        let is_seen_to = matches!(
            failure.class,
            FailureClass::Offline
                | FailureClass::CaptivePortal
                | FailureClass::TokenRefused
                | FailureClass::SessionExpired
        );
        let used_up =
            live.last_look.is_some() || (live.in_doubt_since.is_some() && live.attempts >= self.config.tries);
        if is_seen_to || !used_up || entry.op.question().is_none() {
            return self.operation_failed(&entry, failure);
        }
        // Whether it has arrived is not known, and cannot be found out now.
        live.last_look = None;
        live.uncertain = false;
        self.park(op, Failure { class: FailureClass::Uncertain, ..failure });
    }

    /// Before a message is said not to have arrived it is looked for, if its last try may have.
    pub(super) fn looks_once_more(&mut self, entry: &Entry, failure: &Failure) -> bool {
        let op = entry.op.id;
        let Some(live) = self.outbox.live.get_mut(&op) else { return false };
        let FailureClass::Rejected(Rejection::TriesUsedUp { tries, .. }) = failure.class else {
            return false;
        };
        if live.in_doubt_since.is_none() || entry.op.question().is_none() {
            return false;
        }
        live.last_look = Some(LastLook { tries, status: failure.status });
        live.uncertain = true;
        self.set_phase(op, Phase::Idle);
        true
    }
}
