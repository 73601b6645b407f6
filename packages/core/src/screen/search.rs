//! Search over what is in memory: titles of all cases, messages of resident ones. What the server found for the
//! same text stands below.

use std::sync::Arc;

use super::View;
use crate::confirmed::row_place;
use crate::core::Core;
use crate::ids::{CaseKey, MessageKey};
use crate::operation::OperationKind;
use crate::view::{Group, Hit};

/// Characters before and behind a found word that an excerpt shows.
const AROUND: usize = 40;

impl View<'_> {
    /// Where the text occurs, without regard to upper and lower case: titles first, then the newest message of
    /// each case that holds it, in the order of the list, then what only the server found; at most `limit` hits.
    #[must_use]
    pub fn find(&self, text: &str, limit: usize) -> Vec<Hit> {
        let needle = text.trim().to_lowercase();
        if needle.is_empty() {
            return Vec::new();
        }
        let keys =
            [Group::Pinned, Group::Active, Group::Resolved].into_iter().flat_map(|group| self.group(group));
        let (mut hits, mut messages) = (Vec::new(), Vec::new());
        for case in keys {
            let title = self.core.title_of(case).0;
            if title.to_lowercase().contains(&needle) {
                hits.push(Hit {
                    case: case.clone(),
                    message: None,
                    excerpt: title.to_string(),
                    on_server: false,
                });
            } else if messages.len() < limit {
                messages.extend(self.core.newest_hit(case, &needle));
            }
        }
        hits.append(&mut messages);
        for case in self.core.found_on_server(text.trim()) {
            if !hits.iter().any(|hit| hit.case == case) {
                let excerpt = self.core.title_of(&case).0.to_string();
                hits.push(Hit { case, message: None, excerpt, on_server: true });
            }
        }
        hits.truncate(limit);
        hits
    }
}

impl Core {
    fn newest_hit(&self, case: &CaseKey, needle: &str) -> Option<Hit> {
        let mut said = self.ledger.ops_of(case).rev().filter_map(|entry| match &entry.op.kind {
            OperationKind::SubmitTurn { question, turn, .. } => Some((question, &turn.text)),
            _ => None,
        });
        let hit = |key: &MessageKey, text: &Arc<str>| {
            let excerpt = excerpt(text, needle)?;
            Some(Hit { case: case.clone(), message: Some(key.clone()), excerpt, on_server: false })
        };
        said.find_map(|(key, text)| hit(key, text)).or_else(|| {
            let rows = self.rows_of(case)?;
            let found = rows.iter().filter(|row| row.message.text.to_lowercase().contains(needle));
            let newest = found.max_by_key(|row| row_place(row))?;
            hit(&newest.key, &newest.message.text)
        })
    }
}

/// The line that a word is found in, shortened around it.
fn excerpt(text: &str, needle: &str) -> Option<String> {
    let line = text.lines().find(|line| line.to_lowercase().contains(needle))?;
    // Lower case may have another length: counted in characters from where it begins.
    let lower = line.to_lowercase();
    let before = lower.split(needle).next().map_or(0, |before| before.chars().count());
    let from = before.saturating_sub(AROUND);
    let shown: String = line.chars().skip(from).take(2 * AROUND + needle.chars().count()).collect();
    let cut_behind = from + shown.chars().count() < line.chars().count();
    let (head, tail) = (if from > 0 { "…" } else { "" }, if cut_behind { "…" } else { "" });
    Some(format!("{head}{}{tail}", shown.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_line_around_the_word() {
        let long = "x".repeat(100);
        let text = format!("first\n{long} Pool exhausted {long}\nlast");
        let shown = excerpt(&text, "pool").unwrap();
        assert!(
            shown.starts_with('…') && shown.ends_with('…') && shown.contains("Pool exhausted"),
            "{shown}"
        );
        assert_eq!(excerpt("a pool", "pool").unwrap(), "a pool");
        assert_eq!(excerpt("nothing", "pool"), None);
    }

    #[test]
    fn forty_characters_stand_before_the_word_and_forty_behind_it() {
        let (before, behind) = ("x".repeat(40), "y".repeat(40));
        let whole = format!("{before}pool{behind}");
        assert_eq!(excerpt(&whole, "pool").unwrap(), whole, "nothing is cut that fits");
        assert_eq!(excerpt(&format!("x{whole}"), "pool").unwrap(), format!("…{whole}"));
        assert_eq!(excerpt(&format!("{whole}y"), "pool").unwrap(), format!("{whole}…"));
        let at_the_beginning = format!("pool{behind}{behind}");
        assert_eq!(excerpt(&format!("{at_the_beginning}y"), "pool").unwrap(), format!("{at_the_beginning}…"));
        assert_eq!(excerpt("Ä pool of Ä", "of").unwrap(), "Ä pool of Ä");
    }
}
