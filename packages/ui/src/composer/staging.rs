//! What is staged for sending: long pastes, files, and the limits that the server sets for both.

use std::sync::Arc;

use copilot_core::model::{Data, FileBytes};
use dioxus::html::FileData;
use dioxus::prelude::*;

use super::chip::{Chip, Staged};
use crate::capture;
use crate::focus::Spot;
use crate::host::Pasted;
use crate::session::{Session, at_once, put};
use crate::words;

/// A paste of more lines than this becomes an attachment (ux §4).
pub const LONG_PASTE_LINES: usize = 100;
/// A paste of more bytes than this becomes an attachment (ux §4).
pub const LONG_PASTE_BYTES: usize = 8 * 1024;

impl Session {
    /// Stages pasted text that is too long for the composer. False: it is short, the field takes it.
    pub(crate) fn stage_paste(&self, pasted: Pasted) -> bool {
        match pasted {
            Pasted::Native => false,
            Pasted::Text(text) if !is_log(&text) => false,
            Pasted::Text(text) => {
                if self.takes_evidence() {
                    self.stage(Staged::Ready(Data::Paste { text: Arc::from(text) }));
                }
                true
            }
            Pasted::TooLarge(size) => {
                let limit = self.view.status.peek().limits.max_bytes;
                self.stage(Staged::Refused {
                    name: words::PASTED_LOG.to_owned(),
                    why: words::too_large(size, limit),
                });
                true
            }
        }
    }

    /// A paste that no text field took.
    pub(crate) fn paste_anywhere(&self, pasted: Pasted) {
        if let Pasted::Text(text) = &pasted
            && !is_log(text)
        {
            self.type_text(text.clone());
        } else {
            self.stage_paste(pasted);
        }
        self.focus(Spot::Composer);
    }

    /// The "Paste log" button.
    pub(crate) fn paste_from_clipboard(&self) {
        if !self.takes_evidence() {
            return;
        }
        let limit = self.view.status.peek().limits.max_bytes;
        let (session, reading) = (self.clone(), self.host.read_clipboard(limit));
        dioxus::core::spawn_forever(async move {
            let pasted = reading.await;
            if session.desk.is_retired() {
                return;
            }
            match pasted {
                None => session.desk.note(words::PASTE_BY_HAND),
                Some(Pasted::Text(text)) if !text.trim().is_empty() => {
                    session.stage(Staged::Ready(Data::Paste { text: Arc::from(text) }));
                }
                Some(large @ Pasted::TooLarge(_)) => {
                    session.stage_paste(large);
                }
                Some(_) => session.desk.note(words::CLIPBOARD_EMPTY),
            }
            session.focus(Spot::Composer);
        });
    }

    /// The "Capture page" button.
    pub(crate) fn capture_page(&self) {
        if !self.takes_evidence() {
            return;
        }
        // Begun inside the press: the browser asks for leave at no other time.
        let (session, reading) = (self.clone(), self.host.capture());
        at_once(async move {
            let page = reading.await;
            if session.desk.is_retired() {
                return;
            }
            match page.map(|page| capture::evidence(&page)) {
                Ok(Some(data)) => drop(session.stage(Staged::Ready(data))),
                Ok(None) => session.desk.note(words::NOTHING_TO_CAPTURE),
                Err(why) => session.desk.note(words::not_captured(why)),
            }
            session.focus(Spot::Composer);
        });
    }

    /// Opens the file picker.
    pub(crate) fn pick_files(&self) {
        if self.takes_evidence() {
            self.desk.picker.press(&*self.host);
        }
    }

    /// A case that has ended answers questions but takes no data (contract 2.4).
    fn takes_evidence(&self) -> bool {
        let ended = self.open_case().is_some_and(|case| case.state.is_terminal());
        if ended {
            self.desk.note(words::EVIDENCE_NEEDS_CASE);
        }
        !ended
    }

    /// Stages files, each by its own size and kind.
    pub(crate) fn stage_files(&self, files: Vec<FileData>) {
        if files.is_empty() || !self.takes_evidence() {
            return;
        }
        let limits = self.view.status.peek().limits.clone();
        for file in files {
            let (name, size) = (file.name(), file.size());
            let kind_fits = limits.extensions.is_empty()
                || limits
                    .extensions
                    .iter()
                    .any(|extension| name.to_lowercase().ends_with(&extension.to_lowercase()));
            if size > limits.max_bytes {
                self.stage(Staged::Refused { name, why: words::too_large(size, limits.max_bytes) });
            } else if !kind_fits {
                let kinds = limits.extensions.join(" ");
                self.stage(Staged::Refused { name, why: words::wrong_kind(&kinds) });
            } else {
                self.read_file(file, name, size);
            }
        }
        self.focus(Spot::Composer);
    }

    fn read_file(&self, file: FileData, name: String, size: u64) {
        let number = self.stage(Staged::Reading { name: name.clone(), size });
        let session = self.clone();
        dioxus::core::spawn_forever(async move {
            let staged = match file.read_bytes().await {
                Ok(bytes) => Staged::Ready(Data::File {
                    name: Arc::from(name),
                    media_type: Arc::from(file.content_type().unwrap_or_else(|| "text/plain".to_owned())),
                    bytes: FileBytes::new(bytes.to_vec()),
                }),
                Err(_) => Staged::Refused { name, why: words::UNREADABLE_FILE.to_owned() },
            };
            let mut chips = session.desk.chips;
            if let Ok(mut chips) = chips.try_write()
                && let Some(chip) = chips.iter_mut().find(|chip| chip.number == number)
            {
                chip.staged = staged;
            }
            session.keep_soon();
        });
    }

    fn stage(&self, staged: Staged) -> u64 {
        let chip = self.desk.chip(staged);
        let number = chip.number;
        let mut chips = self.desk.chips;
        chips.write().push(chip);
        put(self.desk.note, None);
        self.keep_soon();
        number
    }

    /// Takes a staged attachment away.
    pub(crate) fn unstage(&self, number: u64) {
        let mut chips = self.desk.chips;
        chips.write().retain(|chip| chip.number != number);
        self.keep_soon();
        self.focus(Spot::Composer);
    }

    /// Takes a file away, so that another can take its place.
    pub(crate) fn drop_file(&self, called: Option<&Arc<str>>) {
        let mut chips = self.desk.chips;
        let is_it = |chip: &Chip| matches!(&chip.staged, Staged::Ready(Data::File { name, .. }) if Some(name) == called);
        chips.write().retain(|chip| !is_it(chip));
        self.keep_soon();
    }
}

/// Whether a paste is too long for the composer.
fn is_log(text: &str) -> bool {
    text.len() > LONG_PASTE_BYTES || text.lines().count() > LONG_PASTE_LINES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_becomes_an_attachment_by_lines_or_by_size() {
        assert!(!is_log(&"line\n".repeat(100)));
        assert!(is_log(&"line\n".repeat(101)));
        assert!(!is_log(&"x".repeat(8 * 1024)));
        assert!(is_log(&"x".repeat(8 * 1024 + 1)));
    }
}
