//! Files and words that were sent with one press: turns of the case, one message to the person.

use crate::support::*;
use copilot_core::ids::CaseKey;
use copilot_core::model::{Data, Draft, Turn};
use copilot_core::request::{Limits, Reply, Request};
use copilot_core::view::{Badge, Delivery};
use copilot_core::{FailureClass, Intent, Link, Millis, Notice, Rejection, Undoable};

use crate::office::Office;

fn file(name: &str) -> Data {
    Data::File {
        name: name.into(),
        media_type: "text/plain".into(),
        bytes: copilot_core::model::FileBytes::new(name.as_bytes()),
    }
}

/// Two files and words, sent with one press in a case with one settled message.
fn send_two_files(desk: &mut Desk, key: &CaseKey) {
    let turns = vec![
        Turn { data: Some(file("a.log")), ..Turn::default() },
        Turn { text: "compare".into(), data: Some(file("b.log")), intention: None },
    ];
    desk.wish(Intent::Submit { case: Some(key.clone()), turns });
}

fn names(draft: &Draft) -> Vec<String> {
    let name = |data: &Data| match data {
        Data::File { name, .. } => name.to_string(),
        _ => String::new(),
    };
    draft.data.iter().map(name).collect()
}

fn mine(desk: &Desk, key: &CaseKey) -> Vec<(String, Option<String>)> {
    let rows = desk.rows(key).into_iter().filter(|row| row.role == copilot_core::model::Role::User);
    rows.map(|row| {
        (row.text.to_string(), row.attachment.and_then(|file| file.name).map(|name| name.to_string()))
    })
    .collect()
}

const FIRST: (&str, Option<&str>) = ("first", None);

fn owned(rows: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    rows.iter().map(|(text, name)| ((*text).to_owned(), name.map(str::to_owned))).collect()
}

#[test]
fn editing_any_row_of_a_message_brings_its_words_and_all_its_files_back() {
    for last in [false, true] {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        desk.step(copilot_core::Event::Link(Link::Offline));
        send_two_files(&mut desk, &key);
        desk.say(Some(&key), "another message");
        // It is known in a later run as well.
        let mut desk = desk.restart(7);
        desk.step(copilot_core::Event::Link(Link::Offline));
        desk.wish(Intent::Open(Some(key.clone())));
        let draft = Draft { text: "later".into(), data: vec![file("c.log")], caret: 0 };
        desk.wish(Intent::KeepDraft { case: Some(key.clone()), draft });
        let rows = desk.rows(&key);
        desk.wish(Intent::Edit(rows[if last { 3 } else { 2 }].operation.unwrap()));
        let draft = desk.core.view().draft(Some(&key)).unwrap();
        assert_eq!((&*draft.text, draft.caret), ("compare\n\nlater", 7));
        assert_eq!(names(draft), ["a.log", "b.log", "c.log"]);
        assert_eq!(mine(&desk, &key), owned(&[FIRST, ("another message", None)]));
    }
}

#[test]
fn a_message_that_is_discarded_goes_and_comes_back_as_a_whole_in_its_order() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(copilot_core::Event::Link(Link::Offline));
    send_two_files(&mut desk, &key);
    desk.say(Some(&key), "another message");
    let all = mine(&desk, &key);
    desk.notices.clear();
    let op = desk.operation(&key, "compare");
    desk.wish(Intent::Discard(op));
    assert_eq!(mine(&desk, &key), owned(&[FIRST, ("another message", None)]));
    let offers = desk
        .notices
        .iter()
        .filter(|notice| matches!(notice, Notice::Undoable { what: Undoable::Discarded, .. }));
    assert_eq!(offers.count(), 1, "one undo for all of it");
    desk.pass_seconds(7);
    desk.wish(Intent::HoldUndo(op));
    desk.pass_seconds(7);
    desk.wish(Intent::Undo(op));
    assert_eq!(mine(&desk, &key), all);
    desk.wish(Intent::Discard(op));
    desk.pass_seconds(9);
    assert_eq!(desk.core.inspect().operations.len(), 1, "the other message");
    assert_eq!(mine(&desk.restart(2), &key).len(), 0, "nobody looks there yet");
}

#[test]
fn what_has_left_stays_where_it_is_when_the_rest_of_its_message_is_taken_back() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    send_two_files(&mut desk, &key);
    assert_eq!(desk.writes().len(), 1, "the first file is on its way");
    let op = desk.operation(&key, "compare");
    desk.wish(Intent::Discard(op));
    assert_eq!(mine(&desk, &key), owned(&[FIRST, ("", Some("a.log"))]));
    assert_eq!(desk.writes().len(), 1, "and stays so");
    desk.wish(Intent::Undo(op));
    desk.answer(answered(2, "one"));
    desk.wish(Intent::Edit(desk.operation(&key, "compare")));
    let draft = desk.core.view().draft(Some(&key)).unwrap();
    assert_eq!(names(draft), ["b.log"]);
    assert_eq!(mine(&desk, &key), owned(&[FIRST, ("", Some("a.log"))]));
}

