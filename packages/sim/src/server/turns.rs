//! Turns: accepted, worked on, stored together with their receipt.

use std::sync::Arc;

use copilot_core::ids::{OperationId, RealId};
use copilot_core::model::{Answer, CaseState, Intention, RealMessage, Role, Turn};
use copilot_core::request::{Job, Outcome, Reply};
use copilot_core::{Failure, FailureClass, Millis, Rejection, ServerTime};

use super::{Deed, Receipt, Running, Served, Server, rejected, time};
use crate::fate::Fate;

/// Work on an ordinary turn, in milliseconds.
const WORK_MS: u64 = 40;

impl Server {
    pub(super) fn submit(
        &mut self,
        now: u64,
        key: OperationId,
        case: &RealId,
        turn: &Arc<Turn>,
        fate: Option<&Fate>,
    ) -> Served {
        if let Some(reply) = self.receipt(now, key) {
            if matches!(fate, Some(Fate::ReplayGone)) && matches!(reply, Reply::Answered { .. }) {
                return Served::Now(Err(Failure {
                    status: Some(409),
                    ..Failure::of(FailureClass::Committed)
                }));
            }
            return Served::Now(Ok(reply));
        }
        if self.keyless && self.running.contains_key(&key) {
            // Two requests, two turns: the first is done with before the second begins.
            let _answer = self.finish(now, key);
        } else if self.running.contains_key(&key) {
            let wait = Some(Millis::seconds(2));
            let failure = Failure::of(FailureClass::InProgress);
            return Served::Now(Err(Failure { status: Some(409), retry_after: wait, ..failure }));
        }
        let Some(known) = self.living(case) else {
            return Served::Now(rejected(Rejection::CaseGone, 404));
        };
        if known.row.state.is_terminal() && (turn.data.is_some() || turn.intention.is_some()) {
            return Served::Now(rejected(Rejection::CaseTerminal, 409));
        }
        if let Some(Intention::StatusTransition { from, .. }) = &turn.intention
            && *from != known.row.state
        {
            let failure = Failure::of(FailureClass::Conflict);
            return Served::Now(Err(Failure { status: Some(409), ..failure }));
        }
        let (span, job) = match fate {
            Some(Fate::Job(span) | Fate::FailingJob(span)) => {
                self.minted += 1;
                (*span, Some(Job(format!("/jobs/{}", self.minted).into())))
            }
            Some(Fate::LongWork(span)) => (*span, None),
            _ => (WORK_MS, None),
        };
        let fails = matches!(fate, Some(Fate::FailingJob(_)));
        let running = Running { case: case.clone(), turn: Arc::clone(turn), job: job.clone(), fails };
        self.running.insert(key, running);
        let Some(job) = job else {
            return Served::After(span, key);
        };
        let reply = Reply::Working { job: job.clone(), poll_after: None };
        self.jobs.insert(job.0, None);
        self.receipts.insert(key, Receipt { at: now, reply: reply.clone() });
        Served::Job(Ok(reply), span, key)
    }

    /// Work on a turn is over. The answer, if it was still being worked on.
    pub(crate) fn finish(&mut self, now: u64, key: OperationId) -> Option<Outcome> {
        let running = self.running.remove(&key)?;
        let outcome = if running.fails {
            // Nothing ran, so the key may be used again.
            self.receipts.remove(&key);
            Ok(Reply::JobFailed { message: None })
        } else if self.living(&running.case).is_none() {
            self.receipts.remove(&key);
            rejected(Rejection::CaseGone, 404)
        } else {
            let reply = self.store_turn(now, &running.case, &running.turn);
            self.deeds.push(Deed::Said(key, running.case.clone(), Arc::clone(&running.turn)));
            self.receipts.entry(key).or_insert(Receipt { at: now, reply: reply.clone() });
            Ok(reply)
        };
        if let Some(job) = running.job {
            // A replayed 202 names the same job, for as long as the receipt of the turn is kept.
            if let Some(receipt) = self.receipts.get_mut(&key) {
                receipt.at = now;
            }
            self.jobs.insert(job.0, Some(outcome.clone()));
        }
        Some(outcome)
    }

    pub(super) fn poll(&self, job: &Job) -> Outcome {
        match self.jobs.get(&job.0) {
            Some(Some(outcome)) => outcome.clone(),
            Some(None) => Ok(Reply::Working { job: job.clone(), poll_after: None }),
            None => rejected(Rejection::Refused, 404),
        }
    }

    /// Another client says something and is answered.
    pub(crate) fn other_says(&mut self, now: u64, case: &RealId, text: &str) {
        if self.living(case).is_some() {
            let _reply = self.store_turn(now, case, &Arc::new(Turn::say(text)));
        }
    }

    fn store_turn(&mut self, now: u64, id: &RealId, turn: &Arc<Turn>) -> Reply {
        let Some(case) = self.living_mut(id) else {
            return Reply::Done;
        };
        let number = case.row.current_turn + 1;
        let text: Arc<str> = format!("answer {number} to {}", turn.text).into();
        for (role, text, later) in [(Role::User, &turn.text, 0), (Role::Assistant, &text, 5)] {
            let message = RealId::parse(&format!("m-{}-{}", id, case.rows.len() + 1));
            case.rows.extend(message.ok().map(|id| {
                let created = ServerTime(time(now).0 + later);
                (now, RealMessage { id, role, text: Arc::clone(text), turn: Some(number), created })
            }));
        }
        case.row.current_turn = number;
        case.row.last_activity = time(now);
        if let Some(Intention::StatusTransition { to, .. }) = &turn.intention {
            case.row.state = to.clone();
        } else if number == 2 && case.row.named().is_none() {
            case.row.title = Some(format!("About {}", turn.text).into());
        }
        let state: CaseState = case.row.state.clone();
        let answer = Answer { text, turn: Some(number), actions: Vec::new() };
        Reply::Answered { answer, state }
    }
}
