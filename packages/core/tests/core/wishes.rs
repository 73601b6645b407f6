//! Names by the server, the rest of a queue, copies of what was replaced, details.

use copilot_core::ids::CaseKey;
use copilot_core::model::{BackedUp, CaseDetails, Draft, RealCase, Turn};
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Badge, Delivery, NameOrigin};
use copilot_core::{Event, Intent, Lifecycle, Millis, Notice, Refusal, Rejection};

use crate::office::Office;
use crate::support::*;

fn title(desk: &Desk, key: &CaseKey) -> (String, NameOrigin) {
    let row = desk.core.view().case(key).unwrap();
    (row.title.to_string(), row.origin)
}

/// The server answers every look at the case with this.
fn case_is(desk: &mut Desk, theirs: &RealCase) {
    desk.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(theirs.clone())))
    });
}

#[test]
fn a_name_that_is_asked_for_is_asked_for_once_and_shown_when_it_comes() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::GenerateTitle(key.clone()));
    desk.wish(Intent::GenerateTitle(key.clone()));
    assert!(desk.core.view().case(&key).unwrap().naming);
    assert!(matches!(desk.writes()[..], [Request::GenerateTitle { .. }]));
    desk.answer(Ok(Reply::Titled("Checkout 503".into())));
    assert_eq!(title(&desk, &key), ("Checkout 503".to_owned(), NameOrigin::Server));
    assert!(!desk.core.view().case(&key).unwrap().naming);
    assert_eq!(desk.core.inspect().operations, []);
}

#[test]
fn a_name_that_the_server_will_not_give_is_told_and_the_old_one_stays() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let before = title(&desk, &key);
    desk.wish(Intent::GenerateTitle(key.clone()));
    desk.answer(rejected(Rejection::Invalid { field: None }));
    assert!(matches!(desk.notices.last(), Some(Notice::NotNamed { case, .. }) if *case == key));
    assert_eq!(title(&desk, &key), before);
    assert!(!desk.core.view().case(&key).unwrap().naming);
}

#[test]
fn a_title_by_the_person_outranks_a_name_that_was_asked_for_before() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Link(copilot_core::Link::Offline));
    desk.wish(Intent::GenerateTitle(key.clone()));
    desk.wish(Intent::Rename { case: key, title: "Mine".into() });
    desk.wish(Intent::TryNow);
    desk.greet();
    desk.pass_seconds(1);
    case_is(&mut desk, &case("c-1", 1));
    assert!(matches!(&desk.writes()[..], [Request::Rename { title, .. }] if &**title == "Mine"));
}

#[test]
fn a_title_is_trimmed_to_fifty_characters_in_one_line_and_a_blank_one_is_refused() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Rename { case: key.clone(), title: " \n\t ".into() });
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::BlankTitle)));
    desk.wish(Intent::Rename {
        case: key.clone(),
        title: format!("  Two\n lines {} ", "é".repeat(80)).into(),
    });
    let shown = title(&desk, &key).0;
    assert!(shown.starts_with("Two lines éé") && shown.chars().count() == 50, "{shown}");
    // Back to what it was: nothing is left to send.
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let before = title(&desk, &key).0;
    desk.wish(Intent::Rename { case: key, title: before.as_str().into() });
    assert_eq!(desk.core.inspect().operations, []);
    desk.wish(Intent::Rename { case: "opt_case_1_1".parse().unwrap(), title: "Nobody's".into() });
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
}

#[test]
fn the_rest_of_a_queue_goes_out_in_order_and_the_failed_one_stays() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    ["second", "third", "fourth"].into_iter().for_each(|text| desk.say(Some(&key), text));
    desk.answer(rejected(Rejection::TooLarge));
    assert_eq!(desk.core.view().case(&key).unwrap().badge, Badge::NotSent(3));
    desk.wish(Intent::SendRest(key.clone()));
    for (turn, text) in [(2, "third"), (3, "fourth")] {
        assert!(
            matches!(&desk.writes()[..], [Request::SubmitTurn { turn, .. }] if &*turn.text == text),
            "{text}"
        );
        desk.answer(answered(turn, "ok"));
    }
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::Failed { .. }));
    assert_eq!(desk.core.view().case(&key).unwrap().badge, Badge::NotSent(1));
}

