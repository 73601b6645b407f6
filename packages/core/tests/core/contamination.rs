//! What could not be true is not believed: it is refused, named, set aside, and the program goes on.

use std::sync::Arc;

use copilot_core::ids::{CaseKey, RealId};
use copilot_core::journal::{Damage, Record, Sequence, Writer, frame};
use copilot_core::model::{RealCase, Role};
use copilot_core::request::{Limits, Page, Reply, Request};
use copilot_core::view::{CachedMessage, Delivery};
use copilot_core::{Event, Intent, StoreAck};

use crate::disk::Disk;
use crate::support::*;

#[test]
fn rows_of_the_case_list_that_are_no_cases_are_left_out_counted_and_named() {
    let mut desk = Desk::new();
    desk.pass_seconds(61);
    let refused = Some((2, Arc::from("its id starts with opt_")));
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(Page {
            received: 3,
            refused: refused.clone(),
            ..page(vec![case("c-1", 1)])
        }))),
        _ => None,
    });
    let listed = desk.core.view().group(copilot_core::view::Group::Active).to_vec();
    assert_eq!(listed, [CaseKey::of_server(&real("c-1"))]);
    let violations = desk.core.inspect().violations;
    assert_eq!(violations.len(), 1);
    assert!(violations[0].what.contains('2') && violations[0].what.contains("its id starts with opt_"));
    assert_eq!(violations[0].at, desk.now.wall);
    assert_eq!(desk.reports, violations, "and the logs are told the same");
}

#[test]
fn the_next_page_of_a_list_begins_behind_the_rows_that_were_refused_too() {
    let mut desk = Desk::new();
    desk.pass_seconds(61);
    desk.answer_all(|request| match request {
        Request::ListCases { offset: 0, .. } => {
            let refused = Some((1, Arc::from("no id")));
            let page =
                Page { received: 3, refused, has_more: true, ..page(vec![case("c-1", 1), case("c-2", 1)]) };
            Some(Ok(Reply::Cases(page)))
        }
        _ => None,
    });
    assert!(desk.open.iter().any(|(_, request)| matches!(request, Request::ListCases { offset: 3, .. })));
}

#[test]
fn a_list_that_says_more_follows_but_sends_nothing_is_not_read_for_ever() {
    let mut desk = Desk::new();
    let mut asked = 0;
    desk.pass_seconds(61);
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => {
            asked += 1;
            Some(Ok(Reply::Cases(Page { has_more: true, ..page(Vec::new()) })))
        }
        _ => None,
    });
    assert_eq!(asked, 1);
}

#[test]
fn an_answer_of_another_shape_than_was_asked_for_proves_nothing_and_the_message_is_asked_about_again() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let first = desk.writes();
    for wrong in [Reply::Done, Reply::Case(case("c-1", 2)), Reply::Renewed] {
        desk.answer(Ok(wrong));
        assert_eq!(desk.row(&key, "second").delivery, Delivery::Checking);
        desk.pass_seconds(10);
        assert_eq!(desk.writes(), first);
    }
}

#[test]
fn a_case_that_was_not_asked_about_is_not_taken_for_the_one_that_was() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    let wrong = RealCase { title: Some("Another case".into()), ..case("c-9", 5) };
    desk.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(wrong.clone())))
    });
    assert_eq!(desk.title(&key), "Chat-2026-11-22 12:00");
    assert_eq!(desk.core.view().case(&CaseKey::of_server(&real("c-9"))), None);
    // Nor before a rename leaves.
    desk.wish(Intent::Rename { case: key.clone(), title: "Mine".into() });
    desk.pass_seconds(1);
    let ask = |desk: &mut Desk, answer: &RealCase| {
        desk.answer_all(|request| {
            matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(answer.clone())))
        });
    };
    let mut rounds = 0;
    desk.answer_all(|request| match request {
        Request::ReadCase { .. } if rounds < 5 => {
            rounds += 1;
            Some(Ok(Reply::Case(wrong.clone())))
        }
        _ => None,
    });
    assert_eq!(desk.writes(), [], "it does not leave on the word of another case");
    ask(&mut desk, &case("c-1", 2));
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn one_id_twice_in_a_page_is_one_row() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Page(copilot_core::Lifecycle::Shown));
    let mut rows = talk(&[("first", "Look at the pool."), ("second", "two")]);
    rows.push(rows[3].clone());
    rows.push(rows[2].clone());
    desk.list("c-1", rows);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_row_without_words_is_not_drawn_and_an_unknown_role_is_a_notice() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Page(copilot_core::Lifecycle::Shown));
    let mut rows = talk(&[("first", "Look at the pool.")]);
    rows.push(row("m-3", Role::System, 1, "Investigation started"));
    rows.push(row("m-4", Role::Assistant, 2, " \n "));
    desk.list("c-1", rows);
    let shown = ["user: first", "system: Investigation started", "assistant: Look at the pool."];
    assert_eq!(desk.texts(&key), shown);
}

