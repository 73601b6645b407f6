//! What is asked of the ledger: operations of a case, links, drafts, pins.

use crate::ids::{CaseKey, IdMap, MessageKey, OperationId, RealId};
use crate::model::{Backup, Draft, Stamp};
use crate::operation::OperationKind;
use crate::time::Wall;
use std::ops::Bound;
use std::sync::Arc;

use super::{CaseLedger, Entry, Ledger};

impl Ledger {
    pub(crate) fn entry(&self, op: &OperationId) -> Option<&Entry> {
        self.entries.get(op)
    }

    /// All operations, case by case, in the person's order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        let ops = self.cases.values().flat_map(|case| &case.ops);
        ops.filter_map(|(_, op)| self.entries.get(op))
    }

    pub(crate) fn case(&self, key: &CaseKey) -> Option<&CaseLedger> {
        self.cases.get(key)
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = (&CaseKey, &CaseLedger)> {
        self.cases.iter()
    }

    /// The operations of a case in the person's order.
    pub(crate) fn ops_of<'a>(
        &'a self,
        key: &CaseKey,
    ) -> impl DoubleEndedIterator<Item = &'a Entry> + Clone + use<'a> {
        self.cases
            .get(key)
            .into_iter()
            .flat_map(|case| case.ops.iter())
            .filter_map(|(_, op)| self.entries.get(op))
    }

    /// The operations of a case that have left, or whose fate is known, in the person's order.
    pub(crate) fn begun<'a>(
        &'a self,
        key: &CaseKey,
    ) -> impl DoubleEndedIterator<Item = &'a Entry> + Clone + use<'a> {
        let begun = self.cases.get(key).into_iter().flat_map(|case| &case.begun);
        begun.filter_map(|(_, op)| self.entries.get(op))
    }

    /// The operations of a case before another one, the nearest first.
    pub(crate) fn ops_before(&self, entry: &Entry) -> impl Iterator<Item = &Entry> {
        let place = (entry.op.order, entry.op.id);
        let ops =
            self.cases.get(&entry.op.case).into_iter().flat_map(move |case| case.ops.range(..place).rev());
        ops.filter_map(|(_, op)| self.entries.get(op))
    }

    /// The operation of a case after another one.
    pub(crate) fn op_after(&self, entry: &Entry) -> Option<&Entry> {
        let place = (Bound::Excluded((entry.op.order, entry.op.id)), Bound::Unbounded);
        let (_, next) = self.cases.get(&entry.op.case)?.ops.range(place).next()?;
        self.entries.get(next)
    }

    /// The operations that change a case itself: creation, titles, states, deletion.
    pub(crate) fn meta_of<'a>(&'a self, key: &CaseKey) -> impl Iterator<Item = &'a Entry> + use<'a> {
        self.cases
            .get(key)
            .into_iter()
            .flat_map(|case| case.meta.iter())
            .filter_map(|(_, op)| self.entries.get(op))
    }

    /// The operation behind a row that was born here.
    pub(crate) fn behind(&self, case: &CaseKey, row: &MessageKey) -> Option<&Entry> {
        let op = self.cases.get(case)?.rows.get(row)?;
        self.entries.get(op)
    }

    /// The ended message behind a row, if it is one of the last.
    pub(crate) fn finished_behind(&self, case: &CaseKey, row: &MessageKey) -> Option<&Entry> {
        self.finished(case).find(|entry| match &entry.op.kind {
            OperationKind::SubmitTurn { question, answer, .. } => question == row || answer == row,
            _ => false,
        })
    }

    /// The messages of a case that ended last, newest first.
    pub(crate) fn finished(&self, key: &CaseKey) -> impl Iterator<Item = &Entry> + Clone {
        self.cases.get(key).into_iter().flat_map(|case| &case.finished)
    }

    /// The highest turn that an answer has named in a case.
    pub(crate) fn answered(&self, key: &CaseKey) -> u32 {
        self.cases.get(key).map_or(0, |case| case.answered)
    }

    /// The deletion of a case that is under way or can still be taken back.
    pub(crate) fn deletion(&self, key: &CaseKey) -> Option<&Entry> {
        self.meta_of(key).find(|entry| matches!(entry.op.kind, OperationKind::Delete))
    }

    /// The order of the next operation of a case. The first is the making of the case, even when a damaged
    /// journal has forgotten that it is over.
    pub(crate) fn next_order(&self, key: &CaseKey, kind: &OperationKind) -> u64 {
        if matches!(kind, OperationKind::CreateCase { .. }) {
            return 1;
        }
        self.cases.get(key).and_then(|case| case.ops.last()).map_or(2, |(order, _)| order.saturating_add(1))
    }

    pub(crate) const fn links(&self) -> &IdMap {
        &self.links
    }

    /// The server id of a case: by link, or because its key was derived from one.
    pub(crate) fn real(&self, key: &CaseKey) -> Option<RealId> {
        self.links.real(key).cloned().or_else(|| key.derived_from())
    }

    /// The key of a server case: by link, or derived.
    pub(crate) fn key(&self, real: &RealId) -> CaseKey {
        self.links.key(real).cloned().unwrap_or_else(|| CaseKey::of_server(real))
    }

    pub(crate) fn is_deleted(&self, real: &RealId) -> bool {
        self.deleted.contains(real)
    }

    pub(crate) fn draft(&self, case: Option<&CaseKey>) -> Option<&Draft> {
        let slot = match case {
            Some(case) => self.cases.get(case).and_then(|case| case.draft.as_ref()),
            None => self.new_draft.as_ref(),
        };
        slot.map(|(draft, _)| draft).filter(|draft| !draft.is_empty())
    }

    /// Whether an operation is here, or is over and remembered.
    pub(crate) fn is_known(&self, op: &OperationId) -> bool {
        self.entries.contains_key(op) || self.over.contains(op)
    }

    /// Copies of what was replaced, oldest first.
    pub(crate) fn backups(&self) -> impl Iterator<Item = &Arc<Backup>> {
        self.backups.iter()
    }

    pub(crate) fn backup(&self, id: &OperationId) -> Option<&Arc<Backup>> {
        self.backups.iter().find(|backup| backup.id == *id)
    }

    /// When a draft was written last; the default for one that never was.
    pub(crate) fn draft_stamp(&self, case: Option<&CaseKey>) -> Stamp {
        let slot = match case {
            Some(case) => self.cases.get(case).and_then(|case| case.draft.as_ref()),
            None => self.new_draft.as_ref(),
        };
        slot.map(|(_, stamp)| *stamp).unwrap_or_default()
    }

    pub(crate) const fn gate(&self) -> Option<(Wall, Wall)> {
        self.gate
    }
}
