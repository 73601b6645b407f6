//! Which of the contract's two dialects a server speaks, and what proves it (contract 1).
//!
//! Left out: the first three rows of the proof, which ask without a token and live in `probe`.

use copilot_core::Millis;
use copilot_core::request::{Limits, Request};
use serde::{Deserialize, Serialize};

use crate::answer::HttpAnswer;

/// A wire dialect. Kept per server by the runtime, so that a start does not have to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Contract 2.0.0 and later: turns with their number, renewable tokens.
    Turns,
    /// The servers of 2025: questions and files apart, one opaque token.
    Queries,
}

impl Dialect {
    /// The word it is stored under.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Turns => "turns",
            Self::Queries => "queries",
        }
    }

    /// The dialect of that word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Turns, Self::Queries].into_iter().find(|dialect| dialect.as_str() == text)
    }

    /// What servers of the dialect allow that have not said it themselves. Some of 2025 take keys and do not keep them
    /// (contract 4.1), and none of them looks for texts (contract 3).
    #[must_use]
    pub fn limits(self) -> Limits {
        match self {
            Self::Turns => Limits { search: true, ..Limits::default() },
            Self::Queries => Limits { key_lifetime: Millis(0), ..Limits::default() },
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Turns => Self::Queries,
            Self::Queries => Self::Turns,
        }
    }
}

#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    cases: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    case: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    case_id: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    state: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    status: Option<serde::de::IgnoredAny>,
}

/// What a successful answer proves: rows 4 and 5. Most answers prove nothing.
pub(crate) fn shown_by(request: &Request, answer: &HttpAnswer) -> Option<Dialect> {
    if !answer.is_success() || answer.is_foreign() {
        return None;
    }
    let text = answer.text()?;
    match request {
        Request::ListCases { .. } if text.trim_start().starts_with('[') => Some(Dialect::Queries),
        Request::ListCases { .. } => {
            let shape: Shape = serde_json::from_str(text).ok()?;
            shape.cases.is_some().then_some(Dialect::Turns)
        }
        Request::ReadCase { .. } | Request::CreateCase { .. } => {
            let shape: Shape = serde_json::from_str(text).ok()?;
            match (shape.case_id.is_some(), shape.state.is_some()) {
                (true, true) => Some(Dialect::Turns),
                _ if shape.case.is_some() => Some(Dialect::Queries),
                (true, false) if shape.status.is_some() => Some(Dialect::Queries),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use copilot_core::ids::RealId;

    use super::*;
    use crate::answer::Head;

    fn shown(request: &Request, body: &str) -> Option<Dialect> {
        let head = Head { status: 200, content_type: Some("application/json".into()), ..Head::default() };
        shown_by(request, &HttpAnswer { head, body: body.into(), whole: true })
    }

    #[test]
    fn the_shape_of_a_list_or_a_case_tells_the_dialects_apart() {
        let list = Request::ListCases { offset: 0, limit: 1 };
        let read = Request::ReadCase { case: RealId::parse("c-1").unwrap() };
        for (request, body, dialect) in [
            (&list, r#"{"cases":[],"total_count":0}"#, Some(Dialect::Turns)),
            (&list, "[]", Some(Dialect::Queries)),
            (&list, "{}", None),
            (&list, "<html>", None),
            (&read, r#"{"case_id":"c-1","state":"inquiry"}"#, Some(Dialect::Turns)),
            (&read, r#"{"case_id":"c-1","status":"active"}"#, Some(Dialect::Queries)),
            (&read, r#"{"schema_version":"3.1.0","case":{"case_id":"c-1"}}"#, Some(Dialect::Queries)),
            (&read, r#"{"case_id":"c-1"}"#, None),
        ] {
            assert_eq!(shown(request, body), dialect, "{body}");
        }
    }

    #[test]
    fn a_dialect_is_kept_as_a_word() {
        for dialect in [Dialect::Turns, Dialect::Queries] {
            assert_eq!(Dialect::parse(dialect.as_str()), Some(dialect));
        }
        assert_eq!(Dialect::parse("klingon"), None);
    }
}
