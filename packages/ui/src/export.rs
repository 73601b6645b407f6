//! What people take out of the panel: a case as Markdown, everything of an account as one file.
//!
//! Made of what this device has; nothing is fetched for it.

use copilot_core::ids::CaseKey;
use copilot_core::model::Role;
use copilot_core::view::{Delivery, MessageRow};
use copilot_core::{Now, View};

use crate::label;
use crate::session::Session;
use crate::words;

/// A file name out of a title: letters and digits of any script, the rest becomes hyphens.
pub(crate) fn file_name(title: &str, extension: &str) -> String {
    const LONGEST: usize = 60;
    let mut name = String::new();
    for c in title.chars().take(LONGEST) {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_matches('-');
    format!("{}.{extension}", if name.is_empty() { "case" } else { name })
}

/// A case with its messages, drafts and unsent words.
pub(crate) fn case_markdown(view: View<'_>, case: &CaseKey, now: Now) -> String {
    let Some(row) = view.case(case) else { return String::new() };
    let mut text = format!("# {}\n\n{}\n", row.title, words::state(&row.state));
    for key in view.transcript(case) {
        if let Some(message) = view.message(case, key) {
            write_message(&mut text, &message, now);
        }
    }
    write_draft(&mut text, view, Some(case));
    text
}

fn write_message(text: &mut String, message: &MessageRow, now: Now) {
    let who = if message.role == Role::User { words::YOU } else { words::BRAND };
    let at = message.sent.map(|sent| sent.0).or(message.created.map(|created| created.0));
    let at = at.map(|at| label::date_time(at, now)).unwrap_or_default();
    text.push_str(&format!("\n## {who}, {at}"));
    if message.role == Role::User && !matches!(message.delivery, Delivery::Settled | Delivery::Sent) {
        text.push_str(words::EXPORT_UNSENT);
    }
    text.push_str("\n\n");
    if let Some(attachment) = &message.attachment {
        let name = attachment.name.as_deref().unwrap_or(words::PASTED_LOG);
        text.push_str(&format!("[{name}, {}]\n\n", label::size(attachment.bytes)));
    }
    text.push_str(message.text.trim_end());
    text.push('\n');
}

fn write_draft(text: &mut String, view: View<'_>, case: Option<&CaseKey>) {
    let draft = view.draft(case).map(|draft| draft.text.trim_end()).filter(|draft| !draft.is_empty());
    if let Some(draft) = draft {
        text.push_str(&format!("\n## {}\n\n{draft}\n", words::EXPORT_DRAFT));
    }
}

impl Session {
    /// Saves a case as Markdown.
    pub(crate) fn export_case(&self, case: &CaseKey) {
        self.keep_draft();
        let now = self.handle.now();
        let (name, text) = self.handle.read(|view| {
            let title = view.case(case).map(|row| row.title).unwrap_or_default();
            (file_name(&title, "md"), case_markdown(view, case, now))
        });
        self.save(name, text);
    }

    /// Saves everything that this device has of the account.
    pub(crate) fn export_everything(&self) {
        self.keep_draft();
        let text = self.handle.read(|view| view.export());
        self.save("faultmaven-copilot.json".to_owned(), text);
    }

    /// Saves what of this account's data could not be read, as far as it is legible.
    pub(crate) fn export_damage(&self) {
        let (session, reading) = (self.clone(), self.handle.set_aside());
        dioxus::core::spawn_forever(async move {
            let parts = reading.await;
            let parts = parts.iter().map(|part| format!("{}\n{}\n", part.name, part.text));
            session.save("faultmaven-copilot-damaged.txt".to_owned(), parts.collect::<Vec<_>>().join("\n"));
        });
    }

    /// Saves a file, and says when that did not work.
    pub(crate) fn save(&self, name: String, text: String) {
        let (session, saving) = (self.clone(), self.host.save(name, text));
        dioxus::core::spawn_forever(async move {
            if !saving.await {
                session.desk.note(words::SAVE_FAILED);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_case() {
        assert_eq!(file_name("Checkout p99: pool halved / v3.18", "md"), "checkout-p99-pool-halved-v3-18.md");
        assert_eq!(file_name("Überlast ⚠", "md"), "überlast.md");
        assert_eq!(file_name("../../..", "md"), "case.md");
    }
}
