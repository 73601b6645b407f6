//! The journal in IndexedDB: every change is one transaction that checks, numbers and stores.
//!
//! Windows do not know of each other here; that transactions on the same stores run one after the
//! other is what keeps positions unique and without a gap.

use copilot_core::journal::{Batch, Epoch, Record, Sequence, Sequenced, StoreRefusal, Writer};
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore};

use super::database::{Access, Database, JOURNAL, META, QUARANTINE, all, done, put};
use super::js::refusal;
use super::text;
use crate::store::snapshot_position;

const NEXT: &str = "next";
const EPOCH: &str = "epoch";
const LOG_START: &str = "log_start";
const SNAPSHOT: &str = "snapshot";
const COMMITTED: &str = "committed:";

/// Windows whose last batch is remembered. A belt entry comes back when the browser is killed
/// within seconds of its removal, so by this many windows later it is gone for good.
const INSTANCES_REMEMBERED: usize = 200;

/// A batch with its number in its instance, ready to be stored.
#[derive(Debug)]
pub(super) struct Numbered {
    pub(super) number: u64,
    fence: Option<Epoch>,
    pub(super) texts: Vec<String>,
}

impl Numbered {
    /// `None`: a record has no JSON.
    pub(super) fn new(number: u64, batch: Batch) -> Option<Self> {
        let Batch { id: _, records, writer, fence } = batch;
        let texts =
            records.iter().map(|record| text::encode(writer, fence, record)).collect::<Option<_>>()?;
        Some(Self { number, fence, texts })
    }

    /// A batch that was found in the belt.
    pub(super) fn of_texts(number: u64, texts: Vec<String>) -> Self {
        let fence = texts.first().and_then(|first| text::fence(first)).flatten();
        Self { number, fence, texts }
    }
}

/// What a read found.
pub(super) struct Found {
    pub(super) records: Vec<Sequenced>,
    pub(super) next: Sequence,
    /// Rows of the journal that are no records.
    pub(super) unreadable: Vec<(JsValue, JsValue)>,
}

/// Sequences and epochs stay far below 2^53, where numbers of the browser stop being exact.
fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

async fn get_number(meta: &IdbObjectStore, key: &str, default: u64) -> Result<u64, JsValue> {
    let value = done(&meta.get(&key.into())?).await?.as_f64();
    Ok(value.map_or(default, |value| value as u64))
}

fn committed_key(instance: &str) -> JsValue {
    format!("{COMMITTED}{instance}").into()
}

/// Stores batches of an instance, all of them or none; a batch with an old fence is left out.
pub(super) async fn append(
    database: &Database,
    instance: &str,
    batches: &[Numbered],
) -> Result<Vec<Result<Sequence, StoreRefusal>>, StoreRefusal> {
    let stored = store_batches(database, instance, batches, false).await;
    stored.map_err(|error| refusal(&error))
}

/// Stores what a dead instance left behind and had not stored itself.
pub(super) async fn adopt(database: &Database, instance: &str, batches: &[Numbered]) -> Result<(), JsValue> {
    store_batches(database, instance, batches, true).await.map(|_| ())
}

async fn store_batches(
    database: &Database,
    instance: &str,
    batches: &[Numbered],
    skip_committed: bool,
) -> Result<Vec<Result<Sequence, StoreRefusal>>, JsValue> {
    database
        .transact(&[JOURNAL, META], Access::WriteStrict, async |transaction| {
            let (journal, meta) = (transaction.object_store(JOURNAL)?, transaction.object_store(META)?);
            let mut next = Sequence(get_number(&meta, NEXT, 1).await?);
            let epoch = Epoch(get_number(&meta, EPOCH, 0).await?);
            let committed = if skip_committed {
                done(&meta.get(&committed_key(instance))?).await?.as_f64().map_or(0, |last| last as u64)
            } else {
                0
            };
            let mut answers = Vec::with_capacity(batches.len());
            for batch in batches.iter().filter(|batch| batch.number > committed) {
                if batch.fence.is_some_and(|fence| fence < epoch) {
                    answers.push(Err(StoreRefusal::Fenced));
                    continue;
                }
                answers.push(Ok(next));
                for text in &batch.texts {
                    put(&journal, &number(next.0), &text.into())?;
                    next = next.after(1);
                }
            }
            if let Some(last) = batches.last().filter(|last| last.number > committed) {
                put(&meta, &NEXT.into(), &number(next.0))?;
                put(&meta, &committed_key(instance), &number(last.number))?;
            }
            Ok(answers)
        })
        .await
}

