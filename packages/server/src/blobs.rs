//! The bytes of uploads, as files named by their content hash. A client's file name never becomes a path.
//!
//! Callers hold the store's transaction while they write or remove, so that a removal never races a new reference.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder of uploads.
#[derive(Clone, Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// Opens the folder inside the data folder, creating it when absent.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let folder = data.join("uploads");
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(hash)
    }

    /// Stores bytes durably under their hash; bytes that are there already are left alone.
    pub(crate) fn put(&self, hash: &str, bytes: &[u8]) -> io::Result<()> {
        let target = self.path(hash);
        if target.exists() {
            return Ok(());
        }
        let draft = self.folder.join(format!("{hash}.part"));
        let mut file = File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &target)?;
        sync_folder(&self.folder)
    }

    /// The bytes of a hash.
    pub(crate) fn get(&self, hash: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(hash))
    }

    /// Removes the bytes of a hash. Absent is fine.
    pub(crate) fn remove(&self, hash: &str) -> io::Result<()> {
        match fs::remove_file(self.path(hash)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes everything that `keep` does not name: drafts of a crash, and bytes whose turn was never committed.
    pub(crate) fn sweep(&self, keep: &HashSet<String>) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let kept = entry.file_name().to_str().is_some_and(|name| keep.contains(name));
            if !kept && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// Makes a rename inside `folder` survive a power loss, where the platform can open folders.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows makes renames durable by itself and cannot open folders as files.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
