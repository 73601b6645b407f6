//! A desk to try a core at: a clock that stands still until it is moved, a store that keeps what
//! it is told, and a network that answers when the test says so.
#![allow(dead_code, reason = "every test file uses a part of the desk")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use copilot_core::ids::{CaseKey, MessageKey, OperationId, RealId};
use copilot_core::journal::{Batch, Epoch, Recovered, Sequence, Sequenced, StoreRefusal};
use copilot_core::model::{Answer, CaseState, RealCase, RealMessage, Role, Turn};
use copilot_core::request::{Job, Limits, Outcome, Page, Reply, Request, RequestId};
use copilot_core::view::{CachedMessage, MessageRow};
use copilot_core::{
    CacheWrite, Config, Core, Effect, Entropy, Event, Failure, FailureClass, Intent, LeaseEvent, Millis,
    Mono, Notice, Now, Rejection, ServerTime, StoreAck, Transient, Wall,
};

/// A store of the test: what was acknowledged is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) records: Vec<Sequenced>,
    pub(crate) next: u64,
    pub(crate) cases: Vec<RealCase>,
    pub(crate) messages: Vec<(RealId, CachedMessage)>,
}

pub(crate) struct Desk {
    pub(crate) core: Core,
    pub(crate) now: Now,
    pub(crate) disk: Disk,
    /// Requests that are open, oldest first.
    pub(crate) open: Vec<(RequestId, Request)>,
    pub(crate) notices: Vec<Notice>,
    /// Appends that the store has not answered, while it is held.
    pub(crate) held: Vec<Batch>,
    pub(crate) hold_store: bool,
    pub(crate) refuse_store: Option<StoreRefusal>,
    timers: Vec<(copilot_core::TimerId, Mono)>,
}

pub(crate) const NOON: u64 = 1_795_348_800_000;

impl Desk {
    /// A window that holds the lease, on an empty disk, with a server that is there.
    pub(crate) fn new() -> Self {
        Self::on(Disk { next: 1, ..Disk::default() }, 1)
    }

    pub(crate) fn on(disk: Disk, seed: u64) -> Self {
        let mut desk = Self::asleep(disk, seed);
        desk.boot();
        desk.greet();
        desk
    }

    pub(crate) fn asleep(disk: Disk, seed: u64) -> Self {
        Self {
            core: Core::new(Config::default(), Entropy::from_number(seed)),
            now: Now { wall: Wall(NOON), mono: Mono(1000), utc_offset_minutes: 0 },
            disk,
            open: Vec::new(),
            notices: Vec::new(),
            held: Vec::new(),
            hold_store: false,
            refuse_store: None,
            timers: Vec::new(),
        }
    }

    pub(crate) fn boot(&mut self) {
        let recovered = Recovered {
            records: self.disk.records.clone(),
            next: Sequence(self.disk.next),
            cases: self.disk.cases.clone(),
            ..Recovered::default()
        };
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
        let mut desk = Self::asleep(self.disk.clone(), seed);
        desk.now = self.now;
        desk.boot();
        desk.greet();
        desk
    }

    pub(crate) fn step(&mut self, event: Event) {
        let mut effects = Vec::new();
        self.core.step(self.now, event, &mut effects);
        for effect in effects {
            self.perform(effect);
        }
    }

