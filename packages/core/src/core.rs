//! The state machine: one event in, new state and effects out.
//!
//! This file holds the state, the door ([`Core::step`]) and what every step ends with. What each
//! event does lives beside it: intents in [`accept`](crate::accept), the queue in `dispatch`,
//! answers in `reconcile`, the network's state in `link`, reading in `reads`, windows and the
//! store in `windows`, what is drawn in `screen`.

use crate::config::Config;
use crate::confirmed::Confirmed;
use crate::effect::{Announcement, CacheWrite, Effect, Notice};
use crate::entropy::Entropy;
use crate::event::{Event, Lifecycle, TimerId};
use crate::fingerprint::Fingerprint;
use crate::ids::{CaseKey, IdType, MessageKey, OperationId, OptimisticId};
use crate::inspect::{Recorder, name_of};
use crate::journal::Record;
use crate::ledger::Ledger;
use crate::link::Net;
use crate::model::Stamp;
use crate::operation::Lane;
use crate::ordered::OrderedSet;
use crate::outbox::Outbox;
use crate::reads::Reads;
use crate::screen::Screen;
use crate::time::{Millis, Mono, Now};
use crate::trace::Tape;
use crate::windows::Windows;

/// The state machine of one account in one window.
///
/// ```
/// use copilot_core::{Config, Core, Entropy, Event, Intent, Now, journal::Recovered, model::Turn};
///
/// let mut core = Core::new(Config::default(), Entropy::from_number(1));
/// let mut effects = Vec::new();
/// core.step(Now::default(), Event::Boot(Recovered::default()), &mut effects);
/// let say = Intent::Submit { case: None, turns: vec![Turn::say("p99 went from 210 ms to 4.1 s")] };
/// core.step(Now::default(), Event::Intent(say), &mut effects);
/// let open = core.view().open().cloned().expect("the new case is open at once");
/// assert_eq!(core.view().transcript(&open).len(), 1);
/// ```
pub struct Core {
    pub(crate) config: Config,
    pub(crate) entropy: Entropy,
    counter: u64,
    pub(crate) now: Now,
    /// The fold of the journal.
    pub(crate) ledger: Ledger,
    /// What the server said.
    pub(crate) confirmed: Confirmed,
    /// What is under way.
    pub(crate) outbox: Outbox,
    pub(crate) net: Net,
    pub(crate) reads: Reads,
    pub(crate) windows: Windows,
    pub(crate) screen: Screen,
    pub(crate) recorder: Recorder,
    pub(crate) tape: Tape,
    pub(crate) dirty_lanes: OrderedSet<Lane>,
    staged: Vec<Record>,
    staged_as_sender: bool,
    cache_writes: Vec<CacheWrite>,
    pub(crate) out: Vec<Effect>,
    armed: [Option<Mono>; 4],
}

impl Core {
    /// A core that waits for [`Event::Boot`].
    #[must_use]
    pub fn new(config: Config, mut entropy: Entropy) -> Self {
        let tape = Tape::new(entropy.state());
        // Half of the range is left to count upwards in.
        let counter = entropy.next_u64() >> 24;
        let windows = Windows::new(entropy.next_u64());
        Self {
            config,
            entropy,
            counter,
            now: Now::default(),
            ledger: Ledger::default(),
            confirmed: Confirmed::default(),
            outbox: Outbox::default(),
            net: Net::default(),
            reads: Reads::default(),
            windows,
            screen: Screen::default(),
            recorder: Recorder::default(),
            tape,
            dirty_lanes: OrderedSet::new(),
            staged: Vec::new(),
            staged_as_sender: false,
            cache_writes: Vec::new(),
            out: Vec::new(),
            armed: [None; 4],
        }
    }

    /// The only way in. Same events, same state and effects, on every platform.
    pub fn step(&mut self, now: Now, event: Event, effects: &mut Vec<Effect>) {
        // The monotonic clock is only as good as the platform: it must not run backwards in here.
        let mono = now.mono.max(self.now.mono);
        self.now = Now { mono, ..now };
        self.tape.record(now, &event);
        let (name, before) = (name_of(&event), effects.len());
        match event {
            Event::Boot(recovered) => self.boot(recovered),
            Event::Intent(intent) => self.accept(intent),
            Event::Stored(ack) => self.stored(ack),
            Event::Answered(request, outcome) => self.answered(request, outcome),
            Event::Timer(timer) => self.timer(timer),
            Event::Link(hint) => self.link_hint(hint),
            Event::Lease(lease) => self.lease(lease),
            Event::Peer(message) => self.peer(message),
            Event::Page(Lifecycle::Shown) => self.shown(),
            Event::Page(Lifecycle::Hidden) => self.reads.visible = false,
            Event::Server(limits) => self.take_limits(limits),
            Event::SignedIn => self.signed_in(),
        }
        self.settle(effects);
        self.recorder.note_step(now.wall, name, effects.len().saturating_sub(before));
    }

