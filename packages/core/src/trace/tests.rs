//! A tape that counts the words it holds, wherever they stand, and ends before it costs too much.

use std::sync::Arc;

use super::*;
use crate::ids::{CaseKey, MessageKey, OperationId, RealId};
use crate::journal::{Recovered, Sequence, Writer};
use crate::model::{Answer, CaseState, Data, Draft, RealCase, RealMessage, Role, Stamp};
use crate::operation::{OperationKind, PendingOperation};
use crate::request::{Page, RequestId};
use crate::time::{ServerTime, Wall};
use crate::view::CachedMessage;

/// A megabyte of words: three of them are kept, five are too many.
fn megabyte() -> Arc<str> {
    "x".repeat(1024 * 1024).into()
}

fn is_kept(event: &Event, times: usize) -> bool {
    let mut tape = Tape::new([1, 2, 3, 4]);
    (0..times).for_each(|_| tape.record(Now::default(), event));
    tape.steps.is_some_and(|steps| steps.len() == times)
}

fn in_journal(record: Record) -> Vec<Sequenced> {
    vec![Sequenced { sequence: Sequence(1), writer: Writer(1), fence: None, record }]
}

fn real(id: &str) -> RealId {
    RealId::parse(id).unwrap()
}

fn message(text: Arc<str>) -> RealMessage {
    RealMessage { id: real("m-1"), role: Role::User, text, turn: Some(1), created: ServerTime(1) }
}

fn page<T>(rows: Vec<T>) -> Page<T> {
    Page { rows, received: 1, refused: None, total: None, has_more: false }
}

fn draft(text: Arc<str>, data: Vec<Data>) -> Draft {
    Draft { text, data, caret: 0 }
}

fn with_words() -> Vec<(&'static str, Event)> {
    let case: CaseKey = "opt_case_1_1".parse().unwrap();
    let row: MessageKey = "opt_msg_1_1".parse().unwrap();
    let paste = || Data::Paste { text: megabyte() };
    let pasted = Turn { text: "see the log".into(), data: Some(paste()), intention: None };
    let kind = |turn: Turn| OperationKind::SubmitTurn {
        question: row.clone(),
        answer: row.clone(),
        turn: Arc::new(turn),
    };
    let submitted = |turn: Turn| {
        let (id, case) = (OperationId::from_random([7; 16]), case.clone());
        Record::Operation(Arc::new(PendingOperation {
            id,
            case,
            order: 1,
            created: Wall(1),
            kind: kind(turn),
        }))
    };
    let drafted = Record::Draft { case: None, draft: draft(megabyte(), Vec::new()), stamp: Stamp::default() };
    let cached = CachedMessage {
        key: row.clone(),
        message: message(megabyte()),
        arrival: 0,
        sent: None,
        attachment: None,
        actions: Vec::new(),
    };
    let read_back =
        |record| Event::Stored(StoreAck::ReadBack { from: Sequence(1), records: in_journal(record) });
    let answer = Answer { text: megabyte(), turn: Some(1), actions: Vec::new() };
    let submit = |turn| Event::Intent(Intent::Submit { case: None, turns: vec![turn] });
    let keep = |draft| Event::Intent(Intent::KeepDraft { case: None, draft });
    let records = in_journal(submitted(Turn::say(megabyte())));
    vec![
        ("the text of a message", submit(Turn::say(megabyte()))),
        ("what goes along with a message", submit(pasted.clone())),
        ("the text of a draft", keep(draft(megabyte(), Vec::new()))),
        ("what goes along with a draft", keep(draft("".into(), vec![paste()]))),
        ("a journal at the start", Event::Boot(Recovered { records, ..Recovered::default() })),
        ("a message in a journal", read_back(submitted(pasted))),
        ("a draft in a journal", read_back(drafted)),
        ("a row of the cache", Event::Stored(StoreAck::Loaded { case: real("c-1"), rows: vec![cached] })),
        (
            "a row of the server",
            Event::Answered(RequestId(1), Ok(Reply::Messages(page(vec![message(megabyte())])))),
        ),
        (
            "an answer",
            Event::Answered(RequestId(1), Ok(Reply::Answered { answer, state: CaseState::Inquiry })),
        ),
    ]
}

#[test]
fn a_trace_ends_at_four_megabytes_of_words_wherever_they_stand() {
    for (what, event) in with_words() {
        assert!(is_kept(&event, 3), "{what}: three megabytes are kept");
        assert!(!is_kept(&event, 5), "{what}: five are not");
    }
}

#[test]
fn rows_count_by_their_number_too() {
    let case = RealCase {
        id: real("c-1"),
        title: None,
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn: 1,
        created: ServerTime(1),
        last_activity: ServerTime(1),
        gone: false,
    };
    let number = 1024 * 1024 / size_of::<RealCase>() + 1;
    let listed = Event::Answered(RequestId(1), Ok(Reply::Cases(page(vec![case.clone(); number]))));
    let cached = Event::Boot(Recovered { cases: vec![case; number], ..Recovered::default() });
    let rows = vec![message("".into()); 1024 * 1024 / size_of::<RealMessage>() + 1];
    let read = Event::Answered(RequestId(1), Ok(Reply::Messages(page(rows))));
    for event in [listed, cached, read] {
        assert!(is_kept(&event, 3));
        assert!(!is_kept(&event, 5));
    }
}

#[test]
fn a_trace_that_ended_does_not_begin_again() {
    let mut tape = Tape::new([1, 2, 3, 4]);
    let (_, long) = with_words().swap_remove(0);
    (0..5).for_each(|_| tape.record(Now::default(), &long));
    tape.record(Now::default(), &Event::SignedIn);
    assert_eq!(tape.steps, None);
}

#[test]
fn a_trace_holds_ten_thousand_small_steps_and_not_a_hundred_thousand() {
    assert!(is_kept(&Event::SignedIn, 10_000));
    assert!(!is_kept(&Event::SignedIn, 100_000));
}
