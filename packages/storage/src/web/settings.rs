//! Settings of this device in IndexedDB: texts under keys, in a small database of their own.
//!
//! For a program that keeps them in `localStorage` too, which a killed browser forgets for the first
//! seconds. What a text says, and which of two is newer, is the program's affair. The database is
//! open for one piece of work at a time: settings change seldom, and one that was cleared away is
//! simply made again.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbObjectStore;

use super::database::{Access, Database, Layout, all, commit, done, put};
use super::js;
use crate::store::StoreError;

/// Profiles are named by 32 hex digits, so this is none of theirs.
const DATABASE: &str = "fm:settings";
const SETTINGS: &str = "settings";
const LAYOUT: &Layout = &Layout { version: 1, stores: &[SETTINGS], counted: None };

/// Every setting, as key and text.
///
/// # Errors
/// [`StoreError::Newer`] when a newer program has changed the layout, [`StoreError::Unavailable`] when
/// the browser gives no storage to this page.
pub async fn read_settings() -> Result<Vec<(String, String)>, StoreError> {
    let database = Database::open(DATABASE, LAYOUT).await?;
    let read = database.transact(&[SETTINGS], Access::Read, async |transaction| {
        let settings = all(&transaction.object_store(SETTINGS)?, &JsValue::UNDEFINED)?;
        commit(transaction);
        settings.await
    });
    let entries = read.await.map_err(|error| unavailable(&error))?;
    let texts = entries.into_iter().filter_map(|(key, text)| key.as_string().zip(text.as_string()));
    Ok(texts.collect())
}

/// Writes settings, all in one transaction, on the disk when this is done. One that is there stays
/// when the new text does not replace it: `replaces(new, old)`.
///
/// # Errors
/// As [`read_settings`]; nothing was written then.
pub async fn write_settings(
    entries: &[(String, String)],
    replaces: impl Fn(&str, &str) -> bool,
) -> Result<(), StoreError> {
    let database = Database::open(DATABASE, LAYOUT).await?;
    let write = database.transact(&[SETTINGS], Access::WriteStrict, async |transaction| {
        let store = transaction.object_store(SETTINGS)?;
        for (key, text) in entries {
            let key = JsValue::from_str(key);
            let old = get(&store, &key).await?;
            if old.is_none_or(|old| replaces(text, &old)) {
                put(&store, &key, &JsValue::from_str(text))?;
            }
        }
        Ok(())
    });
    write.await.map_err(|error| unavailable(&error))
}

async fn get(store: &IdbObjectStore, key: &JsValue) -> Result<Option<String>, JsValue> {
    Ok(done(store.get(key)?.unchecked_ref()).await?.as_string())
}

fn unavailable(error: &JsValue) -> StoreError {
    StoreError::Unavailable { place: DATABASE.to_owned(), cause: js::words(error) }
}
