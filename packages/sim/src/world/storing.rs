//! The store at work: appends with their acknowledgements in order, the cache, compaction, reading back.

use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, BatchId, Epoch, Record, Sequence, StoreRefusal};
use copilot_core::operation::Acknowledged;
use copilot_core::{CacheWrite, Event, Millis, StoreAck};

use super::{Pending, World};
use crate::fate::{Fate, Of};
use crate::marks::Mark;
use crate::model::Stage;
use crate::saboteur::Sabotage;
use crate::truth::Instance;

/// How long copies can be restored (architecture §4).
const BACKUPS_KEPT: Millis = Millis::seconds(7 * 24 * 3600);

/// The longest that the last rows of a case are here before the others, in milliseconds.
const LOAD_MS: u64 = 400;

impl World {
    pub(super) fn append(&mut self, me: Instance, batch: Batch) {
        let name = format!("append {}", self.name_of_record(batch.records.first()));
        let fate = self.fates.of(Of::Append, &name);
        let span = match &fate {
            Some(Fate::Slow(span)) => *span,
            _ => self.fates.ordinary(&name, 1, 12),
        };
        let now = self.now;
        let at_once = match fate {
            Some(Fate::FullAtOnce) => Some(StoreRefusal::Full),
            _ => None,
        };
        let Some(window) = self.window_mut(me) else { return };
        window.unanswered.insert(batch.id, batch.records.len() as u64);
        if let Some(why) = at_once {
            return self.refuse(me, &batch, why, 0);
        }
        let at = window.last_write.max(now + span);
        window.last_write = at;
        window.writes.push_back(batch);
        self.later(at - now, Pending::Write(me));
    }

    pub(super) fn name_of_record(&self, record: Option<&Record>) -> String {
        match record {
            Some(Record::Operation(op)) => format!("operation {}", self.truth.label(&op.id)),
            Some(Record::Attempt { op, .. }) => format!("attempt {}", self.truth.label(op)),
            Some(Record::Acknowledged { op, .. }) => format!("acknowledged {}", self.truth.label(op)),
            Some(Record::Ended { op, .. }) => format!("ended {}", self.truth.label(op)),
            Some(Record::Failed { op, .. }) => format!("failed {}", self.truth.label(op)),
            Some(Record::Link { real, .. }) => format!("link {real}"),
            Some(Record::Seen { .. }) => "seen".to_owned(),
            Some(Record::Draft { .. }) => "draft".to_owned(),
            Some(Record::Gate { .. }) => "gate".to_owned(),
            _ => "other".to_owned(),
        }
    }

    /// The oldest batch of a window is written, or refused.
    pub(crate) fn write(&mut self, me: Instance) {
        let Some(batch) = self.window_mut(me).and_then(|window| window.writes.pop_front()) else {
            return;
        };
        let name = format!("write {}", self.name_of_record(batch.records.first()));
        let fate = match self.fates.of(Of::Append, &name) {
            Some(Fate::Full | Fate::FullAtOnce) => Some(StoreRefusal::Full),
            Some(Fate::Broken) => Some(StoreRefusal::Unavailable),
            _ => None,
        };
        let gone = self.is_cut_off(me).then_some(StoreRefusal::Unavailable);
        match fate.or(gone).or_else(|| self.disk.refusal(self.now)) {
            Some(why) => self.refuse(me, &batch, why, 1),
            None => self.keep(me, &batch, true),
        }
    }

    /// Writes a batch to the disk. `alive`: somebody waits for the acknowledgement.
    pub(crate) fn keep(&mut self, me: Instance, batch: &Batch, alive: bool) {
        if self.is_cut_off(me) {
            return;
        }
        if self.sabotage == Some(Sabotage::ForgetfulStore) && batch.fence.is_none() {
            let first = self.disk.next;
            return self.acknowledge(me, batch.id, first);
        }
        match self.disk.append(batch) {
            Ok(first) => {
                if batch.fence.is_some_and(|fence| fence < self.disk.epoch) {
                    self.violate(
                        "I11",
                        "a write of an epoch that is over was taken",
                        format!("{:?}", batch.fence),
                    );
                }
                for (sequence, record) in (first.0..).zip(&batch.records) {
                    if let Record::Operation(op) = record
                        && let Some(did) = self.truth.did.get_mut(&op.id)
                    {
                        did.sequence.get_or_insert(sequence);
                        did.lost = false;
                    }
                    if let Record::Acknowledged { op, with: Acknowledged::Answered(answer) } = record {
                        self.truth.answers.entry(*op).or_insert_with(|| answer.text.clone());
                    }
                    if let Record::Link { case, real, .. } = record
                        && self.disk.fold.links.get(case) == Some(real)
                    {
                        self.truth.unite(case, real);
                    }
                    if let Record::Ended { op, .. } = record
                        && let Some(did) = self.truth.did.get_mut(op)
                    {
                        did.over_at.get_or_insert(sequence);
                    }
                }
                if alive {
                    self.acknowledge(me, batch.id, first);
                }
            }
            Err(why) if alive => {
                self.marks.hit(Mark::Fenced);
                self.refuse(me, batch, why, 1);
            }
            Err(_) => {}
        }
    }

    fn acknowledge(&mut self, me: Instance, batch: BatchId, first: Sequence) {
        let now = self.now;
        let wait = self.fates.ordinary("acknowledge", 0, 3);
        let Some(window) = self.window_mut(me) else { return };
        window.last_ack = window.last_ack.max(now + wait);
        let wait = window.last_ack - now;
        self.later(wait, Pending::Deliver(me, Event::Stored(StoreAck::Appended { batch, first })));
    }

