//! `cargo xtask package`: the desktop program as a Debian package and as a tarball, in dist/desktop/.
//!
//! Both hold the same files ([`contents`]) and depend on nothing but these: equal files, equal bytes. Installers for
//! other systems are the business of `dx bundle`, whose settings are in `Dioxus.toml`.

mod contents;
mod deb;

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
fn stripped(workspace: &Workspace, step: &mut Step, program: &Path) -> Result<PathBuf, Failure> {
    let folder = workspace.scratch().join("package");
    fs::create_dir_all(&folder).map_err(Failure::file("make", &folder))?;
    let copy = folder.join(PROGRAM);
    fs::copy(program, &copy).map_err(Failure::file("write", &copy))?;
    if let Some(strip) = find_program("strip") {
        child::run(step, "strip", Command::new(strip).arg(&copy))?;
    }
    Ok(copy)
}

fn pack(workspace: &Workspace, program: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = |path: PathBuf| fs::read(&path).map_err(Failure::file("read", path));
    let contents = Contents(vec![
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
    ]);
    let folder = workspace.root.join("dist").join("desktop");
    fs::create_dir_all(&folder).map_err(Failure::file("make", &folder))?;
    let name = format!("{PROGRAM}-{VERSION}-{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let tarball = folder.join(format!("{name}.tar.gz"));
    let archive = contents.archive(&name).map_err(Failure::file("write", &tarball))?;
    fs::write(&tarball, archive).map_err(Failure::file("write", &tarball))?;
    let Some(machine) = deb::machine() else { return Ok(vec![tarball]) };
    let package = folder.join(format!("{PROGRAM}_{VERSION}_{machine}.deb"));
    let bytes = deb::build(&contents, VERSION, machine).map_err(Failure::file("write", &package))?;
    fs::write(&package, bytes).map_err(Failure::file("write", &package))?;
    Ok(vec![tarball, package])
}
