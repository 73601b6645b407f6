//! The defect of 2025 by name: a server whose `/messages` omits assistant rows. An answer that was seen once
//! never disappears: not by a refresh, a reload, a sign-out or a sign-in.

use copilot_core::ids::CaseKey;
use copilot_core::model::{RealMessage, Role};
use copilot_core::request::{Reply, Request};
use copilot_core::{Event, FailureClass, Intent, Lifecycle};

use crate::office::Office;
use crate::support::*;

/// What such a server lists of a talk: the person's rows only.
fn without_answers(turns: &[(&str, &str)]) -> Vec<RealMessage> {
    talk(turns).into_iter().filter(|row| row.role == Role::User).collect()
}

const TALK: [(&str, &str); 3] =
    [("one", "Look at the pool."), ("two", "Raise its limit."), ("three", "Good.")];

fn shown() -> Vec<String> {
    TALK.iter()
        .flat_map(|(question, answer)| [format!("user: {question}"), format!("assistant: {answer}")])
        .collect()
}

/// A talk with such a server.
fn talked(desk: &mut Desk) -> CaseKey {
    desk.say(None, TALK[0].0);
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    for (number, (_, answer)) in (1..).zip(TALK) {
        if number > 1 {
            desk.say(Some(&key), TALK[number as usize - 1].0);
        }
        desk.answer(answered(number, answer));
        desk.list("c-1", without_answers(&TALK[..number as usize]));
    }
    key
}

#[test]
fn a_server_that_lists_no_answers_makes_none_disappear_by_any_number_of_readings() {
    let mut desk = Desk::new();
    let key = talked(&mut desk);
    for _ in 0..30 {
        desk.step(Event::Page(Lifecycle::Shown));
        desk.list("c-1", without_answers(&TALK));
        desk.pass_seconds(61);
        assert_eq!(desk.texts(&key), shown());
    }
}

#[test]
fn nor_by_any_number_of_reloads() {
    let mut desk = Desk::new();
    let key = talked(&mut desk);
    let keys = desk.keys(&key);
    for seed in 2..8 {
        desk = desk.restart(seed);
        desk.wish(Intent::Open(Some(key.clone())));
        desk.list("c-1", without_answers(&TALK));
        desk.pass_seconds(200);
        desk.list("c-1", without_answers(&TALK));
        assert_eq!(desk.texts(&key), shown());
        assert_eq!(desk.keys(&key), keys, "and nothing is drawn anew");
    }
}

#[test]
fn nor_by_signing_out_and_in_again() {
    let mut desk = Desk::new();
    let key = talked(&mut desk);
    desk.say(Some(&key), "four");
    desk.answer(failed(FailureClass::TokenRefused));
    desk.answer_all(|request| (*request == Request::RenewToken).then(|| failed(FailureClass::TokenRefused)));
    let (before, and_mine) = (shown(), "user: four".to_owned());
    assert_eq!(desk.texts(&key), [before.clone(), vec![and_mine.clone()]].concat());
    // The panel is closed while signed out, and opened again by the same person.
    let mut desk = desk.restart(2);
    desk.step(Event::SignedIn);
    desk.wish(Intent::Open(Some(key.clone())));
    desk.list("c-1", without_answers(&TALK));
    let texts: Vec<_> = desk.texts(&key).into_iter().filter(|row| row != "assistant: ").collect();
    assert_eq!(texts, [before, vec![and_mine]].concat());
}

#[test]
fn nor_in_a_window_that_was_opened_later() {
    let mut office = Office::new(1);
    let key = talked(&mut office.desks[0]);
    office.settle();
    let late = office.open_window();
    office.wish(late, Intent::Open(Some(key.clone())));
    office.list("c-1", without_answers(&TALK));
    assert_eq!(office.texts(&key), shown());
}

#[test]
fn nor_by_a_cache_that_was_evicted() {
    let mut desk = Desk::new();
    let key = talked(&mut desk);
    desk.disk.borrow_mut().messages.clear();
    desk.disk.borrow_mut().cases.clear();
    let mut desk = desk.restart(2);
    desk.wish(Intent::Open(Some(key.clone())));
    desk.list("c-1", without_answers(&TALK));
    assert_eq!(desk.texts(&key), shown());
}

#[test]
fn an_answer_that_is_listed_at_last_takes_its_place_without_a_blink() {
    let mut desk = Desk::new();
    let key = talked(&mut desk);
    let keys = desk.keys(&key);
    desk.step(Event::Page(Lifecycle::Shown));
    desk.list("c-1", talk(&TALK));
    assert_eq!((desk.texts(&key), desk.keys(&key)), (shown(), keys.clone()));
    desk.pass_seconds(3);
    assert_eq!((desk.texts(&key), desk.keys(&key)), (shown(), keys));
    assert!(desk.rows(&key).iter().all(|row| row.operation.is_none()), "now the rows are the server's");
}

#[test]
fn an_answer_that_was_listed_once_and_is_omitted_later_stays() {
    let mut desk = Desk::new();
    let key = talked(&mut desk);
    desk.step(Event::Page(Lifecycle::Shown));
    desk.list("c-1", talk(&TALK));
    desk.pass_seconds(3);
    for seed in 2..5 {
        desk.list("c-1", without_answers(&TALK));
        desk = desk.restart(seed);
        desk.wish(Intent::Open(Some(key.clone())));
        desk.list("c-1", without_answers(&TALK));
        assert_eq!(desk.texts(&key), shown());
    }
}
