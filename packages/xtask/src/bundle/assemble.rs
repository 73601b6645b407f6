//! Puts the folder `dist/web` together: the page's static files, the module, its scripts, and compressed siblings.
//!
//! Written beside the old folder and swapped in, so that a server that is running never serves half a bundle.

use std::fs;
use std::io;
use std::path::Path;

use super::compress::{Format, compressed};
use super::diagrams;
use super::imports;
use super::installed;
use super::module::STEM;
use super::page;
use super::sizes::File;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The hand-written files beside the page.
const SHELL: [&str; 4] = ["boot.css", "boot.js", "icon.svg", installed::MANIFEST];

/// Writes the folder and returns its files, without the compressed copies.
pub(crate) fn write(workspace: &Workspace, module: &Path) -> Result<Vec<File>, Failure> {
    let finished = workspace.web_bundle();
    let draft = finished.with_file_name(".web");
    clear(&draft)?;
    let kept = workspace.scratch().join("compressed");
    let add = |from: &Path, name: &Path| add(from, &draft, name, &kept);
    let mut files = Vec::new();
    for name in SHELL.into_iter().chain(installed::ICONS) {
        files.push(add(&workspace.web_shell(), Path::new(name))?);
    }
    let scripts = imports::closure(module, &format!("{STEM}.js"))?;
    files.push(add(&page::prepare(workspace, &scripts)?, Path::new(page::NAME))?);
    for script in &scripts {
        files.push(add(module, script)?);
    }
    files.push(add(module, Path::new(&format!("{STEM}_bg.wasm")))?);
    if let Some(folder) = diagrams::prepare(workspace)? {
        files.push(add(&folder, Path::new(diagrams::NAME))?);
    }
    let worker = installed::prepare(workspace, &draft, &files)?;
    files.push(add(&worker, Path::new(installed::NAME))?);
    clear(&finished)?;
    fs::rename(&draft, &finished).map_err(Failure::file("write", &finished))?;
    Ok(files)
}

/// Removes a folder, if there is one.
pub(super) fn clear(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file("remove", folder)(error)),
        _ => Ok(()),
    }
}

/// Copies one file and puts its compressed copies beside it.
fn add(from: &Path, to: &Path, name: &Path, kept: &Path) -> Result<File, Failure> {
    let source = from.join(name);
    let bytes = fs::read(&source).map_err(Failure::file("read", &source))?;
    let target = to.join(name);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
    }
    fs::write(&target, &bytes).map_err(Failure::file("write", &target))?;

    let copy = |format: Format| {
        let bytes =
            compressed(&bytes, format, &kept.join(name)).map_err(Failure::file("compress", &source))?;
        let path = target.with_added_extension(format.suffix());
        fs::write(&path, &bytes).map_err(Failure::file("write", &path))?;
        Ok::<_, Failure>(bytes.len())
    };
    Ok(File {
        name: name.to_string_lossy().replace('\\', "/"),
        raw: bytes.len(),
        gzip: copy(Format::Gzip)?,
        brotli: copy(Format::Brotli)?,
        lazy: diagrams::is_lazy(name) || installed::ICONS.iter().any(|icon| name == Path::new(icon)),
    })
}
