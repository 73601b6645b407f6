//! Requests of the core in the queries dialect: the same questions, asked in the other words.
//!
//! Two things are missing there that the core builds on, and both are made up for by reading: rows carry
//! no turn number, so questions are counted in the order of the list; and an answer does not say where
//! the case stands, so the case is read. The number of a row is its server's order, not a promise: what
//! another client writes in between is counted as well.

use std::cell::RefCell;
use std::collections::HashMap;

use copilot_core::ids::RealId;
use copilot_core::model::{Answer, CaseState, RealMessage, Role};
use copilot_core::request::{Job, Outcome, Page, Reply, Request};
use copilot_core::{Failure, FailureClass};

use crate::answer::HttpAnswer;
use crate::call::Call;
use crate::classify::{self, Asked};
use crate::client::Client;
use crate::credentials::Credentials;
use crate::encode::{self, HttpRequest, queries};
use crate::wire::{self, Poll};
use crate::{decode, dialect, job, retry_after};

/// Messages per page while questions are counted (contract 3: at most 100).
const PAGE: u32 = 100;

/// Pages that are read to number one answer, at most: a million rows.
const PAGES_MAX: u32 = 10_000;

/// How many questions lie before an offset of a case's list. Lists only grow at their end.
#[derive(Default)]
pub(crate) struct Counted(RefCell<HashMap<RealId, HashMap<u32, u32>>>);

impl Counted {
    fn before(&self, case: &RealId, offset: u32) -> Option<u32> {
        if offset == 0 {
            return Some(0);
        }
        self.0.borrow().get(case)?.get(&offset).copied()
    }

    fn note(&self, case: &RealId, offset: u32, questions: u32) {
        self.0.borrow_mut().entry(case.clone()).or_default().insert(offset, questions);
    }

    /// The farthest offset whose count is known.
    fn farthest(&self, case: &RealId) -> u32 {
        let counted = self.0.borrow();
        counted.get(case).and_then(|known| known.keys().max().copied()).unwrap_or_default()
    }
}

/// One account at one server of the queries dialect.
pub(crate) struct Asker<'a> {
    pub(crate) client: &'a Client,
    pub(crate) credentials: Option<&'a Credentials>,
}

