//! A long session of one window with a server that always answers: how much memory and how many bytes of
//! journal a day of work takes. No faults: what goes wrong is the business of [`World`](crate::World).
//!
//! The server here keeps nothing but numbers: what it says is worked out again for every request, so that
//! whatever memory grows is the core's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use copilot_core::ids::{CaseKey, RealId};
use copilot_core::journal::{Epoch, Recovered, Sequence, frame};
use copilot_core::model::{Answer, CaseState, Data, RealCase, RealMessage, Role, Turn};
use copilot_core::request::{Limits, Outcome, Page, Reply, Request};
use copilot_core::view::Group;
use copilot_core::{
    Config, Core, Effect, Entropy, Event, Failure, FailureClass, Intent, LeaseEvent, Mono, Now, Rejection,
    ServerTime, StoreAck, TimerId, Wall,
};

use crate::window::NOON;

/// A day of 10,000 operations, in milliseconds between two of them.
const PACE_MS: u64 = 8640;
/// Bytes of the pasted data that goes with every tenth message.
const PASTED: usize = 2000;

/// One window and what it is connected to.
pub struct Day {
    core: Core,
    now: u64,
    ticket: u64,
    coming: BTreeMap<(u64, u64), Event>,
    armed: BTreeMap<TimerId, (u64, u64)>,
    next: u64,
    /// Turns of every case of the server.
    turns: Vec<u32>,
    titles: Vec<u32>,
    cases: Vec<CaseKey>,
    wanted: usize,
    done: u64,
    /// Bytes that were appended to the journal.
    pub written: u64,
    /// Steps of the core.
    pub steps: u64,
}

impl Day {
    /// A day in which the person works on so many cases.
    #[must_use]
    pub fn new(cases: usize) -> Self {
        let mut day = Self {
            core: Core::new(Config::default(), Entropy::from_number(8)),
            now: 0,
            ticket: 0,
            coming: BTreeMap::new(),
            armed: BTreeMap::new(),
            next: 1,
            turns: Vec::new(),
            titles: Vec::new(),
            cases: Vec::new(),
            wanted: cases.max(1),
            done: 0,
            written: 0,
            steps: 0,
        };
        day.step(Event::Boot(Recovered { next: Sequence(1), ..Recovered::default() }));
        day
    }

    /// Lets the person do so many more things, each followed by a pause in which it is finished.
    pub fn work(&mut self, operations: u64) {
        for _ in 0..operations {
            self.act();
            self.done += 1;
            self.pass(PACE_MS);
        }
    }

