//! After every crash: what was durable is there, what the server has is not sent again, and everything that
//! the person wrote ends where it was meant to.

use std::collections::BTreeMap;

use copilot_core::ids::CaseKey;
use copilot_core::journal::{Record, Sequence, Sequenced, StoreRefusal, frame};
use copilot_core::model::Draft;
use copilot_core::operation::OperationKind;
use copilot_core::request::Request;
use copilot_core::view::{Delivery, Group, StoreHealth};
use copilot_core::{Event, FailureClass, Intent, Link, Millis, Notice, Refusal, Rejection};

use crate::disk::Disk;
use crate::server::Server;
use crate::support::*;

/// A quarter of an hour at the panel, in steps that each leave something behind.
const STORY: [fn(&mut Desk, &mut Server); 14] = [
    |desk, _| desk.say(None, "p99 went up"),
    |desk, server| desk.serve(server),
    |desk, _| desk.wish(Intent::Pin { case: shown(desk), pinned: true }),
    |desk, _| desk.wish(Intent::KeepDraft { case: Some(shown(desk)), draft: draft("and then") }),
    |desk, _| desk.say(Some(&shown(desk)), "since 09:10"),
    |desk, _| desk.say(Some(&shown(desk)), "on two nodes"),
    |desk, server| desk.serve(server),
    |desk, _| desk.wish(Intent::Rename { case: shown(desk), title: "Slow checkout".into() }),
    |desk, server| {
        desk.pass_seconds(2);
        desk.serve(server);
    },
    |desk, _| desk.wish(Intent::Open(None)),
    |desk, _| desk.wish(Intent::KeepDraft { case: None, draft: draft("another thing") }),
    |desk, _| desk.say(None, "a second incident"),
    |desk, server| desk.serve(server),
    |desk, _| desk.pass_seconds(3),
];

fn draft(text: &str) -> Draft {
    Draft { text: text.into(), ..Draft::default() }
}

/// The open case; while none is open, one that nobody has.
fn shown(desk: &Desk) -> CaseKey {
    desk.core.view().open().cloned().unwrap_or_else(|| "opt_case_1_1".parse().unwrap())
}

fn tell(desk: &mut Desk, server: &mut Server) {
    for step in STORY {
        step(desk, server);
    }
}

/// The words of the messages that are on the disk.
fn kept_words(disk: &Disk) -> Vec<String> {
    let words = disk.records.iter().filter_map(|kept| match &kept.record {
        Record::Operation(op) => match &op.kind {
            OperationKind::SubmitTurn { turn, .. } => Some(turn.text.to_string()),
            _ => None,
        },
        _ => None,
    });
    words.collect()
}

/// Every message of every case, as the person sees it.
fn all_words(desk: &mut Desk) -> Vec<String> {
    let view = desk.core.view();
    let groups = [Group::Pinned, Group::Active, Group::Resolved];
    let cases: Vec<_> = groups.into_iter().flat_map(|group| view.group(group).to_vec()).collect();
    let mut words = Vec::new();
    for case in cases {
        desk.wish(Intent::Open(Some(case.clone())));
        words.extend(desk.texts(&case));
    }
    words
}

#[test]
fn a_crash_at_every_write_loses_nothing_that_was_kept_and_sends_nothing_twice() {
    for dies in [Dies::BeforeTheWrite, Dies::BeforeTheAnswer] {
        for writes in 0.. {
            let (mut desk, mut server) = (Desk::new(), Server::default());
            desk.dies_after = Some((writes, dies));
            tell(&mut desk, &mut server);
            if !desk.is_dead {
                assert!(writes > 15, "the story writes often enough: {writes}");
                break;
            }
            let kept = kept_words(&desk.disk.borrow());
            let mut again = desk.restart(2);
            again.calm(&mut server);
            for words in &kept {
                let times = server.words().iter().filter(|heard| *heard == words).count();
                assert_eq!(times, 1, "{words:?} after a death {dies:?} at write {writes}");
            }
            assert_eq!(server.words().len(), kept.len(), "and nothing that was not kept");
            let rows = all_words(&mut again);
            for words in &kept {
                let times = rows.iter().filter(|row| **row == format!("user: {words}")).count();
                assert_eq!(times, 1, "{words:?} in {rows:?} after a death {dies:?} at write {writes}");
            }
            assert_eq!((again.core.view().status().waiting, again.core.view().status().not_sent), (0, 0));
            assert_eq!(again.core.inspect().integrity, Vec::<String>::new());
        }
    }
}

