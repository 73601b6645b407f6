//! A journal of 64 records, cut at every place and with every bit flipped: what is found is always a
//! state the program passed through with at most one record lost, and the loss is told once.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod length;
mod matrix;

use std::path::{Path, PathBuf};

use copilot_core::journal::{Batch, BatchId, Damage, Record, Sequence, Sequenced, Writer, frame};
use copilot_storage::Store;
use copilot_storage::file::FileStore;
use tempfile::TempDir;

const RECORDS: u32 = 64;

fn seen(turn: u32) -> Record {
    Record::Seen { case: "opt_case_1_1".parse().unwrap(), turn }
}

fn turns(records: &[Sequenced]) -> Vec<u32> {
    let turn = |record: &Sequenced| match record.record {
        Record::Seen { turn, .. } => Some(turn),
        _ => None,
    };
    records.iter().filter_map(turn).collect()
}

async fn append(store: &FileStore, turn: u32) -> Sequence {
    let batch = Batch { id: BatchId(0), records: vec![seen(turn)], writer: Writer(7), fence: None };
    store.append(batch).await.unwrap()
}

/// The journal in batches of one to four, with the count of records and the length after each batch.
fn journal() -> (Vec<u8>, Vec<(u32, usize)>) {
    let (mut bytes, mut ends, mut turn) = (Vec::new(), vec![(0, 0)], 0);
    for size in [1, 2, 3, 4].into_iter().cycle() {
        let size = size.min(RECORDS - turn);
        if size == 0 {
            break;
        }
        let records: Vec<_> = (turn + 1..=turn + size).map(seen).collect();
        frame::write_batch(&mut bytes, Sequence(u64::from(turn) + 1), Writer(7), None, &records).unwrap();
        turn += size;
        ends.push((turn, bytes.len()));
    }
    (bytes, ends)
}

/// Thousands of folders that are synced again and again: in memory where there is a file system for
/// it, because what is tried here is reading, not the disk.
fn folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

fn folder_of(bytes: &[u8]) -> TempDir {
    let folder = folder();
    std::fs::write(folder.path().join("journal-1.fmj"), bytes).unwrap();
    folder
}

fn set_aside(folder: &Path) -> Vec<Vec<u8>> {
    let files = folder.join("quarantine").read_dir().into_iter().flatten();
    files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn a_journal_cut_anywhere_recovers_to_its_whole_batches_and_goes_on() {
    let (bytes, ends) = journal();
    let cuts: Vec<_> = (0..=bytes.len()).step_by(length::long_or(1, 11)).collect();
    for &cut in &cuts {
        let folder = folder_of(&bytes[..cut]);
        let (kept, _) = *ends.iter().rfind(|(_, end)| *end <= cut).unwrap();
        let store = FileStore::open(folder.path()).unwrap();
        let recovered = store.recover().await.unwrap();
        assert_eq!(turns(&recovered.records), (1..=kept).collect::<Vec<_>>(), "cut at {cut}");
        assert_eq!(recovered.damage, None, "cut at {cut}");
        assert_eq!(append(&store, 99).await, Sequence(u64::from(kept) + 1), "cut at {cut}");
        drop(store);
        let store = FileStore::open(folder.path()).unwrap();
        let expected: Vec<_> = (1..=kept).chain([99]).collect();
        assert_eq!(turns(&store.recover().await.unwrap().records), expected, "cut at {cut}");
    }
    matrix::enter("journal of 64 records cut at a byte", cuts.len(), "whole batches only, goes on");
}

#[tokio::test(flavor = "current_thread")]
async fn a_flipped_bit_costs_one_record_or_the_last_batch_is_told_once_and_is_kept_aside() {
    let (bytes, ends) = journal();
    let (before_last, last_at) = ends[ends.len() - 2];
    assert_eq!(before_last, RECORDS - 1, "the last batch is one record");
    let bits: Vec<_> = (0..bytes.len() * 8).step_by(length::long_or(1, 89)).collect();
    for &bit in &bits {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let folder = folder_of(&flipped);
        let store = FileStore::open(folder.path()).unwrap();
        let recovered = store.recover().await.unwrap();
        let found = turns(&recovered.records);
        let lost = (1..=RECORDS).find(|turn| !found.contains(turn)).unwrap();
        let expected: Vec<_> = (1..=RECORDS).filter(|turn| *turn != lost).collect();
        assert_eq!(found, expected, "bit {bit}");
        assert!(bit / 8 < last_at || lost == RECORDS, "bit {bit}");
        let total = u64::from(RECORDS);
        assert_eq!(recovered.damage, Some(Damage { damaged: 1, total }), "bit {bit}");
        assert_eq!(store.recover().await.unwrap().damage, None, "told once, bit {bit}");
        let [aside] = &set_aside(folder.path())[..] else { panic!("one piece is set aside, bit {bit}") };
        assert!(flipped.windows(aside.len()).any(|bytes| bytes == aside), "bit {bit}");
        append(&store, 99).await;
        drop(store);
        let store = FileStore::open(folder.path()).unwrap();
        let again = store.recover().await.unwrap();
        assert_eq!((turns(&again.records), again.damage), (expected.into_iter().chain([99]).collect(), None));
    }
    matrix::enter("journal of 64 records with a bit flipped", bits.len(), "one record, told and set aside");
}
