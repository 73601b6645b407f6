//! The books against a naive model: a plain list of operations from which everything is counted anew.

use proptest::prelude::*;

use super::*;

const OPS: u8 = 6;

fn op(number: u8) -> OperationId {
    OperationId::from_random([number; 16])
}

fn case(number: u8) -> CaseKey {
    format!("opt_case_1_{}", number % 2).parse().unwrap()
}

fn lane(number: u8) -> Lane {
    if number < 4 { Lane::Talk(case(number)) } else { Lane::Meta(case(number)) }
}

#[derive(Debug, Clone)]
enum Step {
    Phase(u8, Phase),
    Enqueue(u8),
    Dequeue(u8),
    Fail(u8, bool),
    Tally(u8, Tally),
    Candidate(u8, Option<(u64, u64)>),
    Forget(u8),
}

fn any_step() -> impl Strategy<Value = Step> {
    let phase = prop_oneof![
        Just(Phase::Idle),
        (0..9u64).prop_map(|at| Phase::InFlight { request: RequestId(at), since: Mono(at) }),
        (0..9u64).prop_map(|at| Phase::Waiting { until: Mono(at), why: Wait::Backoff }),
    ];
    let tally = prop_oneof![Just(Tally::None), Just(Tally::Waiting), Just(Tally::NotSent)];
    prop_oneof![
        (0..OPS, phase).prop_map(|(number, phase)| Step::Phase(number, phase)),
        (0..OPS).prop_map(Step::Enqueue),
        (0..OPS).prop_map(Step::Dequeue),
        (0..OPS, any::<bool>()).prop_map(|(number, failed)| Step::Fail(number, failed)),
        (0..OPS, tally).prop_map(|(number, tally)| Step::Tally(number, tally)),
        (0..OPS, prop::option::of((0..5u64, 0..5u64))).prop_map(|(number, at)| Step::Candidate(number, at)),
        (0..OPS).prop_map(Step::Forget),
    ]
}

/// One operation as it is, with nothing derived.
#[derive(Debug, Clone, Copy)]
struct Plain {
    number: u8,
    phase: Phase,
    tally: Tally,
    queued: bool,
    failed: bool,
    alive: bool,
}

struct Model {
    ops: Vec<Plain>,
    candidates: Vec<(Lane, u64, u64)>,
}

impl Model {
    fn new() -> Self {
        let plain = |number| Plain {
            number,
            phase: Phase::Idle,
            tally: Tally::None,
            queued: false,
            failed: false,
            alive: true,
        };
        Self { ops: (0..OPS).map(plain).collect(), candidates: Vec::new() }
    }

    fn at(&mut self, number: u8) -> &mut Plain {
        &mut self.ops[usize::from(number)]
    }

    /// The queue of a lane exists while something stands in it; only then can something have failed in it.
    fn has_lane(&self, of: &Lane) -> bool {
        self.ops.iter().any(|plain| plain.queued && lane(plain.number) == *of)
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Phase(number, phase) if self.at(*number).alive => self.at(*number).phase = *phase,
            Step::Phase(..) => {}
            Step::Enqueue(number) => self.at(*number).queued = true,
            Step::Dequeue(number) => {
                let plain = self.at(*number);
                (plain.queued, plain.failed) = (false, false);
            }
            // An operation is never marked that does not stand in its lane.
            Step::Fail(number, failed) if self.at(*number).queued => self.at(*number).failed = *failed,
            Step::Fail(..) => {}
            Step::Tally(number, tally) if self.at(*number).alive => self.at(*number).tally = *tally,
            Step::Tally(..) => {}
            Step::Candidate(number, at) => {
                self.candidates.retain(|(of, ..)| *of != lane(*number));
                self.candidates.extend(at.map(|(created, order)| (lane(*number), created, order)));
            }
            Step::Forget(number) => {
                let plain = self.at(*number);
                (plain.phase, plain.tally, plain.alive) = (Phase::Idle, Tally::None, false);
            }
        }
    }

    fn totals(&self, of: Option<&CaseKey>) -> Totals {
        let count = |tally| {
            let counted =
                |plain: &&Plain| plain.tally == tally && of.is_none_or(|of| case(plain.number) == *of);
            u32::try_from(self.ops.iter().filter(counted).count()).unwrap()
        };
        Totals { waiting: count(Tally::Waiting), not_sent: count(Tally::NotSent) }
    }
}

fn apply(outbox: &mut Outbox, step: &Step, queued: bool) {
    match step {
        Step::Phase(number, phase) => outbox.set_phase(op(*number), *phase),
        Step::Enqueue(number) => outbox.enqueue(lane(*number), u64::from(*number), op(*number)),
        Step::Dequeue(number) => outbox.dequeue(&lane(*number), u64::from(*number), op(*number)),
        Step::Fail(number, failed) if queued => {
            outbox.mark_failed(&lane(*number), u64::from(*number), op(*number), *failed);
        }
        Step::Fail(..) => {}
        Step::Tally(number, tally) => {
            outbox.set_tally(op(*number), &case(*number), *tally);
        }
        Step::Candidate(number, at) => {
            outbox.set_candidate(&lane(*number), at.map(|(created, order)| (Wall(created), order)));
        }
        Step::Forget(number) => {
            outbox.forget(op(*number), &case(*number));
        }
    }
}

fn full() -> Outbox {
    let mut outbox = Outbox::default();
    for number in 0..OPS {
        outbox.live.insert(op(number), Live::new(None, Mono(0)));
    }
    outbox
}

