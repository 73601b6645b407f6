//! Why no window could be opened.

use std::io;
use std::path::PathBuf;

/// Each is a sentence for the person: what happened, and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The account of the person has no home.
    #[error("There is no home folder to keep data in. Choose a folder with --data.")]
    NoFolder,
    /// The folder cannot be made or written.
    #[error(
        "The data folder {} can't be used: {cause}. Nothing was changed. Choose another one with --data.",
        path.display()
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// In the words of the system.
        cause: io::Error,
    },
    /// Another program has the folder and does not come forward.
    #[error(
        "The data in {} is in use by a FaultMaven Copilot that doesn't answer: it is just starting or ending. \
         Try again in a moment, or choose another folder with --data.",
        path.display()
    )]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to show a window on.
    #[cfg(target_os = "linux")]
    #[error(
        "There is no screen to open a window on. Start it from a desktop session, or set DISPLAY or WAYLAND_DISPLAY."
    )]
    NoScreen,
    /// The system gives no threads.
    #[error("The window can't get threads from the operating system: {0}. Try again.")]
    Threads(io::Error),
}
