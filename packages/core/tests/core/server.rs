//! A server that keeps the contract: a key runs once, turns are numbered, lists say what is there.

use std::collections::BTreeMap;

use copilot_core::ids::{OperationId, RealId};
use copilot_core::model::{CaseState, Intention, RealCase, RealMessage, Role};
use copilot_core::request::{Limits, Outcome, Page, Reply, Request};
use copilot_core::{Failure, FailureClass, Rejection, ServerTime};

use crate::support::{NOON, answered, page, real};

#[derive(Default)]
pub(crate) struct Server {
    cases: BTreeMap<RealId, (RealCase, Vec<RealMessage>)>,
    ran: BTreeMap<OperationId, Outcome>,
    /// Every message that was carried out, in order: case, words.
    pub(crate) heard: Vec<(RealId, String)>,
    made: u32,
    time: u64,
}

impl Server {
    pub(crate) fn answer(&mut self, request: &Request) -> Outcome {
        self.time += 1;
        match request {
            Request::Probe => Ok(Reply::Alive(Limits::default())),
            Request::RenewToken | Request::RenewSession => Ok(Reply::Renewed),
            Request::ListCases { offset, limit } => {
                let all = self.cases.values().map(|(case, _)| case.clone()).collect();
                Ok(Reply::Cases(part(all, *offset, *limit)))
            }
            Request::ReadCase { case } => self.known(case).map(|(case, _)| Reply::Case(case.clone())),
            Request::ListMessages { case, offset, limit } => {
                let (offset, limit) = (*offset, *limit);
                self.known(case).map(|(_, rows)| Reply::Messages(part(rows.clone(), offset, limit)))
            }
            Request::CreateCase { key } => self.once(*key, |server| Ok(Reply::Case(server.make()))),
            Request::SubmitTurn { key, case, turn } => {
                let (case, turn) = (case.clone(), turn.clone());
                self.once(*key, |server| server.hear(&case, &turn))
            }
            Request::Rename { case, title } => {
                let title = title.clone();
                self.known(case).map(|(case, _)| {
                    case.title = Some(title);
                    Reply::Done
                })
            }
            Request::GenerateTitle { key, case } => {
                let case = case.clone();
                self.once(*key, |server| {
                    let (case, _) = server.known(&case)?;
                    case.title = Some("A name by the server".into());
                    Ok(Reply::Titled("A name by the server".into()))
                })
            }
            Request::Delete { case } => {
                self.cases.remove(case);
                Ok(Reply::Done)
            }
            _ => {
                Err(Failure { status: Some(404), ..Failure::of(FailureClass::Rejected(Rejection::Refused)) })
            }
        }
    }

    /// The same key gets the same answer and runs once.
    fn once(&mut self, key: OperationId, run: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        if let Some(outcome) = self.ran.get(&key) {
            return outcome.clone();
        }
        let outcome = run(self);
        self.ran.insert(key, outcome.clone());
        outcome
    }

    fn known(&mut self, case: &RealId) -> Result<&mut (RealCase, Vec<RealMessage>), Failure> {
        let gone = Failure { status: Some(404), ..Failure::of(FailureClass::Rejected(Rejection::CaseGone)) };
        self.cases.get_mut(case).ok_or(gone)
    }

    fn make(&mut self) -> RealCase {
        self.made += 1;
        let case = crate::support::case(&format!("c-{}", self.made), 0);
        self.cases.insert(case.id.clone(), (case.clone(), Vec::new()));
        case
    }

    fn hear(&mut self, id: &RealId, turn: &copilot_core::model::Turn) -> Outcome {
        let time = ServerTime(NOON + self.time);
        let (case, rows) = self.known(id)?;
        case.current_turn += 1;
        case.last_activity = time;
        if let Some(Intention::StatusTransition { to, .. }) = &turn.intention {
            case.state = to.clone();
        }
        let number = case.current_turn;
        let said = format!("answer to {}", turn.text);
        for (role, text) in [(Role::User, &*turn.text), (Role::Assistant, &*said)] {
            let id = real(&format!("m-{}", rows.len() + 1));
            rows.push(RealMessage { id, role, text: text.into(), turn: Some(number), created: time });
        }
        let state = case.state.clone();
        self.heard.push((id.clone(), turn.text.to_string()));
        match answered(number, &said) {
            Ok(Reply::Answered { answer, .. }) => Ok(Reply::Answered { answer, state }),
            other => other,
        }
    }

    /// The words of every message, in the order in which they were carried out.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.heard.iter().map(|(_, words)| &**words).collect()
    }

    pub(crate) fn title(&self, case: &RealId) -> Option<&str> {
        self.cases.get(case).and_then(|(case, _)| case.title.as_deref())
    }

    pub(crate) fn state(&self, case: &RealId) -> Option<&CaseState> {
        self.cases.get(case).map(|(case, _)| &case.state)
    }

    pub(crate) fn cases(&self) -> usize {
        self.cases.len()
    }
}

fn part<T: Clone>(all: Vec<T>, offset: u32, limit: u32) -> Page<T> {
    let (from, total) = (usize::try_from(offset).unwrap(), u32::try_from(all.len()).unwrap());
    let rows: Vec<T> = all.into_iter().skip(from).take(usize::try_from(limit).unwrap()).collect();
    let has_more = offset + u32::try_from(rows.len()).unwrap() < total;
    Page { total: Some(total), has_more, ..page(rows) }
}
