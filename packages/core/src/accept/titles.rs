//! Titles: renaming, collapsing rapid edits, and the name of a case that has none yet.

use crate::core::Core;
use crate::effect::Refusal;
use crate::ids::CaseKey;
use crate::journal::Record;
use crate::ledger::Stage;
use crate::model::BackedUp;
use crate::operation::{End, OperationKind, Wait};
use crate::outbox::Phase;
use crate::time::{Now, civil_from_days};
use std::sync::Arc;

impl Core {
    pub(super) fn rename(&mut self, case: CaseKey, title: &str) {
        let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let title: Arc<str> = title.chars().take(self.config.title_chars).collect::<String>().into();
        if title.is_empty() {
            return self.refuse(Refusal::BlankTitle);
        }
        if !self.is_writable(&case) {
            return self.refuse(Refusal::TooLate);
        }
        if *self.title_of(&case).0 == *title {
            return self.drop_unsent_renames(&case, &title);
        }
        self.drop_unsent_renames(&case, &title);
        let base = self.confirmed_case(&case).and_then(|case| case.title.clone());
        if base.as_deref() == Some(&*title) && !self.has_rename(&case) {
            return;
        }
        let op = self.begin(&case, OperationKind::Rename { title, base });
        let until = self.now.mono + self.config.debounce;
        self.outbox.set_phase(op, Phase::Waiting { until, why: Wait::Debounce });
    }

    /// Has the server name the case. Asking twice is asking once.
    pub(super) fn generate_title(&mut self, case: &CaseKey) {
        if !self.is_writable(case) {
            return self.refuse(Refusal::TooLate);
        }
        if self.is_being_named(case) {
            return;
        }
        let base = self.confirmed_case(case).and_then(|case| case.title.clone());
        self.begin(case, OperationKind::GenerateTitle { base });
    }

    /// Whether the server is to name a case.
    pub(crate) fn is_being_named(&self, case: &CaseKey) -> bool {
        self.ledger.meta_of(case).any(|entry| matches!(entry.op.kind, OperationKind::GenerateTitle { .. }))
    }

    pub(super) fn has_rename(&self, case: &CaseKey) -> bool {
        self.ledger.meta_of(case).any(|entry| matches!(entry.op.kind, OperationKind::Rename { .. }))
    }

    /// Rapid edits collapse into the last one while it has not been sent; so does a refused one. A name
    /// that was asked of the server is not wanted any more when the person gives one.
    pub(super) fn drop_unsent_renames(&mut self, case: &CaseKey, keep: &str) {
        let collapsed: Vec<_> = self
            .ledger
            .meta_of(case)
            .filter(|entry| match &entry.op.kind {
                OperationKind::Rename { title, .. } => {
                    let idle = !self.is_in_flight(entry.op.id);
                    entry.is_unsent()
                        && idle
                        && (**title != *keep || matches!(entry.stage, Stage::Failed { .. }))
                }
                OperationKind::GenerateTitle { .. } => entry.first.is_none(),
                _ => false,
            })
            .map(|entry| entry.op.id)
            .collect();
        for op in collapsed {
            self.state(Record::Ended { op, end: End::Superseded }, false);
        }
    }

    pub(super) fn dismiss_title_note(&mut self, case: &CaseKey) {
        if let Some(note) = self.title_note(case) {
            self.back_up(note.operation, Some(case.clone()), BackedUp::Title(note.attempted));
            self.state(Record::Ended { op: note.operation, end: End::Discarded }, false);
        }
    }
}

/// `Chat-<local date, time>`: what a case is called until something better comes.
pub(super) fn provisional_name(now: Now) -> Arc<str> {
    let local = i64::try_from(now.wall.0 / 1000).unwrap_or(0) + i64::from(now.utc_offset_minutes) * 60;
    let (day, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, date) = civil_from_days(day);
    format!("Chat-{year:04}-{month:02}-{date:02} {:02}:{:02}", second / 3600, second / 60 % 60).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Mono, Wall};

    #[test]
    fn a_new_case_is_named_by_the_local_date_and_time() {
        let name = |seconds: u64, utc_offset_minutes| {
            provisional_name(Now { wall: Wall(seconds * 1000), mono: Mono(0), utc_offset_minutes })
        };
        assert_eq!(&*name(0, 0), "Chat-1970-01-01 00:00");
        assert_eq!(&*name(951_782_400, 0), "Chat-2000-02-29 00:00");
        assert_eq!(&*name(1_795_305_540, 0), "Chat-2026-11-21 23:59");
        assert_eq!(&*name(1_795_305_540, 60), "Chat-2026-11-22 00:59");
        assert_eq!(&*name(0, -60), "Chat-1969-12-31 23:00");
    }
}
