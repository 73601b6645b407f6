//! The `client_id` of this installation (contract 2.2).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Shortest and longest id that is believed when it is read back.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

/// Made once per installation and kept: the same id resumes a live session.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstallationId(String);

impl InstallationId {
    /// A new id; `None` when the device gives no random numbers.
    #[must_use]
    pub fn random() -> Option<Self> {
        let mut bytes = [0_u8; 8];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(format!("inst-{:016x}", u64::from_be_bytes(bytes))))
    }

    /// Reads a stored id: 8 to 64 letters, digits, `-` and `_`. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        (plain && LENGTHS.contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// The id as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstallationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for InstallationId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("an installation id has 8 to 64 letters, digits, - and _")
    }
}

impl From<InstallationId> for String {
    fn from(id: InstallationId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_differ_and_survive_storage() {
        let (one, two) = (InstallationId::random().unwrap(), InstallationId::random().unwrap());
        assert_ne!(one, two);
        let stored = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<InstallationId>(&stored).unwrap(), one);
        assert!(serde_json::from_str::<InstallationId>("\"../x\"").is_err());
    }
}
