//! The durable state: the fold of the journal, and nothing else.
//!
//! [`Ledger::apply`] is the only way to change it, at start, when the person acts and when another
//! window has written. It has no opinion about the network, timers or the screen.

mod carry_over;
mod look_up;
mod progress;
mod snapshot;
#[cfg(test)]
mod tests;

pub use carry_over::CarryOver;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::failure::Failure;
use crate::ids::{CaseKey, IdMap, MessageKey, OperationId, RealId};
use crate::journal::Record;
use crate::lookup::Lookup;
use crate::model::{Backup, Draft, Stamp};
use crate::operation::{Acknowledged, End, FirstAttempt, OperationKind, PendingOperation};
use crate::ordered::{OrderedMap, OrderedSet};
use crate::time::Wall;

/// Answered messages per case that are remembered after their end: more than a page of rows has turns.
const FINISHED: usize = 64;

/// Copies of replaced things that are kept, the newest.
const BACKUPS: usize = 200;

/// Ended operations that are remembered by their id.
const OVER: usize = 1024;

/// An operation and everything durable that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    pub(crate) op: Arc<PendingOperation>,
    pub(crate) first: Option<FirstAttempt>,
    pub(crate) stage: Stage,
    /// It does not wait for failed operations before it.
    pub(crate) anyway: bool,
    /// The base of a rename that was rebased after a conflict.
    pub(crate) rebased: Option<Option<Arc<str>>>,
    /// Given up by the person, who may still take that back until this moment.
    pub(crate) discarding: Option<Wall>,
}

/// How far an operation is, as far as that is durable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// The server does not have it, as far as anyone knows.
    Open,
    /// The server has it.
    Acknowledged(Acknowledged),
    /// The person stopped waiting; rows may still come.
    Stopped,
    /// It needs the person.
    Failed { failure: Failure, at: Wall },
}

/// Everything durable about one case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct CaseLedger {
    /// Operations in the person's order.
    pub(crate) ops: OrderedSet<(u64, OperationId)>,
    /// Those of them that change the case itself: creation, titles, states, deletion. Few, however long the
    /// talk is.
    meta: OrderedSet<(u64, OperationId)>,
    /// Those of them that have left, or whose fate is known. Few, however many wait.
    begun: OrderedSet<(u64, OperationId)>,
    /// The operation behind each row that was born here and is not the server's yet.
    rows: OrderedMap<MessageKey, OperationId>,
    /// The highest turn that an answer has named.
    answered: u32,
    /// The last answered messages that are over. A window whose read of the list was under way when another
    /// window ended them still knows what to call their rows.
    finished: VecDeque<Entry>,
    pub(crate) name: Option<Arc<str>>,
    pub(crate) draft: Option<(Draft, Stamp)>,
    pub(crate) pin: (bool, Stamp),
    /// The last turn that was seen on this device; `None` for a case that was never opened here.
    pub(crate) seen: Option<u32>,
}

/// The fold of the journal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    entries: Lookup<OperationId, Entry>,
    cases: OrderedMap<CaseKey, CaseLedger>,
    links: IdMap,
    deleted: OrderedSet<RealId>,
    new_draft: Option<(Draft, Stamp)>,
    /// Set at, until.
    gate: Option<(Wall, Wall)>,
    /// Oldest first.
    backups: VecDeque<Arc<Backup>>,
    foreign: Vec<Arc<str>>,
    /// Operations that ended last: a fact that comes late must not bring one back to life.
    over: VecDeque<OperationId>,
    /// Records that could not be true and were not applied.
    refused: u64,
}

/// What a record changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Touched {
    Nothing,
    /// An operation came, or moved.
    Operation(OperationId),
    /// An operation is over.
    Ended(Entry, End),
    /// A case got its server id.
    Linked(CaseKey, RealId),
    /// Pin or seen mark of a case.
    Case(CaseKey),
    Draft(Option<CaseKey>),
    Deleted(RealId),
    Gate,
}

