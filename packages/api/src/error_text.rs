//! The server's words about an error (contract 4.2): the first text that is there, as plain text.

use serde_json::{Map, Value};

/// Longest text that is shown, in characters (ux: one short line under a row).
const MAX_CHARS: usize = 140;

/// The text to show, first hit. `None` leaves it to the user interface to name the failed action.
pub(crate) fn first(body: &Map<String, Value>) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).and_then(plain);
    let detail = body.get("detail");
    text(detail)
        .or_else(|| entries(detail))
        .or_else(|| entries(body.get("errors")))
        .or_else(|| text(detail?.get("error")?.get("message")))
        .or_else(|| text(body.get("message")))
        .or_else(|| text(body.get("error_description")))
        .or_else(|| text(body.get("error")))
        .or_else(|| text(body.get("error")?.get("message")))
}

/// The field that a validation error names: the last `loc` of the first entry that has one.
pub(crate) fn field(body: &Map<String, Value>) -> Option<String> {
    let lists = [body.get("detail"), body.get("errors")];
    lists.into_iter().flatten().filter_map(Value::as_array).flatten().find_map(place)
}

fn entries(list: Option<&Value>) -> Option<String> {
    let lines: Vec<String> = list?.as_array()?.iter().filter_map(entry).collect();
    plain(&lines.join("; "))
}

fn entry(entry: &Value) -> Option<String> {
    let message = plain(entry.get("msg")?.as_str()?)?;
    Some(match place(entry) {
        Some(place) => format!("{place}: {message}"),
        None => message,
    })
}

/// The innermost named place of an entry; positions in a list say nothing to a person.
fn place(entry: &Value) -> Option<String> {
    entry.get("loc")?.as_array()?.iter().rev().find_map(Value::as_str).and_then(plain)
}

/// One line of at most 140 characters without control and direction characters; `None` if nothing is left.
pub(crate) fn plain(text: &str) -> Option<String> {
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    let shown: String = text.chars().filter(|&c| !turns_text(c)).take(MAX_CHARS * 8).collect();
    let line = shown.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return None;
    }
    if line.chars().count() <= MAX_CHARS {
        return Some(line);
    }
    let mut cut: String = line.chars().take(MAX_CHARS - 1).collect();
    cut.push('\u{2026}');
    Some(cut)
}

/// Invisible characters that reorder or hide what stands around them.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(body: Value) -> Option<String> {
        first(body.as_object().unwrap())
    }

    #[test]
    fn the_first_text_of_the_contracts_order_is_taken() {
        for (body, expected) in [
            (json!({"detail": "a", "message": "b", "error": "c"}), "a"),
            (
                json!({"detail": [{"msg": "Too short", "loc": ["body", "username"]}], "message": "b"}),
                "username: Too short",
            ),
            (
                json!({"detail": [{"msg": "One", "loc": ["body", "files", 0]}, {"msg": "Two"}]}),
                "files: One; Two",
            ),
            (
                json!({"errors": [{"msg": "Required", "loc": ["body", "title"]}], "message": "b"}),
                "title: Required",
            ),
            (json!({"detail": "Validation error", "errors": [{"msg": "Required"}]}), "Validation error"),
            (json!({"detail": {"error": {"message": "Not readable"}}, "message": "b"}), "Not readable"),
            (json!({"detail": " ", "message": "b", "error_description": "c"}), "b"),
            (json!({"error_description": "c", "error": "d"}), "c"),
            (json!({"error": "d"}), "d"),
            (json!({"error": {"message": "The model gave nothing"}}), "The model gave nothing"),
        ] {
            assert_eq!(text(body.clone()).as_deref(), Some(expected), "{body}");
        }
        for silent in
            [json!({}), json!({"detail": 5}), json!({"detail": []}), json!({"detail": null, "error": ""})]
        {
            assert_eq!(text(silent.clone()), None, "{silent}");
        }
    }

    #[test]
    fn the_field_is_the_last_place_that_has_a_name() {
        let field = |body: Value| field(body.as_object().unwrap());
        assert_eq!(
            field(json!({"detail": [{"loc": ["body", "files", 1], "msg": "x"}]})).as_deref(),
            Some("files")
        );
        assert_eq!(
            field(json!({"detail": "v", "errors": [{"loc": ["body", "title"]}]})).as_deref(),
            Some("title")
        );
        assert_eq!(field(json!({"detail": "v"})), None);
    }

    #[test]
    fn a_text_becomes_one_short_plain_line() {
        assert_eq!(plain("  a\r\n\tb\u{0}c \u{202e}d\u{2028}e ").as_deref(), Some("a b c d e"));
        assert_eq!(plain("<b>x</b>").as_deref(), Some("<b>x</b>"));
        assert_eq!(plain(" \u{200b}\n"), None);
        let long = plain(&"ä".repeat(500)).unwrap();
        assert_eq!(long.chars().count(), 140);
        assert!(long.ends_with('…'));
        assert_eq!(plain(&"x".repeat(140)).unwrap().len(), 140);
    }
}
