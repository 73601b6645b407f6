//! The last rows of a case are on screen before the others are here, and nothing is concluded from them.

use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::Role;
use copilot_core::request::{Page, Reply, Request};
use copilot_core::view::CachedMessage;
use copilot_core::{CacheWrite, Event, Intent, StoreAck};

use crate::support::*;

/// Rows of a case as the cache has them, two a turn.
fn cached(turns: u32) -> Vec<CachedMessage> {
    let row_of = |index: u32| {
        let role = if index.is_multiple_of(2) { Role::User } else { Role::Assistant };
        let message = row(&format!("m-{}", index + 1), role, index / 2 + 1, &format!("line {index}"));
        let key = MessageKey::of_server(&message.id);
        CachedMessage { key, message, arrival: index, sent: None, attachment: None, actions: Vec::new() }
    };
    (0..2 * turns).map(row_of).collect()
}

/// A program that starts with a case in its cache that has so many turns, and that is opened. Its rows are on their way.
fn opened(turns: u32) -> (Desk, CaseKey) {
    let desk = Desk::new();
    desk.disk.borrow_mut().cache(CacheWrite::Case(case("c-1", turns).into()));
    for row in cached(turns) {
        desk.disk.borrow_mut().cache(CacheWrite::Message { case: real("c-1"), row: row.into() });
    }
    let key = CaseKey::of_server(&real("c-1"));
    (opened_again(&desk, &key), key)
}

/// The program starts again, and a case is opened. Its rows are on their way.
fn opened_again(before: &Desk, key: &CaseKey) -> Desk {
    let mut desk = Desk::asleep(before.disk.borrow().clone().shared(), 2);
    desk.now = before.now;
    desk.hold_loads = true;
    desk.boot();
    desk.greet();
    desk.wish(Intent::Open(Some(key.clone())));
    desk
}

fn end(desk: &mut Desk, rows: &[CachedMessage]) {
    desk.step(Event::Stored(StoreAck::LoadedEnd { case: real("c-1"), rows: rows.to_vec() }));
}

fn all(desk: &mut Desk, rows: &[CachedMessage]) {
    desk.step(Event::Stored(StoreAck::Loaded { case: real("c-1"), rows: rows.to_vec() }));
}

fn pages_asked(desk: &Desk) -> Vec<u32> {
    let offset = |request: &Request| match request {
        Request::ListMessages { offset, .. } => Some(*offset),
        _ => None,
    };
    desk.open.iter().filter_map(|(_, request)| offset(request)).collect()
}

#[test]
fn the_last_rows_are_shown_first_and_the_others_take_their_places_above_them() {
    let (mut desk, key) = opened(50);
    assert_eq!(desk.held_loads, [(real("c-1"), true)]);
    let rows = cached(50);
    end(&mut desk, &rows[90..]);
    assert!(!desk.core.view().is_loading(&key));
    let shown = desk.keys(&key);
    assert_eq!(shown, rows[90..].iter().map(|row| row.key.clone()).collect::<Vec<_>>());
    all(&mut desk, &rows);
    assert_eq!(desk.keys(&key), rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>());
}

#[test]
fn what_is_missing_is_asked_for_when_all_rows_are_here() {
    let (mut desk, key) = opened(50);
    let rows = cached(50);
    end(&mut desk, &rows[90..]);
    assert_eq!((pages_asked(&desk), desk.core.view().has_older(&key)), (vec![], false));
    desk.wish(Intent::LoadOlder);
    assert!(pages_asked(&desk).is_empty(), "what is above is on its way");
    all(&mut desk, &rows);
    assert_eq!(pages_asked(&desk), [90], "the end, with some overlap");
    // The same as if all had come at once.
    let (mut at_once, _) = opened(50);
    all(&mut at_once, &rows);
    at_once.wish(Intent::LoadOlder);
    assert_eq!(desk.core.digest(), at_once.core.digest());
}

