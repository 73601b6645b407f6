//! The browser: two places at once, because each alone loses what was typed last.
//!
//! ```text
//! localStorage  fm:<profile>:belt:<instance>:<n>   batches that IndexedDB has not confirmed
//!               fm:<profile>:ballast               room for the next batches when the quota is used up
//! IndexedDB     fm:<profile>
//!   log         sequence           → one record as text; the browser counts the sequence
//!   meta        epoch, log_start, snapshot, committed:<instance>
//!   epochs      epoch              → that it was taken
//!   cases       real id            → a case as JSON
//!               number, [real id]  → a copy of all of them, and what was written since
//!   messages    [case, -turn, -time, message id] → a row as JSON, the last row of a case first
//!               [case, message id] → the same as earlier programs wrote it; moved when the case is read
//!   quarantine  what could not be read, never deleted
//! IndexedDB     fm:settings
//!   settings    key                → a setting of the device, for whoever keeps settings
//! Web Lock      fm:<profile>:instance:<instance>   held while the window lives
//! ```
//!
//! `localStorage` is written in the call of [`append`](Store::append) itself, so the batch survives
//! the closing or the crash of the tab from that moment on; the browser writes it to disk seconds
//! later. IndexedDB follows in the next task, which the browser begins after the painting, in a
//! transaction of strict durability, which also survives a killed browser; then the belt entry goes, and
//! the batch is acknowledged. A batch for which the belt has no room goes to IndexedDB alone, at once. What a window that ended left in the belt is stored by one that stays,
//! or by the next one that starts.
//!
//! Left out: private windows and browsers without IndexedDB. [`WebStore::open`] says so, and the
//! window can work on a [`MemoryStore`](crate::memory::MemoryStore) and tell the person.

mod belt;
mod cache;
mod cases;
mod database;
mod heritage;
mod instance;
mod journal;
mod js;
mod settings;
mod text;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem;
use std::rc::Rc;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{
    Batch, Damage, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal,
};
use copilot_core::view::CachedMessage;
use futures_channel::oneshot;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use self::belt::Belt;
use self::database::Database;
use self::heritage::Heritage;
use self::instance::Instance;
use self::journal::Numbered;
pub use self::settings::{read_settings, write_settings};
use crate::store::{CachedEnd, LocalFuture, SetAside, Store, StoreError};

/// The data of a profile in this browser. Any number of windows can have it open.
#[derive(Debug)]
pub struct WebStore(Rc<Window>);

#[derive(Debug)]
struct Window {
    instance: Instance,
    database: Database,
    belt: Belt,
    /// Batches that the next transaction takes, in the order of the calls.
    waiting: RefCell<Vec<Waiting>>,
    /// Whether a transaction of batches is under way; it takes the others up when it is done.
    committing: Cell<bool>,
    next_batch: Cell<u64>,
    asked_to_persist: Cell<bool>,
    heritage: Heritage,
}

#[derive(Debug)]
struct Waiting {
    batch: Numbered,
    answer: oneshot::Sender<Result<Sequence, StoreRefusal>>,
}

impl WebStore {
    /// Opens the data of a profile, or makes it. Where a window of an earlier layout is frozen and does not close its
    /// connection this waits, however long; nothing is changed meanwhile, and dropping the future changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program has changed its layout, [`StoreError::Unavailable`]
    /// when the browser gives no storage to this page.
    pub async fn open(profile: &str) -> Result<Self, StoreError> {
        let name = format!("fm:{profile}");
        // The browser grants the lock while it opens the database.
        let beginning = beside({
            let name = name.clone();
            async move { Instance::begin(&name).await }
        });
        let database = Database::open(&name, database::PROFILE).await?;
        let belt = Belt::open(&name);
        let instance = match beginning.await {
            Ok(instance) => instance,
            Err(_) => Instance::begin(&name).await,
        };
        let window = Rc::new(Window {
            instance,
            database,
            belt,
            waiting: RefCell::default(),
            committing: Cell::new(false),
            next_batch: Cell::new(1),
            asked_to_persist: Cell::new(false),
            heritage: Heritage::default(),
        });
        window.watch_others();
        Ok(Self(window))
    }

    /// Starts work now; the future waits for what comes of it.
    fn start<T: 'static, F: Future<Output = T> + 'static>(
        &self,
        work: impl FnOnce(Rc<Window>) -> F,
        if_stopped: impl FnOnce() -> T + 'static,
    ) -> LocalFuture<T> {
        let waiting = beside(work(Rc::clone(&self.0)));
        Box::pin(async move { waiting.await.unwrap_or_else(|_| if_stopped()) })
    }

