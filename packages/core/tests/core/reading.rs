//! What is read and when: pages in and out, older rows, rows that come late, and nothing that nobody looks at.

use copilot_core::ids::CaseKey;
use copilot_core::model::{RealCase, RealMessage, Role};
use copilot_core::request::{Limits, Page, Reply, Request};
use copilot_core::{Event, Intent, Lifecycle, Link, Millis};

use crate::support::*;

/// A talk of this many rows, two a turn.
fn long(rows: u32) -> Vec<RealMessage> {
    let row_of = |n: u32| {
        let role = if n.is_multiple_of(2) { Role::User } else { Role::Assistant };
        row(&format!("m-{}", n + 1), role, n / 2 + 1, &format!("line {n}"))
    };
    (0..rows).map(row_of).collect()
}

/// Answers pages of messages and remembers what was asked: offset, limit.
fn pages(desk: &mut Desk, rows: &[RealMessage]) -> Vec<(u32, u32)> {
    let mut asked = Vec::new();
    let total = u32::try_from(rows.len()).unwrap();
    desk.answer_all(|request| match request {
        Request::ListMessages { offset, limit, .. } => {
            asked.push((*offset, *limit));
            let from = usize::try_from(*offset).unwrap();
            let part: Vec<_> =
                rows.iter().skip(from).take(usize::try_from(*limit).unwrap()).cloned().collect();
            let has_more = from + part.len() < rows.len();
            Some(Ok(Reply::Messages(Page { total: Some(total), has_more, ..page(part) })))
        }
        Request::ReadCase { .. } => Some(Ok(Reply::Case(case("c-1", total / 2)))),
        _ => None,
    });
    asked
}

/// A case of the server with so many rows, opened.
fn opened(rows: u32) -> (Desk, CaseKey) {
    let mut desk = Desk::new();
    desk.pass_seconds(61);
    let theirs = case("c-1", rows / 2);
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![theirs.clone()])))),
        _ => None,
    });
    let key = CaseKey::of_server(&real("c-1"));
    desk.wish(Intent::Open(Some(key.clone())));
    (desk, key)
}

#[test]
fn a_case_is_opened_at_its_end_and_read_upwards_when_the_person_scrolls() {
    let (mut desk, key) = opened(350);
    assert!(desk.core.view().is_loading(&key));
    let rows = long(350);
    assert_eq!(pages(&mut desk, &rows), [(260, 100)]);
    assert!(!desk.core.view().is_loading(&key));
    assert_eq!((desk.rows(&key).len(), desk.core.view().has_older(&key)), (90, true));
    for (asked, shown) in [((160, 100), 190), ((60, 100), 290), ((0, 60), 350)] {
        desk.wish(Intent::LoadOlder);
        assert_eq!((pages(&mut desk, &rows), desk.rows(&key).len()), (vec![asked], shown));
    }
    assert!(!desk.core.view().has_older(&key));
    desk.wish(Intent::LoadOlder);
    assert_eq!(pages(&mut desk, &rows), [], "there is nothing above the first row");
    let texts: Vec<_> = desk.rows(&key).iter().map(|row| row.text.to_string()).collect();
    assert_eq!(texts, (0..350).map(|n| format!("line {n}")).collect::<Vec<_>>());
}

#[test]
fn a_short_case_is_read_whole() {
    let (mut desk, key) = opened(20);
    assert_eq!(pages(&mut desk, &long(20)), [(0, 100)]);
    assert_eq!((desk.rows(&key).len(), desk.core.view().has_older(&key)), (20, false));
}

#[test]
fn more_rows_than_a_page_are_read_on_and_the_next_look_reads_the_end_with_some_overlap() {
    let (mut desk, key) = opened(2);
    assert_eq!(pages(&mut desk, &long(230)), [(0, 100), (100, 100), (200, 100)]);
    desk.step(Event::Page(Lifecycle::Shown));
    assert_eq!(pages(&mut desk, &long(232)), [(220, 100)]);
    assert_eq!(desk.rows(&key).len(), 232);
}

#[test]
fn a_list_that_became_shorter_is_read_at_its_new_end_and_takes_nothing_away() {
    let (mut desk, key) = opened(60);
    pages(&mut desk, &long(60));
    desk.step(Event::Page(Lifecycle::Shown));
    assert_eq!(pages(&mut desk, &long(30)), [(50, 100), (20, 100)]);
    assert_eq!(desk.rows(&key).len(), 60);
}

#[test]
fn the_list_is_read_every_minute_while_the_window_is_seen_and_not_otherwise() {
    let mut desk = Desk::new();
    let lists = |desk: &Desk| {
        desk.open.iter().filter(|(_, request)| matches!(request, Request::ListCases { .. })).count()
    };
    desk.pass(Millis(59_999));
    assert_eq!(lists(&desk), 0);
    desk.pass(Millis(1));
    assert_eq!(lists(&desk), 1);
    desk.greet();
    desk.step(Event::Page(Lifecycle::Hidden));
    desk.pass_seconds(600);
    assert_eq!(lists(&desk), 0);
    desk.step(Event::Page(Lifecycle::Shown));
    assert_eq!(lists(&desk), 1);
    desk.pass_seconds(600);
    assert_eq!(lists(&desk), 1, "one at a time");
}

