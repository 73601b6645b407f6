//! Confirmed rows in IndexedDB. Best effort: what cannot be read is left out, the server has it.

use std::collections::HashSet;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::StoreRefusal;
use copilot_core::model::RealMessage;
use copilot_core::view::CachedMessage;
use js_sys::Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore};

use super::cases;
use super::database::{Access, CASES, Database, MESSAGES, all, commit, done, put};
use super::js::refusal;
use crate::spare::{oldest, spare_rows};
use crate::store::CachedEnd;

/// Rows that are read ahead of the others: several screens of them, so that there is something above the end to scroll to.
const END_ROWS: u32 = 128;

/// Rows that are moved to their places at once: few enough that the page does not stand still.
const MOVED_AT_ONCE: u32 = 250;

pub(super) fn key(id: &RealId) -> JsValue {
    id.as_str().into()
}

/// Where a row stands. What stands last comes first, because a browser reads the first so many of a range.
fn place(case: &JsValue, row: &RealMessage) -> Array {
    // Both are far below 2^53, from which on numbers of JavaScript leave gaps.
    let (turn, created) = (f64::from(row.turn.unwrap_or(0)), row.created.0 as f64);
    Array::of4(case, &(-turn).into(), &(-created).into(), &key(&row.id))
}

/// The rows of a case: a list sorts behind every text, so `[case, []]` is behind all of them.
fn rows_of(case: &JsValue) -> Result<IdbKeyRange, JsValue> {
    IdbKeyRange::bound(&Array::of1(case), &Array::of2(case, &Array::new()))
}

/// Those of them that stand at their places: a number sorts before every text.
fn placed_rows_of(case: &JsValue) -> Result<IdbKeyRange, JsValue> {
    IdbKeyRange::bound(&Array::of1(case), &Array::of2(case, &"".into()))
}

/// Those of them that earlier programs wrote, under their ids.
fn unplaced_rows_of(case: &JsValue) -> Result<IdbKeyRange, JsValue> {
    IdbKeyRange::bound(&Array::of2(case, &"".into()), &Array::of2(case, &Array::new()))
}

pub(super) fn put_json(store: &IdbObjectStore, key: &JsValue, value: &impl Serialize) -> Result<(), JsValue> {
    let json = serde_json::to_string(value).map_err(|_| JsValue::UNDEFINED)?;
    put(store, key, &json.into())
}

pub(super) fn parse<T: DeserializeOwned>(value: &JsValue) -> Option<T> {
    serde_json::from_str(&value.as_string()?).ok()
}

pub(super) fn parse_all<T: DeserializeOwned>(rows: &JsValue) -> Vec<T> {
    let rows = Array::from(rows);
    // Known beforehand: a list of ten thousand that grows is moved a dozen times.
    let mut parsed = Vec::with_capacity(rows.length() as usize);
    parsed.extend(rows.iter().filter_map(|row| parse(&row)));
    parsed
}

pub(super) async fn write(database: &Database, writes: &[CacheWrite]) -> Result<(), StoreRefusal> {
    let written = database
        .transact(&[CASES, MESSAGES], Access::WriteRelaxed, async |transaction| {
            let (cases, messages) = (transaction.object_store(CASES)?, transaction.object_store(MESSAGES)?);
            for write in writes {
                match write {
                    CacheWrite::Case(case) => cases::write(&cases, case)?,
                    CacheWrite::Message { case, row } => {
                        put_json(&messages, &place(&key(case), &row.message), &**row)?;
                    }
                    CacheWrite::Forget(case) => forget(&cases, &messages, &key(case))?,
                }
            }
            Ok(())
        })
        .await;
    written.map_err(|error| refusal(&error))
}

fn forget(cases: &IdbObjectStore, messages: &IdbObjectStore, case: &JsValue) -> Result<(), JsValue> {
    cases::forget(cases, case)?;
    let rows = rows_of(case)?;
    messages.delete(&rows)?;
    Ok(())
}

/// Each row once. One that the server has moved may stand at two places: the later counts, which comes first.
fn once(mut rows: Vec<CachedMessage>) -> Vec<CachedMessage> {
    let mut read = HashSet::with_capacity(rows.len());
    rows.retain(|row| read.insert(row.message.id.clone()));
    rows
}

/// Every row of a case.
pub(super) async fn load(database: &Database, case: &RealId) -> Result<Vec<CachedMessage>, JsValue> {
    database
        .transact(&[MESSAGES], Access::Read, async |transaction| {
            let rows =
                done(&transaction.object_store(MESSAGES)?.get_all_with_key(&rows_of(&key(case))?.into())?);
            commit(transaction);
            Ok(once(parse_all(&rows.await?)))
        })
        .await
}

