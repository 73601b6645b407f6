//! What every adapter promises, as one suite that all of them run: natively here, and in a browser
//! by whoever hands it an opener.
//!
//! Left out is what only one platform has: damaged files, full disks, quotas, killed processes.

#![expect(clippy::expect_used, reason = "a test suite stops where a promise is broken, and says which")]

mod cache;

use std::sync::Arc;

use copilot_core::ids::CaseKey;
use copilot_core::journal::{
    Batch, BatchId, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal, Writer,
};

use crate::store::{LocalFuture, Store, StoreError};

/// How many windows one set of data can have at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Windows {
    /// One: the second is refused.
    One,
    /// Any number.
    Many,
}

/// Runs the whole suite. `open` opens the data of a name, which is empty when it is first named.
///
/// # Panics
/// When a promise is broken.
pub async fn run<S: Store>(windows: Windows, open: impl Fn(&str) -> LocalFuture<Result<S, StoreError>>) {
    appended_records_are_recovered_in_order_with_their_writers(&open).await;
    appends_of_one_store_keep_the_order_of_the_calls(&open).await;
    dropping_a_future_does_not_take_the_work_back(&open).await;
    a_batch_keeps_its_records_together(&open).await;
    reading_starts_at_the_position_asked_for(&open).await;
    epochs_only_grow(&open).await;
    an_older_epoch_writes_nothing(&open).await;
    a_snapshot_replaces_what_it_covers_and_nothing_else(&open).await;
    an_older_snapshot_changes_nothing(&open).await;
    records_of_a_newer_program_are_kept(&open).await;
    cache::run(&open).await;
    match windows {
        Windows::Many => two_windows_share_one_journal(&open).await,
        Windows::One => a_second_window_is_told_that_the_data_is_in_use(&open).await,
    }
}

const HERE: Writer = Writer(71);
const THERE: Writer = Writer(72);

fn seen(turn: u32) -> Record {
    let case: CaseKey = "opt_case_1_1".parse().expect("a key");
    Record::Seen { case, turn }
}

fn batch(writer: Writer, fence: Option<Epoch>, turns: impl IntoIterator<Item = u32>) -> Batch {
    Batch { id: BatchId(0), records: turns.into_iter().map(seen).collect(), writer, fence }
}

fn turns(records: &[Sequenced]) -> Vec<u32> {
    let turn = |record: &Sequenced| match record.record {
        Record::Seen { turn, .. } => Some(turn),
        _ => None,
    };
    records.iter().filter_map(turn).collect()
}

async fn open_now<S>(open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>, name: &str) -> S {
    open(name).await.expect("the store opens")
}

async fn recovered(store: &impl Store) -> Recovered {
    store.recover().await.expect("the store can be read")
}

async fn append(store: &impl Store, turns: impl IntoIterator<Item = u32>) -> Sequence {
    store.append(batch(HERE, None, turns)).await.expect("the batch is taken")
}

async fn appended_records_are_recovered_in_order_with_their_writers<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "order").await;
    let nothing = recovered(&store).await;
    assert_eq!((nothing.records.len(), nothing.next, nothing.damage), (0, Sequence(1), None));
    assert_eq!(append(&store, [1]).await, Sequence(1));
    let epoch = store.next_epoch().await.expect("an epoch");
    assert_eq!(store.append(batch(THERE, Some(epoch), [2, 3])).await, Ok(Sequence(2)));
    drop(store);

    let store = open_now(open, "order").await;
    let Recovered { records, next, damage, durability, .. } = recovered(&store).await;
    let placed = |sequence, writer, fence| Sequenced {
        sequence: Sequence(sequence),
        writer,
        fence,
        record: seen(u32::try_from(sequence).expect("small")),
    };
    assert_eq!(
        records,
        [placed(1, HERE, None), placed(2, THERE, Some(epoch)), placed(3, THERE, Some(epoch))]
    );
    assert_eq!((next, damage, durability), (Sequence(4), None, store.durability()));
    assert_eq!(append(&store, [4]).await, Sequence(4), "numbering goes on after reopening");
}