#[test]
fn a_dismissed_title_is_kept_for_seven_days_and_can_be_restored() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Rename { case: key.clone(), title: "Mine".into() });
    desk.pass_seconds(1);
    case_is(&mut desk, &case("c-1", 1));
    desk.answer(rejected(Rejection::Forbidden));
    desk.wish(Intent::DismissTitleNote(key.clone()));
    let copies = desk.core.view().backups(Some(&key));
    assert_eq!(
        copies.iter().map(|copy| copy.what.clone()).collect::<Vec<_>>(),
        [BackedUp::Title("Mine".into())]
    );
    let days = |desk: &Desk, days: u64| {
        let mut later = desk.restart(2);
        later.now.wall = later.now.wall + copilot_core::Millis::seconds(days * 86_400);
        later.wish(Intent::Restore(copies[0].id));
        later
    };
    let mut soon = days(&desk, 6);
    assert_eq!(title(&soon, &key).0, "Mine");
    assert_eq!(soon.core.view().backups(Some(&key)), [], "it is a copy no more");
    soon.wish(Intent::Restore(copies[0].id));
    assert_eq!(soon.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
    let late = days(&desk, 8);
    assert_eq!(late.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
    assert_eq!(late.core.view().backups(Some(&key)), []);
}

#[test]
fn a_message_that_the_server_stored_with_other_words_is_kept_beside_it() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "my own words");
    desk.answer(answered(2, "two"));
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("my other words", "two")]));
    assert_eq!(desk.texts(&key)[2], "user: my other words");
    let copies = desk.core.view().backups(Some(&key));
    assert!(matches!(&copies[0].what, BackedUp::Message(turn) if &*turn.text == "my own words"));
    desk.wish(Intent::Restore(copies[0].id));
    assert_eq!(&*desk.core.view().draft(Some(&key)).unwrap().text, "my own words");
    // White space at the ends is nobody's loss.
    desk.say(Some(&key), "third  ");
    desk.answer(answered(3, "three"));
    let turns = [("first", "Look at the pool."), ("my other words", "two"), ("third", "three")];
    desk.list("c-1", talk(&turns));
    assert_eq!(desk.core.view().backups(Some(&key)), []);
}

#[test]
fn a_draft_that_another_window_replaces_is_kept_once_in_half_a_minute_and_can_be_dropped() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    let write = |office: &mut Office, window: usize, text: &str| {
        let draft = Draft { text: text.into(), ..Draft::default() };
        office.wish(window, Intent::KeepDraft { case: Some(key.clone()), draft });
        office.pass_seconds(1);
    };
    write(&mut office, 0, "left");
    write(&mut office, 1, "right");
    write(&mut office, 0, "again left");
    let copies = office.desks[0].core.view().backups(Some(&key));
    let texts: Vec<_> = copies.iter().map(|copy| copy.what.clone()).collect();
    assert_eq!(texts, [BackedUp::Draft(Draft { text: "left".into(), ..Draft::default() })]);
    // One that goes on from it replaces nothing.
    office.pass_seconds(40);
    write(&mut office, 1, "again left and right");
    assert_eq!(office.desks[1].core.view().backups(Some(&key)).len(), 1);
    office.wish(1, Intent::DropBackup(copies[0].id));
    assert!(office.desks.iter().all(|desk| desk.core.view().backups(Some(&key)).is_empty()));
}

#[test]
fn details_are_read_while_somebody_looks_at_them_and_again_after_every_turn() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::ReadDetails(key.clone()));
    let details = |problem: &str| CaseDetails { problem: Some(problem.into()), ..CaseDetails::default() };
    let asked = |desk: &Desk| {
        desk.open.iter().filter(|(_, request)| matches!(request, Request::ReadDetails { .. })).count()
    };
    assert_eq!((asked(&desk), desk.core.view().details(&key)), (1, None));
    let answer = |desk: &mut Desk, problem: &str| {
        let found = details(problem);
        desk.answer_all(|request| match request {
            Request::ReadDetails { .. } => Some(Ok(Reply::Details(Box::new(found.clone())))),
            _ => None,
        });
    };
    answer(&mut desk, "503");
    assert_eq!(**desk.core.view().details(&key).unwrap(), details("503"));
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("second", "two")]));
    assert_eq!(asked(&desk), 1, "it may be another one after a turn");
    desk.answer_all(|request| matches!(request, Request::ReadDetails { .. }).then(server_problem));
    assert_eq!(**desk.core.view().details(&key).unwrap(), details("503"), "what cannot be read stays");
    desk.wish(Intent::CloseDetails);
    desk.say(Some(&key), "third");
    desk.answer(answered(3, "three"));
    desk.step(Event::Page(Lifecycle::Shown));
    assert_eq!(asked(&desk), 0);
    assert_eq!(desk.core.view().details(&key), None);
}

