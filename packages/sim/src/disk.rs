//! One journal and one cache for all windows of a profile, as `copilot-storage` promises them.

use std::collections::BTreeMap;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{
    Batch, Damage, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal, Writer, frame,
};
use copilot_core::model::RealCase;
use copilot_core::view::CachedMessage;

use crate::model::Fold;

/// Rows that are at hand before all of a case are: few, so that short cases have more.
const END_ROWS: usize = 3;

/// The disk.
#[derive(Debug)]
pub(crate) struct Disk {
    /// Counts the stores that there have been.
    pub(crate) generation: u32,
    /// Snapshot and log, in order.
    pub(crate) records: Vec<Sequenced>,
    log_start: Sequence,
    /// Where the next record goes.
    pub(crate) next: Sequence,
    /// The last epoch that was taken.
    pub(crate) epoch: Epoch,
    /// What the records say.
    pub(crate) fold: Fold,
    cases: BTreeMap<RealId, RealCase>,
    messages: BTreeMap<(RealId, RealId), CachedMessage>,
    /// No room until this moment.
    pub(crate) full_until: u64,
    /// Cannot be written until this moment.
    pub(crate) broken_until: u64,
    damage: Option<Damage>,
    /// Takes writes of an epoch that is over: a defect put in by hand, for the simulator's own tests.
    pub(crate) takes_stale_epochs: bool,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            generation: 0,
            records: Vec::new(),
            log_start: Sequence(1),
            next: Sequence(1),
            epoch: Epoch(0),
            fold: Fold::default(),
            cases: BTreeMap::new(),
            messages: BTreeMap::new(),
            full_until: 0,
            broken_until: 0,
            damage: None,
            takes_stale_epochs: false,
        }
    }
}

impl Disk {
    /// The store is gone; another one, empty, takes its place.
    pub(crate) fn remove(&mut self) {
        *self = Self {
            generation: self.generation + 1,
            full_until: self.full_until,
            broken_until: self.broken_until,
            takes_stale_epochs: self.takes_stale_epochs,
            ..Self::default()
        };
    }

    /// Why a write at a moment would not be taken.
    #[must_use]
    pub(crate) const fn refusal(&self, now: u64) -> Option<StoreRefusal> {
        if now < self.broken_until {
            Some(StoreRefusal::Unavailable)
        } else if now < self.full_until {
            Some(StoreRefusal::Full)
        } else {
            None
        }
    }

    /// Appends a batch, all or nothing.
    ///
    /// # Errors
    /// [`StoreRefusal::Fenced`] when a newer epoch was taken.
    pub(crate) fn append(&mut self, batch: &Batch) -> Result<Sequence, StoreRefusal> {
        if batch.fence.is_some_and(|fence| fence < self.epoch) && !self.takes_stale_epochs {
            return Err(StoreRefusal::Fenced);
        }
        let first = self.next;
        for record in &batch.records {
            self.fold.apply(record);
            self.records.push(Sequenced {
                sequence: self.next,
                writer: batch.writer,
                fence: batch.fence,
                record: record.clone(),
            });
            self.next = self.next.after(1);
        }
        Ok(first)
    }

    /// Every record from a position on; the whole snapshot for a position that it covers.
    #[must_use]
    pub(crate) fn read_from(&self, from: Sequence) -> Vec<Sequenced> {
        let whole = from < self.log_start;
        self.records
            .iter()
            .filter(|record| record.sequence >= from || (whole && record.sequence < self.log_start))
            .cloned()
            .collect()
    }

    /// Puts a snapshot in the place of the records before a position. Returns the folds of what was
    /// there and of what is there now.
    ///
    /// # Errors
    /// [`StoreRefusal::Fenced`] when a newer epoch was taken.
    pub(crate) fn compact(
        &mut self,
        before: Sequence,
        snapshot: &[Record],
        fence: Epoch,
    ) -> Result<Option<(Fold, Fold)>, StoreRefusal> {
        if fence < self.epoch && !self.takes_stale_epochs {
            return Err(StoreRefusal::Fenced);
        }
        if before <= self.log_start {
            return Ok(None);
        }
        let (mut old, mut new) = (Fold::default(), Fold::default());
        let count = snapshot.len() as u64;
        let placed = (0u64..).zip(snapshot).map(|(index, record)| Sequenced {
            sequence: Sequence(before.0.saturating_add(index).saturating_sub(count).max(1)),
            writer: Writer::default(),
            fence: Some(fence),
            record: record.clone(),
        });
        let mut records: Vec<Sequenced> = placed.collect();
        snapshot.iter().for_each(|record| new.apply(record));
        for record in self.records.drain(..) {
            if record.sequence < before {
                old.apply(&record.record);
            } else {
                records.push(record);
            }
        }
        self.records = records;
        self.log_start = before;
        Ok(Some((old, new)))
    }

