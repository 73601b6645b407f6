//! Ids that could meet and do not: minted at once, given twice, linked twice, equal in two cases.

use std::collections::BTreeSet;

use copilot_core::ids::CaseKey;
use copilot_core::journal::Record;
use copilot_core::model::{RealCase, Role};
use copilot_core::operation::OperationKind;
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Delivery, Group};
use copilot_core::{Event, FailureClass, Intent, Lifecycle, Rejection};

use crate::office::Office;
use crate::support::*;

/// Every id that a desk has minted into its journal.
fn minted(desk: &Desk) -> Vec<String> {
    let disk = desk.disk.borrow();
    let ids = disk.records.iter().filter_map(|kept| match &kept.record {
        Record::Operation(op) => Some(match &op.kind {
            OperationKind::SubmitTurn { question, answer, .. } => {
                vec![op.id.to_string(), question.to_string(), answer.to_string()]
            }
            _ => vec![op.id.to_string(), op.case.to_string()],
        }),
        _ => None,
    });
    ids.flatten().collect()
}

#[test]
fn five_hundred_windows_that_write_in_one_millisecond_mint_no_id_twice() {
    let mut seen = BTreeSet::new();
    for seed in 0..500 {
        let mut desk = Desk::on(crate::disk::Disk::default().shared(), seed);
        desk.say(None, "one");
        let key = desk.core.view().open().cloned();
        desk.say(key.as_ref(), "two");
        for id in minted(&desk) {
            assert!(seen.insert(id.clone()), "{id} was minted twice");
        }
    }
    assert_eq!(seen.len(), 500 * (2 + 3 + 3));
}

#[test]
fn two_windows_that_give_one_place_to_two_messages_agree_on_their_order_and_send_in_it() {
    for _ in 0..5 {
        let mut office = Office::new(3);
        let key = office.settled_case("c-1", "first");
        office.silent = true;
        for (window, text) in ["a", "b", "c"].into_iter().enumerate() {
            office.say(window, Some(&key), text);
        }
        let places: BTreeSet<u64> = office
            .disk
            .borrow()
            .records
            .iter()
            .filter_map(|kept| match &kept.record {
                Record::Operation(op) if op.order > 1 => Some(op.order),
                _ => None,
            })
            .collect();
        office.silent = false;
        office.settle();
        let shown: Vec<_> = office.texts(&key)[2..].iter().map(|row| row[6..].to_owned()).collect();
        assert!(places.len() < 3 + 1, "they collided: {places:?}");
        for turn in 2..5 {
            office.answer(answered(turn, "ok"));
        }
        assert_eq!(office.sent_texts()[1..].iter().collect::<BTreeSet<_>>().len(), 3);
        let mut sorted = shown.clone();
        sorted.sort();
        assert_eq!(sorted, ["a", "b", "c"], "nothing is lost: {shown:?}");
    }
}

#[test]
fn a_case_that_the_server_gives_twice_is_linked_once_and_the_person_is_told() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "first");
    desk.wish(Intent::Open(None));
    desk.say(None, "other");
    let second = desk.core.view().open().cloned().unwrap();
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    assert_ne!(first, second);
    assert_eq!(desk.core.inspect().links, [(first.clone(), real("c-1"))]);
    assert!(matches!(desk.row(&second, "other").delivery, Delivery::Failed { .. }));
    assert!(desk.core.inspect().violations[0].what.contains("c-1"));
    assert_eq!(desk.texts(&first), ["user: first", "assistant: Look at the pool."], "nothing is mixed up");
    desk.wish(Intent::Retry(desk.operation(&second, "other")));
    desk.answer(Ok(Reply::Case(case("c-2", 0))));
    assert!(matches!(&desk.writes()[..], [Request::SubmitTurn { case, .. }] if *case == real("c-2")));
}

#[test]
fn a_case_that_is_looked_at_before_it_is_known_to_be_this_devices_own_stays_on_screen() {
    let mut office = Office::new(2);
    // The second window reads the server's list and has not heard yet whose case that is.
    office.silent = true;
    office.desks[1].step(Event::Page(Lifecycle::Shown));
    office.say(0, None, "first");
    let own = office.desks[0].core.view().open().cloned().unwrap();
    office.answer(Ok(Reply::Case(case("c-1", 0))));
    office.answer(answered(1, "Look at the pool."));
    let other = &mut office.desks[1];
    other.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-1", 1)])))),
        _ => None,
    });
    let listed = CaseKey::of_server(&real("c-1"));
    assert_eq!(other.core.view().group(Group::Active), std::slice::from_ref(&listed));
    other.wish(Intent::Open(Some(listed.clone())));
    other.say(Some(&listed), "second");
    office.silent = false;
    office.settle();
    let view = office.desks[1].core.view();
    assert_eq!(view.open(), Some(&own));
    assert_eq!(view.group(Group::Active), std::slice::from_ref(&own));
    let texts = office.desks[1].texts(&own);
    assert!(texts.contains(&"user: first".to_owned()), "{texts:?}");
    assert!(texts.contains(&"user: second".to_owned()), "{texts:?}");
    assert!(view.transcript(&listed).is_empty());
}