    pub(crate) fn wish(&mut self, intent: Intent) {
        self.step(Event::Intent(intent));
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Append(batch) if self.hold_store => self.held.push(batch),
            Effect::Append(batch) => self.append(batch),
            Effect::Cache(writes) => writes.into_iter().for_each(|write| self.cache(write)),
            Effect::Load(case) => {
                let rows = self
                    .disk
                    .messages
                    .iter()
                    .filter(|(of, _)| *of == case)
                    .map(|(_, row)| row.clone())
                    .collect();
                self.step(Event::Stored(StoreAck::Loaded { case, rows }));
            }
            Effect::ReadBack(from) => {
                let records = self.disk.records.iter().filter(|r| r.sequence >= from).cloned().collect();
                self.step(Event::Stored(StoreAck::ReadBack { from, records }));
            }
            Effect::Send(id, request) => self.open.push((id, request)),
            Effect::Abort(id) => self.open.retain(|(open, _)| *open != id),
            Effect::Arm(timer, wait) => {
                self.timers.retain(|(armed, _)| *armed != timer);
                self.timers.push((timer, self.now.mono + wait));
            }
            Effect::Disarm(timer) => self.timers.retain(|(armed, _)| *armed != timer),
            Effect::AcquireLease => self.step(Event::Lease(LeaseEvent::Granted(Epoch(1)))),
            Effect::Notice(notice) => self.notices.push(notice),
            Effect::Compact { .. } | Effect::Tell(_) | Effect::ReleaseLease | Effect::View(_) => {}
        }
    }

    fn append(&mut self, batch: Batch) {
        if let Some(why) = self.refuse_store {
            return self.step(Event::Stored(StoreAck::Refused { batch: batch.id, why }));
        }
        let first = Sequence(self.disk.next);
        for record in batch.records {
            let sequence = Sequence(self.disk.next);
            self.disk.next += 1;
            self.disk.records.push(Sequenced { sequence, writer: batch.writer, fence: batch.fence, record });
        }
        self.step(Event::Stored(StoreAck::Appended { batch: batch.id, first }));
    }

    /// The store answers everything that it was asked.
    pub(crate) fn release_store(&mut self) {
        self.hold_store = false;
        for batch in std::mem::take(&mut self.held) {
            self.append(batch);
        }
    }

    fn cache(&mut self, write: CacheWrite) {
        match write {
            CacheWrite::Case(case) => {
                self.disk.cases.retain(|known| known.id != case.id);
                self.disk.cases.push((*case).clone());
            }
            CacheWrite::Message { case, row } => {
                self.disk.messages.retain(|(of, known)| *of != case || known.message.id != row.message.id);
                self.disk.messages.push((case, (*row).clone()));
            }
            CacheWrite::Forget(case) => {
                self.disk.cases.retain(|known| known.id != case);
                self.disk.messages.retain(|(of, _)| *of != case);
            }
        }
    }

    /// Lets time pass; timers ring when they are due.
    pub(crate) fn pass(&mut self, span: Millis) {
        let end = self.now.mono + span;
        loop {
            self.timers.sort_by_key(|(_, at)| *at);
            let Some((timer, at)) = self.timers.first().copied().filter(|(_, at)| *at <= end) else {
                break;
            };
            self.timers.remove(0);
            self.move_to(at);
            self.step(Event::Timer(timer));
        }
        self.move_to(end);
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

    pub(crate) fn rows(&self, case: &CaseKey) -> Vec<MessageRow> {
        let view = self.core.view();
        view.transcript(case)
            .iter()
            .map(|key| view.message(case, key).expect("a listed row can be drawn"))
            .collect()
    }

    /// The transcript as `role: text` lines.
    pub(crate) fn texts(&self, case: &CaseKey) -> Vec<String> {
        let word = |role| match role {
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::System => "system",
        };
        self.rows(case).iter().map(|row| format!("{}: {}", word(row.role), row.text)).collect()
    }

    pub(crate) fn row(&self, case: &CaseKey, text: &str) -> MessageRow {
        self.rows(case)
            .into_iter()
            .find(|row| *row.text == *text)
            .unwrap_or_else(|| panic!("no row says {text}"))
    }

    pub(crate) fn operation(&self, case: &CaseKey, text: &str) -> OperationId {
        self.row(case, text).operation.expect("the row is an operation's")
    }

    pub(crate) fn keys(&self, case: &CaseKey) -> Vec<MessageKey> {
        self.core.view().transcript(case).to_vec()
    }

    pub(crate) fn title(&self, case: &CaseKey) -> String {
        self.core.view().case(case).expect("the case is listed").title.to_string()
    }
}

pub(crate) fn is_write(request: &Request) -> bool {
    matches!(
        request,
        Request::CreateCase { .. }
            | Request::SubmitTurn { .. }
            | Request::Rename { .. }
            | Request::Delete { .. }
            | Request::PollJob { .. }
    )
}

pub(crate) fn real(id: &str) -> RealId {
    RealId::parse(id).unwrap()
}

pub(crate) fn case(id: &str, current_turn: u32) -> RealCase {
    RealCase {
        id: real(id),
        title: Some("Case-261122-1".into()),
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn,
        created: ServerTime(NOON),
        last_activity: ServerTime(NOON + u64::from(current_turn)),
        gone: false,
    }
}

pub(crate) fn row(id: &str, role: Role, turn: u32, text: &str) -> RealMessage {
    let created = ServerTime(NOON + u64::from(turn) * 10 + u64::from(role == Role::Assistant));
    RealMessage { id: real(id), role, text: text.into(), turn: Some(turn), created }
}

pub(crate) fn page<T>(rows: Vec<T>) -> Page<T> {
    let received = u32::try_from(rows.len()).unwrap();
    Page { rows, received, refused: None, total: None, has_more: false }
}

pub(crate) fn answered(turn: u32, text: &str) -> Outcome {
    let answer = Answer { text: text.into(), turn: Some(turn), actions: Vec::new() };
    Ok(Reply::Answered { answer, state: CaseState::Inquiry })
}

pub(crate) fn working(job: &str) -> Outcome {
    Ok(Reply::Working { job: Job(Arc::from(job)), poll_after: None })
}

pub(crate) fn failed(class: FailureClass) -> Outcome {
    Err(Failure::of(class))
}

pub(crate) fn busy(seconds: u64) -> Outcome {
    let class = FailureClass::Transient(Transient::Busy);
    Err(Failure { status: Some(429), retry_after: Some(Millis::seconds(seconds)), ..Failure::of(class) })
}

pub(crate) fn rejected(rejection: Rejection) -> Outcome {
    Err(Failure { status: Some(400), ..Failure::of(FailureClass::Rejected(rejection)) })
}

pub(crate) fn server_problem() -> Outcome {
    let class = FailureClass::Transient(Transient::ServerProblem);
    Err(Failure { status: Some(500), ..Failure::of(class) })
}
