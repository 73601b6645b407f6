//! The file store on real files: damage, crashes in a compaction, vanished folders.

use std::path::{Path, PathBuf};

use copilot_core::journal::{BatchId, Writer, frame};
use tempfile::TempDir;

use super::*;
use crate::conformance::{self, Windows};

fn seen(turn: u32) -> Record {
    Record::Seen { case: "opt_case_1_1".parse().unwrap(), turn }
}

fn batch(records: Vec<Record>) -> Batch {
    Batch { id: BatchId(0), records, writer: Writer(7), fence: None }
}

fn turns(records: &[Sequenced]) -> Vec<u32> {
    let turn = |record: &Sequenced| match record.record {
        Record::Seen { turn, .. } => Some(turn),
        _ => None,
    };
    records.iter().filter_map(turn).collect()
}

async fn append(store: &FileStore, turns: impl IntoIterator<Item = u32>) -> Sequence {
    store.append(batch(turns.into_iter().map(seen).collect())).await.unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// A folder with a journal of one segment of these bytes.
fn folder_of(bytes: &[u8]) -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("journal-1.fmj"), bytes).unwrap();
    folder
}

/// A journal of a few records, each a batch of its own.
fn a_few() -> Vec<u8> {
    let mut bytes = Vec::new();
    for turn in 1..=4 {
        frame::write(&mut bytes, Sequence(u64::from(turn)), Writer(7), None, &seen(turn)).unwrap();
    }
    bytes
}

#[tokio::test(flavor = "current_thread")]
async fn the_file_store_keeps_every_promise() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_owned();
    conformance::run(Windows::One, |disk| {
        let opened = FileStore::open(path.join(disk));
        Box::pin(async { opened })
    })
    .await;
}

