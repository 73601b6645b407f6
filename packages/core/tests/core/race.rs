//! Two things at once: two windows, a window and an answer, a window and the clock.

use copilot_core::journal::{Record, StoreRefusal};
use copilot_core::model::{Answer, CaseState, Role};
use copilot_core::peer::PeerMessage;
use copilot_core::request::{Limits, Reply, Request};
use copilot_core::view::{Delivery, Group, StoreHealth, WindowRole};
use copilot_core::{Event, FailureClass, Intent, LeaseEvent, Notice, Refusal, Rejection};

use crate::office::Office;
use crate::support::*;

const POOL: (&str, &str) = ("first", "Look at the pool.");

#[test]
fn two_windows_that_write_in_one_case_at_once_send_both_messages_once_and_show_one_order() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.say(0, Some(&key), "from the left");
    office.say(1, Some(&key), "from the right");
    office.silent = false;
    office.settle();
    let shown = office.texts(&key);
    let mut turn = 1;
    while let [Request::SubmitTurn { .. }] = office.sender_desk().writes()[..] {
        turn += 1;
        office.answer(answered(turn, "ok"));
    }
    let sent = office.sent_texts();
    assert_eq!(sent.len(), 3, "each once: {sent:?}");
    let in_order = shown.iter().filter_map(|row| row.strip_prefix("user: ")).collect::<Vec<_>>();
    assert_eq!(in_order, sent);
}

#[test]
fn what_a_window_without_the_lease_accepts_is_sent_by_the_one_that_has_it() {
    let mut office = Office::new(3);
    let key = office.settled_case("c-1", "first");
    assert_eq!(office.desks[2].core.view().status().role, WindowRole::Follower);
    office.say(2, Some(&key), "second");
    assert_eq!(office.desks[2].writes(), []);
    assert!(
        matches!(&office.desks[0].writes()[..], [Request::SubmitTurn { turn, .. }] if &*turn.text == "second")
    );
    office.answer(answered(2, "two"));
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_window_that_takes_over_sends_the_same_message_under_the_same_key() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    let first = office.desks[0].writes();
    office.take_lease();
    assert_eq!(office.desks[0].writes(), [], "the request is given up");
    assert_eq!(office.desks[1].writes(), first);
    office.answer(answered(2, "two"));
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn what_a_thawed_sender_still_states_is_refused_and_it_shows_what_really_happened() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    let frozen = office.freeze_sender();
    office.answer(answered(2, "two"));
    office.desks[frozen].answer(rejected(Rejection::Quota));
    office.thaw(frozen);
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
    let disk = office.disk.borrow();
    assert!(!disk.records.iter().any(|kept| matches!(kept.record, Record::Failed { .. })));
    drop(disk);
    assert_eq!(office.desks[frozen].core.view().status().role, WindowRole::Follower);
}

#[test]
fn an_answer_that_a_thawed_sender_heard_is_true_for_everybody_and_it_sends_nothing_more() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    office.say(0, Some(&key), "third");
    let frozen = office.freeze_sender();
    office.desks[frozen].answer(answered(2, "two"));
    let before = office.desks[frozen].sent.len();
    office.thaw(frozen);
    assert_eq!((office.desks[frozen].writes(), office.desks[frozen].sent.len()), (vec![], before));
    office.answer_all(|request| match request {
        Request::SubmitTurn { turn, .. } if &*turn.text == "second" => Some(answered(2, "two")),
        Request::SubmitTurn { .. } => Some(answered(3, "three")),
        _ => None,
    });
    let all = ["user: second", "assistant: two", "user: third", "assistant: three"];
    assert_eq!(office.texts(&key)[2..], all);
}

#[test]
fn a_message_that_was_answered_while_another_window_discarded_it_keeps_its_answer_or_is_gone_everywhere() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    let op = office.desks[1].operation(&key, "second");
    office.silent = true;
    office.wish(1, Intent::Discard(op));
    office.answer(answered(2, "two"));
    office.silent = false;
    office.settle();
    office.pass_seconds(10);
    let listed = talk(&[POOL, ("second", "two")]);
    office.desks.iter_mut().for_each(|desk| desk.step(Event::Page(copilot_core::Lifecycle::Shown)));
    office.list("c-1", listed);
    office.pass_seconds(10);
    // The server has it: a list that is read shows it again, in every window alike.
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
    assert_eq!(office.sent_texts(), ["first", "second"]);
}

#[test]
fn an_answer_that_comes_with_the_stop_button_is_kept_and_nothing_is_sent_twice() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let (request, _) = desk.open.iter().find(|(_, request)| is_write(request)).cloned().unwrap();
    desk.wish(Intent::Stop(desk.operation(&key, "second")));
    // The answer was on its way while the button was pressed: nobody waits for it any more.
    desk.step(Event::Answered(request, answered(2, "two")));
    assert_eq!(desk.writes(), []);
    desk.list("c-1", talk(&[POOL, ("second", "two")]));
    desk.pass_seconds(3);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
    assert!(desk.rows(&key).iter().all(|row| row.operation.is_none()));
}

