//! How far an operation is: what the server said to it, and what that means for those behind it.

use crate::failure::Failure;
use crate::ids::OperationId;
use crate::operation::{Acknowledged, FirstAttempt};
use crate::time::Wall;

use super::{Ledger, Stage, Touched};

impl Ledger {
    pub(super) fn fail(&mut self, op: &OperationId, failure: &Failure, at: Wall) -> Touched {
        let Some(entry) = self.entries.get_mut(op) else { return Touched::Nothing };
        if matches!(entry.stage, Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)) {
            return Touched::Operation(*op);
        }
        entry.stage = Stage::Failed { failure: failure.clone(), at };
        if std::mem::take(&mut entry.anyway) {
            // It was sent along with those behind it, in spite of what had failed by then. What fails now they wait for.
            let (case, place) = (entry.op.case.clone(), (entry.op.order, entry.op.id));
            let behind = self.cases.get(&case).into_iter().flat_map(|case| case.ops.range(place..));
            for (_, op) in behind {
                if let Some(entry) = self.entries.get_mut(op) {
                    entry.anyway = false;
                }
            }
        }
        Touched::Operation(*op)
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
