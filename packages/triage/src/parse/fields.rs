//! The names that programs give to the same things: time, level, message, service, error, request.
//!
//! Filled by [`super::json`] and [`super::logfmt`]; leaves out how pairs are found in a line.

use std::borrow::Cow;

use super::{Format, Parsed, Request, whole_stamp};
use crate::level::Level;

/// One value as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// Between quotes, with backslashes as they stand in the line.
    Quoted(&'a str),
    /// A number, a word, `true`, `null`.
    Bare(&'a str),
}

impl<'a> Value<'a> {
    fn raw(self) -> &'a str {
        match self {
            Self::Quoted(raw) | Self::Bare(raw) => raw,
        }
    }

    /// The text that was meant: a JSON string's escapes undone. What is not a valid string stays as written.
    pub(super) fn text(self) -> Cow<'a, str> {
        match self {
            Self::Quoted(raw) if raw.contains('\\') => match serde_json::from_str(&format!("\"{raw}\"")) {
                Ok(text) => Cow::Owned(text),
                Err(_) => Cow::Borrowed(raw),
            },
            Self::Quoted(raw) | Self::Bare(raw) => Cow::Borrowed(raw),
        }
    }
}

/// What has been recognised so far. Where two names mean the same, the first in the line wins.
#[derive(Default)]
pub(super) struct Fields<'a> {
    time: Option<&'a str>,
    level: Option<Value<'a>>,
    message: Option<Value<'a>>,
    error: Option<Value<'a>>,
    stack: Option<Value<'a>>,
    source: Option<(u8, &'a str)>,
    method: Option<&'a str>,
    path: Option<&'a str>,
    status: Option<u16>,
    took_ms: Option<f64>,
    journald: bool,
}

/// `12.5ms`, `1.2s`, `300µs`; a bare number counts in `default_unit` milliseconds.
fn duration_ms(text: &str, default_unit: Option<f64>) -> Option<f64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let factor = match unit {
        "" => default_unit?,
        "ns" => 1e-6,
        "us" | "µs" | "μs" => 1e-3,
        "ms" => 1.0,
        "s" => 1000.0,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * factor).filter(|ms| ms.is_finite())
}

