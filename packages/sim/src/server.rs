//! A server that follows the contract, as simple as can be: cases, turns, receipts, sessions.
//!
//! It judges the client: every commit is noted with its idempotency key, so that the checks can
//! count effects and compare orders.

mod pages;
mod turns;

use std::collections::BTreeMap;
use std::sync::Arc;

use copilot_core::ids::{OperationId, RealId};
use copilot_core::model::{CaseState, RealCase, RealMessage, Turn};
use copilot_core::request::{Job, Limits, Outcome, Reply, Request};
use copilot_core::{Failure, FailureClass, Millis, Rejection, ServerTime};

use crate::fate::Fate;

/// How long receipts are kept (contract 4.1), in milliseconds.
const RECEIPT_MS: u64 = 3_600_000;
/// The server's clock at the start of the world: it agrees with nobody's.
const EPOCH: u64 = 1_790_000_000_000;

/// One case with everything that was said in it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// As the server tells it.
    pub(crate) row: RealCase,
    /// Its messages, oldest first, with the moment of their commit.
    pub(crate) rows: Vec<(u64, RealMessage)>,
    /// Rows that no client can have made: since when, and after how many others each stands.
    pub(crate) foul: Vec<(u64, usize)>,
    /// When it was made.
    pub(crate) made: u64,
    /// It was deleted; it stays here for the checks.
    pub(crate) deleted: bool,
}

/// What a key has done.
#[derive(Debug, Clone)]
struct Receipt {
    at: u64,
    reply: Reply,
}

/// A turn that is worked on.
#[derive(Debug, Clone)]
struct Running {
    case: RealId,
    turn: Arc<Turn>,
    /// Accepted with 202 under this name.
    job: Option<Job>,
    fails: bool,
}

/// Something that was done, for the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A case was made under a key.
    Created(OperationId, RealId),
    /// A turn was stored under a key.
    Said(OperationId, RealId, Arc<Turn>),
    /// A case was named under a key.
    Named(OperationId),
    /// A title was stored, whoever asked for it.
    Renamed(RealId, Arc<str>),
    /// A case was deleted.
    Deleted(RealId),
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Served {
    /// It answers.
    Now(Outcome),
    /// It works on a turn for so long, then answers.
    After(u64, OperationId),
    /// It answers now and works on the turn for so long.
    Job(Outcome, u64, OperationId),
}

/// The server.
#[derive(Debug, Default)]
pub(crate) struct Server {
    /// Every case that ever was.
    pub(crate) cases: BTreeMap<RealId, Case>,
    receipts: BTreeMap<OperationId, Receipt>,
    running: BTreeMap<OperationId, Running>,
    jobs: BTreeMap<Arc<str>, Option<Outcome>>,
    minted: u64,
    /// Receipts that were over when their key came again.
    pub(crate) expired: u64,
    /// What was done since the checks looked.
    pub(crate) deeds: Vec<Deed>,
    /// The access token is over.
    pub(crate) token_over: bool,
    /// The session is over.
    pub(crate) session_over: bool,
    /// The refresh token is dead.
    pub(crate) account_dead: bool,
    /// It keeps no receipts.
    pub(crate) keyless: bool,
    /// It looks for texts.
    pub(crate) searches: bool,
    /// Unreachable until this moment.
    pub(crate) down_until: u64,
    /// Rows younger than this stay out of lists, in milliseconds.
    pub(crate) hide_rows_ms: u64,
    /// Assistant rows stay out of lists.
    pub(crate) omit_assistant: bool,
    /// Rows of the case list that no client can have made.
    pub(crate) foul_cases: u32,
    /// Most rows of a page.
    pub(crate) page_cap: u32,
}

fn rejected(rejection: Rejection, status: u16) -> Outcome {
    Err(Failure { status: Some(status), ..Failure::of(FailureClass::Rejected(rejection)) })
}

const fn time(now: u64) -> ServerTime {
    ServerTime(EPOCH + now)
}