#[test]
fn a_long_list_is_read_page_by_page() {
    let mut desk = Desk::new();
    desk.pass_seconds(61);
    let mut asked = Vec::new();
    desk.answer_all(|request| match request {
        Request::ListCases { offset, limit } => {
            asked.push((*offset, *limit));
            let ids = *offset..(*offset + 100).min(250);
            let rows: Vec<RealCase> = ids.map(|n| case(&format!("c-{n}"), 1)).collect();
            Some(Ok(Reply::Cases(Page { has_more: *offset < 200, ..page(rows) })))
        }
        _ => None,
    });
    assert_eq!(asked, [(0, 100), (100, 100), (200, 100)]);
    assert_eq!(desk.core.view().group(copilot_core::view::Group::Active).len(), 250);
}

#[test]
fn at_most_two_readings_are_open_and_what_is_looked_at_comes_first() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=4).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    desk.wish(Intent::Open(Some(keys[3].clone())));
    desk.open.clear();
    let mut desk = desk.restart(2);
    keys.iter().for_each(|key| desk.wish(Intent::Open(Some(key.clone()))));
    assert!(desk.open.len() <= 2, "{:?}", desk.open);
    let mut read = Vec::new();
    while let Some((id, request)) = desk.open.first().cloned() {
        desk.open.remove(0);
        if let Request::ListMessages { case, .. } = &request {
            read.push(case.as_str().to_owned());
        }
        desk.step(Event::Answered(id, Ok(Reply::Messages(page(Vec::new())))));
        assert!(desk.open.len() <= 2);
    }
    assert!(read.contains(&"c-4".to_owned()), "{read:?}");
}

#[test]
fn every_case_that_is_to_be_read_has_its_turn_however_often_others_are_answered() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=4).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    desk.wish(Intent::Open(None));
    desk.step(Event::Link(Link::Offline));
    for key in &keys {
        (0..5).for_each(|n| desk.say(Some(key), &format!("again {n}")));
    }
    desk.step(Event::Link(Link::Online));
    let (mut turn, mut read) = (1, Vec::new());
    while let Some((id, request)) = desk.open.first().cloned() {
        desk.open.remove(0);
        let outcome = match request {
            Request::SubmitTurn { .. } => {
                turn += 1;
                answered(turn, "Look at the pool.")
            }
            Request::ListMessages { case, .. } => {
                read.push(case.as_str().to_owned());
                Ok(Reply::Messages(page(Vec::new())))
            }
            _ => Ok(Reply::Alive(Limits::default())),
        };
        desk.step(Event::Answered(id, outcome));
    }
    assert_eq!(read[4..8], ["c-1", "c-2", "c-3", "c-4"], "{read:?}");
}

#[test]
fn the_rows_of_the_twelve_last_cases_stay_in_memory_and_come_back_from_the_cache() {
    let mut desk = Desk::new();
    let keys: Vec<_> =
        (1..=15).map(|n| desk.settled_case(&format!("c-{n}"), &format!("first {n}"))).collect();
    let resident =
        |desk: &Desk| keys.iter().filter(|key| !desk.core.view().transcript(key).is_empty()).count();
    assert_eq!(resident(&desk), 12);
    assert_eq!(desk.rows(&keys[0]).len(), 0);
    desk.step(Event::Link(Link::Offline));
    desk.wish(Intent::Open(Some(keys[0].clone())));
    assert_eq!(desk.texts(&keys[0]), ["user: first 1", "assistant: Look at the pool."]);
    assert_eq!(resident(&desk), 12, "another one made room");
}

#[test]
fn a_case_with_unsent_work_is_never_paged_out() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-0", "first");
    desk.say(Some(&first), "unsent");
    desk.answer(rejected(copilot_core::Rejection::Quota));
    for n in 1..=14 {
        desk.settled_case(&format!("c-{n}"), "other");
    }
    assert_eq!(desk.texts(&first).last().map(String::as_str), Some("user: unsent"));
}

#[test]
fn nothing_is_read_while_there_is_no_route_and_everything_when_there_is_one_again() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Link(Link::Offline));
    desk.step(Event::Page(Lifecycle::Shown));
    desk.wish(Intent::Open(None));
    desk.wish(Intent::Open(Some(key)));
    assert!(desk.open.iter().all(|(_, request)| *request == Request::Probe), "{:?}", desk.open);
    desk.wish(Intent::TryNow);
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
    assert!(desk.open.iter().any(|(_, request)| matches!(request, Request::ListCases { offset: 0, .. })));
    assert!(desk.open.iter().any(|(_, request)| matches!(request, Request::ListMessages { .. })));
}

