//! Servers that may keep no idempotency keys (contract 4.1, rule 5): what is in doubt is looked for, and sent again
//! only when it cannot be running any more and is not there.

use copilot_core::ids::CaseKey;
use copilot_core::model::{RealCase, RealMessage, Role};
use copilot_core::operation::ExportedState;
use copilot_core::request::{Limits, Outcome, Reply, Request};
use copilot_core::view::Delivery;
use copilot_core::{Event, FailureClass, Millis};

use crate::office::Office;
use crate::support::*;

fn keyless() -> Limits {
    Limits { key_lifetime: Millis(0), ..Limits::default() }
}

/// A window at such a server, with a case of one turn.
fn desk() -> (Desk, CaseKey) {
    let mut desk = Desk::new();
    desk.step(Event::Server(keyless()));
    let key = desk.settled_case("c-1", "first");
    (desk, key)
}

fn rows(texts: &[(&str, &str)]) -> Vec<RealMessage> {
    talk(texts)
}

/// Answers the question for the list and whether the server is there, and says how often the list was read.
fn look(desk: &mut Desk, listed: &[RealMessage]) -> usize {
    let mut looks = 0;
    desk.answer_all(|request| match request {
        Request::ListMessages { offset, .. } => {
            looks += 1;
            let skip = usize::try_from(*offset).unwrap();
            Some(Ok(Reply::Messages(page(listed.iter().skip(skip).cloned().collect()))))
        }
        Request::Probe => Some(Ok(Reply::Alive(keyless()))),
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(Vec::new())))),
        Request::ReadCase { .. } => Some(Ok(Reply::Case(case("c-1", 0)))),
        _ => None,
    });
    looks
}

fn turns_sent(desk: &Desk) -> usize {
    desk.sent.iter().filter(|request| matches!(request, Request::SubmitTurn { .. })).count()
}

#[test]
fn a_message_is_sent_without_a_look_and_after_a_clear_no_as_well() {
    let (mut desk, key) = desk();
    desk.say(Some(&key), "second");
    assert_eq!(turns_sent(&desk), 2, "nothing is in doubt");
    desk.answer(server_problem());
    desk.pass_seconds(2);
    assert_eq!(turns_sent(&desk), 3, "the server said that nothing ran");
    desk.answer(answered(2, "two"));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_message_whose_answer_was_lost_is_found_in_the_list_and_never_sent_again() {
    let (mut desk, key) = desk();
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::Uncertain));
    let whole = rows(&[("first", "Look at the pool."), ("second", "two")]);
    for _ in 0..20 {
        look(&mut desk, &whole);
        desk.pass_seconds(10);
    }
    assert_eq!(turns_sent(&desk), 2, "the first of the case, and this one once");
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
    assert_eq!(desk.core.inspect().operations, []);
}

#[test]
fn a_message_that_is_not_listed_is_sent_again_when_the_first_attempt_cannot_be_running_any_more() {
    let (mut desk, key) = desk();
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::Uncertain));
    let before = rows(&[("first", "Look at the pool.")]);
    for _ in 0..11 {
        look(&mut desk, &before);
        desk.pass_seconds(10);
        assert_eq!(turns_sent(&desk), 2, "a server works on a turn for two minutes");
        assert_eq!(desk.row(&key, "second").delivery, Delivery::Checking);
    }
    desk.pass_seconds(11);
    assert_eq!(turns_sent(&desk), 2, "not before the list was read once more");
    look(&mut desk, &before);
    assert_eq!(turns_sent(&desk), 3);
    desk.answer(answered(2, "two"));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_message_that_cannot_be_looked_for_may_have_arrived_after_the_last_of_all_tries() {
    let (mut desk, key) = desk();
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::Uncertain));
    let mut looks = 0;
    for _ in 0..20 {
        desk.answer_all(|request| match request {
            Request::Probe => Some(Ok(Reply::Alive(keyless()))),
            Request::ListMessages { .. } => {
                looks += 1;
                Some(server_problem())
            }
            _ => None,
        });
        if matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }) {
            break;
        }
        desk.pass_seconds(61);
    }
    let Delivery::Failed { failure, .. } = desk.row(&key, "second").delivery else {
        panic!("it needs the person")
    };
    assert_eq!((failure.class, turns_sent(&desk)), (FailureClass::Uncertain, 2));
    assert_eq!(looks, 4, "with the one that was sent, five tries");
}

