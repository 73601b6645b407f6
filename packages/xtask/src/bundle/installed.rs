//! The service worker of the installed page: its script, headed by the list of the bundle's files and their hashes.
//!
//! Only what is in that list is ever kept by a browser. What the page loads on demand is in it too, and is kept then.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::sizes::File;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The script; it has to lie beside the page, because it may answer for its own folder only.
pub(crate) const NAME: &str = "service-worker.js";
/// The description that browsers install the page by.
pub(crate) const MANIFEST: &str = "app.webmanifest";
/// Pictures of the program for launchers.
pub(crate) const ICONS: [&str; 3] = ["icons/192.png", "icons/512.png", "icons/maskable-512.png"];

/// Puts the script for these files of a bundle into a folder.
pub(crate) fn prepare(workspace: &Workspace, bundle: &Path, files: &[File]) -> Result<PathBuf, Failure> {
    let mut hashes = BTreeMap::new();
    for file in files {
        let path = bundle.join(&file.name);
        let bytes = fs::read(&path).map_err(Failure::file("read", &path))?;
        hashes.insert(file.name.as_str(), integrity(&bytes));
    }
    let lazy: Vec<&str> = files.iter().filter(|file| file.lazy).map(|file| file.name.as_str()).collect();
    let source = workspace.web_shell().join(NAME);
    let script = fs::read_to_string(&source).map_err(Failure::file("read", &source))?;
    let folder = workspace.scratch().join("installed");
    fs::create_dir_all(&folder).map_err(Failure::file("create", &folder))?;
    let target = folder.join(NAME);
    fs::write(&target, headed(&script, &hashes, &lazy)).map_err(Failure::file("write", &target))?;
    Ok(folder)
}

/// The hash of a content as `fetch` checks it (Subresource Integrity).
fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(bytes)))
}

fn headed(script: &str, hashes: &BTreeMap<&str, String>, lazy: &[&str]) -> String {
    format!("const RELEASE = {};\n{script}", json!({ "files": hashes, "lazy": lazy }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_changes_the_script_and_nothing_else_does() {
        let of = |content: &str| {
            let hashes = BTreeMap::from([("boot.js", integrity(content.as_bytes()))]);
            headed("fill();\n", &hashes, &["mermaid.js"])
        };
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a"), of("b"));
        assert_eq!(
            of(""),
            "const RELEASE = {\"files\":{\"boot.js\":\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"},\"lazy\":[\"mermaid.js\"]};\nfill();\n"
        );
    }
}
