//! A position in one line of text: the only tool the scanners need.
//!
//! Leaves out: regular expressions and anything that could look at a byte more than a fixed number of times.

/// Reads forward through a line. All methods are total: past the end there is only byte 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What has not been read yet; empty when the position is inside a character, which no scanner leaves behind.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(crate) fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    pub(crate) fn peek_at(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(crate) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.text.len());
    }

    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte && !self.is_done();
        if found {
            self.at += 1;
        }
        found
    }

    pub(crate) fn eat_str(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    pub(crate) fn skip_spaces(&mut self) {
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    /// Everything up to the first byte that `accept` refuses. `accept` must refuse no part of a multi-byte character alone:
    /// it either takes all bytes from 0x80 on or none.
    pub(crate) fn take_while(&mut self, accept: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !accept(*byte)).unwrap_or(rest.len());
        let taken = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        taken
    }

    /// The next run of bytes that are not white space.
    pub(crate) fn word(&mut self) -> &'a str {
        self.take_while(|byte| byte != b' ' && byte != b'\t')
    }

    /// Everything before `close`, which is eaten too; `None` (and no movement) when it does not come within `limit` bytes.
    pub(crate) fn until(&mut self, close: u8, limit: usize) -> Option<&'a str> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = rest.iter().take(limit).position(|byte| *byte == close)?;
        let taken = self.text.get(self.at..self.at + length)?;
        self.at += length + 1;
        Some(taken)
    }

    /// The raw text of a string whose opening quote has been eaten, and past its closing quote; a backslash protects the byte behind
    /// it. Reads to the end of the line when the string is not closed.
    pub(crate) fn quoted(&mut self) -> &'a str {
        let from = self.at;
        loop {
            self.take_while(|byte| byte != b'"' && byte != b'\\');
            if self.is_done() || self.peek() == b'"' {
                break;
            }
            self.skip(2);
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        self.eat(b'"');
        text
    }

    /// Exactly `count` decimal digits.
    pub(crate) fn digits(&mut self, count: usize) -> Option<i64> {
        let mut value = 0_i64;
        for ahead in 0..count {
            let byte = self.peek_at(ahead);
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(byte - b'0');
        }
        self.at += count;
        Some(value)
    }

    /// One decimal number of at most 18 digits.
    pub(crate) fn number(&mut self) -> Option<i64> {
        let length = self.rest().bytes().take(19).take_while(u8::is_ascii_digit).count();
        if length == 0 || length > 18 { None } else { self.digits(length) }
    }
}

/// The longest prefix of `text` that has at most `bytes` bytes and ends on a character boundary.
pub(crate) fn clip(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Whether `text` starts with `prefix`, ASCII letters compared without case.
pub(crate) fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}
