//! The multipart form of a turn, read, checked against the limits, and ready to be stored as the request of a job.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::intent::{self, Intent};
use crate::options::{ALLOWED_EXTENSIONS, MAX_FILE_BYTES, MAX_TEXT_BYTES};
use crate::refusal::Refusal;
use crate::{secrets, words};

/// Longest file name that is kept, in characters.
const MAX_NAME_CHARS: usize = 255;

/// Bytes at the start of a file in which a zero byte marks it as binary.
const BINARY_PROBE: usize = 8 * 1024;

/// What the user sent in one turn.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TurnForm {
    /// The user's own words.
    pub(crate) query: Option<String>,
    /// Pasted data and the uploaded file, in this order.
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) source_url: Option<String>,
    pub(crate) observed_at: Option<String>,
    pub(crate) intent: Intent,
}

/// Data that came with a turn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) source: UploadSource,
    pub(crate) hash: String,
    /// Kept beside the database, under `hash`.
    #[serde(skip)]
    pub(crate) bytes: Bytes,
}

/// How data came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UploadSource {
    FileUpload,
    Paste,
    PageCapture,
}

impl UploadSource {
    /// The name on the wire and in the store.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FileUpload => "file_upload",
            Self::Paste => "paste",
            Self::PageCapture => "page_capture",
        }
    }
}

impl Attachment {
    fn new(filename: String, content_type: Option<String>, source: UploadSource, bytes: Bytes) -> Self {
        Self { filename, content_type, source, hash: secrets::content_digest(&bytes), bytes }
    }

    /// The content as text; `None` for what is no text.
    pub(crate) fn text(&self) -> Option<String> {
        decode(&self.bytes)
    }
}

impl TurnForm {
    /// Reads the form of a request.
    pub(crate) async fn read(request: Request) -> Result<Self, Refusal> {
        let mut fields = Fields::default();
        each_part(request, |name, filename, content_type, bytes| {
            fields.take(name, filename, content_type, bytes)
        })
        .await?;
        fields.check()
    }

    /// A turn of words alone.
    pub(crate) fn asking(query: String) -> Result<Self, Refusal> {
        Fields { query: Some(query), ..Fields::default() }.check()
    }

    /// Reads the form of an upload in the queries dialect: `file` and an optional `description`.
    pub(crate) async fn read_upload(request: Request) -> Result<Self, Refusal> {
        let mut fields = Fields::default();
        each_part(request, |name, filename, content_type, bytes| match name {
            "file" => fields.take("files", filename, content_type, bytes),
            "description" => fields.take("query", filename, content_type, bytes),
            _ => Ok(()),
        })
        .await?;
        if fields.file.is_none() {
            return Err(Refusal::invalid("file", words::NO_FILE));
        }
        fields.check()
    }

    /// A digest of every field and of the file bytes: equal for every faithful retry, whatever its boundary.
    pub(crate) fn fingerprint(&self) -> Result<String, Refusal> {
        let described = serde_json::to_vec(self).map_err(|_| Refusal::internal())?;
        Ok(secrets::content_digest(&Sha256::digest(described)))
    }

    /// All text of the turn in bytes, which decides between an answer now and a job.
    pub(crate) fn text_bytes(&self) -> usize {
        let attached: usize = self.attachments.iter().map(|attachment| attachment.bytes.len()).sum();
        self.query.as_ref().map_or(0, String::len) + attached
    }

    /// What the user row of the conversation says.
    pub(crate) fn question(&self) -> String {
        match &self.query {
            Some(query) => query.clone(),
            None => {
                let files = self
                    .attachments
                    .iter()
                    .filter(|attachment| attachment.source == UploadSource::FileUpload);
                words::question_about(&files.map(|file| file.filename.clone()).collect::<Vec<_>>())
            }
        }
    }

    /// Everything an assistant is to read: the question and all attachments that are text.
    pub(crate) fn full_text(&self) -> String {
        let mut text = self.query.clone().unwrap_or_default();
        for attached in self.attachments.iter().filter_map(Attachment::text) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&attached);
        }
        text
    }
}

/// Hands over each part of a multipart form: name, file name, content type, content.
async fn each_part(
    request: Request,
    mut take: impl FnMut(&str, Option<String>, Option<String>, Bytes) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.to_ascii_lowercase().starts_with("multipart/form-data"));
    if !is_form {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::new(status, "UNSUPPORTED_MEDIA_TYPE", words::NOT_MULTIPART));
    }
    let broken = |reason: String| Refusal::bad_request(words::form_broken(reason.trim_end_matches('.')));
    let mut parts =
        Multipart::from_request(request, &()).await.map_err(|rejection| broken(rejection.body_text()))?;
    while let Some(part) = parts.next_field().await.map_err(|error| broken(error.body_text()))? {
        let name = part.name().unwrap_or_default().to_owned();
        let filename = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|error| broken(error.body_text()))?;
        take(&name, filename, content_type, bytes)?;
    }
    Ok(())
}

/// The content hashes that a stored request refers to.
pub(crate) fn stored_hashes(request: &str) -> Vec<String> {
    let form: Option<TurnForm> = serde_json::from_str(request).ok();
    form.map(|form| form.attachments.into_iter().map(|attachment| attachment.hash).collect())
        .unwrap_or_default()
}

