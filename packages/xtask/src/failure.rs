//! Why a command stopped, as one sentence each, and the exit code that goes with it.
//!
//! The output of a failed program is printed where it failed ([`crate::child`]); this is the last line.

use std::path::PathBuf;
use std::process::ExitStatus;

/// The reason a command could not be completed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file or folder could not be read or written.
    #[error("Could not {action} {}: {source}.", path.display())]
    File {
        /// A verb: read, write, remove.
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },

    /// A program could not be started at all.
    #[error("Could not start {program}: {source}. Check that it is installed and on the PATH.")]
    NotStarted { program: String, source: std::io::Error },

    /// A program ran and said no.
    #[error("{label} failed ({status}). Its output is above.")]
    Failed { label: String, status: ExitStatus },

    /// A program stopped making progress and was ended.
    #[error("{label} made no progress for {seconds} seconds and was ended.")]
    Stalled { label: String, seconds: u64 },

    /// Something is missing that this program may not install.
    #[error("{what} is missing. {why} Install it with:\n\n    {command}\n\nthen run this command again.")]
    Missing { what: String, why: &'static str, command: String },

    /// cargo did not describe the workspace.
    #[error("Could not read the workspace: {0}.")]
    Metadata(#[from] cargo_metadata::Error),

    /// cargo succeeded without naming the file it was asked for.
    #[error("cargo built {package} but named no {kind} file. Run again with --verbose to see what it did.")]
    NoArtifact { package: &'static str, kind: &'static str },

    /// The module could not be turned into browser files.
    #[error("wasm-bindgen could not read the compiled module: {0}.")]
    Bindgen(String),

    /// The functions of the module could not be ordered.
    #[error("Could not read the module that wasm-opt wrote: {0}.")]
    Order(wasmparser::BinaryReaderError),

    /// The archive of the extension could not be made.
    #[error("Could not pack the extension: {0}.")]
    Archive(#[from] zip::result::ZipError),

    /// The bundle would be refused by the policy of browser extensions.
    #[error("The bundle breaks the policy of browser extensions in {count} places, listed above.")]
    Policy { count: usize },

    /// Ctrl-C could not be caught, so the server could not be stopped cleanly.
    #[error("Could not listen for Ctrl-C: {0}.")]
    Signals(#[from] ctrlc::Error),

    /// The server ended by itself and has said why.
    #[error("The server ended by itself, exit code {0}. Its own message is above.")]
    Server(u8),

    /// Programs of one source came to different ends.
    #[error("The digests differ, or one could not be computed: the sync core depends on where it runs.")]
    Digest,

    /// The module needs something to run in.
    #[error("node 20 or newer with npm is missing: WebAssembly without a browser runs in it.")]
    NoNode,

    /// Something could not be measured.
    #[error("Some measurements in the browser failed; what they said is above the table.")]
    Measurements,

    /// Some tests failed; the summary says which.
    #[error("Some checks failed. The table above names them, their output is further up.")]
    Tests,
}

impl Failure {
    /// For `map_err`: what was being done to which file.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Missing { .. } | Self::NoNode => 2,
            Self::Server(code) => *code,
            _ => 1,
        }
    }

    /// Prints the sentence on stderr, except where all is said: by the server, or by the summary, which stays last.
    pub(crate) fn report(&self) {
        if !matches!(self, Self::Tests | Self::Server(_)) {
            eprintln!("\n{self}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_missing_exits_with_2_and_prints_the_command() {
        let failure = Failure::Missing {
            what: "node".to_owned(),
            why: "The browser tests run on it.",
            command: "apt-get install nodejs".to_owned(),
        };
        assert_eq!(failure.exit_code(), 2);
        assert!(failure.to_string().contains("\n    apt-get install nodejs\n"));
    }

    #[test]
    fn the_servers_exit_code_is_passed_on() {
        assert_eq!(Failure::Server(3).exit_code(), 3);
    }
}
