//! Taking over the data of the earlier extension, or of a file that was exported here: asked first, adds, never
//! overwrites, and may be repeated.

use std::sync::Arc;

use copilot_core::Intent;
use copilot_core::legacy::{self, Takeover};
use dioxus::html::FileData;
use dioxus::prelude::*;

use crate::icon::{Glyph, Icon};
use crate::picker::{FilePicker, use_picker};
use crate::session::{at_once, put, use_session};
use crate::words;

/// A file that was read and waits for the person's word.
#[derive(Clone, PartialEq)]
struct Read {
    name: String,
    found: Result<Arc<Takeover>, &'static str>,
}

/// The button, the question, and what came of it.
#[component]
pub(super) fn Import() -> Element {
    let session = use_session();
    let picker = use_picker();
    let mut read = use_signal(|| None::<Read>);
    let done = session.imported;
    let mut button = use_signal(|| None::<std::rc::Rc<MountedData>>);
    // The question goes with its buttons; the focus goes back to where it came from.
    let mut close = move || {
        read.set(None);
        if let Some(button) = button.peek().clone() {
            at_once(button.set_focus(true));
        }
    };
    let take = move |files: Vec<FileData>| {
        let Some(file) = files.into_iter().next() else { return };
        spawn(async move {
            let found = match file.read_string().await {
                Ok(text) => legacy::read(&text).map(Arc::new).map_err(|_| words::NO_EXPORT),
                Err(_) => Err(words::UNREADABLE_FILE),
            };
            put(done, None);
            read.set(Some(Read { name: file.name(), found }));
        });
    };
    rsx! {
        button {
            r#type: "button",
            class: "button",
            onmounted: move |event: MountedEvent| button.set(Some(event.data())),
            onclick: {
                let host = session.host.clone();
                move |_| picker.press(&*host)
            },
            Icon { glyph: Glyph::Upload, size: 14 }
            "{words::IMPORT}"
        }
        FilePicker { picker, accept: ".json", onpick: take }
        match read() {
            Some(Read { name, found: Ok(takeover) }) => rsx! {
                div { class: "import", role: "group", aria_label: words::IMPORT,
                    p { role: "status", "{words::import_question(&name)}" }
                    button {
                        r#type: "button",
                        class: "button primary",
                        onclick: {
                            let session = session.clone();
                            move |_| {
                                close();
                                session.act(Intent::Import(takeover.clone()));
                            }
                        },
                        "{words::IMPORT_ADD}"
                    }
                    button { r#type: "button", class: "button quiet", onclick: move |_| close(), "{words::CANCEL}" }
                }
            },
            Some(Read { found: Err(why), .. }) => rsx! {
                p { class: "import", role: "alert", "{why}" }
            },
            None => rsx! {
                if let Some(done) = done() {
                    p { class: "import", role: "status", "{done}" }
                }
            },
        }
    }
}
