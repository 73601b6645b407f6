//! `multipart/form-data` by hand (RFC 7578, in the form that browsers send it), because libraries
//! draw a random boundary and a retry has to be the same bytes.

use std::borrow::Cow;
use std::fmt::Write as _;

use copilot_core::ids::OperationId;

use super::Content;

/// Media type of a file whose own cannot stand in a header.
const BINARY: &str = "application/octet-stream";

/// Longest media type that is passed on.
const MEDIA_TYPE_MAX: usize = 127;

/// One part of a form.
pub(super) struct Part<'a> {
    name: &'static str,
    file: Option<(&'a str, &'a str)>,
    content: Cow<'a, [u8]>,
}

impl<'a> Part<'a> {
    pub(super) fn text(name: &'static str, text: impl Into<Cow<'a, str>>) -> Self {
        let content = match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        Self { name, file: None, content }
    }

    pub(super) fn file(name: &'static str, file_name: &'a str, media_type: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, file: Some((file_name, media_type)), content: Cow::Borrowed(bytes) }
    }

    fn head(&self) -> String {
        let mut head = format!("Content-Disposition: form-data; name=\"{}\"", self.name);
        if let Some((file_name, media_type)) = self.file {
            let media_type = if is_media_type(media_type) { media_type } else { BINARY };
            let _ = write!(head, "; filename=\"{}\"\r\nContent-Type: {media_type}", quoted(file_name));
        }
        head.push_str("\r\n\r\n");
        head
    }
}

/// Parts in the order in which they are sent.
#[derive(Default)]
pub(super) struct Form<'a>(Vec<Part<'a>>);

impl<'a> Form<'a> {
    pub(super) fn push(&mut self, part: Part<'a>) {
        self.0.push(part);
    }

    /// The bytes. The boundary comes from the key of the operation, so it is the same at every attempt;
    /// should the content hold it, the first free number is added.
    pub(super) fn encode(&self, key: OperationId) -> Content {
        let first = format!("fm-{key}");
        let more = (1_u32..).map(|n| format!("{first}-{n}"));
        let mut candidates = std::iter::once(first.clone()).chain(more);
        let boundary = candidates.find(|candidate| !self.contains(candidate.as_bytes())).unwrap_or(first);
        let size = self.0.iter().map(|part| part.content.len() + 256).sum();
        let mut bytes = Vec::with_capacity(size);
        for part in &self.0 {
            bytes.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            bytes.extend_from_slice(part.head().as_bytes());
            bytes.extend_from_slice(&part.content);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Content { media_type: format!("multipart/form-data; boundary={boundary}"), bytes }
    }

    fn contains(&self, boundary: &[u8]) -> bool {
        self.0.iter().any(|part| occurs(boundary, &part.content))
    }
}

/// Whether `needle` stands anywhere in `text`: Horspool's search, because the text may be a large log
/// and the thread is the one that draws.
fn occurs(needle: &[u8], text: &[u8]) -> bool {
    let Some((last, front)) = needle.split_last() else {
        return true;
    };
    let mut skips = [needle.len(); 256];
    for (at, &byte) in front.iter().enumerate() {
        if let Some(skip) = skips.get_mut(usize::from(byte)) {
            *skip = front.len() - at;
        }
    }
    let mut end = front.len();
    while let Some(byte) = text.get(end) {
        if byte == last && text.get(..=end).is_some_and(|text| text.ends_with(needle)) {
            return true;
        }
        end += skips.get(usize::from(*byte)).copied().unwrap_or(1);
    }
    false
}

/// A file name inside quotes, as browsers write it: `"` and control characters as `%XX`, all else as it is.
fn quoted(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c == '"' || c.is_ascii_control() {
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a text is `type/subtype` with harmless parameters.
fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let (kind, parameters) = text.split_once(';').unwrap_or((text, ""));
    let whole = kind.trim_end().split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
    whole && text.len() <= MEDIA_TYPE_MAX && parameters.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> OperationId {
        "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap()
    }

    #[test]
    fn a_boundary_that_the_content_holds_is_not_used() {
        let free = "plain";
        let taken = format!("x fm-{} y", key());
        let twice = format!("{taken} fm-{}-1", key());
        for (content, end) in [(free, "c0da"), (&taken, "c0da-1"), (&twice, "c0da-2")] {
            let mut form = Form::default();
            form.push(Part::text("query", content));
            let encoded = form.encode(key());
            assert!(encoded.media_type.ends_with(end), "{}", encoded.media_type);
            assert_eq!(encoded, form.encode(key()));
        }
    }

    #[test]
    fn the_search_finds_what_a_plain_search_finds() {
        let text = b"aabaabaaabaaaab-fm-x";
        for from in 0..text.len() {
            for to in from..=text.len() {
                assert!(occurs(&text[from..to], text));
            }
        }
        assert!(
            !occurs(b"aaaaa", text) && !occurs(b"fm-y", text) && !occurs(b"x", b"") && !occurs(b"ab", b"a")
        );
    }

    #[test]
    fn a_file_name_cannot_leave_its_quotes() {
        assert_eq!(quoted("a\"; name=\"query\r\n\r\n.log"), "a%22; name=%22query%0D%0A%0D%0A.log");
        assert_eq!(quoted("Größe 表.log"), "Größe 表.log");
    }

    #[test]
    fn a_media_type_that_is_none_is_called_binary() {
        for (given, sent) in [
            ("text/plain", "text/plain"),
            ("text/plain; charset=utf-8", "text/plain; charset=utf-8"),
            ("", BINARY),
            ("text", BINARY),
            ("text/plain\r\nX-Injected: 1", BINARY),
            ("text/plain; x=\r\n", BINARY),
        ] {
            assert!(
                Part::file("files", "a", given, b"").head().ends_with(&format!("Type: {sent}\r\n\r\n")),
                "{given}"
            );
        }
    }
}