proptest! {
    #[test]
    fn the_books_agree_with_a_list_that_is_counted_anew(steps in prop::collection::vec(any_step(), 0..80)) {
        let (mut outbox, mut model) = (full(), Model::new());
        for step in &steps {
            let queued = matches!(step, Step::Fail(number, _) if model.at(*number).queued);
            apply(&mut outbox, step, queued);
            model.apply(step);

            prop_assert_eq!(outbox.totals(), model.totals(None));
            for number in 0..2 {
                prop_assert_eq!(outbox.totals_of(&case(number)), model.totals(Some(&case(number))));
            }
            let waiting = model.ops.iter().filter_map(|plain| match plain.phase {
                Phase::Waiting { until, .. } => Some((until, op(plain.number))),
                _ => None,
            });
            prop_assert_eq!(&outbox.deadlines, &waiting.collect::<OrderedSet<_>>());
            for number in 0..OPS {
                let of = lane(number);
                let in_lane = |wanted: fn(&Plain) -> bool| -> OrderedSet<_> {
                    let here = model.ops.iter().filter(|plain| lane(plain.number) == of && wanted(plain));
                    here.map(|plain| (u64::from(plain.number), op(plain.number))).collect()
                };
                let queue = outbox.lanes.get(&of).cloned().unwrap_or_default();
                prop_assert_eq!(queue.queue, in_lane(|plain| plain.queued));
                prop_assert_eq!(queue.failed, in_lane(|plain| plain.failed));
                prop_assert_eq!(outbox.lanes.contains_key(&of), model.has_lane(&of), "no empty lane is kept");
            }
            let rests = model.ops.iter().all(|plain| !plain.queued || plain.failed);
            prop_assert_eq!(outbox.is_at_rest(), rests);
            let mut candidates: Vec<_> =
                model.candidates.iter().map(|(of, created, order)| (Wall(*created), *order, of.clone())).collect();
            candidates.sort();
            prop_assert!(outbox.candidates.iter().eq(candidates.iter()));
        }
    }

    #[test]
    fn two_cases_that_are_one_count_as_one(
        tallies in prop::collection::vec(prop_oneof![Just(Tally::None), Just(Tally::Waiting), Just(Tally::NotSent)], 6),
        queued in prop::collection::vec((any::<bool>(), any::<bool>()), 6),
    ) {
        let mut outbox = full();
        for (number, (tally, (queued, failed))) in (0..OPS).zip(tallies.into_iter().zip(queued)) {
            outbox.set_tally(op(number), &case(number), tally);
            if queued {
                outbox.enqueue(lane(number), u64::from(number), op(number));
                outbox.set_candidate(&lane(number), Some((Wall(1), 1)));
                outbox.mark_failed(&lane(number), u64::from(number), op(number), failed);
            }
        }
        let all = outbox.totals();
        let (from, into) = (case(0), case(1));
        outbox.merge_case(&from, &into);
        prop_assert_eq!((outbox.totals(), outbox.totals_of(&into)), (all, all));
        prop_assert_eq!(outbox.totals_of(&from), Totals::default());
        for lane in [Lane::Talk(from.clone()), Lane::Meta(from)] {
            prop_assert!(!outbox.lanes.contains_key(&lane));
            prop_assert!(outbox.candidates.iter().all(|(.., of)| *of != lane));
        }
        let left: Vec<_> = outbox.lanes.values().collect();
        let rests = left.iter().all(|queue| queue.queue.len() == queue.failed.len());
        prop_assert_eq!(outbox.is_at_rest(), rests);
    }
}

#[test]
fn what_changed_nothing_says_so() {
    let mut outbox = full();
    assert!(outbox.set_tally(op(0), &case(0), Tally::Waiting));
    assert!(!outbox.set_tally(op(0), &case(0), Tally::Waiting));
    outbox.enqueue(lane(0), 0, op(0));
    assert!(outbox.mark_failed(&lane(0), 0, op(0), true));
    assert!(!outbox.mark_failed(&lane(0), 0, op(0), true));
    assert!(outbox.mark_failed(&lane(0), 0, op(0), false));
    assert!(!outbox.mark_failed(&lane(1), 1, op(1), false), "there is no such lane");
    assert!(outbox.forget(op(0), &case(0)), "it counted");
    assert!(!outbox.forget(op(0), &case(0)), "and is gone");
    assert!(!outbox.set_tally(op(0), &case(0), Tally::Waiting), "for good");
}

#[test]
fn rows_whose_look_changes_are_remembered_by_moment() {
    let mut outbox = Outbox::default();
    outbox.look_again(Mono(7), op(1));
    outbox.look_again(Mono(5), op(2));
    assert!(outbox.looks.iter().eq(&[(Mono(5), op(2)), (Mono(7), op(1))]));
}

#[test]
fn the_fingerprint_tells_states_and_lanes_apart() {
    let of = |outbox: &Outbox| {
        let mut state = crate::fingerprint::Fingerprint::default();
        outbox.fingerprint(&mut state);
        std::hash::Hasher::finish(&state)
    };
    let mut outbox = full();
    let mut seen = vec![of(&outbox)];
    outbox.set_phase(op(0), Phase::Waiting { until: Mono(5), why: Wait::Backoff });
    seen.push(of(&outbox));
    outbox.enqueue(lane(0), 0, op(0));
    seen.push(of(&outbox));
    outbox.enqueue(lane(0), 1, op(2));
    seen.push(of(&outbox));
    let distinct: OrderedSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
}

#[test]
fn since_when_an_answer_is_awaited_is_remembered_of_the_last_sixty_four() {
    let mut outbox = Outbox::default();
    let since = |number: u8| (OperationId::from_random([number; 16]), Mono(u64::from(number)));
    for number in 0..70 {
        let (op, at) = since(number);
        outbox.note_awaited(op, at);
    }
    assert!(outbox.awaited_since.iter().copied().eq((6..70).map(since)));
}
