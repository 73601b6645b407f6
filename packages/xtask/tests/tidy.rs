//! What every file of the project keeps to, beyond what rustfmt and clippy can see.
//!
//! The rules are in [`rules`], one function for one file; here the files of the checkout are held against them.

#[path = "tidy/rules.rs"]
mod rules;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders with files that nobody wrote here.
const FOREIGN: [&str; 6] = [".git", "target", "node_modules", "dist", "test-results", "playwright-report"];

/// All files under a folder, in a stable order.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    entries.sort();
    for path in entries {
        let foreign = path.file_name().is_some_and(|name| FOREIGN.iter().any(|foreign| name == *foreign));
        if path.is_dir() && !foreign {
            files(&path, found)?;
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

#[test]
fn every_file_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    files(&root, &mut paths).unwrap();
    let mut findings = Vec::new();
    for path in &paths {
        let name = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        // Pictures and other binary files have no lines.
        let Ok(text) = fs::read_to_string(path) else {
            continue;
        };
        findings
            .extend(rules::findings(&name, &text).into_iter().map(|finding| format!("{name}: {finding}")));
    }
    assert!(paths.len() > 50, "the walk found only {} files", paths.len());
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}
