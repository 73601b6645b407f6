//! A life of a journal in which every kind of record and of operation occurs.

use std::sync::Arc;

use copilot_core::ids::{CaseKey, MessageKey, OperationId, RealId};
use copilot_core::journal::Record;
use copilot_core::model::{Answer, CaseState, Data, Draft, FileBytes, Intention, Stamp, Turn};
use copilot_core::operation::{Acknowledged, End, FirstAttempt, OperationKind, PendingOperation};
use copilot_core::{Failure, FailureClass, Rejection, Wall};

const BEGIN: u64 = 1_790_000_000_000;

fn id(number: u64) -> OperationId {
    format!("018f3c2a-0000-7000-8000-{number:012}").parse().unwrap()
}

fn case(number: u64) -> CaseKey {
    format!("opt_case_{BEGIN}_{number}").parse().unwrap()
}

fn real(text: &str) -> RealId {
    RealId::parse(text).unwrap()
}

fn at(seconds: u64) -> Wall {
    Wall(BEGIN + seconds * 1000)
}

fn stamp(seconds: u64) -> Stamp {
    Stamp { wall: at(seconds), tie: 5 }
}

fn operation(number: u64, of: u64, kind: OperationKind) -> Record {
    Record::Operation(Arc::new(PendingOperation {
        id: id(number),
        case: case(of),
        order: number,
        created: at(number),
        kind,
    }))
}

fn turn(number: u64, of: u64, turn: Turn) -> Record {
    let key = |row: u64| -> MessageKey { format!("opt_msg_{BEGIN}_{row}").parse().unwrap() };
    let (question, answer) = (key(number * 2), key(number * 2 + 1));
    operation(number, of, OperationKind::SubmitTurn { question, answer, turn: Arc::new(turn) })
}

fn attempt(number: u64) -> Record {
    Record::Attempt { op: id(number), first: FirstAttempt { at: at(number + 1), known_turn: 2 } }
}

/// Stands before the snapshot and is not in it.
pub(crate) fn forgotten() -> Record {
    Record::Seen { case: case(1), turn: 1 }
}

/// What the snapshot holds, and what follows it.
pub(crate) fn records() -> (Vec<Record>, Vec<Record>) {
    let say = |text: &str| Turn::say(text);
    let file = |name: &str, bytes: &[u8]| Data::File {
        name: name.into(),
        media_type: "application/octet-stream".into(),
        bytes: FileBytes::new(bytes.to_vec()),
    };
    let with = |data: Data| Turn { data: Some(data), ..say("See this.") };
    let before = vec![
        Record::Link { case: case(1), real: real("case-1"), name: "Checkout is slow".into() },
        Record::Deleted { real: real("case-0") },
        Record::Pin { case: case(1), pinned: true, stamp: stamp(1) },
        Record::Seen { case: case(1), turn: 2 },
        turn(1, 1, say("Since the deploy at 14:05.\nFirst EU, then US. 日本語 \u{1f600}")),
        attempt(1),
        Record::Acknowledged {
            op: id(1),
            with: Acknowledged::Answered(Answer {
                text: "Look at the pool first.".into(),
                turn: Some(3),
                actions: Vec::new(),
            }),
        },
        Record::Foreign(r#"{"r":"shared_with","case":"opt_case_1_1","people":["ines"]}"#.into()),
    ];
    let investigate = Intention::StatusTransition { from: CaseState::Inquiry, to: CaseState::Investigating };
    let page = Data::Page {
        url: "https://status.example/incidents/7".into(),
        title: "Incident 7".into(),
        text: "All pods restart.".into(),
    };
    let quota = Failure {
        status: Some(402),
        message: Some("The plan is used up.".into()),
        ..Failure::of(FailureClass::Rejected(Rejection::Quota))
    };
    let after = vec![
        operation(2, 2, OperationKind::CreateCase { name: "Kafka lags behind".into() }),
        turn(3, 2, with(Data::Paste { text: "09:12:01 ERROR lag 31000".into() })),
        turn(4, 1, with(file("core.dump", &[0, 159, 146, 150, 255]))),
        Record::Failed { op: id(4), failure: quota, at: at(9) },
        turn(5, 1, with(page)),
        Record::Failed { op: id(5), failure: Failure::of(FailureClass::Uncertain), at: at(10) },
        Record::Resumed { op: id(5), anyway: true },
        turn(6, 1, Turn { intention: Some(investigate), ..say("Begin the investigation.") }),
        turn(7, 1, Turn { intention: Some(Intention::Suggested("{\"a\":1}".into())), ..say("Yes.") }),
        Record::Discarding { op: id(7), until: at(20) },
        Record::Kept { op: id(7) },
        turn(8, 1, say("Taken back.")),
        Record::Discarding { op: id(8), until: at(12) },
        Record::Ended { op: id(8), end: End::Discarded },
        turn(9, 1, say("Not waited for.")),
        attempt(9),
        Record::Stopped { op: id(9) },
        operation(
            10,
            1,
            OperationKind::Rename { title: "Pool of 40".into(), base: Some("Checkout is slow".into()) },
        ),
        Record::Rebased { op: id(10), base: Some("Checkout, slow".into()) },
        operation(12, 3, OperationKind::Delete),
        Record::Link { case: case(3), real: real("case-3"), name: "DNS times out".into() },
        Record::Draft {
            case: Some(case(1)),
            draft: Draft { text: "and two pods".into(), data: vec![file("a.log", b"INFO ok")], caret: 12 },
            stamp: stamp(14),
        },
        Record::Draft {
            case: None,
            draft: Draft { text: "a new one".into(), ..Draft::default() },
            stamp: stamp(15),
        },
        Record::Pin { case: case(2), pinned: true, stamp: stamp(16) },
        Record::Pin { case: case(1), pinned: false, stamp: stamp(17) },
        Record::Seen { case: case(1), turn: 3 },
        Record::Gate { at: at(18), until: at(48) },
    ];
    (before, after)
}
