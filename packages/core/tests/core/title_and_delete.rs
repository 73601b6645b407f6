//! Titles, deletion and pins: local at once, reconciled later.

use crate::support::*;
use copilot_core::ids::CaseKey;
use copilot_core::journal::frame;
use copilot_core::model::{Draft, RealCase};
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Group, NameOrigin};
use copilot_core::{Event, Intent, Link, Notice, Rejection};

fn rename(desk: &mut Desk, case: &copilot_core::ids::CaseKey, title: &str) {
    desk.wish(Intent::Rename { case: case.clone(), title: title.into() });
}

/// Answers the look at the case that goes before every rename.
fn theirs_is(desk: &mut Desk, title: &str) {
    let theirs = RealCase { title: Some(title.into()), ..case("c-1", 1) };
    desk.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(theirs.clone())))
    });
}

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

/// A case that the server has named, seen here under that name, and renamed here.
fn renamed_here(desk: &mut Desk) -> copilot_core::ids::CaseKey {
    let key = desk.settled_case("c-1", "first");
    desk.pass_seconds(61);
    let named = RealCase { title: Some("Checkout 503".into()), ..case("c-1", 1) };
    desk.answer_all(|request| {
        matches!(request, Request::ListCases { .. }).then(|| Ok(Reply::Cases(page(vec![named.clone()]))))
    });
    rename(desk, &key, "Checkout down");
    desk.pass_seconds(1);
    key
}

#[test]
fn a_title_that_changed_on_both_sides_waits_for_the_person_and_nothing_is_overwritten() {
    let mut desk = Desk::new();
    let key = renamed_here(&mut desk);
    theirs_is(&mut desk, "Node 14 drained");
    let conflict = desk.core.view().case(&key).unwrap().conflict.expect("the person must decide");
    assert_eq!((&*conflict.mine, &*conflict.theirs), ("Checkout down", "Node 14 drained"));
    assert_eq!(desk.title(&key), "Checkout down", "mine is shown until then");
    desk.pass_seconds(600);
    assert_eq!(desk.writes(), []);
    let desk = desk.restart(2);
    assert!(desk.core.view().case(&key).unwrap().conflict.is_some(), "and after a restart");
}

#[test]
fn keeping_mine_overwrites_theirs() {
    let mut desk = Desk::new();
    let key = renamed_here(&mut desk);
    theirs_is(&mut desk, "Node 14 drained");
    desk.wish(Intent::KeepMine(desk.core.view().case(&key).unwrap().conflict.unwrap().operation));
    assert_eq!(desk.core.view().case(&key).unwrap().conflict, None);
    theirs_is(&mut desk, "Node 14 drained");
    assert!(matches!(&desk.writes()[..], [Request::Rename { title, .. }] if &**title == "Checkout down"));
}

#[test]
fn keeping_mine_is_asked_again_when_theirs_changes_again() {
    let mut desk = Desk::new();
    let key = renamed_here(&mut desk);
    theirs_is(&mut desk, "Node 14 drained");
    desk.wish(Intent::KeepMine(desk.core.view().case(&key).unwrap().conflict.unwrap().operation));
    theirs_is(&mut desk, "Node 14 and 15 drained");
    assert_eq!(desk.writes(), []);
    assert!(desk.core.view().case(&key).unwrap().conflict.is_some());
}

#[test]
fn using_theirs_gives_mine_up() {
    let mut desk = Desk::new();
    let key = renamed_here(&mut desk);
    theirs_is(&mut desk, "Node 14 drained");
    desk.wish(Intent::UseTheirs(desk.core.view().case(&key).unwrap().conflict.unwrap().operation));
    desk.pass_seconds(600);
    assert_eq!(desk.writes(), []);
    assert_eq!(desk.title(&key), "Node 14 drained");
}

#[test]
fn a_conflict_in_which_both_sides_become_equal_leaves_by_itself() {
    let mut desk = Desk::new();
    let key = renamed_here(&mut desk);
    theirs_is(&mut desk, "Checkout down");
    assert_eq!(desk.core.view().case(&key).unwrap().conflict, None);
    assert_eq!((desk.writes(), desk.core.view().status().waiting), (vec![], 0));
}

