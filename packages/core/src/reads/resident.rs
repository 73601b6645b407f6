//! Which messages are in memory: brought in from the cache first, paged out when nobody looks.

use std::sync::Arc;

use super::{RESIDENT_CASES, Reading, Reads, Want};
use crate::confirmed::put_in_order;
use crate::core::Core;
use crate::effect::Effect;
use crate::ids::{CaseKey, RealId};
use crate::model::Role;
use crate::view::CachedMessage;

/// The last run of indexes without a gap: what is before a gap has to be read again.
fn last_run(indexes: impl Iterator<Item = u32>) -> Option<(u32, u32)> {
    let mut sorted: Vec<u32> = indexes.collect();
    sorted.sort_unstable();
    let to = sorted.last()?.saturating_add(1);
    let mut from = to.saturating_sub(1);
    for index in sorted.into_iter().rev() {
        if from.saturating_sub(index) > 1 {
            break;
        }
        from = index;
    }
    Some((from, to))
}

impl Reads {
    /// Which cases have operations is to be found out anew.
    pub(crate) fn consider_all(&mut self) {
        let left_out = self.messages.keys().filter(|case| !self.recent.contains(case));
        let left_out: Vec<_> = left_out.cloned().collect();
        self.recent.splice(..0, left_out);
    }
}

impl Core {
    /// Brings the messages of a case into memory: from the cache first, so that rows keep their keys.
    pub(crate) fn make_resident(&mut self, key: &CaseKey) {
        let Some(real) = self.ledger.real(key) else {
            return;
        };
        self.reads.recent.retain(|recent| *recent != real);
        self.reads.recent.push(real.clone());
        if !self.reads.messages.contains_key(&real) {
            self.reads.messages.insert(real.clone(), Reading::default());
            let end_first = self.shows_end_first(key, &real);
            self.out.push(Effect::Load { case: real, end_first });
        }
        self.page_out_others();
    }

    /// The last operation of a case is over: nothing but its being recent keeps it in memory.
    pub(crate) fn may_be_paged_out(&mut self, key: &CaseKey) {
        let Some(real) = self.ledger.real(key) else { return };
        let is_idle = self.ledger.ops_of(key).next().is_none();
        if is_idle && self.reads.is_resident(&real) && !self.reads.recent.contains(&real) {
            self.reads.recent.push(real);
            self.page_out_others();
        }
    }

    fn page_out_others(&mut self) {
        while self.reads.recent.len() > RESIDENT_CASES {
            let real = self.reads.recent.remove(0);
            let key = self.ledger.key(&real);
            if self.ledger.ops_of(&key).next().is_some() {
                continue;
            }
            if self.screen.open() == Some(&key) {
                self.reads.recent.push(real);
                continue;
            }
            self.reads.messages.remove(&real);
            self.reads.left.insert(real.clone());
            self.confirmed.page_out(&real);
            self.screen.close_transcript(&key);
        }
    }

    /// Whether the last rows of a case are shown before the others are here: to somebody who looks at its end.
    fn shows_end_first(&self, key: &CaseKey, real: &RealId) -> bool {
        self.screen.is_drawn(key) && !self.reads.left.contains(real)
    }

    /// The last of the cached rows of a case arrived ahead of the others. They are shown, and that is all: what rows
    /// are missing, what the server is asked for and which operations are over is known when all are here.
    pub(crate) fn end_loaded(&mut self, case: &RealId, rows: Vec<CachedMessage>) {
        let key = self.ledger.key(case);
        let awaited = self.reads.messages.get(case).is_some_and(|reading| !reading.cache_loaded);
        // Reading goes on behind the person's last row: without that nobody could say where.
        let says_where = rows.iter().any(|row| row.message.role == Role::User);
        if !awaited || !says_where || !self.shows_end_first(&key, case) {
            return;
        }
        let shown = rows.into_iter().filter(|row| !self.is_row_known(case, row));
        // One that may be a row of a message that was sent here gets its name when all that it may be are here.
        let shown = shown.filter(|row| self.other_name(case, row).is_none());
        let mut shown: Vec<_> = shown.map(Arc::new).collect();
        put_in_order(&mut shown);
        for row in &shown {
            self.confirmed.rows_mut(case).upsert(row);
        }
        self.place_rows(&key, &shown);
        self.place_operations_of(&key);
    }

    /// All cached rows of a case arrived from the store.
    pub(crate) fn rows_loaded(&mut self, case: &RealId, rows: Vec<CachedMessage>) {
        let key = self.ledger.key(case);
        let Some(reading) = self.reads.messages.get_mut(case) else {
            return;
        };
        reading.cache_loaded = true;
        let cached = last_run(rows.iter().map(|row| row.arrival));
        let mut rows: Vec<_> = rows.into_iter().map(Arc::new).collect();
        // Turns are given in the order of operations: so are names.
        put_in_order(&mut rows);
        let mut taken = Vec::with_capacity(rows.len());
        for row in rows {
            // What the server said since is newer than what the cache knew.
            if self.is_row_known(case, &row) {
                continue;
            }
            let row = self.name_here(case, row);
            self.confirmed.rows_mut(case).upsert(&row);
            taken.push(row);
        }
        self.place_rows(&key, &taken);
        if let Some((from, to)) = cached {
            self.confirmed.rows_mut(case).note_read(from, to, to);
        }
        let ops: Vec<_> = self.ledger.ops_of(&key).map(|entry| entry.op.id).collect();
        for op in ops {
            self.complete_if_listed(op);
            self.place_operation(op);
        }
        self.case_changed(&key);
    }

    fn is_row_known(&self, case: &RealId, row: &CachedMessage) -> bool {
        self.confirmed.rows(case).is_some_and(|rows| rows.get(&row.message.id).is_some())
    }

    /// The messages of a case should be read when that is possible.
    pub(crate) fn want_messages(&mut self, key: &CaseKey) {
        self.make_resident(key);
        let Some(real) = self.ledger.real(key) else {
            return;
        };
        let Some(reading) = self.reads.messages.get_mut(&real) else {
            return;
        };
        reading.again = 0;
        reading.again_at = None;
        reading.wanted.get_or_insert(Want::End);
    }

    /// Rows of a case exist that this window has not heard of: from the cache, then from the server.
    pub(crate) fn read_rows_again(&mut self, key: &CaseKey) {
        self.want_messages(key);
        let Some(real) = self.ledger.real(key) else { return };
        if let Some(reading) = self.reads.messages.get_mut(&real)
            && reading.cache_loaded
        {
            reading.cache_loaded = false;
            self.out.push(Effect::Load { case: real, end_first: false });
        }
    }
}

#[cfg(test)]
mod tests;
