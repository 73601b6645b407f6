//! The checks catch what they are there for: defects put in by hand between a core and its world.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use copilot_sim::run::{Setup, record, replay, run_seed};
use copilot_sim::shrink::shrink;
use copilot_sim::{Sabotage, Violation};

const EVENTS: u64 = 500;
/// Longest trace that a person reads without help.
const SHORT: usize = 20;

fn first_caught(sabotage: Sabotage) -> (u64, Violation) {
    let setup = Setup { sabotage: Some(sabotage), ..Setup::default() };
    let holds = |seed| run_seed(seed, EVENTS, &Setup::default()).violation.is_none();
    (1..400)
        .find_map(|seed| {
            let violation = run_seed(seed, EVENTS, &setup).violation?;
            holds(seed).then_some((seed, violation))
        })
        .unwrap_or_else(|| panic!("{sabotage:?} is never caught"))
}

/// The defect is caught, by one of these invariants, and a short trace shows it.
fn is_caught(sabotage: Sabotage, invariants: &[&str]) {
    let (seed, violation) = first_caught(sabotage);
    assert!(invariants.contains(&&*violation.invariant), "{violation}");
    let setup = Setup { sabotage: Some(sabotage), ..Setup::default() };
    let (trace, _) = record(seed, EVENTS, &setup);
    let short = shrink(&trace, &setup);
    assert!(short.len() <= SHORT, "seed {seed} shrinks to {} entries only", short.len());
    let again = replay(&short, &setup).violation.unwrap();
    assert_eq!((again.invariant, again.rule), (violation.invariant, violation.rule));
    assert_eq!(replay(&short, &Setup::default()).violation, None, "it is the defect that is caught");
}

#[test]
fn a_retry_under_a_fresh_key_is_caught() {
    is_caught(Sabotage::FreshKeyOnRetry, &["I4"]);
}

#[test]
fn a_retry_with_another_content_is_caught() {
    is_caught(Sabotage::ChangedOnRetry, &["I4"]);
}

#[test]
fn a_request_that_leaves_before_its_record_is_durable_is_caught() {
    is_caught(Sabotage::SendBeforeDurable, &["I1"]);
}

#[test]
fn a_store_that_takes_an_epoch_that_is_over_is_caught() {
    is_caught(Sabotage::StaleEpoch, &["I11"]);
}

#[test]
fn a_store_that_acknowledges_what_it_does_not_keep_is_caught() {
    is_caught(Sabotage::ForgetfulStore, &["I1", "I2", "I7"]);
}

#[test]
fn a_row_that_the_interface_is_not_told_of_is_caught() {
    is_caught(Sabotage::LostPatch, &["I7"]);
}

#[test]
fn an_echo_that_goes_before_its_row_is_here_is_caught() {
    is_caught(Sabotage::EchoBeforeRow, &["I17"]);
}

#[test]
fn a_reconnect_that_forgets_the_gate_is_caught() {
    is_caught(Sabotage::ImpatientReconnect, &["I12"]);
}
