//! Takes secrets out of text before anyone else sees it: named values, authorization headers, known token shapes, passwords in
//! addresses, private keys, and long strings that look random.
//!
//! When in doubt it hides too much: a hidden word costs a look at the log, a shown password costs a rotation. Leaves out: personal
//! data such as names and mail addresses.

use std::borrow::Cow;

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// Parts of names whose values are secret.
const SECRET_NAMES: [&str; 16] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "access-key",
    "accesskey",
    "private_key",
    "private-key",
    "credential",
    "authorization",
];
/// Names that are secret only as a whole word.
const SECRET_WORDS: [&str; 12] = [
    "pwd",
    "pass",
    "auth",
    "sig",
    "signature",
    "cookie",
    "set-cookie",
    "psk",
    "dsn",
    "privatekey",
    "x-auth",
    "session_key",
];
/// How tokens of well-known issuers begin; anything of 16 characters or more after them is one.
const TOKEN_STARTS: [&str; 24] = [
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxs-",
    "xapp-",
    "sk-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "AIza",
    "eyJ",
    "npm_",
    "pypi-",
    "dop_v1_",
    "hvs.",
    "SG.",
    "whsec_",
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-')
}

/// Whether `word` ends in a name whose value must be hidden; `password` in `db.PASSWORD` counts, `passenger` does not.
fn secret_name(word: &str) -> Option<Hidden> {
    let mut lower = [0_u8; 64];
    let start = word.len().saturating_sub(lower.len());
    let end = word.as_bytes().get(start..)?;
    let lower = lower.get_mut(..end.len())?;
    lower.copy_from_slice(end);
    lower.make_ascii_lowercase();
    let lower = std::str::from_utf8(lower).ok()?;
    let last = lower.rsplit('.').next().unwrap_or(lower);
    if last.ends_with("authorization") || last.ends_with("cookie") {
        Some(Hidden::RestOfLine)
    } else if SECRET_NAMES.iter().any(|name| lower.contains(name)) || SECRET_WORDS.contains(&last) {
        Some(Hidden::Value)
    } else {
        None
    }
}

/// How much behind a secret's name is hidden.
#[derive(Clone, Copy, PartialEq)]
enum Hidden {
    Value,
    RestOfLine,
}

/// `text` with every recognised secret replaced by [`REDACTED`]. One pass; every byte is looked at a fixed number of times.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    let mut judged = 0;
    let mut hide = |from: usize, to: usize| {
        out.push_str(text.get(copied..from).unwrap_or_default());
        out.push_str(REDACTED);
        copied = to;
    };
    while let Some(&byte) = bytes.get(at) {
        if byte == b'-' && bytes.get(at..).is_some_and(|rest| rest.starts_with(b"-----BEGIN")) {
            let end = key_end(text, at);
            hide(at, end);
            at = end;
        } else if byte == b':' && bytes.get(at..).is_some_and(|rest| rest.starts_with(b"://")) {
            let begin = at + 3;
            at = begin;
            if let Some((from, to)) = user_info(bytes, begin) {
                hide(from, to);
                at = to;
            }
        } else if is_word(byte) || is_base64(byte) {
            let rest = bytes.get(at..).unwrap_or_default();
            // Each run is judged once, at its beginning, also when slashes make many words of it.
            if at >= judged {
                judged = at + rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len());
                if looks_random(bytes.get(at..judged).unwrap_or_default()) {
                    hide(at, judged);
                    at = judged;
                    continue;
                }
            }
            let end = at + rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
            if end == at {
                at += 1;
                continue;
            }
            let word = text.get(at..end).unwrap_or_default();
            if is_token(word) {
                hide(at, end);
            } else if let Some((from, to)) = named_value(bytes, at, end, word) {
                if to > from {
                    hide(from, to);
                }
                at = to;
                continue;
            }
            at = end;
        } else {
            at += 1;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// Where a PEM block ends: behind its END line, or at the end of the text. Certificates are hidden too; they are long and say little.
fn key_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let Some(end) = rest.find("-----END") else {
        return text.len();
    };
    let after = end + "-----END".len();
    match rest.get(after..).and_then(|tail| tail.find("-----")) {
        Some(close) => from + after + close + 5,
        None => text.len(),
    }
}

