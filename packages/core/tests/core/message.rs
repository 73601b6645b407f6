//! The life of a message: on screen in the same step, durable, sent once, confirmed in place.

use crate::support::*;
use copilot_core::model::{Role, Turn};
use copilot_core::request::{Limits, Reply, Request};
use copilot_core::view::{Delivery, NameOrigin, Thinking};
use copilot_core::{FailureClass, Intent, Millis, Notice, Refusal};

#[test]
fn a_first_message_is_on_screen_in_the_same_step_and_its_case_is_in_the_list() {
    let mut desk = Desk::new();
    desk.hold_store = true;
    desk.say(None, "p99 went up");
    let case = desk.core.view().open().cloned().unwrap();
    assert_eq!(desk.texts(&case), ["user: p99 went up", "assistant: "]);
    let row = desk.core.view().case(&case).unwrap();
    assert_eq!((&*row.title, row.origin), ("Chat-2026-11-22 12:00", NameOrigin::Provisional));
    assert!(matches!(desk.rows(&case)[1].thinking, Some(Thinking::Since(_))));
}

#[test]
fn nothing_is_sent_before_it_is_durable() {
    let mut desk = Desk::new();
    desk.hold_store = true;
    desk.say(None, "p99 went up");
    assert_eq!(desk.writes(), []);
    desk.release_store();
    assert!(matches!(desk.writes()[..], [Request::CreateCase { .. }]));
}

#[test]
fn a_case_takes_messages_before_the_server_knows_it_and_sends_them_in_order() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.say(Some(&key), "two");
    desk.say(Some(&key), "three");
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    for (turn, text) in [(1, "one"), (2, "two"), (3, "three")] {
        let [Request::SubmitTurn { turn: sent, .. }] = &desk.writes()[..] else {
            panic!("one turn at a time")
        };
        assert_eq!(*sent.text, *text);
        desk.answer(answered(turn, "ok"));
    }
    assert_eq!(desk.writes(), []);
    assert_eq!(desk.core.view().open(), Some(&key), "the key of the case is what it was");
}

#[test]
fn confirming_a_row_changes_neither_its_key_nor_its_place() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    let before = desk.keys(&key);
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    assert_eq!(desk.keys(&key), before);
    desk.answer(answered(1, "Look at the pool."));
    assert_eq!(desk.keys(&key), before);
    desk.list(
        "c-1",
        vec![row("m-1", Role::User, 1, "one"), row("m-2", Role::Assistant, 1, "Look at the pool.")],
    );
    assert_eq!(desk.keys(&key), before);
    desk.pass_seconds(3);
    assert_eq!(desk.keys(&key), before);
    assert!(desk.rows(&key).iter().all(|row| row.operation.is_none()), "both rows are the server's now");
    let again = desk.restart(2);
    let mut again = again;
    again.wish(Intent::Open(Some(key.clone())));
    assert_eq!(again.keys(&key), before, "and after a restart");
}

#[test]
fn a_server_that_lists_a_row_late_does_not_make_it_blink() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    desk.answer(answered(1, "ok"));
    desk.list("c-1", Vec::new());
    assert_eq!(desk.texts(&key), ["user: one", "assistant: ok"]);
    desk.pass_seconds(2);
    desk.list("c-1", vec![row("m-1", Role::User, 1, "one"), row("m-2", Role::Assistant, 1, "ok")]);
    assert_eq!(desk.texts(&key), ["user: one", "assistant: ok"]);
    desk.pass_seconds(3);
    assert!(desk.rows(&key).iter().all(|row| row.operation.is_none()));
}

#[test]
fn an_answer_that_the_server_never_lists_stays_through_restarts() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    desk.answer(answered(1, "Look at the pool."));
    let only_mine = vec![row("m-1", Role::User, 1, "one")];
    desk.list("c-1", only_mine.clone());
    for seed in 2..5 {
        desk = desk.restart(seed);
        desk.wish(Intent::Open(Some(key.clone())));
        desk.list("c-1", only_mine.clone());
        assert_eq!(desk.texts(&key), ["user: one", "assistant: Look at the pool."]);
    }
}

#[test]
fn stopping_an_answer_lets_the_next_message_go() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.say(Some(&key), "third");
    desk.wish(Intent::Stop(desk.operation(&key, "second")));
    let thinking: Vec<_> = desk.rows(&key).into_iter().filter_map(|row| row.thinking).collect();
    assert_eq!(thinking[0], Thinking::Stopped);
    let [Request::SubmitTurn { turn, .. }] = &desk.writes()[..] else { panic!("the next one leaves") };
    assert_eq!(&*turn.text, "third");
    desk.answer(answered(3, "three"));
    let rows = vec![
        row("m-1", Role::User, 1, "first"),
        row("m-2", Role::Assistant, 1, "Look at the pool."),
        row("m-3", Role::User, 2, "second"),
        row("m-4", Role::Assistant, 2, "two"),
        row("m-5", Role::User, 3, "third"),
        row("m-6", Role::Assistant, 3, "three"),
    ];
    let before = desk.keys(&key);
    desk.list("c-1", rows);
    assert_eq!(desk.keys(&key), before);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two", "user: third", "assistant: three"]);
}