    /// Operations that are not over, by the inspector.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.core.inspect().operations.len()
    }

    /// Turns that the server has stored.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.turns.iter().map(|turns| u64::from(*turns)).sum()
    }

    fn act(&mut self) {
        let n = self.done;
        let at = usize::try_from(n).unwrap_or(0) % self.wanted;
        let data = n.is_multiple_of(10).then(|| Data::Paste { text: "x".repeat(PASTED).into() });
        let turn =
            Turn { text: question(self.turns.get(at).copied().unwrap_or(0) + 1), data, intention: None };
        if self.cases.len() < self.wanted {
            self.step(Event::Intent(Intent::Submit { case: None, turns: vec![turn] }));
            self.cases.extend(self.core.view().open().cloned());
            return;
        }
        let Some(case) = self.cases.get(at).cloned() else { return };
        self.step(Event::Intent(Intent::Open(Some(case.clone()))));
        let intent = match n % 25 {
            24 => Intent::Rename { case, title: format!("Title {n}").into() },
            _ => Intent::Submit { case: Some(case), turns: vec![turn] },
        };
        self.step(Event::Intent(intent));
        self.step(Event::Intent(Intent::Seen));
    }

    fn pass(&mut self, span: u64) {
        let until = self.now + span;
        while let Some(((at, _), _)) = self.coming.first_key_value()
            && *at <= until
        {
            let Some(((at, ticket), event)) = self.coming.pop_first() else { break };
            self.now = self.now.max(at);
            if let Event::Timer(timer) = &event
                && self.armed.remove(timer).is_none_or(|armed| armed != (at, ticket))
            {
                continue;
            }
            self.step(event);
        }
        self.now = until;
    }

    fn later(&mut self, wait: u64, event: Event) {
        self.ticket += 1;
        self.coming.insert((self.now + wait, self.ticket), event);
    }

    fn step(&mut self, event: Event) {
        self.steps += 1;
        let now = Now { wall: Wall(NOON + self.now), mono: Mono(1 + self.now), utc_offset_minutes: 60 };
        let mut effects = Vec::new();
        self.core.step(now, event, &mut effects);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Append(batch) => {
                let first = Sequence(self.next);
                let mut bytes = Vec::new();
                let framed =
                    frame::write_batch(&mut bytes, first, batch.writer, batch.fence, &batch.records).is_ok();
                self.written += if framed { bytes.len() as u64 } else { 0 };
                self.next += batch.records.len() as u64;
                self.later(2, Event::Stored(StoreAck::Appended { batch: batch.id, first }));
            }
            Effect::ReadBack(from) => {
                self.later(2, Event::Stored(StoreAck::ReadBack { from, records: Vec::new() }));
            }
            Effect::Load { case, .. } => {
                self.later(2, Event::Stored(StoreAck::Loaded { case, rows: Vec::new() }));
            }
            Effect::Send(id, request) => {
                let outcome = self.answer(&request);
                self.later(20, Event::Answered(id, outcome));
            }
            Effect::Arm(timer, wait) => {
                self.disarm(timer);
                self.later(wait.0, Event::Timer(timer));
                self.armed.insert(timer, (self.now + wait.0, self.ticket));
            }
            Effect::Disarm(timer) => self.disarm(timer),
            Effect::AcquireLease => self.later(1, Event::Lease(LeaseEvent::Granted(Epoch(1)))),
            _ => {}
        }
    }

    fn disarm(&mut self, timer: TimerId) {
        if let Some(key) = self.armed.remove(&timer) {
            self.coming.remove(&key);
        }
    }

    fn answer(&mut self, request: &Request) -> Outcome {
        let gone = || Err(Failure::of(FailureClass::Rejected(Rejection::CaseGone)));
        match request {
            Request::Probe => Ok(Reply::Alive(Limits::default())),
            Request::RenewToken | Request::RenewSession => Ok(Reply::Renewed),
            Request::CreateCase { .. } => {
                self.turns.push(0);
                self.titles.push(0);
                self.case(self.turns.len() - 1).map_or_else(gone, |case| Ok(Reply::Case(case)))
            }
            Request::ListCases { offset, limit } => {
                let all = self.turns.len();
                let skip = usize::try_from(*offset).unwrap_or(all);
                let rows = (skip..all).take(usize::try_from(*limit).unwrap_or(0));
                Ok(Reply::Cases(page(rows.filter_map(|at| self.case(at)).collect(), *offset, all)))
            }
            Request::ReadCase { case } => {
                place(case).and_then(|at| self.case(at)).map_or_else(gone, |case| Ok(Reply::Case(case)))
            }
            Request::SearchCases { .. } => Ok(Reply::Cases(page(Vec::new(), 0, 0))),
            Request::ReadDetails { .. } => Ok(Reply::Details(Box::default())),
            Request::ListMessages { case, offset, limit } => {
                let Some(at) = place(case) else { return gone() };
                let all = self.turns.get(at).copied().unwrap_or(0) * 2;
                let rows = (*offset..all).take(usize::try_from(*limit).unwrap_or(0));
                let rows: Vec<RealMessage> = rows.filter_map(|index| message(case, index)).collect();
                Ok(Reply::Messages(page(rows, *offset, usize::try_from(all).unwrap_or(0))))
            }
            Request::SubmitTurn { case, .. } => {
                let Some(turns) = place(case).and_then(|at| self.turns.get_mut(at)) else { return gone() };
                *turns += 1;
                let turn = Some(*turns);
                let text = message(case, *turns * 2 - 1).map(|row| row.text).unwrap_or_default();
                let answer = Answer { text, turn, actions: Vec::new() };
                Ok(Reply::Answered { answer, state: CaseState::Inquiry })
            }
            Request::Rename { case, title } => {
                let number = title.rsplit(' ').next().and_then(|number| number.parse().ok());
                if let Some(known) = place(case).and_then(|at| self.titles.get_mut(at)) {
                    *known = number.unwrap_or(0);
                }
                Ok(Reply::Done)
            }
            Request::GenerateTitle { .. } => Ok(Reply::Titled("Named".into())),
            Request::PollJob { .. } | Request::Delete { .. } => gone(),
        }
    }

    fn case(&self, at: usize) -> Option<RealCase> {
        let turns = *self.turns.get(at)?;
        let title: Arc<str> = match *self.titles.get(at)? {
            0 => format!("Case-260818-{at}").into(),
            number => format!("Title {number}").into(),
        };
        Some(RealCase {
            id: RealId::parse(&format!("c-{at}")).ok()?,
            title: Some(title),
            state: CaseState::Inquiry,
            stage: None,
            valid_next: Vec::new(),
            milestones: None,
            current_turn: turns,
            created: ServerTime(NOON),
            last_activity: ServerTime(NOON + u64::from(turns)),
            gone: false,
        })
    }

    /// Groups of the case list together: what is on screen.
    #[must_use]
    pub fn listed(&self) -> usize {
        let groups = [Group::Pinned, Group::Active, Group::Resolved];
        let listed: BTreeSet<&CaseKey> =
            groups.into_iter().flat_map(|group| self.core.view().group(group)).collect();
        listed.len()
    }
}

fn place(case: &RealId) -> Option<usize> {
    case.to_string().strip_prefix("c-")?.parse().ok()
}

fn page<T>(rows: Vec<T>, offset: u32, all: usize) -> Page<T> {
    let received = u32::try_from(rows.len()).unwrap_or(0);
    let total = u32::try_from(all).unwrap_or(u32::MAX);
    let has_more = offset.saturating_add(received) < total;
    Page { rows, received, refused: None, total: Some(total), has_more }
}

/// What the person says in a turn: the server need not remember it.
fn question(turn: u32) -> Arc<str> {
    format!("question {turn}").into()
}

/// A row of a case by its index.
fn message(case: &RealId, index: u32) -> Option<RealMessage> {
    let turn = index / 2 + 1;
    let (role, text) = match index % 2 {
        0 => (Role::User, question(turn)),
        _ => (Role::Assistant, format!("answer {turn}: {}", "because ".repeat(20)).into()),
    };
    Some(RealMessage {
        id: RealId::parse(&format!("m-{case}-{index}")).ok()?,
        role,
        text,
        turn: Some(turn),
        created: ServerTime(NOON + u64::from(index)),
    })
}
