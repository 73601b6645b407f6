//! The files that are installed, and archives of them that are equal when the files are.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// How menus of desktops list the program (freedesktop.org, Desktop Entry Specification).
pub(super) const DESKTOP_ENTRY: &str = "[Desktop Entry]
Type=Application
Name=FaultMaven Copilot
GenericName=Troubleshooting assistant
Comment=A side panel for engineers who troubleshoot
Exec=copilot-desktop
Icon=copilot-desktop
Terminal=false
Categories=Development;
Keywords=logs;incident;debugging;
StartupWMClass=copilot-desktop
";

/// The time of every file: archives must not depend on when they were made, and programs that unpack them warn of
/// times near 1970. 1 January 2025, in seconds.
pub(super) const TIME: u64 = 1_735_689_600;

/// One file.
pub(super) struct Entry {
    /// Below the prefix (`/usr`, or wherever the tarball is unpacked), with `/`.
    path: &'static str,
    mode: u32,
    pub(super) bytes: Vec<u8>,
}

impl Entry {
    pub(super) fn program(path: &'static str, bytes: Vec<u8>) -> Self {
        Self { path, mode: 0o755, bytes }
    }

    pub(super) fn data(path: &'static str, bytes: Vec<u8>) -> Self {
        Self { path, mode: 0o644, bytes }
    }
}

/// All files.
pub(super) struct Contents(pub(super) Vec<Entry>);

impl Contents {
    /// A compressed tar archive with everything below a folder, folders first, owned by root.
    pub(super) fn archive(&self, below: &str) -> io::Result<Vec<u8>> {
        let paths: Vec<String> = self.0.iter().map(|entry| format!("{below}/{}", entry.path)).collect();
        let mut folders = BTreeSet::new();
        for path in &paths {
            folders.extend(Path::new(path).ancestors().skip(1).filter_map(Path::to_str).map(str::to_owned));
        }
        let mut archive = archive();
        for folder in folders.iter().filter(|folder| !folder.is_empty() && *folder != ".") {
            append(&mut archive, &format!("{folder}/"), EntryType::Directory, 0o755, &[])?;
        }
        for (path, entry) in paths.iter().zip(&self.0) {
            append(&mut archive, path, EntryType::Regular, entry.mode, &entry.bytes)?;
        }
        archive.into_inner()?.finish()
    }
}

/// A compressed tar archive that is being written.
pub(super) type Archive = Builder<GzEncoder<Vec<u8>>>;

/// An empty one. The compression carries neither a name nor a time.
pub(super) fn archive() -> Archive {
    Builder::new(GzEncoder::new(Vec::new(), Compression::best()))
}

/// Adds a file or folder.
pub(super) fn append(
    archive: &mut Archive,
    path: &str,
    kind: EntryType,
    mode: u32,
    bytes: &[u8],
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    header.set_size(bytes.len() as u64);
    archive.append_data(&mut header, path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_files_are_equal_archives_and_every_folder_comes_before_its_files() {
        let contents = || {
            Contents(vec![Entry::program("bin/a", b"program".to_vec()), Entry::data("share/b/c", Vec::new())])
        };
        let bytes = contents().archive("top").unwrap();
        assert_eq!(bytes, contents().archive("top").unwrap());
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let seen: Vec<(String, u32)> = archive
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap()))
            .collect();
        let paths: Vec<&str> = seen.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["top/", "top/bin/", "top/share/", "top/share/b/", "top/bin/a", "top/share/b/c"]);
        assert_eq!((seen[4].1, seen[5].1), (0o755, 0o644));
    }
}
