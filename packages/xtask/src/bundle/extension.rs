//! The browser extensions: the files of the web bundle with a manifest and the scripts that only an extension has.
//!
//! `dist/extension` is for Chromium and Edge, `dist/extension.zip` the same as their stores take it, `dist/extension-firefox`
//! the same files with Firefox's manifest. Equal input gives equal bytes, in the archive too.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::assemble::clear;
use super::sizes::File;
use super::{installed, policy};
use crate::failure::Failure;
use crate::progress::Step;
use crate::workspace::Workspace;

/// The hand-written files of extensions, in `packages/web`.
const SOURCES: &str = "extension";
const ICONS: [&str; 4] = ["icons/16.png", "icons/32.png", "icons/48.png", "icons/128.png"];

/// One browser's extension.
struct Target {
    folder: &'static str,
    manifest: &'static str,
    scripts: &'static [&'static str],
}

const CHROMIUM: Target =
    Target { folder: "extension", manifest: "manifest.json", scripts: &["capture.js", "worker.js"] };
const FIREFOX: Target =
    Target { folder: "extension-firefox", manifest: "manifest.firefox.json", scripts: &["capture.js"] };

/// What was made, for the table of sizes.
#[derive(Debug)]
pub(crate) struct Packed {
    /// Bytes of the unpacked folder.
    pub(crate) unpacked: usize,
    /// Bytes of the archive.
    pub(crate) archive: usize,
}

/// Writes the folders and the archive from a finished web bundle.
pub(crate) fn write(workspace: &Workspace, step: &Step, bundle: &[File]) -> Result<Packed, Failure> {
    assemble(workspace, step, bundle, &FIREFOX)?;
    let files = assemble(workspace, step, bundle, &CHROMIUM)?;
    let archive = archive(&files)?;
    let path = workspace.extension().with_extension("zip");
    fs::write(&path, &archive).map_err(Failure::file("write", &path))?;
    Ok(Packed { unpacked: files.iter().map(|(_, bytes)| bytes.len()).sum(), archive: archive.len() })
}

/// Writes one folder and returns what is in it, by name.
fn assemble(
    workspace: &Workspace,
    step: &Step,
    bundle: &[File],
    target: &Target,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let (web, shell) = (workspace.web_bundle(), workspace.web_shell());
    let sources = shell.join(SOURCES);
    let mut files = Vec::new();
    for File { name, .. } in bundle.iter().filter(|file| !is_for_pages(&file.name)) {
        files.push((name.clone(), read(&web.join(name))?));
    }
    for (name, bytes) in &mut files {
        if name == "index.html" {
            *bytes = without_manifest(&String::from_utf8_lossy(bytes)).into_bytes();
        }
    }
    for name in ICONS {
        files.push((name.to_owned(), read(&shell.join(name))?));
    }
    for name in target.scripts {
        files.push(((*name).to_owned(), read(&sources.join(name))?));
    }
    let manifest = sources.join(target.manifest);
    files.push(("manifest.json".to_owned(), versioned(&manifest, &read(&manifest)?)?));
    files.sort();

    let finished = workspace.dist().join(target.folder);
    let draft = finished.with_file_name(format!(".{}", target.folder));
    clear(&draft)?;
    for (name, bytes) in &files {
        let path = draft.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
        }
        fs::write(&path, bytes).map_err(Failure::file("write", &path))?;
    }
    clear(&finished)?;
    fs::rename(&draft, &finished).map_err(Failure::file("write", &finished))?;
    policy::check(step, &finished, files.iter().map(|(name, _)| name.as_str()))?;
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(Failure::file("read", path))
}

/// Whether a file is of use to installed pages only.
fn is_for_pages(name: &str) -> bool {
    name == installed::NAME || name == installed::MANIFEST || installed::ICONS.contains(&name)
}

/// The page without the lines that tell browsers how to install it: an extension is installed already.
fn without_manifest(page: &str) -> String {
    let stays =
        |line: &&str| !line.contains("rel=\"manifest\"") && !line.contains("rel=\"apple-touch-icon\"");
    page.lines().filter(stays).flat_map(|line| [line, "\n"]).collect()
}

/// The manifest with the version of this workspace.
fn versioned(path: &Path, manifest: &[u8]) -> Result<Vec<u8>, Failure> {
    let broken = |error: serde_json::Error| Failure::file("read", PathBuf::from(path))(error.into());
    let mut manifest: Value = serde_json::from_slice(manifest).map_err(broken)?;
    if let Some(version) = manifest.get_mut("version") {
        *version = env!("CARGO_PKG_VERSION").into();
    }
    let mut text = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| Failure::file("write", PathBuf::from(path))(error.into()))?;
    text.push(b'\n');
    Ok(text)
}

