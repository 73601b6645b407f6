//! Windows that hear late: what they said without knowing is followed as far as it can be, and nothing of it is lost.

use copilot_core::ids::CaseKey;
use copilot_core::journal::Sequence;
use copilot_core::model::{CaseState, RealCase};
use copilot_core::peer::PeerMessage;
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Delivery, Group};
use copilot_core::{CacheWrite, Event, Failure, FailureClass, Intent, Link, Millis, Rejection};

use crate::office::Office;
use crate::support::*;

fn offline(office: &mut Office) {
    office.desks.iter_mut().for_each(|desk| desk.step(Event::Link(Link::Offline)));
}

/// The sender is asked to wait 22 seconds, and another window, which has not heard of that, asks for another try.
fn retried_too_early() -> (Office, CaseKey) {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    office.answer(rejected(Rejection::Quota));
    let op = office.desks[1].operation(&key, "second");
    office.silent = true;
    office.wish(0, Intent::Retry(op));
    let wait = Some(Millis::seconds(22));
    office
        .answer(Err(Failure { retry_after: wait, ..Failure::of(FailureClass::Rejected(Rejection::Quota)) }));
    office.wish(1, Intent::Retry(op));
    office.silent = false;
    (office, key)
}

#[test]
fn a_retry_in_a_window_that_does_not_know_what_the_server_asked_for_waits_for_it() {
    let (mut office, key) = retried_too_early();
    office.settle();
    assert_eq!(office.desks[0].writes(), [], "the server asked for 22 seconds");
    let delivery = office.desks[0].row(&key, "second").delivery;
    assert!(matches!(delivery, Delivery::WaitingBusy { .. }), "{delivery:?}");
    office.pass_seconds(23);
    assert_eq!(office.desks[0].writes().len(), 1);
}

#[test]
fn a_retry_that_a_window_finds_when_it_builds_its_view_anew_waits_for_what_the_server_asked_for() {
    let (mut office, _) = retried_too_early();
    let next = office.disk.borrow().records.last().map(|last| last.sequence.after(5)).unwrap();
    office.desks[0].step(Event::Peer(PeerMessage::Compacted(next)));
    assert_eq!(office.desks[0].writes(), [], "the server asked for 22 seconds");
    office.settle();
    office.pass_seconds(23);
    assert_eq!(office.desks[0].writes().len(), 1);
}

#[test]
fn a_message_that_another_window_sent_is_one_row_for_the_next_sender_while_it_reads_the_journal_back() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.say(1, Some(&key), "again");
    let said = office.desks[1].row(&key, "again").key;
    let told: Vec<_> = office.desks[1].told.drain(..).collect();
    told.into_iter().for_each(|message| office.desks[0].step(Event::Peer(message)));
    office.answer(answered(2, "two"));
    office.lose_messages();
    office.silent = false;
    office.desks[1].hold_reads = true;
    office.freeze_sender();
    assert_eq!((office.sender, office.desks[1].held_reads.len()), (Some(1), 1));
    let rows = talk(&[("first", "Look at the pool."), ("again", "two")]);
    office.desks[1].pass_seconds(61);
    office.desks[1].list("c-1", rows.clone());
    let again = |office: &Office| {
        let rows = office.desks[1].rows(&key).into_iter().filter(|row| *row.text == *"again");
        rows.map(|row| row.key).collect::<Vec<_>>()
    };
    assert_eq!(
        again(&office),
        std::slice::from_ref(&said),
        "it stood there since it was said, and stands there once"
    );
    office.desks[1].release_reads();
    office.desks[1].pass_seconds(61);
    office.desks[1].list("c-1", rows);
    office.desks[1].pass_seconds(5);
    assert_eq!(again(&office), [said]);
    assert_eq!(office.desks[1].texts(&key)[2..], ["user: again", "assistant: two"]);
}

#[test]
fn a_retry_in_a_window_that_had_not_heard_of_the_second_failure_is_the_last_word_everywhere() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.say(0, Some(&key), "second");
    office.answer(rejected(Rejection::Quota));
    let op = office.desks[1].operation(&key, "second");
    office.silent = true;
    office.wish(0, Intent::Retry(op));
    office.answer(rejected(Rejection::Quota));
    office.wish(1, Intent::Retry(op));
    office.silent = false;
    office.settle();
    for desk in &office.desks {
        let delivery = desk.row(&key, "second").delivery;
        assert!(!matches!(delivery, Delivery::Failed { .. }), "{delivery:?}");
    }
    office.answer(answered(2, "two"));
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_discard_that_is_taken_back_before_another_window_has_written_its_end_is_taken_back_everywhere() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    offline(&mut office);
    let text = "Let us look into it.".into();
    office.wish(0, Intent::SetStatus { case: key.clone(), to: CaseState::Investigating, text });
    let op = office.desks[0].operation(&key, "Let us look into it.");
    office.wish(0, Intent::Discard(op));
    office.frozen.push(0);
    office.desks[1].hold_store = true;
    office.desks[1].pass_seconds(70);
    assert_eq!(office.desks[1].held.len(), 1, "it says that the discard is over");
    office.desks[0].wish(Intent::Undo(op));
    office.frozen.clear();
    office.settle();
    office.desks[1].release_store();
    office.settle();
    for desk in &office.desks {
        assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Investigating);
        assert_eq!(desk.texts(&key)[2..], ["user: Let us look into it."]);
    }
}

#[test]
fn words_that_are_said_in_a_case_that_another_window_gives_up_come_home() {
    let mut office = Office::new(2);
    offline(&mut office);
    office.say(0, None, "first");
    let key = office.desks[0].core.view().open().cloned().unwrap();
    office.wish(1, Intent::Open(Some(key.clone())));
    office.silent = true;
    office.wish(0, Intent::Delete(key.clone()));
    office.say(1, Some(&key), "second");
    office.desks[0].pass_seconds(10);
    office.desks[0].step(Event::Link(Link::Online));
    office.desks[0].answer_all(|request| match request {
        Request::Probe => Some(Ok(Reply::Alive(copilot_core::request::Limits::default()))),
        _ => None,
    });
    office.silent = false;
    office.settle();
    for desk in &office.desks {
        assert_eq!(desk.core.inspect().operations, []);
        let draft = desk.core.view().draft(None).expect("what was said");
        assert!(draft.text.contains("second"), "{draft:?}");
    }
}

#[test]
fn a_case_that_is_gone_by_the_word_of_a_window_that_knew_less_of_it_stays() {
    let mut desk = Desk::new();
    desk.pass_seconds(61);
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![case("c-9", 3)])))),
        _ => None,
    });
    let key = CaseKey::of_server(&real("c-9"));
    let gone = RealCase { gone: true, ..case("c-9", 0) };
    let writes = vec![CacheWrite::Case(std::sync::Arc::new(gone))];
    desk.step(Event::Peer(PeerMessage::Confirmed { after: Sequence(0), writes }));
    assert_eq!(desk.core.view().group(Group::Active), std::slice::from_ref(&key));
    assert!(desk.core.view().case(&key).unwrap().only_here);
}
