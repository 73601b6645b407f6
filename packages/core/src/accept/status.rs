//! Moving a case to another state: a turn with an intent, shown at once.

use std::sync::Arc;

use crate::core::Core;
use crate::effect::{Refusal, Undoable};
use crate::ids::CaseKey;
use crate::journal::Record;
use crate::model::{CaseState, Intention, Turn};
use crate::operation::End;

impl Core {
    pub(super) fn set_status(&mut self, case: &CaseKey, to: CaseState, text: Arc<str>) {
        if text.trim().is_empty() {
            return self.refuse(Refusal::Blank);
        }
        if !self.is_writable(case) {
            return self.refuse(Refusal::TooLate);
        }
        // A change that nothing has been heard of outside is not made twice: the last wish counts.
        let unsent = self.ledger.meta_of(case).find(|entry| {
            entry.op.transition().is_some() && entry.first.is_none() && entry.discarding.is_none()
        });
        let unsent = unsent.map(|entry| entry.op.id);
        let from = self.state_without(case, unsent);
        let confirmed = self.confirmed_case(case).filter(|case| case.state == from && from != to);
        if confirmed.is_some_and(|case| !case.valid_next.is_empty() && !case.valid_next.contains(&to)) {
            return self.refuse(Refusal::TooLate);
        }
        if let Some(op) = unsent {
            self.state(Record::Ended { op, end: End::Superseded }, false);
        }
        if from != to {
            self.request_status(case, from, to, text);
        }
    }

    pub(crate) fn request_status(&mut self, case: &CaseKey, from: CaseState, to: CaseState, text: Arc<str>) {
        let intention = Some(Intention::StatusTransition { from, to: to.clone() });
        let moment = self.moment_of_its_own(case);
        let op = self.say(case, Turn { text, data: None, intention }, moment);
        self.undoable(op, Undoable::StatusChanged { case: case.clone(), to });
    }
}