#[test]
fn the_servers_first_name_for_a_case_is_no_conflict_with_the_persons() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    rename(&mut desk, &key, "Mine");
    desk.pass_seconds(1);
    theirs_is(&mut desk, "Checkout 503 after node drain");
    assert_eq!(desk.core.view().case(&key).unwrap().conflict, None);
    assert_eq!(desk.writes().len(), 1);
}

/// Everything that stands in the journal and in the cache, as text.
fn on_the_disk(desk: &Desk) -> String {
    let disk = desk.disk.borrow();
    let records = disk.records.iter().map(|kept| frame::payload(&kept.record).unwrap());
    let text: String = records.map(|text| String::from_utf8(text).unwrap()).collect();
    format!("{text}{:?}{:?}", disk.cases, disk.messages)
}

/// A case with words in every place that keeps words: answered, unsent, in the composer, in a copy.
fn a_case_full_of_words(desk: &mut Desk) -> CaseKey {
    let key = desk.settled_case("c-1", "the secret of the pool");
    rename(desk, &key, "Secret title");
    desk.pass_seconds(1);
    theirs_is(desk, PLACEHOLDER);
    desk.answer(Ok(Reply::Done));
    desk.step(Event::Link(Link::Offline));
    desk.say(Some(&key), "an unsent secret");
    for text in ["a drafted secret", "another drafted secret"] {
        let draft = Draft { text: text.into(), ..Draft::default() };
        desk.wish(Intent::KeepDraft { case: Some(key.clone()), draft });
    }
    desk.step(Event::Link(Link::Online));
    desk.wish(Intent::Delete(key.clone()));
    assert!(on_the_disk(desk).contains("an unsent secret"), "it can be taken back");
    key
}

#[test]
fn the_words_of_a_deleted_case_are_gone_from_the_disk_when_the_server_has_deleted_it() {
    let mut desk = Desk::new();
    let other = desk.settled_case("c-2", "an ordinary message");
    desk.wish(Intent::Pin { case: other.clone(), pinned: true });
    let key = a_case_full_of_words(&mut desk);
    desk.pass_seconds(9);
    desk.greet();
    desk.answer(Ok(Reply::Done));
    let left = on_the_disk(&desk);
    assert!(!left.to_lowercase().contains("secret"), "{left}");
    assert!(left.contains("an ordinary message"));
    let desk = desk.restart(2);
    assert_eq!(desk.core.view().case(&key), None);
    assert_eq!(desk.core.view().group(Group::Pinned), [other]);
}

#[test]
fn whoever_sends_next_forgets_a_deleted_case_that_the_last_one_did_not_come_to_forget() {
    let mut desk = Desk::new();
    a_case_full_of_words(&mut desk);
    desk.pass_seconds(9);
    desk.greet();
    desk.hold_store = true;
    desk.answer(Ok(Reply::Done));
    // The deletion is on the disk, and the window ends before it hears so.
    desk.hold_store = false;
    for batch in std::mem::take(&mut desk.held) {
        desk.disk.borrow_mut().append(batch).unwrap();
    }
    assert!(on_the_disk(&desk).contains("secret"));
    let desk = desk.restart(2);
    let left = on_the_disk(&desk);
    assert!(!left.to_lowercase().contains("secret"), "{left}");
}

#[test]
fn the_words_of_a_case_that_the_server_never_heard_of_are_gone_when_its_deletion_counts() {
    let mut desk = Desk::new();
    desk.step(Event::Link(Link::Offline));
    desk.say(None, "a secret");
    let key = desk.core.view().open().cloned().unwrap();
    desk.wish(Intent::Delete(key));
    desk.pass_seconds(9);
    desk.wish(Intent::TryNow);
    desk.greet();
    let left = on_the_disk(&desk);
    assert!(!left.contains("secret"), "{left}");
}