impl Ledger {
    /// Applies one fact. Applying it twice changes nothing; a fact about an operation that is over
    /// changes nothing.
    pub(crate) fn apply(&mut self, record: &Record) -> Touched {
        match record {
            Record::Operation(op) => self.begin(op),
            Record::Attempt { op, first } => self.update(op, |entry| {
                entry.first.get_or_insert(*first);
            }),
            Record::Acknowledged { op, with } => self.acknowledge(op, with),
            Record::Failed { op, failure, at } => self.fail(op, failure, *at),
            Record::Stopped { op } => self.update(op, |entry| {
                if matches!(entry.stage, Stage::Open | Stage::Acknowledged(Acknowledged::Working(_))) {
                    entry.stage = Stage::Stopped;
                }
            }),
            Record::Resumed { op, anyway } => self.update(op, |entry| {
                entry.anyway |= *anyway;
                let over = matches!(
                    entry.stage,
                    Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed)
                );
                if !over {
                    entry.stage = Stage::Open;
                }
            }),
            Record::Rebased { op, base } => self.update(op, |entry| entry.rebased = Some(base.clone())),
            Record::Discarding { op, until } => self.update(op, |entry| entry.discarding = Some(*until)),
            Record::Kept { op } => self.update(op, |entry| entry.discarding = None),
            Record::Ended { op, end } => self.end(op, *end),
            Record::Link { case, real, name } => self.link(case, real, name),
            Record::Deleted { real } => {
                self.deleted.insert(real.clone());
                let key = self.key(real);
                if self.cases.get(&key).is_some_and(|case| case.ops.is_empty()) {
                    self.cases.remove(&key);
                }
                self.backups.retain(|backup| backup.case.as_ref() != Some(&key));
                Touched::Deleted(real.clone())
            }
            Record::Draft { case, draft, stamp } => {
                let case = case.as_ref().map(|case| self.canonical(case));
                self.keep_draft(case.as_ref(), draft, *stamp)
            }
            Record::Pin { case, pinned, stamp } => {
                let case = self.canonical(case);
                let pin = &mut self.cases.entry(case.clone()).or_default().pin;
                if pin.1 < *stamp {
                    *pin = (*pinned, *stamp);
                }
                Touched::Case(case)
            }
            Record::Seen { case, turn } => {
                let case = self.canonical(case);
                let seen = &mut self.cases.entry(case.clone()).or_default().seen;
                *seen = (*seen).max(Some(*turn));
                Touched::Case(case)
            }
            Record::Gate { at, until } => {
                self.gate = Some((*at, *until));
                Touched::Gate
            }
            Record::Backup(backup) => {
                if self.backup(&backup.id).is_none() {
                    if self.backups.len() == BACKUPS {
                        self.backups.pop_front();
                    }
                    self.backups.push_back(Arc::clone(backup));
                }
                backup.case.clone().map_or(Touched::Nothing, Touched::Case)
            }
            Record::BackupGone { id } => {
                let gone = self.backups.iter().position(|backup| backup.id == *id);
                let case = gone.and_then(|at| self.backups.remove(at)).and_then(|gone| gone.case.clone());
                case.map_or(Touched::Nothing, Touched::Case)
            }
            Record::Foreign(json) => {
                self.foreign.push(Arc::clone(json));
                Touched::Nothing
            }
        }
    }

    fn begin(&mut self, op: &Arc<PendingOperation>) -> Touched {
        if self.entries.contains_key(&op.id) || self.over.contains(&op.id) {
            return Touched::Nothing;
        }
        let case = self.canonical(&op.case);
        let op = &if case == op.case {
            Arc::clone(op)
        } else {
            Arc::new(PendingOperation { case, ..(**op).clone() })
        };
        let case = self.cases.entry(op.case.clone()).or_default();
        case.ops.insert((op.order, op.id));
        if let OperationKind::SubmitTurn { question, answer, .. } = &op.kind {
            case.rows.insert(question.clone(), op.id);
            case.rows.insert(answer.clone(), op.id);
        }
        if !matches!(op.kind, OperationKind::SubmitTurn { .. }) || op.transition().is_some() {
            case.meta.insert((op.order, op.id));
        }
        self.entries.insert(
            op.id,
            Entry {
                op: Arc::clone(op),
                first: None,
                stage: Stage::Open,
                anyway: false,
                rebased: None,
                discarding: None,
            },
        );
        Touched::Operation(op.id)
    }

    fn update(&mut self, op: &OperationId, change: impl FnOnce(&mut Entry)) -> Touched {
        match self.entries.get_mut(op) {
            Some(entry) => {
                change(entry);
                if let Some(case) = self.cases.get_mut(&entry.op.case) {
                    let place = (entry.op.order, *op);
                    if entry.first.is_some() || entry.stage != Stage::Open {
                        case.begun.insert(place);
                    } else {
                        case.begun.remove(&place);
                    }
                }
                Touched::Operation(*op)
            }
            None => Touched::Nothing,
        }
    }

    fn end(&mut self, op: &OperationId, end: End) -> Touched {
        // A discard that was taken back is not carried out by a window that did not hear of that.
        let taken_back = end == End::Discarded
            && self.entries.get(op).is_some_and(|entry| {
                matches!(entry.op.kind, OperationKind::SubmitTurn { .. }) && entry.discarding.is_none()
            });
        if taken_back {
            return Touched::Nothing;
        }
        let Some(entry) = self.entries.remove(op) else {
            return Touched::Nothing;
        };
        if self.over.len() == OVER {
            self.over.pop_front();
        }
        self.over.push_back(*op);
        if let Some(case) = self.cases.get_mut(&entry.op.case) {
            case.ops.remove(&(entry.op.order, *op));
            case.meta.remove(&(entry.op.order, *op));
            case.begun.remove(&(entry.op.order, *op));
            if let OperationKind::SubmitTurn { question, answer, .. } = &entry.op.kind {
                case.rows.remove(question);
                case.rows.remove(answer);
                if end == End::Completed {
                    case.finished.truncate(FINISHED - 1);
                    case.finished.push_front(entry.clone());
                }
            }
        }
        Touched::Ended(entry, end)
    }

    fn link(&mut self, case: &CaseKey, real: &RealId, name: &Arc<str>) -> Touched {
        if self.links.link(case, real).is_err() {
            self.refused += 1;
            return Touched::Nothing;
        }
        let other = self.cases.remove(&CaseKey::of_server(real));
        let known = self.cases.entry(case.clone()).or_default();
        known.name = Some(Arc::clone(name));
        if let Some(other) = other {
            // What was done in the case before it was known to be this one.
            for (_, op) in &other.ops {
                if let Some(entry) = self.entries.get_mut(op) {
                    entry.op = Arc::new(PendingOperation { case: case.clone(), ..(*entry.op).clone() });
                }
            }
            known.merge(other);
        }
        Touched::Linked(case.clone(), real.clone())
    }

    /// The key that a case goes by: a server case that was linked to a local one is that one.
    fn canonical(&self, case: &CaseKey) -> CaseKey {
        let linked = case.derived_from().and_then(|real| self.links.key(&real).cloned());
        linked.unwrap_or_else(|| case.clone())
    }

    fn keep_draft(&mut self, case: Option<&CaseKey>, draft: &Draft, stamp: Stamp) -> Touched {
        let slot = match case {
            Some(case) => &mut self.cases.entry(case.clone()).or_default().draft,
            None => &mut self.new_draft,
        };
        if slot.as_ref().is_none_or(|(_, kept)| *kept < stamp) {
            *slot = Some((draft.clone(), stamp));
        }
        Touched::Draft(case.cloned())
    }

    /// Lets go of copies that can no longer be restored.
    pub(crate) fn expire_backups(&mut self, is_kept: impl Fn(&Backup) -> bool) {
        self.backups.retain(|backup| is_kept(backup));
    }

    /// Feeds everything into a fingerprint.
    pub(crate) fn fingerprint(&self, state: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        self.entries().for_each(|entry| entry.hash(state));
        self.cases.hash(state);
        self.links.iter().for_each(|link| link.hash(state));
        self.deleted.hash(state);
        self.new_draft.hash(state);
        self.gate.hash(state);
        self.backups.hash(state);
        self.foreign.hash(state);
    }
}

impl CaseLedger {
    /// Takes over everything of a case that is the same.
    fn merge(&mut self, other: Self) {
        self.ops.extend(other.ops);
        self.meta.extend(other.meta);
        self.begun.extend(other.begun);
        self.rows.extend(other.rows);
        self.answered = self.answered.max(other.answered);
        self.finished.extend(other.finished);
        self.finished.truncate(FINISHED);
        let stamp_of = |draft: &Option<(Draft, Stamp)>| draft.as_ref().map(|(_, stamp)| *stamp);
        if stamp_of(&self.draft) < stamp_of(&other.draft) {
            self.draft = other.draft;
        }
        if self.pin.1 < other.pin.1 {
            self.pin = other.pin;
        }
        self.seen = self.seen.max(other.seen);
    }
}

impl Entry {
    /// Whether the server, as far as anyone knows, still has to get it.
    pub(crate) const fn is_unsent(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Failed { .. })
    }

    /// Whether its lane still waits for it.
    pub(crate) const fn holds_lane(&self) -> bool {
        matches!(
            self.stage,
            Stage::Open | Stage::Failed { .. } | Stage::Acknowledged(Acknowledged::Working(_))
        )
    }
}
