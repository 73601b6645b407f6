//! The belt: batches in `localStorage` until IndexedDB has them.
//!
//! One key per batch: writing one big value again costs tens of milliseconds on the thread that
//! draws. Everything here is best effort; a page without `localStorage` has IndexedDB alone.

use std::cell::Cell;

use copilot_core::ordered::OrderedMap;

use web_sys::Storage;

use super::journal::Numbered;
use super::text;

/// Longest batch that the belt takes, in bytes of UTF-8: writing it takes about 13 ms (architecture
/// §5), which is what one frame has to give. Longer ones go to IndexedDB alone.
const LONGEST: usize = 1024 * 1024;

/// Characters that are kept free for the next batches when the quota is used up (architecture §5).
const BALLAST: usize = 128 * 1024;

#[derive(Debug)]
pub(super) struct Belt {
    storage: Option<Storage>,
    prefix: String,
    ballast: String,
    has_ballast: Cell<bool>,
}

impl Belt {
    pub(super) fn open(name: &str) -> Self {
        // Asking for it throws where it is blocked.
        let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
        let belt = Self {
            storage,
            prefix: format!("{name}:belt:"),
            ballast: format!("{name}:ballast"),
            has_ballast: Cell::new(false),
        };
        belt.restore_ballast();
        belt
    }

    fn key(&self, instance: &str, number: u64) -> String {
        format!("{}{instance}:{number}", self.prefix)
    }

    /// Keeps a batch, if there is room. Whether it is kept now.
    pub(super) fn put(&self, instance: &str, number: u64, texts: &[String]) -> bool {
        let Some(storage) = &self.storage else { return false };
        if texts.is_empty() || texts.iter().map(String::len).sum::<usize>() > LONGEST {
            return false;
        }
        let (key, value) = (self.key(instance, number), text::join(texts));
        if storage.set_item(&key, &value).is_ok() {
            return true;
        }
        if !self.has_ballast.replace(false) {
            return false;
        }
        let _ = storage.remove_item(&self.ballast);
        storage.set_item(&key, &value).is_ok()
    }

    pub(super) fn remove(&self, instance: &str, number: u64) {
        let _ = self.storage.as_ref().map(|storage| storage.remove_item(&self.key(instance, number)));
    }

    /// The instance that a key of the storage belongs to, if it is one of the belt.
    pub(super) fn instance_of<'key>(&self, key: &'key str) -> Option<&'key str> {
        key.strip_prefix(&self.prefix)?.split_once(':').map(|(instance, _)| instance)
    }

    /// Puts the ballast back when there is room for it again.
    pub(super) fn restore_ballast(&self) {
        let Some(storage) = &self.storage else { return };
        if !self.has_ballast.get() {
            let there = matches!(storage.get_item(&self.ballast), Ok(Some(_)));
            self.has_ballast.set(there || storage.set_item(&self.ballast, &"x".repeat(BALLAST)).is_ok());
        }
    }

    /// Batches of every instance, in order. What a newer program wrote is left to it.
    pub(super) fn leftovers(&self) -> OrderedMap<String, Vec<Numbered>> {
        let mut leftovers = OrderedMap::<String, Vec<Numbered>>::new();
        let Some(storage) = &self.storage else { return leftovers };
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
        for key in keys {
            let parts = key.strip_prefix(&self.prefix).and_then(|rest| rest.split_once(':'));
            let Some((instance, Ok(number))) = parts.map(|(instance, number)| (instance, number.parse()))
            else {
                continue;
            };
            let texts = storage.get_item(&key).ok().flatten().and_then(|value| text::split(&value));
            if let Some(texts) = texts {
                leftovers.entry(instance.to_owned()).or_default().push(Numbered::of_texts(number, texts));
            }
        }
        leftovers.values_mut().for_each(|batches| batches.sort_unstable_by_key(|batch| batch.number));
        leftovers
    }
}