#[test]
fn a_row_that_changes_on_the_server_changes_in_its_place_under_its_key() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let before = desk.keys(&key);
    desk.step(Event::Page(copilot_core::Lifecycle::Shown));
    desk.list("c-1", talk(&[("first", "Look at the pool. Edited.")]));
    assert_eq!(desk.texts(&key), ["user: first", "assistant: Look at the pool. Edited."]);
    assert_eq!(desk.keys(&key), before);
    let merge = desk.core.inspect().last_merge.unwrap();
    assert_eq!((merge.listed, merge.added, merge.changed, merge.bound), (2, 0, 1, 0));
}

#[test]
fn a_list_that_contradicts_the_answer_that_was_received_does_not_replace_it_unseen() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    // Two assistant rows say that they are of turn 2, neither with the words that were received.
    let mut rows = talk(&[("first", "Look at the pool."), ("second", "Somebody else's answer.")]);
    rows.push(row("m-5", Role::Assistant, 2, "Another answer."));
    desk.list("c-1", rows);
    assert!(desk.texts(&key).contains(&"assistant: two".to_owned()), "never guess when two rows fit");
    assert_eq!(desk.texts(&key).iter().filter(|row| *row == "user: second").count(), 1);
}

#[test]
fn records_that_could_not_be_read_are_told_and_the_rest_is_there() {
    let desk = {
        let mut desk = Desk::new();
        desk.settled_case("c-1", "first");
        desk
    };
    let disk = Disk { damage: Some(Damage { damaged: 3, total: 40 }), ..desk.disk.borrow().clone() };
    let desk = Desk::on(disk.shared(), 2);
    assert_eq!(desk.core.view().status().damage, Some(Damage { damaged: 3, total: 40 }));
    assert_eq!(desk.core.view().group(copilot_core::view::Group::Active).len(), 1);
}

#[test]
fn a_record_whose_ids_crossed_over_is_set_aside_and_kept_as_it_came() {
    let crossed = [
        r#"{"r":"link","case":"opt_case_1_1","real":"opt_case_1_2","name":"Chat"}"#,
        r#"{"r":"link","case":"c-1","real":"c-1","name":"Chat"}"#,
        r#"{"r":"deleted","real":"opt_case_1_1"}"#,
        r#"{"r":"seen","case":"opt_msg_1_1","turn":1}"#,
        r#"{"r":"pin","case":"srv:opt_case_1_1","pinned":true,"stamp":{"wall":1,"tie":1}}"#,
        r#"{"r":"kept","op":"opt_op_1_1"}"#,
    ];
    let mut bytes = Vec::new();
    for (sequence, text) in (1..).zip(crossed) {
        let record = frame::parse(text.as_bytes()).unwrap();
        assert_eq!(record, Record::Foreign(Arc::from(text)), "{text}");
        frame::write(&mut bytes, Sequence(sequence), Writer(1), None, &record).unwrap();
    }
    let salvage = frame::read(&bytes);
    let disk = Disk { next: 7, records: salvage.records, ..Disk::default() };
    let mut desk = Desk::on(disk.shared(), 2);
    assert_eq!(desk.core.inspect().links, []);
    desk.settled_case("c-1", "first");
}

