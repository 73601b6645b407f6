//! The fast part of the simulation, in the build that also checks the core's own integrity after every
//! step. The long part is the command line's.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicU64, Ordering};

use copilot_sim::run::{Setup, Total, record, replay, run_seed};
use copilot_sim::trace::Trace;

const EVENTS: u64 = 500;
/// Seeds of the fast part.
const SEEDS: u64 = 1100;

fn setup() -> Setup {
    Setup::default()
}

/// Runs the seeds up to a number on all processors.
fn run(seeds: u64) -> Total {
    let next = AtomicU64::new(1);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut total = Total::default();
    std::thread::scope(|scope| {
        let worker = || {
            let mut total = Total::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed > seeds {
                    return total;
                }
                total.add(seed, run_seed(seed, EVENTS, &setup()));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().for_each(|worker| total.merge(worker.join().unwrap()));
    });
    total
}

#[test]
fn in_a_thousand_worlds_everything_holds_and_every_rare_state_is_reached() {
    let total = run(SEEDS);
    assert_eq!(total.failed, []);
    assert!(total.steps > 1_000_000, "worlds end early: {} events", total.steps);
    assert_eq!(total.marks.missing(), []);
}

#[test]
fn the_same_seed_gives_the_same_digest() {
    for seed in 300..320 {
        let (first, second) = (run_seed(seed, EVENTS, &setup()), run_seed(seed, EVENTS, &setup()));
        assert_eq!(first.digest, second.digest, "seed {seed}");
        assert_eq!(first.steps, second.steps, "seed {seed}");
    }
}

#[test]
fn different_seeds_give_different_worlds() {
    let digests: std::collections::BTreeSet<u64> =
        (300..320).map(|seed| run_seed(seed, EVENTS, &setup()).digest).collect();
    assert_eq!(digests.len(), 20);
}

#[test]
fn a_trace_that_was_written_and_read_replays_to_the_same_end() {
    for seed in 320..330 {
        let (trace, report) = record(seed, EVENTS, &setup());
        let text = serde_json::to_string(&trace).unwrap();
        let read: Trace = serde_json::from_str(&text).unwrap();
        assert_eq!(read, trace, "seed {seed}");
        assert_eq!(replay(&read, &setup()).digest, report.digest, "seed {seed}");
    }
}