#[test]
fn a_message_that_was_under_way_when_the_program_ended_is_looked_for_first() {
    let (mut desk, key) = desk();
    desk.say(Some(&key), "second");
    let (disk, now) = (desk.disk.clone(), desk.now);
    let mut desk = Desk::asleep(disk, 2);
    (desk.now, desk.alone) = (now, false);
    desk.boot();
    // What an earlier run knew of the server is known before anything is sent.
    desk.step(Event::Server(keyless()));
    desk.grant_lease();
    assert_eq!(turns_sent(&desk), 0);
    let whole = rows(&[("first", "Look at the pool."), ("second", "two")]);
    look(&mut desk, &whole);
    desk.pass_seconds(300);
    look(&mut desk, &whole);
    assert_eq!(turns_sent(&desk), 0, "it had run");
    desk.wish(copilot_core::Intent::Open(Some(key.clone())));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_window_that_takes_over_the_sending_looks_for_what_the_last_one_sent() {
    let mut office = Office::new(2);
    office.desks.iter_mut().for_each(|desk| desk.step(Event::Server(keyless())));
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    assert_eq!(turns_sent(&office.desks[0]), 2);
    office.take_lease();
    assert_eq!(office.sender, Some(1));
    assert_eq!(turns_sent(&office.desks[1]), 0);
    office.list("c-1", rows(&[("first", "Look at the pool."), ("second", "two")]));
    office.pass_seconds(300);
    assert_eq!(office.sent_texts(), ["first", "second"]);
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
}

/// A create whose answer was lost, at a server that lists these cases.
fn lost_create(listed: &[RealCase]) -> Desk {
    let mut desk = Desk::new();
    desk.step(Event::Server(keyless()));
    desk.say(None, "first");
    desk.answer(failed(FailureClass::Uncertain));
    for _ in 0..20 {
        desk.answer_all(|request| -> Option<Outcome> {
            match request {
                Request::Probe => Some(Ok(Reply::Alive(keyless()))),
                Request::ListCases { .. } => Some(Ok(Reply::Cases(page(listed.to_vec())))),
                _ => None,
            }
        });
        desk.pass_seconds(10);
    }
    desk
}

fn creates(desk: &Desk) -> usize {
    desk.sent.iter().filter(|request| matches!(request, Request::CreateCase { .. })).count()
}

#[test]
fn a_case_whose_making_is_in_doubt_is_found_in_the_list_and_not_made_twice() {
    let made = RealCase { title: None, ..case("c-7", 0) };
    let desk = lost_create(&[made]);
    assert_eq!((creates(&desk), turns_sent(&desk)), (1, 1));
    assert!(
        desk.sent
            .iter()
            .any(|request| matches!(request, Request::SubmitTurn { case, .. } if *case == real("c-7")))
    );
}

#[test]
fn a_case_that_was_not_made_is_made_again_when_that_is_sure() {
    let desk = lost_create(&[]);
    assert_eq!(creates(&desk), 2);
}

#[test]
fn a_server_that_keeps_keys_is_asked_again_at_once() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::Uncertain));
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
    desk.pass_seconds(2);
    assert_eq!(turns_sent(&desk), 3, "the same key and bytes, no reading first");
    assert_eq!(desk.row(&key, "second").role, Role::User);
}

#[test]
fn after_a_restart_nothing_in_doubt_is_sent_before_the_server_has_said_whether_it_keeps_keys() {
    let (mut desk, key) = desk();
    desk.say(Some(&key), "second");
    let mut again = Desk::asleep(desk.disk.borrow().clone().shared(), 2);
    again.now = desk.now;
    again.boot();
    assert_eq!(turns_sent(&again), 0, "the server has not said anything yet");
    // The question is lost and the server is there: what may have run is looked for first.
    again.answer_all(|request| match request {
        Request::Probe => Some(server_problem()),
        _ => None,
    });
    let whole = rows(&[("first", "Look at the pool."), ("second", "two")]);
    for _ in 0..20 {
        look(&mut again, &whole);
        again.pass_seconds(10);
    }
    assert_eq!(turns_sent(&again), 0, "it had run");
    assert_eq!(again.core.inspect().operations, []);
}

#[test]
fn two_cases_that_are_looked_for_at_once_do_not_wait_for_each_other() {
    let mut desk = Desk::new();
    desk.step(Event::Server(keyless()));
    for text in ["one", "two"] {
        desk.wish(copilot_core::Intent::Open(None));
        desk.say(None, text);
    }
    let looks = |desk: &Desk| {
        let lists = desk.open.iter().filter(|(_, request)| matches!(request, Request::ListCases { .. }));
        lists.map(|(id, _)| *id).collect::<Vec<_>>()
    };
    desk.answer_all(|request| match request {
        Request::CreateCase { .. } => Some(failed(FailureClass::Uncertain)),
        Request::Probe => Some(Ok(Reply::Alive(keyless()))),
        _ => None,
    });
    for _ in 0..20 {
        if looks(&desk).len() < 2 {
            desk.pass(Millis(500));
        }
    }
    let first = looks(&desk)[0];
    assert_eq!(looks(&desk).len(), 2, "both look");
    desk.open.retain(|(id, _)| *id != first);
    desk.step(Event::Answered(first, Ok(Reply::Cases(page(vec![case("c-1", 0)])))));
    // Which of the two that case is nobody can tell: the person decides, and nobody waits.
    let operations = desk.core.inspect().operations;
    assert_eq!(operations.iter().filter(|view| view.state == ExportedState::Failed).count(), 1);
}
