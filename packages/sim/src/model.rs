//! The naive reference model: the fold of the journal, written from the design and not from the
//! core. It is what every window must show once it has heard everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use copilot_core::ids::{CaseKey, MessageKey, OperationId, RealId};
use copilot_core::journal::Record;
use copilot_core::model::{Backup, Draft, Stamp};
use copilot_core::operation::{Acknowledged, End, OperationKind, PendingOperation};
use copilot_core::{Failure, Wall};

/// How far an operation is, by the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not on the server, as far as the journal knows.
    Open,
    /// On the server, to this extent.
    Acknowledged(Acknowledged),
    /// The person stopped waiting.
    Stopped,
    /// It needs the person.
    Failed(Failure),
}

/// An operation, by the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// What it is.
    pub(crate) op: Arc<PendingOperation>,
    /// It may have left.
    pub(crate) attempted: bool,
    /// When it may have left first.
    pub(crate) first: Option<Wall>,
    /// How far it is.
    pub(crate) stage: Stage,
    /// It passes failed ones before it.
    pub(crate) anyway: bool,
    /// The person gave it up and may still take that back.
    pub(crate) discarding: bool,
}

/// Everything that the journal says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fold {
    /// Operations that are not over.
    pub(crate) ops: BTreeMap<OperationId, Known>,
    /// Operations that are.
    pub(crate) over: BTreeSet<OperationId>,
    /// Which server case a local case became.
    pub(crate) links: BTreeMap<CaseKey, RealId>,
    /// Deleted cases.
    pub(crate) deleted: BTreeSet<RealId>,
    /// Composers.
    pub(crate) drafts: BTreeMap<Option<CaseKey>, (Stamp, Draft)>,
    /// Pins.
    pub(crate) pins: BTreeMap<CaseKey, (Stamp, bool)>,
    /// Seen marks.
    pub(crate) seen: BTreeMap<CaseKey, u32>,
    /// The gate that was closed last.
    pub(crate) gate: Option<(Wall, Wall)>,
    /// Copies of what was replaced.
    pub(crate) backups: BTreeMap<OperationId, Arc<Backup>>,
    /// Records of newer programs.
    pub(crate) foreign: Vec<Arc<str>>,
}