#[test]
fn stopping_the_first_file_of_a_message_brings_the_rest_back_into_the_composer() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    send_two_files(&mut desk, &key);
    let first = desk.rows(&key).into_iter().find(|row| row.attachment.is_some()).unwrap();
    desk.wish(Intent::Stop(first.operation.unwrap()));
    assert_eq!(desk.writes(), []);
    let draft = desk.core.view().draft(Some(&key)).unwrap();
    assert_eq!((&*draft.text, names(draft)), ("compare", vec!["b.log".to_owned()]));
    assert_eq!(mine(&desk, &key), owned(&[FIRST, ("", Some("a.log"))]));
}

#[test]
fn a_message_of_several_files_counts_once_and_is_retried_in_its_order() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let badge = |desk: &Desk| desk.core.view().case(&key).unwrap().badge;
    desk.step(copilot_core::Event::Link(Link::Offline));
    send_two_files(&mut desk, &key);
    assert_eq!(badge(&desk), Badge::Waiting(1));
    desk.say(Some(&key), "another message");
    assert_eq!(badge(&desk), Badge::Waiting(2));
    desk.step(copilot_core::Event::Link(Link::Online));
    desk.greet();
    desk.answer(rejected(Rejection::Provider));
    assert_eq!(badge(&desk), Badge::NotSent(2));
    // Its last row is as good as its first.
    desk.wish(Intent::Retry(desk.operation(&key, "compare")));
    desk.answer(answered(2, "one"));
    assert_eq!(badge(&desk), Badge::Waiting(1), "the words are on their way");
    desk.answer(answered(3, "two"));
    desk.answer(answered(4, "three"));
    assert_eq!(badge(&desk), Badge::None);
}

#[test]
fn a_message_that_waits_is_sent_anyway_as_a_whole() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    send_two_files(&mut desk, &key);
    desk.answer(rejected(Rejection::Quota));
    assert_eq!(desk.row(&key, "compare").delivery, Delivery::Blocked);
    desk.wish(Intent::SendAnyway(desk.operation(&key, "compare")));
    desk.answer(answered(2, "one"));
    desk.answer(answered(3, "two"));
    assert_eq!(desk.core.view().case(&key).unwrap().badge, Badge::NotSent(1), "the second message");
}

#[test]
fn a_file_that_is_sent_anyway_leaves_the_failed_one_before_it_to_the_person_and_a_retry_leaves_what_it_cannot_help()
 {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    send_two_files(&mut desk, &key);
    desk.answer(rejected(Rejection::Provider));
    let (first, second) = (desk.rows(&key)[2].operation.unwrap(), desk.operation(&key, "compare"));
    desk.wish(Intent::SendAnyway(second));
    assert_eq!(
        desk.core.view().case(&key).unwrap().badge,
        Badge::NotSent(1),
        "the file still waits for the person"
    );
    desk.answer(rejected(Rejection::UnsupportedType));
    assert_eq!(desk.writes(), [], "nothing but the second was sent");
    desk.wish(Intent::Retry(first));
    desk.answer(answered(2, "one"));
    assert_eq!(desk.writes(), [], "the second would be refused again");
}

#[test]
fn a_file_that_may_have_arrived_stays_where_it_is_when_the_rest_is_taken_back() {
    for is_over in [false, true] {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        send_two_files(&mut desk, &key);
        desk.answer(failed(FailureClass::Uncertain));
        if is_over {
            // Nothing tells whether it has arrived: that is for the person to have checked.
            for _ in 0..40 {
                desk.answer_all(|request| match request {
                    Request::Probe => Some(Ok(Reply::Alive(Limits::default()))),
                    Request::SubmitTurn { .. } => Some(failed(FailureClass::Uncertain)),
                    Request::ListMessages { .. } => Some(server_problem()),
                    _ => None,
                });
                desk.pass_seconds(61);
            }
            assert!(matches!(desk.rows(&key)[2].delivery, Delivery::Failed { .. }));
        }
        desk.wish(Intent::Edit(desk.operation(&key, "compare")));
        let draft = desk.core.view().draft(Some(&key)).unwrap();
        assert_eq!((&*draft.text, names(draft)), ("compare", vec!["b.log".to_owned()]));
        assert_eq!(mine(&desk, &key), owned(&[FIRST, ("", Some("a.log"))]));
        let badge = if is_over { Badge::NotSent(1) } else { Badge::Waiting(1) };
        assert_eq!(desk.core.view().case(&key).unwrap().badge, badge);
    }
}

