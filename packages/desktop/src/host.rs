//! What the window can do for the interface.
//!
//! The page lives in another process: what only it knows is asked for by `page`, what only it can do is a script.

use std::any::Any;
use std::rc::Rc;
use std::time::Duration;

use copilot_ui::{Host, Later, Pasted};
use dioxus::prelude::*;

use crate::files;
use crate::notification;
use crate::shell::Shell;
use crate::surface::Surface;
use crate::words;

/// The window, for the interface.
pub(crate) struct InWindow(pub(crate) Rc<Shell>);

impl InWindow {
    /// Gives the focus to a control and runs a script on it, in this order.
    fn focus_and(&self, control: &MountedData, script: &str) {
        // The request is on its way when the call returns; that it arrived need not be waited for.
        drop(control.set_focus(true));
        self.0.run_script(script);
    }
}

impl Host for InWindow {
    fn sleep(&self, millis: u32) -> Later<()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(millis.into())))
    }

    fn copy(&self, text: String) -> Later<bool> {
        self.0.clipboard.copy(text)
    }

    fn read_clipboard(&self, limit: u64) -> Later<Option<Pasted>> {
        self.0.clipboard.read(limit)
    }

    fn pasted(&self, _: &ClipboardData, _: u64) -> Pasted {
        Pasted::Native
    }

    fn save(&self, name: String, text: String) -> Later<bool> {
        let folder = files::downloads(&self.0.data);
        Box::pin(async move {
            let saving = tokio::task::spawn_blocking(move || files::save(&folder, &name, &text)).await;
            let Ok(Ok(path)) = saving else { return false };
            notification::show(words::SAVED, path.display().to_string());
            true
        })
    }

    fn open(&self, address: &str) {
        // Nothing but addresses of the web reaches a program of the system.
        if address.starts_with("https://") || address.starts_with("http://") {
            let address = address.to_owned();
            drop(tokio::task::spawn_blocking(move || webbrowser::open(&address)));
        }
    }

    fn command_key(&self) -> &'static str {
        if cfg!(any(target_os = "macos", target_os = "ios")) { "⌘" } else { "Ctrl" }
    }

    fn touch(&self) -> bool {
        self.0.surface == Surface::Phone
    }

    fn keyboard_pops_up(&self) -> bool {
        cfg!(any(target_os = "android", target_os = "ios"))
    }

    fn draws_late(&self) -> bool {
        true
    }

    fn answered(&self) {
        if !self.0.screen.is_watched() {
            notification::show(words::ANSWER, words::ANSWER_MORE.to_owned());
        }
    }

    fn caret(&self, _: &MountedData) -> Option<u32> {
        self.0.caret.get()
    }

    fn set_caret(&self, _: &MountedData, caret: u32, heard: u64) {
        self.0.caret.set(Some(caret));
        // In the next frame: the text that the caret stands in is on its way to the page.
        self.0.run_script(&format!("requestAnimationFrame(() => putCaret({caret}, {heard}))"));
    }

    fn select_all(&self, field: &MountedData) {
        self.focus_and(field, "document.activeElement?.select?.()");
    }

    fn press(&self, control: &MountedData) {
        self.focus_and(control, "document.activeElement?.click?.()");
    }

    fn on_paste(&self, call: Box<dyn Fn(Pasted)>) -> Box<dyn Any> {
        self.0.pastes.add(Rc::from(call))
    }

    fn on_hide(&self, call: Box<dyn Fn()>) -> Box<dyn Any> {
        self.0.hidden.add(Rc::new(move |()| call()))
    }
}