    fn timer(&mut self, timer: TimerId) {
        if let Some(slot) = self.armed.get_mut(timer as usize) {
            *slot = None;
        }
        match timer {
            TimerId::Queue => self.queue_timer(),
            TimerId::Rows => self.rows_timer(),
            TimerId::Probe => self.probe_timer(),
            TimerId::Refresh => self.refresh_timer(),
        }
    }

    /// What every step ends with: whatever may go out goes out, and the effects are put in order.
    /// Appends come first, so that a store can begin with them before anything else happens.
    fn settle(&mut self, effects: &mut Vec<Effect>) {
        self.open_gate_if_over();
        self.pump();
        self.pump_reads();
        self.flush_rows();
        self.arm_timers();
        if !self.staged.is_empty() {
            let records = std::mem::take(&mut self.staged);
            let batch = self.windows.batch(records, std::mem::take(&mut self.staged_as_sender));
            effects.push(Effect::Append(batch));
        }
        if !self.cache_writes.is_empty() {
            let writes = std::mem::take(&mut self.cache_writes);
            effects.push(Effect::Cache(writes.clone()));
            let after = self.windows.applied();
            effects.push(Effect::Tell(crate::peer::PeerMessage::Confirmed { after, writes }));
        }
        effects.append(&mut self.out);
        self.compact_if_worthwhile(effects);
        let patches = self.screen.take_patches();
        if !patches.is_empty() {
            effects.push(Effect::View(patches));
        }
        debug_assert_eq!(self.check_integrity(), Vec::<String>::new());
    }

    /// Makes facts: applies them here at once and has them written in this step's batch. `sender`
    /// facts are those that only the holder of the lease may state.
    pub(crate) fn state(&mut self, record: Record, sender: bool) {
        let touched = self.ledger.apply(&record);
        self.staged.push(record);
        self.staged_as_sender |= sender;
        self.touched(touched, true);
    }

    /// The id that this step's batch will have.
    pub(crate) const fn staged_batch(&self) -> crate::journal::BatchId {
        self.windows.next_batch()
    }

    pub(crate) fn cache(&mut self, write: CacheWrite) {
        self.cache_writes.push(write);
    }

    pub(crate) fn announce(&mut self, announcement: Announcement) {
        self.out.push(Effect::Notice(Notice::Announce(announcement)));
    }

    fn mint(&mut self, kind: IdType) -> OptimisticId {
        self.counter += 1;
        OptimisticId::new(kind, self.now.wall.0, self.counter)
    }

    pub(crate) fn mint_case(&mut self) -> CaseKey {
        CaseKey::local(self.mint(IdType::Case))
    }

    pub(crate) fn mint_message(&mut self) -> MessageKey {
        MessageKey::local(self.mint(IdType::Message))
    }

    pub(crate) fn mint_operation(&mut self) -> OperationId {
        OperationId::from_random(self.entropy.bytes16())
    }

    /// A stamp that is newer than the known one, whatever the clock says.
    pub(crate) fn stamp_after(&mut self, known: Stamp) -> Stamp {
        let stamp = Stamp { wall: self.now.wall, tie: self.entropy.next_u64() >> 1 };
        // By a distance of its own, so that two windows that write over one stamp do not write the same.
        let distance = 1 + (self.entropy.next_u64() >> 32);
        if stamp > known { stamp } else { Stamp { tie: known.tie.saturating_add(distance), ..known } }
    }

    pub(crate) fn draft_stamp(&mut self, case: Option<&CaseKey>) -> Stamp {
        self.stamp_after(self.ledger.draft_stamp(case))
    }

    pub(crate) fn pin_stamp(&mut self, case: &CaseKey) -> Stamp {
        self.stamp_after(self.ledger.case(case).map(|case| case.pin.1).unwrap_or_default())
    }

    fn arm_timers(&mut self) {
        let wanted = [
            (TimerId::Queue, self.next_queue_moment()),
            (TimerId::Rows, self.outbox.looks.first().map(|(at, _)| *at)),
            (TimerId::Probe, self.net.probe_at),
            (TimerId::Refresh, self.next_refresh_moment()),
        ];
        for (timer, moment) in wanted {
            let Some(slot) = self.armed.get_mut(timer as usize) else {
                continue;
            };
            if *slot == moment {
                continue;
            }
            *slot = moment;
            self.out.push(match moment {
                // Never zero: a timer that is due now still lets the platform breathe.
                Some(moment) => Effect::Arm(timer, (moment - self.now.mono).max(Millis(1))),
                None => Effect::Disarm(timer),
            });
        }
    }

    /// Fingerprint of the state: equal state, equal digest, on every platform.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut state = Fingerprint::default();
        self.ledger.fingerprint(&mut state);
        self.confirmed.fingerprint(&mut state);
        self.outbox.fingerprint(&mut state);
        self.net.fingerprint(&mut state);
        self.screen.fingerprint(&mut state);
        std::hash::Hasher::finish(&state)
    }
}