impl Asker<'_> {
    pub(crate) async fn send(&self, request: &Request) -> Outcome {
        match request {
            Request::ListCases { offset, limit } => self.cases(request, *offset, *limit).await,
            Request::CreateCase { key } => self.plain(request, queries::create_case(*key)).await,
            Request::ListMessages { case, offset, limit } => {
                self.messages(case, *offset, *limit).await.map(Reply::Messages)
            }
            Request::SubmitTurn { key, case, turn } => {
                let session = self.credentials.and_then(|credentials| credentials.session.as_ref());
                let Some(session) = session else {
                    return Err(Failure::of(FailureClass::SessionExpired));
                };
                self.submit(case, queries::turn(*key, case, turn, session)).await
            }
            Request::PollJob { case, job } => self.poll(request, case, job).await,
            // These servers look for nothing (contract 3).
            Request::SearchCases { .. } => Err(classify::unaskable(request)),
            Request::ReadCase { .. }
            | Request::ReadDetails { .. }
            | Request::Rename { .. }
            | Request::GenerateTitle { .. }
            | Request::Delete { .. }
            | Request::Probe
            | Request::RenewToken
            | Request::RenewSession => match encode::request(request) {
                Some(http) => self.plain(request, http).await,
                None => Err(classify::unaskable(request)),
            },
        }
    }

    fn failure(&self, http: &HttpRequest, answer: &HttpAnswer) -> Failure {
        let asked = Asked { call: http.call, with_token: self.credentials.is_some() };
        classify::answer(asked, answer)
    }

    async fn exchange(&self, http: &HttpRequest) -> Result<HttpAnswer, Failure> {
        self.client.exchange(http.clone(), self.credentials).await
    }

    async fn plain(&self, request: &Request, http: HttpRequest) -> Outcome {
        let answer = self.exchange(&http).await?;
        self.client.learn(dialect::shown_by(request, &answer));
        decode::reply(self.client.server(), request, &answer).ok_or_else(|| self.failure(&http, &answer))
    }

    async fn cases(&self, request: &Request, offset: u32, limit: u32) -> Outcome {
        let page = queries::cases(offset, limit);
        let answer = self.exchange(&page.http).await?;
        self.client.learn(dialect::shown_by(request, &answer));
        let total = answer.head.total_count;
        let rows = answer
            .text()
            .filter(|_| answer.is_success())
            .and_then(|text| wire::read_bare_cases(text, (offset, page.limit, page.skip), total));
        match rows {
            Some(rows) => Ok(Reply::Cases(rows)),
            None => decode::reply(self.client.server(), request, &answer)
                .ok_or_else(|| self.failure(&page.http, &answer)),
        }
    }

    /// A turn is done when its question is answered. Whatever fails before that fails the turn, and the
    /// next attempt goes through the same steps under the same keys.
    async fn submit(&self, case: &RealId, steps: queries::Steps) -> Outcome {
        for step in [&steps.status, &steps.file].into_iter().flatten() {
            let answer = self.exchange(step).await?;
            if !answer.is_success() || answer.is_foreign() {
                return Err(self.failure(step, &answer));
            }
            let about_file = step.call == Call::Upload && !steps.spoken;
            if let Some(said) = answer.text().filter(|_| about_file).and_then(wire::read_upload) {
                return Ok(self.answered(case, said, None).await);
            }
        }
        let answer = self.exchange(&steps.question).await?;
        if answer.head.status == 202 && !answer.is_foreign() {
            let base = queries::queries_path(case);
            let located = answer.head.location.as_deref();
            let located =
                located.and_then(|location| job::from_location(self.client.server(), &base, location));
            let named = || {
                let id = RealId::parse(&wire::job_id(answer.text()?)?).ok()?;
                Some(Job(queries::job_path(case, &id).into()))
            };
            let job = located.or_else(named).ok_or_else(|| self.failure(&steps.question, &answer))?;
            return Ok(Reply::Working { job, poll_after: retry_after::named(&answer.head, None) });
        }
        let said = answer.text().filter(|_| answer.is_success()).and_then(wire::read_query);
        let said = said.ok_or_else(|| self.failure(&steps.question, &answer))?;
        Ok(self.answered(case, said, Some(&steps.words)).await)
    }

    async fn poll(&self, request: &Request, case: &RealId, job: &Job) -> Outcome {
        let http = encode::request(request).ok_or_else(|| classify::unaskable(request))?;
        let answer = self.exchange(&http).await?;
        if answer.head.status == 202 && !answer.is_foreign() {
            return Ok(decode::working(job.clone(), &answer));
        }
        let polled = answer.text().filter(|_| answer.is_success()).and_then(wire::read_query_poll);
        match polled.ok_or_else(|| self.failure(&http, &answer))? {
            Poll::Done(said, _) => Ok(self.answered(case, said, None).await),
            Poll::Failed(message) => Ok(Reply::JobFailed { message }),
            Poll::Running => Ok(decode::working(job.clone(), &answer)),
        }
    }

    /// Adds what the answer does not say: its number and where the case stands. Both are read, and the
    /// answer is worth more than either.
    async fn answered(&self, case: &RealId, said: Answer, words: Option<&str>) -> Reply {
        let turn = self.number_of(case, &said, words).await;
        let read = Request::ReadCase { case: case.clone() };
        let state = match encode::request(&read) {
            Some(http) => match self.plain(&read, http).await {
                Ok(Reply::Case(case)) => case.state,
                _ => CaseState::default(),
            },
            None => CaseState::default(),
        };
        Reply::Answered { answer: Answer { turn, ..said }, state }
    }

    /// The number of the last question that reads like this one, or that the last such answer belongs to.
    async fn number_of(&self, case: &RealId, said: &Answer, words: Option<&str>) -> Option<u32> {
        let mut offset = self.client.counted().farthest(case);
        let mut found = None;
        for _ in 0..PAGES_MAX {
            let page = self.messages(case, offset, PAGE).await.ok()?;
            let same = |row: &&RealMessage| match words {
                Some(words) => row.role == Role::User && row.text.trim() == words.trim(),
                None => row.role == Role::Assistant && row.text == said.text,
            };
            found = page.rows.iter().rev().find(same).and_then(|row| row.turn).or(found);
            offset = offset.saturating_add(page.received);
            if !page.has_more {
                break;
            }
        }
        found
    }

    async fn messages(&self, case: &RealId, offset: u32, limit: u32) -> Result<Page<RealMessage>, Failure> {
        let counted = self.client.counted();
        let mut at = offset;
        let mut before = counted.before(case, at);
        if before.is_none() {
            (at, before) = (0, Some(0));
        }
        loop {
            let asked = if at == offset { limit } else { PAGE.min(offset - at) };
            let mut page = self.message_page(case, at, asked).await?;
            let mut questions = before.unwrap_or_default();
            for row in &mut page.rows {
                if row.role == Role::User {
                    questions += 1;
                }
                row.turn = row.turn.or(Some(questions));
            }
            let end = at.saturating_add(page.received);
            // The last page may still grow inside: only what lies before it is settled.
            if page.has_more {
                counted.note(case, end, questions);
            }
            if at == offset || page.received == 0 {
                return Ok(page);
            }
            (at, before) = (end.min(offset), Some(questions));
        }
    }

    async fn message_page(
        &self,
        case: &RealId,
        offset: u32,
        limit: u32,
    ) -> Result<Page<RealMessage>, Failure> {
        let request = Request::ListMessages { case: case.clone(), offset, limit };
        let http = encode::request(&request).ok_or_else(|| classify::unaskable(&request))?;
        match self.plain(&request, http).await? {
            Reply::Messages(page) => Ok(page),
            _ => Err(Failure::of(FailureClass::Uncertain)),
        }
    }
}
