//! The notices of what the program is made of: which packages, under which licences, and the texts that ask to go along.
//!
//! Left out: what is only linked when the program starts (the page engine brings its own), and whether the licences
//! are ones that may be used, which `cargo deny` checks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use super::PROGRAM;
use crate::child;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// How the names of files with licences begin, in capital letters.
const TEXTS: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// Asks cargo for the packages and reads the texts that came with them.
pub(super) fn collect(workspace: &Workspace) -> Result<String, Failure> {
    let mut query = MetadataCommand::new();
    query.manifest_path(workspace.root.join("Cargo.toml"));
    if let Some(machine) = this_machine() {
        // Of other systems' packages nobody has the sources here.
        query.other_options(["--filter-platform".to_owned(), machine]);
    }
    let metadata = query.exec()?;
    let packages = inside(&metadata);
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for package in &packages {
        for text in texts_of(package) {
            texts.entry(text).or_default().push(package.name.to_string());
        }
    }
    Ok(written(&packages, texts))
}

/// The target that this machine compiles for by itself.
fn this_machine() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = child::ask(Command::new(rustc).arg("-vV"))?;
    about.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

/// The packages of others that are compiled into the program, by name.
fn inside(metadata: &Metadata) -> Vec<&Package> {
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let nodes: BTreeMap<&PackageId, _> = nodes.map(|node| (&node.id, node)).collect();
    let program = metadata.packages.iter().filter(|package| package.name.as_str() == PROGRAM);
    let mut open: Vec<&PackageId> = program.map(|package| &package.id).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let used = nodes.get(id).into_iter().flat_map(|node| &node.deps).filter(|used| {
            // Build scripts and tests stay behind.
            used.dep_kinds.iter().any(|used| used.kind == DependencyKind::Normal)
        });
        open.extend(used.map(|used| &used.pkg));
    }
    let others = metadata.packages.iter().filter(|package| package.source.is_some());
    let mut packages: Vec<&Package> = others.filter(|package| seen.contains(&package.id)).collect();
    packages.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    packages
}

/// What the folder of a package says about rights.
fn texts_of(package: &Package) -> Vec<String> {
    let folder = package.manifest_path.parent().map(fs::read_dir);
    let files = folder.into_iter().flatten().flatten().flatten();
    let named = files.filter(|file| {
        let name = file.file_name().to_string_lossy().to_uppercase();
        TEXTS.iter().any(|start| name.starts_with(start))
    });
    let mut texts: Vec<String> = named.filter_map(|file| fs::read_to_string(file.path()).ok()).collect();
    // Equal words with other line ends are the same text.
    texts.iter_mut().for_each(|text| *text = text.replace("\r\n", "\n").trim().to_owned());
    texts.sort();
    texts.dedup();
    texts
}

fn written(packages: &[&Package], texts: BTreeMap<String, Vec<String>>) -> String {
    let mut notices = String::from("FaultMaven Copilot contains these packages of others:\n\n");
    for package in packages {
        let licence = package.license.as_deref().unwrap_or("see its text below");
        let place = package.repository.as_deref().unwrap_or_default();
        let line = format!("{} {}: {licence} {place}", package.name, package.version);
        let _ = writeln!(notices, "  {}", line.trim_end());
    }
    notices += "\nThe texts that came with them:\n";
    let mut texts: Vec<(Vec<String>, String)> =
        texts.into_iter().map(|(text, packages)| (packages, text)).collect();
    texts.sort();
    for (packages, text) in texts {
        let _ = write!(notices, "\n{}\n{}:\n\n{text}\n", "-".repeat(80), packages.join(", "));
    }
    notices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_in_is_named_with_its_licence_and_its_text() {
        let notices = collect(&Workspace::locate().unwrap()).unwrap();
        let line = |start: &str| notices.lines().find(|line| line.starts_with(start));
        assert!(line("  dioxus-desktop 0.7").is_some_and(|line| line.contains("MIT")), "no renderer");
        assert!(notices.contains("Permission is hereby granted, free of charge"));
        for absent in ["copilot-core", "rusqlite 0", "tar 0"] {
            assert_eq!(line(&format!("  {absent}")), None, "{absent} is not in the program");
        }
    }
}
