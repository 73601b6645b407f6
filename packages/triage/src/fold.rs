//! Joins physical lines to entries: stack traces, wrapped statements and details belong to the line above them.
//!
//! Leaves out: lines that nobody can place (prose before and after the log); they are counted and not read further.

use crate::cause;
use crate::cursor::{clip, starts_with_ignoring_case};
use crate::level::Level;
use crate::line::{Cleaned, RawLine, clean};
use crate::parse::{Format, Parsed, Request, parse};
use crate::time::Stamp;
use crate::trace::{Trace, continues, crashes, opens};

/// Only this much of a message is kept.
const MAX_MESSAGE: usize = 1024;
/// Lines without time or level that are tried against the known causes; prose is short, and more would be slow.
const MAX_BARE_TRIED: usize = 200;
/// Lines of one private key at most.
const MAX_KEY_LINES: usize = 200;

/// An entry whose lines are still coming.
pub(crate) struct Pending {
    pub(crate) line: usize,
    pub(crate) start: usize,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) level: Option<Level>,
    pub(crate) format: Format,
    pub(crate) source: Option<String>,
    pub(crate) message: String,
    /// The HTTP status, when the line tells of a request.
    pub(crate) status: Option<u16>,
    pub(crate) trace: Trace,
}

/// What happens while lines are folded.
pub(crate) trait Sink {
    /// An entry is complete.
    fn entry(&mut self, entry: Pending);
    /// A line told of a request.
    fn request(&mut self, request: &Request<'_>);
}

/// How sure one is that the text holds a log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signs {
    /// Lines with a date, or in a format that nothing else has.
    pub(crate) certain: usize,
    /// Lines with a time of day and no level.
    pub(crate) clock: usize,
    /// Lines that only begin with a level word.
    pub(crate) level: usize,
    /// Lines without time or level that name a known failure.
    pub(crate) bare: usize,
    pub(crate) binary: usize,
    pub(crate) filled: usize,
}

/// The state between two lines.
#[derive(Default)]
pub(crate) struct Fold {
    pending: Option<Pending>,
    blank: usize,
    key_lines: usize,
    bare_tried: usize,
    clean: String,
    unescaped: String,
    pub(crate) signs: Signs,
    /// Bytes handed to a scanner.
    pub(crate) work: u64,
}

impl Fold {
    /// Takes the next physical line.
    pub(crate) fn line(&mut self, raw: RawLine<'_>, sink: &mut impl Sink) {
        let mut scratch = std::mem::take(&mut self.clean);
        let mut unescaped = std::mem::take(&mut self.unescaped);
        self.work += raw.text.len() as u64;
        match clean(raw.text, &mut scratch) {
            Cleaned::Binary => {
                self.signs.binary += 1;
                self.signs.filled += 1;
            }
            Cleaned::Text(text) => self.text(raw, text.trim_end(), &mut unescaped, sink),
        }
        self.clean = scratch;
        self.unescaped = unescaped;
    }