async fn appends_of_one_store_keep_the_order_of_the_calls<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "calls").await;
    let waiting: Vec<_> = (1..=40).map(|turn| store.append(batch(HERE, None, [turn]))).collect();
    for (expected, waiting) in (1..).zip(waiting) {
        assert_eq!(waiting.await, Ok(Sequence(expected)));
    }
    assert_eq!(turns(&recovered(&store).await.records), (1..=40).collect::<Vec<_>>());
}

async fn dropping_a_future_does_not_take_the_work_back<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "dropped").await;
    drop(store.append(batch(HERE, None, [1])));
    append(&store, [2]).await;
    drop(store);
    let store = open_now(open, "dropped").await;
    assert_eq!(turns(&recovered(&store).await.records), [1, 2]);
}

async fn a_batch_keeps_its_records_together<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "batches").await;
    assert_eq!(append(&store, 1..=300).await, Sequence(1));
    assert_eq!(append(&store, []).await, Sequence(301), "an empty batch takes no position");
    assert_eq!(append(&store, [301]).await, Sequence(301));
    let records = recovered(&store).await.records;
    assert_eq!(turns(&records), (1..=301).collect::<Vec<_>>());
    assert!(records.iter().zip(1..).all(|(record, position)| record.sequence == Sequence(position)));
}

async fn reading_starts_at_the_position_asked_for<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "read").await;
    append(&store, 1..=5).await;
    for (from, expected) in [(0, 1..6), (1, 1..6), (4, 4..6), (5, 5..6), (6, 6..6), (99, 6..6)] {
        let read = store.read_from(Sequence(from)).await.expect("it can be read");
        assert_eq!(turns(&read), expected.collect::<Vec<_>>(), "from {from}");
    }
}

async fn epochs_only_grow<S: Store>(open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>) {
    let store = open_now(open, "epochs").await;
    let first = store.next_epoch().await.expect("an epoch");
    assert_eq!(store.next_epoch().await, Ok(Epoch(first.0 + 1)));
    drop(store);
    let store = open_now(open, "epochs").await;
    assert_eq!(store.next_epoch().await, Ok(Epoch(first.0 + 2)), "after reopening");
}

async fn an_older_epoch_writes_nothing<S: Store>(open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>) {
    let store = open_now(open, "fences").await;
    let older = store.next_epoch().await.expect("an epoch");
    assert_eq!(store.append(batch(HERE, Some(older), [1])).await, Ok(Sequence(1)));
    let newer = store.next_epoch().await.expect("an epoch");
    let fenced = Err(StoreRefusal::Fenced);
    assert_eq!(store.append(batch(HERE, Some(older), [2])).await, fenced);
    assert_eq!(store.compact(Sequence(2), vec![seen(9)], older).await, Err(StoreRefusal::Fenced));
    assert_eq!(
        store.append(batch(HERE, None, [3])).await,
        Ok(Sequence(2)),
        "a write without a fence is taken"
    );
    assert_eq!(store.append(batch(HERE, Some(newer), [4])).await, Ok(Sequence(3)));
    drop(store);
    let store = open_now(open, "fences").await;
    assert_eq!(store.append(batch(HERE, Some(older), [5])).await, fenced, "after reopening");
    assert_eq!(turns(&recovered(&store).await.records), [1, 3, 4]);
}

