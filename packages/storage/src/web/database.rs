//! IndexedDB as futures: opening, transactions, requests.
//!
//! The browser may take the connection away (site data cleared, a newer program wants to change the
//! layout); it is then opened again, once per piece of work. A database that came back empty is not
//! written to: the window's positions belong to the one that is gone.
//!
//! A transaction keeps all others out of its stores until the page that began it has heard how the last
//! request went. A page that stands still in between (frozen, or at a breakpoint) holds up every window
//! of the profile. So what is done often asks for everything at once and calls [`commit`] before it
//! waits: the browser then ends the transaction without the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

use super::js;
use crate::store::StoreError;

pub(super) const LOG: &str = "log";
pub(super) const META: &str = "meta";
pub(super) const EPOCHS: &str = "epochs";
pub(super) const CASES: &str = "cases";
pub(super) const MESSAGES: &str = "messages";
pub(super) const QUARANTINE: &str = "quarantine";

/// Where the first layout had its records, under keys that the program gave.
const FIRST_LOG: &str = "journal";

/// The object stores of a database.
#[derive(Debug)]
pub(super) struct Layout {
    /// Of the layout that this program reads and writes.
    pub(super) version: u32,
    /// Stores whose keys the program gives.
    pub(super) stores: &'static [&'static str],
    /// A store whose keys the browser counts up from 1.
    pub(super) counted: Option<&'static str>,
}

/// A profile's database.
pub(super) const PROFILE: &Layout =
    &Layout { version: 2, stores: &[META, EPOCHS, CASES, MESSAGES, QUARANTINE], counted: Some(LOG) };

/// What a transaction is for, and with that how durable it is when it completes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    /// Reads.
    Read,
    /// Writes what can be fetched again: handed to the operating system at some time.
    WriteRelaxed,
    /// Writes what cannot: on the disk when the transaction completes.
    WriteStrict,
}

#[derive(Debug)]
pub(super) struct Database {
    name: String,
    layout: &'static Layout,
    connection: RefCell<Option<Connection>>,
}

#[derive(Debug)]
struct Connection {
    handle: IdbDatabase,
    gone: Rc<Cell<bool>>,
    _on_gone: Closure<dyn FnMut()>,
}

impl Connection {
    /// Opens a database. One that is not there yet is made, or refused.
    async fn open(name: &str, layout: &'static Layout, make: bool) -> Result<Self, JsValue> {
        let none = || JsValue::from_str("this browser gives no storage to this page");
        let factory = web_sys::window().ok_or_else(none)?.indexed_db()?.ok_or_else(none)?;
        let request = factory.open_with_u32(name, layout.version)?;
        let upgrade = {
            let request = request.clone();
            Closure::<dyn FnMut()>::new(move || {
                // A store that could not be made shows in the first transaction that names it.
                let _ = if make { make_stores(&request, layout) } else { refuse(&request) };
            })
        };
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let handle: IdbDatabase = done(&request).await?.unchecked_into();
        request.set_onupgradeneeded(None);

        let gone = Rc::new(Cell::new(false));
        let on_gone = {
            let (handle, gone) = (handle.clone(), Rc::clone(&gone));
            Closure::<dyn FnMut()>::new(move || {
                // Whoever wants to change or delete the database waits for this.
                handle.close();
                gone.set(true);
            })
        };
        let callback: &Function = on_gone.as_ref().unchecked_ref();
        handle.set_onversionchange(Some(callback));
        handle.set_onclose(Some(callback));
        Ok(Self { handle, gone, _on_gone: on_gone })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.handle.set_onversionchange(None);
        self.handle.set_onclose(None);
        self.handle.close();
    }
}

fn make_stores(request: &IdbOpenDbRequest, layout: &Layout) -> Result<(), JsValue> {
    let database: IdbDatabase = request.result()?.unchecked_into();
    let there = database.object_store_names();
    for store in layout.stores.iter().filter(|store| !there.contains(store)) {
        database.create_object_store(store)?;
    }
    if let Some(store) = layout.counted.filter(|store| !there.contains(store)) {
        let counted = Object::new();
        Reflect::set(&counted, &"autoIncrement".into(), &JsValue::TRUE)?;
        js::call(&database, "createObjectStore", &[&store.into(), &counted])?;
        if let Some(upgrade) = request.transaction().filter(|_| there.contains(FIRST_LOG)) {
            spawn_local(async move {
                if take_over_first_log(&upgrade, store).await.is_err() {
                    // All of it or nothing: the old layout stays as it is.
                    let _ = upgrade.abort();
                }
            });
        }
    }
    Ok(())
}

/// Brings the records of the first layout over, each in its place, and what was counted there.
async fn take_over_first_log(upgrade: &IdbTransaction, log: &str) -> Result<(), JsValue> {
    let (log, meta) = (upgrade.object_store(log)?, upgrade.object_store(META)?);
    let records = all(&upgrade.object_store(FIRST_LOG)?, &JsValue::UNDEFINED)?.await?;
    for (position, text) in &records {
        put(&log, position, text)?;
    }
    let next = done(&meta.get(&"next".into())?).await?.as_f64().unwrap_or(1.0);
    if records.is_empty() && next > 1.0 {
        // The browser counts on from the highest key that ever was.
        put(&log, &JsValue::from_f64(next - 1.0), &JsValue::TRUE)?;
        log.clear()?;
    }
    let epoch = done(&meta.get(&"epoch".into())?).await?;
    if epoch.as_f64().is_some() {
        put(&upgrade.object_store(EPOCHS)?, &epoch, &JsValue::TRUE)?;
    }
    upgrade.db().delete_object_store(FIRST_LOG)
}

