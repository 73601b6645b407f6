//! Syslog of both kinds, and journald's text output, which has the same `host program[pid]:` in it.

use super::{Format, Parsed};
use crate::cursor::Cursor;
use crate::level::Level;
use crate::time::{TimeKind, stamp};

/// `<34>1 2026-…` (RFC 5424) or `<34>Aug 18 …` (RFC 3164).
pub(super) fn with_priority(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    if !c.eat(b'<') {
        return None;
    }
    let priority = c.number().filter(|priority| *priority <= 191)?;
    if !c.eat(b'>') {
        return None;
    }
    let level = Level::from_syslog(priority);
    let mut parsed =
        if c.eat_str("1 ") { rfc5424(c)? } else { rfc3164(c.rest()).or_else(|| iso(c.rest()))? };
    parsed.level = Some(level);
    Some(parsed)
}

fn rfc5424(mut c: Cursor<'_>) -> Option<Parsed<'_>> {
    let time = if c.eat_str("- ") {
        None
    } else {
        let time = stamp(&mut c)?;
        c.skip_spaces();
        Some(time)
    };
    c.word();
    c.skip_spaces();
    let app = c.word();
    for _ in 0..2 {
        c.skip_spaces();
        c.word();
    }
    c.skip_spaces();
    if !c.eat(b'-') {
        while c.eat(b'[') {
            skip_structured_data(&mut c);
        }
    }
    c.skip_spaces();
    c.eat_str("\u{feff}");
    let mut parsed = Parsed::new(Format::Syslog5424, c.rest());
    parsed.stamp = time;
    parsed.source = (app != "-" && !app.is_empty()).then_some(app);
    Some(parsed)
}

/// To the `]` that closes an element; quoted values may hold escaped quotes and brackets.
fn skip_structured_data(c: &mut Cursor<'_>) {
    let mut quoted = false;
    while !c.is_done() {
        match c.peek() {
            b'\\' => c.skip(1),
            b'"' => quoted = !quoted,
            b']' if !quoted => {
                c.skip(1);
                return;
            }
            _ => {}
        }
        c.skip(1);
    }
}

/// `Aug 18 09:10:03 host program[812]: text`.
pub(super) fn rfc3164(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let time = stamp(&mut c)?;
    if time.kind == TimeKind::ClockOnly || !c.eat(b' ') {
        return None;
    }
    let (source, message) = tag(c)?;
    let mut parsed = Parsed::new(Format::Syslog3164, message);
    parsed.stamp = Some(time);
    parsed.source = Some(source);
    Some(parsed)
}

/// `2026-08-18T09:10:03+0000 host program[812]: text`, as `journalctl -o short-iso` and rsyslog write it.
pub(super) fn iso(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let time = stamp(&mut c)?;
    if time.kind == TimeKind::ClockOnly || !c.eat(b' ') {
        return None;
    }
    let mut ahead = c;
    ahead.word();
    ahead.skip_spaces();
    // The process number (or the kernel) is what tells this from an ordinary line with a colon in it.
    let program = ahead.word();
    if program != "kernel:" && !program.ends_with("]:") {
        return None;
    }
    let (source, message) = tag(c)?;
    let mut parsed = Parsed::new(Format::Journald, message);
    parsed.stamp = Some(time);
    parsed.source = Some(source);
    Some(parsed)
}

/// `host program[pid]: ` gives the program and what follows.
fn tag(mut c: Cursor<'_>) -> Option<(&str, &str)> {
    let host = c.word();
    if host.is_empty()
        || host.bytes().any(|byte| matches!(byte, b'[' | b']' | b'=' | b'"' | b'{'))
        || Level::parse(host).is_some()
    {
        return None;
    }
    c.skip_spaces();
    let program = c.take_while(|byte| !matches!(byte, b' ' | b'[' | b':' | b'=' | b'"' | b'{'));
    if program.is_empty() || program.len() > 80 {
        return None;
    }
    if c.eat(b'[') {
        c.until(b']', 40)?;
    }
    if !c.eat(b':') {
        return None;
    }
    c.skip_spaces();
    if program == "kernel" && c.peek() == b'[' {
        let mut uptime = c;
        if uptime.until(b']', 24).is_some_and(|inside| inside.contains('.')) {
            c = uptime;
            c.skip_spaces();
        }
    }
    Some((program, c.rest()))
}
