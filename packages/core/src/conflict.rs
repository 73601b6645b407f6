//! Titles that changed on both sides: a three-way merge in which the person decides.
//!
//! A conflict is not a state but a consequence: the base that a rename stands on, the person's title and
//! the confirmed one. It appears and goes by itself as those change. Texts of messages never conflict.

use std::sync::Arc;

use crate::core::Core;
use crate::ids::CaseKey;
use crate::journal::Record;
use crate::ledger::{Entry, Stage};
use crate::model::is_placeholder_title;
use crate::operation::{End, Lane, OperationKind};
use crate::view::TitleConflict;

/// A title that says something. The server replaces its own placeholder by a name at some time; that is
/// no edit of anybody's and never a conflict.
fn named(title: Option<&Arc<str>>) -> Option<&Arc<str>> {
    title.filter(|title| !title.trim().is_empty() && !is_placeholder_title(title))
}

impl Core {
    /// The conflict of a case, if the title changed here and elsewhere.
    pub(crate) fn title_conflict(&self, case: &CaseKey) -> Option<TitleConflict> {
        let theirs = self.confirmed_case(case)?.named()?;
        self.ledger.meta_of(case).find_map(|entry| {
            let OperationKind::Rename { title: mine, base } = &entry.op.kind else { return None };
            let base = named(entry.rebased.as_ref().unwrap_or(base).as_ref());
            let both_changed = base.is_some_and(|base| base != theirs) && theirs != mine;
            (both_changed && self.is_undecided(entry)).then(|| TitleConflict {
                operation: entry.op.id,
                base: base.cloned(),
                mine: Arc::clone(mine),
                mine_at: entry.op.created,
                theirs: Arc::clone(theirs),
            })
        })
    }

    /// Cases that wait for a decision.
    pub(crate) fn undecided(&self) -> u32 {
        let waiting = self.outbox.lanes.keys().filter(|lane| match lane {
            Lane::Meta(case) => self.title_conflict(case).is_some(),
            Lane::Talk(_) => false,
        });
        u32::try_from(waiting.count()).unwrap_or(u32::MAX)
    }

    /// A request that has left can no longer be held back; its answer decides.
    fn is_undecided(&self, entry: &Entry) -> bool {
        entry.stage == Stage::Open && !self.is_in_flight(entry.op.id)
    }

    /// Whether an operation waits for the person's decision and for nothing else.
    pub(crate) fn is_held_by_conflict(&self, entry: &Entry) -> bool {
        matches!(entry.op.kind, OperationKind::Rename { .. })
            && self.title_conflict(&entry.op.case).is_some_and(|conflict| conflict.operation == entry.op.id)
    }

    pub(crate) fn keep_mine(&mut self, case: &CaseKey) {
        if let Some(conflict) = self.title_conflict(case) {
            let base = Some(conflict.theirs);
            // It may have changed again while the person was thinking.
            if let Some(live) = self.outbox.live.get_mut(&conflict.operation) {
                live.verified = false;
            }
            self.state(Record::Rebased { op: conflict.operation, base }, false);
        }
    }

    pub(crate) fn use_theirs(&mut self, case: &CaseKey) {
        if let Some(conflict) = self.title_conflict(case) {
            self.state(Record::Ended { op: conflict.operation, end: End::Superseded }, false);
        }
    }

    /// Follows a confirmed title into the renames of its case: one that says the same is done, whoever
    /// sent it, and one that conflicts must not leave.
    pub(crate) fn settle_titles(&mut self, case: &CaseKey) {
        let confirmed = self.confirmed_case(case).and_then(|case| case.named()).cloned();
        let done: Vec<_> = self
            .ledger
            .meta_of(case)
            .filter(|entry| match &entry.op.kind {
                OperationKind::Rename { title, .. } => {
                    confirmed.as_ref() == Some(title) && self.is_undecided(entry)
                }
                _ => false,
            })
            .map(|entry| entry.op.id)
            .collect();
        for op in done {
            self.state(Record::Ended { op, end: End::Completed }, false);
        }
        let renames: Vec<_> = self.ledger.meta_of(case).map(|entry| entry.op.id).collect();
        for op in renames {
            self.recount(op);
        }
        self.screen.patch(crate::view::ViewPatch::Status);
        self.dirty_lanes.insert(Lane::Meta(case.clone()));
    }
}
