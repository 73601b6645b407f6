//! The fast part of the simulation, in the build that also checks the core's own integrity after every
//! step. The long part is the command line's.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use copilot_sim::run::{Setup, Total, record, replay, run_seed};
use copilot_sim::trace::Trace;

const EVENTS: u64 = 500;

fn setup() -> Setup {
    Setup::default()
}

/// What a server may see of this program: nothing before it is durable, nothing twice, nothing changed,
/// nothing out of order, nothing ahead of what it depends on, nothing under another id or another account.
const SEEN_BY_THE_SERVER: [&str; 7] = ["I1", "I3", "I4", "I5", "I6", "I14", "I20"];

#[test]
fn in_hundreds_of_worlds_nothing_is_sent_early_twice_changed_or_out_of_order() {
    let mut total = Total::default();
    for seed in 1..251 {
        total.add(seed, run_seed(seed, EVENTS, &setup()));
    }
    total.failed.retain(|(_, violation)| SEEN_BY_THE_SERVER.contains(&&*violation.invariant));
    assert_eq!(total.failed, []);
    assert!(total.steps > 200 * EVENTS, "worlds end early: {} events", total.steps);
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
