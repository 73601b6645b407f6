//! The life of a message: on screen in the same step, durable, sent once, confirmed in place.

use crate::support::*;
use copilot_core::model::{Role, Turn};
use copilot_core::request::{Limits, Reply, Request};
use copilot_core::view::{Badge, Delivery, NameOrigin, Thinking};
use copilot_core::{FailureClass, Intent, Millis, Notice, Refusal, Rejection};

/// Answers the open probe.
fn probe(desk: &mut Desk, outcome: copilot_core::request::Outcome) {
    desk.answer_all(|request| matches!(request, Request::Probe).then(|| outcome.clone()));
}

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
    desk.answer(answered(1, "ok"));
    assert_eq!(desk.texts(&key), ["user: one", "assistant: ok"]);
}

#[test]
fn after_five_tries_the_person_decides_and_retry_works_after_a_restart() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.say(Some(&key), "third");
    for _ in 0..5 {
        desk.answer(server_problem());
        desk.pass_seconds(60);
    }
    assert_eq!(desk.writes(), []);
    let mut desk = desk.restart(2);
    desk.wish(Intent::Open(Some(key.clone())));
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
    assert_eq!(desk.row(&key, "third").delivery, Delivery::Blocked);
    assert_eq!(desk.core.view().case(&key).unwrap().badge, Badge::NotSent(2));
    desk.wish(Intent::Retry(desk.operation(&key, "second")));
    desk.answer(answered(2, "ok"));
    desk.answer(answered(3, "ok too"));
    assert_eq!(desk.core.view().case(&key).unwrap().badge, Badge::None);
}

#[test]
fn a_blocked_message_can_be_sent_anyway() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.say(Some(&key), "third");
    desk.answer(rejected(Rejection::Quota));
    assert_eq!(desk.writes(), []);
    desk.wish(Intent::SendAnyway(desk.operation(&key, "third")));
    let [Request::SubmitTurn { turn, .. }] = &desk.writes()[..] else { panic!("one turn") };
    assert_eq!(&*turn.text, "third");
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
}

#[test]
fn a_failed_creation_is_the_first_messages_failure_and_retrying_it_makes_the_case() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.say(Some(&key), "two");
    desk.answer(rejected(Rejection::Quota));
    assert!(matches!(desk.row(&key, "one").delivery, Delivery::Failed { .. }));
    assert_eq!(desk.row(&key, "two").delivery, Delivery::Blocked);
    desk.wish(Intent::Retry(desk.operation(&key, "one")));
    assert!(matches!(desk.writes()[..], [Request::CreateCase { .. }]));
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
fn a_full_disk_gives_the_text_back_and_leaves_no_row() {
    let mut desk = Desk::new();
    desk.refuse_store = Some(copilot_core::journal::StoreRefusal::Full);
    desk.say(None, "precious");
    let Some(Notice::NotKept { why: Refusal::StorageFull, case: None, draft }) = desk.notices.last() else {
        panic!("the person is told: {:?}", desk.notices)
    };
    assert_eq!(&*draft.text, "precious");
    assert_eq!(desk.core.view().open(), None);
    assert_eq!(desk.writes(), []);
    desk.refuse_store = None;
    desk.say(None, "precious");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn an_unsent_message_goes_back_into_the_composer_above_what_stands_there() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "seccond");
    desk.answer(rejected(Rejection::Quota));
    let draft = copilot_core::model::Draft { text: "later".into(), ..Default::default() };
    desk.wish(Intent::KeepDraft { case: Some(key.clone()), draft });
    desk.wish(Intent::Edit(desk.operation(&key, "seccond")));
    assert_eq!(&*desk.core.view().draft(Some(&key)).unwrap().text, "seccond\n\nlater");
    assert!(!desk.texts(&key).contains(&"user: seccond".to_owned()));
}

#[test]
fn a_discarded_message_can_be_taken_back_for_eight_seconds_and_then_is_gone() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(rejected(Rejection::Quota));
    let op = desk.operation(&key, "second");
    desk.wish(Intent::Discard(op));
    assert_eq!(desk.rows(&key).len(), 2);
    desk.pass_seconds(7);
    desk.wish(Intent::Undo(op));
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
    desk.wish(Intent::Discard(op));
    desk.pass_seconds(9);
    desk.wish(Intent::Undo(op));
    assert_eq!(desk.rows(&key).len(), 2);
    assert_eq!(desk.restart(2).writes(), []);
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
