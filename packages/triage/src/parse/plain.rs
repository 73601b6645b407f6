//! Lines with a time or a level in front and free text behind: most frameworks, nginx and Apache error logs, PostgreSQL, the kernel.
//!
//! The header is read word by word until a word is not header-like any more. Leaves out: anything deeper in the line.

use super::{Format, Parsed};
use crate::cursor::Cursor;
use crate::level::Level;
use crate::time::{Stamp, TimeKind, stamp};

/// More header words than any known layout has.
const MAX_HEADER_WORDS: usize = 9;
/// Brackets longer than this hold a message, not a thread or a process.
const MAX_BRACKET: usize = 120;

/// What the header has told so far.
#[derive(Default)]
struct Header<'a> {
    stamp: Option<Stamp>,
    level: Option<Level>,
    source: Option<&'a str>,
    format: Option<Format>,
}

/// A line that begins with a time or a level; `None` for other text.
pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let mut header = Header::default();
    if let Some(uptime) = kernel(&mut c) {
        header.stamp = Some(uptime);
        header.format = Some(Format::Kernel);
        header.source = Some("kernel");
        c.skip_spaces();
    } else {
        read(&mut c, &mut header);
        header.stamp.or(header.level.map(|_| Stamp { ms: 0, offset: 0, kind: TimeKind::ClockOnly }))?;
    }
    let mut parsed = Parsed::new(header.format.unwrap_or(Format::Plain), c.rest());
    parsed.stamp = header.stamp;
    parsed.level = header.level;
    parsed.source = header.source;
    Some(parsed)
}

/// `[12345.678901] `, seconds since boot with six decimals.
fn kernel(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    if !c.eat(b'[') {
        return None;
    }
    c.skip_spaces();
    let seconds = c.number()?;
    if !c.eat(b'.') {
        return None;
    }
    let micros = c.digits(6)?;
    if !c.eat(b']') {
        return None;
    }
    *cursor = c;
    Some(Stamp {
        ms: seconds.saturating_mul(1000).saturating_add(micros / 1000),
        offset: 0,
        kind: TimeKind::Uptime,
    })
}

fn read<'a>(c: &mut Cursor<'a>, header: &mut Header<'a>) {
    let redis = redis_role(c);
    for position in 0..MAX_HEADER_WORDS {
        c.skip_spaces();
        if redis && header.stamp.is_some() {
            redis_mark(c, header);
            return;
        }
        // Without a time or a level among the first words this is prose.
        if position == 2 && header.stamp.is_none() && header.level.is_none() {
            return;
        }
        if header.stamp.is_none()
            && let Some(found) = bracketed_stamp(c)
        {
            header.stamp = Some(found);
            zone_word(c);
            continue;
        }
        let more = match c.peek() {
            b'[' => bracket(c, header),
            b'-' | b'|' | b':' => separator(c),
            0 => false,
            _ => word(c, header, position),
        };
        if !more {
            return;
        }
    }
}

/// `1:M ` in front of Redis' time: process and role.
fn redis_role(cursor: &mut Cursor<'_>) -> bool {
    let mut c = *cursor;
    let found = c.number().is_some()
        && c.eat(b':')
        && matches!(c.peek(), b'M' | b'S' | b'C' | b'X')
        && c.peek_at(1) == b' ';
    if found {
        c.skip(2);
        *cursor = c;
    }
    found
}

/// Redis writes its levels as `.`, `-`, `*` and `#`.
fn redis_mark(c: &mut Cursor<'_>, header: &mut Header<'_>) {
    header.source = Some("redis");
    header.level = match c.peek() {
        b'#' => Some(Level::Warn),
        b'*' => Some(Level::Info),
        b'-' | b'.' => Some(Level::Debug),
        _ => return,
    };
    c.skip(1);
    c.skip_spaces();
}

/// A timestamp, perhaps in brackets.
fn bracketed_stamp(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    let open = c.eat(b'[') || c.eat(b'(');
    let found = stamp(&mut c)?;
    if open && !(c.eat(b']') || c.eat(b')')) {
        return None;
    }
    if !c.is_done() && c.peek().is_ascii_alphanumeric() {
        return None;
    }
    if c.peek() == b':' {
        c.skip(1);
    }
    *cursor = c;
    Some(found)
}

/// A zone's name in letters (`CEST`), which cannot be turned into an offset without a table: the time stays local.
fn zone_word(cursor: &mut Cursor<'_>) {
    let mut c = *cursor;
    c.skip_spaces();
    let name = c.take_while(|byte| byte.is_ascii_uppercase());
    if (3..=4).contains(&name.len()) && name.ends_with('T') && c.peek() == b' ' {
        *cursor = c;
    }
}

/// `-`, `---`, `|`, `:` standing alone.
fn separator(cursor: &mut Cursor<'_>) -> bool {
    let mut c = *cursor;
    let mark = c.word();
    let alone = matches!(mark, "-" | "---" | "--" | "|" | ":");
    if alone {
        *cursor = c;
    }
    alone
}

