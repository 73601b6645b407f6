//! An HTTP answer, reduced to what is looked at; the same on native and WebAssembly.

/// Largest body that is read. The largest honest answers are pages of 100 messages.
pub(crate) const BODY_MAX: usize = 64 * 1024 * 1024;

/// Status and the headers that mean something (contract 2, 4). A header that the server does not
/// expose to browsers reads as absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) error_code: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<String>,
    /// `X-Total-Count` of the queries dialect's bare lists.
    pub(crate) total_count: Option<u32>,
    pub(crate) www_authenticate: Option<String>,
}

impl Head {
    /// Picks the headers; `header` looks one up by its lower-case name.
    pub(crate) fn read(status: u16, header: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            status,
            content_type: header("content-type"),
            date: header("date"),
            error_code: header("x-error-code"),
            location: header("location"),
            request_id: header("x-request-id").or_else(|| header("x-correlation-id")),
            retry_after: header("retry-after"),
            total_count: header("x-total-count").and_then(|text| text.trim().parse().ok()),
            www_authenticate: header("www-authenticate"),
        }
    }
}

/// An answer whose head arrived. Its body may have ended early.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HttpAnswer {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    /// Whether the body arrived to its end and within [`BODY_MAX`].
    pub(crate) whole: bool,
}

/// No answer at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The connection never stood: nothing of the request left this device.
    NotSent,
    /// The request left, or part of it, and no head of an answer came back.
    NoAnswer,
    /// A browser does not tell which of the two.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only browsers hide it"))]
    Untold,
}

impl HttpAnswer {
    pub(crate) const fn is_success(&self) -> bool {
        self.head.status / 100 == 2
    }

    /// The body as text; `None` when it ended early or is not UTF-8.
    pub(crate) fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.body).ok().filter(|_| self.whole)?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Whether the body is a web page. A page never comes from the API itself.
    pub(crate) fn is_page(&self) -> bool {
        self.media_type().is_some_and(|kind| kind.contains("html")) || self.first_byte() == Some(b'<')
    }

    /// Whether the body is something else than JSON, whole or cut.
    pub(crate) fn is_foreign(&self) -> bool {
        let says_json = self.media_type().is_none_or(|kind| kind.contains("json"));
        let looks_like_json = matches!(self.first_byte(), None | Some(b'{' | b'['));
        self.is_page() || (!says_json && !looks_like_json)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.whole && self.first_byte().is_none()
    }

    fn media_type(&self) -> Option<String> {
        self.head.content_type.as_deref().map(str::to_ascii_lowercase)
    }

    fn first_byte(&self) -> Option<u8> {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        body.iter().copied().find(|b| !b.is_ascii_whitespace())
    }
}