fn refuse(request: &IdbOpenDbRequest) -> Result<(), JsValue> {
    request.transaction().map_or(Ok(()), |transaction| transaction.abort())
}

impl Database {
    /// Opens a database, or makes it.
    pub(super) async fn open(name: &str, layout: &'static Layout) -> Result<Self, StoreError> {
        match Connection::open(name, layout, true).await {
            Ok(open) => Ok(Self { name: name.to_owned(), layout, connection: RefCell::new(Some(open)) }),
            Err(error) if js::name(&error) == "VersionError" => {
                Err(StoreError::Newer { place: name.to_owned() })
            }
            Err(error) => Err(StoreError::Unavailable { place: name.to_owned(), cause: js::words(&error) }),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    async fn handle(&self) -> Result<IdbDatabase, JsValue> {
        let open =
            self.connection.borrow().as_ref().filter(|open| !open.gone.get()).map(|open| open.handle.clone());
        if let Some(handle) = open {
            return Ok(handle);
        }
        let connection = Connection::open(&self.name, self.layout, false).await?;
        let handle = connection.handle.clone();
        *self.connection.borrow_mut() = Some(connection);
        Ok(handle)
    }

    /// Does work in one transaction and waits until it is complete: all of it, or nothing.
    pub(super) async fn transact<T>(
        &self,
        stores: &[&str],
        access: Access,
        work: impl AsyncFnOnce(&IdbTransaction) -> Result<T, JsValue>,
    ) -> Result<T, JsValue> {
        let (transaction, ended) = self.begin(stores, access).await?;
        let outcome = work(&transaction).await;
        if outcome.is_ok() {
            commit(&transaction);
        }
        match end(&transaction, ended, outcome.as_ref().err()).await {
            None => outcome,
            Some(error) => Err(error),
        }
    }

    /// A transaction, and the promise of its end. Apart from `transact`, as is `end`, so that the
    /// module holds them once and not once for every kind of work.
    async fn begin(&self, stores: &[&str], access: Access) -> Result<(IdbTransaction, Promise), JsValue> {
        let transaction = match begin(&self.handle().await?, stores, access) {
            Ok(transaction) => transaction,
            Err(_) => {
                // The connection is closed and has not said so.
                self.connection.take();
                begin(&self.handle().await?, stores, access)?
            }
        };
        let ended = Promise::new(&mut |complete, aborted| {
            transaction.set_oncomplete(Some(&complete));
            transaction.set_onabort(Some(&aborted));
        });
        Ok((transaction, ended))
    }
}

/// Says that a transaction is asked for nothing more: from here on it needs the page no longer.
pub(super) fn commit(transaction: &IdbTransaction) {
    // Refused by one that is at its end already. Where there is no such call it ends by itself, a little later.
    let _ = js::call(transaction, "commit", &[]);
}

/// Waits for the end of a transaction whose work is done or has failed; why nothing came of it.
async fn end(transaction: &IdbTransaction, ended: Promise, failed: Option<&JsValue>) -> Option<JsValue> {
    if failed.is_some() {
        // It may have ended by itself because of the same error.
        let _ = transaction.abort();
    }
    let aborted = js::settled(ended).await.err();
    // The transaction knows best why it failed: a full disk shows when it completes.
    let reason = failed.cloned().or(aborted)?;
    Some(transaction.error().map_or(reason, JsValue::from))
}

fn begin(handle: &IdbDatabase, stores: &[&str], access: Access) -> Result<IdbTransaction, JsValue> {
    let (mode, durability) = match access {
        Access::Read => ("readonly", "default"),
        Access::WriteRelaxed => ("readwrite", "relaxed"),
        Access::WriteStrict => ("readwrite", "strict"),
    };
    let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &durability.into())?;
    js::call(handle, "transaction", &[&names, &mode.into(), &options]).map(JsCast::unchecked_into)
}

/// The result of a request. The handlers are in place when this returns, before it is awaited. A transaction that
/// cannot be committed ends what is asked of it: Chromium tells that the transaction alone, not its requests.
pub(super) fn done(request: &IdbRequest) -> impl Future<Output = Result<JsValue, JsValue>> + use<> {
    let request = request.clone();
    let answered = Promise::new(&mut |success, error| {
        request.set_onsuccess(Some(&success));
        request.set_onerror(Some(&error));
        if let Some(transaction) = request.transaction() {
            let _ = transaction.add_event_listener_with_callback("abort", &error);
        }
    });
    let answered = js::settled(answered);
    async move {
        match answered.await {
            Ok(_) => request.result(),
            Err(event) => Err(request.error().ok().flatten().map_or(event, JsValue::from)),
        }
    }
}

/// Puts a value under a key. A failure shows when the transaction ends.
pub(super) fn put(store: &IdbObjectStore, key: &JsValue, value: &JsValue) -> Result<(), JsValue> {
    store.put_with_key(value, key).map(|_| ())
}

/// Everything in a store, keys and values in order. Asked for when this returns.
pub(super) fn all(
    store: &IdbObjectStore,
    range: &JsValue,
) -> Result<impl Future<Output = Result<Vec<(JsValue, JsValue)>, JsValue>> + use<>, JsValue> {
    let keys = done(&store.get_all_keys_with_key(range)?);
    let values = done(&store.get_all_with_key(range)?);
    Ok(async move {
        let (keys, values) = (Array::from(&keys.await?), Array::from(&values.await?));
        Ok(keys.iter().zip(values.iter()).collect())
    })
}
