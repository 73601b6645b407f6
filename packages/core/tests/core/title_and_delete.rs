//! Titles, deletion and pins: local at once, reconciled later.

use crate::renaming::{rename, theirs_is};
use crate::support::*;
use copilot_core::model::{BackedUp, RealCase};
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Group, NameOrigin};
use copilot_core::{Intent, Notice, Rejection};

/// The placeholder that the server of the desk gives to every case.
const PLACEHOLDER: &str = "Case-261122-1";

#[test]
fn a_new_title_is_shown_at_once_and_rapid_edits_send_only_the_last() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    for title in ["C", "Ch", "Checkout"] {
        rename(&mut desk, &key, title);
        assert_eq!(desk.title(&key), title);
    }
    assert_eq!(desk.open, []);
    desk.pass_seconds(1);
    theirs_is(&mut desk, PLACEHOLDER);
    let [Request::Rename { title, .. }] = &desk.writes()[..] else {
        panic!("one rename: {:?}", desk.writes())
    };
    assert_eq!(&**title, "Checkout");
    desk.answer(Ok(Reply::Done));
    assert_eq!(desk.title(&key), "Checkout");
    assert_eq!(desk.core.view().case(&key).unwrap().origin, NameOrigin::Server);
}

#[test]
fn a_rename_that_fails_late_keeps_the_newer_title() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    rename(&mut desk, &key, "Older");
    desk.pass_seconds(1);
    theirs_is(&mut desk, PLACEHOLDER);
    rename(&mut desk, &key, "Newer");
    desk.answer(rejected(Rejection::Forbidden));
    assert_eq!(desk.title(&key), "Newer");
}

#[test]
fn a_refused_rename_shows_the_old_title_and_offers_the_attempted_one() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let before = desk.title(&key);
    rename(&mut desk, &key, "Mine");
    desk.pass_seconds(1);
    theirs_is(&mut desk, PLACEHOLDER);
    desk.answer(rejected(Rejection::Forbidden));
    assert_eq!(desk.title(&key), before);
    let note = desk.restart(2).core.view().case(&key).unwrap().title_note.unwrap();
    assert_eq!(&*note.attempted, "Mine");
    desk.wish(Intent::DismissTitleNote(key.clone()));
    assert_eq!(desk.core.view().case(&key).unwrap().title_note, None);
}

#[test]
fn a_list_that_was_asked_for_before_a_rename_does_not_bring_the_old_title_back() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.pass_seconds(61);
    let stale =
        desk.open.iter().position(|(_, request)| matches!(request, Request::ListCases { .. })).unwrap();
    let (id, _) = desk.open.remove(stale);
    rename(&mut desk, &key, "Mine");
    desk.pass_seconds(1);
    theirs_is(&mut desk, PLACEHOLDER);
    desk.answer(Ok(Reply::Done));
    desk.step(copilot_core::Event::Answered(id, Ok(Reply::Cases(page(vec![case("c-1", 1)])))));
    assert_eq!(desk.title(&key), "Mine");
}

#[test]
fn the_servers_name_replaces_the_provisional_one_but_its_placeholder_does_not() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    assert_eq!(desk.title(&key), "Chat-2026-11-22 12:00");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "ok"));
    desk.answer_all(|request| match request {
        Request::ReadCase { .. } => {
            let named = RealCase { title: Some("Checkout 503 after node drain".into()), ..case("c-1", 2) };
            Some(Ok(Reply::Case(named)))
        }
        _ => None,
    });
    assert_eq!(desk.title(&key), "Checkout 503 after node drain");
}

