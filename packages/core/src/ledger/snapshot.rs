//! Compaction: the records that fold to a state.

use super::{Entry, Ledger, Stage};
use crate::journal::Record;
use crate::model::Stamp;
use std::sync::Arc;

impl Ledger {
    /// Records that fold to this state: what a compaction writes.
    pub(crate) fn snapshot(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for (case, real) in self.links.iter() {
            let name = self.cases.get(case).and_then(|case| case.name.clone()).unwrap_or_default();
            records.push(Record::Link { case: case.clone(), real: real.clone(), name });
        }
        records.extend(self.deleted.iter().map(|real| Record::Deleted { real: real.clone() }));
        for (key, case) in &self.cases {
            if case.pin.1 != Stamp::default() {
                records.push(Record::Pin { case: key.clone(), pinned: case.pin.0, stamp: case.pin.1 });
            }
            if let Some(turn) = case.seen {
                records.push(Record::Seen { case: key.clone(), turn });
            }
            if let Some((draft, stamp)) = &case.draft {
                records.push(Record::Draft { case: Some(key.clone()), draft: draft.clone(), stamp: *stamp });
            }
        }
        if let Some((draft, stamp)) = &self.new_draft {
            records.push(Record::Draft { case: None, draft: draft.clone(), stamp: *stamp });
        }
        if let Some((at, until)) = self.gate {
            records.push(Record::Gate { at, until });
        }
        records.extend(self.backups.iter().map(|backup| Record::Backup(Arc::clone(backup))));
        self.entries().for_each(|entry| entry.snapshot(&mut records));
        records.extend(self.foreign.iter().map(|json| Record::Foreign(Arc::clone(json))));
        records
    }
}

impl Entry {
    /// How far the operation is, as facts that hold over any earlier one.
    pub(crate) fn stage_facts(&self) -> Vec<Record> {
        let fact = self.stage_fact();
        // What had failed cannot be stopped before it was resumed.
        let resumed = Record::Resumed { op: self.op.id, anyway: self.anyway };
        if self.stage == Stage::Stopped { vec![resumed, fact] } else { vec![fact] }
    }

    fn stage_fact(&self) -> Record {
        let op = self.op.id;
        match &self.stage {
            Stage::Open => Record::Resumed { op, anyway: self.anyway },
            Stage::Acknowledged(with) => Record::Acknowledged { op, with: with.clone() },
            Stage::Stopped => Record::Stopped { op },
            Stage::Failed { failure, at } => Record::Failed { op, failure: failure.clone(), at: *at },
        }
    }

    fn snapshot(&self, records: &mut Vec<Record>) {
        let op = self.op.id;
        records.push(Record::Operation(Arc::clone(&self.op)));
        if let Some(first) = self.first {
            records.push(Record::Attempt { op, first });
        }
        if self.anyway {
            records.push(Record::Resumed { op, anyway: true });
        }
        if let Some(base) = &self.rebased {
            records.push(Record::Rebased { op, base: base.clone() });
        }
        if self.stage != Stage::Open {
            records.push(self.stage_fact());
        }
        if let Some(until) = self.discarding {
            records.push(Record::Discarding { op, until });
        }
    }
}
