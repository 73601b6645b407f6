//! Journals of every released format, which must load for ever, and what a newer program wrote, which
//! an older one must keep.
//!
//! A golden journal is a folder of `tests/fixtures/journals`: the files of a store, and `expected.json`
//! with what must be found in them. The one of the present format is written by
//!
//! ```text
//! cargo test --package copilot-storage --test golden -- --ignored
//! ```
//!
//! which never touches one that is there: a format that people have on their disks does not change.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod matrix;
#[path = "golden/story.rs"]
mod story;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use copilot_core::journal::{Batch, BatchId, Epoch, Record, Recovered, Sequence, Writer, frame};
use copilot_core::{
    Config, Core, Effect, Entropy, Event, LeaseEvent, Mono, Now, StoreAck, Wall, ids::CaseKey,
};
use copilot_storage::Store;
use copilot_storage::file::FileStore;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The name of the present format's folder.
const PRESENT: &str = "format-1";
const EXPECTED: &str = "expected.json";

fn journals() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/journals")
}

const NOW: Now = Now { wall: Wall(1_790_000_100_000), mono: Mono(1_000), utc_offset_minutes: 0 };

fn booted(recovered: Recovered) -> (Core, Vec<Effect>) {
    let (mut core, mut effects) = (Core::new(Config::default(), Entropy::from_number(1)), Vec::new());
    core.step(NOW, Event::Boot(recovered), &mut effects);
    (core, effects)
}

/// What a store holds, as far as it must be the same in every later version.
fn content(recovered: Recovered) -> Value {
    let mut kinds = BTreeMap::<String, u64>::new();
    for found in &recovered.records {
        let record: Value = serde_json::from_slice(&frame::payload(&found.record).unwrap()).unwrap();
        *kinds.entry(record["r"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let (next, damage) = (recovered.next.0, recovered.damage.is_some());
    let (core, _) = booted(recovered);
    let inspection = core.inspect();
    let mut operations: Vec<Value> = inspection
        .operations
        .iter()
        .map(|operation| {
            json!({
                "id": operation.id.to_string(), "kind": operation.kind, "what": operation.what,
                "state": operation.state,
            })
        })
        .collect();
    operations.sort_by_key(ToString::to_string);
    json!({
        "damage": damage, "next": next, "kinds": kinds, "links": inspection.links.len(),
        "operations": operations, "integrity": inspection.integrity,
    })
}

async fn recovered(folder: &Path) -> Recovered {
    FileStore::open(folder).unwrap().recover().await.unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_journal_of_every_released_format_loads_with_all_its_operations() {
    let mut formats = 0;
    for entry in journals().read_dir().unwrap().map(Result::unwrap) {
        if !entry.file_type().unwrap().is_dir() {
            continue;
        }
        let expected = std::fs::read_to_string(entry.path().join(EXPECTED)).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let folder = TempDir::new().unwrap();
        copy(&entry.path(), folder.path());
        let name = entry.file_name();
        assert_eq!(content(recovered(folder.path()).await), expected, "{name:?}");
        assert_eq!(content(recovered(folder.path()).await), expected, "{name:?}, opened again");
        formats += 1;
    }
    assert!(journals().join(PRESENT).is_dir(), "the present format has its journal");
    matrix::enter("journal of every released format", formats, "equal operations, nothing set aside");
}

#[tokio::test(flavor = "current_thread")]
#[ignore = "writes a fixture, once for each format"]
async fn the_golden_journal_of_the_present_format_is_written() {
    let folder = journals().join(PRESENT);
    assert!(!folder.exists(), "{} is there: what is released stays as it is", folder.display());
    let store = FileStore::open(&folder).unwrap();
    for _ in 0..3 {
        store.next_epoch().await.unwrap();
    }
    let (before, after) = story::records();
    let count = before.len() as u64;
    for (writer, records) in [(71, vec![story::forgotten()]), (71, before.clone()), (72, after)] {
        let fence = (writer == 72).then_some(Epoch(3));
        let batch = Batch { id: BatchId(0), records, writer: Writer(writer), fence };
        store.append(batch).await.unwrap();
    }
    store.compact(Sequence(2 + count), before, Epoch(3)).await.unwrap();
    let expected = content(store.recover().await.unwrap());
    drop(store);
    for left in ["lock", "cache"] {
        let left = folder.join(left);
        let _ = if left.is_dir() { std::fs::remove_dir_all(left) } else { std::fs::remove_file(left) };
    }
    std::fs::write(folder.join(EXPECTED), format!("{expected:#}\n")).unwrap();
}

/// Records that only a program of next year understands: a kind of its own, and a known kind with a
/// shape that this program cannot read.
const OF_NEXT_YEAR: [&str; 2] = [
    r#"{"r":"shared_with","case":"opt_case_1_1","people":["ines","bo"]}"#,
    r#"{"r":"pin","case":"opt_case_1_1","pinned":{"until":"Friday"}}"#,
];

#[tokio::test(flavor = "current_thread")]
async fn what_a_newer_program_wrote_outlives_a_compaction_by_this_one() {
    let folder = TempDir::new().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    let case: CaseKey = "opt_case_1_1".parse().unwrap();
    // More history than state, so that the core compacts.
    let mut records: Vec<_> = (1..=3000).map(|turn| Record::Seen { case: case.clone(), turn }).collect();
    let newer = OF_NEXT_YEAR.map(|text| frame::parse(text.as_bytes()).unwrap());
    records.splice(1500..1500, newer.clone());
    store.append(Batch { id: BatchId(0), records, writer: Writer(9), fence: None }).await.unwrap();

    let (mut core, _) = booted(store.recover().await.unwrap());
    let mut waiting = vec![Event::Lease(LeaseEvent::Granted(store.next_epoch().await.unwrap()))];
    let mut compacted = false;
    while let Some(event) = waiting.pop() {
        let mut effects = Vec::new();
        core.step(NOW, event, &mut effects);
        for effect in effects {
            match effect {
                Effect::ReadBack(from) => {
                    let records = store.read_from(from).await.unwrap();
                    waiting.push(Event::Stored(StoreAck::ReadBack { from, records }));
                }
                Effect::Compact { before, snapshot, fence } => {
                    store.compact(before, snapshot, fence).await.unwrap();
                    compacted = true;
                }
                _ => {}
            }
        }
    }
    assert!(compacted, "the core found the journal worth compacting");
    drop(store);
    let kept = recovered(folder.path()).await.records;
    assert!(kept.len() < 100, "{} records are left", kept.len());
    for newer in &newer {
        assert_eq!(kept.iter().filter(|found| found.record == *newer).count(), 1, "{newer:?}");
    }
    assert!(kept.iter().any(|found| found.record == Record::Seen { case: case.clone(), turn: 3000 }));
    matrix::enter("journal of a newer program, compacted", OF_NEXT_YEAR.len(), "unknown records kept");
}