#[test]
fn an_operation_whose_rows_are_among_the_last_ends_when_all_are_here() {
    let mut first = Desk::new();
    let key = first.settled_case("c-1", "line 0");
    first.say(Some(&key), "line 2");
    first.answer(answered(2, "line 3"));
    // Another window has read both rows, and this one ended before it heard of them.
    let op = first.operation(&key, "line 2");
    let mut rows = cached(2);
    for (row, shown) in rows.iter_mut().zip(first.rows(&key)) {
        row.key = shown.key;
        row.message.text = shown.text;
    }
    let mut desk = opened_again(&first, &key);
    let is_open = |desk: &Desk| desk.core.view().inspect().operations.iter().any(|open| open.id == op);
    end(&mut desk, &rows[2..]);
    desk.pass_seconds(5);
    assert!(is_open(&desk));
    all(&mut desk, &rows);
    desk.pass_seconds(5);
    assert!(!is_open(&desk));
}

#[test]
fn a_row_that_may_be_of_a_message_in_doubt_waits_for_the_others() {
    let mut first = Desk::new();
    let key = first.settled_case("c-1", "first");
    first.say(Some(&key), "again");
    let mut desk = opened_again(&first, &key);
    let mut rows = cached(3);
    rows[4].message.text = "again".into();
    let question = desk.row(&key, "again").key;
    // Whether the server has it; there is one row that says so.
    let stored = |desk: &Desk| {
        let again: Vec<_> = desk.rows(&key).into_iter().filter(|row| *row.text == *"again").collect();
        assert_eq!((again.len(), &again[0].key), (1, &question));
        again[0].created.is_some()
    };
    end(&mut desk, &rows[2..]);
    assert!(desk.texts(&key).contains(&"user: line 2".to_owned()));
    assert!(!stored(&desk), "another row that says the same may stand among those that are not here");
    all(&mut desk, &rows);
    assert!(stored(&desk));
}

#[test]
fn an_end_that_does_not_say_where_reading_goes_on_is_not_shown() {
    let (mut desk, key) = opened(50);
    let mut rows = cached(50);
    rows.iter_mut().skip(80).for_each(|row| row.message.role = Role::System);
    end(&mut desk, &rows[90..]);
    assert_eq!(desk.rows(&key).len(), 0);
    all(&mut desk, &rows);
    assert_eq!(desk.rows(&key).len(), 100);
}

#[test]
fn whoever_comes_back_to_a_case_finds_the_place_where_they_read() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=15).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    desk.hold_loads = true;
    desk.wish(Intent::Open(Some(keys[0].clone())));
    assert_eq!(desk.held_loads, [(real("c-1"), false)], "it was taken out of memory");
    end(&mut desk, &cached(2));
    assert_eq!(desk.rows(&keys[0]).len(), 0);
}

#[test]
fn an_end_that_comes_late_or_for_nobody_changes_nothing() {
    let (mut desk, key) = opened(50);
    let rows = cached(50);
    all(&mut desk, &rows[..60]);
    let before = desk.core.digest();
    end(&mut desk, &rows[90..]);
    assert_eq!(desk.core.digest(), before, "all were here");
    desk.wish(Intent::Delete(key));
    desk.pass_seconds(9);
    desk.answer(Ok(Reply::Done));
    let before = desk.core.digest();
    end(&mut desk, &rows[90..]);
    assert_eq!(desk.core.digest(), before, "it is deleted");
}

#[test]
fn rows_of_the_server_that_came_in_between_are_newer_than_the_caches() {
    let (mut desk, key) = opened(50);
    let rows = cached(50);
    end(&mut desk, &rows[96..]);
    all(&mut desk, &rows);
    let edited = row("m-100", Role::Assistant, 50, "line 99, edited");
    desk.answer_all(|request| match request {
        Request::ListMessages { .. } => {
            Some(Ok(Reply::Messages(Page { total: Some(100), ..page(vec![edited.clone()]) })))
        }
        _ => None,
    });
    all(&mut desk, &rows);
    assert_eq!(desk.texts(&key).last().map(String::as_str), Some("assistant: line 99, edited"));
}
