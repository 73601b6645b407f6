//! A staged attachment: what it is, whether it can go, its first lines.

use copilot_core::model::Data;
use dioxus::prelude::*;

use crate::icon::{Glyph, Icon};
use crate::label;
use crate::redaction;
use crate::session::use_session;
use crate::words;

/// Lines of a preview, and bytes of each (ux §4: the first three lines).
const PREVIEW_LINES: usize = 3;
const PREVIEW_BYTES: usize = 200;

/// An attachment on the desk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chip {
    /// Unique on this desk.
    pub number: u64,
    pub staged: Staged,
}

/// How far an attachment is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Staged {
    Reading {
        name: String,
        size: u64,
    },
    Ready(Data),
    /// It cannot be sent, and why. It never keeps anything else from being sent.
    Refused {
        name: String,
        why: String,
    },
}

impl Chip {
    /// The attachment, if it can go.
    pub(crate) const fn ready(&self) -> Option<&Data> {
        if let Staged::Ready(data) = &self.staged { Some(data) } else { None }
    }

    /// Whether it is still being read.
    pub(crate) const fn is_being_read(&self) -> bool {
        matches!(self.staged, Staged::Reading { .. })
    }

    fn name(&self) -> &str {
        match &self.staged {
            Staged::Reading { name, .. } | Staged::Refused { name, .. } => name,
            Staged::Ready(Data::File { name, .. }) => name,
            Staged::Ready(Data::Page { title, url, .. }) => {
                if title.is_empty() {
                    url
                } else {
                    title
                }
            }
            Staged::Ready(Data::Paste { .. }) => words::PASTED_LOG,
        }
    }

    fn glyph(&self) -> Glyph {
        match &self.staged {
            Staged::Refused { .. } => Glyph::Alert,
            Staged::Ready(Data::Paste { .. }) => Glyph::Clipboard,
            Staged::Ready(Data::Page { .. }) => Glyph::Window,
            _ => Glyph::Document,
        }
    }
}

/// The text of an attachment, if it is text.
fn text_of(data: &Data) -> Option<&str> {
    match data {
        Data::Paste { text } | Data::Page { text, .. } => Some(text),
        Data::File { bytes, .. } => std::str::from_utf8(bytes.as_slice()).ok(),
    }
}

/// The first lines, each cut at a bound.
fn preview(text: &str) -> String {
    let lines = text.lines().take(PREVIEW_LINES);
    let cut = lines.map(|line| line.get(..line.floor_char_boundary(PREVIEW_BYTES)).unwrap_or(line));
    cut.collect::<Vec<_>>().join("\n")
}

/// How many secrets were hidden in a captured page.
fn hidden(chip: &Chip) -> usize {
    match &chip.staged {
        Staged::Ready(Data::Page { text, .. }) => redaction::hidden(text),
        _ => 0,
    }
}

/// What is said about an attachment under its name.
fn about(staged: &Staged) -> String {
    match staged {
        Staged::Reading { size, .. } => format!("{} · {}", label::size(*size), words::READING),
        Staged::Refused { why, .. } => why.clone(),
        Staged::Ready(data) => {
            let size = label::size(u64::try_from(data.len()).unwrap_or(u64::MAX));
            match data {
                Data::Paste { text } => format!("{} · {size}", words::lines(text.lines().count())),
                Data::Page { .. } => words::text_size(&size),
                Data::File { .. } => size,
            }
        }
    }
}

/// Draws a chip.
#[component]
pub(crate) fn ChipCard(chip: Chip) -> Element {
    let session = use_session();
    let mut open = use_signal(|| false);
    let state = match chip.staged {
        Staged::Reading { .. } => "reading",
        Staged::Ready(_) => "ready",
        Staged::Refused { .. } => "error",
    };
    let text = chip.ready().and_then(text_of).filter(|text| !text.is_empty());
    let shown = text.filter(|_| open()).map(preview);
    let (number, secrets) = (chip.number, hidden(&chip));
    rsx! {
        li { class: "chip", "data-state": state,
            span { class: "face",
                Icon { glyph: chip.glyph() }
            }
            span {
                b { class: "ellipsis", "{chip.name()}" }
                small {
                    if secrets > 0 {
                        span { class: "hidden-secrets",
                            Icon { glyph: Glyph::Shield, size: 12 }
                            "{words::secrets_hidden(secrets)} ·"
                        }
                    }
                    span { "{about(&chip.staged)}" }
                    if text.is_some() {
                        button {
                            r#type: "button",
                            class: "link",
                            aria_expanded: open(),
                            onclick: move |_| open.toggle(),
                            if open() { "{words::HIDE_PREVIEW}" } else { "{words::SHOW_PREVIEW}" }
                        }
                    }
                }
            }
            button {
                r#type: "button",
                class: "icon-button",
                aria_label: words::remove(chip.name()),
                onclick: move |_| session.unstage(number),
                Icon { glyph: Glyph::Close, size: 14 }
            }
            if let Some(shown) = shown {
                pre { "{shown}" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_three_lines_of_bounded_length() {
        let text = format!("one\n{}\nthree\nfour", "x".repeat(1 << 20));
        let preview = preview(&text);
        assert_eq!(preview.lines().count(), 3);
        assert!(preview.len() < 400);
    }

    #[test]
    fn a_pasted_log_tells_lines_and_size() {
        let data = Data::Paste { text: "line\n".repeat(214).into() };
        assert_eq!(about(&Staged::Ready(data)), "214 lines · 1 kB");
    }
}
