//! A message that did not get through: the person decides, and nothing that was written is lost.

use crate::support::*;
use copilot_core::journal::StoreRefusal;
use copilot_core::model::{Draft, Turn};
use copilot_core::request::Request;
use copilot_core::view::{Badge, Delivery, Group, StoreHealth};
use copilot_core::{Intent, Notice, Refusal, Rejection};

#[test]
fn a_message_that_has_just_left_is_not_sent_a_second_time_by_send_anyway() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.wish(Intent::SendAnyway(desk.operation(&key, "second")));
    assert_eq!(desk.writes().len(), 1);
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
fn a_full_disk_gives_the_text_back_and_leaves_no_row() {
    let mut desk = Desk::new();
    desk.refuse_store = Some(StoreRefusal::Full);
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
    desk.pass_seconds(7);
    desk.wish(Intent::HoldUndo(op));
    desk.pass_seconds(7);
    desk.wish(Intent::Undo(op));
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
    desk.wish(Intent::Discard(op));
    desk.pass_seconds(9);
    desk.wish(Intent::HoldUndo(op));
    desk.wish(Intent::Undo(op));
    assert_eq!(desk.rows(&key).len(), 2);
    assert_eq!(desk.restart(2).writes(), []);
}

#[test]
fn a_full_disk_is_said_until_everything_that_found_no_room_is_written() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let health = |desk: &Desk| desk.core.view().status().store;
    desk.refuse_store = Some(StoreRefusal::Full);
    desk.wish(Intent::Pin { case: key.clone(), pinned: true });
    assert_eq!(health(&desk), StoreHealth::Full);
    assert_eq!(
        desk.core.view().group(Group::Pinned),
        std::slice::from_ref(&key),
        "what the person did holds here"
    );
    desk.refuse_store = None;
    desk.say(Some(&key), "second");
    assert_eq!(desk.writes().len(), 1, "there is room for this");
    assert_eq!(health(&desk), StoreHealth::Full, "but the pin is not written yet");
    desk.pass_seconds(3);
    assert_eq!(health(&desk), StoreHealth::Fine);
    assert_eq!(desk.restart(2).core.view().group(Group::Pinned), [key]);
}

#[test]
fn two_messages_of_one_wish_that_find_no_room_go_back_together_in_their_order() {
    let mut desk = Desk::new();
    desk.hold_store = true;
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.say(Some(&key), "two");
    desk.refuse_store = Some(StoreRefusal::Unavailable);
    desk.release_store();
    let Some(Notice::NotKept { why: Refusal::StorageUnavailable, case: None, draft }) =
        desk.notices.iter().find(|notice| matches!(notice, Notice::NotKept { .. }))
    else {
        panic!("the person is told: {:?}", desk.notices)
    };
    assert_eq!(&*draft.text, "one\n\ntwo");
    assert_eq!((desk.core.view().open(), desk.core.inspect().operations.len()), (None, 0));
}

#[test]
fn a_new_case_that_finds_no_room_does_not_close_the_case_that_was_opened_since() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Open(None));
    desk.hold_store = true;
    desk.say(None, "precious");
    desk.wish(Intent::Open(Some(key.clone())));
    desk.refuse_store = Some(StoreRefusal::Full);
    desk.release_store();
    assert!(
        desk.notices
            .iter()
            .any(|notice| matches!(notice, Notice::NotKept { draft, .. } if &*draft.text == "precious"))
    );
    assert_eq!(desk.core.view().open(), Some(&key));
    assert_eq!(desk.core.view().group(Group::Active), [key]);
}

#[test]
fn a_suggested_step_is_said_and_leaves_what_is_being_written_alone() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let draft = Draft { text: "half a sent".into(), ..Draft::default() };
    desk.wish(Intent::KeepDraft { case: Some(key.clone()), draft: draft.clone() });
    desk.wish(Intent::Say { case: key.clone(), turn: Turn::say("Yes, start it") });
    assert_eq!(desk.texts(&key).last().map(String::as_str), Some("assistant: "));
    assert!(
        matches!(&desk.writes()[..], [Request::SubmitTurn { turn, .. }] if &*turn.text == "Yes, start it")
    );
    assert_eq!(desk.core.view().draft(Some(&key)), Some(&draft));
    desk.wish(Intent::Say { case: key, turn: Turn::say(" ") });
    assert_eq!(desk.writes().len(), 1, "nothing is not said");
}
