//! Titles: the placeholder of a case without one, and names made from what the user wrote. The same text gives the same name.
//!
//! Names found in logs come from the triage; this module shortens and falls back to the user's own words.

/// Most characters of a title on this server.
pub(crate) const MAX_TITLE_CHARS: usize = 200;

/// Most characters of a title made here; it has to fit one line of a narrow panel.
const MAX_MADE_CHARS: usize = 60;

/// Most words of a title unless the client asks for another number.
pub(crate) const DEFAULT_WORDS: u32 = 8;

/// Fewer letters than this are no substance: "hi", "help me".
const MIN_LETTERS: usize = 10;

/// Words that open a request and say nothing about its subject.
const OPENERS: [&str; 16] = [
    "hi", "hello", "hey", "please", "can", "could", "you", "help", "me", "i", "we", "have", "our", "my", "a",
    "the",
];

/// The title of a case that has none: `Case-260818-2`.
pub(crate) fn placeholder(day: &str, number: u32) -> String {
    format!("Case-{day}-{number}")
}

/// A name from the first of `texts` that has enough substance, with at most `max_words` words.
pub(crate) fn from_texts<'a>(texts: impl IntoIterator<Item = &'a str>, max_words: u32) -> Option<String> {
    texts.into_iter().find_map(|text| from_text(text, max_words))
}

fn from_text(text: &str, max_words: u32) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let sentence = line.split_terminator(". ").next().unwrap_or(line);
    if sentence.chars().filter(|letter| letter.is_alphabetic()).count() < MIN_LETTERS {
        return None;
    }
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let telling = words.iter().position(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        !OPENERS.contains(&bare.as_str())
    })?;
    let kept = words.into_iter().skip(telling);
    Some(capitalised(&shorten(kept, max_words)))
}

/// The given title cut to `max_words` words.
pub(crate) fn limit_words(title: &str, max_words: u32) -> String {
    shorten(title.split_whitespace(), max_words)
}

fn shorten<'a>(words: impl Iterator<Item = &'a str>, max_words: u32) -> String {
    let mut title = String::new();
    for word in words.take(usize::try_from(max_words).unwrap_or(usize::MAX)) {
        let room = MAX_MADE_CHARS.saturating_sub(title.chars().count());
        if !title.is_empty() && word.chars().count() + 1 > room {
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.extend(word.chars().filter(|c| !c.is_control()).take(MAX_MADE_CHARS));
    }
    title.trim_end_matches([',', ';', ':', '.', '-', '?']).to_owned()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_telling_part_of_the_first_line() {
        let name = |text| from_texts([text], DEFAULT_WORDS);
        assert_eq!(
            name("Can you help me, checkout answers 503 since ten?").as_deref(),
            Some("Checkout answers 503 since ten")
        );
        assert_eq!(
            name("\n\n  Errors jumped at 09:10. Log attached.").as_deref(),
            Some("Errors jumped at 09:10")
        );
        assert_eq!(name("hi"), None);
        assert_eq!(name("????????????????"), None);
    }

    #[test]
    fn a_name_stays_short_even_without_spaces() {
        let long = "x".repeat(5000);
        let name = from_texts([long.as_str()], DEFAULT_WORDS).unwrap();
        assert_eq!(name.chars().count(), MAX_MADE_CHARS);
    }
}
