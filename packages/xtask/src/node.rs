//! node and what npm installs for it. Versions are pinned by the lock file next to each `package.json`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child;
use crate::failure::Failure;
use crate::progress::Step;
use crate::workspace::find_program;

/// The oldest node that Playwright 1.65 runs on.
const OLDEST_NODE: u32 = 20;

/// On Windows npm is a batch file.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// A usable node with npm.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    node: PathBuf,
    npm: PathBuf,
}

impl Node {
    /// The node on the `PATH`, if it is new enough and npm is there too.
    pub(crate) fn find() -> Option<Self> {
        let node = find_program("node")?;
        let npm = find_program(NPM)?;
        let version = child::ask(Command::new(&node).arg("--version"))?;
        (major(&version)? >= OLDEST_NODE).then_some(Self { node, npm })
    }

    /// A command that runs a script of a folder.
    pub(crate) fn script(&self, folder: &Path, script: &Path) -> Command {
        let mut command = Command::new(&self.node);
        command.current_dir(folder).arg(script);
        command
    }

    /// Installs exactly what the lock file of `folder` names, unless that has been done.
    pub(crate) fn install(&self, step: &mut Step, folder: &Path) -> Result<(), Failure> {
        let lock = folder.join("package-lock.json");
        let wanted = fs::read(&lock).map_err(Failure::file("read", &lock))?;
        let installed = folder.join("node_modules").join(".installed-lock.json");
        if fs::read(&installed).is_ok_and(|done| done == wanted) {
            return Ok(());
        }
        let mut npm = Command::new(&self.npm);
        npm.current_dir(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        child::run(step, "npm ci", &mut npm)?;
        fs::write(&installed, wanted).map_err(Failure::file("write", &installed))
    }
}

/// The major number of `v20.1.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_and_nonsense_is_not() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("20.20.2"), None);
        assert_eq!(major("vnext"), None);
    }
}