#[test]
fn a_disk_that_is_full_at_any_one_write_loses_no_word() {
    for why in [StoreRefusal::Full, StoreRefusal::Unavailable] {
        for refused in 0..40 {
            let (mut desk, mut server) = (Desk::new(), Server::default());
            desk.refuses_write = Some((refused, why));
            tell(&mut desk, &mut server);
            if desk.refuses_write.is_some() {
                break;
            }
            desk.calm(&mut server);
            let given_back: Vec<String> = desk
                .notices
                .iter()
                .filter_map(|notice| match notice {
                    Notice::NotKept { draft, .. } => Some(draft.text.to_string()),
                    _ => None,
                })
                .collect();
            for words in ["p99 went up", "a second incident"] {
                let heard = server.words().iter().filter(|heard| **heard == words).count();
                let back = given_back.iter().filter(|back| back.contains(words)).count();
                assert_eq!(heard + back, 1, "{words:?} when write {refused} is refused: {given_back:?}");
            }
            assert_eq!(desk.core.view().status().store, StoreHealth::Fine, "it is written again later");
            // What is true here is true on the disk.
            let mut again = desk.restart(2);
            again.calm(&mut server);
            assert_eq!(all_words(&mut again), all_words(&mut desk), "when write {refused} is refused");
        }
    }
}

#[test]
fn a_journal_that_is_cut_anywhere_opens_as_a_state_that_the_program_passed_through() {
    let (mut desk, mut server) = (Desk::new(), Server::default());
    tell(&mut desk, &mut server);
    let records = desk.disk.borrow().records.clone();
    let mut bytes = Vec::new();
    let mut ends = vec![0];
    for kept in &records {
        frame::write(&mut bytes, kept.sequence, kept.writer, kept.fence, &kept.record).unwrap();
        ends.push(bytes.len());
    }
    for cut in (0..=bytes.len()).step_by(13) {
        let salvage = frame::read(&bytes[..cut]);
        let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
        assert_eq!(salvage.records, records[..whole], "cut at {cut}");
        let next = salvage.records.last().map_or(1, |last| last.sequence.0 + 1);
        // What is over has left the journal for the cache.
        let disk = Disk { records: salvage.records, next, ..desk.disk.borrow().clone() };
        let words = kept_words(&disk);
        let mut again = Desk::on(disk.shared(), 2);
        let rows = all_words(&mut again);
        for words in words {
            assert!(rows.contains(&format!("user: {words}")), "{words:?} in {rows:?}, cut at {cut}");
        }
        assert_eq!(again.core.inspect().integrity, Vec::<String>::new());
    }
}

#[test]
fn a_flipped_bit_costs_one_record_is_told_and_stops_nothing() {
    let (mut desk, mut server) = (Desk::new(), Server::default());
    tell(&mut desk, &mut server);
    let records = desk.disk.borrow().records.clone();
    let mut bytes = Vec::new();
    for kept in &records {
        frame::write(&mut bytes, kept.sequence, kept.writer, kept.fence, &kept.record).unwrap();
    }
    for at in (0..bytes.len()).step_by(29) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        let salvage = frame::read(&flipped);
        assert!(salvage.damage().is_some() || salvage.torn_tail > 0, "byte {at}");
        let disk = Disk {
            next: records.last().unwrap().sequence.0 + 1,
            damage: salvage.damage(),
            records: salvage.records,
            ..Disk::default()
        };
        let mut again = Desk::on(disk.shared(), 2);
        again.say(None, "work goes on");
        let key = shown(&again);
        assert_eq!(again.texts(&key)[0], "user: work goes on");
        assert_eq!(again.core.inspect().integrity, Vec::<String>::new(), "byte {at}");
    }
}

#[test]
fn records_of_a_newer_program_survive_a_compaction_by_this_one() {
    let newer = r#"{"r":"telepathy","to":["ops"]}"#;
    let foreign = Record::Foreign(newer.into());
    let kept =
        Sequenced { sequence: Sequence(1), writer: Default::default(), fence: None, record: foreign.clone() };
    let disk = Disk { records: vec![kept], next: 2, ..Disk::default() };
    let mut desk = Desk::on(disk.shared(), 2);
    let key = desk.settled_case("c-1", "first");
    for number in 0..2100 {
        desk.wish(Intent::Pin { case: key.clone(), pinned: number % 2 == 0 });
    }
    let records = desk.disk.borrow().records.clone();
    assert!(records.len() < 1000, "compacted: {}", records.len());
    assert!(records.iter().any(|kept| kept.record == foreign));
}

#[test]
fn a_compaction_changes_nothing_that_a_restart_can_see() {
    let (mut desk, mut server) = (Desk::new(), Server::default());
    tell(&mut desk, &mut server);
    desk.step(Event::Link(Link::Offline));
    desk.say(None, "unsent");
    let pinned = shown(&desk);
    let before = all_words(&mut desk);
    for number in 0..2101 {
        desk.wish(Intent::Pin { case: pinned.clone(), pinned: number % 2 == 0 });
    }
    assert!(desk.disk.borrow().records.len() < 1000);
    let mut again = desk.restart(2);
    let (mut before, mut after) = (before, all_words(&mut again));
    // Who is waited for is not a word; pinning moved a case.
    for rows in [&mut before, &mut after] {
        rows.retain(|row| row != "assistant: ");
        rows.sort();
    }
    assert_eq!(after, before);
    assert!(again.core.view().group(Group::Pinned).contains(&pinned));
}

