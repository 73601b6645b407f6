//! How well a text fits what was typed, and which of its letters to mark.

use std::ops::Range;

/// A text that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fit {
    /// Higher fits better.
    pub score: u32,
    /// What to mark: ranges of characters, in order.
    pub marks: Vec<Range<usize>>,
}

fn same(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

/// Fits `typed` to `text`: at the beginning best, then at the beginning of a word, then anywhere,
/// then letter by letter in order. Nothing typed fits everything.
pub(crate) fn fit(typed: &str, text: &str) -> Option<Fit> {
    let typed: Vec<char> = typed.trim().chars().collect();
    let text: Vec<char> = text.chars().collect();
    if typed.is_empty() {
        return Some(Fit { score: 0, marks: Vec::new() });
    }
    let begins = |at: usize| at == 0 || text.get(at - 1).is_some_and(|before| !before.is_alphanumeric());
    let mut whole = None;
    for (at, window) in text.windows(typed.len()).enumerate() {
        if window.iter().zip(&typed).all(|(a, b)| same(*a, *b)) {
            let score = if at == 0 { 4 } else { 2 + u32::from(begins(at)) };
            if whole.is_none_or(|(best, _)| score > best) {
                whole = Some((score, at));
            }
        }
    }
    if let Some((score, at)) = whole {
        let mark = at..at + typed.len();
        return Some(Fit { score, marks: Vec::from([mark]) });
    }
    let mut marks: Vec<Range<usize>> = Vec::new();
    let mut letters = typed.iter().filter(|letter| !letter.is_whitespace()).peekable();
    for (at, letter) in text.iter().enumerate() {
        let Some(wanted) = letters.peek() else { break };
        if same(*letter, **wanted) {
            letters.next();
            match marks.last_mut() {
                Some(last) if last.end == at => last.end = at + 1,
                _ => marks.push(at..at + 1),
            }
        }
    }
    // Letters that are strewn over a text are no match that anybody means.
    (letters.peek().is_none() && marks.len() <= 3).then_some(Fit { score: 1, marks })
}

/// A text in pieces, each with whether it is marked.
pub(crate) fn pieces(text: &str, marks: &[Range<usize>]) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    for (at, letter) in text.chars().enumerate() {
        let marked = marks.iter().any(|mark| mark.contains(&at));
        match pieces.last_mut() {
            Some((piece, was)) if *was == marked => piece.push(letter),
            _ => pieces.push((letter.to_string(), marked)),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(typed: &str, text: &str) -> Option<u32> {
        fit(typed, text).map(|fit| fit.score)
    }

    #[test]
    fn the_beginning_fits_better_than_a_word_and_a_word_better_than_the_middle() {
        assert_eq!(score("re", "Retry all"), Some(4));
        assert_eq!(score("re", "Mark as resolved"), Some(3));
        assert_eq!(score("re", "Core"), Some(2));
        assert_eq!(score("nwc", "New case"), Some(1));
        assert_eq!(score("xyz", "New case"), None);
    }

    #[test]
    fn the_best_place_of_a_text_is_marked() {
        let fit = fit("re", "Core release").unwrap();
        let marked = pieces("Core release", &fit.marks);
        assert_eq!(marked, [("Core ".into(), false), ("re".into(), true), ("lease".into(), false)]);
    }

    #[test]
    fn nothing_typed_fits_everything_and_marks_nothing() {
        assert_eq!(fit("  ", "anything").unwrap().marks, []);
        assert_eq!(pieces("", &[]), []);
    }

    #[test]
    fn letters_of_any_script_fit_without_regard_to_case() {
        assert_eq!(score("über", "Überlast"), Some(4));
    }
}
