//! What one turn says: the person's words and what goes with them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::case::CaseState;

/// The content of one turn. Immutable: an edited turn is a new turn with a new key (contract 4.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Turn {
    /// The person's words, newlines kept. May be empty when data goes along.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub text: Arc<str>,
    /// Pasted data, one file or one captured page; the server takes one per turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// What the turn asks of the case beyond an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intention: Option<Intention>,
}

impl Turn {
    /// A turn of words alone.
    #[must_use]
    pub fn say(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), data: None, intention: None }
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.data.as_ref().is_none_or(Data::is_empty)
    }
}

/// Data that goes with a turn.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// Text from the clipboard.
    Paste {
        /// The text.
        text: Arc<str>,
    },
    /// A file.
    File {
        /// The file's name, without folders.
        name: Arc<str>,
        /// Its media type, such as `text/plain`.
        media_type: Arc<str>,
        /// Its content.
        bytes: FileBytes,
    },
    /// The readable text of a captured page.
    Page {
        /// Where it was captured.
        url: Arc<str>,
        /// The page's title.
        title: Arc<str>,
        /// Its readable text.
        text: Arc<str>,
    },
}

impl Data {
    /// Size of the content in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Paste { text } | Self::Page { text, .. } => text.len(),
            Self::File { bytes, .. } => bytes.as_slice().len(),
        }
    }

    /// Whether there is no content.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The content of a file. Stored as text where it is text, else as base64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileBytes(Arc<[u8]>);

impl FileBytes {
    /// Takes over the content.
    #[must_use]
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The content.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredBytes<'a> {
    Text(std::borrow::Cow<'a, str>),
    Base64(String),
}

impl Serialize for FileBytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => StoredBytes::Text(text.into()),
            Err(_) => StoredBytes::Base64(crate::base64::encode(&self.0)),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FileBytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match StoredBytes::deserialize(deserializer)? {
            StoredBytes::Text(text) => Ok(Self::new(text.as_bytes())),
            StoredBytes::Base64(text) => crate::base64::decode(&text)
                .map(Self::new)
                .ok_or_else(|| serde::de::Error::custom("a file's content is not base64")),
        }
    }
}

/// What a turn asks of the case (contract 2.4, "Intents").
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intention {
    /// Move the case to another state.
    StatusTransition {
        /// The state it was shown in.
        from: CaseState,
        /// The state asked for.
        to: CaseState,
    },
    /// An answer to a question of the server; JSON text exactly as the suggested action carried it.
    Suggested(Arc<str>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_stored_as_text_where_it_is_text_and_survives_either_way() {
        for bytes in [&b"09:10 ERROR timeout"[..], &[0xff, 0x00, 0x80]] {
            let file = FileBytes::new(bytes);
            let stored = serde_json::to_string(&file).unwrap();
            assert_eq!(stored.contains("ERROR"), bytes.is_ascii());
            assert_eq!(serde_json::from_str::<FileBytes>(&stored).unwrap(), file);
        }
    }

    #[test]
    fn a_turn_of_spaces_is_blank_and_a_turn_of_data_is_not() {
        assert!(Turn::say(" \n\t").is_blank());
        let data = Some(Data::Paste { text: "x".into() });
        assert!(!Turn { data, ..Turn::default() }.is_blank());
    }
}
