//! A message that did not get through: the person decides, and nothing that was written is lost.

use crate::support::*;
use copilot_core::request::Request;
use copilot_core::view::{Badge, Delivery};
use copilot_core::{Intent, Notice, Refusal, Rejection};

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
