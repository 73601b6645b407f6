//! Fates: what becomes of one request, append, message or timer. A fate is drawn by name, so it is
//! the same whatever else is left out of a run; in a replay it is read from the trace, and what the
//! trace does not name goes well.

use std::collections::BTreeMap;

use copilot_core::{Failure, FailureClass, Millis, Rejection, Transient};
use serde::{Deserialize, Serialize};

use crate::faults::Faults;
use crate::rng::{Rng, name_hash};

/// What becomes of something that can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// All is well, only slower: milliseconds.
    Slow(u64),
    /// A request is lost; the client learns after so many milliseconds that something went wrong.
    LostRequest(u64),
    /// A request runs, its answer is lost.
    LostAnswer(u64),
    /// A request runs, its answer is cut off in the middle.
    Cut,
    /// A gateway answers in place of the server, with this status.
    Gateway {
        /// The status.
        status: u16,
        /// Whether the request ran all the same.
        ran: bool,
    },
    /// A list has a row twice.
    Doubled,
    /// A creation is answered with a case that is another's.
    Collision,
    /// A request arrives so many milliseconds after it left; the client gave it up before.
    Late(u64),
    /// No answer until the client's own time-out; it never arrives.
    Hang,
    /// It arrives twice, so many milliseconds apart.
    Duplicate(u64),
    /// The server does not run it.
    Refused(Box<Failure>),
    /// A turn is accepted with 202 and takes so many milliseconds.
    Job(u64),
    /// The same, and there is no answer in the end.
    FailingJob(u64),
    /// A turn takes so many milliseconds of work.
    LongWork(u64),
    /// The server has run it before and no longer has the answer.
    ReplayGone,
    /// An append finds no room.
    Full,
    /// The same, known while the append is asked for.
    FullAtOnce,
    /// An append fails.
    Broken,
    /// A message between windows or a cache write is lost.
    Dropped,
    /// A timer rings so many milliseconds early.
    Early(u64),
}

/// A named fate, as it stands in a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFate {
    /// Of what.
    pub of: String,
    /// What became of it.
    pub fate: Fate,
}

/// Where fates come from.
#[derive(Debug)]
pub struct Fates {
    seed: u64,
    /// How much goes wrong.
    pub faults: Faults,
    told: Option<BTreeMap<String, Fate>>,
    /// What went wrong so far, when that is kept.
    pub record: Option<Vec<NamedFate>>,
    counts: BTreeMap<String, u32>,
    /// Everything that had a fate so far, good or bad, when that is kept.
    pub asked: Option<Vec<(Of, String)>>,
    is_calm: bool,
}

/// The kinds of things that have a fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A request that only reads.
    Read,
    /// A request that makes a case, renames or deletes.
    Write,
    /// A turn.
    Turn,
    /// An append.
    Append,
    /// A message to another window.
    Peer,
    /// A timer.
    Timer,
    /// A cache write.
    Cache,
}

impl Fates {
    /// Fates drawn from a seed.
    #[must_use]
    pub fn drawn(seed: u64, faults: Faults) -> Self {
        Self { seed, faults, told: None, record: None, counts: BTreeMap::new(), asked: None, is_calm: false }
    }

    /// Fates read from a trace.
    #[must_use]
    pub fn told(seed: u64, faults: Faults, told: &[NamedFate]) -> Self {
        let told = told.iter().map(|named| (named.of.clone(), named.fate.clone())).collect();
        Self { told: Some(told), ..Self::drawn(seed, faults) }
    }

    /// A small number that everything of this name gets, gone wrong or not: milliseconds of an
    /// ordinary way.
    #[must_use]
    pub fn ordinary(&self, name: &str, low: u64, high: u64) -> u64 {
        Rng::of(&[self.seed, name_hash(name)]).between(low, high)
    }

    /// What becomes of something. `None`: all is well.
    pub fn of(&mut self, kind: Of, what: &str) -> Option<Fate> {
        let count = match self.counts.get_mut(what) {
            Some(count) => {
                *count += 1;
                *count
            }
            None => {
                self.counts.insert(what.to_owned(), 1);
                1
            }
        };
        if let Some(asked) = self.asked.as_mut().filter(|_| !self.is_calm) {
            asked.push((kind, format!("{what} #{count}")));
        }
        if let Some(told) = &self.told {
            return if told.is_empty() { None } else { told.get(&format!("{what} #{count}")).cloned() };
        }
        let mut rng = Rng::of(&[self.seed, 0xfa7e, name_hash(what), u64::from(count)]);
        let fate = draw(&mut rng, &self.faults, kind);
        if let (Some(record), Some(fate)) = (&mut self.record, &fate) {
            record.push(NamedFate { of: format!("{what} #{count}"), fate: fate.clone() });
        }
        fate
    }

    /// From here on nothing goes wrong.
    pub fn calm(&mut self) {
        self.faults = self.faults.none();
        self.is_calm = true;
        if self.told.is_some() {
            self.told = Some(BTreeMap::new());
        }
    }
}

