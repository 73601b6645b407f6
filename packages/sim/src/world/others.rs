//! What others do to the server, the journal and the disk: other clients, newer programs, decay.

use copilot_core::Event;
use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, BatchId, Record, Sequenced, Writer};
use copilot_core::model::CaseState;
use copilot_core::peer::PeerMessage;

use super::happen::CASES;
use super::{Pending, World};
use crate::happening::Other;
use crate::marks::Mark;

impl World {
    fn living_cases(&self) -> Vec<RealId> {
        let living = self.server.cases.iter().filter(|(_, case)| !case.deleted);
        living.map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn other_client(&mut self, other: Other, pick: u32, n: u32) {
        let now = self.now;
        let living = self.living_cases();
        let chosen = living.get(pick as usize % living.len().max(1));
        match (other, chosen) {
            (Other::Create, _) if living.len() < CASES => self.server.other_creates(now),
            (Other::Turn, Some(case)) => {
                if self.disk.fold.ops.values().any(|known| known.attempted) {
                    self.marks.hit(Mark::ForeignTurn);
                }
                self.server.other_says(now, case, &format!("other {n}."));
            }
            (Other::Rename, Some(case)) => self.server.other_renames(now, case, &format!("Other title {n}.")),
            (Other::Move, Some(case)) => {
                let to = if pick.is_multiple_of(3) { CaseState::Resolved } else { CaseState::Investigating };
                self.server.other_moves(now, case, to);
            }
            (Other::Close, Some(case)) => self.server.other_moves(now, case, CaseState::Closed),
            (Other::Delete, Some(case)) => {
                let case = case.clone();
                if let Some(case) = self.server.cases.get_mut(&case) {
                    case.deleted = true;
                }
            }
            _ => {}
        }
    }

    /// A row that no client can have made comes into the list of cases, or of a case's messages.
    pub(super) fn befoul(&mut self, pick: u32) {
        let living = self.living_cases();
        let chosen = living.get(pick as usize % (living.len() + 1)).cloned();
        self.server.befoul(self.now, chosen.as_ref());
    }

    /// A window of a newer program writes what this one does not know. It tells the others, or they find
    /// out by reading the journal.
    pub(super) fn write_newer_record(&mut self, n: u32, told: bool) {
        if self.disk.refusal(self.now).is_some() {
            return;
        }
        self.marks.hit(Mark::ForeignRecord);
        let record = Record::Foreign(format!(r#"{{"r":"newer_kind","n":{n}}}"#).into());
        let writer = Writer(u64::from(n) + 1_000_000);
        let batch = Batch { id: BatchId(0), records: vec![record.clone()], writer, fence: None };
        let Ok(sequence) = self.disk.append(&batch) else { return };
        let told = self.living().into_iter().filter(|_| told);
        for me in told {
            let records = vec![Sequenced { sequence, writer, fence: None, record: record.clone() }];
            let wait = self.fates.ordinary("newer", 1, 4);
            self.later(wait, Pending::Deliver(me, Event::Peer(PeerMessage::Appended(records))));
        }
    }

    pub(super) fn damage_record(&mut self, pick: u32) {
        for me in self.living() {
            self.die(me, 9);
        }
        let Some(lost) = self.disk.damage(pick) else { return };
        self.marks.hit(Mark::Damaged);
        self.truth.note_damage(&lost);
    }

    /// A journal that is long already, by a window that is gone.
    pub(crate) fn age_journal(&mut self) {
        let records: Vec<Record> = (0..1985u64)
            .map(|n| Record::Gate { at: copilot_core::Wall(n), until: copilot_core::Wall(n + 1) })
            .collect();
        let batch = Batch { id: BatchId(0), records, writer: Writer(1), fence: None };
        let _position = self.disk.append(&batch);
    }
}