    /// Writes to the cache.
    pub(crate) fn cache(&mut self, write: &CacheWrite) {
        match write {
            CacheWrite::Case(case) => {
                self.cases.insert(case.id.clone(), (**case).clone());
            }
            CacheWrite::Message { case, row } => {
                self.messages.insert((case.clone(), row.message.id.clone()), (**row).clone());
            }
            CacheWrite::Forget(forgotten) => {
                self.cases.remove(forgotten);
                self.messages.retain(|(case, _), _| case != forgotten);
            }
        }
    }

    /// The cached messages of a case, where they are.
    pub(crate) fn cached<'a>(&'a self, case: &'a RealId) -> impl Iterator<Item = &'a CachedMessage> {
        let rows = self.messages.iter().filter(move |((of, _), _)| of == case);
        rows.map(|(_, row)| row)
    }

    /// The cached messages of a case.
    #[must_use]
    pub(crate) fn load(&self, case: &RealId) -> Vec<CachedMessage> {
        self.cached(case).cloned().collect()
    }

    /// The last cached messages of a case. None when that would be all.
    #[must_use]
    pub(crate) fn load_end(&self, case: &RealId) -> Vec<CachedMessage> {
        let mut rows = self.load(case);
        rows.sort_by_key(|row| (row.message.turn.unwrap_or(0), row.message.created));
        match rows.len().saturating_sub(END_ROWS) {
            0 => Vec::new(),
            before => rows.split_off(before),
        }
    }

    /// Throws the cache away.
    pub(crate) fn evict(&mut self) {
        self.cases.clear();
        self.messages.clear();
    }

    /// What a core needs to start.
    #[must_use]
    pub(crate) fn recover(&self) -> Recovered {
        Recovered {
            records: self.records.clone(),
            next: self.next,
            cases: self.cases.values().cloned().collect(),
            damage: self.damage.clone(),
            durability: Durability::PowerLoss,
        }
    }

    /// Writes the last batches as bytes, tears off the one that was being written, reads them
    /// back. `None` when what was acknowledged is all there and nothing else is, else what is wrong.
    #[must_use]
    pub(crate) fn tear(&self, torn: Option<&Batch>, bytes: u16) -> Option<String> {
        let from = self.records.len().saturating_sub(24);
        let kept = self.records.get(from..).unwrap_or_default();
        let mut buffer = Vec::new();
        for record in kept {
            frame::write(&mut buffer, record.sequence, record.writer, record.fence, &record.record).ok()?;
        }
        let sound = buffer.len();
        if let Some(batch) = torn {
            frame::write_batch(&mut buffer, self.next, batch.writer, batch.fence, &batch.records).ok()?;
            let whole = buffer.len() - sound;
            buffer.truncate(sound + usize::from(bytes) % whole.max(1));
        }
        let read = frame::read(&buffer);
        if read.records == kept && read.sound_len == sound && read.damaged.is_empty() {
            return None;
        }
        Some(format!(
            "{} of {} records were read back from a torn journal, {} bytes of {sound}",
            read.records.len(),
            kept.len(),
            read.sound_len
        ))
    }

    /// Changes one bit of one record and reads everything back. Returns the record that is gone.
    pub(crate) fn damage(&mut self, pick: u32) -> Option<Record> {
        let count = self.records.len();
        // The last record would read as a torn tail, which is another story.
        let at = usize::try_from(pick).ok()? % count.checked_sub(1).filter(|count| *count > 0)?;
        let mut buffer = Vec::new();
        let (mut start, mut end) = (0, 0);
        for (index, record) in self.records.iter().enumerate() {
            if index == at {
                start = buffer.len();
            }
            frame::write(&mut buffer, record.sequence, record.writer, record.fence, &record.record).ok()?;
            if index == at {
                end = buffer.len();
            }
        }
        let hit = start + usize::try_from(pick >> 4).ok()? % (end - start);
        if let Some(byte) = buffer.get_mut(hit) {
            *byte ^= 1 << (pick % 8);
        }
        let read = frame::read(&buffer);
        self.damage = read.damage();
        let lost = self.records.get(at).cloned();
        self.records = read.records;
        self.fold = Fold::default();
        for record in &self.records {
            self.fold.apply(&record.record);
        }
        let gone = lost.filter(|lost| !self.records.contains(lost))?;
        Some(gone.record)
    }
}