#[test]
fn a_journal_is_compacted_when_it_is_mostly_history_and_no_sooner() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let length = |desk: &Desk| desk.disk.borrow().records.len();
    while length(&desk) < 1999 {
        desk.wish(Intent::Pin { case: key.clone(), pinned: length(&desk) % 2 == 0 });
    }
    assert_eq!(length(&desk), 1999);
    desk.wish(Intent::Pin { case: key.clone(), pinned: true });
    desk.wish(Intent::Pin { case: key.clone(), pinned: false });
    assert!(length(&desk) < 100, "{}", length(&desk));
    assert!(!desk.core.view().group(Group::Pinned).contains(&key));
}

#[test]
fn facts_that_found_no_room_hold_here_and_are_written_two_seconds_later() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.refuse_store = Some(StoreRefusal::Full);
    desk.answer(answered(2, "two"));
    assert_eq!(desk.core.view().status().store, StoreHealth::Full);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"], "what is true stays true");
    assert_eq!(desk.restart(2).writes().len(), 1, "the disk does not know of the answer");
    desk.refuse_store = None;
    desk.pass_seconds(2);
    assert_eq!(desk.core.view().status().store, StoreHealth::Fine);
    assert_eq!(desk.restart(3).writes(), [], "now it does");
}

#[test]
fn a_store_that_cannot_be_written_gives_the_words_back_and_says_why() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.refuse_store = Some(StoreRefusal::Unavailable);
    desk.say(Some(&key), "second");
    let Some(Notice::NotKept { why: Refusal::StorageUnavailable, case: Some(case), draft }) =
        desk.notices.last()
    else {
        panic!("{:?}", desk.notices)
    };
    assert_eq!((case, &*draft.text), (&key, "second"));
    assert_eq!(desk.texts(&key).len(), 2);
    assert_eq!(desk.core.view().status().store, StoreHealth::Unavailable);
    assert_eq!(desk.writes(), []);
}

#[test]
fn each_wait_goes_on_where_it_was() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(rejected(Rejection::Quota));
    let op = desk.operation(&key, "second");
    desk.wish(Intent::Discard(op));
    desk.pass_seconds(5);
    // The discard can still be taken back after a restart: for three seconds, and as long as another window would
    // leave it to the one that began it.
    let mut again = desk.restart(2);
    again.wish(Intent::Open(Some(key.clone())));
    assert_eq!(again.rows(&key).len(), 2);
    again.pass_seconds(2);
    again.wish(Intent::Undo(op));
    assert!(matches!(again.row(&key, "second").delivery, Delivery::Failed { .. }));
    let mut late = desk.restart(3);
    late.pass_seconds(64);
    late.wish(Intent::Undo(op));
    assert_eq!(late.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
}

#[test]
fn a_wait_is_never_longer_than_it_was_whatever_the_clock_says_after_a_restart() {
    for (wall_before, wall_after) in [(NOON, NOON - 31_536_000_000), (NOON, NOON + 31_536_000_000)] {
        let mut desk = Desk::new();
        desk.now.wall.0 = wall_before;
        let key = desk.settled_case("c-1", "first");
        desk.say(Some(&key), "second");
        desk.answer(busy(60));
        desk.now.wall.0 = wall_after;
        let mut again = desk.restart(2);
        let mut waited = 0;
        let alive = |request: &Request| match request {
            Request::Probe => Some(Ok(copilot_core::request::Reply::Alive(Default::default()))),
            Request::ListMessages { .. } => {
                Some(Ok(copilot_core::request::Reply::Messages(page(Vec::new()))))
            }
            _ => None,
        };
        again.answer_all(alive);
        while again.writes().is_empty() {
            again.pass(Millis::seconds(1));
            again.answer_all(alive);
            waited += 1;
            assert!(waited < 130, "a minute was asked for");
        }
        assert!(
            wall_after > wall_before || waited >= 55,
            "the clock that went back does not shorten it: {waited}"
        );
    }
}

#[test]
fn a_deletion_a_discard_and_a_failed_title_come_back_as_they_were() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(rejected(Rejection::TooLarge));
    let failed_row = desk.row(&key, "second");
    let again = desk.restart(2);
    let mut again = again;
    again.wish(Intent::Open(Some(key.clone())));
    assert_eq!(again.row(&key, "second").delivery, failed_row.delivery);
    again.wish(Intent::Delete(key.clone()));
    let third = again.restart(3);
    assert_eq!(third.core.view().case(&key), None);
}

#[test]
fn an_uncertain_message_is_still_uncertain_after_a_restart_and_keeps_its_key() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let before = desk.writes();
    desk.answer(failed(FailureClass::Uncertain));
    let again = desk.restart(2);
    assert_eq!(again.writes(), before);
}

#[test]
fn drafts_pins_and_what_was_seen_survive() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::KeepDraft { case: Some(key.clone()), draft: draft("half a") });
    desk.wish(Intent::KeepDraft { case: None, draft: draft("a whole") });
    desk.wish(Intent::Pin { case: key.clone(), pinned: true });
    let again = desk.restart(2);
    let texts: BTreeMap<_, _> = [Some(&key), None]
        .into_iter()
        .map(|case| (case, again.core.view().draft(case).unwrap().text.to_string()))
        .collect();
    assert_eq!(texts[&Some(&key)], "half a");
    assert_eq!(texts[&None], "a whole");
    assert_eq!(again.core.view().group(Group::Pinned), [key]);
}
