//! Which messages are in memory: brought in from the cache first, paged out when nobody looks.

use super::{RESIDENT_CASES, Reading, Want};
use crate::core::Core;
use crate::effect::Effect;
use crate::ids::{CaseKey, RealId};

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

impl Core {
    /// Brings the messages of a case into memory: from the cache first, so that rows keep their keys.
    pub(crate) fn make_resident(&mut self, key: &CaseKey) {
        self.open_transcript(key);
        let Some(real) = self.ledger.real(key) else {
            return;
        };
        self.reads.recent.retain(|recent| *recent != real);
        self.reads.recent.push(real.clone());
        if !self.reads.messages.contains_key(&real) {
            self.reads.messages.insert(real.clone(), Reading::default());
            self.out.push(Effect::Load(real));
        }
        self.page_out_others();
    }

    fn page_out_others(&mut self) {
        while self.reads.recent.len() > RESIDENT_CASES {
            let Some(at) = self.reads.recent.iter().position(|real| {
                let key = self.ledger.key(real);
                self.screen.open() != Some(&key) && self.ledger.ops_of(&key).next().is_none()
            }) else {
                return;
            };
            let real = self.reads.recent.remove(at);
            self.reads.messages.remove(&real);
            self.confirmed.page_out(&real);
            self.screen.close_transcript(&self.ledger.key(&real));
        }
    }

    /// Cached rows of a case arrived from the store.
    pub(crate) fn rows_loaded(&mut self, case: &RealId, rows: Vec<crate::view::CachedMessage>) {
        let key = self.ledger.key(case);
        let Some(reading) = self.reads.messages.get_mut(case) else {
            return;
        };
        reading.cache_loaded = true;
        let cached = last_run(rows.iter().map(|row| row.arrival));
        let attempted = self.attempted_messages(&key);
        for row in rows {
            // What the server said since is newer than what the cache knew.
            if self.confirmed.rows(case).is_some_and(|rows| rows.get(&row.message.id).is_some()) {
                continue;
            }
            let row = std::sync::Arc::new(self.name_here(case, &attempted, row));
            self.confirmed.rows_mut(case).upsert(&row);
            self.place_row(&key, &row);
        }
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
            self.out.push(Effect::Load(real));
        }
    }
}

#[cfg(test)]
mod tests;
