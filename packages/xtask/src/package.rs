//! `cargo xtask package`: the desktop program as a Debian package and as a tarball, in dist/desktop/.
//!
//! Both hold the same files ([`contents`]) and depend on nothing but these: equal files, equal bytes. Installers for
//! other systems are the business of `dx bundle`, whose settings are in `Dioxus.toml`.

mod contents;
mod deb;
mod notices;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Context;
use crate::cargo::{self, Product};
use crate::child;
use crate::failure::Failure;
use crate::progress::{Progress, Step, print_result};
use crate::suite::windows;
use crate::words;
use crate::workspace::{Workspace, find_program};
use contents::{Contents, Entry};

pub(crate) const PROGRAM: &str = "copilot-desktop";
/// Version of the package: that of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Builds the program and packs it.
pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let mut progress = Progress::new(3, context.verbose);
    progress.step(words::WINDOW_LIBRARIES, windows::libraries)?;
    let program = progress.step(words::DESKTOP, |step| {
        let mut command = context.workspace.cargo();
        command.args(["build", "--release"]);
        cargo::build(step, PROGRAM, Product::Executable, &mut command)
    })?;
    let written = progress.step(words::PACKAGE, |step| {
        let program = stripped(&context.workspace, step, &program)?;
        pack(&context.workspace, &program)
    })?;
    for file in written {
        let size = fs::metadata(&file).map_err(Failure::file("read", &file))?.len();
        print_result(&format!("{:>8} KiB  {}", size / 1024, file.display()));
    }
    Ok(())
}

/// A copy of the program without what only debuggers read, where there is something that takes it out.
pub(crate) fn stripped(workspace: &Workspace, step: &mut Step, program: &Path) -> Result<PathBuf, Failure> {
    let folder = workspace.scratch().join("package");
    fs::create_dir_all(&folder).map_err(Failure::file("make", &folder))?;
    let copy = folder.join(program.file_name().unwrap_or(PROGRAM.as_ref()));
    fs::copy(program, &copy).map_err(Failure::file("write", &copy))?;
    if let Some(strip) = find_program("strip") {
        child::run(step, "strip", Command::new(strip).arg(&copy))?;
    }
    Ok(copy)
}

fn pack(workspace: &Workspace, program: &Path) -> Result<Vec<PathBuf>, Failure> {
    let contents = contents(workspace, program)?;
    let folder = workspace.dist().join("desktop");
    fs::create_dir_all(&folder).map_err(Failure::file("make", &folder))?;
    let name = name();
    let tarball = folder.join(format!("{name}.tar.gz"));
    let archive = contents.archive(&name).map_err(Failure::file("write", &tarball))?;
    fs::write(&tarball, archive).map_err(Failure::file("write", &tarball))?;
    let Some(machine) = deb::machine() else { return Ok(vec![tarball]) };
    let package = folder.join(format!("{PROGRAM}_{VERSION}_{machine}.deb"));
    let bytes = deb::build(&contents, VERSION, machine).map_err(Failure::file("write", &package))?;
    fs::write(&package, bytes).map_err(Failure::file("write", &package))?;
    Ok(vec![tarball, package])
}

/// What the tarball and the folder in it are called.
fn name() -> String {
    format!("{PROGRAM}-{VERSION}-{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// The files that both hold.
fn contents(workspace: &Workspace, program: &Path) -> Result<Contents, Failure> {
    let read = |path: PathBuf| fs::read(&path).map_err(Failure::file("read", path));
    Ok(Contents(vec![
        Entry::program("bin/copilot-desktop", read(program.to_owned())?),
        Entry::data("share/applications/copilot-desktop.desktop", contents::DESKTOP_ENTRY.into()),
        Entry::data(
            "share/icons/hicolor/256x256/apps/copilot-desktop.png",
            read(workspace.root.join("packages/desktop/icon.png"))?,
        ),
        Entry::data(
            "share/icons/hicolor/scalable/apps/copilot-desktop.svg",
            read(workspace.web_shell().join("icon.svg"))?,
        ),
        Entry::data(
            "share/doc/copilot-desktop/README.md",
            read(workspace.root.join("packages/desktop/README.md"))?,
        ),
        Entry::data("share/doc/copilot-desktop/copyright", notices::collect(workspace)?.into_bytes()),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unpacks with the programs that people have, and says what is there.
    fn unpacked(command: &mut Command, folder: &Path) -> Vec<String> {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
                match entry.is_dir() {
                    true => folders.push(entry),
                    false => found.push(entry.strip_prefix(folder).unwrap().display().to_string()),
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn both_packages_install_a_program_that_desktops_list_with_its_icon() {
        let workspace = Workspace::locate().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(&path).unwrap();
            path
        };
        let program = folder.path().join("program");
        fs::write(&program, "#!/bin/sh\n").unwrap();
        let contents = contents(&workspace, &program).unwrap();
        let expected = [
            "bin/copilot-desktop",
            "share/applications/copilot-desktop.desktop",
            "share/doc/copilot-desktop/README.md",
            "share/doc/copilot-desktop/copyright",
            "share/icons/hicolor/256x256/apps/copilot-desktop.png",
            "share/icons/hicolor/scalable/apps/copilot-desktop.svg",
        ];

        let tarball = folder.path().join("packed.tar.gz");
        fs::write(&tarball, contents.archive(&name()).unwrap()).unwrap();
        let target = at("tarball");
        let found = unpacked(Command::new("tar").arg("-xzf").arg(&tarball).arg("-C").arg(&target), &target);
        assert_eq!(found, expected.map(|path| format!("{}/{path}", name())));
        let started = Command::new(target.join(name()).join("bin/copilot-desktop")).status().unwrap();
        assert!(started.success(), "the program cannot be run");

        if let Some(dpkg) = find_program("dpkg-deb") {
            let package = folder.path().join("packed.deb");
            fs::write(&package, deb::build(&contents, VERSION, "amd64").unwrap()).unwrap();
            let target = at("deb");
            let found = unpacked(Command::new(dpkg).arg("-x").arg(&package).arg(&target), &target);
            assert_eq!(found, expected.map(|path| format!("usr/{path}")));
        }
    }

    #[test]
    fn the_desktop_entry_names_the_program_and_an_icon_of_the_size_of_its_folder() {
        let entry = contents::DESKTOP_ENTRY;
        assert!(entry.starts_with("[Desktop Entry]\n") && entry.ends_with('\n'));
        assert!(
            entry.contains(&format!("\nExec={PROGRAM}\n")) && entry.contains(&format!("\nIcon={PROGRAM}\n"))
        );
        // A PNG begins with eight bytes of its own; the header with width and height is the first chunk.
        let icon = fs::read(Workspace::locate().unwrap().root.join("packages/desktop/icon.png")).unwrap();
        let number = |at: usize| u32::from_be_bytes(icon[at..at + 4].try_into().unwrap());
        assert_eq!(&icon[1..4], b"PNG");
        assert_eq!((number(16), number(20)), (256, 256));
    }
}
