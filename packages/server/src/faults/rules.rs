//! The rules of contract 6.2 as they are written in JSON, checked so that a rule that exists can be obeyed.
//!
//! Deciding when a rule fires is `engine`'s business; carrying a fault out is `effects`'.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Body of `PUT /__faults`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    #[serde(default)]
    pub(crate) seed: u64,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    #[serde(default)]
    pub(crate) id: Option<String>,
    #[serde(default, rename = "match")]
    pub(crate) pattern: Pattern,
    #[serde(default)]
    pub(crate) when: When,
    #[serde(default)]
    pub(crate) latency_ms: Latency,
    pub(crate) fault: Fault,
}

/// Which requests a rule looks at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pattern {
    #[serde(default)]
    pub(crate) method: Option<String>,
    /// `*` is one segment, `**` at the end any rest; absent is every path.
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// The Idempotency-Key.
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) body_contains: Option<String>,
}

/// Which of the matching requests a rule takes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    #[serde(default)]
    pub(crate) skip: u64,
    #[serde(default = "one")]
    pub(crate) every: u64,
    #[serde(default)]
    pub(crate) count: Option<u64>,
    #[serde(default = "certain")]
    pub(crate) probability: f64,
}

impl Default for When {
    fn default() -> Self {
        Self { skip: 0, every: one(), count: None, probability: certain() }
    }
}

fn one() -> u64 {
    1
}

fn certain() -> f64 {
    1.0
}

/// Milliseconds to wait: a number, or a range to draw from evenly.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Latency {
    Fixed(u64),
    Between(u64, u64),
}

impl Default for Latency {
    fn default() -> Self {
        Self::Fixed(0)
    }
}

impl Latency {
    /// The smallest and the largest wait.
    pub(crate) fn bounds(self) -> (u64, u64) {
        match self {
            Self::Fixed(ms) => (ms, ms),
            Self::Between(min, max) => (min, max),
        }
    }
}

/// What happens to a request that a rule takes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// Latency only; later rules see the request too.
    None {},
    /// This answer instead of the handler's.
    Status(StatusFault),
    /// The connection is closed before the handler.
    DropRequest {},
    /// The handler runs; of its answer's bytes (head included) `after_bytes` leave, then the connection is closed.
    DropResponse {
        #[serde(default)]
        after_bytes: usize,
    },
    /// The handler gets the request twice; the first answer is sent.
    Duplicate {
        #[serde(default)]
        gap_ms: u64,
    },
    /// A sign-in page in between.
    Html {
        #[serde(default = "ok")]
        status: u16,
    },
    /// The handler runs; the head promises the whole body, `bytes` of it leave, then the connection is closed.
    Truncate {
        #[serde(default = "forty")]
        bytes: usize,
    },
    /// Assistant rows are left out of the message list.
    OmitAssistant {},
    /// Rows committed less than `for_ms` ago are left out of lists.
    HideRows { for_ms: u64 },
    /// No answer; the connection is closed after `for_ms`, or when released.
    Hang {
        #[serde(default)]
        for_ms: Option<u64>,
        #[serde(default)]
        commit: bool,
    },
}

fn ok() -> u16 {
    200
}

fn forty() -> usize {
    40
}

impl Fault {
    /// The name as it stands in rules and in the log.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None {} => "none",
            Self::Status(_) => "status",
            Self::DropRequest {} => "drop_request",
            Self::DropResponse { .. } => "drop_response",
            Self::Duplicate { .. } => "duplicate",
            Self::Html { .. } => "html",
            Self::Truncate { .. } => "truncate",
            Self::OmitAssistant {} => "omit_assistant",
            Self::HideRows { .. } => "hide_rows",
            Self::Hang { .. } => "hang",
        }
    }
}

/// The answer of a `status` fault.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusFault {
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<Value>,
    #[serde(default)]
    pub(crate) retry_after: Option<RetryAfter>,
    #[serde(default)]
    pub(crate) commit: bool,
}

/// How a `status` fault asks for a wait.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetryAfter {
    /// `Retry-After: n`.
    #[serde(default)]
    pub(crate) seconds: Option<u64>,
    /// `Retry-After` as a date that many seconds ahead.
    #[serde(default)]
    pub(crate) http_date_in: Option<u64>,
    /// `retry_after` in the body.
    #[serde(default)]
    pub(crate) body_seconds: Option<u64>,
}

impl Rule {
    /// Refuses what serde lets through but nobody could obey. The error is a sentence for `detail`.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (min, max) = self.latency_ms.bounds();
        if min > max {
            return Err(format!("latency_ms needs its smaller number first, but is [{min}, {max}]."));
        }
        if self.when.every == 0 {
            return Err("every must be 1 or more.".to_owned());
        }
        if !(0.0..=1.0).contains(&self.when.probability) {
            return Err("probability must be from 0 to 1.".to_owned());
        }
        if let Some(path) = &self.pattern.path {
            check_path(path)?;
        }
        match &self.fault {
            Fault::Html { status } => check_status(*status),
            Fault::Status(answer) => {
                check_status(answer.status)?;
                answer.headers.iter().try_for_each(|(name, value)| {
                    let good = HeaderName::from_bytes(name.as_bytes()).is_ok()
                        && HeaderValue::from_str(value).is_ok();
                    if good { Ok(()) } else { Err(format!("{name:?} can't be sent as a header.")) }
                })
            }
            _ => Ok(()),
        }
    }
}

fn check_path(path: &str) -> Result<(), String> {
    if !path.starts_with('/') {
        return Err(format!("path must begin with a slash, but is {path:?}."));
    }
    let mut segments = path.split('/').rev();
    segments.next();
    if segments.any(|segment| segment == "**") {
        return Err(format!("** must be the last segment of a path, but the path is {path:?}."));
    }
    Ok(())
}

fn check_status(status: u16) -> Result<(), String> {
    match StatusCode::from_u16(status) {
        Ok(code) if !code.is_informational() => Ok(()),
        _ => Err(format!("status must be from 200 to 999, but is {status}.")),
    }
}

/// Whether `path` (without query) fits `pattern`.
pub(crate) fn path_fits(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (Some("**"), _) | (None, None) => return true,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(name), Some(segment)) if name == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment_and_two_are_any_rest() {
        assert!(path_fits("/api/v1/cases/*/turns", "/api/v1/cases/c1/turns"));
        assert!(!path_fits("/api/v1/cases/*/turns", "/api/v1/cases/c1/x/turns"));
        assert!(!path_fits("/api/v1/cases/*", "/api/v1/cases/"));
        assert!(path_fits("/api/v1/**", "/api/v1/cases/c1/turns"));
        assert!(path_fits("/api/v1/**", "/api/v1"));
        assert!(!path_fits("/api/v1/cases", "/api/v1/cases/c1"));
        assert!(path_fits("/**", "/"));
    }

    #[test]
    fn unknown_fields_are_refused_at_every_level() {
        for text in [
            r#"{"fault":{"kind":"none"},"colour":1}"#,
            r#"{"fault":{"kind":"none","status":1}}"#,
            r#"{"match":{"verb":"GET"},"fault":{"kind":"none"}}"#,
            r#"{"when":{"often":1},"fault":{"kind":"none"}}"#,
            r#"{"fault":{"kind":"hang","for":1}}"#,
            r#"{"fault":{"kind":"status","status":503,"retry_after":{"minutes":1}}}"#,
            r#"{"fault":{"kind":"explode"}}"#,
        ] {
            assert!(serde_json::from_str::<Rule>(text).is_err(), "{text}");
        }
    }
}
