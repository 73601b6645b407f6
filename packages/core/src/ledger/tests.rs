//! What must hold for every history: the fold of a snapshot is the state, facts may be said twice, and a
//! restatement leads from any earlier state to the present one.

use proptest::prelude::*;

use super::*;
use crate::failure::{FailureClass, Rejection};
use crate::fingerprint::Fingerprint;
use crate::model::{Answer, Turn};
use crate::time::Millis;

const OPS: u8 = 4;

fn op(number: u8) -> OperationId {
    OperationId::from_random([number; 16])
}

fn case(number: u8) -> CaseKey {
    format!("opt_case_1_{number}").parse().unwrap()
}

fn begun(number: u8) -> Record {
    let kind = match number {
        0 => OperationKind::CreateCase { name: "Chat".into() },
        1 => OperationKind::Rename { title: "Mine".into(), base: None },
        _ => OperationKind::SubmitTurn {
            question: format!("opt_msg_1_{}", number * 2).parse().unwrap(),
            answer: format!("opt_msg_1_{}", number * 2 + 1).parse().unwrap(),
            turn: Arc::new(Turn::say("p99 is up")),
        },
    };
    let (id, order) = (op(number), u64::from(number));
    Record::Operation(Arc::new(PendingOperation { id, case: case(0), order, created: Wall(7), kind }))
}

