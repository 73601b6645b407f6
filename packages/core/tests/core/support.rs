//! A desk to try a core at: a clock that stands still until it is moved, a store that keeps what
//! it is told, and a network that answers when the test says so.

use std::collections::VecDeque;

use copilot_core::ids::{CaseKey, RealId};
use copilot_core::journal::{Batch, Record, Sequence, StoreRefusal};
use copilot_core::model::{RealMessage, Role, Turn};
use copilot_core::peer::PeerMessage;
use copilot_core::request::{Limits, Outcome, Page, Reply, Request, RequestId};
use copilot_core::{
    Config, Core, Effect, Entropy, Event, Intent, LeaseEvent, Millis, Mono, Notice, Now, StoreAck, TimerId,
    Violation, Wall,
};

use crate::disk::{Disk, SharedDisk};
pub(crate) use crate::made::*;
use crate::mirror::Mirror;
use crate::server::Server;

pub(crate) struct Desk {
    pub(crate) core: Core,
    pub(crate) now: Now,
    pub(crate) disk: SharedDisk,
    /// Requests that are open, oldest first.
    pub(crate) open: Vec<(RequestId, Request)>,
    /// Every write that ever left, oldest first.
    pub(crate) sent: Vec<Request>,
    pub(crate) notices: Vec<Notice>,
    /// What the logs were told.
    pub(crate) reports: Vec<Violation>,
    /// What the other windows are told.
    pub(crate) told: Vec<PeerMessage>,
    /// Appends that the store has not answered, while it is held.
    pub(crate) held: Vec<Batch>,
    pub(crate) hold_store: bool,
    pub(crate) refuse_store: Option<StoreRefusal>,
    /// Questions to the journal that the store has not answered, while it is held.
    pub(crate) held_reads: Vec<Sequence>,
    pub(crate) hold_reads: bool,
    /// Cases whose cached rows were asked for and are not here, while they are held; whether the last come first.
    pub(crate) held_loads: Vec<(RealId, bool)>,
    pub(crate) hold_loads: bool,
    /// Asked for the lease and did not get it.
    pub(crate) queues_for_lease: bool,
    /// The only window: it gets the lease when it asks.
    pub(crate) alone: bool,
    /// Batches that the store still takes; with the next one the program dies, before it is durable or after.
    pub(crate) dies_after: Option<(usize, Dies)>,
    pub(crate) is_dead: bool,
    /// Batches that the store still takes before it refuses one.
    pub(crate) refuses_write: Option<(usize, StoreRefusal)>,
    /// What a user interface that believes the patches shows.
    pub(crate) mirror: Mirror,
    timers: Vec<(TimerId, Mono)>,
    events: VecDeque<Event>,
    is_stepping: bool,
}

/// Where a program dies that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dies {
    /// Nothing of the batch is on the disk.
    BeforeTheWrite,
    /// All of it is, but nobody was told.
    BeforeTheAnswer,
}

pub(crate) const NOON: u64 = 1_795_348_800_000;

impl Desk {
    /// A window that holds the lease, on an empty disk, with a server that is there.
    pub(crate) fn new() -> Self {
        Self::on(Disk::default().shared(), 1)
    }

    pub(crate) fn on(disk: SharedDisk, seed: u64) -> Self {
        let mut desk = Self::asleep(disk, seed);
        desk.boot();
        desk.greet();
        desk
    }

    pub(crate) fn asleep(disk: SharedDisk, seed: u64) -> Self {
        Self {
            core: Core::new(Config::default(), Entropy::from_number(seed)),
            now: Now { wall: Wall(NOON), mono: Mono(1000), utc_offset_minutes: 0 },
            disk,
            open: Vec::new(),
            sent: Vec::new(),
            notices: Vec::new(),
            reports: Vec::new(),
            told: Vec::new(),
            held: Vec::new(),
            hold_store: false,
            refuse_store: None,
            held_reads: Vec::new(),
            hold_reads: false,
            held_loads: Vec::new(),
            hold_loads: false,
            queues_for_lease: false,
            alone: true,
            dies_after: None,
            is_dead: false,
            refuses_write: None,
            mirror: Mirror::default(),
            timers: Vec::new(),
            events: VecDeque::new(),
            is_stepping: false,
        }
    }

    pub(crate) fn boot(&mut self) {
        let recovered = self.disk.borrow().recovered();
        self.step(Event::Boot(recovered));
    }

    /// Answers what every start asks.
    pub(crate) fn greet(&mut self) {
        self.answer_all(|request| match request {
            Request::Probe => Some(Ok(Reply::Alive(Limits::default()))),
            Request::ListCases { .. } => Some(Ok(Reply::Cases(page(Vec::new())))),
            _ => None,
        });
    }

