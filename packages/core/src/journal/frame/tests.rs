//! The codec against every cut, every flipped bit, and noise.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::ids::CaseKey;
use crate::model::{Draft, Stamp};
use crate::time::Wall;

const ME: Writer = Writer(0x1122_3344_5566_7788);

fn case(number: u64) -> CaseKey {
    format!("opt_case_1_{number}").parse().unwrap()
}

fn seen(turn: u32) -> Record {
    Record::Seen { case: case(1), turn }
}

fn any_record() -> impl Strategy<Value = Record> {
    let draft = |text: String, caret| Draft { text: text.into(), data: Vec::new(), caret };
    prop_oneof![
        (any::<u64>(), any::<u32>()).prop_map(|(number, turn)| Record::Seen { case: case(number), turn }),
        (any::<u64>(), any::<u64>())
            .prop_map(|(at, until)| Record::Gate { at: Wall(at), until: Wall(until) }),
        ("(?s).{0,40}", any::<u32>(), any::<u64>()).prop_map(move |(text, caret, tie)| {
            Record::Draft { case: None, draft: draft(text, caret), stamp: Stamp { wall: Wall(7), tie } }
        }),
    ]
}

/// Batches one behind the other, with the place where each ends.
fn journal(batches: &[(Vec<Record>, Option<Epoch>)]) -> (Vec<u8>, Vec<usize>, Vec<Sequenced>) {
    let (mut bytes, mut ends, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for (batch, fence) in batches {
        let first = Sequence(1 + records.len() as u64);
        write_batch(&mut bytes, first, ME, *fence, batch).unwrap();
        ends.push(bytes.len());
        let numbered = batch.iter().enumerate();
        records.extend(numbered.map(|(index, record)| Sequenced {
            sequence: first.after(index as u64),
            writer: ME,
            fence: *fence,
            record: record.clone(),
        }));
    }
    (bytes, ends, records)
}

/// 24 records in batches of one to four.
fn twenty_four() -> (Vec<u8>, Vec<usize>, Vec<Sequenced>, Vec<usize>) {
    let mut sizes = [1usize, 2, 3, 4].into_iter().cycle();
    let (mut batches, mut counts, mut turn) = (Vec::new(), Vec::new(), 0);
    while turn < 24 {
        let size = sizes.next().unwrap().min(24 - turn as usize);
        batches.push((
            (0..size)
                .map(|_| {
                    turn += 1;
                    seen(turn)
                })
                .collect(),
            Some(Epoch(3)).filter(|_| size == 2),
        ));
        counts.push(turn as usize);
    }
    let (bytes, ends, records) = journal(&batches);
    (bytes, ends, records, counts)
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(batches in prop::collection::vec(
        (prop::collection::vec(any_record(), 1..5), prop::option::of((0..u64::MAX).prop_map(Epoch))), 0..6)) {
        let (bytes, _, records) = journal(&batches);
        let salvage = read(&bytes);
        prop_assert_eq!(&salvage.records, &records);
        prop_assert_eq!(salvage.sound_len, bytes.len());
        prop_assert_eq!((salvage.torn_tail, salvage.damage()), (0, None));
    }

    #[test]
    fn noise_is_never_a_record_and_never_stops_the_reader(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = Vec::new();
        write(&mut bytes, Sequence(1), ME, None, &seen(1)).unwrap();
        bytes.extend_from_slice(&noise);
        write(&mut bytes, Sequence(2), ME, None, &seen(2)).unwrap();
        let salvage = read(&bytes);
        prop_assert_eq!(salvage.records.iter().map(|r| r.sequence.0).collect::<Vec<_>>(), [1, 2]);
        prop_assert_eq!(salvage.damaged.len(), usize::from(!noise.is_empty()));
    }
}

#[test]
fn every_prefix_reads_as_the_batches_that_end_in_it() {
    let (bytes, ends, records, counts) = twenty_four();
    for cut in 0..=bytes.len() {
        let whole = ends.iter().filter(|end| **end <= cut).count();
        let kept = whole.checked_sub(1).map_or(0, |last| counts[last]);
        let sound = whole.checked_sub(1).map_or(0, |last| ends[last]);
        let salvage = read(&bytes[..cut]);
        assert_eq!(salvage.records, records[..kept], "cut at {cut}");
        assert_eq!((salvage.sound_len, salvage.torn_tail), (sound, cut - sound), "cut at {cut}");
        assert_eq!(salvage.damage(), None, "cut at {cut}");
    }
}

#[test]
fn every_flipped_bit_costs_one_record_or_the_last_batch_and_is_reported() {
    let (bytes, ends, records, counts) = twenty_four();
    let last_batch = (counts[counts.len() - 2], ends[ends.len() - 2]);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let salvage = read(&flipped);
        assert_eq!(salvage.damage().map(|damage| damage.damaged), Some(1), "bit {bit}");
        assert_eq!(salvage.torn_tail, 0, "bit {bit}");
        if bit / 8 >= last_batch.1 {
            assert_eq!(salvage.records, records[..last_batch.0], "bit {bit}");
        } else {
            let lost = records.iter().position(|record| !salvage.records.contains(record)).unwrap();
            let mut rest = records.clone();
            rest.remove(lost);
            assert_eq!(salvage.records, rest, "bit {bit}");
        }
    }
}

