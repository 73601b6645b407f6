//! Commits a turn in one transaction: rows, uploads, findings, state, title, and the receipt or the end of its job.
//!
//! Everything is decided on the rows as they are inside the transaction, so a turn number is never given twice. What the
//! intent does to the case is in `apply`, what the assistant found out in `learn`.

use axum::http::HeaderName;
use rusqlite::Connection;

use super::apply::Turn;
use super::intent::Intent;
use super::suggest::suggestions;
use super::{End, Order, form::TurnForm};
use crate::assistant::Reply;
use crate::clock::Moment;
use crate::lifecycle::{self, CaseState};
use crate::refusal::Refusal;
use crate::store::cases::{self, Case};
use crate::store::findings;
use crate::store::jobs::{self, Progress};
use crate::store::messages::{self, NewMessage};
use crate::store::receipts::{self, Receipt};
use crate::wire_types::{AttachmentResult, ProgressTransparency, SuggestedAction, TurnAnswer};
use crate::{secrets, words};

/// A committed turn.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) turn_number: u32,
    /// The turn response as JSON text.
    pub(crate) answer: String,
}

/// Refuses what the case does not take in its present state. Nothing has run then.
pub(crate) fn check(case: &Case, form: &TurnForm) -> Result<(), Refusal> {
    if case.state.is_terminal() && (form.intent != Intent::Conversation || !form.attachments.is_empty()) {
        return Err(Refusal::terminal(&case.case_id));
    }
    match &form.intent {
        Intent::StatusTransition { from_state, .. } if *from_state != case.state => {
            let expected = case.state_since_version.saturating_sub(1).to_string();
            Err(Refusal::conflict("CASE_VERSION_CONFLICT", words::CASE_CHANGED)
                .header(HeaderName::from_static("x-expected-version"), &expected)
                .header(HeaderName::from_static("x-actual-version"), &case.version.to_string()))
        }
        Intent::StatusTransition { to_state, .. } if !lifecycle::next_states(case).contains(to_state) => {
            let sentence = words::no_edge(case.state.as_str(), to_state.as_str());
            Err(Refusal::invalid("intent_data", sentence))
        }
        Intent::Confirmation { .. } if case.state != CaseState::Inquiry || case.problem.is_none() => {
            Err(Refusal::invalid("intent_data", words::NOTHING_TO_CONFIRM))
        }
        _ => Ok(()),
    }
}

/// Writes a turn. `reply` is absent when the intent answers itself.
pub(crate) fn commit(
    db: &Connection,
    order: &Order,
    reply: Option<Reply>,
    received: Moment,
    now: Moment,
) -> Result<Done, Refusal> {
    let case = cases::find(db, &order.user_id, &order.case_id)?
        .ok_or_else(|| Refusal::not_found(words::NO_SUCH_CASE))?;
    check(&case, &order.form)?;
    let mut turn = Turn::new(db, order, case, now);
    turn.apply_intent()?;
    let found_log = reply.as_ref().is_some_and(|reply| reply.found_log);
    let attachments = turn.store_attachments(found_log)?;
    let mut actions = Vec::new();
    if let Some(reply) = reply {
        turn.said.push(reply.markdown.clone());
        turn.learn(&reply, &attachments)?;
        actions = reply.actions;
    }
    turn.remark_on(&attachments);
    turn.finish(attachments, actions, received)
}

impl Turn<'_> {
    fn finish(
        mut self,
        attachments: Vec<AttachmentResult>,
        actions: Vec<SuggestedAction>,
        received: Moment,
    ) -> Result<Done, Refusal> {
        let hypotheses = findings::hypotheses(self.db, &self.case.case_id)?;
        let answer = self.said.join("\n\n");
        self.write_rows(&answer, received)?;
        self.case.current_turn = self.number;
        self.case.turns_without_progress =
            if self.progress { 0 } else { self.case.turns_without_progress + 1 };
        if !actions.is_empty() {
            let checks = actions.iter().filter(|action| matches!(action.kind, "RUN" | "EVIDENCE"));
            self.case.next_actions = checks.map(|action| action.label.clone()).collect();
        }
        self.case.updated = self.now;
        self.case.activity = self.now;
        cases::update(self.db, &self.case)?;
        let assurance = lifecycle::cause_assurance(&hypotheses);
        let investigating = self.case.state == CaseState::Investigating;
        let pending = lifecycle::pending(&self.case).into_iter().next();
        let response = TurnAnswer {
            agent_response: answer,
            turn_number: self.number,
            case_state: self.case.state,
            progress_made: self.progress,
            milestones_completed: std::mem::take(&mut self.reached),
            attachments_processed: attachments,
            suggested_actions: suggestions(&self.case, &hypotheses, actions),
            progress_transparency: ProgressTransparency {
                active: investigating,
                pending_milestone: pending,
                milestone_description: None,
                repair_type: None,
                cause_assurance: investigating.then_some(assurance),
                verification_status: None,
            },
            cause_assurance: investigating.then_some(assurance),
            cause_overclaim: investigating.then_some(false),
        };
        let answer = serde_json::to_string(&response).map_err(|_| Refusal::internal())?;
        self.keep_answer(&answer)?;
        Ok(Done { turn_number: self.number, answer })
    }

    fn write_rows(&self, answer: &str, received: Moment) -> Result<(), Refusal> {
        let question = self.order.form.question();
        let rows = [
            ("user", Some(question.as_str()), Some(self.order.user_id.as_str()), received),
            ("assistant", Some(answer), None, self.now),
            ("system", self.notice, None, self.now),
        ];
        for (role, content, author_id, created) in rows {
            let Some(content) = content else { continue };
            let message_id = secrets::new_id("m_")?;
            let row = NewMessage {
                message_id: &message_id,
                case_id: &self.case.case_id,
                turn_number: self.number,
                role,
                content,
                author_id,
                created,
            };
            messages::insert(self.db, &row, self.now)?;
        }
        Ok(())
    }

    fn keep_answer(&self, answer: &str) -> Result<(), Refusal> {
        match &self.order.end {
            End::Unkeyed => {}
            End::Receipt { scope, content_hash } => receipts::insert(
                self.db,
                scope,
                &Receipt {
                    content_hash: content_hash.clone(),
                    status: 200,
                    location: None,
                    title_source: None,
                    answer: Some(answer.to_owned()),
                    turn_number: Some(self.number),
                },
                self.now,
            )?,
            End::Job(job_id) => {
                jobs::finish(self.db, job_id, &Progress::Completed(answer.to_owned()))?;
            }
        }
        Ok(())
    }
}
