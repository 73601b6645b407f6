//! Who is who: local ids, server ids, stable keys and the one link table between them.
//!
//! Two id spaces that cannot be confused: an [`OptimisticId`] is minted here and never leaves the
//! device, a [`RealId`] is issued by the server. There is no conversion between them. [`CaseKey`]
//! and [`MessageKey`] are what rows are called for life (I9), whichever space they were born in.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

mod id_map;
mod keys;

pub use id_map::{IdMap, LinkError};
pub use keys::{CaseKey, MessageKey};

/// The prefix that no server id may carry (I14).
const OPTIMISTIC_PREFIX: &str = "opt_";

/// Longest server id that is believed; longer ones are contamination, not ids.
const REAL_ID_MAX_BYTES: usize = 255;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty or longer than 255 bytes.
    #[error("an id has 1 to 255 bytes, this one has {0}")]
    Length(usize),
    /// A server id that looks like one of ours (I14).
    #[error("a server id never starts with opt_")]
    LooksOptimistic,
    /// A character that has no place in a path segment.
    #[error("an id is made of visible ASCII without / ? # %, this one holds {0:?}")]
    Character(char),
    /// Not of the form `opt_<type>_<unix ms>_<counter>`.
    #[error("a local id has the form opt_<case|msg|op>_<unix ms>_<counter>")]
    NotOptimistic,
    /// Not a UUID.
    #[error("an operation id is a UUID")]
    NotUuid,
}

/// What a local id was minted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdType {
    /// A case.
    Case,
    /// A message row.
    Message,
    /// An operation, in the export format of the earlier extension.
    Operation,
}

impl IdType {
    const fn word(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Message => "msg",
            Self::Operation => "op",
        }
    }
}

/// An id minted on this device: `opt_<type>_<unix ms>_<counter>`.
///
/// The counter starts at a random value per instance, so that two windows, users or machines that
/// mint in the same millisecond do not mint the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OptimisticId {
    kind: IdType,
    unix_ms: u64,
    counter: u64,
}

impl OptimisticId {
    pub(crate) const fn new(kind: IdType, unix_ms: u64, counter: u64) -> Self {
        Self { kind, unix_ms, counter }
    }

    /// What the id was minted for.
    #[must_use]
    pub const fn kind(self) -> IdType {
        self.kind
    }
}

impl fmt::Display for OptimisticId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPTIMISTIC_PREFIX}{}_{}_{}", self.kind.word(), self.unix_ms, self.counter)
    }
}

impl FromStr for OptimisticId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let rest = text.strip_prefix(OPTIMISTIC_PREFIX).ok_or(IdError::NotOptimistic)?;
        let mut parts = rest.split('_');
        let kind = match parts.next() {
            Some("case") => IdType::Case,
            Some("msg") => IdType::Message,
            Some("op") => IdType::Operation,
            _ => return Err(IdError::NotOptimistic),
        };
        let mut number = || parts.next().and_then(|p| p.parse().ok()).ok_or(IdError::NotOptimistic);
        let (unix_ms, counter) = (number()?, number()?);
        if parts.next().is_some() {
            return Err(IdError::NotOptimistic);
        }
        Ok(Self { kind, unix_ms, counter })
    }
}

/// An id that the server issued. Parsing is the boundary check: whatever passes may stand in a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Arc<str>", into = "Arc<str>")]
pub struct RealId(Arc<str>);

impl RealId {
    /// Checks a server id.
    ///
    /// # Errors
    /// [`IdError`] when the text is empty, too long, looks like a local id, or could change the
    /// meaning of a path.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.len() > REAL_ID_MAX_BYTES {
            return Err(IdError::Length(text.len()));
        }
        if text.starts_with(OPTIMISTIC_PREFIX) {
            return Err(IdError::LooksOptimistic);
        }
        let stray = text.chars().find(|c| !c.is_ascii_graphic() || matches!(c, '/' | '?' | '#' | '%' | '\\'));
        if let Some(stray) = stray {
            return Err(IdError::Character(stray));
        }
        if text.bytes().all(|b| b == b'.') {
            return Err(IdError::Character('.'));
        }
        Ok(Self(Arc::from(text)))
    }

    /// The id as the server wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Ordered and hashed as its text is.
impl Borrow<str> for RealId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Arc<str>> for RealId {
    type Error = IdError;
    fn try_from(text: Arc<str>) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<RealId> for Arc<str> {
    fn from(id: RealId) -> Self {
        id.0
    }
}

/// The id of one intention of the user, and the `Idempotency-Key` of every attempt to carry it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(uuid::Uuid);

impl OperationId {
    pub(crate) const fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for OperationId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        uuid::Uuid::try_parse(text).map(Self).map_err(|_| IdError::NotUuid)
    }
}

#[cfg(test)]
mod tests;