#[test]
fn what_is_no_record_at_all_is_damage() {
    for text in ["", "{}", "[]", "null", "{\"r\":\"\"}", "{\"r\":1}", "{\"r\":\"seen\"", "\u{0}"] {
        assert_eq!(frame::parse(text.as_bytes()), None, "{text:?}");
    }
    assert_eq!(frame::parse(&[0xff, 0xfe]), None);
}

#[test]
fn a_server_id_that_looks_like_ours_or_leads_out_of_its_path_is_no_id() {
    for text in ["opt_case_1_1", "opt_", "../admin", "a/b", "c?x=1", "c%2f", "c#1", "", "c 1", "c\n1", ".."] {
        assert!(RealId::parse(text).is_err(), "{text:?}");
        assert!(serde_json::from_value::<RealId>(text.into()).is_err(), "{text:?}");
    }
}

#[test]
fn cached_rows_that_the_server_has_contradicted_since_do_not_come_back() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let old: Vec<CachedMessage> = desk.disk.borrow().rows_of(&real("c-1"));
    desk.step(Event::Page(copilot_core::Lifecycle::Shown));
    desk.list("c-1", talk(&[("first", "Look at the pool. Edited.")]));
    desk.step(Event::Stored(StoreAck::Loaded { case: real("c-1"), rows: old.clone() }));
    assert_eq!(desk.texts(&key)[1], "assistant: Look at the pool. Edited.");
    // Nor rows of a case that nobody looks at.
    let before = desk.core.digest();
    desk.step(Event::Stored(StoreAck::Loaded { case: real("c-77"), rows: old }));
    assert_eq!(desk.core.digest(), before);
}

#[test]
fn rows_of_a_deleted_case_that_come_late_are_not_shown_or_kept() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.step(Event::Page(copilot_core::Lifecycle::Shown));
    let (read, _) = desk
        .open
        .iter()
        .find(|(_, request)| matches!(request, Request::ListMessages { .. }))
        .cloned()
        .expect("the rows are being read");
    desk.wish(Intent::Delete(key.clone()));
    desk.pass_seconds(9);
    desk.answer(Ok(Reply::Done));
    desk.step(Event::Answered(read, Ok(Reply::Messages(page(talk(&[("first", "late")]))))));
    assert_eq!(desk.core.view().case(&key), None);
    assert_eq!(desk.disk.borrow().messages, []);
    assert_eq!(desk.disk.borrow().cases, []);
}

#[test]
fn a_store_that_answers_what_nobody_asked_changes_nothing() {
    let mut desk = Desk::new();
    desk.settled_case("c-1", "first");
    let before = desk.core.digest();
    let batch = copilot_core::journal::BatchId(9999);
    desk.step(Event::Stored(StoreAck::Appended { batch, first: Sequence(1) }));
    desk.step(Event::Stored(StoreAck::Refused { batch, why: copilot_core::journal::StoreRefusal::Full }));
    desk.step(Event::Stored(StoreAck::ReadBack { from: Sequence(3), records: Vec::new() }));
    assert_eq!(desk.core.digest(), before);
    assert_eq!(desk.core.view().status().store, copilot_core::view::StoreHealth::Fine);
}

#[test]
fn limits_that_a_server_states_hold_from_then_on() {
    let mut desk = Desk::asleep(Disk::default().shared(), 1);
    desk.boot();
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(limits.clone()))));
    desk.say(None, "01234567890");
    let refusal = copilot_core::Refusal::TooLarge { size: 11, limit: 10 };
    assert_eq!(desk.notices, [copilot_core::Notice::Refused(refusal)]);
    desk.say(None, "0123456789");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn the_ring_of_violations_keeps_the_last_two_hundred() {
    let mut desk = Desk::new();
    for number in 0..250 {
        desk.pass_seconds(61);
        desk.answer_all(|request| match request {
            Request::ListCases { .. } => {
                let refused = Some((number, Arc::from("no id")));
                Some(Ok(Reply::Cases(Page { refused, ..page(Vec::new()) })))
            }
            _ => None,
        });
    }
    let violations = desk.core.inspect().violations;
    assert_eq!(violations.len(), 200);
    assert!(violations[0].what.starts_with("50 cases") && violations[199].what.starts_with("249 cases"));
}
