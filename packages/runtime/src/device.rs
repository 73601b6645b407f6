//! What this device remembers outside the stores: whose account to open, its credentials, small
//! preferences, the id of the installation.
//!
//! Where the platform refuses to store a value, it lasts as long as the window: a browser that
//! blocks site data still works until it is closed.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_core::ordered::OrderedMap;

use copilot_api::{Credentials, InstallationId};
use copilot_storage::LocalFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::account::{Account, ProfileId};
use crate::ports::Settings;

const ACCOUNT: &str = "account";
const INSTALLATION: &str = "installation";

pub(crate) struct Device {
    settings: Rc<dyn Settings>,
    /// Values that could not be stored; `None` is a value that could not be forgotten.
    unstored: RefCell<OrderedMap<String, Option<String>>>,
}

impl Device {
    pub(crate) fn new(settings: Rc<dyn Settings>) -> Self {
        Self { settings, unstored: RefCell::default() }
    }

    /// To be awaited before anything is read that a decision rests on.
    pub(crate) fn load(&self) -> LocalFuture<()> {
        self.settings.load()
    }

    /// The account that was signed in last.
    pub(crate) fn account(&self) -> Option<Account> {
        self.read_json(ACCOUNT)
    }

    pub(crate) fn keep_account(&self, account: &Account) {
        self.write_json(ACCOUNT, account);
    }

    /// The credentials of a profile; `None` when it is signed out.
    pub(crate) fn credentials(&self, profile: &ProfileId) -> Option<Credentials> {
        self.read_json(&credentials_key(profile))
    }

    pub(crate) fn keep_credentials(&self, profile: &ProfileId, credentials: &Credentials) {
        self.write_json(&credentials_key(profile), credentials);
    }

    pub(crate) fn forget_credentials(&self, profile: &ProfileId) {
        self.remove(&credentials_key(profile));
    }

    /// The id of this installation, made when there is none yet. `None` on a device without randomness.
    pub(crate) fn installation(&self) -> Option<InstallationId> {
        let kept = self.read(INSTALLATION).and_then(|text| InstallationId::parse(&text));
        kept.or_else(|| {
            let fresh = InstallationId::random()?;
            self.keep_installation(&fresh);
            Some(fresh)
        })
    }

    pub(crate) fn keep_installation(&self, id: &InstallationId) {
        if self.read(INSTALLATION).as_deref() != Some(id.as_str()) {
            self.write(INSTALLATION, id.as_str());
        }
    }

    pub(crate) fn preference(&self, name: &str) -> Option<String> {
        self.read(&preference_key(name))
    }

    pub(crate) fn keep_preference(&self, name: &str, value: &str) {
        self.write(&preference_key(name), value);
    }

    fn read_json<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        // What does not parse is of a newer program or damaged; signing in again replaces it.
        self.read(key).and_then(|text| serde_json::from_str(&text).ok())
    }

    fn write_json<T: Serialize>(&self, key: &str, value: &T) {
        if let Ok(text) = serde_json::to_string(value) {
            self.write(key, &text);
        }
    }

    fn read(&self, key: &str) -> Option<String> {
        match self.unstored.borrow().get(key) {
            Some(value) => value.clone(),
            None => self.settings.read(key),
        }
    }

    fn write(&self, key: &str, value: &str) {
        let stored = self.settings.write(key, value);
        self.remember(key, (!stored).then(|| Some(value.to_owned())));
    }

    fn remove(&self, key: &str) {
        let gone = self.settings.remove(key);
        self.remember(key, (!gone).then_some(None));
    }

    fn remember(&self, key: &str, unstored: Option<Option<String>>) {
        let mut values = self.unstored.borrow_mut();
        match unstored {
            Some(value) => values.insert(key.to_owned(), value),
            None => values.remove(key),
        };
    }
}

const CREDENTIALS: &str = "credentials:";

fn credentials_key(profile: &ProfileId) -> String {
    format!("{CREDENTIALS}{profile}")
}

/// Whether what stands under a key must be hidden from everybody but its owner.
#[cfg(all(feature = "keyring", not(target_arch = "wasm32")))]
pub(crate) fn is_secret(key: &str) -> bool {
    key.starts_with(CREDENTIALS)
}

fn preference_key(name: &str) -> String {
    format!("preference:{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A browser that blocks site data.
    struct Refusing;

    impl Settings for Refusing {
        fn read(&self, _key: &str) -> Option<String> {
            None
        }
        fn write(&self, _key: &str, _value: &str) -> bool {
            false
        }
        fn remove(&self, _key: &str) -> bool {
            false
        }
    }

    #[test]
    fn a_device_that_stores_nothing_still_remembers_until_the_window_closes() {
        let device = Device::new(Rc::new(Refusing));
        device.keep_preference("theme", "dark");
        assert_eq!(device.preference("theme").as_deref(), Some("dark"));
        let id = device.installation();
        assert!(id.is_some());
        assert_eq!(device.installation(), id);
        device.remove(&preference_key("theme"));
        assert_eq!(device.preference("theme"), None);
    }
}