#[test]
fn an_answer_to_a_request_that_was_given_up_changes_nothing() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    let (request, _) = office.desks[0].open.iter().find(|(_, request)| is_write(request)).cloned().unwrap();
    office.take_lease();
    let before = office.desks[0].core.digest();
    office.desks[0].step(Event::Answered(request, rejected(Rejection::Quota)));
    assert_eq!(office.desks[0].core.digest(), before);
    assert_eq!(office.desks[0].told, []);
}

#[test]
fn undoing_a_deletion_that_another_window_has_just_sent_is_refused() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.wish(1, Intent::Delete(key.clone()));
    let Some(Notice::Undoable { operation, .. }) = office.desks[1].notices.last().cloned() else {
        panic!("undo is offered")
    };
    office.silent = true;
    office.desks[0].pass_seconds(9);
    assert!(matches!(office.desks[0].writes()[..], [Request::Delete { .. }]));
    office.silent = false;
    office.answer(Ok(Reply::Done));
    office.wish(1, Intent::Undo(operation));
    assert_eq!(office.desks[1].notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
    assert!(office.desks.iter().all(|desk| desk.core.view().case(&key).is_none()));
}

#[test]
fn a_deletion_in_one_window_does_not_lose_the_message_that_another_is_writing() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.wish(0, Intent::Delete(key.clone()));
    office.say(1, Some(&key), "wait, one more thing");
    office.silent = false;
    office.settle();
    let Some(Notice::Undoable { operation, .. }) = office.desks[0].notices.last().cloned() else {
        panic!("undo is offered")
    };
    office.pass_seconds(5);
    assert_eq!(office.sender_desk().writes(), [], "neither leaves while the deletion can be taken back");
    office.wish(0, Intent::Undo(operation));
    assert!(
        matches!(&office.sender_desk().writes()[..], [Request::SubmitTurn { turn, .. }] if &*turn.text == "wait, one more thing")
    );
    office.answer(answered(2, "two"));
    office.open_everywhere(&key);
    assert_eq!(office.texts(&key)[2..], ["user: wait, one more thing", "assistant: two"]);
}

#[test]
fn confirmed_rows_that_overtake_the_facts_that_name_them_still_get_the_names_of_this_device() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.say(0, Some(&key), "second");
    office.answer(answered(2, "two"));
    office.desks[0].list("c-1", talk(&[POOL, ("second", "two")]));
    // Only the last message of the sender gets through.
    let last = office.desks[0].told.pop().unwrap();
    office.lose_messages();
    office.silent = false;
    office.desks[0].told.push(last);
    office.settle();
    office.pass_seconds(3);
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_reading_of_the_list_that_began_before_an_answer_does_not_take_it_back() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Page(copilot_core::Lifecycle::Shown));
    let reads: Vec<_> = desk.open.clone();
    assert!(reads.iter().any(|(_, request)| matches!(request, Request::ListMessages { .. })));
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    desk.list("c-1", talk(&[POOL]));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn retrying_in_one_window_while_the_message_is_being_discarded_in_another_leaves_one_truth() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    office.answer(rejected(Rejection::Quota));
    let op = office.desks[0].operation(&key, "second");
    office.silent = true;
    office.wish(1, Intent::Discard(op));
    office.wish(0, Intent::Retry(op));
    office.silent = false;
    office.settle();
    office.answer_all(|request| is_write(request).then(|| answered(2, "two")));
    office.pass_seconds(10);
    office.desks.iter_mut().for_each(|desk| desk.step(Event::Page(copilot_core::Lifecycle::Shown)));
    let sent = office.sent_texts().iter().filter(|text| *text == "second").count();
    office.list("c-1", if sent > 1 { talk(&[POOL, ("second", "two")]) } else { talk(&[POOL]) });
    office.pass_seconds(10);
    office.texts(&key);
}

