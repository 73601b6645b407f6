//! Groups messages that say the same thing: equal after masking, or of equal length and different in few words, as Drain does
//! (P. He and others, "Drain: an online log parsing approach with fixed depth tree", 2017).
//!
//! Every message costs one look-up; only a masked form not seen before is compared with others, and with a fixed number of them.
//! Leaves out: counts over time ([`crate::burst`]) and meaning ([`crate::cause`]).

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

use crate::cursor::clip;
use crate::level::Level;
use crate::mask::{MAX_MESSAGE_BYTES, mask};
use crate::redact::redact;

/// A map whose hashing is the same in every run.
type StableMap<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// Words of a message that are compared.
const MAX_WORDS: usize = 48;
/// Templates with the same level, number of words and first word.
const MAX_PER_LEAF: usize = 24;
/// More than a real program has; a file with more is counted under [`OTHER`].
const MAX_TEMPLATES: usize = 4096;
/// Masked forms remembered for the direct look-up.
const MAX_FORMS: usize = 50_000;
/// Share of words that may differ between two messages of one template.
const MAX_DIFFERENT: f64 = 0.34;
/// What stands for a word that varies.
const WILD: &str = "<*>";
/// Where lines go when there are too many templates.
const OTHER: &str = "(other lines)";

/// Words that make two otherwise equal messages say opposite or different things.
const OUTCOMES: [&str; 40] = [
    "failed",
    "succeeded",
    "ok",
    "error",
    "success",
    "failure",
    "timeout",
    "refused",
    "started",
    "stopped",
    "starting",
    "stopping",
    "up",
    "down",
    "ready",
    "unready",
    "notready",
    "lost",
    "reset",
    "connected",
    "disconnected",
    "opened",
    "closed",
    "enabled",
    "disabled",
    "healthy",
    "unhealthy",
    "accepted",
    "rejected",
    "denied",
    "allowed",
    "true",
    "false",
    "killed",
    "created",
    "deleted",
    "added",
    "removed",
    "primary",
    "replica",
];

struct Slot {
    words: Vec<Box<str>>,
}

/// All templates of one text.
#[derive(Default)]
pub(crate) struct Templates {
    forms: StableMap<Box<str>, u32>,
    leaves: StableMap<(Option<Level>, usize, Box<str>), Vec<u32>>,
    slots: Vec<Slot>,
    other: Option<u32>,
    key: String,
    masked: String,
    /// Bytes and words looked at, for the test that growth is linear.
    pub(crate) work: u64,
}

impl Templates {
    /// The template of a message; `true` when it was made for this message.
    pub(crate) fn classify(&mut self, level: Option<Level>, message: &str) -> (u32, bool) {
        let message = clip(message, MAX_MESSAGE_BYTES);
        mask(message, &mut self.masked);
        self.work += message.len() as u64;
        self.key.clear();
        self.key.push(level.map_or('-', |level| char::from(b'0' + level as u8)));
        self.key.push_str(&self.masked);
        if let Some(id) = self.forms.get(self.key.as_str()) {
            return (*id, false);
        }
        // The words that will be shown are those of the redacted message: masking may take away the name that marks a secret.
        mask(&redact(message), &mut self.masked);
        let (id, new) = self.place(level);
        if self.forms.len() < MAX_FORMS {
            self.forms.insert(self.key.as_str().into(), id);
        }
        (id, new)
    }