    fn refuse(&mut self, me: Instance, batch: &Batch, why: StoreRefusal, wait: u64) {
        let now = self.now;
        if let Some(window) = self.window_mut(me) {
            window.owed.extend(batch.records.iter().filter(|record| is_owed(record, why)).cloned());
            window.last_ack = window.last_ack.max(now + wait);
            if why != StoreRefusal::Fenced {
                window.refused.insert(batch.id, batch.records.clone());
            }
        }
        self.later(wait, Pending::Deliver(me, Event::Stored(StoreAck::Refused { batch: batch.id, why })));
    }

    pub(crate) fn read_back(&mut self, me: Instance, from: Sequence) {
        if self.now < self.disk.broken_until || self.is_cut_off(me) {
            return self.later(2000, Pending::ReadBack(me, from));
        }
        let records = self.disk.read_from(from);
        self.deliver(me, Event::Stored(StoreAck::ReadBack { from, records }));
    }

    /// Reads the rows of a case: at once, or the last of them at once and all of them some time later.
    pub(super) fn start_to_load(&mut self, me: Instance, case: RealId, end_first: bool) {
        if let Some(window) = self.window_mut(me) {
            window.loading.insert(case.clone());
        }
        let end = if self.is_cut_off(me) { Vec::new() } else { self.disk.load_end(&case) };
        if !end_first || end.is_empty() {
            return self.later(3, Pending::Load(me, case));
        }
        let name = format!("load {case} {}", self.now);
        let rest = self.fates.ordinary(&name, 4, LOAD_MS);
        self.later(
            3,
            Pending::Deliver(me, Event::Stored(StoreAck::LoadedEnd { case: case.clone(), rows: end })),
        );
        self.later(rest, Pending::Load(me, case));
    }

    pub(crate) fn load(&mut self, me: Instance, case: RealId) {
        let rows = if self.is_cut_off(me) { Vec::new() } else { self.disk.load(&case) };
        self.deliver(me, Event::Stored(StoreAck::Loaded { case, rows }));
    }

    pub(super) fn cache(&mut self, me: Instance, writes: &[CacheWrite]) {
        let lost = self.fates.of(Of::Cache, "cache") == Some(Fate::Dropped) || self.is_cut_off(me);
        for write in writes {
            if !lost {
                self.disk.cache(write);
            }
            self.mark_binding(write);
            let Some(window) = self.window_mut(me) else { return };
            match write {
                CacheWrite::Case(case) => window.knows(case),
                CacheWrite::Message { case, row } => {
                    window.read.entry(case.clone()).or_default().insert(row.key.clone());
                    let rows = window.rows.entry(case.clone()).or_default();
                    let before = rows.insert(row.message.id.clone(), std::sync::Arc::clone(row));
                    // A cached row may get its name while it is loaded, before anybody has seen it.
                    let renamed = before.filter(|before| before.key != row.key);
                    if let Some(before) = renamed.filter(|before| window.mirror.shows(&before.key)) {
                        let detail = format!("{} is {} and was {}", row.message.id, row.key, before.key);
                        self.violate("I9", "a confirmed row got another key", detail);
                    }
                }
                CacheWrite::Forget(case) => {
                    window.cases.remove(case);
                    window.rows.remove(case);
                    window.read.remove(case);
                }
            }
        }
    }

    /// A row that was bound although no answer told its turn.
    fn mark_binding(&mut self, write: &CacheWrite) {
        if let CacheWrite::Message { row, .. } = write
            && let Some(op) = self.truth.row_of.get(&row.key)
            && self.disk.fold.ops.get(op).is_some_and(|known| known.stage == Stage::Open)
        {
            self.marks.hit(Mark::BoundByText);
        }
    }

    pub(super) fn compact(&mut self, me: Instance, before: Sequence, snapshot: &[Record], fence: Epoch) {
        if self.disk.refusal(self.now).is_some() || self.is_cut_off(me) {
            return;
        }
        if let Ok(Some((old, new))) = self.disk.compact(before, snapshot, fence) {
            self.marks.hit(Mark::Compacted);
            if !new.foreign.is_empty() {
                self.marks.hit(Mark::ForeignCompacted);
            }
            let (mut old, new) = (old.lasting(), new.lasting());
            // Copies that can no longer be restored need not be kept.
            let wall = self.window(me).map(|window| window.now(self.now, self.wall_offset).wall);
            old.backups.retain(|id, backup| {
                new.backups.contains_key(id) || wall.is_some_and(|wall| wall - backup.at < BACKUPS_KEPT)
            });
            if old != new && !self.truth.damaged {
                self.violate("I15", "a snapshot is not what it replaces", format!("{old:?} became {new:?}"));
            }
        }
    }
}

/// Facts of a refused batch that hold in the window all the same and are not on the disk yet.
const fn is_owed(record: &Record, why: StoreRefusal) -> bool {
    match why {
        StoreRefusal::Fenced => matches!(
            record,
            Record::Operation(_)
                | Record::Draft { .. }
                | Record::Pin { .. }
                | Record::Seen { .. }
                | Record::Resumed { .. }
                | Record::Discarding { .. }
                | Record::Kept { .. }
                | Record::Stopped { .. }
        ),
        StoreRefusal::Full | StoreRefusal::Unavailable => !matches!(record, Record::Operation(_)),
    }
}
