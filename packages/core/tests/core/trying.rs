//! A message on its way to a server that is away, busy or in doubt: it waits, it is asked for, it goes out once.

use crate::support::*;
use copilot_core::model::Role;
use copilot_core::request::{Limits, Outcome, Reply, Request};
use copilot_core::view::Delivery;
use copilot_core::{Event, FailureClass, Intent, Lifecycle, Notice};

/// Answers the open probe.
fn probe(desk: &mut Desk, outcome: Outcome) {
    desk.answer_all(|request| matches!(request, Request::Probe).then(|| outcome.clone()));
}

#[test]
fn an_uncertain_message_is_checked_and_sent_again_with_the_same_bytes() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    let first = desk.writes();
    desk.answer(failed(FailureClass::Uncertain));
    assert_eq!(desk.row(&key, "one").delivery, Delivery::Checking);
    desk.pass_seconds(1);
    assert_eq!(desk.writes(), [], "first it is found out whether the server is there at all");
    probe(&mut desk, Ok(Reply::Alive(Limits::default())));
    assert_eq!(desk.writes(), first);
    assert_eq!(desk.row(&key, "one").delivery, Delivery::Checking, "also while it is asked again");
    desk.answer(answered(1, "ok"));
    assert_eq!(desk.texts(&key), ["user: one", "assistant: ok"]);
}

#[test]
fn a_crash_before_the_answer_sends_the_same_message_under_the_same_key() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    let first = desk.writes();
    let again = desk.restart(2);
    assert_eq!(again.writes(), first);
}

#[test]
fn a_crash_after_the_create_was_committed_asks_for_the_same_case_again() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let first = desk.writes();
    let mut again = desk.restart(2);
    assert_eq!(again.writes(), first);
    again.answer(Ok(Reply::Case(case("c-1", 0))));
    assert!(matches!(again.writes()[..], [Request::SubmitTurn { .. }]));
}

#[test]
fn nothing_in_one_case_waits_for_another_case() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "first");
    let second = desk.settled_case("c-2", "second");
    desk.say(Some(&first), "slow");
    desk.say(Some(&second), "quick");
    assert_eq!(desk.writes().len(), 2);
}

#[test]
fn offline_messages_queue_in_order_in_two_cases_and_go_out_once_on_return() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "first");
    let second = desk.settled_case("c-2", "second");
    desk.say(Some(&first), "a1");
    desk.answer(failed(FailureClass::Offline));
    desk.say(Some(&second), "b1");
    desk.say(Some(&first), "a2");
    assert_eq!(desk.writes(), []);
    assert_eq!(desk.core.view().status().waiting, 3);
    desk.wish(Intent::Open(Some(first.clone())));
    assert_eq!(desk.row(&first, "a1").delivery, Delivery::WaitingOffline);
    assert_eq!(desk.row(&first, "a2").delivery, Delivery::WaitingOffline);
    for _ in 0..3 {
        desk.pass_seconds(40);
        desk.answer_all(|request| matches!(request, Request::Probe).then(|| failed(FailureClass::Offline)));
    }
    desk.wish(Intent::TryNow);
    desk.answer_all(|request| matches!(request, Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
    let mut sent = Vec::new();
    desk.answer_all(|request| match request {
        Request::SubmitTurn { case, turn, .. } => {
            sent.push(format!("{case} {}", turn.text));
            Some(answered(
                2 + u32::from(sent.iter().filter(|s| s.starts_with(case.as_str())).count() > 1),
                "ok",
            ))
        }
        _ => None,
    });
    assert_eq!(sent.len(), 3);
    let in_first: Vec<_> = sent.iter().filter(|s| s.starts_with("c-1")).collect();
    assert_eq!(in_first, ["c-1 a1", "c-1 a2"]);
}

#[test]
fn the_server_asks_for_a_minute_and_nothing_at_all_is_asked_of_it_for_a_minute() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "first");
    let second = desk.settled_case("c-2", "second");
    desk.say(Some(&first), "a");
    desk.answer(busy(60));
    desk.say(Some(&second), "b");
    desk.pass_seconds(59);
    assert_eq!(desk.open, []);
    desk.pass_seconds(3);
    assert_eq!(desk.writes().len(), 2);
}

#[test]
fn the_gate_holds_over_a_restart() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "first");
    desk.say(Some(&first), "a");
    desk.answer(busy(60));
    desk.pass_seconds(20);
    let mut again = desk.restart(2);
    again.pass_seconds(39);
    assert_eq!(again.writes(), []);
    again.pass_seconds(2);
    assert_eq!(again.writes().len(), 1);
}

#[test]
fn an_hour_of_waiting_is_never_an_automatic_retry() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "first");
    desk.say(Some(&first), "a");
    desk.answer(busy(3600));
    desk.pass_seconds(7200);
    assert_eq!(desk.writes(), []);
    let Delivery::Failed { not_before, .. } = desk.row(&first, "a").delivery else { panic!("parked") };
    assert_eq!(not_before, None, "the time is over, the button works");
    desk.wish(Intent::Retry(desk.operation(&first, "a")));
    // Its key is older than the server keeps keys, so the list is read before it leaves.
    let known = vec![row("m-1", Role::User, 1, "first"), row("m-2", Role::Assistant, 1, "Look at the pool.")];
    desk.list("c-1", known);
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_session_is_renewed_once_for_any_number_of_refusals() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=3).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    for key in &keys {
        desk.say(Some(key), "again");
    }
    assert_eq!(desk.writes().len(), 3);
    desk.answer_all(|request| is_write(request).then(|| failed(FailureClass::TokenRefused)));
    let renewals = desk.open.iter().filter(|(_, request)| *request == Request::RenewToken).count();
    assert_eq!((renewals, desk.writes().len()), (1, 0));
    desk.answer_all(|request| (*request == Request::RenewToken).then_some(Ok(Reply::Renewed)));
    assert_eq!(desk.writes().len(), 3);
}

