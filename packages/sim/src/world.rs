//! A made world: virtual time, one profile with its windows and disk, a network, a server, and a
//! person. Everything in it follows from a seed, or from a trace.

mod calm;
mod effects;
mod exchange;
mod happen;
mod leasing;
mod lives;
mod others;
mod step;
mod storing;
mod user;

use std::collections::BTreeMap;

use copilot_core::journal::Epoch;
use copilot_core::{Event, TimerId};

use crate::disk::Disk;
use crate::fate::{Fates, Of};
use crate::faults::{Faults, Omission};
use crate::happening::{Happening, happening};
use crate::lease::Lease;
use crate::marks::Marks;
use crate::rng::{fold_hash, name_hash};
use crate::run::CrashPoint;
use crate::saboteur::Sabotage;
use crate::server::Server;
use crate::trace::Trace;
use crate::truth::{Instance, Truth};
use crate::violation::Violation;
use crate::window::Window;
use exchange::Exchange;

/// Windows at most.
pub(crate) const SLOTS: usize = 5;
/// Events that a calm phase may take before something is said to go round in circles.
const CALM_EVENTS: u64 = 30_000;

/// Something that is going to happen by itself.
#[derive(Debug)]
pub(crate) enum Pending {
    /// A core gets an event.
    Deliver(Instance, Event),
    /// A timer rings.
    Ring(Instance, TimerId, u64),
    /// The oldest batch of a window is written.
    Write(Instance),
    /// A request reaches the server.
    Arrive(u64),
    /// The server's work on a turn is over.
    Finish(copilot_core::ids::OperationId),
    /// The client hears about a request, one way or the other.
    Hear(u64, Box<copilot_core::request::Outcome>),
    /// The next window in the queue gets the lease.
    Grant,
    /// A holder that stands still loses the lease.
    Steal(Instance, Epoch),
    /// A window goes on.
    Thaw(Instance),
    /// A route is there again.
    LinkUp(u64),
    /// A window starts in a place.
    Start(usize),
    /// A journal is read back.
    ReadBack(Instance, copilot_core::journal::Sequence),
    /// All cached rows of a case are read.
    Load(Instance, copilot_core::ids::RealId),
}

/// A run.
pub struct World {
    pub(crate) seed: u64,
    /// Milliseconds since the start of the world.
    pub(crate) now: u64,
    pub(crate) wall_offset: i64,
    ticket: u64,
    pending: BTreeMap<(u64, u64), Pending>,
    pub(crate) fates: Fates,
    told: Option<Vec<Happening>>,
    next_happening: u32,
    last_happening: u64,
    happened: Vec<Happening>,
    pub(crate) windows: Vec<Option<Window>>,
    starts: u32,
    pub(crate) disk: Disk,
    pub(crate) server: Server,
    pub(crate) lease: Lease,
    pub(crate) truth: Truth,
    pub(crate) exchanges: BTreeMap<u64, Exchange>,
    /// Which exchange waits for the work on a turn.
    pub(crate) working: BTreeMap<copilot_core::ids::OperationId, Vec<u64>>,
    pub(crate) link_down: Option<u64>,
    pub(crate) portal_until: u64,
    /// When the clock was last set back by less than the life of a key.
    pub(crate) set_back_at: u64,
    /// The device sleeps until this moment.
    pub(crate) asleep_until: u64,
    /// When a window was last started.
    pub(crate) started_at: u64,
    /// Marks reached so far.
    pub marks: Marks,
    /// Events that went into cores so far.
    pub steps: u64,
    violation: Option<Violation>,
    pub(crate) sabotage: Option<Sabotage>,
    pub(crate) crash: Option<CrashPoint>,
    /// Rules that are not looked at, to see what else does not hold.
    pub ignored: Vec<String>,
    pub(crate) calm: bool,
    digest: u64,
    /// Words that are given back in the step under way.
    pub(crate) given_back: String,
    /// Every step in words, when that is kept.
    pub(crate) story: Option<Vec<String>>,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// What did not hold.
    pub violation: Option<Violation>,
    /// Events that went into cores.
    pub steps: u64,
    /// Marks reached.
    pub marks: Marks,
    /// Over the digests of all windows, at the end of the storm and at the end.
    pub digest: u64,
}

