//! The menu of the window, and what its entries do.
//!
//! The keys of the entries under "Edit" are the page engine's own on Linux and Windows, those it lacks are the page's
//! (`page.js`): keys of a menu would be overtaken by what is typed next. On macOS they work only through a menu. On Linux
//! the engine is asked to edit: what the menu library would do there is to press keys.

#![cfg(not(any(target_os = "android", target_os = "ios")))]

use std::str::FromStr as _;

use dioxus::desktop::muda::accelerator::Accelerator;
use dioxus::desktop::muda::{Error, Menu, MenuItem, PredefinedMenuItem, Submenu};

use crate::words;

/// What an entry asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    CopyDiagnostics,
    Quit,
    /// A command of the page engine.
    #[cfg(target_os = "linux")]
    Edit(&'static str),
}

/// Names of the entries in events, what stands on them, and what they do.
#[cfg(target_os = "linux")]
const EDITS: [(&str, &str, &str); 6] = [
    ("undo", words::UNDO, "Undo"),
    ("redo", words::REDO, "Redo"),
    ("cut", words::CUT, "Cut"),
    ("copy", words::COPY, "Copy"),
    ("paste", words::PASTE, "Paste"),
    ("select-all", words::SELECT_ALL, "SelectAll"),
];
const COPY_DIAGNOSTICS: &str = "copy-diagnostics";
const QUIT: &str = "quit";
/// The key that ends a program, on every system's own key of commands.
const QUIT_KEY: &str = "CmdOrCtrl+Q";

impl Entry {
    /// The entry that an event names.
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            COPY_DIAGNOSTICS => Some(Self::CopyDiagnostics),
            QUIT => Some(Self::Quit),
            #[cfg(target_os = "linux")]
            _ => EDITS.iter().find(|(id, ..)| *id == name).map(|(_, _, command)| Self::Edit(command)),
            #[cfg(not(target_os = "linux"))]
            _ => None,
        }
    }
}

/// Builds the menu; `None` where the system gives none, and the window does without.
pub(crate) fn build() -> Option<Menu> {
    menu().ok()
}

fn menu() -> Result<Menu, Error> {
    let quit = MenuItem::with_id(QUIT, words::QUIT, true, Accelerator::from_str(QUIT_KEY).ok());
    let diagnostics = MenuItem::with_id(COPY_DIAGNOSTICS, words::COPY_DIAGNOSTICS, true, None);
    let file =
        Submenu::with_items(words::FILE, true, &[&diagnostics, &PredefinedMenuItem::separator(), &quit])?;
    Menu::with_items(&[&file, &edit()?])
}

#[cfg(target_os = "linux")]
fn edit() -> Result<Submenu, Error> {
    let edit = Submenu::new(words::EDIT, true);
    for (id, text, _) in EDITS {
        edit.append(&MenuItem::with_id(id, text, true, None))?;
        if matches!(id, "redo" | "paste") {
            edit.append(&PredefinedMenuItem::separator())?;
        }
    }
    Ok(edit)
}

#[cfg(not(target_os = "linux"))]
fn edit() -> Result<Submenu, Error> {
    Submenu::with_items(
        words::EDIT,
        true,
        &[
            &PredefinedMenuItem::undo(None),
            &PredefinedMenuItem::redo(None),
            &PredefinedMenuItem::separator(),
            &PredefinedMenuItem::cut(None),
            &PredefinedMenuItem::copy(None),
            &PredefinedMenuItem::paste(None),
            &PredefinedMenuItem::separator(),
            &PredefinedMenuItem::select_all(None),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_an_entry_and_nothing_else_is() {
        assert_eq!(Entry::of(QUIT), Some(Entry::Quit));
        assert_eq!(Entry::of(COPY_DIAGNOSTICS), Some(Entry::CopyDiagnostics));
        #[cfg(target_os = "linux")]
        assert_eq!(Entry::of("select-all"), Some(Entry::Edit("SelectAll")));
        assert_eq!(Entry::of("dioxus-float-top"), None);
        assert!(QUIT_KEY.parse::<Accelerator>().is_ok());
    }
}
