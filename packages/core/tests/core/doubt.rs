//! What nobody knows whether it arrived: it is looked for, said to be unknown as long as it is, and never doubled.

use copilot_core::ids::CaseKey;
use copilot_core::model::{RealMessage, Role};
use copilot_core::request::{Limits, Outcome, Reply, Request};
use copilot_core::view::{Delivery, LinkStatus};
use copilot_core::{Event, Failure, FailureClass, Intent, Lifecycle, Link, Rejection};

use crate::support::*;

/// Answers what is asked about the list and the server.
fn look(desk: &mut Desk, listed: impl Fn() -> Outcome) -> usize {
    let mut looks = 0;
    desk.answer_all(|request| match request {
        Request::ListMessages { .. } => {
            looks += 1;
            Some(listed())
        }
        Request::Probe => Some(Ok(Reply::Alive(Limits::default()))),
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(Vec::new())))),
        Request::ReadCase { .. } => Some(Ok(Reply::Case(case("c-1", 1)))),
        _ => None,
    });
    looks
}

fn lists(rows: &[RealMessage]) -> impl Fn() -> Outcome {
    let rows = rows.to_vec();
    move || Ok(Reply::Messages(page(rows.clone())))
}

fn before() -> Vec<RealMessage> {
    talk(&[("first", "Look at the pool.")])
}

fn whole() -> Vec<RealMessage> {
    talk(&[("first", "Look at the pool."), ("second", "two")])
}

/// A message whose answer was lost five times, to be looked for once more.
fn lost_five_times() -> (Desk, CaseKey) {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    for _ in 0..5 {
        desk.answer(Err(Failure { status: Some(504), ..Failure::of(FailureClass::Uncertain) }));
        desk.answer_all(|request| {
            matches!(request, Request::Probe).then(|| Ok(Reply::Alive(Limits::default())))
        });
        desk.pass_seconds(61);
    }
    assert_eq!(desk.writes(), []);
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Checking);
    (desk, key)
}

fn failure(desk: &Desk, key: &CaseKey) -> Failure {
    match desk.row(key, "second").delivery {
        Delivery::Failed { failure, .. } => failure,
        other => panic!("it needs the person: {other:?}"),
    }
}

#[test]
fn what_was_tried_five_times_is_looked_for_before_it_is_said_not_to_have_arrived() {
    let (mut desk, key) = lost_five_times();
    assert_eq!(look(&mut desk, lists(&before())), 1);
    let last = Box::new(FailureClass::Uncertain);
    let class = FailureClass::Rejected(Rejection::TriesUsedUp { tries: 5, last });
    assert_eq!(failure(&desk, &key), Failure { status: Some(504), ..Failure::of(class) });
    desk.wish(Intent::Retry(desk.operation(&key, "second")));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Echoed, "it is sent, and no longer looked for");
}

#[test]
fn a_last_look_that_finds_no_connection_is_made_when_there_is_one() {
    let (mut desk, key) = lost_five_times();
    look(&mut desk, || failed(FailureClass::Offline));
    assert_ne!(desk.core.view().status().link, LinkStatus::Online);
    assert!(!matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }), "nothing is known yet");
    desk.step(Event::Link(Link::Online));
    desk.pass_seconds(61);
    look(&mut desk, lists(&whole()));
    desk.pass_seconds(61);
    look(&mut desk, lists(&whole()));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
    assert!(!matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
}

#[test]
fn a_message_whose_last_try_was_refused_has_not_arrived_and_is_not_looked_for() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    for _ in 0..5 {
        desk.answer(server_problem());
        desk.pass_seconds(61);
    }
    let class = failure(&desk, &key).class;
    assert!(matches!(class, FailureClass::Rejected(Rejection::TriesUsedUp { tries: 5, .. })), "{class:?}");
}

#[test]
fn what_was_tried_five_times_and_is_found_has_been_sent() {
    let (mut desk, key) = lost_five_times();
    look(&mut desk, lists(&whole()));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Sent);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
    desk.pass_seconds(5);
    assert_eq!(desk.core.inspect().operations, []);
}