impl Server {
    /// Handles one request that arrived.
    pub(crate) fn handle(&mut self, now: u64, request: &Request, fate: Option<&Fate>) -> Served {
        if let Some(failure) = self.refuses_credentials(request) {
            return Served::Now(Err(Failure::of(failure)));
        }
        if let Request::SubmitTurn { key, case, turn } = request {
            return self.submit(now, *key, case, turn, fate);
        }
        Served::Now(match request {
            Request::Probe => Ok(Reply::Alive(self.limits())),
            Request::RenewToken => {
                self.token_over = false;
                Ok(Reply::Renewed)
            }
            Request::RenewSession => {
                self.session_over = false;
                Ok(Reply::Renewed)
            }
            Request::ListCases { offset, limit } => Ok(Reply::Cases(self.list_cases(now, *offset, *limit))),
            Request::SearchCases { text, limit } => Ok(Reply::Cases(self.search(now, text, *limit))),
            Request::ReadCase { case } => match self.living(case) {
                Some(case) => Ok(Reply::Case(case.row.clone())),
                None => rejected(Rejection::CaseGone, 404),
            },
            Request::ListMessages { case, offset, limit } => {
                match self.list_messages(now, case, *offset, *limit) {
                    Some(page) => Ok(Reply::Messages(page)),
                    None => rejected(Rejection::CaseGone, 404),
                }
            }
            Request::ReadDetails { case } => match self.living(case) {
                Some(_) => Ok(Reply::Details(Box::default())),
                None => rejected(Rejection::CaseGone, 404),
            },
            Request::GenerateTitle { key, case } => self.name(now, *key, case),
            Request::CreateCase { key } => self.create(now, *key),
            Request::SubmitTurn { .. } => rejected(Rejection::Refused, 400),
            Request::PollJob { job, .. } => self.poll(job),
            Request::Rename { case, title } => self.rename(now, case, title),
            Request::Delete { case } => {
                self.delete(case);
                Ok(Reply::Done)
            }
        })
    }

    fn limits(&self) -> Limits {
        let key_lifetime = if self.keyless { Millis(0) } else { Limits::default().key_lifetime };
        Limits { key_lifetime, search: self.searches, ..Limits::default() }
    }

    fn refuses_credentials(&self, request: &Request) -> Option<FailureClass> {
        match request {
            Request::Probe => None,
            Request::RenewToken => self.account_dead.then_some(FailureClass::TokenRefused),
            _ if self.token_over => Some(FailureClass::TokenRefused),
            Request::RenewSession => None,
            _ => self.session_over.then_some(FailureClass::SessionExpired),
        }
    }

    /// A case that was not deleted.
    #[must_use]
    pub(crate) fn living(&self, case: &RealId) -> Option<&Case> {
        self.cases.get(case).filter(|case| !case.deleted)
    }

    fn living_mut(&mut self, case: &RealId) -> Option<&mut Case> {
        self.cases.get_mut(case).filter(|case| !case.deleted)
    }

    /// The receipt of a key, while it is kept.
    fn receipt(&mut self, now: u64, key: OperationId) -> Option<Reply> {
        if self.keyless {
            return None;
        }
        let over = self.receipts.get(&key).is_some_and(|receipt| now - receipt.at > RECEIPT_MS);
        if over {
            self.receipts.remove(&key);
            self.expired += 1;
        }
        self.receipts.get(&key).map(|receipt| receipt.reply.clone())
    }

    fn create(&mut self, now: u64, key: OperationId) -> Outcome {
        if let Some(reply) = self.receipt(now, key) {
            return Ok(reply);
        }
        let Some(row) = self.make_case(now) else {
            return rejected(Rejection::Refused, 400);
        };
        self.deeds.push(Deed::Created(key, row.id.clone()));
        let reply = Reply::Case(row);
        self.receipts.insert(key, Receipt { at: now, reply: reply.clone() });
        Ok(reply)
    }