    fn start_to_write<T: 'static, F: Future<Output = Result<T, StoreRefusal>> + 'static>(
        &self,
        work: impl FnOnce(Rc<Window>) -> F,
    ) -> LocalFuture<Result<T, StoreRefusal>> {
        self.start(work, || Err(StoreRefusal::Unavailable))
    }

    fn start_to_read<T: 'static, F: Future<Output = Result<T, JsValue>> + 'static>(
        &self,
        work: impl FnOnce(Rc<Window>) -> F + 'static,
    ) -> LocalFuture<Result<T, StoreError>> {
        let work = |window: Rc<Window>| async move {
            let place = window.database.name().to_owned();
            work(window).await.map_err(|error| StoreError::Unavailable { place, cause: js::words(&error) })
        };
        let place = self.0.database.name().to_owned();
        self.start(work, || Err(StoreError::Unavailable { place, cause: "it was closed".to_owned() }))
    }
}

impl Store for WebStore {
    fn append(&self, batch: Batch) -> LocalFuture<Result<Sequence, StoreRefusal>> {
        let window = &self.0;
        let number = window.next_batch.replace(window.next_batch.get() + 1);
        let is_work = batch.records.iter().any(|record| matches!(record, Record::Operation(_)));
        let Some(batch) = Numbered::new(number, batch) else {
            return Box::pin(async { Err(StoreRefusal::Unavailable) });
        };
        let kept = window.belt.put(window.instance.id(), number, &batch.texts);
        if is_work && !window.asked_to_persist.replace(true) {
            ask_to_persist();
        }
        let (answer, waiting) = oneshot::channel();
        window.waiting.borrow_mut().push(Waiting { batch, answer });
        if !window.committing.replace(true) {
            let window = Rc::clone(window);
            spawn_local(async move {
                // What is in the belt can wait until what the person has just done is painted. Of a page that is not on
                // screen nothing is, and it may have no next task for long.
                if kept && js::is_on_screen() {
                    js::next_task().await;
                }
                window.commit().await;
            });
        }
        Box::pin(async move { waiting.await.unwrap_or(Err(StoreRefusal::Unavailable)) })
    }

    fn read_from(&self, from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>> {
        self.start_to_read(move |window| async move {
            // Whoever reads because the lease was granted must know what its last holder left.
            window.take_over_leftovers().await;
            Ok(journal::read(&window.database, from).await?.records)
        })
    }

    fn compact(
        &self,
        before: Sequence,
        snapshot: Vec<Record>,
        fence: Epoch,
    ) -> LocalFuture<Result<(), StoreRefusal>> {
        self.start_to_write(move |window| async move {
            window
                .with_room(async || journal::compact(&window.database, before, &snapshot, fence).await)
                .await
        })
    }

    fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>> {
        self.start_to_write(|window| async move {
            window.with_room(async || journal::next_epoch(&window.database).await).await
        })
    }

    fn cache(&self, writes: Vec<CacheWrite>) -> LocalFuture<()> {
        let work = |window: Rc<Window>| async move {
            // Best effort: what does not fit can be fetched again.
            let _ = window.with_room(async || cache::write(&window.database, &writes).await).await;
        };
        self.start(work, || ())
    }

    fn load(&self, case: RealId) -> LocalFuture<Vec<CachedMessage>> {
        let work = move |window: Rc<Window>| async move {
            cache::load(&window.database, &case).await.unwrap_or_default()
        };
        self.start(work, Vec::new)
    }

    fn spare(&self) -> LocalFuture<u64> {
        let work = |window: Rc<Window>| async move { cache::spare(&window.database, false).await };
        self.start(work, u64::default)
    }

    fn free_spare(&self) -> LocalFuture<u64> {
        let work = |window: Rc<Window>| async move { cache::spare(&window.database, true).await };
        self.start(work, u64::default)
    }

    fn load_end(&self, case: RealId) -> LocalFuture<CachedEnd> {
        let work = move |window: Rc<Window>| async move {
            match cache::load_end(&window.database, &case).await {
                Ok(Some(end)) => end,
                // Some rows of it are not in order yet.
                Ok(None) => {
                    let rows = cache::load(&window.database, &case).await.unwrap_or_default();
                    spawn_local(async move {
                        let _ = cache::put_in_order(&window.database, &case).await;
                    });
                    CachedEnd::All(rows)
                }
                Err(_) => CachedEnd::All(Vec::new()),
            }
        };
        self.start(work, || CachedEnd::All(Vec::new()))
    }

    fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>> {
        self.start_to_read(|window| async move { window.recover().await })
    }

    fn tidy(&self) -> LocalFuture<()> {
        let work = |window: Rc<Window>| async move {
            // A frozen page would keep the others from the cases.
            if js::is_on_screen() {
                let _ = cases::copy(&window.database).await;
            }
        };
        self.start(work, || ())
    }

    fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        let work = |window: Rc<Window>| async move {
            journal::set_aside(&window.database).await.unwrap_or_default()
        };
        self.start(work, Vec::new)
    }

