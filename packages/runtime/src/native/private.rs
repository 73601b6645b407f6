//! Files that only their owner can read, and names that are on the disk.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Puts a text into a file, durably: afterwards it holds the old text or the new one, whatever happens.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let fresh = file.with_extension("new");
    let folder = file.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let mut unfinished = make_file(&fresh)?;
    unfinished.write_all(text.as_bytes())?;
    unfinished.sync_data()?;
    fs::rename(&fresh, file)?;
    sync_folder(folder)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Makes the names in a folder durable: this platform does so by itself and opens no folders.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn make_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn make_file(path: &Path) -> io::Result<fs::File> {
    fs::File::create(path)
}
