//! A store of the test, shared by the windows of one profile: what it acknowledged is in it.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::frame;
use copilot_core::journal::{
    Batch, Damage, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal, Writer,
};
use copilot_core::model::RealCase;
use copilot_core::view::CachedMessage;

pub(crate) type SharedDisk = Rc<RefCell<Disk>>;

#[derive(Debug, Clone)]
pub(crate) struct Disk {
    pub(crate) records: Vec<Sequenced>,
    pub(crate) next: u64,
    pub(crate) epoch: Epoch,
    pub(crate) cases: Vec<RealCase>,
    pub(crate) messages: Vec<(RealId, CachedMessage)>,
    pub(crate) damage: Option<Damage>,
    /// Where the log begins that no snapshot covers.
    pub(crate) log_start: Sequence,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            next: 1,
            epoch: Epoch(0),
            cases: Vec::new(),
            messages: Vec::new(),
            damage: None,
            log_start: Sequence(1),
        }
    }
}

impl Disk {
    pub(crate) fn shared(self) -> SharedDisk {
        Rc::new(RefCell::new(self))
    }

    pub(crate) fn recovered(&self) -> Recovered {
        Recovered {
            records: self.records.clone(),
            next: Sequence(self.next),
            cases: self.cases.clone(),
            damage: self.damage.clone(),
            ..Recovered::default()
        }
    }

    pub(crate) fn next_epoch(&mut self) -> Epoch {
        self.epoch = Epoch(self.epoch.0 + 1);
        self.epoch
    }

    pub(crate) fn append(&mut self, batch: Batch) -> Result<Sequence, StoreRefusal> {
        if batch.fence.is_some_and(|fence| fence < self.epoch) {
            return Err(StoreRefusal::Fenced);
        }
        let first = Sequence(self.next);
        for record in batch.records {
            let sequence = Sequence(self.next);
            self.next += 1;
            let record = as_kept(&record);
            self.records.push(Sequenced { sequence, writer: batch.writer, fence: batch.fence, record });
        }
        Ok(first)
    }

    /// Everything from a position on; the whole snapshot where a snapshot covers the position.
    pub(crate) fn read_from(&self, from: Sequence) -> Vec<Sequenced> {
        let covered = from < self.log_start;
        let wanted = |record: &&Sequenced| match record.sequence < self.log_start {
            true => covered,
            false => record.sequence >= from,
        };
        self.records.iter().filter(wanted).cloned().collect()
    }

    pub(crate) fn compact(&mut self, before: Sequence, snapshot: Vec<Record>, fence: Epoch) {
        if fence < self.epoch {
            return;
        }
        let first = before.0 - snapshot.len() as u64;
        let placed = (first..).zip(snapshot).map(|(sequence, record)| Sequenced {
            sequence: Sequence(sequence),
            writer: Writer::default(),
            fence: Some(fence),
            record: as_kept(&record),
        });
        let log = self.records.iter().filter(|record| record.sequence >= before).cloned();
        self.records = placed.chain(log).collect();
        self.log_start = before;
    }

    pub(crate) fn rows_of(&self, case: &RealId) -> Vec<CachedMessage> {
        self.messages.iter().filter(|(of, _)| of == case).map(|(_, row)| row.clone()).collect()
    }

    pub(crate) fn cache(&mut self, write: CacheWrite) {
        match write {
            CacheWrite::Case(case) => {
                self.cases.retain(|known| known.id != case.id);
                self.cases.push((*case).clone());
            }
            CacheWrite::Message { case, row } => {
                self.messages.retain(|(of, known)| *of != case || known.message.id != row.message.id);
                self.messages.push((case, (*row).clone()));
            }
            CacheWrite::Forget(case) => {
                self.cases.retain(|known| known.id != case);
                self.messages.retain(|(of, _)| *of != case);
            }
        }
    }
}

/// What a store gives back of a record: it keeps text.
fn as_kept(record: &Record) -> Record {
    let text = frame::payload(record).expect("every record can be written");
    frame::parse(&text).expect("what was written can be read")
}