    /// The program dies and starts again: what was acknowledged by the store is all that is left.
    pub(crate) fn restart(&self, seed: u64) -> Self {
        let disk = self.disk.borrow().clone();
        let mut desk = Self::asleep(disk.shared(), seed);
        desk.now = self.now;
        desk.boot();
        desk.greet();
        desk
    }

    /// One event, and those that follow from it: what the store says comes when everything else that the step
    /// asked for is done, as it does outside.
    pub(crate) fn step(&mut self, event: Event) {
        self.events.push_back(event);
        if std::mem::replace(&mut self.is_stepping, true) {
            return;
        }
        while let Some(event) = self.events.pop_front().filter(|_| !self.is_dead) {
            self.step_once(event);
        }
        self.is_stepping = false;
    }

    fn step_once(&mut self, event: Event) {
        let mut effects = Vec::new();
        self.core.step(self.now, event, &mut effects);
        for effect in &effects {
            if let Effect::View(patches) = effect {
                self.mirror.apply(&self.core.view(), patches);
            }
        }
        self.mirror.compare(&self.core.view());
        for effect in effects {
            self.perform(effect);
        }
    }

    pub(crate) fn wish(&mut self, intent: Intent) {
        self.step(Event::Intent(intent));
    }

    fn perform(&mut self, effect: Effect) {
        if self.is_dead {
            return;
        }
        match effect {
            Effect::Append(batch) if self.hold_store => self.held.push(batch),
            Effect::Append(batch) => self.append(batch),
            Effect::Cache(writes) => writes.into_iter().for_each(|write| self.disk.borrow_mut().cache(write)),
            Effect::Load { case, end_first } if self.hold_loads => self.held_loads.push((case, end_first)),
            Effect::Load { case, .. } => {
                let rows = self.disk.borrow().rows_of(&case);
                self.step(Event::Stored(StoreAck::Loaded { case, rows }));
            }
            Effect::ReadBack(from) if self.hold_reads => self.held_reads.push(from),
            Effect::ReadBack(from) => self.read_back(from),
            Effect::Compact { before, snapshot, fence } => {
                self.disk.borrow_mut().compact(before, snapshot, fence);
            }
            Effect::Send(id, request) => self.send(id, request),
            Effect::Abort(id) => self.open.retain(|(open, _)| *open != id),
            Effect::Arm(timer, wait) => {
                self.timers.retain(|(armed, _)| *armed != timer);
                self.timers.push((timer, self.now.mono + wait));
            }
            Effect::Disarm(timer) => self.timers.retain(|(armed, _)| *armed != timer),
            Effect::AcquireLease if self.alone => self.grant_lease(),
            Effect::AcquireLease => self.queues_for_lease = true,
            Effect::Notice(notice) => self.notices.push(notice),
            Effect::Report(violation) => self.reports.push(violation),
            Effect::Tell(message) => self.told.push(message),
            Effect::ReleaseLease | Effect::View(_) => {}
        }
    }

    pub(crate) fn grant_lease(&mut self) {
        self.queues_for_lease = false;
        let epoch = self.disk.borrow_mut().next_epoch();
        self.step(Event::Lease(LeaseEvent::Granted(epoch)));
    }

    fn read_back(&mut self, from: Sequence) {
        let records = self.disk.borrow().read_from(from);
        self.step(Event::Stored(StoreAck::ReadBack { from, records }));
    }

    /// The store answers the questions that it was asked.
    pub(crate) fn release_reads(&mut self) {
        self.hold_reads = false;
        for from in std::mem::take(&mut self.held_reads) {
            self.read_back(from);
        }
    }

    /// Nothing that the person wrote leaves before it, and the fact that it leaves, is on the disk (I1, I2).
    fn send(&mut self, id: RequestId, request: Request) {
        if let Some(key) = key_of(&request) {
            let disk = self.disk.borrow();
            let has = |wanted: fn(&Record) -> bool| {
                disk.records.iter().any(|kept| kept.record.operation() == Some(key) && wanted(&kept.record))
            };
            assert!(has(|record| matches!(record, Record::Operation(_))), "{request:?} is not durable");
            assert!(has(|record| matches!(record, Record::Attempt { .. })), "{request:?} left unrecorded");
        }
        if is_write(&request) {
            self.sent.push(request.clone());
        }
        self.open.push((id, request));
    }

    fn append(&mut self, batch: Batch) {
        let id = batch.id;
        if let Some((left, dies)) = &mut self.dies_after {
            if *left == 0 {
                self.is_dead = true;
                if *dies == Dies::BeforeTheAnswer {
                    let kept = self.disk.borrow_mut().append(batch);
                    assert!(kept.is_ok(), "the disk takes it");
                }
                return;
            }
            *left -= 1;
        }
        let refused = match &mut self.refuses_write {
            Some((0, _)) => self.refuses_write.take().map(|(_, why)| why),
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        };
        let outcome = match self.refuse_store.or(refused) {
            Some(why) => Err(why),
            None => self.disk.borrow_mut().append(batch),
        };
        self.step(Event::Stored(match outcome {
            Ok(first) => StoreAck::Appended { batch: id, first },
            Err(why) => StoreAck::Refused { batch: id, why },
        }));
    }

