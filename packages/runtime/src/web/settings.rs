//! Settings in `localStorage`, which every window of this origin shares.

use crate::ports::Settings;

/// Tells this program's keys from those of other pages of the origin.
pub(super) const PREFIX: &str = "fm:";

pub(super) struct LocalStorage;

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

impl Settings for LocalStorage {
    fn read(&self, key: &str) -> Option<String> {
        storage()?.get_item(&format!("{PREFIX}{key}")).ok()?
    }

    fn write(&self, key: &str, value: &str) -> bool {
        storage().is_some_and(|storage| storage.set_item(&format!("{PREFIX}{key}"), value).is_ok())
    }

    fn remove(&self, key: &str) -> bool {
        storage().is_some_and(|storage| storage.remove_item(&format!("{PREFIX}{key}")).is_ok())
    }
}
