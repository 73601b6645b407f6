//! The case list: which cases are in it, in which group, in which order.

use std::cmp::Reverse;
use std::sync::Arc;

use super::{CaseList, CasePlace};
use crate::core::Core;
use crate::ids::{CaseKey, OperationId};
use crate::ledger::Stage;
use crate::model::CaseState;
use crate::operation::{Acknowledged, OperationKind};
use crate::sorted::SortedKeys;
use crate::time::ServerTime;
use crate::view::{Badge, CaseRow, Group, NameOrigin, TitleNote, ViewPatch};

impl CaseList {
    pub(super) const fn group(&self, group: Group) -> &SortedKeys<CasePlace, CaseKey> {
        match group {
            Group::Pinned => &self.pinned,
            Group::Active => &self.active,
            Group::Resolved => &self.resolved,
        }
    }

    const fn group_mut(&mut self, group: Group) -> &mut SortedKeys<CasePlace, CaseKey> {
        match group {
            Group::Pinned => &mut self.pinned,
            Group::Active => &mut self.active,
            Group::Resolved => &mut self.resolved,
        }
    }

    pub(super) fn remove(&mut self, case: &CaseKey) -> bool {
        self.places.remove(case).is_some_and(|(group, place)| {
            self.group_mut(group).remove(&place);
            true
        })
    }

    /// Puts a case at its place. True if the cases stand in another order now, or in other groups.
    fn put(&mut self, case: &CaseKey, group: Group, place: CasePlace) -> bool {
        let before = self.places.insert(case.clone(), (group, place.clone()));
        match before {
            Some((same, from)) if same == group => self.group_mut(group).shift(&from, place),
            before => {
                if let Some((other, from)) = before {
                    self.group_mut(other).remove(&from);
                }
                self.group_mut(group).insert(place, case.clone());
                true
            }
        }
    }
}

impl Core {
    /// Something about a case changed; its row is placed again at the end of the step.
    pub(crate) fn case_changed(&mut self, case: &CaseKey) {
        self.screen.changed.insert(case.clone());
    }

    /// Places the rows of the cases that changed in this step.
    pub(crate) fn flush_rows(&mut self) {
        for case in std::mem::take(&mut self.screen.changed) {
            let moved = match self.case_place(&case) {
                Some((group, place)) => self.screen.list.put(&case, group, place),
                None => self.screen.list.remove(&case),
            };
            if moved {
                self.screen.patch(ViewPatch::CaseList);
            }
            self.screen.patch(ViewPatch::Case(case));
        }
    }

    /// Where a case stands; `None` for what is not a case of the list.
    fn case_place(&self, case: &CaseKey) -> Option<(Group, CasePlace)> {
        if self.ledger.real(case).is_some_and(|real| self.ledger.is_deleted(&real)) {
            return None;
        }
        // A case of the server that turned out to be one of this device goes by that one's key.
        if case.derived_from().is_some_and(|real| self.ledger.links().key(&real).is_some()) {
            return None;
        }
        let confirmed = self.confirmed_case(case);
        let linked = self.ledger.links().real(case).is_some();
        // An empty case of the server is of no interest, and it may be one that this device has just
        // made and does not know the answer to.
        let is_empty = || self.ledger.ops_of(case).next().is_none();
        if !linked && confirmed.is_some_and(|case| case.current_turn == 0) && is_empty() {
            return None;
        }
        let created_here = self.ledger.meta_of(case).find_map(|entry| match entry.op.kind {
            OperationKind::CreateCase { .. } => Some(entry.op.created),
            _ => None,
        });
        if confirmed.is_none() && created_here.is_none() && !linked {
            return None;
        }
        if self.ledger.deletion(case).is_some_and(|deletion| !matches!(deletion.stage, Stage::Failed { .. }))
        {
            return None;
        }
        let terminal = self.state_of_case(case).is_terminal();
        let group = match (self.ledger.case(case).is_some_and(|case| case.pin.0), terminal) {
            (true, _) => Group::Pinned,
            (false, true) => Group::Resolved,
            (false, false) => Group::Active,
        };
        Some((group, (Reverse(self.activity_of(case).0), case.clone())))
    }

    /// Where a case stands: the person's last wish that the server has not answered, else the server's word.
    pub(crate) fn state_of_case(&self, case: &CaseKey) -> CaseState {
        self.state_without(case, None)
    }