#[test]
fn a_deleted_case_leaves_at_once_can_come_back_for_eight_seconds_and_is_then_deleted_on_the_server() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Pin { case: key.clone(), pinned: true });
    desk.wish(Intent::Delete(key.clone()));
    assert_eq!(desk.core.view().case(&key), None);
    let Some(Notice::Undoable { operation, .. }) = desk.notices.last() else { panic!("undo is offered") };
    let operation = *operation;
    desk.pass_seconds(7);
    assert_eq!(desk.writes(), []);
    desk.wish(Intent::Undo(operation));
    assert_eq!(desk.core.view().group(Group::Pinned), std::slice::from_ref(&key));
    desk.wish(Intent::Delete(key.clone()));
    desk.pass_seconds(9);
    desk.answer(Ok(Reply::Done));
    desk.list("c-1", vec![]);
    assert_eq!(desk.core.view().case(&key), None, "a late list does not bring it back");
    assert_eq!(desk.restart(2).core.view().case(&key), None);
}

#[test]
fn an_undo_that_somebody_looks_at_is_offered_until_they_look_away() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Delete(key));
    let Some(Notice::Undoable { operation, .. }) = desk.notices.last() else { panic!("undo is offered") };
    let operation = *operation;
    for _ in 0..5 {
        desk.pass_seconds(6);
        desk.wish(Intent::HoldUndo(operation));
    }
    desk.pass_seconds(7);
    assert_eq!(desk.writes(), []);
    desk.pass_seconds(2);
    assert!(matches!(desk.writes()[..], [Request::Delete { .. }]));
    // On its way it cannot be held any more.
    desk.wish(Intent::HoldUndo(operation));
    desk.answer(Ok(Reply::Done));
    assert_eq!(desk.core.inspect().operations, []);
}

#[test]
fn a_deletion_survives_a_restart_and_keeps_what_is_left_of_its_window() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Delete(key));
    desk.pass_seconds(3);
    let mut desk = desk.restart(2);
    desk.pass_seconds(4);
    assert_eq!(desk.writes(), []);
    desk.pass_seconds(2);
    assert!(matches!(desk.writes()[..], [Request::Delete { .. }]));
}

#[test]
fn a_refused_title_is_sent_again_when_told_to() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    rename(&mut desk, &key, "Full disk");
    desk.pass_seconds(1);
    theirs_is(&mut desk, PLACEHOLDER);
    desk.answer(rejected(Rejection::Forbidden));
    assert_eq!(desk.writes(), []);
    let note = desk.core.view().case(&key).unwrap().title_note.unwrap();
    desk.wish(Intent::Retry(note.operation));
    theirs_is(&mut desk, PLACEHOLDER);
    desk.answer(Ok(Reply::Done));
    assert_eq!(desk.title(&key), "Full disk");
}

#[test]
fn creating_and_deleting_before_anything_was_sent_leaves_nothing() {
    let mut desk = Desk::new();
    desk.answer_all(|_| None);
    desk.step(copilot_core::Event::Link(copilot_core::Link::Offline));
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.wish(Intent::Delete(key.clone()));
    desk.pass(copilot_core::Millis::seconds(9));
    desk.wish(Intent::TryNow);
    desk.greet();
    assert_eq!(desk.writes(), []);
    assert_eq!(desk.restart(2).core.view().case(&key), None);
    assert_eq!(desk.restart(3).writes(), []);
}

#[test]
fn a_deletion_that_the_server_refuses_brings_the_case_back_and_says_so() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Delete(key.clone()));
    desk.pass_seconds(9);
    desk.answer(rejected(Rejection::Forbidden));
    assert!(desk.core.view().case(&key).is_some());
    assert!(matches!(desk.notices.last(), Some(Notice::NotDeleted { .. })));
}

/// The server has named the case meanwhile.
fn named_by_the_server(desk: &mut Desk, title: &str) {
    desk.pass_seconds(61);
    let theirs = RealCase { title: Some(title.into()), ..case("c-1", 1) };
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![theirs.clone()])))),
        _ => None,
    });
}