impl Fold {
    /// Adds one fact.
    pub(crate) fn apply(&mut self, record: &Record) {
        match record {
            Record::Operation(op) if self.over.contains(&op.id) => {}
            Record::Operation(op) => {
                self.ops.entry(op.id).or_insert_with(|| Known {
                    op: Arc::clone(op),
                    attempted: false,
                    first: None,
                    stage: Stage::Open,
                    anyway: false,
                    discarding: false,
                });
            }
            Record::Attempt { op, first } => self.with(op, |known| {
                known.attempted = true;
                known.first.get_or_insert(first.at);
            }),
            Record::Acknowledged { op, with } => self.with(op, |known| {
                let better = match (&known.stage, with) {
                    (Stage::Acknowledged(Acknowledged::Answered(_)), _) => false,
                    (Stage::Acknowledged(Acknowledged::Committed), with) => {
                        !matches!(with, Acknowledged::Working(_))
                    }
                    _ => true,
                };
                if better {
                    known.stage = Stage::Acknowledged(with.clone());
                }
            }),
            Record::Failed { op, failure, .. } => self.with(op, |known| {
                let done = matches!(
                    known.stage,
                    Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)
                );
                if !done {
                    known.stage = Stage::Failed(failure.clone());
                }
            }),
            Record::Stopped { op } => self.with(op, |known| {
                let waits =
                    matches!(known.stage, Stage::Open | Stage::Acknowledged(Acknowledged::Working(_)));
                if waits {
                    known.stage = Stage::Stopped;
                }
            }),
            Record::Resumed { op, anyway } => self.with(op, |known| {
                known.anyway |= anyway;
                let done = matches!(
                    known.stage,
                    Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)
                );
                if !done {
                    known.stage = Stage::Open;
                }
            }),
            Record::Discarding { op, .. } => self.with(op, |known| known.discarding = true),
            Record::Kept { op } => self.with(op, |known| known.discarding = false),
            // A discard that was taken back is not carried out by a window that did not hear of that.
            Record::Ended { op, end: End::Discarded } if self.is_kept(op) => {}
            Record::Ended { op, .. } => {
                self.ops.remove(op);
                self.over.insert(*op);
            }
            Record::Link { case, real, .. } => {
                let taken = self.links.contains_key(case) || self.links.values().any(|linked| linked == real);
                if !taken {
                    self.links.insert(case.clone(), real.clone());
                    self.unite(&CaseKey::of_server(real), case);
                }
            }
            Record::Deleted { real } => {
                self.deleted.insert(real.clone());
                let key = self.key(real);
                self.backups.retain(|_, backup| backup.case.as_ref() != Some(&key));
            }
            Record::Draft { case, draft, stamp } => {
                let case = case.as_ref().map(|case| self.one(case));
                let slot = self.drafts.entry(case).or_default();
                if slot.0 < *stamp {
                    *slot = (*stamp, draft.clone());
                }
            }
            Record::Pin { case, pinned, stamp } => {
                let case = self.one(case);
                let slot = self.pins.entry(case).or_default();
                if slot.0 < *stamp {
                    *slot = (*stamp, *pinned);
                }
            }
            Record::Seen { case, turn } => {
                let case = self.one(case);
                let slot = self.seen.entry(case).or_default();
                *slot = (*slot).max(*turn);
            }
            Record::Gate { at, until } => self.gate = Some((*at, *until)),
            Record::Backup(backup) => {
                self.backups.entry(backup.id).or_insert_with(|| Arc::clone(backup));
            }
            Record::BackupGone { id } => {
                self.backups.remove(id);
            }
            Record::Foreign(json) => self.foreign.push(Arc::clone(json)),
            Record::Rebased { .. } => {}
        }
    }

    /// The one key of a case: a server case that a local one became goes by the local one's.
    pub(crate) fn one(&self, case: &CaseKey) -> CaseKey {
        let local = self.links.iter().find(|(_, real)| CaseKey::of_server(real) == *case);
        local.map_or_else(|| case.clone(), |(local, _)| local.clone())
    }

    /// What was kept of a server case now belongs to the local case that became it.
    fn unite(&mut self, other: &CaseKey, case: &CaseKey) {
        if let Some(theirs) = self.drafts.remove(&Some(other.clone())) {
            let ours = self.drafts.entry(Some(case.clone())).or_default();
            if ours.0 < theirs.0 {
                *ours = theirs;
            }
        }
        if let Some(theirs) = self.pins.remove(other) {
            let ours = self.pins.entry(case.clone()).or_default();
            *ours = (*ours).max(theirs);
        }
        if let Some(theirs) = self.seen.remove(other) {
            let ours = self.seen.entry(case.clone()).or_default();
            *ours = (*ours).max(theirs);
        }
    }

    fn with(&mut self, op: &OperationId, change: impl FnOnce(&mut Known)) {
        if let Some(known) = self.ops.get_mut(op) {
            change(known);
        }
    }

    /// Whether the message behind a row is being discarded.
    pub(crate) fn is_discarding(&self, row: &MessageKey) -> bool {
        let is_behind = |known: &&Known| matches!(&known.op.kind, OperationKind::SubmitTurn { question, answer, .. } if question == row || answer == row);
        self.ops.values().find(is_behind).is_some_and(|known| known.discarding)
    }

    /// Whether something that was said is there and not being discarded.
    pub(crate) fn is_kept(&self, op: &OperationId) -> bool {
        self.ops.get(op).is_some_and(|known| {
            matches!(known.op.kind, OperationKind::SubmitTurn { .. }) && !known.discarding
        })
    }

    /// The server id of a case.
    #[must_use]
    pub(crate) fn real(&self, key: &CaseKey) -> Option<RealId> {
        self.links.get(key).cloned().or_else(|| key.derived_from())
    }

    /// The key of a server case.
    #[must_use]
    pub(crate) fn key(&self, real: &RealId) -> CaseKey {
        let linked = self.links.iter().find(|(_, linked)| *linked == real);
        linked.map_or_else(|| CaseKey::of_server(real), |(key, _)| key.clone())
    }

    /// The operations of a case in the person's order.
    #[must_use]
    pub(crate) fn ops_of(&self, case: &CaseKey) -> Vec<&Known> {
        let mut ops: Vec<&Known> =
            self.ops.values().filter(|known| self.one(&known.op.case) == *case).collect();
        ops.sort_by_key(|known| (known.op.order, known.op.id));
        ops
    }

    /// Whether the person has deleted the case and nobody refused.
    #[must_use]
    pub(crate) fn is_being_deleted(&self, case: &CaseKey) -> bool {
        self.ops.values().any(|known| {
            self.one(&known.op.case) == *case
                && matches!(known.op.kind, OperationKind::Delete)
                && !matches!(known.stage, Stage::Failed(_))
        })
    }

    /// What a snapshot must keep: everything but the memory of what is over and of deleted cases.
    #[must_use]
    pub(crate) fn lasting(&self) -> Self {
        let gone: Vec<CaseKey> = self.deleted.iter().map(|real| self.key(real)).collect();
        let mut kept = self.clone();
        kept.over.clear();
        for known in kept.ops.values_mut() {
            let case = self.one(&known.op.case);
            known.op = Arc::new(PendingOperation { case, ..(*known.op).clone() });
        }
        kept.drafts.retain(|case, (stamp, _)| {
            *stamp != Stamp::default() && case.as_ref().is_none_or(|case| !gone.contains(case))
        });
        kept.pins.retain(|case, (stamp, _)| *stamp != Stamp::default() && !gone.contains(case));
        kept.seen.retain(|case, _| !gone.contains(case));
        kept
    }
}