#[test]
fn what_cannot_be_looked_for_may_have_arrived_until_the_person_has_it_checked() {
    let (mut desk, key) = lost_five_times();
    assert_eq!(look(&mut desk, server_problem), 1);
    assert_eq!(failure(&desk, &key).class, FailureClass::Uncertain);
    let mut desk = desk.restart(2);
    desk.wish(Intent::Open(Some(key.clone())));
    look(&mut desk, server_problem);
    assert_eq!(failure(&desk, &key).class, FailureClass::Uncertain, "a restart knows no more");
    desk.wish(Intent::Retry(desk.operation(&key, "second")));
    // The same request under the same key: the server has its answer, or runs it now.
    let first = desk.disk.borrow().records.iter().rev().find_map(|kept| kept.record.operation());
    let [Request::SubmitTurn { key: id, .. }] = desk.writes()[..] else { panic!("{:?}", desk.writes()) };
    assert_eq!(Some(id), first);
    desk.answer(answered(2, "two"));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn what_may_have_arrived_is_being_sent_and_not_checked_when_the_person_sends_it_again() {
    let (mut desk, key) = lost_five_times();
    look(&mut desk, server_problem);
    desk.wish(Intent::Retry(desk.operation(&key, "second")));
    assert_eq!(desk.writes().len(), 1);
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Echoed);
}

#[test]
fn what_may_have_arrived_and_is_listed_later_has_been_sent() {
    let (mut desk, key) = lost_five_times();
    look(&mut desk, server_problem);
    desk.step(Event::Page(Lifecycle::Shown));
    look(&mut desk, lists(&whole()));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Sent));
}

#[test]
fn a_case_whose_making_was_lost_five_times_is_said_not_to_be_made() {
    let mut desk = Desk::new();
    desk.say(None, "first");
    for _ in 0..5 {
        desk.answer(failed(FailureClass::Uncertain));
        desk.answer_all(|request| {
            matches!(request, Request::Probe).then(|| Ok(Reply::Alive(Limits::default())))
        });
        desk.pass_seconds(61);
    }
    let key = desk.core.view().open().cloned().unwrap();
    let Delivery::Failed { failure, .. } = desk.row(&key, "first").delivery else {
        panic!("it needs the person")
    };
    assert!(matches!(failure.class, FailureClass::Rejected(Rejection::TriesUsedUp { .. })), "{failure:?}");
}

/// A message that was stopped while its request was open.
fn stopped() -> (Desk, CaseKey) {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.wish(Intent::Stop(desk.operation(&key, "second")));
    (desk, key)
}

#[test]
fn a_message_that_is_stopped_without_proof_of_arrival_says_so_until_the_server_lists_it() {
    let (desk, key) = stopped();
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Stopped);
    let mut desk = desk.restart(2);
    desk.wish(Intent::Open(Some(key.clone())));
    look(&mut desk, lists(&before()));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Stopped);
    desk.pass_seconds(6);
    let mut rows = before();
    rows.push(row("m-3", Role::User, 2, "second"));
    look(&mut desk, lists(&rows));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Settled);
    assert_eq!(desk.sent, [], "it was never sent again");
}

#[test]
fn check_again_looks_for_a_stopped_message_and_sends_nothing() {
    let (mut desk, key) = stopped();
    let sent = desk.sent.len();
    for _ in 0..20 {
        look(&mut desk, lists(&before()));
        desk.pass_seconds(120);
    }
    assert_eq!(look(&mut desk, lists(&before())), 0, "nobody asks any more");
    desk.wish(Intent::Retry(desk.operation(&key, "second")));
    assert_eq!(look(&mut desk, lists(&whole())), 1);
    assert_eq!(desk.sent.len(), sent);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_stopped_message_can_be_discarded_and_taken_back() {
    let (mut desk, key) = stopped();
    let op = desk.operation(&key, "second");
    desk.wish(Intent::Discard(op));
    assert_eq!(desk.rows(&key).len(), 2);
    desk.wish(Intent::Undo(op));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Stopped);
}

#[test]
fn what_the_server_has_taken_on_has_arrived_also_when_it_is_stopped() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(working("job-1"));
    desk.wish(Intent::Stop(desk.operation(&key, "second")));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Settled);
}
