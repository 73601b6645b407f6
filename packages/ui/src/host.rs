//! What only a shell can do for the interface: wait, reach the clipboard, look into its own events.
//!
//! `copilot-ui` knows no renderer. Each shell implements [`Host`] for its own one; where a renderer
//! has no such ability the answer is "no", and the interface says so or does without.

use std::future::Future;
use std::pin::Pin;

use dioxus::prelude::*;

use crate::capture::{NotCaptured, PageText};

/// A future on the interface's own thread.
pub type Later<T> = Pin<Box<dyn Future<Output = T>>>;

/// What a paste carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pasted {
    /// No text, or it cannot be read here: the renderer pastes by itself.
    Native,
    /// Text that the person may want to send.
    Text(String),
    /// More text than `limit`; it was not copied out of the event. Size in bytes, or a lower bound of it.
    TooLarge(u64),
}

impl Pasted {
    /// The same paste, refused when its text is longer than `limit` bytes.
    #[must_use]
    pub fn within(self, limit: u64) -> Self {
        match self {
            Self::Text(text) => {
                let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
                if bytes > limit { Self::TooLarge(bytes) } else { Self::Text(text) }
            }
            other => other,
        }
    }
}

/// Abilities of a shell.
pub trait Host {
    /// Completes after so many milliseconds.
    fn sleep(&self, millis: u32) -> Later<()>;

    /// Puts text on the clipboard; whether that worked.
    fn copy(&self, text: String) -> Later<bool>;

    /// Reads the text on the clipboard, at most `limit` bytes; `None` when this window may not.
    fn read_clipboard(&self, limit: u64) -> Later<Option<Pasted>>;

    /// Looks into a paste without copying more than `limit` bytes out of it.
    fn pasted(&self, event: &ClipboardData, limit: u64) -> Pasted;

    /// Whether a key press belongs to an input method and not to the program.
    fn belongs_to_input_method(&self, event: &KeyboardData) -> bool {
        event.is_composing()
    }

    /// Saves text as a file where the person keeps files; whether that worked.
    fn save(&self, name: String, text: String) -> Later<bool> {
        let _ = (name, text);
        Box::pin(async { false })
    }

    /// Opens an address beside the panel, in a new tab or the system's browser.
    fn open(&self, address: &str) {
        let _ = address;
    }

    /// What the key of commands is called here: `Ctrl`, or `⌘`.
    fn command_key(&self) -> &'static str {
        "Ctrl"
    }

    /// Bytes that this program uses on the device, and how many it may use; `None` when nobody knows.
    fn storage(&self) -> Later<Option<(u64, u64)>> {
        Box::pin(async { None })
    }

    /// Whether the system asks for dark pages.
    fn prefers_dark(&self) -> bool {
        true
    }

    /// Calls back when the system asks for pages of the other kind, until the guard is dropped.
    fn on_theme(&self, call: Box<dyn Fn()>) -> Box<dyn std::any::Any> {
        drop(call);
        Box::new(())
    }

    /// Draws a diagram of Mermaid source as an SVG document, for a dark or a light page; `None` when
    /// this shell cannot or the source is not a diagram.
    fn diagram(&self, source: String, dark: bool) -> Later<Option<String>> {
        let _ = (source, dark);
        Box::pin(async { None })
    }

    /// Whether this shell stands beside pages that it can read.
    fn captures(&self) -> bool {
        false
    }

    /// Reads the page in front, from inside a press of the person: it may have to ask the browser's leave.
    fn capture(&self) -> Later<Result<PageText, NotCaptured>> {
        Box::pin(async { Err(NotCaptured::Closed) })
    }

    /// Gets leave to talk to a server and, where it signs people in `on_page` of its own, to show that page. From inside
    /// a press of the person; whether it was given.
    fn admit(&self, server: &str, on_page: bool) -> Later<bool> {
        let _ = (server, on_page);
        Box::pin(async { true })
    }

    /// What the earlier extension has left here, as JSON of its own storage; `None` when there is none.
    fn earlier_data(&self) -> Later<Option<String>> {
        Box::pin(async { None })
    }

    /// Calls back with the place that the address of this window names, such as `/case/…`, now and whenever it
    /// changes, until the guard is dropped.
    fn on_place(&self, call: Box<dyn Fn(&str)>) -> Box<dyn std::any::Any> {
        drop(call);
        Box::new(())
    }

    /// The address that leads to a place of this program, to be given away.
    fn address_of(&self, place: &str) -> Option<String> {
        let _ = place;
        None
    }

    /// Calls back when a newer version of this program is ready, until the guard is dropped.
    fn on_update(&self, call: Box<dyn Fn()>) -> Box<dyn std::any::Any> {
        drop(call);
        Box::new(())
    }

    /// Changes to the newer version. The window starts anew.
    fn update(&self) {}

    /// Caret of a text field in UTF-16 units.
    fn caret(&self, field: &MountedData) -> Option<u32>;

    /// Puts the caret of a text field there, unless more was typed than its text has `heard` of.
    fn set_caret(&self, field: &MountedData, caret: u32, heard: u64);

    /// Selects all text of a field.
    fn select_all(&self, field: &MountedData);

    /// Presses a control for the person, such as a hidden file picker.
    fn press(&self, control: &MountedData);

    /// How wide the panel is as it begins, in pixels; `None` where that is only told later.
    fn width(&self) -> Option<f64> {
        None
    }

    /// Whether the panel is for fingers, whatever the renderer says of its pointer.
    fn touch(&self) -> bool {
        false
    }

    /// Whether a keyboard comes up over the panel when a text field takes the focus.
    fn keyboard_pops_up(&self) -> bool {
        false
    }

    /// Whether the page is another process, which draws later than it is told. Then the composer says with its
    /// text how much typing that text has heard of.
    fn draws_late(&self) -> bool {
        false
    }

    /// An answer is complete. A shell that can tells a person who is elsewhere.
    fn answered(&self) {}

    /// Calls back with pastes that [`pasted`](Self::pasted) could not look into and that the renderer does not
    /// carry out by itself: long ones, and those outside of text fields. Until the guard is dropped.
    fn on_paste(&self, call: Box<dyn Fn(Pasted)>) -> Box<dyn std::any::Any> {
        let _ = call;
        Box::new(())
    }

    /// Calls back when the window is hidden or about to go, until the guard is dropped.
    fn on_hide(&self, call: Box<dyn Fn()>) -> Box<dyn std::any::Any>;
}