fn archive(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Failure> {
    // The smallest time that the format has: when the file was built is nobody's business.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes).map_err(zip::result::ZipError::Io)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Read as _;

    use super::*;

    fn manifest(name: &str) -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web").join(SOURCES).join(name);
        serde_json::from_slice(&versioned(&path, &fs::read(&path).unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn nothing_is_asked_for_at_installation_but_the_panel_and_its_storage() {
        let manifest = manifest(CHROMIUM.manifest);
        assert_eq!(manifest["permissions"], serde_json::json!(["sidePanel", "storage"]));
        assert_eq!(
            manifest["optional_permissions"],
            serde_json::json!(["activeTab", "identity", "scripting"])
        );
        assert_eq!(manifest["optional_host_permissions"], serde_json::json!(["http://*/*", "https://*/*"]));
        for name in
            ["host_permissions", "content_scripts", "externally_connectable", "web_accessible_resources"]
        {
            assert!(manifest.get(name).is_none(), "{name}");
        }
    }

    #[test]
    fn scripts_come_from_the_package_only_and_text_is_never_compiled() {
        for manifest in [manifest(CHROMIUM.manifest), manifest(FIREFOX.manifest)] {
            let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
            let rules: Vec<&str> = policy.split("; ").collect();
            for rule in [
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",
                "object-src 'none'",
                "base-uri 'none'",
            ] {
                assert!(rules.contains(&rule), "{rule} is not in {policy}");
            }
        }
    }

    #[test]
    fn both_manifests_carry_the_version_and_agree_on_what_they_may_ask_for() {
        let (chromium, firefox) = (manifest(CHROMIUM.manifest), manifest(FIREFOX.manifest));
        assert_eq!(chromium["version"], env!("CARGO_PKG_VERSION"));
        for name in ["version", "name", "optional_host_permissions"] {
            assert_eq!(chromium[name], firefox[name], "{name}");
        }
        let all = |manifest: &Value| -> BTreeSet<String> {
            let lists =
                ["permissions", "optional_permissions"].map(|name| manifest[name].as_array().unwrap());
            lists.into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let mut in_firefox = all(&firefox);
        in_firefox.insert("sidePanel".to_owned());
        assert_eq!(all(&chromium), in_firefox);
    }

    #[test]
    fn firefox_gets_a_sidebar_an_id_and_what_it_knows_as_optional() {
        let manifest = manifest(FIREFOX.manifest);
        assert_eq!(manifest["sidebar_action"]["default_panel"], "index.html");
        // Firefox takes `identity` at installation only, asks nothing because of it, and ignores what it does not know.
        assert_eq!(manifest["permissions"], serde_json::json!(["identity", "storage"]));
        assert_eq!(manifest["optional_permissions"], serde_json::json!(["activeTab", "scripting"]));
        for name in ["background", "side_panel", "action", "host_permissions", "minimum_chrome_version"] {
            assert!(manifest.get(name).is_none(), "{name}");
        }
        let gecko = &manifest["browser_specific_settings"]["gecko"];
        assert!(gecko["id"].as_str().unwrap().contains('@'));
        // What leaves the device is told at installation, which Firefox does from 140 on.
        assert_eq!(gecko["strict_min_version"], "140.0");
        let told = gecko["data_collection_permissions"]["required"].as_array().unwrap();
        assert!(told.iter().any(|kind| kind == "websiteContent"), "{told:?}");
    }

    #[test]
    fn equal_files_give_equal_archives_that_unpack_to_them() {
        let files = [("a.js".to_owned(), b"let a;".to_vec()), ("icons/16.png".to_owned(), vec![0_u8; 300])];
        let packed = archive(&files).unwrap();
        assert_eq!(packed, archive(&files).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(archive.len(), 2);
        for (name, bytes) in &files {
            let mut unpacked = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut unpacked).unwrap();
            assert_eq!(&unpacked, bytes);
        }
    }

    #[test]
    fn the_page_of_an_extension_names_no_manifest_for_installing() {
        let page = "<head>\n  <link rel=\"manifest\" href=\"app.webmanifest\">\n  <link rel=\"icon\" href=\"icon.svg\">\n</head>\n";
        assert_eq!(without_manifest(page), "<head>\n  <link rel=\"icon\" href=\"icon.svg\">\n</head>\n");
    }
}
