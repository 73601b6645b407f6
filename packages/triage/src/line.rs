//! Physical lines: cuts them out of the text, takes colours and control bytes off, and tells binary data from text.
//!
//! Leaves out: what a line means.

use crate::cursor::clip;

/// Only this much of a line is read. The rest of a longer one is counted and left alone.
pub(crate) const MAX_LINE_BYTES: usize = 4096;

/// One physical line, without its line end and cut to [`MAX_LINE_BYTES`].
#[derive(Clone, Copy)]
pub(crate) struct RawLine<'a> {
    /// Counted from 1.
    pub(crate) number: usize,
    /// Where it begins in the text, in bytes.
    pub(crate) start: usize,
    pub(crate) text: &'a str,
}

/// All lines of a text.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = RawLine<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').enumerate().map(move |(index, line)| {
        let begin = start;
        start += line.len();
        RawLine {
            number: index + 1,
            start: begin,
            text: clip(line.trim_end_matches(['\n', '\r']), MAX_LINE_BYTES),
        }
    })
}

/// What is left of a line after cleaning.
pub(crate) enum Cleaned<'a> {
    /// Readable text.
    Text(&'a str),
    /// Mostly bytes that no text has.
    Binary,
}

/// Takes ANSI escapes, NULs and other control bytes out of a line. `scratch` is used when there is something to take out.
pub(crate) fn clean<'a>(line: &'a str, scratch: &'a mut String) -> Cleaned<'a> {
    let plain = |byte: u8| (byte >= b' ' && byte != 0x7f) || byte == b'\t';
    if line.is_ascii() && line.bytes().all(plain) {
        return Cleaned::Text(line);
    }
    scratch.clear();
    let (mut bad, mut total) = (0_usize, 0_usize);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        total += 1;
        match letter {
            '\u{1b}' => skip_escape(&mut letters),
            // NULs alone are how UTF-16 looks when it is read as bytes; they say nothing about the rest.
            '\0' => total -= 1,
            '\t' => scratch.push('\t'),
            '\u{fffd}' => {
                bad += 1;
                scratch.push(letter);
            }
            _ if letter.is_control() => bad += 1,
            // Marks that change the direction of the text around them would let a line show other than what it says.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => {}
            _ => scratch.push(letter),
        }
    }
    if bad * 5 > total { Cleaned::Binary } else { Cleaned::Text(scratch) }
}

/// Past one escape sequence: CSI to its final byte, OSC to its end, or a single letter (ECMA-48).
fn skip_escape(letters: &mut std::str::Chars<'_>) {
    match letters.next() {
        Some('[') => {
            for letter in letters.by_ref().take(64) {
                if ('@'..='~').contains(&letter) {
                    break;
                }
            }
        }
        Some(']') => {
            for letter in letters.by_ref().take(256) {
                if letter == '\u{7}' || letter == '\u{1b}' {
                    break;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(line: &str) -> Option<String> {
        match clean(line, &mut String::new()) {
            Cleaned::Text(text) => Some(text.to_owned()),
            Cleaned::Binary => None,
        }
    }

    #[test]
    fn colours_and_nuls_disappear_and_the_words_stay() {
        assert_eq!(cleaned("\u{1b}[31mERROR\u{1b}[0m x").as_deref(), Some("ERROR x"));
        assert_eq!(cleaned("E\0R\0R\0O\0R\0").as_deref(), Some("ERROR"));
        assert_eq!(cleaned("a\u{202e}b ü").as_deref(), Some("ab ü"));
    }

    #[test]
    fn a_line_of_control_bytes_is_binary() {
        assert_eq!(cleaned("\u{1}\u{2}PK\u{3}\u{4}\u{fffd}\u{fffd}"), None);
    }

    #[test]
    fn lines_end_at_both_kinds_of_line_end_and_are_cut_on_a_character() {
        let long = "é".repeat(MAX_LINE_BYTES);
        let text = format!("a\r\nb\n{long}");
        let found: Vec<_> = lines(&text).map(|line| (line.number, line.start, line.text.len())).collect();
        assert_eq!(found, [(1, 0, 1), (2, 3, 1), (3, 5, MAX_LINE_BYTES)]);
    }
}