#[test]
fn equal_message_ids_in_two_cases_are_two_rows() {
    let mut desk = Desk::new();
    let first = desk.settled_case("c-1", "one");
    let second = desk.settled_case("c-2", "two");
    assert_eq!(desk.texts(&first)[0], "user: one");
    assert_eq!(desk.texts(&second)[0], "user: two");
    assert_eq!(desk.disk.borrow().rows_of(&real("c-1")).len(), 2);
    assert_eq!(desk.disk.borrow().rows_of(&real("c-2")).len(), 2);
}

#[test]
fn an_operation_that_comes_a_second_time_with_other_words_is_the_first() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    let mut forged = desk.disk.borrow().clone();
    let again = forged.records.iter().find(|kept| matches!(&kept.record, Record::Operation(op) if matches!(op.kind, OperationKind::SubmitTurn { .. })));
    let mut again = again.cloned().unwrap();
    if let Record::Operation(op) = &again.record {
        let mut op = (**op).clone();
        if let OperationKind::SubmitTurn { turn, .. } = &mut op.kind {
            *turn = std::sync::Arc::new(copilot_core::model::Turn::say("forged"));
        }
        again.record = Record::Operation(std::sync::Arc::new(op));
    }
    again.sequence.0 = forged.next;
    forged.next += 1;
    forged.records.push(again);
    let mut desk = Desk::on(forged.shared(), 2);
    desk.wish(Intent::Open(Some(key.clone())));
    assert_eq!(desk.texts(&key)[0], "user: one");
}

#[test]
fn a_case_that_is_listed_before_its_creation_is_answered_is_one_case() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    let (create, _) = desk.open.iter().find(|(_, request)| is_write(request)).cloned().unwrap();
    desk.open.retain(|(id, _)| *id != create);
    desk.pass_seconds(61);
    let listed = RealCase { title: Some("Case-261122-7".into()), ..case("c-7", 0) };
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![listed.clone()])))),
        _ => None,
    });
    assert_eq!(
        desk.core.view().group(Group::Active),
        std::slice::from_ref(&key),
        "an empty case is nobody's yet"
    );
    desk.step(Event::Answered(create, Ok(Reply::Case(listed.clone()))));
    assert_eq!(desk.core.view().group(Group::Active), std::slice::from_ref(&key));
    desk.answer(answered(1, "ok"));
    desk.pass_seconds(61);
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => {
            Some(Ok(Reply::Cases(page(vec![RealCase { current_turn: 1, ..listed.clone() }]))))
        }
        _ => None,
    });
    assert_eq!(desk.core.view().group(Group::Active), [key]);
}

#[test]
fn a_case_whose_creation_is_in_doubt_is_found_in_the_list_and_not_made_twice() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(failed(FailureClass::Offline));
    // The server keeps keys for an hour: after that the same key would make a second case.
    desk.pass_seconds(3700);
    let probe = |request: &Request| {
        (*request == Request::Probe).then(|| Ok(Reply::Alive(copilot_core::request::Limits::default())))
    };
    desk.answer_all(probe);
    assert_eq!(desk.writes(), [], "the list is read first");
    let known = [case("c-5", 3), case("c-6", 0)];
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(known.to_vec())))),
        _ => None,
    });
    assert!(matches!(&desk.writes()[..], [Request::SubmitTurn { case, .. }] if *case == real("c-6")));
    assert_eq!(desk.core.inspect().links, [(key, real("c-6"))]);
}

#[test]
fn which_of_two_empty_cases_it_was_is_not_guessed() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(failed(FailureClass::Offline));
    desk.pass_seconds(3700);
    desk.answer_all(|request| {
        (*request == Request::Probe).then(|| Ok(Reply::Alive(copilot_core::request::Limits::default())))
    });
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-5", 0), case("c-6", 0)])))),
        _ => None,
    });
    assert_eq!(desk.writes(), []);
    assert!(matches!(desk.row(&key, "one").delivery, Delivery::Failed { .. }));
    desk.wish(Intent::Retry(desk.operation(&key, "one")));
    assert!(matches!(desk.writes()[..], [Request::CreateCase { .. }]), "the person decided to make another");
}