/// Puts a snapshot in front of the records from a position on.
pub(super) async fn compact(
    database: &Database,
    before: Sequence,
    snapshot: &[Record],
    fence: Epoch,
) -> Result<(), StoreRefusal> {
    let encode = |record| text::encode(Writer::default(), Some(fence), record).map(JsValue::from);
    let texts: Array = snapshot.iter().map(encode).collect::<Option<_>>().ok_or(StoreRefusal::Unavailable)?;
    let compacted = database
        .transact(&[JOURNAL, META], Access::WriteStrict, async |transaction| {
            let (journal, meta) = (transaction.object_store(JOURNAL)?, transaction.object_store(META)?);
            if fence < Epoch(get_number(&meta, EPOCH, 0).await?) {
                return Ok(Err(StoreRefusal::Fenced));
            }
            if before.0 > get_number(&meta, LOG_START, 1).await? {
                let next = get_number(&meta, NEXT, 1).await?.max(before.0);
                put(&meta, &NEXT.into(), &number(next))?;
                put(&meta, &LOG_START.into(), &number(before.0))?;
                put(&meta, &SNAPSHOT.into(), &texts)?;
                let covered = IdbKeyRange::upper_bound_with_open(&number(before.0), true)?;
                journal.delete(&covered)?;
            }
            Ok(Ok(()))
        })
        .await;
    compacted.map_err(|error| refusal(&error)).flatten()
}

/// Takes the next epoch.
pub(super) async fn next_epoch(database: &Database) -> Result<Epoch, StoreRefusal> {
    let taken = database
        .transact(&[META], Access::WriteStrict, async |transaction| {
            let meta = transaction.object_store(META)?;
            let epoch = get_number(&meta, EPOCH, 0).await?.saturating_add(1);
            put(&meta, &EPOCH.into(), &number(epoch))?;
            Ok(Epoch(epoch))
        })
        .await;
    taken.map_err(|error| refusal(&error))
}

/// Reads the records from a position on; the whole snapshot when it covers the position.
pub(super) async fn read(database: &Database, from: Sequence) -> Result<Found, JsValue> {
    database
        .transact(&[JOURNAL, META], Access::Read, async |transaction| {
            let (journal, meta) = (transaction.object_store(JOURNAL)?, transaction.object_store(META)?);
            let log_start = Sequence(get_number(&meta, LOG_START, 1).await?);
            let next = Sequence(get_number(&meta, NEXT, 1).await?);
            let mut found = Found { records: Vec::new(), next, unreadable: Vec::new() };
            if from < log_start {
                let texts = done(&meta.get(&SNAPSHOT.into())?).await?;
                let texts = if texts.is_undefined() { Array::new() } else { Array::from(&texts) };
                let count = u64::from(texts.length());
                for (index, text) in (0..).zip(texts.iter()) {
                    let position = snapshot_position(log_start, count, index);
                    match text.as_string().and_then(|text| text::decode(position, &text)) {
                        Some(record) => found.records.push(record),
                        None => found.unreadable.push((SNAPSHOT.into(), text)),
                    }
                }
            }
            let range = IdbKeyRange::lower_bound(&number(from.max(log_start).0))?;
            for (key, text) in all(&journal, &range).await? {
                let position = Sequence(key.as_f64().unwrap_or_default() as u64);
                match text.as_string().and_then(|text| text::decode(position, &text)) {
                    Some(record) => found.records.push(record),
                    None => found.unreadable.push((key, text)),
                }
            }
            Ok(found)
        })
        .await
}

/// Moves rows that are no records out of the way, so that they are told once and never lost.
pub(super) async fn quarantine(database: &Database, rows: &[(JsValue, JsValue)]) -> Result<(), JsValue> {
    database
        .transact(&[JOURNAL, META, QUARANTINE], Access::WriteStrict, async |transaction| {
            let (journal, meta) = (transaction.object_store(JOURNAL)?, transaction.object_store(META)?);
            let aside = transaction.object_store(QUARANTINE)?;
            let taken = done(&aside.count()?).await?.as_f64().unwrap_or_default() as u64;
            for (index, (key, value)) in (taken..).zip(rows) {
                put(&aside, &number(index), &Array::of2(key, value))?;
                if key.as_f64().is_some() {
                    journal.delete(key)?;
                }
            }
            if rows.iter().any(|(key, _)| key.as_f64().is_none()) {
                let texts = Array::from(&done(&meta.get(&SNAPSHOT.into())?).await?);
                let sound = |text: &JsValue| {
                    text.as_string().is_some_and(|text| text::decode(Sequence(0), &text).is_some())
                };
                let kept: Array = texts.iter().filter(sound).collect();
                put(&meta, &SNAPSHOT.into(), &kept)?;
            }
            Ok(())
        })
        .await
}

/// Forgets which batches of windows of long ago were stored. Their ids begin with their age.
pub(super) async fn forget_old_instances(database: &Database) -> Result<(), JsValue> {
    database
        .transact(&[META], Access::WriteRelaxed, async |transaction| {
            let meta = transaction.object_store(META)?;
            let range = IdbKeyRange::bound(&COMMITTED.into(), &format!("{COMMITTED}\u{ffff}").into())?;
            let keys = Array::from(&done(&meta.get_all_keys_with_key(&range)?).await?);
            let old = (keys.length() as usize).saturating_sub(INSTANCES_REMEMBERED);
            for key in keys.iter().take(old) {
                meta.delete(&key)?;
            }
            Ok(())
        })
        .await
}