#[test]
fn a_title_that_is_taken_back_before_it_left_asks_nothing_of_the_server() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    named_by_the_server(&mut desk, "Checkout 503");
    rename(&mut desk, &key, "Mine");
    rename(&mut desk, &key, "Checkout 503");
    assert_eq!(desk.title(&key), "Checkout 503");
    assert_eq!(desk.core.inspect().operations, []);
    desk.pass_seconds(5);
    theirs_is(&mut desk, "Checkout 503");
    assert_eq!(desk.writes(), []);
}

#[test]
fn a_copy_that_can_still_be_restored_outlives_a_compaction() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let attempt = |desk: &mut Desk, title: &str| {
        rename(desk, &key, title);
        desk.pass_seconds(1);
        theirs_is(desk, PLACEHOLDER);
        desk.answer(rejected(Rejection::Forbidden));
        desk.wish(Intent::DismissTitleNote(key.clone()));
    };
    attempt(&mut desk, "Too old to be restored");
    desk.now.wall.0 += 8 * 24 * 3600 * 1000;
    attempt(&mut desk, "Can be restored");
    for turn in 0..2100 {
        desk.wish(Intent::Pin { case: key.clone(), pinned: turn % 2 == 1 });
    }
    assert!(desk.disk.borrow().records.len() < 1000, "the journal was compacted");
    let copies = desk.restart(2).core.view().backups(Some(&key));
    assert!(
        matches!(&copies[..], [copy] if copy.what == BackedUp::Title("Can be restored".into())),
        "{copies:?}"
    );
    desk.now.wall.0 = 0;
    assert_eq!(
        desk.restart(3).core.view().backups(Some(&key)).len(),
        1,
        "a clock set back makes nothing older"
    );
}

#[test]
fn a_deletion_waits_for_what_is_under_way_in_its_case_and_for_nothing_else() {
    let mut desk = Desk::new();
    let (first, second) = (desk.settled_case("c-1", "first"), desk.settled_case("c-2", "first"));
    desk.say(Some(&second), "elsewhere");
    desk.say(Some(&first), "under way");
    desk.say(Some(&first), "not yet");
    desk.wish(Intent::Delete(first));
    desk.pass_seconds(9);
    let is_deletion = |request: &Request| matches!(request, Request::Delete { .. });
    assert!(!desk.writes().iter().any(is_deletion), "a message of the case is under way");
    desk.answer_all(|request| match request {
        Request::SubmitTurn { case, .. } if case.as_str() == "c-1" => Some(answered(2, "two")),
        _ => None,
    });
    assert!(desk.writes().iter().any(is_deletion));
    let texts: Vec<_> =
        desk.sent.iter().filter(|request| format!("{request:?}").contains("not yet")).collect();
    assert_eq!(texts.len(), 0, "nothing more is said in a case that is being deleted");
}

#[test]
fn a_deletion_does_not_wait_for_a_message_that_waits_itself() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(busy(30));
    desk.wish(Intent::Delete(key.clone()));
    desk.pass_seconds(40);
    assert!(matches!(desk.writes()[..], [Request::Delete { .. }]), "{:?}", desk.writes());
    desk.answer(Ok(Reply::Done));
    assert!(desk.core.view().case(&key).is_none());
    assert_eq!(desk.core.inspect().operations, []);
}

#[test]
fn a_title_that_is_taken_back_after_it_left_is_sent_again_as_it_was() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    named_by_the_server(&mut desk, "Checkout 503");
    rename(&mut desk, &key, "Mine");
    desk.pass_seconds(1);
    theirs_is(&mut desk, "Checkout 503");
    assert!(matches!(&desk.writes()[..], [Request::Rename { title, .. }] if &**title == "Mine"));
    rename(&mut desk, &key, "Checkout 503");
    assert_eq!(desk.title(&key), "Checkout 503");
    desk.answer(Ok(Reply::Done));
    desk.pass_seconds(1);
    theirs_is(&mut desk, "Mine");
    assert!(matches!(&desk.writes()[..], [Request::Rename { title, .. }] if &**title == "Checkout 503"));
}
