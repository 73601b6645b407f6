//! What the core tells once: what was refused, what can be taken back, what is said aloud.

use copilot_core::ids::OperationId;
use copilot_core::model::Role;
use copilot_core::view::{Delivery, MessageRow};
use copilot_core::{Announcement, Notice, Undoable};
use dioxus::prelude::*;

use super::{Session, Toast, put};
use crate::announce::Saying;
use crate::words;

impl Session {
    pub(super) fn notice(&self, notice: &Notice) {
        match notice {
            Notice::Refused(refusal) => self.refused(refusal),
            Notice::NotKept { why, case, draft } => self.give_back(why, case.as_ref(), draft),
            Notice::NotDeleted { case, failure } => {
                let title = self.handle.read(|view| view.case(case).map(|row| row.title)).unwrap_or_default();
                self.desk.note(&words::not_deleted(&title, failure));
            }
            Notice::NotNamed { failure, .. } => self.desk.note(&words::not_named(failure)),
            Notice::Imported(counts) => put(self.imported, Some(words::imported(counts))),
            Notice::Undoable { operation, what, within } => {
                let while_unsent = matches!(what, Undoable::StatusChanged { .. });
                if while_unsent && !self.still_waits(*operation) {
                    return;
                }
                let (text, about_cases, said) = match what {
                    Undoable::Deleted { title, .. } => (words::deleted(title), true, words::SAID_DELETED),
                    Undoable::Discarded => (words::DISCARDED.to_owned(), false, words::SAID_DISCARDED),
                    Undoable::StatusChanged { to, .. } => (words::state(to), false, words::SAID_STATUS),
                };
                let number = self.toasts.get() + 1;
                self.toasts.set(number);
                put(
                    self.toast,
                    Some(Toast {
                        operation: *operation,
                        text,
                        millis: within.0,
                        about_cases,
                        while_unsent,
                        number,
                    }),
                );
                self.say(Saying::Undoable(said));
            }
            Notice::Announce(announcement) => self.announce(announcement),
        }
    }

    fn announce(&self, announcement: &Announcement) {
        if *announcement == Announcement::AnswerComplete {
            self.host.answered();
        }
        self.say(match announcement {
            Announcement::MessageSent => Saying::Sent(1),
            Announcement::WaitingOffline => Saying::WaitingOffline,
            Announcement::AnswerComplete => Saying::AnswerComplete,
            Announcement::BackOnline(count) => Saying::BackOnline(*count),
            Announcement::AllSent => Saying::AllSent,
            Announcement::NotSent(operation) => Saying::NotSent(self.why_not_sent(*operation)),
            Announcement::SignedOut => Saying::SignedOut,
        });
    }

    /// Whether the message of an operation of the open case has not left this device.
    pub(super) fn still_waits(&self, operation: OperationId) -> bool {
        use Delivery as D;
        let row = self.row_of(operation);
        row.is_some_and(|row| {
            matches!(
                row.delivery,
                D::WaitingOffline | D::WaitingBusy { .. } | D::WaitingSignIn | D::WaitingWindow | D::Blocked
            )
        })
    }

    fn why_not_sent(&self, operation: OperationId) -> String {
        match self.row_of(operation).map(|row| row.delivery) {
            Some(Delivery::Failed { failure, took, .. }) => words::reason(&failure, took, None, None),
            _ => String::new(),
        }
    }

    /// The person's row of an operation, if that is in the open case.
    fn row_of(&self, operation: OperationId) -> Option<MessageRow> {
        let case = self.view.open.peek().clone()?;
        self.handle.read(|view| {
            // Operations stand at the end; a long case is not searched for one that is not there.
            let keys = view.transcript(&case).iter().rev().take(200);
            let mut rows = keys.filter_map(|key| view.message(&case, key));
            rows.find(|row| row.operation == Some(operation) && row.role == Role::User)
        })
    }
}
