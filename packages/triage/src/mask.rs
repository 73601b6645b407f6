//! Replaces the parts of a message that vary (numbers, addresses, ids, durations) by names in angle brackets.
//!
//! Leaves out: words that vary, which only a comparison of lines can tell ([`crate::template`]).

/// Only this much of a message makes its template: what varies beyond it tells nothing new.
pub(crate) const MAX_MESSAGE_BYTES: usize = 512;

/// Names with digits that are words all the same.
const WORDS_WITH_DIGITS: [&str; 18] = [
    "k8s", "s3", "ec2", "http2", "http3", "h2", "utf8", "utf-8", "sha256", "sha1", "md5", "ipv4", "ipv6",
    "x509", "oauth2", "log4j", "base64", "i18n",
];

fn in_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'_' | b'-' | b'.' | b':')
}

/// Writes the masked form of `text` to `out`; words end up separated by single spaces.
pub(crate) fn mask(text: &str, out: &mut String) {
    out.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        if in_run(byte) {
            let mut digit = false;
            let length = rest
                .iter()
                .position(|byte| {
                    digit |= byte.is_ascii_digit();
                    !in_run(*byte)
                })
                .unwrap_or(rest.len());
            let run = text.get(at..at + length).unwrap_or_default();
            if digit {
                push_run(run, out);
            } else {
                out.push_str(run);
            }
            at += length;
        } else if byte.is_ascii_whitespace() {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
            at += 1;
        } else if matches!(byte, b'"' | b'\'')
            && let Some(length) = varying_string(rest)
        {
            out.push_str("<str>");
            at += length;
        } else {
            out.push(char::from(byte));
            at += 1;
        }
    }
    out.truncate(out.trim_end().len());
}

/// The length of a quoted string, quotes included, that holds a digit, a slash or an at sign and so probably varies. Short,
/// because a quote may also be an apostrophe.
fn varying_string(rest: &[u8]) -> Option<usize> {
    let quote = *rest.first()?;
    let length = rest.iter().skip(1).take(80).position(|byte| *byte == quote)?;
    let inside = rest.get(1..=length)?;
    let varies = inside.iter().any(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'@'));
    (varies && !inside.contains(&b' ')).then_some(length + 2)
}

fn push_run(run: &str, out: &mut String) {
    let body = run.trim_end_matches(['.', ':', '-']);
    let tail = run.get(body.len()..).unwrap_or_default();
    let bytes = body.as_bytes();
    let colons = bytes.iter().filter(|byte| **byte == b':').count();
    if is_date(bytes) {
        out.push_str("<time>");
    } else if colons == 0 {
        push_part(body, out);
    } else if is_clock(bytes) {
        out.push_str("<time>");
    } else if colons == 1
        && let Some((host, port)) = body.split_once(':')
        && is_ipv4(host)
        && port.bytes().all(|byte| byte.is_ascii_digit())
    {
        out.push_str("<ip>");
    } else if colons >= 2 && bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b':') {
        out.push_str("<ip>");
    } else {
        for (index, part) in body.split(':').enumerate() {
            if index > 0 {
                out.push(':');
            }
            push_part(part, out);
        }
    }
    out.push_str(tail);
}

fn digits_at(bytes: &[u8], places: &[usize]) -> bool {
    places.iter().all(|place| bytes.get(*place).is_some_and(u8::is_ascii_digit))
}

fn is_date(bytes: &[u8]) -> bool {
    bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && digits_at(bytes, &[0, 1, 2, 3, 5, 6, 8, 9])
        && bytes.get(10).is_none_or(|byte| *byte == b'T')
}

fn is_clock(bytes: &[u8]) -> bool {
    bytes.get(2) == Some(&b':')
        && bytes.get(5) == Some(&b':')
        && digits_at(bytes, &[0, 1, 3, 4, 6, 7])
        && bytes
            .get(8..)
            .unwrap_or_default()
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'Z'))
}

