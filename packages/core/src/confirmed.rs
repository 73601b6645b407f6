//! Confirmed state: only what the server said, keyed by its own ids.
//!
//! Rows are added and replaced, never removed because a list lacks them (I19): the only way out is
//! the person's own deletion.

use std::borrow::Borrow;
use std::sync::Arc;

use crate::ids::{MessageKey, RealId};
use crate::model::{RealCase, Role};
use crate::ordered::{OrderedMap, OrderedSet};
use crate::time::{Millis, Mono};
use crate::view::CachedMessage;

/// The order of rows in a case: turn, time, arrival (contract 5.7).
pub(crate) type RowPlace = (u32, u64, u32);

/// The confirmed rows of one resident case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    by_id: OrderedMap<RealId, Arc<CachedMessage>>,
    by_key: OrderedMap<MessageKey, Arc<CachedMessage>>,
    /// The rows of each side of each turn: mostly one, so that a table for each would be mostly empty.
    turns: OrderedMap<(u32, Role), Vec<RealId>>,
    /// All rows, in the order of the server's list.
    arrivals: OrderedSet<(u32, RealId)>,
    /// Rows that another window told of: whether they reached the cache is not known here.
    told: OrderedSet<RealId>,
    /// Answers that the server's list has left out, since when.
    left_out: OrderedMap<RealId, Mono>,
    /// Those of them that it still left out a good while later.
    gone: OrderedSet<RealId>,
    /// Indexes of the server's list that have been read: from, up to.
    pub(crate) window: Option<(u32, u32)>,
}

impl Rows {
    /// Adds or replaces a row. `None` when nothing changed, else the row that stood there.
    pub(crate) fn upsert(&mut self, row: &Arc<CachedMessage>) -> Option<Option<Arc<CachedMessage>>> {
        let before = self.by_id.insert(row.message.id.clone(), Arc::clone(row));
        if before.as_ref() == Some(row) {
            return None;
        }
        if let Some(before) = &before {
            self.by_key.remove(&before.key);
            self.arrivals.remove(&(before.arrival, before.message.id.clone()));
            if let Some(turn) = before.message.turn
                && let Some(ids) = self.turns.get_mut(&(turn, before.message.role))
            {
                ids.retain(|id| *id != row.message.id);
            }
        }
        self.by_key.insert(row.key.clone(), Arc::clone(row));
        self.arrivals.insert((row.arrival, row.message.id.clone()));
        if let Some(turn) = row.message.turn {
            let ids = self.turns.entry((turn, row.message.role)).or_default();
            ids.reserve_exact(1);
            ids.push(row.message.id.clone());
        }
        Some(before)
    }

    pub(crate) fn get(&self, id: &RealId) -> Option<&Arc<CachedMessage>> {
        self.by_id.get(id)
    }

    /// Whether a row of a turn is here, from one side, that says this.
    pub(crate) fn says(&self, turn: u32, role: Role, text: &str) -> bool {
        let says = |id| self.by_id.get(id).is_some_and(|row| row.message.text.trim() == text.trim());
        self.turns.get(&(turn, role)).is_some_and(|ids| ids.iter().any(says))
    }

    /// Whether a person's row that says this, of a later turn, goes by the server's name.
    pub(crate) fn has_unclaimed(&self, after: u32, text: &str) -> bool {
        let later = self.turns.range((after.saturating_add(1), Role::User)..);
        let ids = later.filter(|((_, role), _)| *role == Role::User).flat_map(|(_, ids)| ids);
        let mut rows = ids.filter_map(|id| self.by_id.get(id));
        rows.any(|row| row.key.derived_from().is_some() && row.message.text.trim() == text.trim())
    }

    /// Notes that the server's list was read from one index up to another. What has been read is one run without
    /// a gap: a page behind a gap begins a new one, so that the gap is read on the way up.
    /// `asked` is where the list was asked for up to, if it had nothing more before that, else `to`.
    pub(crate) fn note_read(&mut self, from: u32, to: u32, asked: u32) {
        self.window = Some(match self.window {
            Some((known, end)) if from <= end && known <= asked => (known.min(from), end.max(to)),
            Some(known) if to < known.0 => known,
            _ => (from, to),
        });
    }

    /// Notes that another window told of a row.
    pub(crate) fn note_told(&mut self, id: &RealId) {
        self.told.insert(id.clone());
    }

    /// Whether another window told of a row, for the last time.
    pub(crate) fn take_told(&mut self, id: &RealId) -> bool {
        self.told.remove(id)
    }

    /// Notes whether a page that holds a turn holds its answer as well. A server may list rows late: an answer is gone
    /// when the list left it out twice, `wait` apart. Returns where one stood that is left out for the first time, and
    /// the rows for which it makes a difference.
    pub(crate) fn note_answer(
        &mut self,
        turn: u32,
        is_listed: bool,
        (now, wait): (Mono, Millis),
    ) -> (Option<u32>, Vec<Arc<CachedMessage>>) {
        let (mut first, mut changed) = (None, Vec::new());
        for id in self.turns.get(&(turn, Role::Assistant)).into_iter().flatten() {
            let Some(row) = self.by_id.get(id) else { continue };
            let differs = if is_listed {
                self.left_out.remove(id);
                self.gone.remove(id)
            } else if let Some(since) = self.left_out.get(id) {
                now - *since >= wait && self.gone.insert(id.clone())
            } else {
                self.left_out.insert(id.clone(), now);
                first = Some(row.arrival);
                false
            };
            changed.extend(differs.then(|| Arc::clone(row)));
        }
        (first, changed)
    }

