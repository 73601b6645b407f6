//! What is replaced or cannot be kept: a copy of it is made, or its words are given back (I2).

use copilot_core::journal::{Batch, Record};
use copilot_core::model::BackedUp;
use copilot_core::operation::{End, OperationKind};
use copilot_core::{Event, Intent, StoreAck};

use crate::marks::Mark;
use crate::truth::Did;
use crate::world::World;

impl World {
    /// Something goes with its case, which found no room: words are given back with those of the case, which
    /// the notice of the same step shows.
    pub(super) fn gives_back(&self, did: &Did, event: &Event) -> bool {
        let refused = matches!(event, Event::Stored(StoreAck::Refused { .. }));
        refused && did.turn().is_none_or(|turn| self.given_back.contains(&*turn.text))
    }

    /// A title that gives way to another one is kept for a while.
    pub(super) fn check_copy(&mut self, did: &Did, end: End, batch: &Batch, event: &Event) {
        let gave_way = end == End::Superseded && matches!(event, Event::Intent(Intent::UseTheirs(_)));
        let OperationKind::Rename { title, .. } = &did.op.kind else { return };
        let is_copy = |record: &Record| match record {
            Record::Backup(backup) => backup.what == BackedUp::Title(title.clone()),
            _ => false,
        };
        if gave_way {
            self.marks.hit(Mark::TookTheirs);
            if !batch.records.iter().any(is_copy) {
                self.violate("I2", "a title gave way without a copy", title.to_string());
            }
        }
    }
}
