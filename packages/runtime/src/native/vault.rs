//! Credentials in the keyring of the system, and in files where there is none.
//!
//! A file counts over the keyring: it is there only while the keyring has not taken its text, or has
//! not let go of one. An empty file says that there is nothing. So a keyring that comes and goes (a
//! session without a desktop, a locked one) never brings an older text back.

use copilot_storage::LocalFuture;
use keyring::Entry;

use super::settings::FileSettings;
use crate::device::is_secret;
use crate::ports::Settings;

/// What the system shows to the person as the owner of the entries.
pub(super) const SERVICE: &str = "FaultMaven Copilot";

pub(super) struct Vault {
    files: FileSettings,
    service: String,
}

impl Vault {
    pub(super) fn new(files: FileSettings, service: &str) -> Self {
        Self { files, service: service.to_owned() }
    }

    /// An entry's name holds the folder: programs on two folders do not share credentials.
    fn entry(&self, key: &str) -> Option<Entry> {
        Entry::new(&self.service, &format!("{key} in {}", self.files.place())).ok()
    }
}

impl Settings for Vault {
    /// The first question to a locked keyring waits until the person has unlocked it: on a thread of
    /// its own.
    fn load(&self) -> LocalFuture<()> {
        let probe = self.entry("probe");
        Box::pin(async move {
            let asking = tokio::task::spawn_blocking(move || {
                // Whatever it answers, from now on it answers quickly.
                let _ = probe.map(|probe| probe.get_password());
            });
            let _ = asking.await;
        })
    }

    fn read(&self, key: &str) -> Option<String> {
        match self.files.read(key) {
            Some(text) => Some(text).filter(|text| !is_secret(key) || !text.is_empty()),
            None if is_secret(key) => self.entry(key)?.get_password().ok(),
            None => None,
        }
    }

    fn write(&self, key: &str, value: &str) -> bool {
        let kept = is_secret(key) && self.entry(key).is_some_and(|entry| entry.set_password(value).is_ok());
        if kept && self.files.remove(key) { true } else { self.files.write(key, value) }
    }

    fn remove(&self, key: &str) -> bool {
        if !is_secret(key) {
            return self.files.remove(key);
        }
        let gone = self.entry(key).map(|entry| entry.delete_credential());
        match gone {
            Some(Ok(()) | Err(keyring::Error::NoEntry)) => self.files.remove(key),
            // Nothing can be known of a keyring that cannot be asked now.
            Some(Err(_)) | None => self.files.write(key, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "credentials:0f";

    /// Runs with the keyring of whoever runs the tests where there is one, under a name of its own.
    fn vault(folder: &std::path::Path) -> Vault {
        Vault::new(FileSettings::new(folder.to_owned()), "FaultMaven Copilot tests")
    }

    fn in_files(folder: &std::path::Path) -> usize {
        folder.read_dir().map_or(0, Iterator::count)
    }

    #[test]
    fn credentials_are_in_the_keyring_or_in_a_file_and_never_in_both() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        assert_eq!(vault.read(KEY), None);
        assert!(vault.write(KEY, "secret"));
        assert!(vault.write(KEY, "newer secret"));
        assert_eq!(vault.read(KEY).as_deref(), Some("newer secret"));
        let in_keyring = vault.entry(KEY).is_some_and(|entry| entry.get_password().is_ok());
        assert_eq!(in_files(folder.path()), usize::from(!in_keyring));
        println!("kept in {}", if in_keyring { "the keyring" } else { "a file" });
        assert!(vault.remove(KEY));
        assert_eq!(vault.read(KEY), None);
        assert!(vault.entry(KEY).is_none_or(|entry| entry.get_password().is_err()));
    }

    #[test]
    fn a_text_that_the_keyring_did_not_take_counts_over_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        assert!(vault.write(KEY, "in the keyring where there is one"));
        assert!(vault.files.write(KEY, "written while it was locked"));
        assert_eq!(vault.read(KEY).as_deref(), Some("written while it was locked"));
        assert!(vault.files.write(KEY, ""));
        assert_eq!(vault.read(KEY), None, "removed while it was locked");
        assert!(vault.write(KEY, "anew"));
        assert_eq!(vault.read(KEY).as_deref(), Some("anew"));
        assert!(vault.remove(KEY));
    }

    #[test]
    fn what_is_no_secret_stays_in_files() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        assert!(vault.write("preference:theme", "dark"));
        assert_eq!((vault.read("preference:theme").as_deref(), in_files(folder.path())), (Some("dark"), 1));
    }
}