#[test]
fn rows_without_turn_numbers_stand_by_time_then_by_arrival() {
    let (mut desk, key) = opened(2);
    let plain = |id: &str, at: u64, text: &str| RealMessage {
        turn: None,
        created: copilot_core::ServerTime(at),
        ..row(id, Role::User, 1, text)
    };
    let rows = [plain("m-9", 5, "b"), plain("m-1", 5, "c"), plain("m-5", 1, "a")];
    pages(&mut desk, &rows);
    assert_eq!(desk.texts(&key), ["user: a", "user: b", "user: c"]);
}

#[test]
fn a_case_without_rows_is_read_once() {
    let (mut desk, key) = opened(2);
    assert_eq!(pages(&mut desk, &[]), [(0, 100)]);
    assert_eq!((desk.rows(&key).len(), desk.core.view().is_loading(&key)), (0, false));
    desk.pass_seconds(30);
    assert_eq!(pages(&mut desk, &[]), []);
}

#[test]
fn a_page_that_promises_more_and_brings_nothing_ends_the_reading() {
    let (mut desk, _) = opened(20);
    let mut asked = 0;
    desk.answer_all(|request| match request {
        Request::ListMessages { .. } if asked < 10 => {
            asked += 1;
            Some(Ok(Reply::Messages(Page { total: Some(20), has_more: true, ..page(Vec::new()) })))
        }
        _ => None,
    });
    assert_eq!(asked, 1);
}

#[test]
fn a_case_that_moved_on_elsewhere_is_read_again_while_it_is_open_and_only_then() {
    let mut desk = Desk::new();
    let (other, open) = (desk.settled_case("c-1", "first"), desk.settled_case("c-2", "first"));
    assert_eq!(desk.core.view().open(), Some(&open));
    desk.pass_seconds(61);
    let moved = [case("c-1", 3), case("c-2", 3)];
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(moved.to_vec())))),
        _ => None,
    });
    let read = |desk: &Desk| -> Vec<_> {
        let reads = desk.open.iter().filter_map(|(_, request)| match request {
            Request::ListMessages { case, .. } => Some(case.clone()),
            _ => None,
        });
        reads.collect()
    };
    assert_eq!(read(&desk), [real("c-2")]);
    desk.list("c-2", talk(&[("first", "Look at the pool."), ("second", "two"), ("third", "three")]));
    assert_eq!(desk.texts(&open).len(), 6);
    // A list that says the same again is no news.
    desk.pass_seconds(61);
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(moved.to_vec())))),
        _ => None,
    });
    assert_eq!(read(&desk), []);
    assert!(desk.core.view().transcript(&other).len() <= 2);
}

#[test]
fn a_message_in_doubt_is_looked_for_at_the_end_of_a_long_case() {
    let (mut desk, key) = opened(90);
    pages(&mut desk, &long(90));
    desk.say(Some(&key), "one more");
    desk.answer(failed(copilot_core::FailureClass::Offline));
    desk.pass_seconds(3700);
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
    let mut looked = Vec::new();
    desk.answer_all(|request| match request {
        Request::ListMessages { offset, .. } => {
            looked.push(*offset);
            None
        }
        _ => None,
    });
    assert!(looked.iter().all(|offset| *offset == 80), "ten rows of overlap: {looked:?}");
    assert_eq!(desk.writes(), [], "not before the list was read");
}

#[test]
fn a_row_that_is_missing_is_looked_for_where_it_may_stand() {
    let (mut desk, key) = opened(40);
    let mut rows = long(40);
    pages(&mut desk, &rows);
    desk.say(Some(&key), "one more");
    desk.answer(answered(21, "It is the pool."));
    // The question is listed at once, the answer later: before the rows that came since, or behind them.
    rows.push(row("m-41", Role::User, 21, "one more"));
    pages(&mut desk, &rows);
    desk.pass_seconds(2);
    assert_eq!(pages(&mut desk, &rows), [(29, 100)], "ten rows before the last one of the turns before");
    rows.push(row("m-42", Role::Assistant, 21, "It is the pool."));
    desk.pass_seconds(5);
    assert_eq!(pages(&mut desk, &rows), [(29, 100)]);
    desk.pass_seconds(300);
    assert_eq!(desk.core.inspect().operations, [], "nothing is missing any more");
}

#[test]
fn a_case_that_is_to_be_read_again_while_it_is_being_read_is_read_again() {
    let (mut desk, key) = opened(2);
    pages(&mut desk, &long(2));
    let reads = |desk: &Desk| {
        desk.open.iter().filter(|(_, request)| matches!(request, Request::ReadCase { .. })).count()
    };
    let turn = |desk: &mut Desk, number: u32| {
        desk.say(Some(&key), "more");
        desk.answer(answered(number, "more"));
    };
    turn(&mut desk, 2);
    assert_eq!(desk.open.len(), 2, "as many reads as may be open: {:?}", desk.open);
    assert_eq!(reads(&desk), 1);
    turn(&mut desk, 3);
    assert_eq!(reads(&desk), 1, "no more may be open");
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::ReadCase { .. })).unwrap();
    let (id, _) = desk.open.remove(at);
    desk.step(Event::Answered(id, Ok(Reply::Case(case("c-1", 2)))));
    assert_eq!(reads(&desk), 1, "what the third turn made of the case is not known yet: {:?}", desk.open);
}
