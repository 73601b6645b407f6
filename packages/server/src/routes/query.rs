//! Query strings: numbers within bounds and flags, refused with the field's name when they are wrong.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::refusal::Refusal;
use crate::words;

/// The fields of a query string, first one wins.
pub(crate) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Query::from_request_parts(parts, state).await.map(|Query(fields)| Self(fields)).map_err(|error| {
            Refusal::bad_request(format!("The query string can't be read: {}.", error.body_text()))
        })
    }
}

impl Fields {
    /// The text of a field; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A whole number from `min` to `max`.
    pub(crate) fn number(&self, name: &str, default: u32, (min, max): (u32, u32)) -> Result<u32, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        match text.parse() {
            Ok(number) if (min..=max).contains(&number) => Ok(number),
            _ => Err(Refusal::field_error("query", name, "value_error", words::range(min, max))),
        }
    }

    /// A yes or no.
    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(default),
            Some("true" | "1" | "yes" | "on") => Ok(true),
            Some("false" | "0" | "no" | "off") => Ok(false),
            Some(_) => Err(Refusal::field_error("query", name, "bool_parsing", "Needs true or false.")),
        }
    }

    /// `limit` from 1 to 100 and `offset`.
    pub(crate) fn page(&self, default_limit: u32) -> Result<(u32, u32), Refusal> {
        Ok((
            self.number("limit", default_limit, (1, 100))?,
            self.number("offset", 0, (0, i32::MAX.unsigned_abs()))?,
        ))
    }
}