fn any_record() -> impl Strategy<Value = Record> {
    let failure =
        Failure { retry_after: Some(Millis(5)), ..Failure::of(FailureClass::Rejected(Rejection::Quota)) };
    let stamp = |wall: u64| Stamp { wall: Wall(wall), tie: 1 };
    let of_operation = (0..OPS, 0..10u8, any::<bool>()).prop_map(move |(number, what, flag)| {
        let op = op(number);
        match what {
            0 | 1 => begun(number),
            2 => Record::Attempt { op, first: FirstAttempt { at: Wall(9), known_turn: 3 } },
            3 => {
                let answer = Answer { text: "pool".into(), turn: Some(4), actions: Vec::new() };
                Record::Acknowledged { op, with: Acknowledged::Answered(answer) }
            }
            4 => Record::Acknowledged { op, with: Acknowledged::Committed },
            5 => Record::Failed { op, failure: failure.clone(), at: Wall(11) },
            6 => Record::Resumed { op, anyway: flag },
            7 => Record::Discarding { op, until: Wall(13) },
            8 if flag => Record::Kept { op },
            8 => Record::Stopped { op },
            _ => Record::Ended { op, end: if flag { End::Completed } else { End::Discarded } },
        }
    });
    let of_case = (0..2u8, 0..6u8, 1..5u64).prop_map(move |(number, what, n)| {
        let (case, real) = (case(number), RealId::parse(&format!("c-{number}")).unwrap());
        match what {
            0 => Record::Link { case, real, name: "Chat".into() },
            1 => Record::Pin { case, pinned: n % 2 == 0, stamp: stamp(n) },
            2 => Record::Seen { case, turn: u32::try_from(n).unwrap() },
            3 => {
                let draft = Draft { text: format!("draft {n}").into(), ..Draft::default() };
                Record::Draft { case: (number == 0).then_some(case), draft, stamp: stamp(n) }
            }
            4 => Record::Gate { at: Wall(n), until: Wall(n + 10) },
            _ => Record::Foreign(Arc::from(format!(r#"{{"r":"newer","n":{n}}}"#))),
        }
    });
    prop_oneof![3 => of_operation, 1 => of_case]
}

fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Ledger {
    let mut ledger = Ledger::default();
    for record in records {
        ledger.apply(record);
    }
    ledger
}

/// Everything that survives: what is remembered of ended messages does not, on purpose.
fn durable(ledger: &Ledger) -> u64 {
    let mut ledger = ledger.clone();
    for case in ledger.cases.values_mut() {
        case.finished.clear();
    }
    ledger.cases.retain(|_, case| *case != CaseLedger { answered: case.answered, ..CaseLedger::default() });
    for case in ledger.cases.values_mut() {
        case.answered = 0;
    }
    let mut state = Fingerprint::default();
    ledger.fingerprint(&mut state);
    std::hash::Hasher::finish(&state)
}

proptest! {
    #[test]
    fn a_snapshot_folds_to_the_state_it_was_made_of(records in prop::collection::vec(any_record(), 0..60)) {
        let ledger = fold(&records);
        prop_assert_eq!(durable(&fold(&ledger.snapshot())), durable(&ledger));
    }

    #[test]
    fn a_fact_that_is_said_twice_in_a_row_changes_nothing(records in prop::collection::vec(any_record(), 0..40)) {
        let foreign = |record: &&Record| !matches!(record, Record::Foreign(_));
        let once = fold(records.iter().filter(foreign));
        let twice = fold(records.iter().filter(foreign).flat_map(|record| [record, record]));
        prop_assert_eq!(durable(&once), durable(&twice));
    }

    #[test]
    fn the_fact_of_a_stage_leads_from_any_earlier_stage_to_it(
        records in prop::collection::vec(any_record(), 0..40),
        cut in 0..40usize,
    ) {
        let ledger = fold(&records);
        let mut earlier = fold(records.iter().take(cut.min(records.len())));
        for entry in ledger.entries() {
            for fact in entry.stage_facts() {
                earlier.apply(&fact);
            }
            if let Some(now) = earlier.entry(&entry.op.id) {
                prop_assert_eq!(&now.stage, &entry.stage);
            }
        }
    }
}

#[test]
fn a_fact_about_an_operation_that_is_over_changes_nothing() {
    let mut ledger = fold(&[begun(2), Record::Ended { op: op(2), end: End::Completed }]);
    let late = Record::Failed { op: op(2), failure: Failure::of(FailureClass::Uncertain), at: Wall(1) };
    assert_eq!(ledger.apply(&late), Touched::Nothing);
    assert_eq!(ledger.entries().count(), 0);
}

#[test]
fn two_cases_cannot_become_one_and_one_case_cannot_become_two() {
    let link = |number, real: &str| Record::Link {
        case: case(number),
        real: RealId::parse(real).unwrap(),
        name: "Chat".into(),
    };
    let mut ledger = fold(&[link(0, "c-1")]);
    assert_eq!(ledger.apply(&link(1, "c-1")), Touched::Nothing);
    assert_eq!(ledger.apply(&link(0, "c-2")), Touched::Nothing);
    assert_eq!(ledger.real(&case(0)).unwrap().as_str(), "c-1");
    assert_eq!(ledger.key(&RealId::parse("c-1").unwrap()), case(0));
}

#[test]
fn the_newest_draft_and_pin_win_in_whatever_order_they_come() {
    let draft = |text: &str, wall| Record::Draft {
        case: None,
        draft: Draft { text: text.into(), ..Draft::default() },
        stamp: Stamp { wall: Wall(wall), tie: 0 },
    };
    for records in [[draft("old", 1), draft("new", 2)], [draft("new", 2), draft("old", 1)]] {
        assert_eq!(&*fold(&records).draft(None).unwrap().text, "new");
    }
}

#[test]
fn a_case_that_was_used_before_it_was_known_to_be_this_one_brings_everything_along() {
    let real = RealId::parse("c-1").unwrap();
    let listed = CaseKey::of_server(&real);
    let stamp = |wall| Stamp { wall: Wall(wall), tie: 0 };
    let draft = |case: &CaseKey, text: &str, wall| Record::Draft {
        case: Some(case.clone()),
        draft: Draft { text: text.into(), ..Draft::default() },
        stamp: stamp(wall),
    };
    let pin = |case: &CaseKey, pinned, wall| Record::Pin { case: case.clone(), pinned, stamp: stamp(wall) };
    let answered = |number, turn| Record::Acknowledged {
        op: op(number),
        with: Acknowledged::Answered(Answer { text: "pool".into(), turn: Some(turn), actions: Vec::new() }),
    };
    let moved = |number| match begun(number) {
        Record::Operation(op) => {
            Record::Operation(Arc::new(PendingOperation { case: listed.clone(), ..(*op).clone() }))
        }
        other => other,
    };
    let link = Record::Link { case: case(0), real: real.clone(), name: "Chat".into() };
    for (newer_there, text) in [(true, "there"), (false, "here")] {
        let (here, there) = if newer_there { (1, 2) } else { (2, 1) };
        let mut ledger = fold(&[
            begun(2),
            draft(&case(0), "here", here),
            pin(&case(0), false, here),
            Record::Seen { case: case(0), turn: 1 },
            moved(1),
            moved(3),
            answered(3, 7),
            draft(&listed, "there", there),
            pin(&listed, true, there),
            Record::Seen { case: listed.clone(), turn: 3 },
        ]);
        assert_eq!(ledger.apply(&link), Touched::Linked(case(0), real.clone()));
        let ops: Vec<_> = ledger.ops_of(&case(0)).map(|entry| (entry.op.id, entry.op.case.clone())).collect();
        assert_eq!(
            ops,
            [1, 2, 3].map(|number| (op(number), case(0))),
            "in the person's order, under one key"
        );
        assert!(ledger.meta_of(&case(0)).map(|entry| entry.op.id).eq([op(1)]));
        let OperationKind::SubmitTurn { question, .. } = &ledger.entry(&op(3)).unwrap().op.kind else {
            panic!()
        };
        assert_eq!(ledger.behind(&case(0), question).map(|entry| entry.op.id), Some(op(3)));
        assert_eq!(&*ledger.draft(Some(&case(0))).unwrap().text, text);
        assert_eq!(ledger.case(&case(0)).unwrap().pin.0, newer_there);
        assert_eq!(ledger.case(&case(0)).unwrap().seen, Some(3));
        assert_eq!(ledger.answered(&case(0)), 7);
        assert!(ledger.case(&listed).is_none(), "nothing is left under the other key");
        // What is said under the other key later is said of this case.
        ledger.apply(&pin(&listed, false, 9));
        assert!(!ledger.case(&case(0)).unwrap().pin.0 && ledger.case(&listed).is_none());
        ledger.apply(&Record::Ended { op: op(3), end: End::Completed });
        ledger.apply(&moved(3));
        assert!(ledger.entry(&op(3)).is_none(), "what is over stays over");
    }
}

#[test]
fn an_operation_that_comes_under_the_other_key_of_a_linked_case_is_this_cases() {
    let real = RealId::parse("c-1").unwrap();
    let mut ledger = fold(&[Record::Link { case: case(0), real: real.clone(), name: "Chat".into() }]);
    let Record::Operation(op) = begun(2) else { panic!() };
    ledger.apply(&Record::Operation(Arc::new(PendingOperation {
        case: CaseKey::of_server(&real),
        ..(*op).clone()
    })));
    assert!(ledger.ops_of(&case(0)).map(|entry| (entry.op.id, &entry.op.case)).eq([(op.id, &case(0))]));
}

#[test]
fn what_is_known_to_be_done_is_only_ever_made_better_known() {
    let with = |with: &Acknowledged| Record::Acknowledged { op: op(2), with: with.clone() };
    let answer =
        |text: &str| Acknowledged::Answered(Answer { text: text.into(), turn: Some(4), actions: Vec::new() });
    let (committed, working) =
        (Acknowledged::Committed, Acknowledged::Working(crate::request::Job("/jobs/1".into())));
    let stage = |said: &[&Acknowledged]| {
        let records: Vec<_> = std::iter::once(begun(2)).chain(said.iter().map(|said| with(said))).collect();
        fold(&records).entry(&op(2)).unwrap().stage.clone()
    };
    let (first, second) = (answer("pool"), answer("drain"));
    for (said, known) in [
        (vec![&first, &second], &first),
        (vec![&first, &committed], &first),
        (vec![&first, &working], &first),
        (vec![&committed, &working], &committed),
        (vec![&committed, &first], &first),
        (vec![&working, &committed], &committed),
        (vec![&working, &first], &first),
    ] {
        assert_eq!(stage(&said), Stage::Acknowledged(known.clone()), "{said:?}");
    }
}

#[test]
fn the_two_hundred_newest_copies_are_kept() {
    let copy = |number: u8, low: u8| {
        let mut id = [number; 16];
        id[0] = low;
        let what = crate::model::BackedUp::Title("Old".into());
        Arc::new(Backup { id: OperationId::from_random(id), case: Some(case(0)), at: Wall(1), what })
    };
    let copies: Vec<_> = (0..205).map(|number| copy(number, 1)).collect();
    let mut ledger = fold(&copies.iter().cloned().map(Record::Backup).collect::<Vec<_>>());
    assert!(ledger.backups().eq(&copies[5..]));
    ledger.apply(&Record::Backup(Arc::clone(&copies[204])));
    assert!(ledger.backups().eq(&copies[5..]), "a copy that is here already does not push another out");
    assert_eq!(ledger.apply(&Record::BackupGone { id: copies[9].id }), Touched::Case(case(0)));
    assert!(ledger.backup(&copies[9].id).is_none());
    assert_eq!(ledger.apply(&Record::BackupGone { id: copies[9].id }), Touched::Nothing);
}

#[test]
fn what_cannot_be_true_is_counted() {
    let link = |number, real: &str| Record::Link {
        case: case(number),
        real: RealId::parse(real).unwrap(),
        name: "Chat".into(),
    };
    let ledger = fold(&[link(0, "c-1"), link(1, "c-1"), link(0, "c-2")]);
    assert_eq!(ledger.refused, 2);
}

#[test]
fn the_last_sixty_four_answered_messages_are_found_by_their_rows() {
    let said = |number: u64| {
        let kind = OperationKind::SubmitTurn {
            question: format!("opt_msg_1_{}", number * 2).parse().unwrap(),
            answer: format!("opt_msg_1_{}", number * 2 + 1).parse().unwrap(),
            turn: Arc::new(Turn::say("p99 is up")),
        };
        let mut id = [2; 16];
        id[..8].copy_from_slice(&number.to_le_bytes());
        PendingOperation {
            id: OperationId::from_random(id),
            case: case(0),
            order: number,
            created: Wall(7),
            kind,
        }
    };
    let mut ledger = Ledger::default();
    for number in 2..72 {
        let op = said(number);
        ledger.apply(&Record::Operation(Arc::new(op.clone())));
        ledger.apply(&Record::Ended { op: op.id, end: End::Completed });
    }
    let remembered: Vec<_> = ledger.finished(&case(0)).map(|entry| entry.op.order).collect();
    assert_eq!(remembered, (8..72).rev().collect::<Vec<_>>(), "newest first");
    let behind = |row: u64| {
        let row = format!("opt_msg_1_{row}").parse().unwrap();
        ledger.finished_behind(&case(0), &row).map(|entry| entry.op.order)
    };
    assert_eq!((behind(140), behind(141)), (Some(70), Some(70)), "question and answer");
    assert_eq!((behind(16), behind(15), behind(144)), (Some(8), None, None));
}

#[test]
fn a_message_that_was_given_up_is_not_remembered_as_answered() {
    for end in [End::Cancelled, End::Superseded] {
        let ledger = fold(&[begun(2), Record::Ended { op: op(2), end }]);
        assert_eq!(ledger.finished(&case(0)).count(), 0);
        assert!(ledger.is_known(&op(2)));
    }
}
