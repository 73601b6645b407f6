//! logfmt: `time=… level=error msg="…" key=value`.

use super::fields::{Fields, Value};
use super::{Format, Parsed};
use crate::cursor::Cursor;

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'@')
}

/// A line that starts with a pair and whose pairs make a log line.
pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let mut ahead = c;
    ahead.take_while(is_key);
    if ahead.peek() != b'=' {
        return None;
    }
    let mut fields = Fields::default();
    while !c.is_done() {
        c.skip_spaces();
        let key = c.take_while(is_key);
        if key.is_empty() || !c.eat(b'=') {
            c.word();
            continue;
        }
        let value = if c.eat(b'"') { Value::Quoted(c.quoted()) } else { Value::Bare(c.word()) };
        fields.put("", key, value);
    }
    fields.finish(Format::Logfmt)
}