#[test]
fn a_job_is_polled_until_it_is_done_and_through_a_restart() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "long log");
    desk.answer(working("/jobs/1"));
    assert_eq!(desk.row(&key, "long log").delivery, Delivery::Sent);
    desk.pass(Millis(1500));
    assert!(matches!(desk.writes()[..], [Request::PollJob { .. }]));
    desk.answer(failed(FailureClass::Transient(copilot_core::Transient::Busy)));
    let mut desk = desk.restart(2);
    desk.pass_seconds(2);
    assert!(matches!(desk.writes()[..], [Request::PollJob { .. }]), "{:?}", desk.writes());
    desk.answer(answered(2, "done"));
    desk.wish(Intent::Open(Some(key.clone())));
    assert_eq!(desk.texts(&key)[2..], ["user: long log", "assistant: done"]);
}

#[test]
fn a_blank_message_is_refused_and_a_message_over_the_limit_names_both_sizes() {
    let mut desk = Desk::new();
    desk.say(None, "  \n ");
    assert_eq!(desk.notices.pop(), Some(Notice::Refused(Refusal::Blank)));
    let limit = Limits::default().max_bytes;
    let size = limit + 1;
    let long = "x".repeat(usize::try_from(size).unwrap());
    desk.wish(Intent::Submit { case: None, turns: vec![Turn::say("fits"), Turn::say(long)] });
    assert_eq!(desk.notices.pop(), Some(Notice::Refused(Refusal::TooLarge { size, limit })));
    assert_eq!(desk.core.view().open(), None, "all turns are accepted, or none");
}

#[test]
fn two_equal_messages_become_two_rows_and_keep_their_own_keys() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "again");
    desk.say(Some(&key), "again");
    desk.answer(answered(2, "two"));
    desk.answer(answered(3, "three"));
    let before = desk.keys(&key);
    desk.list(
        "c-1",
        vec![
            row("m-1", Role::User, 1, "first"),
            row("m-2", Role::Assistant, 1, "Look at the pool."),
            row("m-3", Role::User, 2, "again"),
            row("m-4", Role::Assistant, 2, "two"),
            row("m-5", Role::User, 3, "again"),
            row("m-6", Role::Assistant, 3, "three"),
        ],
    );
    assert_eq!(desk.keys(&key), before);
    desk.pass_seconds(3);
    assert!(desk.rows(&key).iter().all(|row| row.operation.is_none()));
}

#[test]
fn an_answer_survives_a_reload_in_which_the_cache_was_not_written_and_a_server_that_never_lists_it_again() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    desk.answer(answered(1, "Look at the pool."));
    desk.list(
        "c-1",
        vec![row("m-1", Role::User, 1, "one"), row("m-2", Role::Assistant, 1, "Look at the pool.")],
    );
    desk.disk.borrow_mut().messages.clear();
    let mut desk = desk.restart(2);
    desk.wish(Intent::Open(Some(key.clone())));
    desk.list("c-1", vec![row("m-1", Role::User, 1, "one")]);
    assert_eq!(desk.texts(&key), ["user: one", "assistant: Look at the pool."]);
}

#[test]
fn what_went_along_stays_on_its_row_when_the_row_is_confirmed_and_after_a_restart() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let data = copilot_core::model::Data::Paste { text: "09:10 ERROR connect timeout".into() };
    let turn = Turn { text: "second".into(), data: Some(data), intention: None };
    desk.wish(Intent::Submit { case: Some(key.clone()), turns: vec![turn] });
    let before = desk.row(&key, "second").attachment;
    assert_eq!(before.as_ref().map(|attachment| attachment.bytes), Some(27));
    desk.answer(answered(2, "two"));
    desk.list(
        "c-1",
        vec![
            row("m-1", Role::User, 1, "first"),
            row("m-2", Role::Assistant, 1, "Look at the pool."),
            row("m-3", Role::User, 2, "second"),
            row("m-4", Role::Assistant, 2, "two"),
        ],
    );
    assert_eq!(desk.row(&key, "second").attachment, before);
    let mut desk = desk.restart(2);
    desk.wish(Intent::Open(Some(key.clone())));
    assert_eq!(desk.row(&key, "second").attachment, before);
}

#[test]
fn a_message_keeps_the_moment_of_its_writing_when_the_server_confirms_it() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let written = desk.now.wall;
    desk.say(Some(&key), "second");
    assert_eq!(desk.row(&key, "second").sent, Some(written));
    desk.pass_seconds(40);
    desk.answer(answered(2, "two"));
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("second", "two")]));
    desk.pass_seconds(3);
    let row = desk.row(&key, "second");
    assert_eq!((row.operation, row.sent), (None, Some(written)));
    assert_eq!(desk.row(&key, "two").sent, None, "an answer was not written here");
}
