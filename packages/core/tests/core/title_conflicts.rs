//! A title that is changed on two sides: by the server and a person, or in two windows.

use crate::office::Office;
use crate::renaming::{rename, theirs_is};
use crate::support::*;
use copilot_core::Intent;
use copilot_core::model::RealCase;
use copilot_core::request::{Reply, Request};
use copilot_core::view::Badge;

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
    assert_eq!(desk.core.view().case(&key).unwrap().badge, Badge::Decide);
    let status = desk.core.view().status();
    assert_eq!((status.undecided, status.waiting), (1, 0), "it waits for a decision, not for the server");
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

#[test]
fn a_rename_in_one_window_supersedes_the_unsent_rename_of_another() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.wish(0, Intent::Rename { case: key.clone(), title: "Left".into() });
    office.wish(1, Intent::Rename { case: key.clone(), title: "Right".into() });
    for desk in &office.desks {
        assert_eq!(desk.title(&key), "Right");
    }
    office.pass_seconds(1);
    office.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(case("c-1", 1))))
    });
    assert!(
        matches!(&office.sender_desk().writes()[..], [Request::Rename { title, .. }] if &**title == "Right")
    );
}

#[test]
fn two_windows_that_rename_without_hearing_of_each_other_end_with_one_title() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.wish(0, Intent::Rename { case: key.clone(), title: "Left".into() });
    office.wish(1, Intent::Rename { case: key.clone(), title: "Right".into() });
    office.silent = false;
    office.settle();
    let mut theirs = case("c-1", 1);
    for _ in 0..4 {
        office.pass_seconds(1);
        office.answer_all(|request| match request {
            Request::ReadCase { .. } => Some(Ok(Reply::Case(theirs.clone()))),
            Request::Rename { title, .. } => {
                theirs = RealCase { title: Some(title.clone()), ..theirs.clone() };
                Some(Ok(Reply::Done))
            }
            _ => None,
        });
    }
    let title = office.desks[0].title(&key);
    assert_eq!(office.desks[1].title(&key), title);
    assert_eq!(theirs.title.as_deref(), Some(&*title), "what both show is what the server has");
}

#[test]
fn a_title_that_two_windows_decide_differently_is_decided_once() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    let named = |title: &str| RealCase { title: Some(title.into()), ..case("c-1", 1) };
    office.pass_seconds(61);
    office.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![named("Checkout 503")])))),
        _ => None,
    });
    office.wish(0, Intent::Rename { case: key.clone(), title: "Checkout down".into() });
    office.pass_seconds(1);
    office.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(named("Node 14"))))
    });
    assert!(office.desks.iter().all(|desk| desk.core.view().case(&key).unwrap().conflict.is_some()));
    let rename = office.desks[0].core.view().case(&key).unwrap().conflict.unwrap().operation;
    office.silent = true;
    office.wish(0, Intent::KeepMine(rename));
    office.wish(1, Intent::UseTheirs(rename));
    office.silent = false;
    office.settle();
    office.pass_seconds(1);
    office.answer_all(|request| match request {
        Request::ReadCase { .. } => Some(Ok(Reply::Case(named("Node 14")))),
        Request::Rename { .. } => Some(Ok(Reply::Done)),
        _ => None,
    });
    let titles: Vec<_> = office.desks.iter().map(|desk| desk.title(&key)).collect();
    assert_eq!(titles[0], titles[1]);
    assert!(office.desks.iter().all(|desk| desk.core.view().case(&key).unwrap().conflict.is_none()));
}
