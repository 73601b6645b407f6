//! The journal in IndexedDB: the browser numbers the records, and one transaction checks and stores.
//!
//! Windows do not know of each other here; that transactions on the same stores run one after the
//! other is what keeps positions unique and the checks true. What is done often reads nothing first,
//! so that a window which stands still in the middle of it holds nobody up (see `database`): the
//! browser counts the positions, and "no newer epoch was taken" is checked by adding that epoch, which
//! fails where it is there, and removing it again.

use copilot_core::journal::{Batch, Epoch, Record, Sequence, Sequenced, StoreRefusal, Writer};
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore, IdbTransaction};

use super::database::{Access, Database, EPOCHS, LOG, META, QUARANTINE, all, commit, done, put};
use super::js::{self, refusal};
use super::text;
use crate::store::{SetAside, snapshot_position};

const EPOCH: &str = "epoch";
const LOG_START: &str = "log_start";
const SNAPSHOT: &str = "snapshot";
const COMMITTED: &str = "committed:";

/// Windows whose last batch is remembered. A belt entry comes back when the browser is killed
/// within seconds of its removal, so by this many windows later it is gone for good.
const INSTANCES_REMEMBERED: usize = 200;

/// Epochs that are remembered one by one. A holder of the lease that has stood still while this many
/// others took it is not believed to come back; the lease changes hands a few times a day.
const EPOCHS_REMEMBERED: u64 = 10_000;

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

    /// What of it is true when another window holds the lease by now: all but what only the holder may state.
    fn without_the_lease(&self) -> Vec<String> {
        let freely = |text: &String| {
            let Sequenced { writer, record, .. } = text::decode(Sequence(0), text)?;
            (!record.needs_lease()).then(|| text::encode(writer, None, &record))?
        };
        self.texts.iter().filter_map(freely).collect()
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

fn position(key: &JsValue) -> Sequence {
    Sequence(key.as_f64().unwrap_or_default() as u64)
}

async fn get_number(meta: &IdbObjectStore, key: &str, default: u64) -> Result<u64, JsValue> {
    let value = done(&meta.get(&key.into())?).await?.as_f64();
    Ok(value.map_or(default, |value| value as u64))
}

fn committed_key(instance: &str) -> JsValue {
    format!("{COMMITTED}{instance}").into()
}

/// Stores batches of an instance, all of them or none: a batch with an old fence refuses them all.
pub(super) async fn append(
    database: &Database,
    instance: &str,
    batches: &[Numbered],
) -> Result<Vec<Sequence>, StoreRefusal> {
    let stored = database.transact(&[LOG, META, EPOCHS], Access::WriteStrict, async |transaction| {
        for fence in batches.iter().filter_map(|batch| batch.fence) {
            require(transaction, fence)?;
        }
        let log = transaction.object_store(LOG)?;
        let firsts: Vec<_> =
            batches.iter().map(|batch| put_texts(&log, &batch.texts)).collect::<Result<_, _>>()?;
        if let Some(last) = batches.last() {
            put(&transaction.object_store(META)?, &committed_key(instance), &number(last.number))?;
        }
        commit(transaction);
        let mut places = Vec::with_capacity(batches.len());
        for first in firsts {
            places.push(match first {
                Some(first) => Some(position(&first.await?)),
                None => None,
            });
        }
        Ok(places)
    });
    let places = stored.await.map_err(|error| refused(&error))?;
    let mut sequences = Vec::with_capacity(places.len());
    for place in places {
        sequences.push(match place {
            Some(place) => place,
            // An empty batch takes no position; the next one is where it would go.
            None => read(database, Sequence(0)).await.map_err(|error| refusal(&error))?.next,
        });
    }
    Ok(sequences)
}

/// Why nothing was stored. A key that must not be there and is can only be that of a newer epoch.
fn refused(error: &JsValue) -> StoreRefusal {
    match js::name(error).as_str() {
        "ConstraintError" => StoreRefusal::Fenced,
        _ => refusal(error),
    }
}

/// Lets the transaction fail if a newer epoch than this was taken.
fn require(transaction: &IdbTransaction, fence: Epoch) -> Result<(), JsValue> {
    let (epochs, newer) = (transaction.object_store(EPOCHS)?, number(fence.0.saturating_add(1)));
    epochs.add_with_key(&JsValue::TRUE, &newer)?;
    epochs.delete(&newer)?;
    Ok(())
}

/// Puts records at the end; the future is the position of the first.
fn put_texts(
    log: &IdbObjectStore,
    texts: &[String],
) -> Result<Option<impl Future<Output = Result<JsValue, JsValue>> + use<>>, JsValue> {
    let mut first = None;
    for text in texts {
        let stored = log.put(&text.into())?;
        first.get_or_insert_with(|| done(&stored));
    }
    Ok(first)
}

/// Stores what a dead instance left behind and had not stored itself. Says where the journal ends then,
/// if anything was.
pub(super) async fn adopt(
    database: &Database,
    instance: &str,
    batches: &[Numbered],
) -> Result<Option<Sequence>, JsValue> {
    database
        .transact(&[LOG, META], Access::WriteStrict, async |transaction| {
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            let epoch = Epoch(get_number(&meta, EPOCH, 0).await?);
            let committed =
                done(&meta.get(&committed_key(instance))?).await?.as_f64().map_or(0, |last| last as u64);
            let mut last = None;
            for batch in batches.iter().filter(|batch| batch.number > committed) {
                let texts = match batch.fence {
                    Some(fence) if fence < epoch => &batch.without_the_lease(),
                    _ => &batch.texts,
                };
                for text in texts {
                    last = Some(log.put(&text.into())?);
                }
            }
            if let Some(highest) = batches.last().filter(|highest| highest.number > committed) {
                put(&meta, &committed_key(instance), &number(highest.number))?;
            }
            match last {
                Some(last) => Ok(Some(position(&done(&last).await?).after(1))),
                None => Ok(None),
            }
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
        .transact(&[LOG, META], Access::WriteStrict, async |transaction| {
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            if fence < Epoch(get_number(&meta, EPOCH, 0).await?) {
                return Ok(Err(StoreRefusal::Fenced));
            }
            if before.0 > get_number(&meta, LOG_START, 1).await? {
                put(&meta, &LOG_START.into(), &number(before.0))?;
                put(&meta, &SNAPSHOT.into(), &texts)?;
                // The browser counts on from here, whatever it has counted so far.
                put(&log, &number(before.0.saturating_sub(1)), &JsValue::TRUE)?;
                let covered = IdbKeyRange::upper_bound_with_open(&number(before.0), true)?;
                log.delete(&covered)?;
            }
            Ok(Ok(()))
        })
        .await;
    compacted.map_err(|error| refusal(&error)).flatten()
}

/// Takes the next epoch.
pub(super) async fn next_epoch(database: &Database) -> Result<Epoch, StoreRefusal> {
    loop {
        let known = database.transact(&[META], Access::Read, async |transaction| {
            let known = done(&transaction.object_store(META)?.get(&EPOCH.into())?);
            commit(transaction);
            Ok(known.await?.as_f64().map_or(0, |known| known as u64))
        });
        let epoch = known.await.map_err(|error| refusal(&error))?.saturating_add(1);
        let taken = database.transact(&[META, EPOCHS], Access::WriteStrict, async |transaction| {
            let (meta, epochs) = (transaction.object_store(META)?, transaction.object_store(EPOCHS)?);
            epochs.add_with_key(&JsValue::TRUE, &number(epoch))?;
            put(&meta, &EPOCH.into(), &number(epoch))?;
            let old = IdbKeyRange::upper_bound(&number(epoch.saturating_sub(EPOCHS_REMEMBERED)))?;
            epochs.delete(&old)?;
            Ok(())
        });
        match taken.await.map_err(|error| refused(&error)) {
            Ok(()) => return Ok(Epoch(epoch)),
            // Another window has taken it in between.
            Err(StoreRefusal::Fenced) => {}
            Err(refusal) => return Err(refusal),
        }
    }
}

/// Reads the records from a position on; the whole snapshot when it covers the position.
pub(super) async fn read(database: &Database, from: Sequence) -> Result<Found, JsValue> {
    if from > Sequence(1)
        && let Some(found) = read_log(database, from).await?
    {
        return Ok(found);
    }
    read_all(database).await
}

/// The records from a position on. `None`: a snapshot covers it.
async fn read_log(database: &Database, from: Sequence) -> Result<Option<Found>, JsValue> {
    database
        .transact(&[LOG, META], Access::Read, async |transaction| {
            let log_start = done(&transaction.object_store(META)?.get(&LOG_START.into())?);
            let range = IdbKeyRange::lower_bound(&number(from.0))?;
            let rows = all(&transaction.object_store(LOG)?, &range)?;
            commit(transaction);
            let mut found = Found { records: Vec::new(), next: from, unreadable: Vec::new() };
            found.take_rows(rows.await?);
            let covered = log_start.await?.as_f64().is_some_and(|start| start > from.0 as f64);
            Ok((!covered).then_some(found))
        })
        .await
}

async fn read_all(database: &Database) -> Result<Found, JsValue> {
    database
        .transact(&[LOG, META], Access::Read, async |transaction| {
            let meta = transaction.object_store(META)?;
            let log_start = done(&meta.get(&LOG_START.into())?);
            let snapshot = done(&meta.get(&SNAPSHOT.into())?);
            let rows = all(&transaction.object_store(LOG)?, &JsValue::UNDEFINED)?;
            commit(transaction);
            let log_start = Sequence(log_start.await?.as_f64().map_or(1, |start| start as u64));
            let mut found = Found { records: Vec::new(), next: log_start, unreadable: Vec::new() };
            let texts = snapshot.await?;
            let texts = if texts.is_undefined() { Array::new() } else { Array::from(&texts) };
            let count = u64::from(texts.length());
            for (index, text) in (0..).zip(texts.iter()) {
                let position = snapshot_position(log_start, count, index);
                found.take_row(position, SNAPSHOT.into(), text);
            }
            found.take_rows(rows.await?);
            Ok(found)
        })
        .await
}

impl Found {
    fn take_rows(&mut self, rows: Vec<(JsValue, JsValue)>) {
        for (key, text) in rows {
            let position = position(&key);
            self.next = self.next.max(position.after(1));
            self.take_row(position, key, text);
        }
    }

    fn take_row(&mut self, position: Sequence, key: JsValue, text: JsValue) {
        match text.as_string().and_then(|text| text::decode(position, &text)) {
            Some(record) => self.records.push(record),
            None => self.unreadable.push((key, text)),
        }
    }
}

/// Moves rows that are no records out of the way, so that they are told once and never lost.
pub(super) async fn quarantine(database: &Database, rows: &[(JsValue, JsValue)]) -> Result<(), JsValue> {
    database
        .transact(&[LOG, META, QUARANTINE], Access::WriteStrict, async |transaction| {
            let (log, meta) = (transaction.object_store(LOG)?, transaction.object_store(META)?);
            let aside = transaction.object_store(QUARANTINE)?;
            let taken = done(&aside.count()?).await?.as_f64().unwrap_or_default() as u64;
            for (index, (key, value)) in (taken..).zip(rows) {
                put(&aside, &number(index), &Array::of2(key, value))?;
                if key.as_f64().is_some() {
                    log.delete(key)?;
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

/// The rows that were moved out of the way, in the order in which that happened.
pub(super) async fn set_aside(database: &Database) -> Result<Vec<SetAside>, JsValue> {
    let rows = database
        .transact(&[QUARANTINE], Access::Read, async |transaction| {
            let rows = all(&transaction.object_store(QUARANTINE)?, &JsValue::UNDEFINED)?;
            commit(transaction);
            rows.await
        })
        .await?;
    let legible = |value: &JsValue| {
        let json = || js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string());
        value.as_string().or_else(json).unwrap_or_default()
    };
    let set_aside = rows.iter().map(|(_, row)| {
        let row = Array::from(row);
        SetAside { name: legible(&row.get(0)), text: legible(&row.get(1)) }
    });
    Ok(set_aside.collect())
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