    /// Finds or makes the template of `self.masked`.
    fn place(&mut self, level: Option<Level>) -> (u32, bool) {
        let words: Vec<&str> = self.masked.split(' ').take(MAX_WORDS).collect();
        let first = words.first().copied().filter(|word| !word.contains('<')).unwrap_or(WILD);
        let leaf = self.leaves.entry((level, words.len(), first.into())).or_default();
        let mut best: Option<(usize, u32)> = None;
        for &id in leaf.iter() {
            let Some(slot) = self.slots.get(id as usize) else {
                continue;
            };
            self.work += words.len() as u64;
            let Some(different) = difference(&slot.words, &words, leaf.len() >= MAX_PER_LEAF) else {
                continue;
            };
            if best.is_none_or(|(fewest, _)| different < fewest) {
                best = Some((different, id));
            }
        }
        let full = leaf.len() >= MAX_PER_LEAF;
        if let Some((different, id)) = best
            && (full || different as f64 <= words.len() as f64 * MAX_DIFFERENT)
        {
            if let Some(slot) = self.slots.get_mut(id as usize) {
                for (known, word) in slot.words.iter_mut().zip(&words) {
                    if **known != **word {
                        *known = WILD.into();
                    }
                }
            }
            return (id, false);
        }
        if self.slots.len() >= MAX_TEMPLATES {
            if let Some(id) = self.other {
                return (id, false);
            }
            let id = self.push(vec![OTHER.into()]);
            self.other = Some(id);
            return (id, true);
        }
        let words = words.into_iter().map(Into::into).collect();
        let id = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        leaf.push(id);
        self.push(words);
        (id, true)
    }

    fn push(&mut self, words: Vec<Box<str>>) -> u32 {
        let id = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot { words });
        id
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The text of a template.
    pub(crate) fn describe(&self, id: usize) -> String {
        self.slots.get(id).map_or_else(String::new, |slot| slot.words.join(" "))
    }
}

/// How many words differ; `None` when one of them decides the meaning, unless `forced`.
fn difference(known: &[Box<str>], words: &[&str], forced: bool) -> Option<usize> {
    let mut different = 0;
    for (known, word) in known.iter().zip(words) {
        if **known == **word || &**known == WILD {
            continue;
        }
        different += 1;
        if !forced && (is_outcome(known) || is_outcome(word)) {
            return None;
        }
    }
    Some(different)
}

/// States and codes keep their lines apart: a word from the list, or a number that masking left standing (`status=503`).
fn is_outcome(word: &str) -> bool {
    let bare = word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    word.bytes().any(|byte| byte.is_ascii_digit())
        || OUTCOMES.iter().any(|outcome| outcome.eq_ignore_ascii_case(bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(messages: &[&str]) -> Vec<u32> {
        let mut templates = Templates::default();
        messages.iter().map(|message| templates.classify(None, message).0).collect()
    }

    #[test]
    fn messages_that_differ_in_numbers_or_in_one_word_are_one_template() {
        assert_eq!(
            groups(&["connect to 10.0.0.1 failed after 3 tries", "connect to 10.0.0.2 failed after 9 tries"]),
            [0, 0]
        );
        assert_eq!(groups(&["user alice logged in", "user bob logged in", "user eve logged in"]), [0, 0, 0]);
    }

    #[test]
    fn messages_with_opposite_outcomes_stay_apart() {
        assert_eq!(groups(&["health check of cart succeeded", "health check of cart failed"]), [0, 1]);
        assert_eq!(
            groups(&["upstream answered with status 200", "upstream answered with status 503"]),
            [0, 1]
        );
    }

    #[test]
    fn a_file_of_nothing_but_different_lines_keeps_the_number_of_templates_bounded() {
        let mut templates = Templates::default();
        for index in 0..20_000_u32 {
            let word = |salt: u32| -> String {
                (0..6)
                    .map(|at| {
                        char::from(b'a' + ((index.wrapping_mul(2_654_435_761) ^ salt) >> (at * 5) & 15) as u8)
                    })
                    .collect()
            };
            templates.classify(None, &format!("{} {} {} {}", word(1), word(7777), word(91), word(12_345)));
        }
        assert!(templates.len() <= MAX_TEMPLATES + 1);
    }

    #[test]
    fn a_secret_does_not_enter_a_template() {
        let mut templates = Templates::default();
        templates.classify(None, "login with password: swordfish from here");
        templates.classify(None, "login with passcode: swordfish from here");
        assert!((0..templates.len()).all(|id| !templates.describe(id).contains("swordfish")));
    }
}
