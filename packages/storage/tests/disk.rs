//! Disks that are full, read-only or broken, as small file systems of their own. They need the right
//! to mount; where it is missing the tests say so and stop.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]
#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

#[path = "disk/disks.rs"]
mod disks;
mod matrix;

use copilot_core::ServerTime;
use copilot_core::ids::{MessageKey, RealId};
use copilot_core::journal::{Batch, BatchId, Record, Sequence, Sequenced, StoreRefusal, Writer};
use copilot_core::model::{CaseState, RealCase, RealMessage, Role};
use copilot_core::view::CachedMessage;
use copilot_core::{CacheWrite, journal::Recovered};
use copilot_storage::file::FileStore;
use copilot_storage::{Store, StoreError};

use disks::{Broken, Tmpfs};

fn seen(turn: u32) -> Record {
    Record::Seen { case: "opt_case_1_1".parse().unwrap(), turn }
}

fn foreign(bytes: usize) -> Record {
    Record::Foreign(format!(r#"{{"r":"big","pad":"{}"}}"#, "x".repeat(bytes)).into())
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

async fn append(store: &FileStore, turn: u32) -> Result<Sequence, StoreRefusal> {
    store.append(batch(vec![seen(turn)])).await
}

async fn recovered(store: FileStore, disk: &std::path::Path) -> Recovered {
    drop(store);
    FileStore::open(disk).unwrap().recover().await.unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn a_full_disk_refuses_and_keeps_what_it_has_and_goes_on_when_there_is_room() {
    let Some(disk) = Tmpfs::new("size=512k") else { return };
    let store = FileStore::open(disk.profile()).unwrap();
    append(&store, 1).await.unwrap();
    disk.fill(256 * 1024);
    let (big, small, next) = (
        store.append(batch(vec![seen(2), foreign(300 * 1024)])),
        store.append(batch(vec![seen(3)])),
        store.append(batch(vec![seen(4)])),
    );
    assert_eq!(
        (big.await, small.await, next.await),
        (Err(StoreRefusal::Full), Ok(Sequence(2)), Ok(Sequence(3)))
    );

    let mut turn = 4;
    while store.append(batch(vec![seen(turn + 1), foreign(8 * 1024)])).await.is_ok() {
        turn += 1;
    }
    disk.free();
    append(&store, turn + 1).await.unwrap();
    let recovered = recovered(store, &disk.profile()).await;
    assert_eq!(turns(&recovered.records), [1].into_iter().chain(3..=turn + 1).collect::<Vec<_>>());
    assert_eq!(recovered.damage, None);
    matrix::enter("full disk", turn as usize, "refused whole, goes on when there is room");
}

/// A case that takes about 150 KiB.
fn case(id: &str, last_activity: u64) -> RealCase {
    RealCase {
        id: RealId::parse(id).unwrap(),
        title: Some("t".repeat(150 * 1024).into()),
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn: 1,
        created: ServerTime(0),
        last_activity: ServerTime(last_activity),
        gone: false,
    }
}

async fn kept(store: &FileStore) -> Vec<String> {
    store.recover().await.unwrap().cases.iter().map(|case| case.id.as_str().to_owned()).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn a_full_disk_gives_up_the_cache_before_it_refuses_work() {
    let Some(disk) = Tmpfs::new("size=1m") else { return };
    let store = FileStore::open(disk.profile()).unwrap();
    let cases = [case("oldest", 1), case("newest", 3), case("middle", 2)];
    store.cache(cases.map(|case| CacheWrite::Case(case.into())).into()).await;
    store.append(batch(vec![foreign(400 * 1024)])).await.unwrap();
    for (more, left) in [(300, &["middle", "newest"][..]), (120, &["newest"])] {
        store.append(batch(vec![foreign(more * 1024)])).await.unwrap();
        assert_eq!(kept(&store).await, left);
    }
    matrix::enter("full disk with a cache", 2, "the oldest case goes first");
}

#[tokio::test(flavor = "current_thread")]
async fn a_full_disk_never_takes_the_case_in_work_nor_one_that_the_server_no_longer_has() {
    let Some(disk) = Tmpfs::new("size=1m") else { return };
    let store = FileStore::open(disk.profile()).unwrap();
    let gone = RealCase { gone: true, ..case("gone", 1) };
    let cases = [gone, case("newest", 3), case("older", 2)];
    store.cache(cases.map(|case| CacheWrite::Case(case.into())).into()).await;
    assert_eq!(store.append(batch(vec![foreign(800 * 1024)])).await, Err(StoreRefusal::Full));
    assert_eq!(kept(&store).await, ["gone", "newest"]);
}

#[tokio::test(flavor = "current_thread")]
async fn what_a_person_frees_on_a_full_disk_makes_room_for_work() {
    let Some(disk) = Tmpfs::new("size=1m") else { return };
    let store = FileStore::open(disk.profile()).unwrap();
    let answer = |id: &str, bytes| {
        let message = RealMessage {
            id: RealId::parse(id).unwrap(),
            role: Role::Assistant,
            text: "a".repeat(bytes).into(),
            turn: Some(1),
            created: ServerTime(0),
        };
        let key = MessageKey::of_server(&message.id);
        let row =
            CachedMessage { key, message, arrival: 0, sent: None, attachment: None, actions: Vec::new() };
        CacheWrite::Message { case: RealId::parse("c").unwrap(), row: row.into() }
    };
    let case = RealCase { title: None, ..case("c", 1) };
    store.cache(vec![CacheWrite::Case(case.into()), answer("1", 300 * 1024), answer("2", 200 * 1024)]).await;
    // Not one more byte.
    let mut filler = 1024 * 1024;
    while filler > 0 {
        filler = if disk.fill_more(filler) { filler } else { filler / 2 };
    }
    let work = || batch(vec![seen(1), foreign(400 * 1024)]);
    assert_eq!(store.append(work()).await, Err(StoreRefusal::Full));
    let spare = store.spare().await;
    assert!((500 * 1024..501 * 1024).contains(&spare), "{spare}");
    assert_eq!(store.free_spare().await, spare);
    assert_eq!(store.append(work()).await, Ok(Sequence(1)));
    matrix::enter("full disk, answers freed by hand", 1, "there is room for work again");
}

#[tokio::test(flavor = "current_thread")]
async fn a_read_only_disk_is_named_in_the_error_and_what_is_on_it_is_not_touched() {
    let Some(disk) = Tmpfs::new("size=512k") else { return };
    let store = FileStore::open(disk.profile()).unwrap();
    append(&store, 1).await.unwrap();
    drop(store);
    disk.remount("ro");
    let refused = FileStore::open(disk.profile()).unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unavailable { place, .. } if place.contains("profile")),
        "{refused}"
    );
    disk.remount("rw");
    let store = FileStore::open(disk.profile()).unwrap();
    append(&store, 2).await.unwrap();
    assert_eq!(turns(&recovered(store, &disk.profile()).await.records), [1, 2]);
    matrix::enter("read-only disk", 1, "refused by name, goes on when it can be written");
}

#[tokio::test(flavor = "current_thread")]
async fn a_disk_that_fails_refuses_whole_batches_and_goes_on_when_it_works_again() {
    let Some(disk) = Broken::new() else { return };
    let store = FileStore::open(disk.profile()).unwrap();
    let mut kept = vec![1];
    append(&store, 1).await.unwrap();
    disk.break_it();
    let (mut refused, mut turn) = (0, 1);
    while refused < 20 {
        turn += 1;
        match store.append(batch(vec![seen(turn), foreign(3000), seen(turn)])).await {
            // The part of the disk that still works had room for it.
            Ok(_) => kept.extend([turn, turn]),
            Err(refusal) => {
                assert_eq!(refusal, StoreRefusal::Unavailable, "a failing disk is not a full one");
                refused += 1;
            }
        }
    }
    disk.mend_it();
    turn += 1;
    append(&store, turn).await.unwrap();
    kept.push(turn);
    let recovered = recovered(store, &disk.profile()).await;
    assert_eq!((turns(&recovered.records), recovered.damage), (kept, None));
    matrix::enter("disk that answers EIO", refused, "refused whole, goes on when it works");
}