    /// The state that a case would have without one of its operations.
    pub(crate) fn state_without(&self, case: &CaseKey, without: Option<OperationId>) -> CaseState {
        let others = self.ledger.meta_of(case).filter(|entry| Some(entry.op.id) != without);
        let wished = others.filter_map(|entry| {
            let open = matches!(entry.stage, Stage::Open | Stage::Acknowledged(Acknowledged::Working(_)));
            entry.op.transition().filter(|_| open && entry.discarding.is_none())
        });
        let confirmed = || self.confirmed_case(case).map_or(CaseState::Inquiry, |case| case.state.clone());
        wished.last().map_or_else(confirmed, |(_, to)| to.clone())
    }

    /// When something last happened in a case: what the person did here counts until the server says.
    fn activity_of(&self, case: &CaseKey) -> ServerTime {
        let confirmed = self.confirmed_case(case).map_or(ServerTime(0), |case| case.last_activity);
        let here = self
            .ledger
            .ops_of(case)
            .next_back()
            .map_or(ServerTime(0), |entry| ServerTime(entry.op.created.0));
        confirmed.max(here)
    }

    /// What to call a case: the person's wish, the server's name, the provisional name, the
    /// server's placeholder, in that order.
    pub(crate) fn title_of(&self, case: &CaseKey) -> (Arc<str>, NameOrigin) {
        let mut provisional = self.ledger.case(case).and_then(|case| case.name.clone());
        let mut mine = None;
        for entry in self.ledger.meta_of(case) {
            match &entry.op.kind {
                OperationKind::CreateCase { name } => provisional = Some(Arc::clone(name)),
                OperationKind::Rename { title, .. } if !matches!(entry.stage, Stage::Failed { .. }) => {
                    mine = Some(Arc::clone(title));
                }
                _ => {}
            }
        }
        let confirmed = self.confirmed_case(case);
        if let Some(mine) = mine {
            (mine, NameOrigin::Mine)
        } else if let Some(named) = confirmed.and_then(|case| case.named()) {
            (Arc::clone(named), NameOrigin::Server)
        } else if let Some(provisional) = provisional {
            (provisional, NameOrigin::Provisional)
        } else {
            let placeholder = confirmed.and_then(|case| case.title.clone());
            (placeholder.unwrap_or_else(|| Arc::from("Untitled case")), NameOrigin::Server)
        }
    }

    /// The rename of a case that the server refused, if there is one.
    pub(crate) fn title_note(&self, case: &CaseKey) -> Option<TitleNote> {
        self.ledger.meta_of(case).find_map(|entry| match (&entry.op.kind, &entry.stage) {
            (OperationKind::Rename { title, .. }, Stage::Failed { failure, .. }) => Some(TitleNote {
                operation: entry.op.id,
                attempted: Arc::clone(title),
                failure: failure.clone(),
            }),
            _ => None,
        })
    }

    pub(crate) fn case_row(&self, case: &CaseKey) -> Option<CaseRow> {
        let (group, _) = self.screen.list.places.get(case)?;
        let confirmed = self.confirmed_case(case);
        let (title, origin) = self.title_of(case);
        let totals = self.outbox.totals_of(case);
        let seen = self.ledger.case(case).and_then(|case| case.seen);
        let is_open = self.screen.open() == Some(case);
        let unread = !is_open && seen.is_some_and(|seen| self.known_turn(case) > seen);
        let conflict = self.title_conflict(case);
        let status_conflict = self.status_conflict(case);
        let badge = match (totals.not_sent, totals.waiting) {
            (0, _) if conflict.is_some() => Badge::Decide,
            (0, 0) if unread => Badge::Unread,
            (0, 0) => Badge::None,
            (0, waiting) => Badge::Waiting(waiting),
            (not_sent, _) => Badge::NotSent(not_sent),
        };
        Some(CaseRow {
            key: case.clone(),
            title,
            origin,
            state: self.state_of_case(case),
            valid_next: confirmed.map(|case| case.valid_next.clone()).unwrap_or_default(),
            stage: confirmed.and_then(|case| case.stage.clone()),
            milestones: confirmed.and_then(|case| case.milestones),
            group: *group,
            activity: self.activity_of(case),
            waiting: totals.waiting,
            not_sent: totals.not_sent,
            badge,
            conflict,
            status_conflict,
            naming: self.is_being_named(case),
            title_note: self.title_note(case),
            only_here: confirmed.is_some_and(|case| case.gone),
        })
    }
}
