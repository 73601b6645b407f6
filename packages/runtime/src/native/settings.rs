//! Settings as files, one per key, readable by their owner alone because some are secrets.
//!
//! A change is on the disk when the call returns: renewed tokens exist nowhere else.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::private;
use crate::ports::Settings;

pub(super) struct FileSettings {
    folder: PathBuf,
}

impl FileSettings {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder, in words.
    #[cfg(feature = "keyring")]
    pub(super) fn place(&self) -> String {
        self.folder.display().to_string()
    }

    /// Where a key is kept. Letters, digits and hyphens stand for themselves, every other byte as
    /// `_` and two hex digits, so that no key can name a path.
    fn file(&self, key: &str) -> PathBuf {
        let mut name = String::with_capacity(key.len() + 8);
        for byte in key.bytes() {
            if byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' {
                name.push(char::from(byte));
            } else {
                name.push_str(&format!("_{byte:02x}"));
            }
        }
        self.folder.join(name)
    }

    fn delete(&self, key: &str) -> io::Result<()> {
        match fs::remove_file(self.file(key)) {
            Ok(()) => private::sync_folder(&self.folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Settings for FileSettings {
    fn read(&self, key: &str) -> Option<String> {
        fs::read_to_string(self.file(key)).ok()
    }

    fn write(&self, key: &str, value: &str) -> bool {
        private::replace(&self.file(key), value).is_ok()
    }

    fn remove(&self, key: &str) -> bool {
        self.delete(key).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_value_is_read_back_by_the_next_start_and_only_by_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let settings = FileSettings::new(folder.path().join("settings"));
        assert_eq!(settings.read("credentials:abc"), None);
        assert!(settings.write("credentials:abc", "secret"));
        assert!(settings.write("credentials:abc", "newer secret"));
        let next_start = FileSettings::new(folder.path().join("settings"));
        assert_eq!(next_start.read("credentials:abc").as_deref(), Some("newer secret"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(settings.file("credentials:abc")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(settings.remove("credentials:abc"));
        assert!(settings.remove("credentials:abc"));
        assert_eq!(settings.read("credentials:abc"), None);
    }

    #[test]
    fn no_key_reaches_outside_the_folder_or_another_key() {
        let settings = FileSettings::new(PathBuf::from("settings"));
        let keys = ["../x", "/etc/x", "a:b", "a_3ab", "A", "a", "", "ä"];
        let files: std::collections::BTreeSet<_> = keys.iter().map(|key| settings.file(key)).collect();
        assert_eq!(files.len(), keys.len());
        for key in keys.iter().filter(|key| !key.is_empty()) {
            assert_eq!(settings.file(key).parent(), Some(Path::new("settings")), "{key}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_said_not_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("settings");
        fs::write(&in_the_way, "a file").unwrap();
        let settings = FileSettings::new(in_the_way);
        assert!(!settings.write("theme", "dark"));
        assert_eq!(settings.read("theme"), None);
    }
}