#[derive(Default)]
struct Fields {
    query: Option<String>,
    pasted: Option<Bytes>,
    file: Option<Attachment>,
    input_type: Option<String>,
    source_url: Option<String>,
    observed_at: Option<String>,
    intent_type: Option<String>,
    intent_data: Option<String>,
}

impl Fields {
    fn take(
        &mut self,
        name: &str,
        filename: Option<String>,
        content_type: Option<String>,
        bytes: Bytes,
    ) -> Result<(), Refusal> {
        match name {
            "files" => return self.take_file(filename, content_type, bytes),
            "pasted_content" => {
                text(name, &bytes)?;
                self.pasted = Some(bytes).filter(|bytes| !bytes.trim_ascii().is_empty());
            }
            "query" => {
                self.query = Some(text(name, &bytes)?).filter(|query| !query.trim().is_empty());
            }
            "input_type" => self.input_type = Some(text(name, &bytes)?),
            "source_url" => self.source_url = Some(text(name, &bytes)?),
            "observed_at" => self.observed_at = Some(text(name, &bytes)?),
            "intent_type" => self.intent_type = Some(text(name, &bytes)?),
            "intent_data" => self.intent_data = Some(text(name, &bytes)?),
            _ => {}
        }
        Ok(())
    }

    fn take_file(
        &mut self,
        filename: Option<String>,
        content_type: Option<String>,
        bytes: Bytes,
    ) -> Result<(), Refusal> {
        let name = display_name(filename.as_deref().unwrap_or_default());
        // A browser sends an empty, nameless part for a file input that was left empty.
        if name.is_empty() && bytes.is_empty() {
            return Ok(());
        }
        if self.file.is_some() {
            return Err(Refusal::invalid("files", words::ONE_FILE));
        }
        if bytes.len() > MAX_FILE_BYTES {
            return Err(Refusal::too_large("The file", MAX_FILE_BYTES));
        }
        let lower = name.to_lowercase();
        if !ALLOWED_EXTENSIONS.iter().any(|extension| lower.ends_with(extension)) {
            return Err(Refusal::invalid("files", words::extension_refused(&ALLOWED_EXTENSIONS)));
        }
        self.file = Some(Attachment::new(name, content_type, UploadSource::FileUpload, bytes));
        Ok(())
    }

    fn check(self) -> Result<TurnForm, Refusal> {
        let text_bytes =
            self.query.as_ref().map_or(0, String::len) + self.pasted.as_ref().map_or(0, Bytes::len);
        if text_bytes > MAX_TEXT_BYTES {
            return Err(Refusal::too_large("The text", MAX_TEXT_BYTES));
        }
        let intent = intent::read(self.intent_type.as_deref(), self.intent_data.as_deref())?;
        let captured = self.input_type.as_deref() == Some("page_capture");
        let pasted = self.pasted.map(|bytes| {
            let (name, source) = if captured {
                ("captured-page.txt", UploadSource::PageCapture)
            } else {
                ("pasted-text.txt", UploadSource::Paste)
            };
            Attachment::new(name.to_owned(), Some("text/plain".to_owned()), source, bytes)
        });
        let attachments: Vec<Attachment> = pasted.into_iter().chain(self.file).collect();
        if self.query.is_none() && attachments.is_empty() {
            return Err(Refusal::bad_request(words::EMPTY_TURN));
        }
        Ok(TurnForm {
            query: self.query,
            attachments,
            source_url: self.source_url,
            observed_at: self.observed_at,
            intent,
        })
    }
}

fn text(field: &str, bytes: &Bytes) -> Result<String, Refusal> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Refusal::invalid(field, words::not_utf8(field)))
}

/// The last segment of a client's file name without control characters. It is shown and never used as a path.
fn display_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect::<String>().trim().to_owned()
}

/// Reads UTF-8, UTF-16 with a byte order mark, and text with a few bad bytes.
fn decode(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => return Some(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => return Some(utf16(rest, u16::from_be_bytes)),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let binary = bytes.iter().take(BINARY_PROBE).any(|byte| *byte == 0);
        return (!binary).then(|| text.to_owned());
    }
    if bytes.iter().take(BINARY_PROBE).any(|byte| *byte == 0) {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let bad = text.matches('\u{fffd}').count();
    (bad.saturating_mul(10) < text.chars().count()).then(|| text.into_owned())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit);
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_only_its_last_segment() {
        assert_eq!(display_name("../../etc/passwd.txt"), "passwd.txt");
        assert_eq!(display_name("C:\\logs\\a.log"), "a.log");
        assert_eq!(display_name("a\u{0}\nb.log"), "ab.log");
    }

    #[test]
    fn text_is_read_in_the_encodings_that_logs_come_in() {
        assert_eq!(decode("\u{feff}naïve".as_bytes()).as_deref(), Some("naïve"));
        assert_eq!(decode(&[0xff, 0xfe, b'h', 0, b'i', 0]).as_deref(), Some("hi"));
        assert_eq!(
            decode(b"caf\xe9 au lait, with a long enough rest").as_deref(),
            Some("caf\u{fffd} au lait, with a long enough rest")
        );
    }

    #[test]
    fn binary_garbage_is_no_text() {
        assert_eq!(decode(b"\x7fELF\x02\x01\x01\x00\x00"), None);
        assert_eq!(decode(&[0x80; 64]), None);
    }
}
