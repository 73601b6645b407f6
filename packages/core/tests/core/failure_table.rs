//! The failure table of the design, row by row: what each failure does to a message, a title, a deletion,
//! a new case, a job and a reading.

use copilot_core::ids::CaseKey;
use copilot_core::request::{Limits, Outcome, Reply, Request};
use copilot_core::view::{AccountStatus, Delivery};
use copilot_core::{Failure, FailureClass, Intent, Millis, Notice, Rejection, Transient};

use crate::support::*;

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Sent again by itself within this many seconds.
    Again(u64),
    /// Sent again once a probe was answered.
    AfterProbe,
    /// Sent again once the credentials were renewed.
    AfterRenewal,
    /// The list is read; nothing is sent again.
    Listed,
    /// The person decides; trying again may help, or cannot.
    Parked { helps: bool },
}

const TRIES_USED_UP: u32 = 5;

fn rejections() -> Vec<(Rejection, bool)> {
    let last = Box::new(FailureClass::Transient(Transient::ServerProblem));
    let all = vec![
        (Rejection::Refused, false),
        (Rejection::Quota, true),
        (Rejection::DailyLimit, true),
        (Rejection::Forbidden, false),
        (Rejection::CaseGone, false),
        (Rejection::CaseTerminal, false),
        (Rejection::KeyReused, false),
        (Rejection::Unexplained, true),
        (Rejection::TooLarge, false),
        (Rejection::UnsupportedType, false),
        (Rejection::Invalid { field: Some("query".into()) }, false),
        (Rejection::OtherDialect, false),
        (Rejection::Provider, true),
        (Rejection::TriesUsedUp { tries: TRIES_USED_UP, last }, true),
    ];
    let mut numbers: Vec<_> = all.iter().map(|(rejection, _)| number_of(rejection)).collect();
    numbers.dedup();
    assert_eq!(numbers, (0..=13).collect::<Vec<_>>(), "every rejection stands in the table");
    all
}

/// Does not compile with a rejection that the table does not know.
fn number_of(rejection: &Rejection) -> u32 {
    match rejection {
        Rejection::Refused => 0,
        Rejection::Quota => 1,
        Rejection::DailyLimit => 2,
        Rejection::Forbidden => 3,
        Rejection::CaseGone => 4,
        Rejection::CaseTerminal => 5,
        Rejection::KeyReused => 6,
        Rejection::Unexplained => 7,
        Rejection::TooLarge => 8,
        Rejection::UnsupportedType => 9,
        Rejection::Invalid { .. } => 10,
        Rejection::OtherDialect => 11,
        Rejection::Provider => 12,
        Rejection::TriesUsedUp { .. } => 13,
    }
}

/// What the table says of a class. Does not compile with a class that it does not know.
fn then(class: &FailureClass) -> Then {
    match class {
        FailureClass::Offline | FailureClass::CaptivePortal => Then::AfterProbe,
        FailureClass::Transient(Transient::Busy) => Then::Again(62),
        FailureClass::Transient(Transient::ServerProblem | Transient::Once) => Then::Again(1),
        FailureClass::Uncertain => Then::AfterProbe,
        FailureClass::TokenRefused | FailureClass::SessionExpired => Then::AfterRenewal,
        FailureClass::Rejected(rejection) => {
            Then::Parked { helps: rejections().iter().any(|(known, helps)| known == rejection && *helps) }
        }
        FailureClass::Conflict => Then::Parked { helps: true },
        FailureClass::InProgress => Then::Again(2),
        FailureClass::Committed => Then::Listed,
    }
}

fn classes() -> Vec<FailureClass> {
    let mut all = vec![
        FailureClass::Offline,
        FailureClass::CaptivePortal,
        FailureClass::Transient(Transient::Busy),
        FailureClass::Transient(Transient::ServerProblem),
        FailureClass::Transient(Transient::Once),
        FailureClass::Uncertain,
        FailureClass::TokenRefused,
        FailureClass::SessionExpired,
        FailureClass::Conflict,
        FailureClass::InProgress,
        FailureClass::Committed,
    ];
    all.extend(rejections().into_iter().map(|(rejection, _)| FailureClass::Rejected(rejection)));
    all
}

