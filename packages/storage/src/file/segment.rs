//! One file of the journal: its name, what can be read of it, and how it is healed.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use copilot_core::journal::frame::{self, Salvage};
use copilot_core::journal::{Sequence, Sequenced};

use super::folder::{make_folder, replace, sync_folder};
use crate::store::SetAside;

/// The folder for what could not be read.
const QUARANTINE: &str = "quarantine";

/// The two kinds of journal files, with the position in their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// Holds what the records before the position fold to.
    Snapshot(Sequence),
    /// Holds records, none of which stands before the position.
    Segment(Sequence),
}

impl Name {
    pub(super) fn in_folder(self, folder: &Path) -> PathBuf {
        folder.join(self.text())
    }

    fn text(self) -> String {
        match self {
            Self::Snapshot(Sequence(before)) => format!("snapshot-{before}.fmj"),
            Self::Segment(Sequence(first)) => format!("journal-{first}.fmj"),
        }
    }

    fn parse(name: &OsStr) -> Option<Self> {
        let text = name.to_str()?;
        let (kind, number) = text.strip_suffix(".fmj")?.split_once('-')?;
        let position = Sequence(number.parse().ok()?);
        let parsed = match kind {
            "snapshot" => Self::Snapshot(position),
            "journal" => Self::Segment(position),
            _ => return None,
        };
        // A name that somebody else wrote another way (`journal-007.fmj`) is somebody else's file.
        (parsed.text() == text).then_some(parsed)
    }

    /// Every journal file of a folder, snapshots first, each kind in order.
    pub(super) fn list(folder: &Path) -> io::Result<Vec<Self>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.extend(Self::parse(&entry?.file_name()));
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// What was found in a file when the folder was opened.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) records: Vec<Sequenced>,
    /// Records that could not be read.
    pub(super) damaged: u64,
    /// Length of the file, if records may be appended to it: it ends with a whole record.
    pub(super) appendable: Option<u64>,
}

/// Reads a file. Damage is copied into the quarantine and then taken out of the file, so that it is
/// told once; where that cannot be done the file stays as it is, and nothing is appended to it.
pub(super) fn load(folder: &Path, name: Name) -> io::Result<Loaded> {
    let path = name.in_folder(folder);
    let bytes = fs::read(&path)?;
    let Salvage { records, sound_len, mut damaged, torn_tail } = frame::read(&bytes);
    let mut lost = damaged.len() as u64;
    if let Name::Snapshot(before) = name {
        // A snapshot gets its name when it is whole: what is missing at its end was there once.
        if torn_tail > 0 {
            damaged.push(sound_len..bytes.len());
        }
        let end = records.last().map(|last| last.sequence.after(1));
        let missing = end.map_or(0, |end| before.0.saturating_sub(end.0));
        lost = lost.max(missing).max(damaged.len() as u64);
    }
    let appendable = if !damaged.is_empty() {
        heal(folder, &path, &bytes, &damaged, &records).ok()
    } else if torn_tail > 0 {
        cut(&path, sound_len as u64).ok()
    } else {
        Some(bytes.len() as u64)
    };
    Ok(Loaded { records, damaged: lost, appendable })
}

fn heal(
    folder: &Path,
    path: &Path,
    bytes: &[u8],
    damaged: &[Range<usize>],
    records: &[Sequenced],
) -> io::Result<u64> {
    let quarantine = folder.join(QUARANTINE);
    make_folder(&quarantine)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    for range in damaged {
        let mut file = new_file(&quarantine, &format!("{stem}-at-{}", range.start))?;
        file.write_all(bytes.get(range.clone()).unwrap_or_default())?;
        file.sync_all()?;
    }
    sync_folder(&quarantine)?;
    sync_folder(folder)?;
    let mut kept = Vec::with_capacity(bytes.len());
    for Sequenced { sequence, writer, fence, record } in records {
        // Each as a batch of its own: a batch that has lost a record must not look unfinished later.
        frame::write(&mut kept, *sequence, *writer, *fence, record).map_err(io::Error::other)?;
    }
    replace(path, &kept)?;
    Ok(kept.len() as u64)
}

/// What stands in the quarantine of a folder, in the order of the names.
pub(super) fn set_aside(folder: &Path) -> io::Result<Vec<SetAside>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join(QUARANTINE))? {
        let entry = entry?;
        let text = String::from_utf8_lossy(&fs::read(entry.path())?).into_owned();
        found.push(SetAside { name: entry.file_name().to_string_lossy().into_owned(), text });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// A file of a name that is not taken: what stands in the quarantine is never written over.
fn new_file(folder: &Path, name: &str) -> io::Result<File> {
    let mut path = folder.join(format!("{name}.bin"));
    let mut copy = 1;
    loop {
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                path = folder.join(format!("{name}-{copy}.bin"));
                copy += 1;
            }
            opened => return opened,
        }
    }
}

fn cut(path: &Path, len: u64) -> io::Result<u64> {
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(len)?;
    file.sync_all()?;
    Ok(len)
}