#[test]
fn a_file_that_was_refused_for_now_is_taken_back_with_the_rest() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    send_two_files(&mut desk, &key);
    desk.answer(busy(30));
    desk.wish(Intent::Edit(desk.operation(&key, "compare")));
    assert_eq!(names(desk.core.view().draft(Some(&key)).unwrap()), ["a.log", "b.log"]);
    assert_eq!(mine(&desk, &key), owned(&[FIRST]));
}

#[test]
fn an_offer_of_undo_that_is_held_outlives_the_window() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(copilot_core::Event::Link(Link::Offline));
    send_two_files(&mut desk, &key);
    let all = mine(&desk, &key);
    let op = desk.operation(&key, "compare");
    desk.wish(Intent::Discard(op));
    desk.pass_seconds(7);
    desk.wish(Intent::HoldUndo(op));
    desk.pass_seconds(5);
    let mut desk = desk.restart(7);
    desk.wish(Intent::Open(Some(key.clone())));
    desk.wish(Intent::Undo(op));
    assert_eq!(mine(&desk, &key), all);
}

#[test]
fn a_message_that_waits_stands_below_one_that_was_sent_past_it() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    for text in ["second", "third", "fourth"] {
        desk.say(Some(&key), text);
    }
    desk.answer(rejected(Rejection::Provider));
    desk.wish(Intent::SendAnyway(desk.operation(&key, "fourth")));
    let rows = [FIRST, ("second", None), ("fourth", None), ("third", None)];
    assert_eq!(mine(&desk, &key), owned(&rows));
}

#[test]
fn what_was_discarded_stays_so_when_another_turn_of_its_message_is_edited() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    send_two_files(&mut desk, &key);
    desk.answer(rejected(Rejection::Provider));
    let (first, second) = (desk.rows(&key)[2].operation.unwrap(), desk.operation(&key, "compare"));
    desk.wish(Intent::SendAnyway(second));
    desk.wish(Intent::Discard(first));
    desk.answer(rejected(Rejection::Provider));
    desk.wish(Intent::Edit(second));
    assert_eq!(names(desk.core.view().draft(Some(&key)).unwrap()), ["b.log"]);
    desk.wish(Intent::Undo(first));
    assert_eq!(mine(&desk, &key), owned(&[FIRST, ("", Some("a.log"))]));
}

#[test]
fn the_making_of_a_case_is_no_part_of_its_first_message() {
    let mut desk = Desk::new();
    desk.step(copilot_core::Event::Link(Link::Offline));
    desk.say(None, "first");
    let key = desk.core.view().open().cloned().unwrap();
    desk.wish(Intent::Edit(desk.operation(&key, "first")));
    assert_eq!(&*desk.core.view().draft(Some(&key)).unwrap().text, "first");
    assert_eq!(desk.core.inspect().operations.len(), 1, "the case is still to be made");
}

#[test]
fn two_messages_of_one_moment_are_two_messages() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(copilot_core::Event::Link(Link::Offline));
    desk.say(Some(&key), "second");
    desk.say(Some(&key), "third");
    desk.wish(Intent::Discard(desk.operation(&key, "second")));
    assert_eq!(mine(&desk, &key), owned(&[FIRST, ("third", None)]));
}

#[test]
fn a_title_that_is_given_between_two_messages_of_one_moment_does_not_make_them_one() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(copilot_core::Event::Link(Link::Offline));
    desk.say(Some(&key), "second");
    desk.wish(Intent::Rename { case: key.clone(), title: "Full disk".into() });
    desk.say(Some(&key), "third");
    desk.wish(Intent::Discard(desk.operation(&key, "second")));
    assert_eq!(mine(&desk, &key), owned(&[FIRST, ("third", None)]));
}

#[test]
fn a_message_that_is_said_after_the_clock_was_set_right_bears_the_right_time() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(copilot_core::Event::Link(Link::Offline));
    let right = desk.now.wall;
    desk.now.wall = right + Millis::seconds(3_600);
    desk.say(Some(&key), "second");
    desk.now.wall = right;
    desk.say(Some(&key), "third");
    assert_eq!(desk.row(&key, "third").sent, Some(right));
}

#[test]
fn another_window_knows_what_belongs_together() {
    let mut office = Office::new(2);
    let key = office.desks[0].settled_case("c-1", "first");
    office.settle();
    office.desks[0].step(copilot_core::Event::Link(Link::Offline));
    send_two_files(&mut office.desks[0], &key);
    office.settle();
    let other = &mut office.desks[1];
    other.wish(Intent::Open(Some(key.clone())));
    other.wish(Intent::Discard(other.operation(&key, "compare")));
    office.settle();
    assert_eq!(mine(&office.desks[0], &key), owned(&[FIRST]));
}