/// `[error]`, `[proxy:error]`, `[pid 12:tid 14]`, `[http-nio-8080-exec-7]`, `[812]`.
fn bracket<'a>(cursor: &mut Cursor<'a>, header: &mut Header<'a>) -> bool {
    let mut c = *cursor;
    c.skip(1);
    let Some(inside) = c.until(b']', MAX_BRACKET) else {
        return false;
    };
    let inside = inside.trim();
    c.eat(b':');
    let last = inside.rsplit([':', '/']).next().unwrap_or(inside);
    if header.level.is_none()
        && let Some(level) = Level::parse(last)
    {
        header.level = Some(level);
    } else if inside.starts_with("pid ") {
        header.format = Some(Format::ApacheError);
    } else if header.stamp.is_none() && header.level.is_none() {
        // A bracket before any time or level: accept it only as a thread or process before them.
        if !(inside.len() <= 40 && c.peek() == b' ') {
            return false;
        }
    }
    *cursor = c;
    true
}

fn is_name(word: &str) -> bool {
    (2..=80).contains(&word.len())
        && word.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':' | b'$')
        })
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// PostgreSQL's severities, which are followed by a colon and two spaces.
fn is_postgres(word: &str) -> bool {
    matches!(
        word,
        "LOG"
            | "ERROR"
            | "FATAL"
            | "PANIC"
            | "WARNING"
            | "NOTICE"
            | "INFO"
            | "DETAIL"
            | "HINT"
            | "STATEMENT"
            | "CONTEXT"
            | "QUERY"
    )
}

fn word<'a>(cursor: &mut Cursor<'a>, header: &mut Header<'a>, position: usize) -> bool {
    let mut c = *cursor;
    let word = c.word();
    let bare = word.trim_end_matches([':', ',', '|']).trim_start_matches('<').trim_end_matches('>');
    let marked = word.len() > bare.len();
    if header.stamp.is_some() && is_postgres(bare) && c.rest().starts_with("  ") && word.ends_with(':') {
        header.format = Some(Format::Postgres);
        if matches!(bare, "DETAIL" | "HINT" | "STATEMENT" | "CONTEXT" | "QUERY") {
            header.level = Some(Level::Info);
            return false;
        }
        header.level = Level::parse(bare);
        c.skip_spaces();
        *cursor = c;
        return false;
    }
    if header.level.is_none() {
        // `ERROR:root:text` of Python's default layout.
        let (head, tail) = word.split_once(':').unwrap_or((bare, ""));
        let loud = head.len() > 2 && head.bytes().all(|byte| byte.is_ascii_uppercase());
        let level = Level::parse(head).or_else(|| match head.as_bytes() {
            [letter] if header.stamp.is_some() => Level::from_letter(*letter),
            _ => None,
        });
        if let Some(level) = level
            && (loud || marked || head.len() == 1)
            && !(position > 0 && header.stamp.is_none())
        {
            header.level = Some(level);
            if tail.is_empty() || marked {
                *cursor = c;
                return true;
            }
            let (source, _) = tail.split_once(':').unwrap_or(("", tail));
            if is_name(source) {
                header.source = Some(source);
            }
            cursor.skip(head.len() + 1 + if source.is_empty() { 0 } else { source.len() + 1 });
            return false;
        }
        // A lower-case level word may be the first word of the sentence, so it is noted and left where it is.
        if let Some(level) = level
            && header.stamp.is_some()
            && matches!(
                head,
                "error" | "warn" | "warning" | "info" | "debug" | "Error" | "Warning" | "fatal" | "critical"
            )
        {
            header.level = Some(level);
            return false;
        }
    }
    // nginx: `29#29:` and `*1`.
    if header.level.is_some()
        && word.contains('#')
        && bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'#')
    {
        header.format = Some(Format::NginxError);
        c.skip_spaces();
        if c.peek() == b'*' {
            c.word();
        }
        *cursor = c;
        return false;
    }
    let mut ahead = c;
    ahead.skip_spaces();
    let before_separator = matches!(ahead.peek(), b'-' | b':' | b'|') && separator(&mut ahead.clone());
    let digits = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
    let seen = header.stamp.is_some() || header.level.is_some();
    // MySQL: a thread's number before the brackets.
    let before_bracket = header.level.is_none() && digits && ahead.peek() == b'[';
    let header_word = seen
        && (before_separator && (digits || is_name(bare))
            || before_bracket
            || header.level.is_some()
                && word.ends_with(':')
                && is_name(bare)
                && bare.contains(['.', ':', '_', '-', '/'])
            || header.level.is_none() && word.contains('@') && header.stamp.is_some() && bare.len() <= 80);
    if !header_word {
        return false;
    }
    if is_name(bare) && header.source.is_none() && !word.contains('@') {
        header.source = Some(bare);
    }
    *cursor = c;
    true
}
