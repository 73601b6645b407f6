//! JSON lines: finds the pairs of an object in one pass, also when the line was cut off in the middle.
//!
//! Leaves out: a tree. A log line's few interesting fields are read in place; `serde_json` is asked only to undo escapes.

use super::fields::{Fields, Value};
use super::{Format, Parsed, whole_stamp};
use crate::cursor::Cursor;
use crate::time::Stamp;

/// Objects nested deeper than this are skipped: no logger puts its own fields there.
const MAX_DEPTH: usize = 3;

/// A JSON object that is a log line.
pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let mut fields = Fields::default();
    object(&mut Cursor::new(line), "", 0, &mut |parent, key, value| {
        fields.put(parent, key, value);
    })?;
    fields.finish(Format::Json)
}

/// Docker's `{"log":"…\n","stream":"stderr","time":"…"}`: the inner line goes to `scratch`, its time is returned.
#[expect(clippy::option_option, reason = "an envelope without a readable time is still an envelope")]
pub(super) fn docker_envelope(line: &str, scratch: &mut String) -> Option<Option<Stamp>> {
    if !line.starts_with("{\"log\":\"") {
        return None;
    }
    let (mut inner, mut stream, mut time) = (None, false, None);
    object(&mut Cursor::new(line), "", 0, &mut |parent, key, value| match (parent, key) {
        ("", "log") => inner = Some(value),
        ("", "stream") => stream = true,
        ("", "time") => time = Some(value.text()),
        _ => {}
    })?;
    if !stream {
        return None;
    }
    scratch.clear();
    scratch.push_str(inner?.text().trim_end());
    Some(time.as_deref().and_then(whole_stamp))
}

fn skip_space(c: &mut Cursor<'_>) {
    c.take_while(|byte| byte.is_ascii_whitespace());
}

/// Passes over a value with brackets of its own.
fn skip_nested(c: &mut Cursor<'_>) {
    let mut depth = 0_usize;
    while !c.is_done() {
        c.take_while(|byte| !matches!(byte, b'{' | b'}' | b'[' | b']' | b'"'));
        match c.peek() {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                c.skip(1);
                c.quoted();
                continue;
            }
            _ => return,
        }
        c.skip(1);
        if depth == 0 {
            return;
        }
    }
}

/// Walks the object at the cursor; `None` when it is not one.
fn object<'a>(
    c: &mut Cursor<'a>,
    parent: &'a str,
    depth: usize,
    visit: &mut impl FnMut(&'a str, &'a str, Value<'a>),
) -> Option<()> {
    if !c.eat(b'{') {
        return None;
    }
    loop {
        c.take_while(|byte| byte.is_ascii_whitespace() || byte == b',');
        if c.is_done() || c.eat(b'}') {
            return Some(());
        }
        if !c.eat(b'"') {
            return None;
        }
        let key = c.quoted();
        skip_space(c);
        if !c.eat(b':') {
            return c.is_done().then_some(());
        }
        skip_space(c);
        match c.peek() {
            b'"' => {
                c.skip(1);
                let text = c.quoted();
                visit(parent, key, Value::Quoted(text));
            }
            b'{' if depth < MAX_DEPTH => object(c, key, depth + 1, visit)?,
            b'{' | b'[' => skip_nested(c),
            _ => {
                let text =
                    c.take_while(|byte| !matches!(byte, b',' | b'}' | b']') && !byte.is_ascii_whitespace());
                if text.is_empty() {
                    return c.is_done().then_some(());
                }
                visit(parent, key, Value::Bare(text));
            }
        }
    }
}
