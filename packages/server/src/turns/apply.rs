//! A turn in the making, and what its intent does to the case.
//!
//! Whether the intent is allowed was checked in `commit::check`.

use rusqlite::Connection;

use super::Order;
use super::intent::Intent;
use crate::clock::Moment;
use crate::lifecycle::{self, CaseState};
use crate::refusal::Refusal;
use crate::store::cases::Case;
use crate::store::findings;
use crate::words;

/// What applying a turn has collected so far.
pub(super) struct Turn<'a> {
    pub(super) db: &'a Connection,
    pub(super) order: &'a Order,
    pub(super) now: Moment,
    pub(super) case: Case,
    pub(super) number: u32,
    /// Paragraphs of the answer.
    pub(super) said: Vec<String>,
    /// The system row, where there is one.
    pub(super) notice: Option<&'static str>,
    /// Whether the case has come further.
    pub(super) progress: bool,
    /// Milestones that this turn has reached.
    pub(super) reached: Vec<String>,
}

impl<'a> Turn<'a> {
    /// The next turn of `case`.
    pub(super) fn new(db: &'a Connection, order: &'a Order, case: Case, now: Moment) -> Self {
        Self {
            db,
            order,
            now,
            number: case.current_turn + 1,
            case,
            said: Vec::new(),
            notice: None,
            progress: false,
            reached: Vec::new(),
        }
    }

    /// Does to the case what the user wants besides an answer.
    pub(super) fn apply_intent(&mut self) -> Result<(), Refusal> {
        match &self.order.form.intent {
            Intent::Conversation => {}
            Intent::StatusTransition { to_state, .. } => {
                self.enter(*to_state);
                let answer = match to_state {
                    CaseState::Resolved => words::RESOLVED_ANSWER.to_owned(),
                    CaseState::Closed => words::CLOSED_ANSWER.to_owned(),
                    CaseState::Investigating | CaseState::Inquiry => self.opened(),
                };
                self.said.push(answer);
            }
            Intent::Confirmation { confirmation_value: true } => {
                self.enter(CaseState::Investigating);
                let answer = self.opened();
                self.said.push(answer);
            }
            Intent::Confirmation { confirmation_value: false } => {
                self.said.push(words::INVESTIGATION_DECLINED.to_owned());
            }
            Intent::HypothesisAction { hypothesis_id, action } => {
                let found = findings::find_hypothesis(self.db, &self.case.case_id, hypothesis_id)?;
                let hypothesis =
                    found.ok_or_else(|| Refusal::invalid("intent_data", words::NO_SUCH_HYPOTHESIS))?;
                findings::decide(self.db, hypothesis_id, action.state(), self.now)?;
                if action.state() == "validated" {
                    self.reach(lifecycle::CAUSE);
                }
                self.progress = true;
                self.said.push(words::hypothesis_answer(&hypothesis.statement, action.state()));
            }
        }
        Ok(())
    }

    fn opened(&self) -> String {
        words::investigation_opened(self.case.problem.as_deref().unwrap_or(&self.case.title))
    }

    fn enter(&mut self, state: CaseState) {
        match state {
            CaseState::Closed => self.notice = Some(words::CASE_CLOSED),
            CaseState::Resolved => {
                self.notice = Some(words::CASE_RESOLVED);
                self.reach(lifecycle::SOLUTION);
            }
            CaseState::Investigating | CaseState::Inquiry => {
                self.notice = Some(words::INVESTIGATION_STARTED);
            }
        }
        lifecycle::move_to(&mut self.case, state, self.now);
        self.progress = true;
    }

    /// Notes a milestone, once.
    pub(super) fn reach(&mut self, milestone: &str) {
        if !lifecycle::has(&self.case, milestone) {
            self.case.milestones.push(milestone.to_owned());
            self.reached.push(milestone.to_owned());
        }
    }
}
