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
        self.entries.values().for_each(|entry| entry.snapshot(&mut records));
        records.extend(self.foreign.iter().map(|json| Record::Foreign(Arc::clone(json))));
        records
    }
}

impl Entry {
    /// Records that bring any earlier state of the operation to this one: what is true now, whatever of it
    /// found room before.
    pub(crate) fn restatement(&self) -> Vec<Record> {
        let op = self.op.id;
        let mut records = Vec::new();
        self.snapshot(&mut records);
        // A snapshot builds on nothing; here an older failure or discard may stand in the journal.
        records.insert(1, Record::Resumed { op, anyway: self.anyway });
        if self.discarding.is_none() {
            records.push(Record::Kept { op });
        }
        records
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
        match &self.stage {
            Stage::Open => {}
            Stage::Acknowledged(with) => records.push(Record::Acknowledged { op, with: with.clone() }),
            Stage::Stopped => records.push(Record::Stopped { op }),
            Stage::Failed { failure, at } => {
                records.push(Record::Failed { op, failure: failure.clone(), at: *at });
            }
        }
        if let Some(until) = self.discarding {
            records.push(Record::Discarding { op, until });
        }
    }
}