impl<'a> Fields<'a> {
    /// Takes one pair. `parent` is the key of the object around it, empty at the top.
    pub(super) fn put(&mut self, parent: &str, key: &str, value: Value<'a>) {
        let (parent, key) = match key.rsplit_once('.') {
            Some((path, last)) if parent.is_empty() => (path.rsplit('.').next().unwrap_or(path), last),
            _ => (parent, key),
        };
        let mut lower = [0_u8; 24];
        let Some(name) = lower.get_mut(..key.len()) else {
            return;
        };
        name.copy_from_slice(key.as_bytes());
        name.make_ascii_lowercase();
        let raw = value.raw();
        if raw.is_empty() || raw == "null" || raw == "-" {
            return;
        }
        let top = parent.is_empty();
        match &*name {
            b"time"
            | b"timestamp"
            | b"@timestamp"
            | b"ts"
            | b"date"
            | b"datetime"
            | b"@t"
            | b"asctime"
            | b"t"
            | b"eventtime"
            | b"event_time"
            | b"timemillis"
            | b"time_iso8601"
            | b"logged_at"
            | b"start_time"
            | b"__realtime_timestamp"
                if top =>
            {
                self.journald |= name.starts_with(b"__");
                self.time.get_or_insert(raw);
            }
            b"level" | b"lvl" | b"severity" | b"levelname" | b"log_level" | b"loglevel" | b"@l"
            | b"severitytext" | b"severity_text" | b"priority" | b"prio"
                if top || parent == "log" =>
            {
                self.level.get_or_insert(value);
            }
            b"message" | b"msg" | b"@m" | b"short_message" | b"textpayload" | b"log" | b"event" | b"body"
            | b"@mt"
                if top || parent == "jsonPayload" || parent == "fields" =>
            {
                self.message.get_or_insert(value);
            }
            b"error" | b"err" | b"cause" | b"exception_message" | b"error_message" | b"@x"
                if top || parent == "fields" =>
            {
                if name == b"@x" {
                    self.stack.get_or_insert(value);
                } else {
                    self.error.get_or_insert(value);
                }
            }
            b"message" | b"msg" | b"reason"
                if matches!(parent, "error" | "err" | "exception" | "thrown" | "cause") =>
            {
                self.error.get_or_insert(value);
            }
            b"stack_trace"
            | b"stack"
            | b"stacktrace"
            | b"exception"
            | b"exc_info"
            | b"traceback"
            | b"extendedstacktrace" => {
                self.stack.get_or_insert(value);
            }
            b"method" | b"http_method" | b"request_method" | b"verb" => {
                self.method.get_or_insert(raw);
            }
            b"path" | b"uri" | b"url" | b"request_uri" | b"route" | b"http_path" | b"target"
            | b"original"
                if raw.starts_with('/') || raw.starts_with("http") =>
            {
                self.path.get_or_insert(raw);
            }
            b"status" | b"status_code" | b"statuscode" | b"http_status" | b"response_status"
            | b"response_code" | b"code" => {
                self.status =
                    self.status.or_else(|| raw.parse().ok().filter(|status| (100..600).contains(status)));
            }
            b"duration_ms" | b"latency_ms" | b"elapsed_ms" | b"took_ms" | b"response_time_ms"
            | b"responsetime" | b"duration_millis" => self.took(raw, Some(1.0)),
            b"request_time"
            | b"upstream_response_time"
            | b"duration_s"
            | b"latency_s"
            | b"elapsed_seconds" => self.took(raw, Some(1000.0)),
            b"duration" | b"latency" | b"elapsed" | b"took" | b"response_time" => {
                self.took(raw, None);
            }
            b"service" | b"app" | b"application" | b"service_name" | b"servicename" => {
                self.name(0, raw);
            }
            b"name" if matches!(parent, "service" | "app") => self.name(0, raw),
            b"_systemd_unit" => self.name(1, raw.trim_end_matches(".service")),
            b"syslog_identifier" | b"container" | b"container_name" | b"component" | b"program" => {
                self.name(2, raw);
            }
            b"name" if matches!(parent, "container" | "pod") => self.name(3, raw),
            b"pod" | b"pod_name" => self.name(3, raw),
            b"logger" | b"logger_name" | b"loggername" | b"module" if top || parent == "log" => {
                self.name(4, raw);
            }
            b"name" if top => self.name(4, raw),
            _ => {}
        }
    }

    fn took(&mut self, raw: &str, default_unit: Option<f64>) {
        self.took_ms = self.took_ms.or_else(|| duration_ms(raw, default_unit));
    }

    fn name(&mut self, rank: u8, raw: &'a str) {
        if self.source.is_none_or(|(known, _)| rank < known) && raw.len() <= 80 {
            self.source = Some((rank, raw));
        }
    }

    /// The record, if these pairs are a log line: a time or a level, and something said.
    pub(super) fn finish(self, format: Format) -> Option<Parsed<'a>> {
        let stamp = self.time.and_then(whole_stamp);
        let level = self.level.and_then(|value| match value.raw().parse::<i64>() {
            Ok(number) => Level::from_number(number),
            Err(_) => Level::parse(value.raw()),
        });
        let says = self.message.is_some()
            || self.error.is_some()
            || self.stack.is_some()
            || (self.path.is_some() && self.status.is_some());
        if !says || (stamp.is_none() && level.is_none()) {
            return None;
        }
        let mut message = self.message.map_or(Cow::Borrowed(""), Value::text);
        if let Some(error) = self
            .error
            .map(Value::text)
            .filter(|error| !matches!(&**error, "true" | "false") && !message.contains(&**error))
        {
            message = if message.is_empty() { error } else { Cow::Owned(format!("{message}: {error}")) };
        }
        let mut level = level;
        let mut request = None;
        if let (Some(path), Some(status)) = (self.path, self.status) {
            let method = self.method.unwrap_or("");
            let sep = if message.is_empty() || method.is_empty() { "" } else { " " };
            let shown = path.split(['?', '#']).next().unwrap_or(path);
            message = Cow::Owned(format!("{message}{sep}{method} {shown} HTTP {status}").trim().to_owned());
            level = level.max(Some(Level::from_status(status)));
            request = Some(Request { method, path, status: Some(status), took_ms: self.took_ms });
        }
        let format = if self.journald { Format::Journald } else { format };
        Some(Parsed {
            format,
            stamp,
            level,
            source: self.source.map(|(_, name)| name),
            message,
            stack: self.stack.map(Value::text),
            request,
        })
    }
}
