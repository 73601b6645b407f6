//! Answers that the server's history has lost: the copy on this device is kept, and the row says so.

use copilot_core::ids::CaseKey;
use copilot_core::model::{RealMessage, Role};
use copilot_core::request::{Page, Reply, Request};
use copilot_core::view::Delivery;
use copilot_core::{Event, Lifecycle};

use crate::support::*;

const ANSWER: &str = "Look at the pool.";

fn asked() -> Vec<RealMessage> {
    vec![row("m-1", Role::User, 1, "first")]
}

fn both() -> Vec<RealMessage> {
    talk(&[("first", ANSWER)])
}

/// The server answers every read of the case with one page.
fn reads(desk: &mut Desk, rows: &[RealMessage], has_more: bool) -> usize {
    let mut reads = 0;
    desk.answer_all(|request| match request {
        Request::ListMessages { .. } => {
            reads += 1;
            // Pages behind the first are left unanswered.
            (reads == 1).then(|| Ok(Reply::Messages(Page { has_more, ..page(rows.to_vec()) })))
        }
        Request::ReadCase { .. } => Some(Ok(Reply::Case(case("c-1", 1)))),
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(Vec::new())))),
        _ => None,
    });
    reads
}

fn settled() -> (Desk, CaseKey) {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Page(Lifecycle::Shown));
    (desk, key)
}

#[test]
fn an_answer_that_the_list_leaves_out_for_a_minute_is_kept_and_said_to_be_only_here() {
    let (mut desk, key) = settled();
    reads(&mut desk, &asked(), false);
    assert_eq!(reads(&mut desk, &asked(), false), 0, "not looked for before its time");
    desk.pass_seconds(59);
    desk.step(Event::Page(Lifecycle::Shown));
    assert!(reads(&mut desk, &asked(), false) > 0);
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::Settled, "a server may list rows late");
    desk.pass_seconds(2);
    assert!(reads(&mut desk, &asked(), false) > 0, "it is looked for once more");
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::OnlyHere);
    assert_eq!(desk.row(&key, "first").delivery, Delivery::Settled);
    // It is what stands on the disk, and known again after the next read.
    desk.step(Event::Page(Lifecycle::Shown));
    reads(&mut desk, &both(), false);
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::Settled, "the server has it again");
}

#[test]
fn an_answer_that_is_listed_in_time_is_not_missed() {
    let (mut desk, key) = settled();
    reads(&mut desk, &asked(), false);
    desk.pass_seconds(61);
    reads(&mut desk, &both(), false);
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::Settled);
    desk.pass_seconds(61);
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::Settled);
}

#[test]
fn an_answer_that_was_listed_in_between_has_its_minute_anew() {
    let (mut desk, key) = settled();
    for rows in [asked(), both()] {
        reads(&mut desk, &rows, false);
        desk.pass_seconds(61);
    }
    desk.step(Event::Page(Lifecycle::Shown));
    reads(&mut desk, &asked(), false);
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::Settled, "left out for the first time since");
    desk.pass_seconds(61);
    reads(&mut desk, &asked(), false);
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::OnlyHere);
}

#[test]
fn an_answer_is_missed_in_a_page_that_goes_on_behind_it() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Page(Lifecycle::Shown));
    let rows = [asked(), vec![row("m-3", Role::User, 2, "second"), row("m-4", Role::Assistant, 2, "two")]];
    for _ in 0..2 {
        reads(&mut desk, &rows.concat(), true);
        desk.pass_seconds(61);
        desk.step(Event::Page(Lifecycle::Shown));
    }
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::OnlyHere);
    reads(&mut desk, &both(), true);
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::Settled, "listed last, it is listed");
}

#[test]
fn an_answer_that_is_still_being_worked_on_is_not_missed_however_long_that_takes() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(working("job-1"));
    let mut rows = both();
    rows.push(row("m-3", Role::User, 2, "second"));
    desk.list("c-1", rows);
    desk.pass_seconds(61);
    let answer = desk.rows(&key).into_iter().next_back().unwrap();
    assert_eq!((answer.role, answer.delivery), (Role::Assistant, Delivery::Settled));
}

#[test]
fn an_answer_is_not_missed_where_its_question_is_not_listed_either() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    desk.list("c-1", both());
    desk.pass_seconds(61);
    assert_eq!(desk.row(&key, "two").delivery, Delivery::Settled);
    assert_eq!(desk.row(&key, "second").delivery, Delivery::OnlyHere, "one word for both");
}

#[test]
fn the_end_of_a_page_is_not_the_end_of_the_list() {
    let (mut desk, key) = settled();
    for _ in 0..3 {
        reads(&mut desk, &asked(), true);
        desk.step(Event::Page(Lifecycle::Shown));
        desk.pass_seconds(61);
    }
    assert_eq!(desk.row(&key, ANSWER).delivery, Delivery::Settled);
}

#[test]
fn an_answer_that_is_never_listed_is_said_to_be_only_here_when_its_question_is() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    let mut rows = both();
    rows.push(row("m-3", Role::User, 2, "second"));
    desk.list("c-1", rows);
    assert_eq!(desk.row(&key, "two").delivery, Delivery::Settled);
    desk.pass_seconds(61);
    assert_eq!(desk.row(&key, "two").delivery, Delivery::OnlyHere);
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Settled);
}

#[test]
fn an_answer_that_is_listed_behind_time_and_before_much_else_is_found_by_the_next_look_at_the_end() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    // Other people's turns, of which the server lists the answer to the second only later.
    let turns: Vec<(String, String)> =
        (2..20).map(|turn| (format!("question {turn}"), format!("answer {turn}"))).collect();
    let mut told: Vec<(&str, &str)> = vec![("first", ANSWER)];
    told.extend(turns.iter().map(|(question, answer)| (&**question, &**answer)));
    let all = talk(&told);
    let without: Vec<_> = all.iter().filter(|row| &*row.text != "answer 2").cloned().collect();
    desk.step(Event::Page(Lifecycle::Shown));
    desk.list("c-1", without);
    assert!(!desk.texts(&key).contains(&"assistant: answer 2".to_owned()));
    desk.step(Event::Page(Lifecycle::Shown));
    desk.list("c-1", all);
    let texts = desk.texts(&key);
    let at = texts.iter().position(|text| text == "user: question 2").unwrap();
    assert_eq!(texts[at + 1], "assistant: answer 2");
}
