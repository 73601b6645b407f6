//! Settings in two places, as architecture §5 has it for everything that cannot be fetched again:
//! `localStorage`, which is written at once and which every window of this origin shares, and
//! IndexedDB, whose transaction begins in the same turn of the event loop and survives the kill of
//! the browser. The browser writes `localStorage` to the disk about five seconds late.
//!
//! Both places hold the same [`Stamped`] texts, and the later stamp counts, whichever window wrote
//! it. While the program runs `localStorage` is the one that is read; IndexedDB is read once, at the
//! start. Where IndexedDB is missing or refuses, `localStorage` is all there is.

use std::cell::{Cell, RefCell};
use std::mem;
use std::rc::Rc;

use copilot_core::Wall;
use copilot_storage::LocalFuture;
use copilot_storage::web::{read_settings, write_settings};
use js_sys::Date;
use wasm_bindgen_futures::spawn_local;

use crate::ports::Settings;
use crate::stamped::Stamped;

/// Tells this program's keys from those of other pages of the origin.
pub(super) const PREFIX: &str = "fm:";

#[derive(Clone, Default)]
pub(super) struct WebSettings(Rc<Places>);

#[derive(Default)]
struct Places {
    /// What IndexedDB brought at the start and `localStorage` has no room for.
    overflow: RefCell<Vec<(String, Stamped)>>,
    /// Texts that the next transaction takes, in the order of the changes.
    waiting: RefCell<Vec<(String, String)>>,
    /// Whether a transaction is under way; it takes the others up when it is done.
    writing: Cell<bool>,
}

fn storage() -> Option<web_sys::Storage> {
    // Asking for it throws where it is blocked.
    web_sys::window()?.local_storage().ok()?
}

fn stored(key: &str) -> Option<Stamped> {
    Stamped::parse(&storage()?.get_item(&format!("{PREFIX}{key}")).ok()??)
}

fn store(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(&format!("{PREFIX}{key}"), text).is_ok())
}

impl Places {
    fn latest(&self, key: &str) -> Option<Stamped> {
        let stored = stored(key);
        let overflow = self.overflow.borrow();
        let kept = overflow.iter().find(|(of, kept)| of == key && kept.is_newer(stored.as_ref()));
        kept.map(|(_, kept)| kept.clone()).or(stored)
    }

    /// Takes over what a killed browser has left in IndexedDB alone.
    async fn load(self: Rc<Self>) {
        for (key, text) in read_settings().await.unwrap_or_default() {
            let Some(durable) = Stamped::parse(&text) else { continue };
            if durable.is_newer(stored(&key).as_ref()) && !store(&key, &text) {
                self.overflow.borrow_mut().push((key, durable));
            }
        }
    }

    fn change(self: &Rc<Self>, key: &str, value: Option<&str>) -> bool {
        let now = Wall(Date::now() as u64);
        let text = Stamped::now(now, self.latest(key).as_ref(), value).text();
        let stored = store(key, &text);
        self.waiting.borrow_mut().push((key.to_owned(), text));
        if !self.writing.replace(true) {
            spawn_local(self.clone().make_durable());
        }
        stored
    }

    /// Writes what waits to IndexedDB until there is nothing, what belongs together in one transaction.
    async fn make_durable(self: Rc<Self>) {
        loop {
            let texts = mem::take(&mut *self.waiting.borrow_mut());
            if texts.is_empty() {
                break;
            }
            // Where it fails `localStorage` has them all the same, and nobody could do more.
            let _ = write_settings(&texts, replaces).await;
        }
        self.writing.set(false);
    }
}

/// Another window may have decided later and been quicker.
fn replaces(new: &str, old: &str) -> bool {
    Stamped::parse(new).is_some_and(|new| new.is_newer(Stamped::parse(old).as_ref()))
}

impl Settings for WebSettings {
    fn load(&self) -> LocalFuture<()> {
        Box::pin(self.0.clone().load())
    }

    fn read(&self, key: &str) -> Option<String> {
        self.0.latest(key)?.into_value()
    }

    fn write(&self, key: &str, value: &str) -> bool {
        self.0.change(key, Some(value))
    }

    fn remove(&self, key: &str) -> bool {
        self.0.change(key, None)
    }
}