async fn a_snapshot_replaces_what_it_covers_and_nothing_else<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "snapshot").await;
    let epoch = store.next_epoch().await.expect("an epoch");
    append(&store, 1..=10).await;
    // All three are under way at once: the snapshot covers records of before the calls only.
    let (before, compaction, after) = (
        store.append(batch(HERE, None, [11])),
        store.compact(Sequence(11), vec![seen(100), seen(101)], epoch),
        store.append(batch(HERE, None, [12])),
    );
    assert_eq!((before.await, compaction.await, after.await), (Ok(Sequence(11)), Ok(()), Ok(Sequence(12))));
    let check = async |store: &S| {
        let Recovered { records, next, damage, .. } = recovered(store).await;
        assert_eq!(turns(&records), [100, 101, 11, 12]);
        let places: Vec<_> = records.iter().map(|record| record.sequence.0).collect();
        assert_eq!(places, [9, 10, 11, 12], "the snapshot ends right before the position");
        assert!(
            records.iter().take(2).all(|record| (record.writer, record.fence) == (Writer(0), Some(epoch)))
        );
        assert_eq!((next, damage), (Sequence(13), None));
        let covered = store.read_from(Sequence(10)).await.expect("it can be read");
        assert_eq!(turns(&covered), [100, 101, 11, 12], "a covered position gets the whole snapshot");
        let behind = store.read_from(Sequence(11)).await.expect("it can be read");
        assert_eq!(turns(&behind), [11, 12]);
    };
    check(&store).await;
    drop(store);
    let store = open_now(open, "snapshot").await;
    check(&store).await;

    assert_eq!(store.compact(Sequence(13), vec![seen(200)], epoch).await, Ok(()));
    assert_eq!(append(&store, [13]).await, Sequence(13));
    drop(store);
    let store = open_now(open, "snapshot").await;
    assert_eq!(turns(&recovered(&store).await.records), [200, 13], "a snapshot replaces the one before it");
    assert_eq!(store.compact(Sequence(14), Vec::new(), epoch).await, Ok(()));
    drop(store);
    let store = open_now(open, "snapshot").await;
    let empty = recovered(&store).await;
    assert_eq!(
        (turns(&empty.records), empty.next),
        (vec![], Sequence(14)),
        "an empty snapshot keeps the place"
    );
}

async fn an_older_snapshot_changes_nothing<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "old snapshot").await;
    let epoch = store.next_epoch().await.expect("an epoch");
    append(&store, 1..=6).await;
    assert_eq!(store.compact(Sequence(5), vec![seen(50)], epoch).await, Ok(()));
    assert_eq!(store.compact(Sequence(3), vec![seen(30)], epoch).await, Ok(()));
    assert_eq!(turns(&recovered(&store).await.records), [50, 5, 6]);
}

async fn records_of_a_newer_program_are_kept<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "foreign").await;
    let foreign = Record::Foreign(Arc::from(r#"{ "r": "tomorrow", "text": "日本語 \u0000" }"#));
    let records = vec![seen(1), foreign.clone()];
    let stored = store.append(Batch { id: BatchId(1), records, writer: HERE, fence: None }).await;
    assert_eq!(stored, Ok(Sequence(1)));
    drop(store);
    let store = open_now(open, "foreign").await;
    let records = recovered(&store).await.records;
    assert_eq!(records.last().map(|last| &last.record), Some(&foreign));
}

async fn two_windows_share_one_journal<S: Store>(open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>) {
    let (one, two) = (open_now(open, "shared").await, open_now(open, "shared").await);
    let older = one.next_epoch().await.expect("an epoch");
    let waiting: Vec<_> = (0..20)
        .map(|index| {
            let (store, writer) = if index % 2 == 0 { (&one, HERE) } else { (&two, THERE) };
            store.append(batch(writer, None, [index, index]))
        })
        .collect();
    let mut firsts = Vec::new();
    for waiting in waiting {
        firsts.push(waiting.await.expect("the batch is taken").0);
    }
    firsts.sort_unstable();
    assert_eq!(
        firsts,
        (0..20).map(|batch| 1 + 2 * batch).collect::<Vec<_>>(),
        "no position twice, none left out"
    );
    let newer = two.next_epoch().await.expect("an epoch");
    assert!(newer > older);
    assert_eq!(
        one.append(batch(HERE, Some(older), [99])).await,
        Err(StoreRefusal::Fenced),
        "the old holder is told"
    );

    let seen_by_one = one.read_from(Sequence(1)).await.expect("it can be read");
    assert_eq!(seen_by_one, two.read_from(Sequence(1)).await.expect("it can be read"));
    assert_eq!(seen_by_one.len(), 40);
    for (writer, parity) in [(HERE, 0), (THERE, 1)] {
        let own: Vec<_> = seen_by_one.iter().filter(|record| record.writer == writer).cloned().collect();
        let expected: Vec<_> =
            (0..20).filter(|turn| turn % 2 == parity).flat_map(|turn| [turn, turn]).collect();
        assert_eq!(turns(&own), expected, "each window's records stand in its order");
    }
}

async fn a_second_window_is_told_that_the_data_is_in_use<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let first = open_now(open, "owned").await;
    assert!(matches!(open("owned").await, Err(StoreError::InUse { .. })));
    drop(first);
    assert!(open("owned").await.is_ok(), "the next one can have it");
}