    fn make_case(&mut self, now: u64) -> Option<RealCase> {
        self.minted += 1;
        let id = RealId::parse(&format!("c-{}", self.minted)).ok()?;
        let row = RealCase {
            id: id.clone(),
            title: Some(format!("Case-260818-{}", self.minted).into()),
            state: CaseState::Inquiry,
            stage: None,
            valid_next: vec![CaseState::Investigating, CaseState::Closed],
            milestones: None,
            current_turn: 0,
            created: time(now),
            last_activity: time(now),
            gone: false,
        };
        self.cases.insert(
            id,
            Case { row: row.clone(), rows: Vec::new(), foul: Vec::new(), made: now, deleted: false },
        );
        Some(row)
    }

    fn rename(&mut self, now: u64, id: &RealId, title: &Arc<str>) -> Outcome {
        let Some(case) = self.living_mut(id) else {
            return rejected(Rejection::CaseGone, 404);
        };
        if case.row.state.is_terminal() {
            return rejected(Rejection::CaseTerminal, 409);
        }
        case.row.title = Some(Arc::clone(title));
        case.row.last_activity = time(now);
        self.deeds.push(Deed::Renamed(id.clone(), Arc::clone(title)));
        Ok(Reply::Done)
    }

    /// Names a case by what was said in it, if there is enough of that.
    fn name(&mut self, now: u64, key: OperationId, id: &RealId) -> Outcome {
        if let Some(reply) = self.receipt(now, key) {
            return Ok(reply);
        }
        let Some(case) = self.living_mut(id) else {
            return rejected(Rejection::CaseGone, 404);
        };
        if case.row.state.is_terminal() {
            return rejected(Rejection::CaseTerminal, 409);
        }
        if case.row.current_turn == 0 {
            return rejected(Rejection::Invalid { field: None }, 422);
        }
        let title: Arc<str> = format!("Named after {} turns", case.row.current_turn).into();
        case.row.title = Some(Arc::clone(&title));
        case.row.last_activity = time(now);
        self.deeds.push(Deed::Named(key));
        let reply = Reply::Titled(title);
        self.receipts.insert(key, Receipt { at: now, reply: reply.clone() });
        Ok(reply)
    }

    /// Whether a case has a name of somebody's.
    pub(crate) fn is_named(&self, id: &RealId) -> bool {
        self.cases.get(id).is_some_and(|case| case.row.named().is_some())
    }

    /// Deletes a case. The answer is the same whether it was there or not.
    pub(crate) fn delete(&mut self, id: &RealId) {
        if let Some(case) = self.cases.get_mut(id) {
            case.deleted = true;
        }
        self.deeds.push(Deed::Deleted(id.clone()));
    }

    /// A row with an id of this client's own making comes into a list: the work of another program's
    /// defect.
    pub(crate) fn befoul(&mut self, now: u64, id: Option<&RealId>) {
        match id.and_then(|id| self.living_mut(id)) {
            Some(case) => case.foul.push((now, case.rows.len())),
            None => self.foul_cases += 1,
        }
    }

    /// Another client makes a case.
    pub(crate) fn other_creates(&mut self, now: u64) {
        let _row = self.make_case(now);
    }

    /// Another client renames a case.
    pub(crate) fn other_renames(&mut self, now: u64, id: &RealId, title: &str) {
        if let Some(case) = self.living_mut(id) {
            let title: Arc<str> = title.into();
            case.row.title = Some(Arc::clone(&title));
            case.row.last_activity = time(now);
            self.deeds.push(Deed::Renamed(id.clone(), title));
        }
    }

    /// Another client moves a case to another state.
    pub(crate) fn other_moves(&mut self, now: u64, id: &RealId, to: CaseState) {
        if let Some(case) = self.living_mut(id).filter(|case| !case.row.state.is_terminal()) {
            case.row.state = to;
            case.row.last_activity = time(now);
        }
    }

    /// Turns that were being worked on are forgotten; nothing of them is stored.
    pub(crate) fn restart(&mut self) {
        self.running.retain(|_, running| running.job.is_some());
    }
}