#[test]
fn a_refused_renewal_pauses_everything_and_keeps_everything() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::TokenRefused));
    desk.answer_all(|request| (*request == Request::RenewToken).then(|| failed(FailureClass::TokenRefused)));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::WaitingSignIn);
    desk.pass_seconds(600);
    assert_eq!(desk.writes(), []);
    desk.step(copilot_core::Event::SignedIn);
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_message_whose_key_may_have_expired_is_looked_for_before_it_is_sent_again() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::Offline));
    // Offline means that it did not leave; but the record of the attempt says that it might have.
    let mut desk = desk.restart(2);
    desk.answer_all(|request| is_write(request).then(|| failed(FailureClass::Offline)));
    desk.pass_seconds(3700);
    desk.answer_all(|request| matches!(request, Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
    assert_eq!(desk.writes(), [], "the list is read first");
    desk.list(
        "c-1",
        vec![
            row("m-1", Role::User, 1, "first"),
            row("m-2", Role::Assistant, 1, "Look at the pool."),
            row("m-3", Role::User, 2, "second"),
            row("m-4", Role::Assistant, 2, "It had arrived."),
        ],
    );
    assert_eq!(desk.writes(), []);
    desk.wish(Intent::Open(Some(key.clone())));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: It had arrived."]);
}

#[test]
fn a_server_that_answers_probes_and_nothing_else_is_asked_ever_more_rarely() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let mut attempts = 0;
    for _ in 0..120 {
        desk.answer_all(|request| match request {
            Request::Probe => Some(Ok(Reply::Alive(Limits::default()))),
            Request::SubmitTurn { .. } => {
                attempts += 1;
                Some(failed(FailureClass::Offline))
            }
            _ => Some(failed(FailureClass::Offline)),
        });
        desk.pass_seconds(1);
    }
    assert!((5..12).contains(&attempts), "1, 2, 4, … 30 s between attempts: {attempts} in two minutes");
    assert_eq!(desk.row(&key, "second").delivery, Delivery::WaitingOffline);
}

#[test]
fn a_server_that_is_down_costs_no_tries_although_a_browser_cannot_tell_it_from_a_lost_answer() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.notices.clear();
    desk.say(Some(&key), "second");
    for _ in 0..20 {
        desk.answer_all(|request| is_write(request).then(|| failed(FailureClass::Uncertain)));
        probe(&mut desk, failed(FailureClass::Offline));
        desk.pass_seconds(31);
    }
    assert_eq!(desk.row(&key, "second").delivery, Delivery::WaitingOffline);
    let said_all_sent = |notice: &Notice| *notice == Notice::Announce(copilot_core::Announcement::AllSent);
    assert!(!desk.notices.iter().any(said_all_sent), "{:?}", desk.notices);
    desk.wish(Intent::TryNow);
    probe(&mut desk, Ok(Reply::Alive(Limits::default())));
    desk.answer(answered(2, "two"));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn what_did_not_leave_costs_no_try() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    for _ in 0..6 {
        desk.answer(failed(FailureClass::Offline));
        desk.wish(Intent::TryNow);
        probe(&mut desk, Ok(Reply::Alive(Limits::default())));
    }
    for _ in 0..2 {
        desk.answer(failed(FailureClass::TokenRefused));
        desk.answer_all(|request| (*request == Request::RenewToken).then_some(Ok(Reply::Renewed)));
    }
    for _ in 0..4 {
        desk.answer(server_problem());
        desk.pass_seconds(60);
        assert_eq!(
            desk.writes().len(),
            1,
            "the server had a problem with it: that is a try, and there are five"
        );
    }
    desk.answer(server_problem());
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
}

#[test]
fn a_message_that_was_given_up_and_stands_in_the_list_all_the_same_was_sent() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    (0..5).for_each(|_| {
        desk.answer(server_problem());
        desk.pass_seconds(60);
    });
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
    assert_eq!(desk.core.view().status().not_sent, 1);
    let before = desk.keys(&key);
    desk.step(Event::Page(Lifecycle::Shown));
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("second", "two")]));
    desk.pass_seconds(3);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
    assert_eq!(desk.keys(&key)[..3], before[..3], "it is the same row");
    assert_eq!((desk.core.view().status().not_sent, desk.core.inspect().operations.len()), (0, 0));
}

#[test]
fn a_message_that_left_later_than_it_is_by_this_clock_is_looked_for_before_it_is_sent_again() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    assert_eq!(desk.writes().len(), 1);
    // The clock was set back by a day: how old the key is nobody knows.
    desk.now.wall.0 -= 24 * 3600 * 1000;
    let mut desk = desk.restart(2);
    assert_eq!(desk.writes(), []);
    desk.list("c-1", talk(&[("first", "Look at the pool.")]));
    assert_eq!(desk.writes().len(), 1, "the list does not have it");
}

#[test]
fn only_a_message_without_a_route_is_announced_to_wait_for_one() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let waits = Notice::Announce(copilot_core::Announcement::WaitingOffline);
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::TokenRefused));
    assert!(!desk.notices.contains(&waits), "a token is renewed in silence");
    desk.answer_all(|request| (*request == Request::RenewToken).then_some(Ok(Reply::Renewed)));
    desk.answer(failed(FailureClass::Offline));
    assert_eq!(desk.notices.iter().filter(|notice| **notice == waits).count(), 1);
}