#[test]
fn an_empty_case_that_is_being_made_for_another_message_is_not_mistaken_and_costs_nobody_a_decision() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let one = desk.core.view().open().cloned().unwrap();
    desk.answer(failed(FailureClass::Offline));
    desk.wish(Intent::Open(None));
    desk.say(None, "two");
    let two = desk.core.view().open().cloned().unwrap();
    desk.pass_seconds(3700);
    desk.answer_all(|request| {
        (*request == Request::Probe).then(|| Ok(Reply::Alive(copilot_core::request::Limits::default())))
    });
    // The server has made the second one and has not said so yet when it is asked for the first.
    let list = |request: &Request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-2", 0)])))),
        _ => None,
    };
    desk.answer_all(list);
    desk.answer(Ok(Reply::Case(case("c-2", 0))));
    assert_eq!(desk.core.inspect().links, [(two, real("c-2"))]);
    desk.answer(answered(1, "ok"));
    desk.pass_seconds(1);
    desk.answer_all(list);
    assert!(matches!(desk.writes()[..], [Request::CreateCase { .. }]), "the first is made as well");
    desk.answer(Ok(Reply::Case(case("c-1", 0))));
    assert_eq!(desk.core.view().transcript(&one).len(), 2);
}

#[test]
fn no_empty_case_in_the_list_means_that_it_was_never_made() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let first = desk.writes();
    desk.answer(failed(FailureClass::Offline));
    desk.pass_seconds(3700);
    desk.answer_all(|request| {
        (*request == Request::Probe).then(|| Ok(Reply::Alive(copilot_core::request::Limits::default())))
    });
    let named = RealCase { title: Some("Somebody's".into()), ..case("c-6", 0) };
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-5", 2), named.clone()])))),
        _ => None,
    });
    assert_eq!(desk.writes(), first);
}

#[test]
fn a_row_of_the_server_is_bound_to_one_message_only() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "again");
    desk.say(Some(&key), "again");
    desk.answer(answered(2, "two"));
    let before = desk.keys(&key);
    // The second one is still under way when the first one's rows are listed.
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("again", "two")]));
    assert_eq!(desk.keys(&key), before);
    desk.answer(answered(3, "three"));
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("again", "two"), ("again", "three")]));
    desk.pass_seconds(3);
    assert_eq!(desk.keys(&key), before);
    assert_eq!(desk.rows(&key).iter().filter(|row| row.role == Role::User).count(), 3);
}

#[test]
fn a_key_that_was_reused_for_other_words_is_told_to_the_person_and_never_sent_again_by_itself() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let [Request::SubmitTurn { key: first, .. }] = desk.writes()[..] else { panic!("a message") };
    desk.answer(rejected(Rejection::KeyReused));
    desk.pass_seconds(600);
    assert_eq!(desk.writes(), []);
    desk.wish(Intent::Edit(desk.operation(&key, "second")));
    let text = desk.core.view().draft(Some(&key)).unwrap().text.clone();
    desk.say(Some(&key), &text);
    let [Request::SubmitTurn { key: second, .. }] = desk.writes()[..] else { panic!("a message") };
    assert_ne!(first, second, "an edited message is a new message with a new key");
}

#[test]
fn a_case_of_the_server_has_one_key_in_every_window_and_after_every_start() {
    let mut office = Office::new(2);
    office.pass_seconds(61);
    office.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-9", 2)])))),
        _ => None,
    });
    let key = CaseKey::of_server(&real("c-9"));
    for desk in &office.desks {
        assert_eq!(desk.core.view().group(Group::Active), std::slice::from_ref(&key));
    }
    office.reload(1);
    assert_eq!(office.desks[1].core.view().group(Group::Active), [key]);
}

#[test]
fn a_case_whose_creation_is_in_doubt_is_looked_for_on_every_page_of_the_list() {
    let mut desk = Desk::new();
    desk.say(None, "one");
    let key = desk.core.view().open().cloned().unwrap();
    desk.answer(failed(FailureClass::Offline));
    desk.pass_seconds(3700);
    desk.answer_all(|request| {
        (*request == Request::Probe).then(|| Ok(Reply::Alive(copilot_core::request::Limits::default())))
    });
    let mut asked = Vec::new();
    desk.answer_all(|request| match request {
        Request::ListCases { offset, .. } => {
            asked.push(*offset);
            let (rows, has_more) = match offset {
                0 => (vec![case("c-5", 2), case("c-6", 3)], true),
                2 => (vec![case("c-7", 0)], true),
                _ => (Vec::new(), true),
            };
            Some(Ok(Reply::Cases(copilot_core::request::Page { has_more, ..page(rows) })))
        }
        _ => None,
    });
    assert!(asked.contains(&2), "{asked:?}");
    assert!(asked.len() < 10, "a page without rows is the last: {asked:?}");
    assert_eq!(desk.core.view().real_case(&key), Some(real("c-7")), "it was made, and is not made again");
    assert!(matches!(desk.writes()[..], [Request::SubmitTurn { .. }]));
}
