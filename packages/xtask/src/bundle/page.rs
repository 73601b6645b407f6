//! The page of the bundle: the hand-written one, whose head names every script.
//!
//! A browser finds the scripts that a script imports only when it has read that one. Named in the head, all are asked for
//! together with the first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::workspace::Workspace;

pub(crate) const NAME: &str = "index.html";

/// The line of the hand-written page that names the first script.
const FIRST: &str = "    <link rel=\"modulepreload\" href=\"copilot_web.js\">\n";

/// Puts the page for these scripts into a folder.
pub(crate) fn prepare(workspace: &Workspace, scripts: &BTreeSet<PathBuf>) -> Result<PathBuf, Failure> {
    let source = workspace.web_shell().join(NAME);
    let page = fs::read_to_string(&source).map_err(Failure::file("read", &source))?;
    let folder = workspace.scratch().join("page");
    fs::create_dir_all(&folder).map_err(Failure::file("create", &folder))?;
    let target = folder.join(NAME);
    fs::write(&target, naming(&page, scripts)).map_err(Failure::file("write", &target))?;
    Ok(folder)
}

fn naming(page: &str, scripts: &BTreeSet<PathBuf>) -> String {
    let name = |script: &PathBuf| FIRST.replace("copilot_web.js", &address(script));
    page.replace(FIRST, &scripts.iter().map(name).collect::<String>())
}

/// A path as an address beside the page.
fn address(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_names_each_script_once() {
        let page = include_str!("../../../web/index.html");
        let scripts = ["copilot_web.js", "snippets/a/b.js", "snippets/c.js"].map(PathBuf::from);
        let named = naming(page, &BTreeSet::from(scripts.clone()));
        for script in scripts {
            let link = format!("<link rel=\"modulepreload\" href=\"{}\">", script.display());
            assert_eq!(named.matches(&link).count(), 1, "{link}");
        }
        assert_eq!(named.lines().count(), page.lines().count() + 2, "and nothing else changes");
    }
}
