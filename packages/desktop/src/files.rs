//! Files that the person asked for: saved among the downloads, under a name that no other file has.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How many files of one name are counted before it is a mistake.
const MOST: u32 = 1000;

/// The folder of downloads, or else one in the data folder.
pub(crate) fn downloads(data: &Path) -> PathBuf {
    let folders = directories::UserDirs::new();
    let downloads = folders.as_ref().and_then(|folders| folders.download_dir()).map(Path::to_path_buf);
    downloads.unwrap_or_else(|| data.join("saved"))
}

/// Writes a new file and says which one.
pub(crate) fn save(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    // The name is the panel's; that it names no other folder is checked where it counts.
    let name = Path::new(name).file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "txt"));
    for number in 1..=MOST {
        let path = folder.join(match number {
            1 => format!("{stem}.{ending}"),
            _ => format!("{stem} ({number}).{ending}"),
        });
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Whether a file of the settings holds credentials. One that is empty says that there are none.
pub(crate) fn holds_credentials(data: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(data.join("settings")) else { return false };
    entries.flatten().any(|entry| {
        entry.file_name().to_string_lossy().starts_with("credentials")
            && entry.metadata().is_ok_and(|about| about.len() > 0)
    })
}

/// Bytes of all files in a folder and below it.
pub(crate) fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => size(&entry.path()),
        Ok(kind) if kind.is_file() => entry.metadata().map_or(0, |about| about.len()),
        Ok(_) | Err(_) => 0,
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("Downloads");
        let saved: Vec<_> = (0..3).map(|n| save(&place, "checkout.md", &n.to_string()).unwrap()).collect();
        let names: Vec<_> = saved.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["checkout.md", "checkout (2).md", "checkout (3).md"]);
        assert_eq!(std::fs::read_to_string(&saved[0]).unwrap(), "0");
        assert_eq!(size(folder.path()), 3);
    }

    #[test]
    fn credentials_in_a_file_are_seen_and_an_empty_file_is_none() {
        let data = tempfile::tempdir().unwrap();
        assert!(!holds_credentials(data.path()));
        let settings = data.path().join("settings");
        std::fs::create_dir(&settings).unwrap();
        std::fs::write(settings.join("preference_3atheme"), "dark").unwrap();
        std::fs::write(settings.join("credentials_3a0f"), "").unwrap();
        assert!(!holds_credentials(data.path()));
        std::fs::write(settings.join("credentials_3a0f"), "{}").unwrap();
        assert!(holds_credentials(data.path()));
    }

    #[test]
    fn a_name_reaches_no_other_folder() {
        let folder = tempfile::tempdir().unwrap();
        let saved = save(&folder.path().join("inner"), "../outside.md", "").unwrap();
        assert_eq!(saved, folder.path().join("inner").join("outside.md"));
        assert!(save(folder.path(), "..", "").is_err());
    }
}
