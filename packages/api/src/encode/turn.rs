//! A turn as the parts of a form (contract 2.4). The order of the parts is fixed.

use copilot_core::ids::OperationId;
use copilot_core::model::{CaseState, Data, Intention, Turn};
use serde_json::{Value, json};

use super::Content;
use super::multipart::{Form, Part};

/// What an intention is called when it does not say (contract 2.4).
const INTENT_DEFAULT: &str = "conversation";

pub(super) fn content(key: OperationId, turn: &Turn) -> Content {
    let mut form = Form::default();
    // Newlines and spaces are the person's; only a text of nothing else is left out, because the
    // server then words the question itself.
    if !turn.text.trim().is_empty() {
        form.push(Part::text("query", &*turn.text));
    }
    match &turn.data {
        None => {}
        Some(Data::Paste { text }) => {
            form.push(Part::text("pasted_content", &**text));
            form.push(Part::text("input_type", "paste"));
        }
        Some(Data::File { name, media_type, bytes }) => {
            form.push(Part::file("files", name, media_type, bytes.as_slice()));
            form.push(Part::text("input_type", "file"));
        }
        Some(Data::Page { url, title, text }) => {
            form.push(Part::text("pasted_content", page_text(title, text)));
            form.push(Part::text("input_type", "page_capture"));
            form.push(Part::text("source_url", &**url));
        }
    }
    if let Some(intention) = &turn.intention {
        let (kind, data) = intent(intention);
        form.push(Part::text("intent_type", kind));
        form.push(Part::text("intent_data", data));
    }
    form.encode(key)
}

/// The contract has no field for a page's title, so it is the first line of the page.
fn page_text(title: &str, text: &str) -> String {
    if title.trim().is_empty() { text.to_owned() } else { format!("{}\n\n{text}", title.trim()) }
}

/// `intent_type` and `intent_data`.
fn intent(intention: &Intention) -> (String, String) {
    match intention {
        Intention::StatusTransition { from, to } => {
            let data = json!({
                "type": "status_transition",
                "from_state": state(from),
                "to_state": state(to),
                "user_confirmed": true,
            });
            ("status_transition".into(), data.to_string())
        }
        Intention::Suggested(raw) => {
            let parsed: Option<Value> = serde_json::from_str(raw).ok();
            let kind = parsed.as_ref().and_then(|intent| intent.get("type")).and_then(Value::as_str);
            (kind.unwrap_or(INTENT_DEFAULT).to_owned(), raw.as_ref().to_owned())
        }
    }
}

fn state(state: &CaseState) -> Value {
    serde_json::to_value(state).unwrap_or_default()
}
