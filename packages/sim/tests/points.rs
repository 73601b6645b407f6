//! One thing goes wrong, at every point of a short day in which everything else goes well: a process ends after
//! any effect of any step, any request, append, message or cache write meets any fate.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use copilot_core::{Failure, FailureClass, Millis, Rejection, Transient};
use copilot_sim::fate::{Fate, NamedFate, Of};
use copilot_sim::faults::{Faults, Omission};
use copilot_sim::happening::{Act, Happening, Other, What};
use copilot_sim::run::{CrashPoint, Setup, points, replay};
use copilot_sim::trace::Trace;

/// Steps of the short day.
const EVENTS: u64 = 110;
/// More effects than one step has.
const EFFECTS: u8 = 8;

/// What happens: milliseconds, window, act. Two windows work on one case, one of them on a second case.
const DAY: [(u64, u8, Act); 13] = [
    (50, 0, Act::SayNew),
    (350, 1, Act::Open),
    (400, 1, Act::Say),
    (420, 0, Act::Rename),
    (900, 0, Act::SayMany),
    (950, 1, Act::Draft),
    (1200, 0, Act::Discard),
    (1300, 0, Act::Undo),
    (1500, 1, Act::Name),
    (1600, 1, Act::MoveState),
    (1900, 1, Act::SayNew),
    (2300, 1, Act::Delete),
    (2600, 0, Act::Pin),
];

/// A world of two windows and a server without quirks.
fn plain_seed() -> u64 {
    let plain = |faults: &Faults| {
        faults.windows == 2
            && faults.hide_rows_ms == 0
            && faults.omission == Omission::Never
            && faults.page == 100
            && faults.page_cap == 100
            && !faults.aged
    };
    (1..).find(|seed| plain(&Faults::of_seed(*seed))).unwrap()
}

fn day() -> Trace {
    let acts = DAY.into_iter().map(|(at, window, act)| (at, What::Act { window, act, pick: 1 }));
    let other = (700, What::Other { other: Other::Turn, pick: 0 });
    let mut happenings: Vec<(u64, What)> = acts.chain([other]).collect();
    happenings.sort_by_key(|(at, _)| *at);
    let happenings = (0..).zip(happenings).map(|(n, (at, what))| Happening { n, at, what }).collect();
    Trace { seed: plain_seed(), events: EVENTS, happenings, fates: Vec::new(), violation: None }
}

fn refused(class: FailureClass, status: u16, seconds: Option<u64>) -> Fate {
    let retry_after = seconds.map(Millis::seconds);
    Fate::Refused(Box::new(Failure { status: Some(status), retry_after, ..Failure::of(class) }))
}

/// Every way in which something of a kind can go wrong.
fn ways(kind: Of) -> Vec<Fate> {
    let busy = || FailureClass::Transient(Transient::Busy);
    let exchange = vec![
        Fate::LostRequest(2000),
        Fate::LostAnswer(2000),
        Fate::Cut,
        Fate::Hang,
        Fate::Gateway { status: 502, ran: false },
        Fate::Gateway { status: 504, ran: true },
        refused(busy(), 429, None),
        refused(busy(), 503, Some(20)),
        refused(busy(), 429, Some(3600)),
        refused(FailureClass::Transient(Transient::ServerProblem), 500, None),
        refused(FailureClass::CaptivePortal, 302, None),
        refused(FailureClass::SessionExpired, 401, None),
        refused(FailureClass::TokenRefused, 401, None),
    ];
    let write = [
        Fate::Late(400_000),
        Fate::Late(9_000_000),
        Fate::Duplicate(5000),
        refused(FailureClass::Rejected(Rejection::Refused), 400, None),
    ];
    match kind {
        Of::Read => exchange.into_iter().chain([Fate::Doubled]).collect(),
        Of::Write => exchange.into_iter().chain(write).collect(),
        Of::Turn => {
            let turn = [Fate::Job(3000), Fate::FailingJob(3000), Fate::LongWork(119_000)];
            exchange.into_iter().chain(write).chain(turn).collect()
        }
        Of::Append => vec![Fate::Full, Fate::FullAtOnce, Fate::Broken, Fate::Slow(4000)],
        Of::Peer => vec![Fate::Dropped, Fate::Slow(4000)],
        Of::Timer => vec![Fate::Slow(1500), Fate::Early(20)],
        Of::Cache => vec![Fate::Dropped],
    }
}

/// Runs everything on all processors. Sentences about what does not hold.
fn problems<T: Sync>(all: &[T], run: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let part = all.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let run = &run;
        let parts = all.chunks(part).map(|part| scope.spawn(move || part.iter().filter_map(run).collect()));
        let parts: Vec<std::thread::ScopedJoinHandle<'_, Vec<String>>> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

#[test]
fn everything_holds_when_nothing_goes_wrong() {
    let report = replay(&day(), &Setup::default());
    assert_eq!(report.violation, None);
    assert!(report.steps > EVENTS, "the day is over too early: {} events", report.steps);
}

#[test]
fn a_process_may_end_after_any_effect_of_any_step() {
    let all: Vec<CrashPoint> =
        (1..=EVENTS).flat_map(|step| (0..EFFECTS).map(move |after| CrashPoint { step, after })).collect();
    let failed = problems(&all, |crash| {
        let setup = Setup { crash: Some(*crash), ..Setup::default() };
        replay(&day(), &setup).violation.map(|violation| format!("{crash:?}: {violation}"))
    });
    assert_eq!(failed, Vec::<String>::new());
}

#[test]
fn any_one_thing_may_go_wrong_in_any_way() {
    let day = day();
    let all: Vec<NamedFate> = points(&day)
        .into_iter()
        .flat_map(|(kind, of)| ways(kind).into_iter().map(move |fate| NamedFate { of: of.clone(), fate }))
        .collect();
    assert!(all.len() > 500, "{} points", all.len());
    let failed = problems(&all, |fate| {
        let trace = Trace { fates: vec![fate.clone()], ..day.clone() };
        replay(&trace, &Setup::default()).violation.map(|violation| format!("{fate:?}: {violation}"))
    });
    assert_eq!(failed, Vec::<String>::new());
}
