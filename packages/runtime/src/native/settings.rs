//! Settings as files, one per key, readable by their owner alone because some are secrets.
//!
//! A change is on the disk when the call returns: renewed tokens exist nowhere else.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::ports::Settings;

pub(super) struct FileSettings {
    folder: PathBuf,
}

impl FileSettings {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
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

    fn replace(&self, key: &str, value: &str) -> io::Result<()> {
        let target = self.file(key);
        let fresh = target.with_extension("new");
        private_folder(&self.folder)?;
        let mut file = private_file(&fresh)?;
        file.write_all(value.as_bytes())?;
        file.sync_data()?;
        fs::rename(&fresh, &target)?;
        sync_folder(&self.folder)
    }

    fn delete(&self, key: &str) -> io::Result<()> {
        match fs::remove_file(self.file(key)) {
            Ok(()) => sync_folder(&self.folder),
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
        self.replace(key, value).is_ok()
    }

    fn remove(&self, key: &str) -> bool {
        self.delete(key).is_ok()
    }
}

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Makes the names in a folder durable: this platform does so by itself and opens no folders.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<fs::File> {
    fs::File::create(path)
}

#[cfg(test)]
mod tests {
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