    /// Whether a row is not in the server's list any more.
    pub(crate) fn is_gone(&self, id: &RealId) -> bool {
        self.gone.contains(id)
    }

    /// Whether a row of a turn is here, from one side.
    pub(crate) fn has_turn(&self, turn: u32, role: Role) -> bool {
        self.turns.get(&(turn, role)).is_some_and(|ids| !ids.is_empty())
    }

    /// The first turn that a row is here of.
    pub(crate) fn lowest_turn(&self) -> Option<u32> {
        self.turns.iter().find(|(_, ids)| !ids.is_empty()).map(|((turn, _), _)| *turn)
    }

    /// The last turn that a row is here of.
    pub(crate) fn highest_turn(&self) -> Option<u32> {
        self.turns.iter().rev().find(|(_, ids)| !ids.is_empty()).map(|((turn, _), _)| *turn)
    }

    /// Where the first message stands, from an index on, of whose turn no answer is here.
    pub(crate) fn first_unanswered(&self, from: u32) -> Option<u32> {
        let mut first = None;
        let mut answered = None;
        for ((turn, role), ids) in self.turns.iter().rev() {
            let Some(row) = ids.first().and_then(|id| self.by_id.get(id)) else { continue };
            if row.arrival < from {
                break;
            }
            match role {
                Role::User if answered != Some(*turn) => first = Some(row.arrival),
                Role::Assistant => answered = Some(*turn),
                Role::User | Role::System => {}
            }
        }
        first
    }

    /// Whether rows are here that stand before the first index that was read: between them some are missing.
    pub(crate) fn has_gap(&self) -> bool {
        let first = self.arrivals.first().map(|(arrival, _)| *arrival);
        self.window.zip(first).is_some_and(|((from, _), first)| first < from)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(crate) fn by_key(&self, key: &MessageKey) -> Option<&Arc<CachedMessage>> {
        self.by_key.get(key)
    }

    /// All rows, in the order of the server's list.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<CachedMessage>> {
        self.arrivals.iter().filter_map(|(_, id)| self.by_id.get(id))
    }
}

/// Where a confirmed row stands.
pub(crate) fn row_place(row: &CachedMessage) -> RowPlace {
    (row.message.turn.unwrap_or(0), row.message.created.0, row.arrival)
}

/// Puts rows in the order in which they stand.
pub(crate) fn put_in_order(rows: &mut [Arc<CachedMessage>]) {
    rows.sort_unstable_by_key(|row| row_place(row));
}

/// Everything the server said that is in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Confirmed {
    cases: OrderedMap<RealId, Arc<RealCase>>,
    rows: OrderedMap<RealId, Rows>,
    /// When this window first heard of each case.
    first_seen: OrderedMap<RealId, Mono>,
}

impl Confirmed {
    /// Adds or replaces a case. Returns what is new about it, or `None` when it says nothing new.
    pub(crate) fn upsert_case(&mut self, mut case: RealCase, now: Mono) -> Option<Arc<RealCase>> {
        self.first_seen.entry(case.id.clone()).or_insert(now);
        let known = self.cases.get(&case.id);
        if let Some(known) = known {
            // A list row says less than the case itself.
            case.milestones = case.milestones.or(known.milestones);
            // Late answers must not take a case back in time; that it is gone is news all the same.
            if known.current_turn > case.current_turn {
                if !case.gone {
                    return None;
                }
                case = RealCase { gone: true, ..(**known).clone() };
            }
        }
        if known.is_some_and(|known| **known == case) {
            return None;
        }
        let case = Arc::new(case);
        self.cases.insert(case.id.clone(), Arc::clone(&case));
        Some(case)
    }

    pub(crate) fn case(&self, id: &RealId) -> Option<&Arc<RealCase>> {
        self.cases.get(id)
    }

    pub(crate) fn first_seen(&self, id: &RealId) -> Option<Mono> {
        self.first_seen.get(id).copied()
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = &Arc<RealCase>> {
        self.cases.values()
    }

    pub(crate) fn rows<Id>(&self, case: &Id) -> Option<&Rows>
    where
        Id: Ord + ?Sized,
        RealId: Borrow<Id>,
    {
        self.rows.get(case)
    }

    pub(crate) fn rows_mut(&mut self, case: &RealId) -> &mut Rows {
        self.rows.entry(case.clone()).or_default()
    }

    /// Takes the rows of a case out of memory; they stay in the cache.
    pub(crate) fn page_out(&mut self, case: &RealId) {
        self.rows.remove(case);
    }

    /// Forgets a case that the person deleted.
    pub(crate) fn forget(&mut self, case: &RealId) {
        self.cases.remove(case);
        self.rows.remove(case);
    }

    /// Feeds everything into a fingerprint.
    pub(crate) fn fingerprint(&self, state: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        self.cases.hash(state);
        for (case, rows) in &self.rows {
            case.hash(state);
            rows.iter().for_each(|row| row.hash(state));
            rows.window.hash(state);
            rows.gone.hash(state);
        }
    }
}

#[cfg(test)]
mod tests;
