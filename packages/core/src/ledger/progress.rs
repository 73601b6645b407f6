//! How far an operation is: what the server said to it.

use crate::failure::Failure;
use crate::ids::OperationId;
use crate::operation::{Acknowledged, FirstAttempt};
use crate::time::Wall;

use super::{Ledger, Stage, Touched};

impl Ledger {
    pub(super) fn fail(&mut self, op: &OperationId, failure: &Failure, at: Wall) -> Touched {
        self.update(op, |entry| {
            let done = matches!(
                entry.stage,
                Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)
            );
            if !done {
                entry.stage = Stage::Failed { failure: failure.clone(), at };
            }
        })
    }

    pub(super) fn acknowledge(&mut self, op: &OperationId, with: &Acknowledged) -> Touched {
        if let Acknowledged::Answered(answer) = with
            && let Some(case) = self.entries.get(op).map(|entry| entry.op.case.clone())
        {
            let case = self.cases.entry(case).or_default();
            case.answered = case.answered.max(answer.turn.unwrap_or(0));
        }
        self.update(op, |entry| {
            // What is known to be done is only ever made better known.
            let done = match &entry.stage {
                Stage::Acknowledged(Acknowledged::Answered(_)) => true,
                Stage::Acknowledged(Acknowledged::Committed) => matches!(with, Acknowledged::Working(_)),
                _ => false,
            };
            // Its attempt may stand in a record that was damaged; an answer is proof of one.
            entry.first.get_or_insert(FirstAttempt { at: Wall(0), known_turn: 0 });
            if !done {
                entry.stage = Stage::Acknowledged(with.clone());
            }
        })
    }
}