/// The secret part of `user:password@host` behind `://`.
fn user_info(bytes: &[u8], begin: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(begin..)?;
    let rest = rest.get(..rest.len().min(512))?;
    let span = rest
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`'))
        .unwrap_or(rest.len());
    let span = rest.get(..span)?;
    let authority = span.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(span.len());
    let at_sign = match span.get(..authority)?.iter().rposition(|byte| *byte == b'@') {
        Some(at_sign) => at_sign,
        // A password with a slash in it: what stands behind the colon is then no port number.
        None => {
            let colon = span.get(..authority)?.iter().position(|byte| *byte == b':')?;
            if span.get(colon + 1..authority)?.iter().all(u8::is_ascii_digit) {
                return None;
            }
            span.iter().rposition(|byte| *byte == b'@')?
        }
    };
    let from = span.get(..at_sign)?.iter().position(|byte| *byte == b':').map_or(0, |colon| colon + 1);
    Some((begin + from, begin + at_sign))
}

fn is_token(word: &str) -> bool {
    let aws = word.len() == 20 && (word.starts_with("AKIA") || word.starts_with("ASIA"));
    aws || word.len() >= 16
        && TOKEN_STARTS.iter().any(|start| word.starts_with(start) && word.len() >= start.len() + 12)
}

/// At least 32 characters of base64 with capitals, small letters and several digits, hardly any dashes or slashes: not a word, a
/// path, a pod name or a hexadecimal digest.
fn looks_random(run: &[u8]) -> bool {
    if run.len() < 32 {
        return false;
    }
    let count = |test: fn(&u8) -> bool| run.iter().filter(|byte| test(byte)).count();
    count(u8::is_ascii_uppercase) >= 3
        && count(u8::is_ascii_lowercase) >= 3
        && count(u8::is_ascii_digit) >= 3
        && count(|byte| matches!(byte, b'-' | b'_' | b'/')) <= run.len() / 12
}

fn skip_while(bytes: &[u8], mut at: usize, test: impl Fn(u8) -> bool) -> usize {
    while bytes.get(at).is_some_and(|byte| test(*byte)) {
        at += 1;
    }
    at
}

/// The bytes of the secret that follows the word at `start..end`, if the word announces one.
fn named_value(bytes: &[u8], start: usize, end: usize, word: &str) -> Option<(usize, usize)> {
    if word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic") {
        return scheme_value(bytes, end);
    }
    if word.eq_ignore_ascii_case("identified")
        && bytes.get(end..end + 4).is_some_and(|by| by.eq_ignore_ascii_case(b" by "))
    {
        let from = skip_while(bytes, end + 4, |byte| byte == b' ');
        return Some((from, value_end(bytes, from, Hidden::Value)));
    }
    let hidden = secret_name(word)?;
    let is_flag = bytes.get(start..start + 2) == Some(b"--");
    let after_quote = skip_while(bytes, end, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b']'));
    let mut at = skip_while(bytes, after_quote, |byte| byte == b' ');
    match bytes.get(at) {
        Some(b'=' | b':' | b'>') => {
            at = skip_while(bytes, at, |byte| matches!(byte, b'=' | b':' | b'>' | b' ' | b'\t'));
        }
        // `--password hunter2`, and SQL's `PASSWORD 'hunter2'`.
        Some(b'\'') if at > end => {}
        Some(_) if is_flag && at > end => {}
        _ => return None,
    }
    Some((at, value_end(bytes, at, hidden)))
}

/// `Bearer xyz`: the word behind the scheme, unless it is plainly part of a sentence.
fn scheme_value(bytes: &[u8], end: usize) -> Option<(usize, usize)> {
    let from = skip_while(bytes, end, |byte| byte == b' ');
    let to = skip_while(bytes, from, |byte| is_base64(byte) || matches!(byte, b'.' | b'~'));
    let value = bytes.get(from..to)?;
    let sentence = [
        "auth",
        "authentication",
        "authorization",
        "token",
        "tokens",
        "scheme",
        "realm",
        "health",
        "check",
        "was",
        "is",
    ];
    if from == end
        || value.len() < 3
        || sentence.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
    {
        return None;
    }
    Some((from, to))
}

/// Where the value at `from` ends.
fn value_end(bytes: &[u8], from: usize, hidden: Hidden) -> usize {
    let escaped = bytes.get(from) == Some(&b'\\') && matches!(bytes.get(from + 1), Some(b'"' | b'\''));
    let open = from + usize::from(escaped);
    if let Some(&quote @ (b'"' | b'\'')) = bytes.get(open) {
        let mut at = open + 1;
        while let Some(&byte) = bytes.get(at) {
            if byte == b'\\' && !escaped {
                at += 2;
                continue;
            }
            at += 1;
            if byte == quote {
                return at.min(bytes.len());
            }
        }
        return bytes.len();
    }
    if hidden == Hidden::RestOfLine {
        return skip_while(bytes, from, |byte| !matches!(byte, b'"' | b'\n'));
    }
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        let closes = match byte {
            b'"' | b'\'' | b'&' | b'<' => true,
            b',' | b';' | b')' | b'}' | b']' => bytes.get(at + 1).is_none_or(|next| !is_word(*next)),
            _ => byte.is_ascii_whitespace(),
        };
        if closes {
            let scheme = bytes.get(from..at).unwrap_or_default();
            if byte == b' '
                && [&b"bearer"[..], b"basic", b"digest", b"token"]
                    .iter()
                    .any(|name| scheme.eq_ignore_ascii_case(name))
            {
                at = skip_while(bytes, at, |byte| byte == b' ');
                continue;
            }
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests;