#[tokio::test(flavor = "current_thread")]
async fn quarantined_bytes_are_never_written_over() {
    let mut bytes = a_few();
    bytes[6] ^= 1;
    let folder = folder_of(&bytes);
    drop(FileStore::open(folder.path()).unwrap());
    bytes[6] ^= 3;
    std::fs::write(folder.path().join("journal-1.fmj"), &bytes).unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    assert_eq!(files(&folder.path().join("quarantine")).len(), 2);
    let found = store.set_aside().await;
    assert_eq!(found.len(), 2, "both can be taken out");
    assert!(found.iter().all(|part| part.name.starts_with("journal-1-at-") && !part.text.is_empty()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_snapshot_that_lost_its_end_is_reported() {
    let folder = TempDir::new().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    append(&store, 1..=9).await;
    store.compact(Sequence(8), vec![seen(5), seen(6), seen(7)], Epoch(0)).await.unwrap();
    drop(store);
    let snapshot = folder.path().join("snapshot-8.fmj");
    let whole = std::fs::read(&snapshot).unwrap();
    for (cut, kept) in [(1, 2), (whole.len() / 3, 2), (whole.len() / 3 + 5, 1)] {
        std::fs::write(&snapshot, &whole[..whole.len() - cut]).unwrap();
        let recovered = FileStore::open(folder.path()).unwrap().recover().await.unwrap();
        assert_eq!(turns(&recovered.records), [&[5, 6][..kept], &[8, 9]].concat());
        assert_eq!(recovered.damage.unwrap().damaged, 3 - kept as u64);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_crash_in_a_compaction_leaves_the_one_or_the_other() {
    let folder = TempDir::new().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    append(&store, 1..=5).await;
    store.compact(Sequence(4), vec![seen(3)], Epoch(0)).await.unwrap();
    append(&store, [6]).await;
    drop(store);
    let held: Vec<(PathBuf, Vec<u8>)> = files(folder.path())
        .iter()
        .filter(|name| name.ends_with(".fmj"))
        .map(|name| folder.path().join(name))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();

    // Before the rename there is an unfinished file, which is ignored and removed.
    let unfinished = folder.path().join("snapshot-7.fmj.tmp");
    std::fs::write(&unfinished, b"half of a snapsh").unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    assert!(!unfinished.exists());
    assert_eq!(turns(&store.recover().await.unwrap().records), [3, 4, 5, 6]);

    // Behind the rename the old files may still be there; they do not count any more.
    store.compact(Sequence(7), vec![seen(6)], Epoch(0)).await.unwrap();
    drop(store);
    held.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    let store = FileStore::open(folder.path()).unwrap();
    let recovered = store.recover().await.unwrap();
    assert_eq!((turns(&recovered.records), recovered.next), (vec![6], Sequence(7)));
    assert_eq!(append(&store, [7]).await, Sequence(7));
    assert!(!folder.path().join("snapshot-4.fmj").exists());
}

#[tokio::test(flavor = "current_thread")]
async fn segments_go_when_a_snapshot_covers_them() {
    let folder = TempDir::new().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    let mut turn = 0;
    for round in 1..=6u64 {
        append(&store, (1..=10).map(|step| turn + step)).await;
        turn += 10;
        store.compact(Sequence(round * 10 - 2), vec![seen(turn - 3)], Epoch(0)).await.unwrap();
        let journal = files(folder.path()).into_iter().filter(|name| name.ends_with(".fmj")).count();
        assert!(journal <= 3, "{:?}", files(folder.path()));
    }
    assert_eq!(turns(&store.recover().await.unwrap().records), [57, 58, 59, 60]);
}

#[tokio::test(flavor = "current_thread")]
async fn batches_that_wait_for_a_sync_share_the_next_one() {
    let folder = TempDir::new().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    let waiting: Vec<_> = (1..=500).map(|turn| store.append(batch(vec![seen(turn)]))).collect();
    for (turn, waiting) in (1..).zip(waiting) {
        assert_eq!(waiting.await, Ok(Sequence(turn)));
    }
    drop(store);
    let store = FileStore::open(folder.path()).unwrap();
    assert_eq!(turns(&store.recover().await.unwrap().records), (1..=500).collect::<Vec<_>>());
}

#[tokio::test(flavor = "current_thread")]
async fn a_newer_layout_is_left_as_it_is() {
    let bytes = a_few();
    let folder = folder_of(&bytes);
    std::fs::write(folder.path().join("format"), "2\n").unwrap();
    let refused = FileStore::open(folder.path()).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
    assert_eq!(std::fs::read(folder.path().join("journal-1.fmj")).unwrap(), bytes);
}

#[tokio::test(flavor = "current_thread")]
async fn epochs_grow_even_when_their_file_is_lost() {
    let folder = TempDir::new().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    store.next_epoch().await.unwrap();
    let epoch = store.next_epoch().await.unwrap();
    store.append(Batch { fence: Some(epoch), ..batch(vec![seen(1)]) }).await.unwrap();
    drop(store);
    std::fs::write(folder.path().join("epoch"), [0xff, 0xfe]).unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    assert_eq!(store.next_epoch().await, Ok(Epoch(epoch.0 + 1)));
}

#[tokio::test(flavor = "current_thread")]
async fn a_folder_that_vanishes_is_answered_with_a_refusal() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("profile");
    let store = FileStore::open(&path).unwrap();
    std::fs::remove_dir_all(&path).unwrap();
    assert_eq!(store.append(batch(vec![seen(1)])).await, Err(StoreRefusal::Unavailable));
    assert_eq!(store.next_epoch().await, Err(StoreRefusal::Unavailable));
    std::fs::create_dir(&path).unwrap();
    assert_eq!(
        store.append(batch(vec![seen(1)])).await,
        Ok(Sequence(1)),
        "it goes on when the folder is back"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_place_that_is_no_folder_is_named_in_the_error() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let refused = FileStore::open(file.join("profile")).unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unavailable { place, .. } if place.contains("a file")),
        "{refused}"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "current_thread")]
async fn only_the_owner_can_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/profile");
    drop(FileStore::open(&path).unwrap());
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test(flavor = "current_thread")]
async fn a_forgotten_transcript_is_gone_from_the_disk() {
    use copilot_core::ServerTime;
    use copilot_core::model::{RealMessage, Role};
    let folder = TempDir::new().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    let id = RealId::parse("c-1").unwrap();
    let message = RealMessage {
        id: RealId::parse("m-1").unwrap(),
        role: Role::User,
        text: "the password is hunter2".into(),
        turn: None,
        created: ServerTime(1),
    };
    let row = serde_json::from_value::<CachedMessage>(
        serde_json::json!({ "key": "srv:m-1", "message": message, "arrival": 0 }),
    );
    store.cache(vec![CacheWrite::Message { case: id.clone(), row: row.unwrap().into() }]).await;
    let words = || {
        let cache = folder.path().join("cache");
        let holds = |name: &String| {
            String::from_utf8(std::fs::read(cache.join(name)).unwrap()).unwrap().contains("hunter2")
        };
        files(&cache).iter().filter(|name| holds(name)).count()
    };
    assert_eq!(words(), 1);
    store.cache(vec![CacheWrite::Forget(id)]).await;
    assert_eq!(words(), 0);
}