    /// Nothing follows.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        if let Some(entry) = self.pending.take() {
            sink.entry(entry);
        }
    }

    fn text(&mut self, raw: RawLine<'_>, text: &str, unescaped: &mut String, sink: &mut impl Sink) {
        let text = text.strip_prefix("> ").unwrap_or(text);
        let line = text.trim_start();
        if line.is_empty() {
            self.blank += 1;
            return;
        }
        self.signs.filled += 1;
        if self.in_private_key(line) {
            return;
        }
        self.work += line.len() as u64;
        let parsed = if continues(line) || opens(line) { None } else { parse(line, unescaped) };
        match parsed {
            Some(parsed) => self.parsed(raw, parsed, sink),
            None => self.loose(raw, text, line, sink),
        }
        self.blank = 0;
    }

    /// Private keys are passed over whole, so that no part of one can be quoted.
    fn in_private_key(&mut self, line: &str) -> bool {
        if self.key_lines > 0 {
            self.key_lines = if line.contains("-----END") { 0 } else { self.key_lines - 1 };
            // Lines with a time of their own in front of the key's lines still have the key as their last word.
            let last = line.rsplit(' ').next().unwrap_or(line);
            let is_key = last.len() >= 4
                && last
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-'));
            if is_key || self.key_lines == 0 {
                return true;
            }
            self.key_lines = 0;
        }
        if line.contains("-----BEGIN") && !line.contains("-----END") {
            self.key_lines = MAX_KEY_LINES;
        }
        false
    }

    /// A line that stands by itself.
    fn parsed(&mut self, raw: RawLine<'_>, parsed: Parsed<'_>, sink: &mut impl Sink) {
        let certain = match (parsed.stamp, parsed.format) {
            (
                _,
                Format::Journald
                | Format::Klog
                | Format::KubernetesTable
                | Format::Json
                | Format::Logfmt
                | Format::Syslog5424,
            ) => true,
            (Some(stamp), Format::Plain) => {
                stamp.kind != crate::time::TimeKind::ClockOnly || parsed.level.is_some()
            }
            (Some(_), _) => true,
            (None, _) => parsed.source.is_some(),
        };
        if certain {
            self.signs.certain += 1;
        } else if parsed.stamp.is_some() {
            self.signs.clock += 1;
        } else {
            self.signs.level += 1;
        }
        if let Some(request) = &parsed.request {
            sink.request(request);
        }
        // Traces whose every line carries a time, and PostgreSQL's details, belong to the entry above.
        let message = parsed.message.trim_start();
        let inside = continues(message)
            || (parsed.format == Format::Postgres
                && ["DETAIL:", "HINT:", "STATEMENT:", "CONTEXT:", "QUERY:"]
                    .iter()
                    .any(|part| message.starts_with(part)));
        if inside
            && let Some(pending) = &mut self.pending
            && pending.source.as_deref() == parsed.source
        {
            pending.trace.feed(&parsed.message);
            return;
        }
        if let Some(pending) = &mut self.pending
            && pending.trace.is_real()
            && parsed.stamp.is_some()
            && parsed.level.is_none()
            && pending.source.as_deref() == parsed.source
            && pending.trace.accepts(message)
        {
            pending.trace.feed(&parsed.message);
            return;
        }
        self.finish(sink);
        let mut trace = Trace::default();
        if opens(message) {
            trace.feed(message);
        }
        if let Some(stack) = &parsed.stack {
            self.work += stack.len() as u64;
            for line in stack.split('\n').take(400) {
                trace.feed(line);
            }
        }
        self.pending = Some(Pending {
            line: raw.number,
            start: raw.start,
            stamp: parsed.stamp,
            level: parsed.level,
            format: parsed.format,
            source: parsed.source.map(str::to_owned),
            message: clip(&parsed.message, MAX_MESSAGE).to_owned(),
            status: parsed.request.and_then(|request| request.status),
            trace,
        });
    }

    /// A line without a time or level of its own.
    fn loose(&mut self, raw: RawLine<'_>, text: &str, line: &str, sink: &mut impl Sink) {
        let indented = text.len() > line.len();
        if let Some(pending) = &mut self.pending {
            // Spring Boot leaves an empty line between an error and its trace.
            let follows = opens(line)
                && (self.blank == 0
                    || self.blank == 1 && pending.level.is_some_and(|level| level >= Level::Error));
            let near = self.blank == 0 || follows || (pending.trace.is_real() && self.blank <= 2);
            let traced = continues(line) || pending.trace.accepts(line);
            let mine = !opens(line)
                || pending.trace.is_real()
                || (!crashes(line) && pending.level.is_none_or(|level| level >= Level::Warn));
            if near && mine && (traced || follows || self.blank == 0 && indented) {
                pending.trace.feed(text);
                return;
            }
        }
        if opens(line) {
            self.start_bare(raw, line, Format::Trace, sink);
            return;
        }
        // What programs print about themselves: `psql: error: connection refused`.
        let program = line.split(' ').next().unwrap_or(line);
        let says =
            (program.ends_with(':') && program.len() <= 24) || starts_with_ignoring_case(line, "dial tcp");
        if says && self.bare_tried < MAX_BARE_TRIED {
            self.bare_tried += 1;
            self.work += line.len() as u64;
            if cause::of_text(clip(line, MAX_MESSAGE)).is_some() {
                self.signs.bare += 1;
                self.start_bare(raw, line, Format::Plain, sink);
            }
        }
    }

    fn start_bare(&mut self, raw: RawLine<'_>, line: &str, format: Format, sink: &mut impl Sink) {
        self.finish(sink);
        let mut trace = Trace::default();
        trace.feed(line);
        self.pending = Some(Pending {
            line: raw.number,
            start: raw.start,
            stamp: None,
            level: Some(Level::Error),
            format,
            source: None,
            message: clip(line, MAX_MESSAGE).to_owned(),
            status: None,
            trace,
        });
    }
}
