//! The folder itself: its lock, its layout version, and files that are replaced as a whole.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use copilot_core::journal::StoreRefusal;

use crate::store::StoreError;

/// Version of the layout that this program reads and writes.
const FORMAT: u32 = 1;

/// A folder that is locked while this value lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let place = || path.display().to_string();
        let unavailable =
            |error: io::Error| StoreError::Unavailable { place: place(), cause: error.to_string() };
        make_folder(path).map_err(unavailable)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path.join("lock"));
        let lock = lock.map_err(unavailable)?;
        lock.try_lock().map_err(|refused| match refused {
            TryLockError::WouldBlock => StoreError::InUse { place: place() },
            TryLockError::Error(error) => unavailable(error),
        })?;
        if is_newer(path).map_err(unavailable)? {
            return Err(StoreError::Newer { place: place() });
        }
        remove_unfinished(path).map_err(unavailable)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn place(&self) -> String {
        self.path.display().to_string()
    }
}

/// Makes a folder that only its owner can read, because it holds what people wrote.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Reads the layout version, and writes it into a new folder. What is no number is damage of that
/// one file: records carry a version of their own, so they can be read all the same.
fn is_newer(path: &Path) -> io::Result<bool> {
    let file = path.join("format");
    match fs::read(&file) {
        Ok(found) => {
            let number = std::str::from_utf8(&found).ok().and_then(|text| text.trim().parse::<u32>().ok());
            Ok(number.is_some_and(|number| number > FORMAT))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            replace(&file, format!("{FORMAT}\n").as_bytes()).map(|()| false)
        }
        Err(error) => Err(error),
    }
}

const UNFINISHED: &str = "tmp";

fn remove_unfinished(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(UNFINISHED)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Writes a file so that a crash leaves the old content or the new, durably.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".");
    unfinished.push(UNFINISHED);
    let unfinished = PathBuf::from(unfinished);
    let written = File::create(&unfinished)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // Whatever is left of it would only take room; the next opening removes it as well.
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes the names in a folder durable: this platform does so by itself and opens no folders.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What an error means for the one who wanted to write.
pub(super) fn refusal(error: &io::Error) -> StoreRefusal {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreRefusal::Full
        }
        _ => StoreRefusal::Unavailable,
    }
}