/// A failure as the server or the network would give it.
fn failure(class: &FailureClass) -> Failure {
    let status = match class {
        FailureClass::Transient(Transient::Busy) => Some(429),
        FailureClass::Transient(_) => Some(502),
        FailureClass::TokenRefused | FailureClass::SessionExpired => Some(401),
        FailureClass::Rejected(_) => Some(400),
        FailureClass::Conflict | FailureClass::InProgress | FailureClass::Committed => Some(409),
        FailureClass::Offline | FailureClass::CaptivePortal | FailureClass::Uncertain => None,
    };
    Failure { status, ..Failure::of(class.clone()) }
}

fn alive(request: &Request) -> Option<Outcome> {
    (*request == Request::Probe).then(|| Ok(Reply::Alive(Limits::default())))
}

fn renewed(request: &Request) -> Option<Outcome> {
    matches!(request, Request::RenewToken | Request::RenewSession).then_some(Ok(Reply::Renewed))
}

#[test]
fn every_failure_does_to_a_message_what_the_table_says() {
    for class in classes() {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        let other = desk.settled_case("c-2", "other");
        desk.wish(Intent::Open(Some(key.clone())));
        desk.say(Some(&key), "second");
        desk.say(Some(&key), "third");
        let first = desk.writes();
        desk.answer(Err(failure(&class)));
        let stays =
            |desk: &Desk| assert_eq!(desk.writes(), first, "{class:?}: the same bytes under the same key");
        let shown = desk.row(&key, "second").delivery;
        match then(&class) {
            Then::Again(seconds) => {
                assert_eq!(desk.writes(), [], "{class:?} waits");
                assert!(!matches!(shown, Delivery::Failed { .. }), "{class:?}: {shown:?}");
                desk.pass_seconds(seconds);
                stays(&desk);
            }
            Then::AfterProbe => {
                assert_eq!(desk.writes(), [], "{class:?} waits");
                desk.pass_seconds(5);
                desk.answer_all(alive);
                stays(&desk);
            }
            Then::AfterRenewal => {
                assert_eq!((desk.writes(), shown), (vec![], Delivery::Echoed), "{class:?} is not shown");
                assert_eq!(desk.core.view().status().account, AccountStatus::Renewing);
                desk.answer_all(renewed);
                assert_eq!(desk.core.view().status().account, AccountStatus::SignedIn);
                stays(&desk);
            }
            Then::Listed => {
                let [Request::SubmitTurn { turn, .. }] = &desk.writes()[..] else {
                    panic!("the next one leaves")
                };
                assert_eq!(&*turn.text, "third");
                let rows = talk(&[("first", "Look at the pool."), ("second", "two")]);
                desk.list("c-1", rows);
                let texts = desk.texts(&key);
                let at = texts.iter().position(|row| row == "user: second").unwrap();
                assert_eq!(texts[at + 1], "assistant: two");
            }
            Then::Parked { helps } => {
                let Delivery::Failed { failure: shown, not_before: None, .. } = shown else {
                    panic!("{class:?}: {shown:?}")
                };
                assert_eq!(shown.class, class);
                assert_eq!(desk.row(&key, "third").delivery, Delivery::Blocked, "{class:?}");
                desk.pass_seconds(600);
                assert_eq!(desk.writes(), [], "{class:?} is never tried again by itself");
                desk.say(Some(&other), "other lanes go on");
                assert_eq!(desk.writes().len(), 1);
                desk.answer(answered(2, "ok"));
                desk.wish(Intent::RetryAll(key.clone()));
                assert_eq!(
                    desk.writes().len(),
                    usize::from(helps),
                    "{class:?}: retrying helps or it does not"
                );
                if !helps {
                    // Not by "all", but the person may insist on this one.
                    desk.wish(Intent::Retry(desk.operation(&key, "second")));
                }
                stays(&desk);
            }
        }
    }
}

#[test]
fn every_failure_does_to_a_new_case_what_it_does_to_a_message() {
    for class in classes() {
        let mut desk = Desk::new();
        desk.say(None, "one");
        let key = desk.core.view().open().cloned().unwrap();
        let first = desk.writes();
        desk.answer(Err(failure(&class)));
        match then(&class) {
            Then::Again(seconds) => desk.pass_seconds(seconds),
            Then::AfterProbe => {
                desk.pass_seconds(5);
                desk.answer_all(alive);
            }
            Then::AfterRenewal => desk.answer_all(renewed),
            Then::Listed | Then::Parked { .. } => {
                let Delivery::Failed { .. } = desk.row(&key, "one").delivery else { panic!("{class:?}") };
                assert_eq!(desk.writes(), []);
                desk.wish(Intent::Retry(desk.operation(&key, "one")));
            }
        }
        assert_eq!(desk.writes(), first, "{class:?}: the case is made once, under one key");
        assert_eq!(desk.texts(&key)[0], "user: one");
    }
}

