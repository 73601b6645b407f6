//! Which dangers there must be a result for. A danger that nobody ran through must not look like one
//! that was survived.

/// A row of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    /// Needs the right to mount file systems, which not everybody has.
    pub(crate) mounts: bool,
}

const fn cell(group: &'static str, name: &'static str) -> Cell {
    Cell { group, name, mounts: false }
}

const fn disk(name: &'static str) -> Cell {
    Cell { group: FILES, name, mounts: true }
}

const FILES: &str = "File store";
const CHROMIUM: &str = "Chromium";
const WINDOWS: &str = "Windows";
const QUOTA: &str = "Quota";

/// In the order in which they are printed.
pub(crate) const CELLS: [Cell; 28] = [
    cell(FILES, "process killed while it appends and compacts"),
    cell(FILES, "journal of 64 records cut at a byte"),
    cell(FILES, "journal of 64 records with a bit flipped"),
    disk("full disk"),
    disk("full disk with a cache"),
    disk("read-only disk"),
    disk("disk that answers EIO"),
    cell(FILES, "journal of every released format"),
    cell(FILES, "journal of a newer program, compacted"),
    cell(CHROMIUM, "conformance suite of all stores"),
    cell(CHROMIUM, "tab closed right behind Enter"),
    cell(CHROMIUM, "renderer crashed right behind Enter"),
    cell(CHROMIUM, "browser killed 150 ms behind Enter"),
    cell(CHROMIUM, "five reloads right behind Enter"),
    cell(WINDOWS, "2 windows, same case, all online"),
    cell(WINDOWS, "3 windows, same case, all online"),
    cell(WINDOWS, "two windows, the sender offline"),
    cell(WINDOWS, "two windows, the follower offline"),
    cell(WINDOWS, "holder closed"),
    cell(WINDOWS, "holder crashed"),
    cell(WINDOWS, "holder closed in the middle of a write"),
    cell(WINDOWS, "follower closed in the middle of a write"),
    cell(WINDOWS, "holder frozen and thawed"),
    cell(WINDOWS, "pins, drafts and messages of three crashed windows"),
    cell(QUOTA, "databases full"),
    cell(QUOTA, "localStorage full"),
    cell(QUOTA, "databases and localStorage full"),
    cell(QUOTA, "no storage at all"),
];