#[test]
fn a_search_finds_titles_first_then_the_newest_message_of_each_case() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "The Pool is empty");
    let second = desk.settled_case("c-2", "unrelated");
    desk.wish(Intent::Rename { case: second.clone(), title: "Pool party".into() });
    desk.say(Some(&first), "the pool again");
    let hits = desk.core.view().find(" POOL ", 10);
    let found: Vec<_> = hits.iter().map(|hit| (&hit.case, hit.message.is_some(), &*hit.excerpt)).collect();
    assert_eq!(found, [(&second, false, "Pool party"), (&first, true, "the pool again")]);
    assert_eq!(desk.core.view().find("pool", 1).len(), 1);
    assert_eq!(desk.core.view().find("  ", 10), []);
    let confirmed = desk.core.view().find("is empty", 10);
    assert_eq!(confirmed[0].message, Some(desk.row(&first, "The Pool is empty").key));
    assert_eq!(desk.core.view().find("nowhere", 10), []);
}

#[test]
fn several_turns_of_one_wish_are_accepted_together_or_not_at_all() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let turns = vec![Turn::say("a"), Turn::say(" ")];
    desk.wish(Intent::Submit { case: Some(key.clone()), turns });
    assert_eq!((desk.texts(&key).len(), desk.notices.last()), (2, Some(&Notice::Refused(Refusal::Blank))));
    desk.wish(Intent::Submit { case: Some(key.clone()), turns: Vec::new() });
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::Blank)));
    desk.wish(Intent::Submit { case: Some(key.clone()), turns: vec![Turn::say("a"), Turn::say("b")] });
    assert_eq!(desk.sent.iter().filter(|request| matches!(request, Request::SubmitTurn { .. })).count(), 2);
    let said: Vec<_> = desk.texts(&key).into_iter().filter(|row| row.starts_with("user")).collect();
    assert_eq!(said, ["user: first", "user: a", "user: b"]);
}

#[test]
fn deleting_the_open_case_closes_it_and_deleting_another_leaves_it_open() {
    let mut desk = Desk::new();
    let (first, second) = (desk.settled_case("c-1", "first"), desk.settled_case("c-2", "second"));
    desk.wish(Intent::Delete(first.clone()));
    assert_eq!(desk.core.view().open(), Some(&second));
    desk.wish(Intent::Delete(second));
    assert_eq!(desk.core.view().open(), None);
    desk.wish(Intent::Delete(first));
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::TooLate)), "it is gone already");
}

#[test]
fn drafts_of_two_cases_that_are_replaced_in_one_moment_are_both_kept() {
    let mut office = Office::new(2);
    let keys = [office.settled_case("c-1", "first"), office.settled_case("c-2", "first")];
    let write = |office: &mut Office, window: usize, key: &CaseKey, text: &str| {
        let draft = Draft { text: text.into(), ..Draft::default() };
        office.wish(window, Intent::KeepDraft { case: Some(key.clone()), draft });
    };
    for key in &keys {
        write(&mut office, 0, key, "left");
        write(&mut office, 1, key, "right");
    }
    let copies = |office: &Office, key: &CaseKey| office.desks[0].core.view().backups(Some(key)).len();
    assert_eq!(keys.each_ref().map(|key| copies(&office, key)), [1, 1]);
    // Half a minute later the next copy is made, and not a moment earlier.
    office.pass(Millis(29_999));
    write(&mut office, 0, &keys[0], "up");
    write(&mut office, 1, &keys[0], "down");
    assert_eq!(copies(&office, &keys[0]), 1);
    office.pass(Millis(1));
    write(&mut office, 0, &keys[0], "east");
    write(&mut office, 1, &keys[0], "west");
    assert_eq!(copies(&office, &keys[0]), 2);
}
