//! The browser tests: node, the packages of their lock file, Chromium, and the two things under test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::counts::Counts;
use crate::child;
use crate::failure::Failure;
use crate::node::Node;
use crate::privilege::{self, Wanted};
use crate::progress::Step;
use crate::words;
use crate::workspace::{Workspace, find_program};

/// Names a browser to use instead of the installed one; read by the tests too.
const CHROMIUM: &str = "COPILOT_CHROMIUM";
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What the browser tests run on.
#[derive(Debug)]
pub(crate) struct BrowserTools {
    node: Node,
    chromium: PathBuf,
}

/// Installs what is missing.
pub(crate) fn prepare(workspace: &Workspace, step: &mut Step) -> Result<BrowserTools, Failure> {
    let node = find_or_install(
        step,
        Node::find,
        &Wanted {
            what: "node 20 or newer with npm",
            why: words::WHY_NODE,
            packages: &["nodejs", "npm"],
            elsewhere: words::NODE_ELSEWHERE,
        },
    )?;
    let chromium = find_or_install(
        step,
        find_chromium,
        &Wanted {
            what: "Chromium",
            why: words::WHY_CHROMIUM,
            packages: &["chromium"],
            elsewhere: words::CHROMIUM_ELSEWHERE,
        },
    )?;
    node.install(step, &workspace.e2e())?;
    Ok(BrowserTools { node, chromium })
}

fn find_or_install<T>(step: &mut Step, find: fn() -> Option<T>, wanted: &Wanted<'_>) -> Result<T, Failure> {
    if let Some(found) = find() {
        return Ok(found);
    }
    privilege::install(step, wanted)?;
    // Packages of an old system can be too old to be of use.
    find().ok_or_else(|| Failure::Missing {
        what: wanted.what.to_owned(),
        why: wanted.why,
        command: wanted.elsewhere.to_owned(),
    })
}

fn find_chromium() -> Option<PathBuf> {
    match env::var_os(CHROMIUM) {
        Some(named) => Some(PathBuf::from(named)),
        None => CHROMIUM_NAMES.into_iter().find_map(find_program),
    }
}

/// What the specs need beside the bundle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Programs<'a> {
    /// The built server.
    pub(crate) server: &'a Path,
    /// The folder with the suite of the stores; only `storage.spec.js` needs it.
    pub(crate) storage_suite: Option<&'a Path>,
}

/// Runs the specs against the built bundle and the built server; `configure` says which of them.
pub(crate) fn run(
    workspace: &Workspace,
    step: &mut Step,
    tools: &BrowserTools,
    programs: Programs<'_>,
    configure: impl FnOnce(&mut Command),
) -> Result<Counts, Failure> {
    let folder = workspace.e2e();
    let report = workspace.scratch().join("e2e.json");
    // A report of an earlier run must not be taken for this one's.
    if report.exists() {
        fs::remove_file(&report).map_err(Failure::file("remove", &report))?;
    }
    let mut command = tools.node.script(&folder, &folder.join("node_modules/@playwright/test/cli.js"));
    command
        .arg("test")
        .env("CI", "1")
        .env("COPILOT_SERVER_BIN", programs.server)
        .env("COPILOT_WEB_DIR", workspace.web_bundle())
        .env("COPILOT_EXTENSION_DIR", workspace.extension())
        .env("COPILOT_E2E_OUTPUT", workspace.scratch().join("e2e"))
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env(CHROMIUM, &tools.chromium);
    if let Some(suite) = programs.storage_suite {
        command.env("COPILOT_STORAGE_SUITE", suite);
    }
    configure(&mut command);
    let finished = child::observe(step, "Playwright", &mut command)?;
    let counts = fs::read_to_string(&report).ok().and_then(|text| Counts::from_playwright(&text));
    let counts = counts.unwrap_or_default().with_status(finished.status.success());
    if counts.failed > 0 {
        finished.show(step);
    }
    Ok(counts)
}

/// `--grep` takes a regular expression, `--filter` plain text.
pub(crate) fn as_pattern(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() && !c.is_whitespace() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_taken_literally() {
        assert_eq!(as_pattern("rename (late)"), r"rename \(late\)");
    }
}