impl World {
    /// The world of a seed.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        let faults = Faults::of_seed(seed);
        Self::new(seed, Fates::drawn(seed, faults), None)
    }

    /// The world of a trace: what the trace names happens, and nothing else.
    #[must_use]
    pub fn of_trace(trace: &Trace) -> Self {
        let faults = Faults::of_seed(trace.seed);
        let fates = Fates::told(trace.seed, faults, &trace.fates);
        Self::new(trace.seed, fates, Some(trace.happenings.clone()))
    }

    fn new(seed: u64, fates: Fates, told: Option<Vec<Happening>>) -> Self {
        let mut server = Server::default();
        server.hide_rows_ms = fates.faults.hide_rows_ms;
        server.omit_assistant = fates.faults.omission != Omission::Never;
        server.page_cap = fates.faults.page_cap;
        server.keyless = fates.faults.keyless;
        server.searches = fates.faults.search;
        Self {
            seed,
            now: 0,
            wall_offset: 0,
            ticket: 0,
            pending: BTreeMap::new(),
            fates,
            told,
            next_happening: 0,
            last_happening: 0,
            happened: Vec::new(),
            windows: (0..SLOTS).map(|_| None).collect(),
            starts: 0,
            disk: Disk::default(),
            server,
            lease: Lease::default(),
            truth: Truth::default(),
            exchanges: BTreeMap::new(),
            working: BTreeMap::new(),
            link_down: None,
            portal_until: 0,
            set_back_at: 0,
            asleep_until: 0,
            started_at: 0,
            marks: Marks::default(),
            steps: 0,
            violation: None,
            sabotage: None,
            crash: None,
            ignored: Vec::new(),
            calm: false,
            digest: name_hash("run"),
            given_back: String::new(),
            story: None,
        }
    }

    /// Puts a defect in, for the simulator's own tests.
    pub fn sabotage(&mut self, sabotage: Sabotage) {
        self.disk.takes_stale_epochs = sabotage == Sabotage::StaleEpoch;
        self.sabotage = Some(sabotage);
    }

    /// Keeps what happens, so that [`trace`](Self::trace) can tell it.
    pub fn keep_trace(&mut self) {
        self.fates.record = Some(Vec::new());
    }

    /// Keeps the names of everything that has a fate.
    pub(crate) fn keep_points(&mut self) {
        self.fates.asked = Some(Vec::new());
    }

    /// Everything that had a fate before the calm.
    pub(crate) fn points(&self) -> Vec<(Of, String)> {
        self.fates.asked.clone().unwrap_or_default()
    }

    /// Keeps every step in words.
    pub fn keep_story(&mut self) {
        self.story = Some(Vec::new());
    }

    /// Every step in words, if they were kept.
    #[must_use]
    pub fn story(&self) -> &[String] {
        self.story.as_deref().unwrap_or_default()
    }

    /// What happened, as far as it did not follow from something else.
    #[must_use]
    pub fn trace(&self, events: u64) -> Trace {
        Trace {
            seed: self.seed,
            events,
            happenings: self.happened.clone(),
            fates: self.fates.record.clone().unwrap_or_default(),
            violation: self.violation.clone(),
        }
    }

    /// Runs a storm of so many events, then the calm phase.
    pub fn run(&mut self, events: u64) -> Report {
        self.set_the_scene();
        while self.violation.is_none() && self.steps < events {
            if !self.advance() {
                break;
            }
        }
        self.add_digests();
        if self.violation.is_none() {
            self.calm_down();
            let limit = self.steps + CALM_EVENTS;
            self.settle(limit);
            self.add_digests();
        }
        Report {
            violation: self.violation.clone(),
            steps: self.steps,
            marks: self.marks.clone(),
            digest: self.digest,
        }
    }

    fn set_the_scene(&mut self) {
        if self.fates.faults.aged {
            self.age_journal();
        }
        for slot in 0..usize::from(self.fates.faults.windows) {
            self.start_window(slot);
        }
    }

    fn add_digests(&mut self) {
        for window in self.windows.iter().flatten() {
            self.digest = fold_hash(self.digest, &window.core.digest().to_le_bytes());
        }
        self.digest = fold_hash(self.digest, &self.disk.next.0.to_le_bytes());
    }

    /// The next thing that happens: by itself or from outside, whichever is first. False when
    /// nothing ever happens again.
    fn advance(&mut self) -> bool {
        let by_itself = self.pending.first_key_value().map(|((at, _), _)| *at);
        let outside = self.peek_happening();
        match (outside, by_itself) {
            (Some(outside), at) if at.is_none_or(|at| outside.at <= at) => {
                self.now = self.now.max(outside.at);
                self.last_happening = outside.at;
                self.next_happening += 1;
                if self.fates.record.is_some() {
                    self.happened.push(outside.clone());
                }
                self.happen(&outside);
            }
            (_, Some(_)) => self.next_by_itself(),
            (_, None) => return false,
        }
        true
    }

    fn peek_happening(&self) -> Option<Happening> {
        match &self.told {
            Some(told) => told.get(self.next_happening as usize).cloned(),
            None => Some(happening(self.seed, &self.fates.faults, self.next_happening, self.last_happening)),
        }
    }

    fn next_by_itself(&mut self) {
        let Some(((at, _), pending)) = self.pending.pop_first() else { return };
        self.now = self.now.max(at);
        match pending {
            Pending::Deliver(to, event) => self.deliver(to, event),
            Pending::Ring(to, timer, token) => {
                if self.window_mut(to).is_some_and(|window| window.rings(timer, token)) {
                    self.deliver(to, Event::Timer(timer));
                }
            }
            Pending::Write(to) => self.write(to),
            Pending::Arrive(exchange) => self.arrive(exchange),
            Pending::Finish(key) => self.finish(key),
            Pending::Hear(exchange, outcome) => self.hear(exchange, *outcome),
            Pending::Grant => self.grant(),
            Pending::Steal(from, epoch) => self.steal(from, epoch),
            Pending::Thaw(instance) => self.thaw(instance),
            Pending::LinkUp(token) => self.link_up(token),
            Pending::Start(slot) => self.start_window(slot),
            Pending::ReadBack(to, from) => self.read_back(to, from),
            Pending::Load(to, case) => self.load(to, case),
        }
    }

    /// Puts something into the future.
    pub(crate) fn later(&mut self, wait: u64, pending: Pending) {
        self.ticket += 1;
        self.pending.insert((self.now.saturating_add(wait), self.ticket), pending);
    }

    pub(crate) fn ticket(&mut self) -> u64 {
        self.ticket += 1;
        self.ticket
    }

    pub(crate) fn window(&self, me: Instance) -> Option<&Window> {
        self.windows.get(me.slot)?.as_ref().filter(|window| window.me == me)
    }

    pub(crate) fn window_mut(&mut self, me: Instance) -> Option<&mut Window> {
        self.windows.get_mut(me.slot)?.as_mut().filter(|window| window.me == me)
    }

    /// Instances that live, in their places.
    pub(crate) fn living(&self) -> Vec<Instance> {
        self.windows.iter().flatten().map(|window| window.me).collect()
    }

    /// Notes that something did not hold. The first one counts.
    pub(crate) fn violate(&mut self, invariant: &str, rule: &str, detail: String) {
        if self.violation.is_none() && !self.ignored.iter().any(|ignored| ignored == rule) {
            self.violation = Some(Violation {
                invariant: invariant.to_owned(),
                rule: rule.to_owned(),
                detail,
                step: self.steps,
                at: self.now,
            });
        }
    }

    pub(crate) const fn has_failed(&self) -> bool {
        self.violation.is_some()
    }
}
