//! Where the sources, the build folder and the bundle are.
//!
//! Found at run time, so that a build folder shared by several checkouts serves each its own files.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::MetadataCommand;

use crate::failure::Failure;

/// The folders everything else is relative to.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The checkout: the folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// cargo's build folder.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn locate() -> Result<Self, Failure> {
        let mut query = MetadataCommand::new();
        query.no_deps();
        // `cargo run` names this package's folder; without it the current folder decides, as for cargo.
        if let Some(package) = env::var_os("CARGO_MANIFEST_DIR") {
            query.manifest_path(PathBuf::from(package).join("Cargo.toml"));
        }
        let metadata = query.exec()?;
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            target: metadata.target_directory.into_std_path_buf(),
        })
    }

    /// Where everything goes that is for others.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The finished web bundle.
    pub(crate) fn web_bundle(&self) -> PathBuf {
        self.dist().join("web")
    }

    /// The finished extension for Chromium, unpacked.
    pub(crate) fn extension(&self) -> PathBuf {
        self.dist().join("extension")
    }

    /// The static files of the page.
    pub(crate) fn web_shell(&self) -> PathBuf {
        self.root.join("packages").join("web")
    }

    /// The browser tests.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.root.join("tests").join("e2e")
    }

    /// Intermediate files of xtask itself, safe to delete.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The cargo that runs this program, started in the checkout.
    pub(crate) fn cargo(&self) -> Command {
        let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }
}

/// The full path of a program on the `PATH`; a name without an ending gets that of this system.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let suffix = if name.contains('.') { "" } else { env::consts::EXE_SUFFIX };
    let file = format!("{name}{suffix}");
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
}
