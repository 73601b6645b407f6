//! The world in which steps are timed: 10,000 cases, 100,000 messages, 1,000 operations that wait. A core and what it needs
//! to go on at once, so that nothing but the core is measured.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "benchmarks fail by panicking, and each uses a part of the world"
)]

use std::collections::BTreeMap;

use copilot_core::ids::{CaseKey, RealId};
use copilot_core::journal::{Batch, Epoch, Recovered, Sequence, frame};
use copilot_core::model::{Answer, CaseState, RealCase, RealMessage, Role, Turn};
use copilot_core::request::{Limits, Page, Reply, Request};
use copilot_core::{
    Config, Core, Effect, Entropy, Event, Intent, LeaseEvent, Link, Millis, Mono, Now, ServerTime, StoreAck,
    TimerId, Wall,
};

pub(crate) const CASES: u32 = 10_000;
pub(crate) const LARGE: u32 = 10;
pub(crate) const MESSAGES_PER_LARGE: u32 = 10_000;
pub(crate) const PENDING: u32 = 1_000;

/// A core, a store that acknowledges at once, and the requests that wait for an answer.
pub(crate) struct World {
    pub(crate) core: Core,
    pub(crate) now: Now,
    pub(crate) next: u64,
    pub(crate) appended: usize,
    /// Requests so far.
    pub(crate) asked: usize,
    pub(crate) open: Vec<(copilot_core::request::RequestId, Request)>,
    pub(crate) effects: Vec<Effect>,
}

pub(crate) fn real(number: u32) -> RealId {
    RealId::parse(&format!("case-{number:05}")).unwrap()
}

pub(crate) fn case(number: u32, current_turn: u32) -> RealCase {
    RealCase {
        id: real(number),
        title: Some(format!("Checkout 503, incident {number}").into()),
        state: CaseState::Investigating,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn,
        created: ServerTime(1),
        last_activity: ServerTime(u64::from(number)),
        gone: false,
    }
}

pub(crate) fn messages(from: u32, count: u32) -> Page<RealMessage> {
    let rows = (from..from + count)
        .map(|n| RealMessage {
            id: RealId::parse(&format!("m-{n}")).unwrap(),
            role: if n % 2 == 0 { Role::User } else { Role::Assistant },
            text: format!("line {n}: upstream connect timeout, peer 10.8.14.7").into(),
            turn: Some(n / 2 + 1),
            created: ServerTime(u64::from(n)),
        })
        .collect();
    Page { rows, received: count, refused: None, total: None, has_more: false }
}

/// A page of a case with so many turns, the words of the person's being those of the bench.
pub(crate) fn listed(case: &RealId, turns: u32, offset: u32, limit: u32) -> Page<RealMessage> {
    let all = turns * 2;
    let rows: Vec<_> = (offset..all.min(offset.saturating_add(limit)))
        .map(|n| RealMessage {
            id: RealId::parse(&format!("m-{case}-{n}")).unwrap(),
            role: if n % 2 == 0 { Role::User } else { Role::Assistant },
            text: if n % 2 == 0 { "again" } else { "ok" }.into(),
            turn: Some(n / 2 + 1),
            created: ServerTime(u64::from(n)),
        })
        .collect();
    let received = u32::try_from(rows.len()).unwrap();
    Page { rows, received, refused: None, total: Some(all), has_more: offset + received < all }
}

pub(crate) fn no_rows<T>() -> Page<T> {
    Page { rows: Vec::new(), received: 0, refused: None, total: None, has_more: false }
}

