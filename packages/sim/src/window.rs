//! One window: a real core with its timers, open requests and appends that were not answered.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use copilot_core::ids::{CaseKey, MessageKey, OperationId, RealId};
use copilot_core::journal::{Batch, BatchId, Record};
use copilot_core::model::RealCase;
use copilot_core::request::RequestId;
use copilot_core::view::CachedMessage;
use copilot_core::{Config, Core, Entropy, Event, Mono, Now, TimerId, Wall};

use crate::check::mirror::Mirror;
use crate::rng::Rng;
use crate::truth::Instance;

/// The wall clock at the start of the world.
pub(crate) const NOON: u64 = 1_795_348_800_000;

/// A timer that is armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Armed {
    /// When it is to ring.
    pub(crate) due: u64,
    /// Which arming this is.
    pub(crate) token: u64,
}

/// A window.
pub(crate) struct Window {
    pub(crate) me: Instance,
    pub(crate) core: Core,
    /// Which store it opened.
    pub(crate) store: u32,
    started: u64,
    /// Time that its monotonic clock did not count.
    slept: u64,
    /// Since when that clock has been standing still.
    dozing: Option<u64>,
    /// Stands still; what is for it waits.
    pub(crate) frozen: bool,
    pub(crate) backlog: Vec<Event>,
    /// Works through its backlog.
    pub(crate) thawing: bool,
    timers: BTreeMap<TimerId, Armed>,
    /// Requests whose answer is awaited, and the exchange that each is.
    pub(crate) open: BTreeMap<RequestId, u64>,
    /// Batches that are being written.
    pub(crate) writes: VecDeque<Batch>,
    /// Batches that are written or refused and whose answer is on its way, and how many records they are.
    pub(crate) unanswered: BTreeMap<BatchId, u64>,
    /// What was in batches that were refused, until the core hears of that.
    pub(crate) refused: BTreeMap<BatchId, Vec<Record>>,
    pub(crate) last_write: u64,
    pub(crate) last_ack: u64,
    /// Everything before this position has been heard.
    pub(crate) heard: u64,
    /// Read-backs that are on their way.
    pub(crate) reads_back: u32,
    /// The journal is being read back because another window sends.
    pub(crate) fenced: bool,
    /// Facts that were refused and will be written again.
    pub(crate) owed: Vec<Record>,
    /// Rows that this core was given or gave out itself.
    pub(crate) rows: BTreeMap<RealId, BTreeMap<RealId, Arc<CachedMessage>>>,
    /// Cases whose rows are on their way from the cache.
    pub(crate) loading: BTreeSet<RealId>,
    /// Cases that this core knows as confirmed, and up to which turn.
    pub(crate) cases: BTreeMap<RealId, u32>,
    /// Cases whose rows another window told of; they need not be shown.
    pub(crate) hearsay: BTreeSet<RealId>,
    /// Rows that this window has read from the server itself. When others were missed it asks the cache for the case
    /// again and keeps them, although the cache may not have taken them.
    pub(crate) read: BTreeMap<RealId, BTreeSet<MessageKey>>,
    pub(crate) mirror: Mirror,
    /// What can be taken back, as the notices said.
    pub(crate) undoable: Vec<OperationId>,
    /// No request before this moment, by the server's word.
    pub(crate) gate: u64,
    /// No attempt of these before these moments, by the server's word.
    pub(crate) floors: BTreeMap<OperationId, u64>,
    /// What each open request is for, where that is an operation.
    pub(crate) asks: BTreeMap<RequestId, OperationId>,
    /// Dies after so many effects of its next step.
    pub(crate) doom: Option<u8>,
    /// Cases that were on screen in this window, to click on what is gone.
    pub(crate) remembered: Vec<OperationId>,
}

impl Window {
    pub(crate) fn new(seed: u64, me: Instance, now: u64, page: u32, store: u32) -> Self {
        let config = Config { page, ..Config::default() };
        let entropy = Rng::of(&[seed, 0xe27, u64::from(me.start)]).draw();
        Self {
            me,
            core: Core::new(config, Entropy::from_number(entropy)),
            store,
            started: now,
            slept: 0,
            dozing: None,
            frozen: false,
            backlog: Vec::new(),
            thawing: false,
            timers: BTreeMap::new(),
            open: BTreeMap::new(),
            writes: VecDeque::new(),
            unanswered: BTreeMap::new(),
            refused: BTreeMap::new(),
            last_write: now,
            last_ack: now,
            heard: 1,
            reads_back: 0,
            fenced: false,
            owed: Vec::new(),
            rows: BTreeMap::new(),
            loading: BTreeSet::new(),
            cases: BTreeMap::new(),
            hearsay: BTreeSet::new(),
            read: BTreeMap::new(),
            mirror: Mirror::default(),
            undoable: Vec::new(),
            gate: 0,
            floors: BTreeMap::new(),
            asks: BTreeMap::new(),
            doom: None,
            remembered: Vec::new(),
        }
    }

    /// Both clocks of this window. Its monotonic clock starts anew with the process.
    pub(crate) fn now(&self, now: u64, wall_offset: i64) -> Now {
        Now {
            wall: Wall((NOON + now).saturating_add_signed(wall_offset)),
            mono: Mono(1000 + now - self.started - self.slept),
            utc_offset_minutes: 60,
        }
    }

    /// The device goes to sleep; its monotonic clock may not count that.
    pub(crate) fn doze(&mut self, now: u64, timeless: bool) {
        if timeless {
            self.dozing.get_or_insert(now);
        }
    }

    pub(crate) fn wake(&mut self, now: u64) {
        self.slept += self.dozing.take().map_or(0, |since| now - since);
    }

    pub(crate) fn arm(&mut self, timer: TimerId, armed: Armed) {
        self.timers.insert(timer, armed);
    }

    pub(crate) fn disarm(&mut self, timer: TimerId) {
        self.timers.remove(&timer);
    }

    /// Takes a timer that rings, if it is still armed that way.
    pub(crate) fn rings(&mut self, timer: TimerId, token: u64) -> bool {
        if self.timers.get(&timer).is_some_and(|armed| armed.token == token) {
            self.timers.remove(&timer);
            return true;
        }
        false
    }

    pub(crate) fn armed(&self, timer: TimerId) -> Option<u64> {
        self.timers.get(&timer).map(|armed| armed.due)
    }

    /// Whether a timer should have rung before this moment, or at it.
    pub(crate) fn is_late(&self, now: u64) -> bool {
        self.timers.values().any(|armed| armed.due <= now)
    }

    /// Whether this window knows what the journal knows, and the journal what it knows.
    pub(crate) fn is_caught_up(&self, next: u64) -> bool {
        self.heard == next
            && self.reads_back == 0
            && self.owed.is_empty()
            && self.writes.is_empty()
            && self.unanswered.is_empty()
    }

    /// Notes that this core knows a case.
    pub(crate) fn knows(&mut self, case: &RealCase) {
        let turn = self.cases.entry(case.id.clone()).or_default();
        *turn = (*turn).max(case.current_turn);
    }

    /// The case that is open.
    pub(crate) fn open_case(&self) -> Option<CaseKey> {
        self.core.view().open().cloned()
    }
}
