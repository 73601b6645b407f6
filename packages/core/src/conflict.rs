//! Titles and states that changed on both sides: a three-way merge in which the person decides.
//!
//! A conflict is not a state but a consequence: the base that an edit stands on, the person's value and
//! the confirmed one. It appears and goes by itself as those change. Texts of messages never conflict.

use std::sync::Arc;

use crate::core::Core;
use crate::failure::FailureClass;
use crate::ids::{CaseKey, OperationId};
use crate::journal::Record;
use crate::ledger::{Entry, Stage};
use crate::model::{BackedUp, is_placeholder_title};
use crate::operation::{End, Lane, OperationKind};
use crate::view::{StatusConflict, TitleConflict};

/// A title that says something. The server replaces its own placeholder by a name at some time; that is
/// no edit of anybody's and never a conflict.
fn named(title: Option<&Arc<str>>) -> Option<&Arc<str>> {
    title.filter(|title| !title.trim().is_empty() && !is_placeholder_title(title))
}

impl Core {
    /// The conflict of a case's title, if it changed here and elsewhere.
    pub(crate) fn title_conflict(&self, case: &CaseKey) -> Option<TitleConflict> {
        let theirs = self.confirmed_case(case)?.named()?;
        let mut asked_for_a_name = false;
        self.ledger.meta_of(case).find_map(|entry| {
            let OperationKind::Rename { title: mine, base } = &entry.op.kind else {
                asked_for_a_name |= matches!(entry.op.kind, OperationKind::GenerateTitle { .. });
                return None;
            };
            let base = named(entry.rebased.as_ref().unwrap_or(base).as_ref());
            // A name that the person asked for before giving one is nobody else's edit.
            let both_changed = !asked_for_a_name && base.is_some_and(|base| base != theirs) && theirs != mine;
            (both_changed && self.is_undecided(entry)).then(|| TitleConflict {
                operation: entry.op.id,
                base: base.cloned(),
                mine: Arc::clone(mine),
                mine_at: entry.op.created,
                theirs: Arc::clone(theirs),
            })
        })
    }

    /// The conflict of a case's state, if it changed here and elsewhere.
    pub(crate) fn status_conflict(&self, case: &CaseKey) -> Option<StatusConflict> {
        let theirs = &self.confirmed_case(case)?.state;
        self.ledger.meta_of(case).find_map(|entry| {
            let (base, mine) = entry.op.transition()?;
            let refused = matches!(&entry.stage, Stage::Failed { failure, .. }
                if failure.class == FailureClass::Conflict);
            (refused && entry.discarding.is_none() && theirs != base && theirs != mine).then(|| {
                StatusConflict {
                    operation: entry.op.id,
                    base: base.clone(),
                    mine: mine.clone(),
                    mine_at: entry.op.created,
                    theirs: theirs.clone(),
                }
            })
        })
    }

    /// Whether a change of state stands on a state that the case has left, before it was ever sent.
    pub(crate) fn is_status_outdated(&self, entry: &Entry) -> bool {
        let confirmed = self.confirmed_case(&entry.op.case).map(|case| &case.state);
        entry.first.is_none()
            && entry.op.transition().is_some_and(|(from, _)| confirmed.is_some_and(|state| state != from))
    }

    /// Cases that wait for a decision.
    pub(crate) fn undecided(&self) -> u32 {
        let waiting = self.outbox.lanes.keys().filter(|lane| match lane {
            Lane::Meta(case) => self.title_conflict(case).is_some(),
            Lane::Talk(case) => self.status_conflict(case).is_some(),
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

    pub(crate) fn keep_mine(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op).cloned() else { return };
        let case = entry.op.case.clone();
        if let Some(conflict) = self.title_conflict(&case).filter(|conflict| conflict.operation == op) {
            let copy = self.mint_operation();
            self.back_up(copy, Some(case), BackedUp::Title(Arc::clone(&conflict.theirs)));
            // It may have changed again while the person was thinking.
            if let Some(live) = self.outbox.live.get_mut(&op) {
                live.verified = false;
            }
            self.state(Record::Rebased { op, base: Some(conflict.theirs) }, false);
        } else if let Some(conflict) = self.status_conflict(&case).filter(|conflict| conflict.operation == op)
            && let OperationKind::SubmitTurn { turn, .. } = &entry.op.kind
        {
            // Another base is another request: it gets another key.
            self.state(Record::Ended { op, end: End::Superseded }, false);
            self.request_status(&case, conflict.theirs, conflict.mine, Arc::clone(&turn.text));
        }
    }

    pub(crate) fn use_theirs(&mut self, op: OperationId) {
        let Some(case) = self.ledger.entry(&op).map(|entry| entry.op.case.clone()) else { return };
        let title = self.title_conflict(&case).filter(|conflict| conflict.operation == op);
        if let Some(conflict) = &title {
            self.back_up(op, Some(case.clone()), BackedUp::Title(Arc::clone(&conflict.mine)));
        }
        if title.is_some() || self.status_conflict(&case).is_some_and(|conflict| conflict.operation == op) {
            self.state(Record::Ended { op, end: End::Superseded }, false);
        }
    }

    /// Follows what the server said about a case into the edits of it: a rename that says the same is
    /// done, whoever sent it, one that conflicts must not leave, and a refused change of state that came
    /// true elsewhere is done too.
    pub(crate) fn settle_edits(&mut self, case: &CaseKey) {
        let Some(confirmed) = self.confirmed_case(case).cloned() else { return };
        let title = confirmed.named();
        let done: Vec<_> = self
            .ledger
            .meta_of(case)
            .filter_map(|entry| match &entry.op.kind {
                OperationKind::Rename { title: wished, .. } if title == Some(wished) => {
                    self.is_undecided(entry).then_some((entry.op.id, End::Completed))
                }
                _ => {
                    let refused = matches!(&entry.stage, Stage::Failed { failure, .. }
                        if failure.class == FailureClass::Conflict);
                    let wished = entry.op.transition().map(|(_, to)| to);
                    // One that was sent more than once may be what made it so: the list tells.
                    let live = self.outbox.live.get(&entry.op.id);
                    let once = live.is_some_and(|live| live.first_sent_here && live.attempts <= 1);
                    (once && refused && wished == Some(&confirmed.state))
                        .then_some((entry.op.id, End::Superseded))
                }
            })
            .collect();
        let sends = self.windows.is_sender();
        for (op, end) in done {
            // What the server did is stated by the window that sends; the others hear of it.
            if sends || end != End::Completed {
                self.state(Record::Ended { op, end }, sends);
            }
        }
        let renames: Vec<_> = self.ledger.meta_of(case).map(|entry| entry.op.id).collect();
        for op in renames {
            self.recount(op);
        }
        self.screen.patch(crate::view::ViewPatch::Status);
        self.lanes_of_case(case);
    }
}