impl World {
    pub(crate) fn empty() -> Self {
        Self {
            core: Core::new(Config::default(), Entropy::from_number(1)),
            now: Now { wall: Wall(1_795_348_800_000), mono: Mono(1), utc_offset_minutes: 0 },
            next: 1,
            appended: 0,
            asked: 0,
            open: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub(crate) fn small() -> Self {
        let mut world = Self::empty();
        let cases = (0..100).map(|n| case(n, 1)).collect();
        world.step(Event::Boot(Recovered { cases, ..Recovered::default() }));
        world.answer_reads();
        world
    }

    pub(crate) fn large() -> Self {
        Self::of(CASES, LARGE, PENDING)
    }

    /// So many cases, so many of them with their messages at hand, so many operations that wait.
    pub(crate) fn of(cases: u32, large: u32, pending: u32) -> Self {
        let mut world = Self::empty();
        let cases = (0..cases).map(|n| case(n, MESSAGES_PER_LARGE / 2)).collect();
        world.step(Event::Boot(Recovered { cases, ..Recovered::default() }));
        for number in 0..large {
            world.step(Event::Intent(Intent::Open(Some(CaseKey::of_server(&real(number))))));
            world.answer_reads();
        }
        world.step(Event::Link(Link::Offline));
        for number in 0..pending {
            world.say(large + number % 100, "is that enough to blame the pool?");
        }
        world.step(Event::Intent(Intent::Open(Some(CaseKey::of_server(&real(0))))));
        world
    }

    pub(crate) fn say(&mut self, number: u32, text: &str) {
        let case = Some(CaseKey::of_server(&real(number)));
        self.step(Event::Intent(Intent::Submit { case, turns: vec![Turn::say(text)] }));
    }

    pub(crate) fn step(&mut self, event: Event) {
        let mut effects = std::mem::take(&mut self.effects);
        self.core.step(self.now, event, &mut effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Append(batch) => self.append(&batch),
                Effect::Load { case, .. } => {
                    self.step(Event::Stored(StoreAck::Loaded { case, rows: Vec::new() }));
                }
                Effect::ReadBack(from) => {
                    self.step(Event::Stored(StoreAck::ReadBack { from, records: Vec::new() }));
                }
                Effect::AcquireLease => self.step(Event::Lease(LeaseEvent::Granted(Epoch(1)))),
                Effect::Send(id, request) => {
                    self.asked += 1;
                    self.open.push((id, request));
                }
                _ => {}
            }
        }
        self.effects = effects;
    }

    pub(crate) fn append(&mut self, batch: &Batch) {
        let first = Sequence(self.next);
        let mut bytes = Vec::new();
        for record in &batch.records {
            frame::write(&mut bytes, Sequence(self.next), batch.writer, batch.fence, record).unwrap();
            self.next += 1;
        }
        self.appended += bytes.len();
        self.step(Event::Stored(StoreAck::Appended { batch: batch.id, first }));
    }

    pub(crate) fn answer_reads(&mut self) {
        while let Some(at) =
            self.open.iter().position(|(_, request)| !matches!(request, Request::SubmitTurn { .. }))
        {
            let (id, request) = self.open.swap_remove(at);
            let reply = match request {
                Request::ListMessages { .. } => Reply::Messages(messages(0, MESSAGES_PER_LARGE)),
                Request::ListCases { .. } => Reply::Cases(no_rows()),
                Request::ReadCase { case: id } => {
                    Reply::Case(RealCase { id, ..case(0, MESSAGES_PER_LARGE / 2) })
                }
                _ => Reply::Alive(Limits::default()),
            };
            self.step(Event::Answered(id, Ok(reply)));
        }
    }

    /// The server can be reached again.
    pub(crate) fn come_back(&mut self) {
        self.step(Event::Intent(Intent::TryNow));
        while let Some(at) = self.open.iter().position(|(_, request)| *request == Request::Probe) {
            let (id, _) = self.open.swap_remove(at);
            self.step(Event::Answered(id, Ok(Reply::Alive(Limits::default()))));
        }
    }

    /// Sends everything that waits to a server that answers at once and lists what it has, and goes on until nothing is
    /// left of any operation.
    pub(crate) fn drain(&mut self) -> u32 {
        let mut turns: BTreeMap<RealId, u32> = BTreeMap::new();
        let mut sent = 0;
        self.step(Event::Intent(Intent::TryNow));
        loop {
            while !self.open.is_empty() {
                let (id, request) = self.open.remove(0);
                let reply = match request {
                    Request::SubmitTurn { case, .. } => {
                        sent += 1;
                        let turn = turns.entry(case).or_insert(1);
                        *turn += 1;
                        let answer = Answer { text: "ok".into(), turn: Some(*turn), actions: Vec::new() };
                        Reply::Answered { answer, state: CaseState::Investigating }
                    }
                    Request::ListMessages { case, offset, limit } => {
                        let turns = turns.get(&case).copied().unwrap_or(1);
                        Reply::Messages(listed(&case, turns, offset, limit))
                    }
                    Request::ReadCase { case: id } => {
                        let turns = turns.get(&id).copied().unwrap_or(1);
                        Reply::Case(RealCase { id, ..case(0, turns) })
                    }
                    Request::ListCases { .. } => Reply::Cases(no_rows()),
                    _ => Reply::Alive(Limits::default()),
                };
                self.step(Event::Answered(id, Ok(reply)));
                self.pass(Millis(20));
            }
            if sent > 0 && self.core.inspect().operations.is_empty() {
                return sent;
            }
            // What is listed is let go of a little later.
            self.pass(Millis::seconds(3));
        }
    }

    pub(crate) fn pass(&mut self, span: Millis) {
        self.now.mono = self.now.mono + span;
        self.now.wall = self.now.wall + span;
        for timer in [TimerId::Queue, TimerId::Refresh, TimerId::Rows] {
            self.step(Event::Timer(timer));
        }
    }
}
