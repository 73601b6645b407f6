//! File systems that are made for one test and gone with it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

/// Runs a program that needs the rights of root; says why it could not.
fn run(program: &str, arguments: &[&str], at: Option<&Path>) -> Option<String> {
    match Command::new(program).args(arguments).args(at).output() {
        Ok(output) if output.status.success() => {
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Ok(output) => {
            println!("skipped: {program}: {}", String::from_utf8_lossy(&output.stderr).trim());
            None
        }
        Err(error) => {
            println!("skipped: {program} cannot be run: {error}");
            None
        }
    }
}

/// One test has its disk at a time. A program that another test starts is for a moment a copy of this process, with every
/// lock that is held here: a store that was just closed would still be in use.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file system in memory, of one size.
pub(crate) struct Tmpfs(
    TempDir,
    #[expect(dead_code, reason = "held until it is gone")] MutexGuard<'static, ()>,
);

impl Tmpfs {
    /// `None`: this process may not mount.
    pub(crate) fn new(options: &str) -> Option<Self> {
        let (turn, folder) = (turn(), TempDir::new().unwrap());
        run("mount", &["-t", "tmpfs", "-o", options, "tmpfs"], Some(folder.path()))?;
        Some(Self(folder, turn))
    }

    /// Where the store goes.
    pub(crate) fn profile(&self) -> PathBuf {
        self.0.path().join("profile")
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }

    pub(crate) fn fill(&self, bytes: usize) {
        std::fs::write(self.filler(), vec![0; bytes]).unwrap();
    }

    /// Adds to what fills it; whether that found room.
    pub(crate) fn fill_more(&self, bytes: usize) -> bool {
        let mut filler = OpenOptions::new().create(true).append(true).open(self.filler()).unwrap();
        filler.write_all(&vec![0; bytes]).is_ok()
    }

    pub(crate) fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    /// Changes whether it can be written. No file may be open for writing.
    pub(crate) fn remount(&self, mode: &str) {
        run("mount", &["-o", &format!("remount,{mode}")], Some(self.0.path())).unwrap();
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

const WHOLE: u64 = 16 * 1024 * 1024;
const BROKEN: u64 = 1024 * 1024;

/// A block device with ext2 on it, whose far end can be made to fail: the device becomes shorter than
/// the file system on it, and the kernel answers `EIO` to what is written behind the end.
pub(crate) struct Broken {
    device: String,
    image: PathBuf,
    mounted: TempDir,
    _images: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Broken {
    /// `None`: this process may not make block devices.
    pub(crate) fn new() -> Option<Self> {
        let turn = turn();
        let (images, mounted) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let image = images.path().join("disk");
        std::fs::File::create(&image).unwrap().set_len(WHOLE).unwrap();
        run("mkfs.ext2", &["-q", "-F"], Some(&image))?;
        let device = run("losetup", &["--find", "--show"], Some(&image))?;
        let disk = Self { device, image, mounted, _images: images, _turn: turn };
        run("mount", &[&disk.device], Some(disk.mounted.path()))?;
        // What comes behind this stands at the far end.
        std::fs::write(disk.mounted.path().join("filler"), vec![1; 4 * 1024 * 1024]).unwrap();
        Some(disk)
    }

    pub(crate) fn profile(&self) -> PathBuf {
        self.mounted.path().join("profile")
    }

    pub(crate) fn break_it(&self) {
        self.resize(BROKEN);
    }

    pub(crate) fn mend_it(&self) {
        self.resize(WHOLE);
    }

    fn resize(&self, bytes: u64) {
        OpenOptions::new().write(true).open(&self.image).unwrap().set_len(bytes).unwrap();
        run("losetup", &["--set-capacity", &self.device], None).unwrap();
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.mounted.path()).status();
        let _ = Command::new("losetup").args(["--detach", &self.device]).status();
    }
}
