//! Traces of the engine: export this run, replay somebody's. A replay runs beside everything else and never sends.

use copilot_core::Inspection;
use copilot_core::trace::{Trace, TraceError};
use dioxus::html::FileData;
use dioxus::prelude::*;

use super::OperationList;
use crate::icon::{Glyph, Icon};
use crate::picker::{FilePicker, use_picker};
use crate::session::{Session, use_session};
use crate::words;

/// What came of a replay.
#[derive(Debug, Clone, PartialEq)]
struct Replayed {
    steps: usize,
    /// The state at the end, or why there is none.
    end: Result<Inspection, String>,
}

fn replay(text: &str) -> Replayed {
    match Trace::from_json(text) {
        Ok(trace) => {
            let steps = trace.steps().len();
            let end = trace.replay().finish();
            Replayed { steps, end: end.map(|core| core.inspect()).map_err(|error| said(&error)) }
        }
        Err(error) => Replayed { steps: 0, end: Err(said(&error)) },
    }
}

fn said(error: &TraceError) -> String {
    match error {
        TraceError::Unreadable(_) => words::NO_TRACE.to_owned(),
        TraceError::Version { .. } => words::TRACE_VERSION.to_owned(),
        TraceError::Diverged => words::TRACE_DIVERGED.to_owned(),
    }
}

/// The two buttons, and what came of the last replay.
#[component]
pub(super) fn Traces() -> Element {
    let session = use_session();
    let picker = use_picker();
    let mut last = use_signal(|| None::<Replayed>);
    let mut note = use_signal(|| None::<&'static str>);
    let read = move |files: Vec<FileData>| {
        let Some(file) = files.into_iter().next() else { return };
        spawn(async move {
            let text = file.read_string().await;
            last.set(Some(match text {
                Ok(text) => replay(&text),
                Err(_) => Replayed { steps: 0, end: Err(words::UNREADABLE_FILE.to_owned()) },
            }));
        });
    };
    rsx! {
        button {
            r#type: "button",
            class: "button",
            onclick: {
                let session = session.clone();
                move |_| note.set((!session.export_trace()).then_some(words::TRACE_TOO_LONG))
            },
            Icon { glyph: Glyph::Download, size: 14 }
            "{words::EXPORT_TRACE}"
        }
        button {
            r#type: "button",
            class: "button",
            onclick: move |_| picker.press(&*session.host),
            Icon { glyph: Glyph::Play, size: 14 }
            "{words::REPLAY_TRACE}"
        }
        FilePicker { picker, accept: ".json", onpick: read }
        if let Some(note) = note() {
            p { class: "replayed", role: "status", "{note}" }
        }
        if let Some(replayed) = last() {
            section { class: "replayed", aria_label: words::REPLAY_TRACE,
                match replayed.end {
                    Ok(dump) => rsx! {
                        p { role: "status", "{words::replayed(replayed.steps, dump.integrity.len())}" }
                        OperationList { dump }
                    },
                    Err(why) => rsx! {
                        p { role: "alert", "{why}" }
                    },
                }
            }
        }
    }
}

impl Session {
    /// Saves the run of this window; false when it has become too long to keep.
    fn export_trace(&self) -> bool {
        let text = self.handle.read(|view| view.trace()?.to_json().ok());
        let kept = text.is_some();
        if let Some(text) = text {
            self.save("faultmaven-copilot-trace.json".to_owned(), text);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_trace_is_said_in_words() {
        assert_eq!(replay("{}").end, Err(words::NO_TRACE.to_owned()));
        assert_eq!(replay("{\"version\":99}").end, Err(words::TRACE_VERSION.to_owned()));
    }
}