#[test]
fn a_last_batch_that_lost_its_first_record_is_dropped_as_a_whole() {
    let (mut bytes, ends, records) =
        journal(&[(vec![seen(1)], None), (vec![seen(2), seen(3), seen(4)], None)]);
    let first_of_last = ends[0];
    bytes[first_of_last..first_of_last + 50].fill(0);
    let salvage = read(&bytes);
    assert_eq!(salvage.records, records[..1]);
    assert_eq!(salvage.damaged, std::iter::once(first_of_last..bytes.len()).collect::<Vec<_>>());
}

#[test]
fn zeros_at_the_end_are_an_append_that_never_finished() {
    let (mut bytes, _, records) = journal(&[(vec![seen(1)], None)]);
    let sound = bytes.len();
    bytes.resize(sound + 4096, 0);
    let salvage = read(&bytes);
    assert_eq!((salvage.records, salvage.torn_tail), (records, 4096));
    assert!(salvage.damaged.is_empty());
}

#[test]
fn a_record_of_a_newer_program_is_kept_to_the_byte() {
    let newer = Arc::from(r#"{ "r":"telepathy", "strength": 1e3,"to":["ops"] }"#);
    let (bytes, ..) = journal(&[(vec![Record::Foreign(Arc::clone(&newer))], None)]);
    assert_eq!(read(&bytes).records[0].record, Record::Foreign(newer));
}

#[test]
fn a_batch_that_cannot_be_written_leaves_the_buffer_as_it_was() {
    let mut bytes = b"before".to_vec();
    let long = Record::Foreign(" ".repeat(PAYLOAD_MAX + 1).into());
    assert!(matches!(
        write_batch(&mut bytes, Sequence(1), ME, None, &[seen(1), long]),
        Err(EncodeError::TooLong(_))
    ));
    assert_eq!(bytes, b"before");
}

/// Journals of this version lie on people's disks: these bytes must be readable for ever.
#[test]
fn the_bytes_of_version_one_do_not_change() {
    let (bytes, ..) = journal(&[(vec![seen(1)], None), (vec![seen(2), seen(3)], Some(Epoch(4)))]);
    let headers = [(0, 0x00), (1, 0x80), (2, 0x40)].map(|(index, kind)| {
        let header = &bytes[index * (bytes.len() / 3)..][..HEADER];
        assert_eq!(header[5], kind);
        header.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    });
    assert_eq!(
        headers,
        [
            "464d4a3101008a112b00000001000000000000000000000000000000887766554433221136e5c5b7",
            "464d4a31018066442b0000000200000000000000050000000000000088776655443322116972b009",
            "464d4a310140bf212b000000030000000000000005000000000000008877665544332211896de99e",
        ]
    );
    assert_eq!(&bytes[HEADER..bytes.len() / 3], br#"{"r":"seen","case":"opt_case_1_1","turn":1}"#);
}
