//! What the window itself says; the panel has its own words.

pub(crate) const TITLE: &str = "FaultMaven Copilot";
pub(crate) const TITLE_PHONE: &str = "FaultMaven Copilot (phone)";

pub(crate) const FILE: &str = "File";
pub(crate) const EDIT: &str = "Edit";
pub(crate) const COPY_DIAGNOSTICS: &str = "Copy diagnostics";
pub(crate) const QUIT: &str = "Quit";
#[cfg(target_os = "linux")]
pub(crate) const UNDO: &str = "Undo";
#[cfg(target_os = "linux")]
pub(crate) const REDO: &str = "Redo";
#[cfg(target_os = "linux")]
pub(crate) const CUT: &str = "Cut";
#[cfg(target_os = "linux")]
pub(crate) const COPY: &str = "Copy";
#[cfg(target_os = "linux")]
pub(crate) const PASTE: &str = "Paste";
#[cfg(target_os = "linux")]
pub(crate) const SELECT_ALL: &str = "Select all";

pub(crate) const ANSWER: &str = "FaultMaven has answered";
pub(crate) const ANSWER_MORE: &str = "The answer is in the window of FaultMaven Copilot.";
pub(crate) const SAVED: &str = "File saved";
