//! Access logs: common and combined format of nginx and Apache, with or without a virtual host before and times after.

use std::borrow::Cow;

use super::{Format, Parsed, Request};
use crate::cursor::Cursor;
use crate::level::Level;
use crate::time::stamp;

/// How far into the line the bracketed time may begin.
const TIME_WITHIN: usize = 160;

/// `10.0.0.7 - - [18/Aug/2026:09:10:03 +0000] "GET /cart HTTP/1.1" 503 197 …`
pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    c.until(b'[', TIME_WITHIN)?;
    if !(c.peek().is_ascii_digit() && c.peek_at(2) == b'/') {
        return None;
    }
    let stamp = stamp(&mut c)?;
    if !c.eat_str("] \"") {
        return None;
    }
    let request = c.until(b'"', 4096)?;
    c.skip_spaces();
    let status = u16::try_from(c.digits(3)?).ok()?;
    let mut words = request.split(' ');
    let (method, path) = match (words.next(), words.next()) {
        (Some(method), Some(path)) => (method, path),
        _ => ("", request),
    };
    let shown = path.split(['?', '#']).next().unwrap_or(path);
    Some(Parsed {
        format: Format::AccessLog,
        stamp: Some(stamp),
        level: Some(Level::from_status(status)),
        source: None,
        message: Cow::Owned(format!("{method} {shown} HTTP {status}")),
        stack: None,
        request: Some(Request { method, path, status: Some(status), took_ms: took(c.rest()) }),
    })
}

/// The time the request took, from what operators commonly append: `rt=0.312`, `request_time=…`, or a last word with a decimal point.
fn took(tail: &str) -> Option<f64> {
    let seconds = |text: &str| {
        text.trim_matches('"').parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0).map(|s| s * 1000.0)
    };
    let mut last = "";
    for word in tail.split_ascii_whitespace() {
        if let Some((key, value)) = word.split_once('=')
            && matches!(key, "rt" | "request_time" | "reqtime" | "duration")
        {
            return seconds(value);
        }
        last = word;
    }
    if last.contains('.') { seconds(last) } else { None }
}
