//! The body of an error answer, in all the shapes that servers use (contract 4.2).

use std::sync::Arc;

use copilot_core::Millis;
use serde_json::{Map, Value};

use crate::answer::HttpAnswer;
use crate::{error_text, retry_after};

/// Largest body that is read as an error; longer ones say nothing a person would read.
const MAX_BYTES: usize = 256 * 1024;

/// Longest code or request id that is believed.
const WORD_MAX: usize = 128;

/// What an error answer says beyond its status.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ErrorBody {
    /// The code to branch on, in upper case: the header, else the body.
    pub(crate) code: Option<String>,
    /// The text to show.
    pub(crate) text: Option<Arc<str>>,
    /// The field that is wrong.
    pub(crate) field: Option<Arc<str>>,
    /// How long the server asks to be left alone, by header or body.
    pub(crate) retry_after: Option<Millis>,
    /// Whether the body says `success: false`, as answers to PUT may (contract 2.3).
    pub(crate) denies: bool,
    /// For people who ask the operator.
    pub(crate) request_id: Option<Arc<str>>,
}

impl ErrorBody {
    /// Reads head and body; whatever cannot be read is absent.
    pub(crate) fn read(answer: &HttpAnswer) -> Self {
        let body = object(answer).unwrap_or_default();
        let entry = |name: &str| body.get(name).and_then(Value::as_str).and_then(word);
        let head = &answer.head;
        let code = head
            .error_code
            .as_deref()
            .and_then(word)
            .or_else(|| entry("code"))
            .or_else(|| entry("error_code"))
            .or_else(|| entry("error_type"))
            .or_else(|| entry("error"));
        let request_id = head
            .request_id
            .as_deref()
            .and_then(word)
            .or_else(|| entry("request_id"))
            .or_else(|| entry("correlation_id"));
        Self {
            code: code.map(str::to_ascii_uppercase),
            text: error_text::first(&body).map(Arc::from),
            field: error_text::field(&body).map(Arc::from),
            retry_after: retry_after::named(&answer.head, body.get("retry_after")),
            denies: body.get("success").and_then(Value::as_bool) == Some(false),
            request_id: request_id.map(Arc::from),
        }
    }

    /// Whether the code is this one.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

fn object(answer: &HttpAnswer) -> Option<Map<String, Value>> {
    let text = answer.text().filter(|text| text.len() <= MAX_BYTES)?;
    serde_json::from_str(text).ok()
}

/// A code or an id: one visible word. A sentence in `error` is a text, not a code.
fn word(text: &str) -> Option<&str> {
    let text = text.trim();
    let one_word = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    (one_word && text.len() <= WORD_MAX).then_some(text)
}
