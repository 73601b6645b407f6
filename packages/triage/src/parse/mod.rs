//! One physical line becomes a [`Parsed`] record, or `None` when the line is not a log line by itself.
//!
//! Formats may change from line to line and may be nested (syslog around JSON, `kubectl logs --timestamps` around klog), so every
//! line is looked at afresh and what is left of it once more. Leaves out: lines that belong together ([`crate::fold`]).

mod access;
mod fields;
mod json;
mod kubernetes;
mod logfmt;
mod plain;
mod syslog;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::cursor::{Cursor, starts_with_ignoring_case};
use crate::level::Level;
use crate::time::{Stamp, TimeKind, stamp};

/// Which notation a line is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Format {
    /// BSD syslog; journald's short output looks the same.
    Syslog3164,
    /// IETF syslog.
    Syslog5424,
    /// journald with ISO times, its JSON export, or its boot marks.
    Journald,
    /// Common or combined access log of nginx, Apache and others.
    AccessLog,
    /// nginx's error log.
    NginxError,
    /// Apache's error log.
    ApacheError,
    /// klog or glog.
    Klog,
    /// `kubectl get events`, `get pods` or the tables of `describe`.
    KubernetesTable,
    /// One JSON object per line.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// PostgreSQL's server log.
    Postgres,
    /// The kernel's ring buffer.
    Kernel,
    /// A stack trace or panic without a log line before it.
    Trace,
    /// A time or a level, and text.
    Plain,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::words::format_name(*self))
    }
}

/// An HTTP request that a line tells of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: Option<u16>,
    pub(crate) took_ms: Option<f64>,
}

/// What one line says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parsed<'a> {
    pub(crate) format: Format,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) level: Option<Level>,
    /// The service, unit, container or logger that wrote it.
    pub(crate) source: Option<&'a str>,
    pub(crate) message: Cow<'a, str>,
    /// A stack trace carried in a field of its own.
    pub(crate) stack: Option<Cow<'a, str>>,
    pub(crate) request: Option<Request<'a>>,
}

impl<'a> Parsed<'a> {
    fn new(format: Format, message: &'a str) -> Self {
        Self {
            format,
            stamp: None,
            level: None,
            source: None,
            message: Cow::Borrowed(message),
            stack: None,
            request: None,
        }
    }

    /// Puts what the inner line says into the frame that the outer one gives.
    fn around(self, inner: Parsed<'a>) -> Parsed<'a> {
        let better = |stamp: &Stamp| match stamp.kind {
            TimeKind::Zoned => 3,
            TimeKind::Local => 2,
            TimeKind::NoYear => 1,
            TimeKind::ClockOnly | TimeKind::Uptime | TimeKind::Ago => 0,
        };
        let stamp = match (self.stamp, inner.stamp) {
            (Some(outer), Some(inner)) if better(&inner) > better(&outer) => Some(inner),
            (outer, inner) => outer.or(inner),
        };
        let format = if inner.format == Format::Plain { self.format } else { inner.format };
        Parsed {
            format,
            stamp,
            level: inner.level.or(self.level),
            source: self.source.or(inner.source),
            ..inner
        }
    }
}

/// Reads a line without its indentation. `scratch` holds text that had to be unescaped before it could be read.
pub(crate) fn parse<'a>(line: &'a str, scratch: &'a mut String) -> Option<Parsed<'a>> {
    let (source, line) = container_prefix(line);
    let parsed = match json::docker_envelope(line, scratch) {
        Some(stamp) => {
            let mut outer = Parsed::new(Format::Json, &*scratch);
            outer.stamp = stamp;
            Some(nested(outer, 1))
        }
        None => once(line).map(|outer| nested(outer, 2)),
    };
    match (source, parsed) {
        (Some(name), Some(mut parsed)) => {
            parsed.source = Some(name);
            Some(parsed)
        }
        (Some(name), None) if !line.is_empty() => {
            let mut parsed = Parsed::new(Format::Plain, line);
            parsed.source = Some(name);
            Some(parsed)
        }
        (_, parsed) => parsed,
    }
}

fn nested(outer: Parsed<'_>, depth: usize) -> Parsed<'_> {
    let Cow::Borrowed(message) = outer.message else {
        return outer;
    };
    if depth == 0 || outer.request.is_some() || outer.format == Format::KubernetesTable {
        return outer;
    }
    match once(message) {
        Some(inner) => nested(outer.around(inner), depth - 1),
        None => outer,
    }
}

/// `name-1  | ` of docker compose and `[pod/name/container] ` of `kubectl logs --prefix`.
fn container_prefix(line: &str) -> (Option<&str>, &str) {
    let mut c = Cursor::new(line);
    if c.eat_str("[pod/") {
        let Some(inside) = c.until(b']', 200) else {
            return (None, line);
        };
        return (inside.rsplit('/').next(), c.rest().trim_start());
    }
    if !c.peek().is_ascii_lowercase() {
        return (None, line);
    }
    let name = c.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if name.len() > 64 || c.peek() != b' ' {
        return (None, line);
    }
    c.skip_spaces();
    if !c.eat_str("| ") {
        return (None, line);
    }
    (Some(name.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('-')), c.rest())
}

/// One attempt at the start of `line`; the first byte decides which notations are tried.
fn once(line: &str) -> Option<Parsed<'_>> {
    let first = *line.as_bytes().first()?;
    match first {
        b'{' => json::parse(line),
        b'<' => syslog::with_priority(line),
        b'[' => plain::parse(line),
        b'0'..=b'9' => kubernetes::cri(line)
            .or_else(|| access::parse(line))
            .or_else(|| kubernetes::event_row(line))
            .or_else(|| syslog::iso(line))
            .or_else(|| plain::parse(line)),
        b'I' | b'W' | b'E' | b'D' | b'F' if line.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => {
            kubernetes::klog(line)
        }
        b'A'..=b'Z' => syslog::rfc3164(line)
            .or_else(|| kubernetes::describe_row(line))
            .or_else(|| plain::parse(line))
            .or_else(|| logfmt::parse(line)),
        b'a'..=b'z' | b'_' => logfmt::parse(line)
            .or_else(|| access::parse(line))
            .or_else(|| kubernetes::pod_row(line))
            .or_else(|| kubernetes::event_row(line))
            .or_else(|| plain::parse(line)),
        b':' => access::parse(line),
        b'-' if starts_with_ignoring_case(line, "-- reboot --")
            || starts_with_ignoring_case(line, "-- boot ") =>
        {
            let mut parsed = Parsed::new(Format::Journald, line);
            parsed.level = Some(Level::Info);
            Some(parsed)
        }
        b'*' => None,
        _ => None,
    }
}

/// A timestamp that makes up all of a field's text.
fn whole_stamp(text: &str) -> Option<Stamp> {
    let mut c = Cursor::new(text);
    stamp(&mut c).filter(|_| c.is_done())
}