    /// The store answers everything that it was asked.
    pub(crate) fn release_store(&mut self) {
        self.hold_store = false;
        for batch in std::mem::take(&mut self.held) {
            self.append(batch);
        }
    }

    /// Lets time pass; timers ring when they are due.
    pub(crate) fn pass(&mut self, span: Millis) {
        let end = self.now.mono + span;
        loop {
            // What only looks different by now is drawn before anything else happens in that moment.
            self.timers.sort_by_key(|(timer, at)| (*at, *timer != TimerId::Rows));
            let Some((timer, at)) = self.timers.first().copied().filter(|(_, at)| *at <= end) else {
                break;
            };
            self.timers.remove(0);
            self.move_to(at);
            self.step(Event::Timer(timer));
        }
        self.move_to(end);
        // What looks different by now has been drawn again.
        self.mirror.compare(&self.core.view());
    }

    fn move_to(&mut self, at: Mono) {
        let passed = at - self.now.mono;
        self.now.mono = at;
        self.now.wall = self.now.wall + passed;
    }

    pub(crate) fn pass_seconds(&mut self, seconds: u64) {
        self.pass(Millis::seconds(seconds));
    }

    /// Answers every open request, and those that follow, for which the test has an answer.
    pub(crate) fn answer_all(&mut self, mut answer: impl FnMut(&Request) -> Option<Outcome>) {
        let mut at = 0;
        while at < self.open.len() {
            match answer(&self.open[at].1) {
                Some(outcome) => {
                    let (id, _) = self.open.remove(at);
                    self.step(Event::Answered(id, outcome));
                    at = 0;
                }
                None => at += 1,
            }
        }
    }

    /// The server answers everything, until nothing is asked any more.
    pub(crate) fn serve(&mut self, server: &mut Server) {
        self.answer_all(|request| Some(server.answer(request)));
    }

    /// Time passes and the server answers, until everything has come to rest.
    pub(crate) fn calm(&mut self, server: &mut Server) {
        self.hold_store = false;
        self.refuse_store = None;
        for _ in 0..12 {
            self.release_store();
            self.serve(server);
            self.pass_seconds(15);
        }
    }

    /// Answers the one open write; panics if there is not exactly one.
    pub(crate) fn answer(&mut self, outcome: Outcome) {
        let writes: Vec<_> =
            self.open.iter().filter(|(_, request)| is_write(request)).map(|(id, _)| *id).collect();
        assert_eq!(writes.len(), 1, "one write is open: {:?}", self.open);
        self.open.retain(|(id, _)| *id != writes[0]);
        self.step(Event::Answered(writes[0], outcome));
    }

    pub(crate) fn writes(&self) -> Vec<Request> {
        self.open.iter().map(|(_, request)| request.clone()).filter(is_write).collect()
    }

    pub(crate) fn say(&mut self, case: Option<&CaseKey>, text: &str) {
        self.wish(Intent::Submit { case: case.cloned(), turns: vec![Turn::say(text)] });
    }

    /// A new case with one message, both on the server, rows listed.
    pub(crate) fn settled_case(&mut self, real_id: &str, text: &str) -> CaseKey {
        self.wish(Intent::Open(None));
        self.say(None, text);
        let key = self.core.view().open().cloned().unwrap();
        self.answer(Ok(Reply::Case(case(real_id, 0))));
        self.answer(answered(1, "Look at the pool."));
        self.list(
            real_id,
            vec![row("m-1", Role::User, 1, text), row("m-2", Role::Assistant, 1, "Look at the pool.")],
        );
        // Its rows are in the cache by then, and nothing of it is left in the journal.
        self.pass_seconds(3);
        key
    }

    /// Answers every read of a case with these messages.
    pub(crate) fn list(&mut self, real_id: &str, rows: Vec<RealMessage>) {
        let turn = rows.iter().filter_map(|row| row.turn).max().unwrap_or(0);
        self.answer_all(|request| match request {
            Request::ListMessages { offset, .. } => {
                let skip = usize::try_from(*offset).unwrap();
                let total = Some(u32::try_from(rows.len()).unwrap());
                let rest: Vec<_> = rows.iter().skip(skip).cloned().collect();
                Some(Ok(Reply::Messages(Page { total, ..page(rest) })))
            }
            Request::ReadCase { .. } => Some(Ok(Reply::Case(case(real_id, turn)))),
            Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case(real_id, turn)])))),
            Request::Probe => Some(Ok(Reply::Alive(Limits::default()))),
            _ => None,
        });
    }
}
