//! Copies of what was replaced: made before it happens, put back when the person asks.

use std::sync::Arc;

use crate::core::Core;
use crate::effect::Refusal;
use crate::ids::{CaseKey, OperationId};
use crate::journal::Record;
use crate::model::{BackedUp, Backup, Draft};
use crate::time::Millis;

/// Two windows that write one draft at the same time replace each other's with every key: one copy of a
/// case's draft in this time is enough.
const DRAFT_COPIES_APART: Millis = Millis::seconds(30);

impl Core {
    /// Keeps a copy of what is about to be replaced.
    pub(crate) fn back_up(&mut self, id: OperationId, case: Option<CaseKey>, what: BackedUp) {
        if self.ledger.backup(&id).is_none() {
            let backup = Backup { id, case, at: self.now.wall, what };
            self.state(Record::Backup(Arc::new(backup)), false);
        }
    }

    /// Another window's draft is about to replace what stands in this one's composer.
    pub(crate) fn back_up_draft(&mut self, case: Option<&CaseKey>, newer: &Draft) {
        let Some(mine) = self.ledger.draft(case) else { return };
        // Nothing is lost if it was cleared on purpose, or goes on from here.
        if newer.is_empty() || newer.text.contains(&*mine.text) || mine.text.contains(&*newer.text) {
            return;
        }
        let recent = self.ledger.backups().any(|backup| {
            matches!(backup.what, BackedUp::Draft(_))
                && backup.case.as_ref() == case
                && self.now.wall - backup.at < DRAFT_COPIES_APART
        });
        if !recent {
            let (mine, id) = (mine.clone(), self.mint_operation());
            self.back_up(id, case.cloned(), BackedUp::Draft(mine));
        }
    }

    pub(super) fn restore(&mut self, id: OperationId) {
        let Some(backup) = self.ledger.backup(&id).cloned().filter(|backup| self.is_kept(backup)) else {
            return self.refuse(Refusal::TooLate);
        };
        match (&backup.what, &backup.case) {
            (BackedUp::Title(title), Some(case)) => self.rename(case.clone(), title),
            (BackedUp::Title(_), None) => {}
            (BackedUp::Message(turn), case) => {
                let data = turn.data.iter().cloned().collect();
                let draft = Draft { text: Arc::clone(&turn.text), data, caret: 0 };
                self.put_above_draft(case.clone(), draft);
            }
            (BackedUp::Draft(draft), case) => self.put_above_draft(case.clone(), draft.clone()),
        }
        self.state(Record::BackupGone { id }, false);
    }

    pub(super) fn drop_backup(&mut self, id: OperationId) {
        if self.ledger.backup(&id).is_some() {
            self.state(Record::BackupGone { id }, false);
        }
    }

    /// Whether a copy can still be restored. A clock that was set back makes no copy older.
    pub(crate) fn is_kept(&self, backup: &Backup) -> bool {
        self.now.wall - backup.at < self.config.backups_kept
    }
}