fn draw(rng: &mut Rng, faults: &Faults, kind: Of) -> Option<Fate> {
    match kind {
        Of::Append => match () {
            () if rng.chance(faults.append_full) => {
                Some(if rng.chance(500) { Fate::Full } else { Fate::FullAtOnce })
            }
            () if rng.chance(faults.append_io) => Some(Fate::Broken),
            () if rng.chance(faults.append_slow) => Some(Fate::Slow(rng.between(20, 3000))),
            () => None,
        },
        Of::Peer => match () {
            () if rng.chance(faults.peer_lost) => Some(Fate::Dropped),
            () if rng.chance(faults.peer_slow) => Some(Fate::Slow(rng.between(10, 5000))),
            () => None,
        },
        Of::Timer if rng.chance(faults.timer_off) => Some(if rng.chance(500) {
            Fate::Slow(rng.between(1, 1500))
        } else {
            Fate::Early(rng.between(1, 20))
        }),
        Of::Cache if rng.chance(faults.cache_lost) => Some(Fate::Dropped),
        Of::Timer | Of::Cache => None,
        Of::Read | Of::Write | Of::Turn => draw_exchange(rng, faults, kind),
    }
}

fn draw_exchange(rng: &mut Rng, faults: &Faults, kind: Of) -> Option<Fate> {
    let turn = kind == Of::Turn;
    if rng.chance(faults.lost_request) {
        return Some(Fate::LostRequest(rng.between(1, 40_000)));
    }
    if rng.chance(faults.lost_answer) {
        return Some(Fate::LostAnswer(rng.between(1, 20_000)));
    }
    if rng.chance(faults.cut) {
        return Some(Fate::Cut);
    }
    if rng.chance(faults.gateway) {
        let status = [500, 502, 503, 504][usize::try_from(rng.below(4)).unwrap_or(0)];
        return Some(Fate::Gateway { status, ran: rng.chance(500) });
    }
    if kind != Of::Read && rng.chance(faults.late) {
        let hours = rng.chance(125);
        let most = if hours { 3 * 3_600_000 } else { 1_200_000 };
        return Some(Fate::Late(rng.between(20_000, most)));
    }
    if rng.chance(faults.hang) {
        return Some(Fate::Hang);
    }
    if rng.chance(faults.portal) {
        return Some(refused(FailureClass::CaptivePortal, None, None));
    }
    if rng.chance(faults.busy) {
        return Some(busy(rng));
    }
    if rng.chance(faults.server_problem) {
        return Some(server_problem(rng, turn));
    }
    if kind != Of::Read && rng.chance(faults.refused) {
        return Some(final_refusal(rng, turn));
    }
    if kind != Of::Read && rng.chance(faults.duplicate) {
        return Some(Fate::Duplicate(rng.between(0, 30_000)));
    }
    if kind == Of::Read && rng.chance(faults.doubled) {
        return Some(Fate::Doubled);
    }
    if kind == Of::Write && rng.chance(faults.collision) {
        return Some(Fate::Collision);
    }
    if turn && rng.chance(faults.replay_gone) {
        return Some(Fate::ReplayGone);
    }
    if turn && rng.chance(faults.job) {
        let span = rng.between(500, 100_000);
        return Some(if rng.chance(faults.job_fails) { Fate::FailingJob(span) } else { Fate::Job(span) });
    }
    if turn && rng.chance(faults.long_work) {
        return Some(Fate::LongWork(rng.between(1000, 119_000)));
    }
    rng.chance(faults.slow).then(|| Fate::Slow(rng.between(100, 30_000)))
}

fn refused(class: FailureClass, status: Option<u16>, retry_after: Option<u64>) -> Fate {
    Fate::Refused(Box::new(Failure {
        status,
        retry_after: retry_after.map(Millis::seconds),
        ..Failure::of(class)
    }))
}

fn busy(rng: &mut Rng) -> Fate {
    let status = rng.pick(&[429, 503]);
    let seconds = match rng.below(10) {
        0..3 => None,
        3..7 => Some(rng.between(1, 30)),
        7 | 8 => Some(rng.between(30, 120)),
        _ => Some(rng.between(121, 3600)),
    };
    refused(FailureClass::Transient(Transient::Busy), status, seconds)
}

fn server_problem(rng: &mut Rng, turn: bool) -> Fate {
    let seconds = rng.chance(300).then(|| rng.between(1, 90));
    if turn && rng.chance(200) {
        return refused(FailureClass::Transient(Transient::Once), Some(504), None);
    }
    let status = rng.pick(&[408, 500, 502, 504]);
    refused(FailureClass::Transient(Transient::ServerProblem), status, seconds)
}

fn final_refusal(rng: &mut Rng, turn: bool) -> Fate {
    let (class, status) = match rng.below(if turn { 9 } else { 5 }) {
        0 => (FailureClass::Rejected(Rejection::Refused), 400),
        1 => (FailureClass::Rejected(Rejection::Forbidden), 403),
        2 => (FailureClass::Rejected(Rejection::Quota), 402),
        3 => (FailureClass::Conflict, 409),
        4 => (FailureClass::Rejected(Rejection::Unexplained), 409),
        5 => (FailureClass::Rejected(Rejection::TooLarge), 413),
        6 => (FailureClass::Rejected(Rejection::Invalid { field: None }), 422),
        7 => (FailureClass::Rejected(Rejection::Provider), 502),
        _ => (FailureClass::Rejected(Rejection::DailyLimit), 429),
    };
    refused(class, Some(status), None)
}
