//! What comes together once in a million steps. Each was found by the simulator first.

use copilot_core::ids::{CaseKey, OperationId};
use copilot_core::journal::StoreRefusal;
use copilot_core::model::Role;
use copilot_core::request::{Page, Reply, Request};
use copilot_core::view::{AccountStatus, Delivery};
use copilot_core::{FailureClass, Intent, Notice, Refusal, Rejection};

use crate::office::Office;
use crate::support::*;

#[test]
fn a_token_and_a_session_that_are_over_at_once_are_both_renewed_and_nobody_is_signed_out() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let renew = |request: &Request| {
        matches!(request, Request::RenewToken | Request::RenewSession).then_some(Ok(Reply::Renewed))
    };
    desk.answer(failed(FailureClass::TokenRefused));
    desk.answer_all(renew);
    desk.answer(failed(FailureClass::SessionExpired));
    assert!(desk.open.iter().any(|(_, request)| *request == Request::RenewSession));
    desk.answer_all(renew);
    assert_eq!(desk.core.view().status().account, AccountStatus::SignedIn);
    assert_eq!(desk.writes().len(), 1, "the message goes on");
}

#[test]
fn what_has_failed_cannot_be_stopped() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let op = desk.operation(&key, "second");
    desk.answer(rejected(Rejection::Quota));
    desk.wish(Intent::Stop(op));
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
}

#[test]
fn one_of_the_rest_that_fails_does_not_hold_up_those_behind_it() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    for text in ["second", "third", "fourth"] {
        desk.say(Some(&key), text);
    }
    desk.answer(rejected(Rejection::Refused));
    desk.wish(Intent::SendRest(key.clone()));
    desk.answer(rejected(Rejection::Refused));
    assert!(matches!(desk.row(&key, "third").delivery, Delivery::Failed { .. }));
    assert_eq!(desk.writes().len(), 1, "the fourth goes on");
}

#[test]
fn a_message_does_not_leave_before_the_undo_of_its_discard_is_durable() {
    let mut desk = Desk::new();
    desk.wish(Intent::Open(None));
    desk.say(None, "first");
    let key = desk.core.view().open().cloned().unwrap();
    let op = desk.operation(&key, "first");
    desk.wish(Intent::Discard(op));
    desk.hold_store = true;
    desk.wish(Intent::Undo(op));
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    assert_eq!(desk.writes(), []);
    desk.release_store();
    assert_eq!(desk.writes().len(), 1);
}

/// Two windows show a case; a message that failed was discarded in the second, which does not send.
fn discarded_in_the_second_window() -> (Office, CaseKey, OperationId) {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.open_everywhere(&key);
    office.say(1, Some(&key), "second");
    office.answer(rejected(Rejection::Quota));
    let op = office.desks[1].operation(&key, "second");
    office.wish(1, Intent::Discard(op));
    (office, key, op)
}

#[test]
fn a_discard_is_left_to_the_window_that_can_take_it_back() {
    let (mut office, key, op) = discarded_in_the_second_window();
    // The undo finds no room, so nobody else hears of it.
    office.desks[1].refuse_store = Some(StoreRefusal::Full);
    office.pass_seconds(5);
    office.wish(1, Intent::Undo(op));
    office.pass_seconds(20);
    office.desks[1].refuse_store = None;
    (0..60).for_each(|_| office.pass_seconds(1));
    for desk in &office.desks {
        assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
    }
}

#[test]
fn a_message_that_was_discarded_elsewhere_before_its_undo_found_room_is_given_back() {
    let (mut office, key, op) = discarded_in_the_second_window();
    office.desks[1].refuse_store = Some(StoreRefusal::Full);
    office.wish(1, Intent::Undo(op));
    (0..90).for_each(|_| office.pass_seconds(1));
    let given_back = office.desks[1].notices.iter().any(|notice| match notice {
        Notice::NotKept { draft, .. } => &*draft.text == "second",
        _ => false,
    });
    assert!(given_back, "{:?}", office.desks[1].notices);
    assert_eq!(office.texts(&key), ["user: first", "assistant: Look at the pool."]);
}

#[test]
fn a_case_that_was_deleted_under_the_servers_name_does_not_swallow_what_was_said_in_it() {
    let mut desk = Desk::new();
    desk.wish(Intent::Open(None));
    desk.say(None, "first");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(failed(FailureClass::Uncertain));
    desk.answer_all(|request| match request {
        Request::Probe => Some(Ok(Reply::Alive(copilot_core::request::Limits::default()))),
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-1", 1)])))),
        _ => None,
    });
    // Another client has said something in it, so it is listed by itself, and the person deletes that.
    desk.pass_seconds(61);
    desk.list("c-1", talk(&[("theirs", "yes")]));
    let other = CaseKey::of_server(&real("c-1"));
    desk.wish(Intent::Delete(other));
    desk.pass_seconds(9);
    desk.answer_all(|request| matches!(request, Request::Delete { .. }).then_some(Ok(Reply::Done)));
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    desk.wish(Intent::Open(Some(key.clone())));
    assert_eq!(desk.texts(&key), ["user: first"]);
    assert!(matches!(desk.row(&key, "first").delivery, Delivery::Failed { .. }));
}

#[test]
fn reading_goes_on_to_the_end_after_an_older_page_was_wanted_meanwhile() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let all = talk(&(0..120).map(|_| ("more", "yes")).collect::<Vec<_>>());
    desk.pass_seconds(61);
    desk.wish(Intent::Open(None));
    desk.wish(Intent::Open(Some(key.clone())));
    desk.wish(Intent::LoadOlder);
    desk.answer_all(|request| match request {
        Request::ListMessages { offset, limit, .. } => {
            let (from, count) = (*offset as usize, *limit as usize);
            let rows: Vec<_> = all.iter().skip(from).take(count).cloned().collect();
            let has_more = from + rows.len() < all.len();
            Some(Ok(Reply::Messages(Page { has_more, total: Some(240), ..page(rows) })))
        }
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-1", 120)])))),
        Request::ReadCase { .. } => Some(Ok(Reply::Case(case("c-1", 120)))),
        _ => None,
    });
    let last = desk.rows(&key).iter().filter_map(|row| row.turn).max();
    assert_eq!(last, Some(120));
}

#[test]
fn a_row_that_was_cached_under_the_servers_name_is_the_message_that_was_sent() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::Uncertain));
    let question = desk.row(&key, "second").key;
    let cached = copilot_core::view::CachedMessage {
        key: copilot_core::ids::MessageKey::of_server(&real("m-3")),
        message: row("m-3", Role::User, 2, "second"),
        arrival: 2,
        sent: None,
        attachment: None,
        actions: Vec::new(),
    };
    let write = copilot_core::CacheWrite::Message { case: real("c-1"), row: std::sync::Arc::new(cached) };
    desk.disk.borrow_mut().cache(write.clone());
    let mut again = desk.restart(2);
    again.wish(Intent::Open(Some(key.clone())));
    let said = again.rows(&key).into_iter().filter(|row| &*row.text == "second");
    assert_eq!(said.map(|row| row.key).collect::<Vec<_>>(), std::slice::from_ref(&question));
    // The same from another window that has read it.
    let told = copilot_core::peer::PeerMessage::Confirmed {
        after: copilot_core::journal::Sequence(0),
        writes: vec![write],
    };
    desk.step(copilot_core::Event::Peer(told));
    let said = desk.rows(&key).into_iter().filter(|row| &*row.text == "second");
    assert_eq!(said.map(|row| row.key).collect::<Vec<_>>(), [question]);
}