/// A rename that has left.
fn renaming(desk: &mut Desk) -> CaseKey {
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Rename { case: key.clone(), title: "Mine".into() });
    desk.pass_seconds(1);
    let read = |request: &Request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(case("c-1", 1))))
    };
    desk.answer_all(read);
    assert!(matches!(desk.writes()[..], [Request::Rename { .. }]));
    key
}

#[test]
fn every_failure_rolls_a_title_back_or_tries_it_again_and_never_forgets_it() {
    for class in classes() {
        let mut desk = Desk::new();
        let key = renaming(&mut desk);
        desk.answer(Err(failure(&class)));
        let read_first = |desk: &mut Desk| {
            let theirs = case("c-1", 1);
            desk.answer_all(|request| match request {
                Request::ReadCase { .. } => Some(Ok(Reply::Case(theirs.clone()))),
                _ => None,
            });
        };
        match then(&class) {
            Then::Again(seconds) => {
                desk.pass_seconds(seconds);
                read_first(&mut desk);
                assert!(matches!(desk.writes()[..], [Request::Rename { .. }]), "{class:?}");
                assert_eq!(desk.title(&key), "Mine", "{class:?}");
            }
            Then::AfterProbe => {
                desk.pass_seconds(5);
                desk.answer_all(alive);
                read_first(&mut desk);
                assert!(matches!(desk.writes()[..], [Request::Rename { .. }]), "{class:?}");
            }
            Then::AfterRenewal => {
                desk.answer_all(renewed);
                read_first(&mut desk);
                assert!(matches!(desk.writes()[..], [Request::Rename { .. }]), "{class:?}");
            }
            Then::Listed | Then::Parked { .. } => {
                let row = desk.core.view().case(&key).unwrap();
                assert_eq!(&*row.title, "Chat-2026-11-22 12:00", "{class:?}: the old title is back");
                assert_eq!(row.title_note.map(|note| note.attempted), Some("Mine".into()), "{class:?}");
                assert_eq!(desk.core.view().status().not_sent, 0, "a title is no message");
            }
        }
    }
}

#[test]
fn every_failure_brings_a_deleted_case_back_or_deletes_it_later() {
    for class in classes() {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        desk.wish(Intent::Delete(key.clone()));
        desk.pass_seconds(9);
        desk.answer(Err(failure(&class)));
        match then(&class) {
            Then::Again(seconds) => desk.pass_seconds(seconds),
            Then::AfterProbe => {
                desk.pass_seconds(5);
                desk.answer_all(alive);
            }
            Then::AfterRenewal => desk.answer_all(renewed),
            Then::Listed => continue,
            Then::Parked { .. } => {
                let told = desk
                    .notices
                    .iter()
                    .any(|notice| matches!(notice, Notice::NotDeleted { case, .. } if *case == key));
                // What is gone need not be deleted.
                let gone = class == FailureClass::Rejected(Rejection::CaseGone);
                assert!(told || gone, "{class:?}");
                assert!(desk.core.view().case(&key).is_some() || gone, "{class:?}");
                assert_eq!(desk.writes(), [], "{class:?}");
                continue;
            }
        }
        assert!(matches!(desk.writes()[..], [Request::Delete { .. }]), "{class:?}");
        assert_eq!(desk.core.view().case(&key), None, "{class:?}: it stays off the screen meanwhile");
    }
}

#[test]
fn a_job_that_cannot_be_asked_about_is_asked_about_later_and_one_that_is_lost_is_sent_again_under_its_key() {
    for class in classes() {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        desk.say(Some(&key), "second");
        let [Request::SubmitTurn { key: first, .. }] = desk.writes()[..] else { panic!("a message") };
        desk.answer(working("/jobs/1"));
        desk.pass(Millis(1500));
        desk.answer(Err(failure(&class)));
        desk.answer_all(renewed);
        desk.pass_seconds(70);
        desk.answer_all(|request| alive(request).or_else(|| renewed(request)));
        desk.pass_seconds(2);
        let again = &desk.writes()[..];
        let polled = matches!(then(&class), Then::Again(_) | Then::AfterProbe | Then::AfterRenewal);
        match again {
            [Request::PollJob { job, .. }] if polled => assert_eq!(&*job.0, "/jobs/1"),
            [Request::SubmitTurn { key, .. }] if !polled => assert_eq!(*key, first, "{class:?}"),
            other => panic!("{class:?}: {other:?}"),
        }
    }
}