/// The last rows of a case. `None`: some of its rows do not stand at their places.
pub(super) async fn load_end(database: &Database, case: &RealId) -> Result<Option<CachedEnd>, JsValue> {
    database
        .transact(&[MESSAGES], Access::Read, async |transaction| {
            let (messages, case) = (transaction.object_store(MESSAGES)?, key(case));
            let last = done(&messages.get_all_with_key_and_limit(&placed_rows_of(&case)?.into(), END_ROWS)?);
            let unplaced = done(&messages.get_key(&unplaced_rows_of(&case)?.into())?);
            commit(transaction);
            let last = last.await?;
            if !unplaced.await?.is_undefined() {
                return Ok(None);
            }
            let is_all = Array::from(&last).length() < END_ROWS;
            let rows = once(parse_all(&last));
            Ok(Some(if is_all { CachedEnd::All(rows) } else { CachedEnd::Last(rows) }))
        })
        .await
}

/// Moves the rows of a case that earlier programs wrote to their places, some at a time, each time all or nothing. A
/// row that was written there since is newer.
pub(super) async fn put_in_order(database: &Database, case: &RealId) -> Result<(), JsValue> {
    let case = key(case);
    loop {
        let moved = database.transact(&[MESSAGES], Access::WriteRelaxed, async |transaction| {
            let messages = transaction.object_store(MESSAGES)?;
            let range = unplaced_rows_of(&case)?;
            let keys = done(&messages.get_all_keys_with_key_and_limit(&range, MOVED_AT_ONCE)?);
            let rows = done(&messages.get_all_with_key_and_limit(&range, MOVED_AT_ONCE)?);
            let (keys, rows) = (Array::from(&keys.await?), Array::from(&rows.await?));
            let places = rows.iter().map(|row| Some(place(&case, &parse::<CachedMessage>(&row)?.message)));
            let places: Vec<_> = places.collect();
            let taken = places.iter().flatten().map(|place| Ok(done(&messages.get_key(place)?)));
            let mut taken = taken.collect::<Result<Vec<_>, JsValue>>()?.into_iter();
            for ((old, row), place) in keys.iter().zip(rows.iter()).zip(places) {
                // What cannot be read can be fetched again.
                if let Some((place, taken)) = place.and_then(|place| Some((place, taken.next()?)))
                    && taken.await?.is_undefined()
                {
                    put(&messages, &place, &row)?;
                }
                messages.delete(&old)?;
            }
            Ok(keys.length())
        });
        if moved.await? < MOVED_AT_ONCE {
            return Ok(());
        }
    }
}

/// Gives up the [`oldest`] case; rows whose case is not known when no case is. `false`: there is nothing to give up,
/// or it cannot be done.
pub(super) async fn evict_oldest(database: &Database) -> bool {
    let evicted = database
        .transact(&[CASES, MESSAGES], Access::WriteRelaxed, async |transaction| {
            let (cases, messages) = (transaction.object_store(CASES)?, transaction.object_store(MESSAGES)?);
            let all = all(&cases, &cases::ids()?.into())?.await?;
            if !all.is_empty() {
                let oldest = oldest(all.iter().map(|(id, case)| (id, parse(case))));
                oldest.map(|oldest| forget(&cases, &messages, oldest)).transpose()?;
                return Ok(oldest.is_some());
            }
            let rows = done(&messages.count()?).await?.as_f64().unwrap_or_default();
            messages.clear()?;
            Ok(rows > 0.0)
        })
        .await;
    evicted.unwrap_or(false)
}

/// Bytes of the answers that can be given up, and gives them `up`. One transaction for each case: a long history
/// holds nobody up.
pub(super) async fn spare(database: &Database, up: bool) -> u64 {
    let mut bytes = 0;
    for case in cases::read(database).await.unwrap_or_default() {
        let access = if up { Access::WriteRelaxed } else { Access::Read };
        let spared = database
            .transact(&[MESSAGES], access, async |transaction| {
                let messages = transaction.object_store(MESSAGES)?;
                let rows = all(&messages, &rows_of(&key(&case.id))?.into())?.await?;
                let parsed = rows.iter().filter_map(|(key, row)| Some(((key, row), parse(row)?)));
                let mut bytes = 0;
                for ((key, row), _) in spare_rows(&case, parsed) {
                    bytes += row.as_string().map_or(0, |json| json.len() as u64);
                    if up {
                        messages.delete(key)?;
                    }
                }
                Ok(bytes)
            })
            .await;
        bytes += spared.unwrap_or_default();
    }
    bytes
}
