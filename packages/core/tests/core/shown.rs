//! What a desk shows: rows, texts, titles, as a person would read them off.

use copilot_core::ids::{CaseKey, MessageKey, OperationId};
use copilot_core::model::Role;
use copilot_core::view::MessageRow;

use crate::support::Desk;

impl Desk {
    pub(crate) fn rows(&self, case: &CaseKey) -> Vec<MessageRow> {
        let view = self.core.view();
        view.transcript(case)
            .iter()
            .map(|key| view.message(case, key).expect("a listed row can be drawn"))
            .collect()
    }

    /// The transcript as `role: text` lines.
    pub(crate) fn texts(&self, case: &CaseKey) -> Vec<String> {
        let word = |role| match role {
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::System => "system",
        };
        self.rows(case).iter().map(|row| format!("{}: {}", word(row.role), row.text)).collect()
    }

    pub(crate) fn row(&self, case: &CaseKey, text: &str) -> MessageRow {
        self.rows(case)
            .into_iter()
            .find(|row| *row.text == *text)
            .unwrap_or_else(|| panic!("no row says {text}"))
    }

    pub(crate) fn operation(&self, case: &CaseKey, text: &str) -> OperationId {
        self.row(case, text).operation.expect("the row is an operation's")
    }

    pub(crate) fn keys(&self, case: &CaseKey) -> Vec<MessageKey> {
        self.core.view().transcript(case).to_vec()
    }

    pub(crate) fn title(&self, case: &CaseKey) -> String {
        self.core.view().case(case).expect("the case is listed").title.to_string()
    }
}
