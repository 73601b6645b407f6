//! What the Up and Down keys bring back: an unsent message to change, else what was said before.

use copilot_core::model::Role;
use dioxus::prelude::*;

use crate::session::{Session, put};

/// Rows that are looked through for what was said before.
const ROWS: usize = 400;

impl Session {
    /// Up in an empty composer takes the person's last unsent message back; without one it brings back what
    /// they said before, one message further with each press, and Down the way back. Whether anything was done:
    /// otherwise the keys move the caret.
    pub(crate) fn recall(&self, back: bool) -> bool {
        let text = self.desk.text.peek().clone();
        let recalled = self.desk.recalled.borrow().clone().filter(|(_, recalled)| *recalled == text);
        let at = match (&recalled, back) {
            (None, true) if text.is_empty() && self.desk.chips.peek().is_empty() => {
                if self.edit_last() {
                    return true;
                }
                0
            }
            (Some((at, _)), true) => at + 1,
            (Some((0, _)), false) => {
                self.desk.recalled.take();
                self.replace_text(String::new());
                return true;
            }
            (Some((at, _)), false) => at - 1,
            (None, _) => return false,
        };
        let Some(said) = self.said_before(at) else { return recalled.is_some() };
        self.desk.recalled.replace(Some((at, said.clone())));
        self.replace_text(said);
        true
    }

    /// What the person said in the open case, counted from the last; without repetitions.
    fn said_before(&self, at: usize) -> Option<String> {
        let case = self.view.open.peek().clone()?;
        self.handle.read(|view| {
            let rows = view.transcript(&case).iter().rev().take(ROWS);
            let mut texts: Vec<std::sync::Arc<str>> = Vec::new();
            for row in rows.filter_map(|key| view.message(&case, key)) {
                let is_new =
                    row.role == Role::User && !row.text.trim().is_empty() && !texts.contains(&row.text);
                if is_new {
                    texts.push(row.text);
                }
            }
            texts.get(at).map(ToString::to_string)
        })
    }

    /// Whether one of the person's last messages in the open case has these words.
    pub(super) fn was_said(&self, text: &str) -> bool {
        let Some(case) = self.view.open.peek().clone() else { return false };
        self.handle.read(|view| {
            let mut rows =
                view.transcript(&case).iter().rev().take(ROWS).filter_map(|key| view.message(&case, key));
            rows.any(|row| row.role == Role::User && row.text.trim() == text)
        })
    }

    /// Takes the person's last unsent message back into the composer; whether there was one.
    fn edit_last(&self) -> bool {
        use copilot_core::view::Delivery as D;
        let Some(case) = self.view.open.peek().clone() else { return false };
        let last = self.handle.read(|view| {
            let rows =
                view.transcript(&case).iter().rev().take(40).filter_map(|key| view.message(&case, key));
            let last = rows.into_iter().find(|row| row.role == Role::User)?;
            let unsent = matches!(
                last.delivery,
                D::WaitingOffline | D::WaitingBusy { .. } | D::WaitingSignIn | D::Blocked | D::Failed { .. }
            );
            last.operation.filter(|_| unsent)
        });
        if let Some(operation) = last {
            self.edit(operation);
        }
        last.is_some()
    }

    fn replace_text(&self, text: String) {
        self.desk.replaced(super::utf16(&text));
        put(self.desk.text, text);
        self.keep_soon();
    }
}