#[test]
fn a_window_that_gets_the_lease_reads_the_journal_before_it_sends() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.say(0, Some(&key), "second");
    office.answer(answered(2, "two"));
    office.lose_messages();
    office.desks[1].hold_reads = true;
    let frozen = office.freeze_sender();
    assert_eq!(office.desks[1].writes(), [], "it does not know yet what the last holder did");
    office.desks[1].release_reads();
    assert_eq!(office.desks[1].writes(), [], "the message is answered, nothing is left to send");
    office.silent = false;
    office.thaw(frozen);
    assert_eq!(office.sent_texts(), ["first", "second"]);
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_window_that_slept_through_a_compaction_builds_its_view_anew() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    office.answer(rejected(Rejection::Quota));
    office.frozen.push(1);
    let op = office.desks[0].operation(&key, "second");
    office.wish(0, Intent::Discard(op));
    office.pass_seconds(9);
    for turn in 0..1200 {
        let draft = copilot_core::model::Draft { text: format!("{turn}").into(), ..Default::default() };
        office.wish(0, Intent::KeepDraft { case: Some(key.clone()), draft });
        office.wish(0, Intent::Pin { case: key.clone(), pinned: turn % 2 == 1 });
    }
    assert!(office.disk.borrow().records.len() < 1000, "the journal was compacted");
    office.thaw(1);
    office.desks[1].step(Event::Page(copilot_core::Lifecycle::Shown));
    office.settle();
    assert_eq!(office.texts(&key).len(), 2, "the discarded message is gone there too");
    assert_eq!(&*office.desks[1].core.view().draft(Some(&key)).unwrap().text, "1199");
    assert_eq!(office.desks[1].core.view().group(Group::Pinned), std::slice::from_ref(&key));
}

#[test]
fn a_link_that_comes_back_while_a_probe_is_open_asks_once() {
    let mut desk = Desk::new();
    desk.step(Event::Link(copilot_core::Link::Offline));
    desk.wish(Intent::TryNow);
    desk.step(Event::Link(copilot_core::Link::Online));
    desk.wish(Intent::TryNow);
    assert_eq!(desk.open.iter().filter(|(_, request)| *request == Request::Probe).count(), 1);
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
}

#[test]
fn a_message_of_a_follower_says_that_another_window_sends_when_that_takes_long() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.frozen.push(0);
    office.say(1, Some(&key), "second");
    assert_eq!(office.desks[1].row(&key, "second").delivery, Delivery::Echoed);
    office.pass_seconds(3);
    assert_eq!(office.desks[1].row(&key, "second").delivery, Delivery::WaitingWindow);
    office.thaw(0);
    office.answer(answered(2, "two"));
    office.pass_seconds(1);
    assert_eq!(office.desks[1].row(&key, "second").delivery, Delivery::Sent);
    let roles: Vec<_> = office.desks[1].rows(&key).iter().map(|row| row.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::User, Role::Assistant]);
}

#[test]
fn a_renewal_that_ends_while_more_refusals_come_in_is_not_begun_again() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=2).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    keys.iter().for_each(|key| desk.say(Some(key), "again"));
    let open: Vec<_> = desk.open.iter().filter(|(_, request)| is_write(request)).map(|(id, _)| *id).collect();
    desk.open.retain(|(_, request)| !is_write(request));
    desk.step(Event::Answered(open[0], failed(FailureClass::TokenRefused)));
    desk.answer_all(|request| (*request == Request::RenewToken).then_some(Ok(Reply::Renewed)));
    // This one left with the old token as well.
    desk.step(Event::Answered(open[1], failed(FailureClass::TokenRefused)));
    assert!(!desk.open.iter().any(|(_, request)| *request == Request::RenewToken));
    assert_eq!(desk.writes().len(), 2);
}

#[test]
fn a_message_that_is_not_durable_yet_does_not_leave_because_the_view_is_built_anew() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.hold_store = true;
    desk.say(Some(&key), "second");
    let next = desk.disk.borrow().records.last().map(|last| last.sequence.after(5)).unwrap();
    desk.step(Event::Peer(PeerMessage::Compacted(next)));
    assert_eq!(desk.texts(&key)[2], "user: second");
    desk.pass_seconds(5);
    assert_eq!(desk.writes(), [], "nothing leaves that a crash would forget");
    desk.release_store();
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_view_that_is_built_anew_asks_again_under_the_same_key_and_for_nothing_twice_at_a_time() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let before = desk.writes();
    assert_eq!(before.len(), 1);
    let next = desk.disk.borrow().records.last().map(|last| last.sequence.after(5)).unwrap();
    desk.step(Event::Peer(PeerMessage::Compacted(next)));
    desk.pass_seconds(60);
    assert_eq!(desk.writes(), before, "the first request was given up");
    desk.answer(answered(2, "two"));
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_disk_that_is_full_for_what_another_window_may_write_by_now_is_not_this_windows_trouble() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.hold_store = true;
    desk.answer(rejected(Rejection::Quota));
    desk.step(Event::Lease(LeaseEvent::Lost));
    desk.refuse_store = Some(StoreRefusal::Full);
    desk.release_store();
    assert_eq!(desk.core.view().status().store, StoreHealth::Fine);
}

#[test]
fn a_list_that_left_before_an_answer_came_does_not_take_its_news_back() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.pass_seconds(61);
    assert!(desk.open.iter().any(|(_, request)| matches!(request, Request::ListCases { .. })));
    let answer = Answer { text: "two".into(), turn: Some(2), actions: Vec::new() };
    desk.answer(Ok(Reply::Answered { answer, state: CaseState::Investigating }));
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-1", 2)])))),
        _ => None,
    });
    assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Investigating);
}
