//! Text on the clipboard of the system; where that cannot be reached, on that of the page.

use std::sync::{Arc, Mutex};

use copilot_ui::{Later, Pasted};
use dioxus::prelude::*;

/// The clipboard. On some systems what is on it goes with the program that put it there, so it is kept.
#[derive(Clone, Default)]
pub(crate) struct Clipboard(Arc<Mutex<System>>);

impl Clipboard {
    /// Puts text on it; whether that worked.
    pub(crate) fn copy(&self, text: String) -> Later<bool> {
        let system = self.0.clone();
        Box::pin(async move {
            let own = text.clone();
            // On a thread of its own: the owner of the clipboard may be this very window, which must go on answering.
            let done = tokio::task::spawn_blocking(move || system.lock().ok()?.write(&own)).await;
            match done.ok().flatten() {
                Some(()) => true,
                None => copy_in_page(text).await.is_some(),
            }
        })
    }

    /// Reads the text on it, at most `limit` bytes.
    pub(crate) fn read(&self, limit: u64) -> Later<Option<Pasted>> {
        let system = self.0.clone();
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || system.lock().ok()?.read()).await;
            let text = match read.ok().flatten() {
                Some(text) => text,
                None => read_in_page().await?,
            };
            Some(if text.is_empty() { Pasted::Native } else { Pasted::Text(text).within(limit) })
        })
    }
}

async fn copy_in_page(text: String) -> Option<()> {
    let copying = document::eval("await navigator.clipboard.writeText(await dioxus.recv()); return true");
    copying.send(text).ok()?;
    copying.join::<bool>().await.ok().map(|_| ())
}

async fn read_in_page() -> Option<String> {
    document::eval("return await navigator.clipboard.readText()").join().await.ok()
}

#[cfg(not(any(target_os = "android", target_os = "ios")))]
#[derive(Default)]
struct System(Option<arboard::Clipboard>);

#[cfg(not(any(target_os = "android", target_os = "ios")))]
impl System {
    fn open(&mut self) -> Option<&mut arboard::Clipboard> {
        if self.0.is_none() {
            self.0 = arboard::Clipboard::new().ok();
        }
        self.0.as_mut()
    }

    fn write(&mut self, text: &str) -> Option<()> {
        self.open()?.set_text(text).ok()
    }

    fn read(&mut self) -> Option<String> {
        match self.open()?.get_text() {
            Ok(text) => Some(text),
            // Empty, or a picture.
            Err(arboard::Error::ContentNotAvailable) => Some(String::new()),
            Err(_) => None,
        }
    }
}

/// Only the page reaches the clipboard of a phone.
#[cfg(any(target_os = "android", target_os = "ios"))]
#[derive(Default)]
struct System;

#[cfg(any(target_os = "android", target_os = "ios"))]
impl System {
    fn write(&mut self, _: &str) -> Option<()> {
        None
    }

    fn read(&mut self) -> Option<String> {
        None
    }
}