    fn taken_over(&self, beyond: Sequence) -> LocalFuture<Sequence> {
        self.0.taken_over(beyond)
    }

    fn durability(&self) -> Durability {
        Durability::BrowserKill
    }
}

impl Window {
    /// Makes waiting batches durable until there are none, all that wait in one transaction.
    async fn commit(self: Rc<Self>) {
        loop {
            let group = mem::take(&mut *self.waiting.borrow_mut());
            if group.is_empty() {
                break;
            }
            let (batches, answers): (Vec<_>, Vec<_>) =
                group.into_iter().map(|waiting| (waiting.batch, waiting.answer)).unzip();
            let stored = journal::append(&self.database, self.instance.id(), &batches).await;
            let results = match stored {
                Ok(places) => places.into_iter().map(Ok).collect(),
                // A small one may fit where all together do not, and only those of a holder of the lease are
                // refused when that is another's.
                Err(StoreRefusal::Full | StoreRefusal::Fenced) => self.commit_one_by_one(&batches).await,
                Err(refusal) => vec![Err(refusal); batches.len()],
            };
            for ((batch, answer), result) in batches.iter().zip(answers).zip(results) {
                // It is durable now, or it was refused and nothing of it may come back.
                self.belt.remove(self.instance.id(), batch.number);
                let _ = answer.send(result);
            }
        }
        self.committing.set(false);
        self.belt.restore_ballast();
    }

    async fn commit_one_by_one(&self, batches: &[Numbered]) -> Vec<Result<Sequence, StoreRefusal>> {
        let mut results = Vec::new();
        for batch in batches {
            let batch = std::slice::from_ref(batch);
            let append = async || journal::append(&self.database, self.instance.id(), batch).await;
            let stored = self.with_room(append).await;
            results.push(stored.and_then(|place| place.first().copied().ok_or(StoreRefusal::Unavailable)));
        }
        results
    }

    /// Does something that needs room, giving up the cache for it, oldest case first.
    async fn with_room<T>(
        &self,
        write: impl AsyncFn() -> Result<T, StoreRefusal>,
    ) -> Result<T, StoreRefusal> {
        loop {
            match write().await {
                Err(StoreRefusal::Full) if cache::evict_oldest(&self.database).await => {}
                outcome => return outcome,
            }
        }
    }

    async fn recover(self: Rc<Self>) -> Result<Recovered, JsValue> {
        // The rows are read while the journal is put together.
        let cases = beside({
            let window = Rc::clone(&self);
            async move { cases::read(&window.database).await }
        });
        self.take_over_leftovers().await;
        let found = journal::read(&self.database, Sequence(0)).await?;
        let damaged = found.unreadable.len() as u64;
        if damaged > 0 {
            journal::quarantine(&self.database, &found.unreadable).await?;
        }
        let total = damaged + found.records.len() as u64;
        let cases = cases.await.map(Result::unwrap_or_default).unwrap_or_default();
        if self.belt.leftovers().is_empty() {
            // Nobody waits for it: what is forgotten late is forgotten by the next start.
            spawn_local(async move {
                let _ = journal::forget_old_instances(&self.database).await;
            });
        }
        Ok(Recovered {
            records: found.records,
            next: found.next,
            cases,
            damage: (damaged > 0).then_some(Damage { damaged, total }),
            durability: Durability::BrowserKill,
        })
    }
}

/// Starts work that goes on beside what follows; what comes of it can be waited for. Nobody has to: the work is
/// done all the same.
fn beside<T: 'static>(work: impl Future<Output = T> + 'static) -> oneshot::Receiver<T> {
    let (answer, waiting) = oneshot::channel();
    spawn_local(async move {
        let _ = answer.send(work.await);
    });
    waiting
}

/// Asks the browser not to throw the data away when the device runs out of room. It may say no, and
/// then nothing changes.
fn ask_to_persist() {
    let promise = web_sys::window().map(|window| window.navigator().storage().persist());
    if let Some(Ok(promise)) = promise {
        spawn_local(async move {
            let _ = js::settled(promise).await;
        });
    }
}
