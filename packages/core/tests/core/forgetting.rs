//! The words of a case that was deleted are gone from the disk, whoever deleted it and whatever came in between.

use copilot_core::ids::CaseKey;
use copilot_core::journal::frame;
use copilot_core::model::Draft;
use copilot_core::request::{Reply, Request};
use copilot_core::view::Group;
use copilot_core::{Event, Intent, Link};

use crate::support::*;

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
    desk.wish(Intent::Rename { case: key.clone(), title: "Secret title".into() });
    desk.pass_seconds(1);
    desk.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(case("c-1", 1))))
    });
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