pub(crate) fn is_ipv4(text: &str) -> bool {
    let mut parts = 0;
    text.split('.').all(|part| {
        parts += 1;
        (1..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u16>().is_ok_and(|value| value < 256)
    }) && parts == 4
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Numbers after these words are names of a state and stay: a 503 is not a 200.
fn names_a_state(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '=', ':', '"', '(', '\'']);
    let bytes = before.as_bytes();
    ["status", "code", "signal", "errno", "http", "http/<n>", "exit"].iter().any(|word| {
        bytes.len() >= word.len()
            && bytes
                .get(bytes.len() - word.len()..)
                .is_some_and(|end| end.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// A run without colons that has a digit in it.
fn push_part(part: &str, out: &mut String) {
    let bytes = part.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        out.push_str(part);
    } else if digits == bytes.len() {
        if digits <= 3 && names_a_state(out) {
            out.push_str(part);
        } else {
            out.push_str("<n>");
        }
    } else if is_ipv4(part) {
        out.push_str("<ip>");
    } else if is_uuid(bytes) {
        out.push_str("<uuid>");
    } else if part.starts_with("0x") {
        out.push_str("<hex>");
    } else if let Some(kind) = quantity(part) {
        out.push_str(kind);
    } else if bytes.len() >= 8 && bytes.iter().all(u8::is_ascii_hexdigit) {
        out.push_str("<hex>");
    } else if WORDS_WITH_DIGITS.iter().any(|word| word.eq_ignore_ascii_case(part)) {
        out.push_str(part);
    } else {
        let mut rest = part;
        while let Some(end) = rest.find(['-', '.', '_']) {
            push_segment(rest.get(..end).unwrap_or_default(), out);
            out.push_str(rest.get(end..=end).unwrap_or_default());
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        push_segment(rest, out);
    }
}

/// `12.5`, `-3`, `120ms`, `1m30s`, `512MiB`.
fn quantity(part: &str) -> Option<&'static str> {
    let number_end = part
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != '-')
        .unwrap_or(part.len());
    let (number, unit) = part.split_at_checked(number_end)?;
    if number.is_empty()
        || number.matches('.').count() > 1
        || number.matches('-').count() > usize::from(number.starts_with('-'))
    {
        return None;
    }
    match unit {
        "" => Some("<n>"),
        "ns" | "us" | "µs" | "ms" | "s" | "sec" | "m" | "min" | "h" | "d" => Some("<dur>"),
        "B" | "b" | "k" | "K" | "M" | "G" | "KB" | "kB" | "MB" | "GB" | "TB" | "Ki" | "Mi" | "Gi" | "KiB"
        | "MiB" | "GiB" | "kb" | "mb" | "gb" => Some("<size>"),
        _ => {
            let compound = unit.len() <= 16
                && unit
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'h' | b'm' | b's' | b'd'));
            (compound && unit.ends_with(['s', 'm', 'h'])).then_some("<dur>")
        }
    }
}

/// One piece between dashes, dots and underscores.
fn push_segment(segment: &str, out: &mut String) {
    let bytes = segment.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let trailing = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        out.push_str(segment);
    } else if digits == bytes.len() {
        out.push_str("<n>");
    } else if trailing == digits
        && bytes.len() - digits <= 12
        && !(bytes.len() >= 8 && bytes.iter().all(u8::is_ascii_hexdigit))
    {
        out.push_str(segment.get(..bytes.len() - digits).unwrap_or_default());
        out.push_str("<n>");
    } else if bytes.len() >= 4 {
        out.push_str("<id>");
    } else {
        out.push_str(segment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut out = String::new();
        mask(text, &mut out);
        out
    }

    #[test]
    fn what_varies_gets_the_name_of_its_kind() {
        for (text, wanted) in [
            ("connect to 10.8.14.7:5432 took 120ms", "connect to <ip> took <dur>"),
            ("order 4711 of user 3d5a9c1e-7b42-4f6d-a8e0-52c7f1b60d33", "order <n> of user <uuid>"),
            ("at 0xc000123 size 512MiB, 1m30s", "at <hex> size <size>, <dur>"),
            ("pod checkout-api-7c9d8b6f5-x2x9q on node-14", "pod checkout-api-<id>-<id> on node-<n>"),
            ("GET /orders/815/items", "GET /orders/<n>/items"),
            ("since 2026-08-18T09:10:03Z", "since <time>"),
            ("key 'orders/17' missing", "key <str> missing"),
            ("digest 9c1185a5deadbeef", "digest <hex>"),
            ("peer [fe80::1:2]:443", "peer [<ip>]:<n>"),
            ("2   spaces\tand tabs ", "<n> spaces and tabs"),
        ] {
            assert_eq!(masked(text), wanted);
        }
    }

    #[test]
    fn codes_and_words_with_digits_stay() {
        for text in [
            "status=503 of upstream",
            "exit code 137",
            "don't stop k8s",
            "relation \"orders\" does not exist",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
