//! What must hold of every verdict, and the edges of the failure table.

use proptest::prelude::*;

use super::*;

fn decide(class: FailureClass, status: Option<u16>, retry_after: Option<Millis>, tries: u32) -> Verdict {
    let failure = Failure { status, retry_after, ..Failure::of(class) };
    verdict(&Config::default(), &mut Entropy::from_number(7), failure, tries)
}

fn any_retried() -> impl Strategy<Value = FailureClass> {
    prop_oneof![
        Just(FailureClass::Transient(Transient::Busy)),
        Just(FailureClass::Transient(Transient::ServerProblem)),
        Just(FailureClass::Transient(Transient::Once)),
        Just(FailureClass::Uncertain),
        Just(FailureClass::InProgress),
    ]
}

proptest! {
    #[test]
    fn an_automatic_wait_is_never_shorter_than_the_server_asked_and_never_long(
        class in any_retried(),
        asked in prop::option::of(0..10_000_000u64),
        tries in 0..8u32,
        status in prop::option::of(400..600u16),
    ) {
        match decide(class.clone(), status, asked.map(Millis), tries) {
            Verdict::Again { wait, gate, .. } => {
                if class == FailureClass::InProgress {
                    prop_assert!(wait <= Millis::seconds(120));
                } else {
                    prop_assert!(wait.0 >= asked.unwrap_or(0), "{:?} after {:?}", wait, asked);
                    prop_assert!(wait.0 <= asked.unwrap_or(0).max(60_000) + 1000);
                }
                prop_assert_eq!(gate, class == FailureClass::Transient(Transient::Busy));
            }
            Verdict::Park { failure, gate } => {
                prop_assert_eq!(failure.retry_after, asked.map(Millis), "the server's word stays on the row");
                prop_assert!(gate.is_none() || class == FailureClass::Transient(Transient::Busy));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn backoff_spreads_over_its_whole_ceiling_and_no_further(tries in 1..12u32) {
        let (config, mut entropy) = (Config::default(), Entropy::from_number(u64::from(tries)));
        let ceiling = (500u64 << (tries - 1)).min(60_000);
        let waits: Vec<_> = (0..400).map(|_| backoff(&config, &mut entropy, tries).0).collect();
        prop_assert!(waits.iter().all(|wait| *wait <= ceiling));
        prop_assert!(waits.iter().any(|wait| *wait > ceiling * 9 / 10), "near its ceiling of {}", ceiling);
        prop_assert!(waits.iter().any(|wait| *wait < ceiling / 10), "and near nothing");
    }
}

#[test]
fn two_minutes_are_waited_for_and_a_millisecond_more_is_not() {
    let busy = FailureClass::Transient(Transient::Busy);
    let at = |wait| decide(busy.clone(), Some(503), Some(Millis(wait)), 1);
    assert!(matches!(at(120_000), Verdict::Again { .. }));
    assert!(matches!(at(120_001), Verdict::Park { gate: Some(Millis(120_001)), .. }));
}

#[test]
fn a_long_wait_of_one_operation_closes_no_gate_unless_the_server_is_busy() {
    let problem = FailureClass::Transient(Transient::ServerProblem);
    let verdict = decide(problem, Some(500), Some(Millis::seconds(3600)), 1);
    assert!(matches!(verdict, Verdict::Park { gate: None, .. }));
}

#[test]
fn a_busy_server_that_used_up_the_tries_still_closes_the_gate() {
    let busy = FailureClass::Transient(Transient::Busy);
    let verdict = decide(busy, Some(503), Some(Millis::seconds(30)), 5);
    assert!(matches!(verdict, Verdict::Park { gate: Some(Millis(30_000)), .. }));
}

#[test]
fn a_first_attempt_that_still_runs_is_asked_about_when_the_server_says_but_within_two_minutes() {
    let at = |wait| decide(FailureClass::InProgress, Some(409), wait, 99);
    let again = |wait| Verdict::Again { wait, why: Wait::Uncertain, gate: false };
    assert_eq!(at(None), again(Millis(1500)));
    assert_eq!(at(Some(Millis::seconds(7))), again(Millis::seconds(7)));
    assert_eq!(at(Some(Millis::seconds(3600))), again(Millis::seconds(120)));
}

#[test]
fn what_needs_no_wait_is_decided_by_its_class_alone() {
    assert_eq!(decide(FailureClass::Offline, None, None, 9), Verdict::Unsent);
    assert_eq!(decide(FailureClass::CaptivePortal, Some(200), None, 9), Verdict::UnsentUncertain);
    assert_eq!(decide(FailureClass::TokenRefused, Some(401), None, 9), Verdict::RenewToken);
    assert_eq!(decide(FailureClass::SessionExpired, Some(401), None, 9), Verdict::RenewSession);
    assert_eq!(decide(FailureClass::Committed, Some(409), None, 9), Verdict::Committed);
    for class in [FailureClass::Conflict, FailureClass::Rejected(Rejection::Quota)] {
        let failure = Failure { status: Some(409), ..Failure::of(class.clone()) };
        assert_eq!(decide(class, Some(409), None, 1), Verdict::Park { failure, gate: None });
    }
}

#[test]
fn an_uncertain_outcome_says_so_while_it_waits() {
    let verdict = decide(FailureClass::Uncertain, None, None, 1);
    assert!(matches!(verdict, Verdict::Again { why: Wait::Uncertain, gate: false, .. }));
    let verdict = decide(FailureClass::Transient(Transient::ServerProblem), Some(500), None, 1);
    assert!(matches!(verdict, Verdict::Again { why: Wait::Backoff, gate: false, .. }));
}
