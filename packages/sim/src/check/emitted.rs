//! Records that a core wants written: whoever states them may (I11), nothing ends without a reason (I2).

use copilot_core::ids::{CaseKey, OperationId, RealId};
use copilot_core::journal::{Batch, Record};
use copilot_core::operation::{Acknowledged, End, OperationKind};
use copilot_core::{Event, FailureClass, Intent, Millis, Rejection, Wall};

use crate::marks::Mark;
use crate::model::Stage;
use crate::truth::{Did, Instance};
use crate::world::World;

/// How long servers keep keys (contract 4.1).
const KEY_LIFETIME: Millis = Millis::seconds(3600);

/// Records that one event may add, whatever is under way: a message of several parts in a new case.
const RECORDS_PER_STEP: usize = 12;
/// Records that one event may add for every operation under way: a case that is deleted ends them all.
const RECORDS_PER_OPERATION: usize = 4;

/// Whether a key of this age may have expired, by a wall clock that may have jumped.
pub(super) fn is_expired(first: Wall, now: Wall) -> bool {
    now < first || now - first >= KEY_LIFETIME
}

impl World {
    /// The person remembers what was asked for, before the core has its say.
    pub(crate) fn remember_intent(&mut self, intent: &Intent) {
        match intent {
            Intent::Discard(op) | Intent::Edit(op) => self.truth.give_up(op),
            Intent::Stop(op) => {
                if let Some(did) = self.truth.did.get_mut(op) {
                    did.stopped = true;
                    did.given_up |= did.sends == 0;
                }
            }
            Intent::SendAnyway(op) => {
                if let Some(did) = self.truth.did.get_mut(op) {
                    did.anyway = true;
                    self.marks.hit(Mark::SentAnyway);
                }
            }
            Intent::Restore(id) | Intent::DropBackup(id) => {
                self.truth.let_go.insert(*id);
            }
            // What waits goes out in spite of what failed before it.
            Intent::SendRest(case) => {
                let of_case =
                    self.truth.did.values_mut().filter(|did| did.op.case == *case && did.sends == 0);
                for did in of_case {
                    let known = self.disk.fold.ops.get(&did.op.id);
                    did.anyway |= !known.is_some_and(|known| matches!(known.stage, Stage::Failed(_)));
                }
                self.marks.hit(Mark::SentTheRest);
            }
            Intent::DismissTitleNote(case) => {
                for did in self.truth.did.values_mut() {
                    if did.op.case == *case && matches!(did.op.kind, OperationKind::Rename { .. }) {
                        did.given_up = true;
                    }
                }
            }
            _ => {}
        }
    }

    /// A batch that a window wants written.
    pub(crate) fn check_batch(&mut self, me: Instance, event: &Event, batch: &Batch) {
        // I13: what is written depends on what is under way, never on what has been.
        let most = RECORDS_PER_STEP + RECORDS_PER_OPERATION * self.disk.fold.ops.len();
        if batch.records.len() > most && !self.is_cut_off(me) {
            let detail =
                format!("{} records while {} operations live", batch.records.len(), self.disk.fold.ops.len());
            self.violate("I13", "a step writes too much", detail);
        }
        let holds_lease = self.disk.epoch.0 > 0 && self.lease.holder == Some(me);
        for record in &batch.records {
            let as_sender = matches!(
                record,
                Record::Attempt { .. }
                    | Record::Acknowledged { with: Acknowledged::Working(_) | Acknowledged::Committed, .. }
                    | Record::Link { .. }
                    | Record::Deleted { .. }
                    | Record::Ended { end: End::Completed, .. }
            );
            if as_sender && batch.fence.is_none() && !holds_lease {
                self.violate("I11", "a sender's fact without an epoch", format!("{record:?}"));
            }
            self.note_whole_message(me, event, record);
            self.check_record(me, event, record, batch);
        }
    }

    fn check_record(&mut self, me: Instance, event: &Event, record: &Record, batch: &Batch) {
        match record {
            Record::Operation(op) => {
                if let Some(did) = self.truth.did.get(&op.id) {
                    let (fold, known) = (&self.disk.fold, &did.op);
                    let same = (known.order, known.created, &known.kind) == (op.order, op.created, &op.kind)
                        && fold.one(&known.case) == fold.one(&op.case);
                    if !same {
                        self.violate("I4", "an operation changed", format!("{op:?}"));
                    }
                } else {
                    self.remember_operation(me, op);
                }
            }
            Record::Kept { op } if *event == Event::Intent(Intent::Undo(*op)) => {
                if let Some(did) = self.truth.did.get_mut(op) {
                    did.given_up = false;
                    self.marks.hit(Mark::DiscardUndone);
                }
            }
            Record::Discarding { op, .. } => {
                self.marks.hit(Mark::Discarded);
                // Facts that found no room are written again, together with what was wished since.
                let kept = batch
                    .records
                    .iter()
                    .any(|other| matches!(other, Record::Kept { op: kept } if kept == op));
                let wished = self.truth.did.get(op).is_none_or(|did| did.given_up || did.damaged);
                if let Some(did) = self.truth.did.get_mut(op) {
                    did.wavered = true;
                }
                if !wished && !kept {
                    self.violate("I2", "nobody discarded it", format!("{op}"));
                }
            }
            Record::Stopped { .. } => self.marks.hit(Mark::Stopped),
            // Whether a case was made cannot be told; another try is the person's decision.
            Record::Failed { op, failure, .. }
                if failure.class == FailureClass::Rejected(Rejection::Unexplained) =>
            {
                if let Some(did) = self.truth.did.get_mut(op) {
                    did.undecidable |= did.turn().is_none();
                }
            }
            Record::Failed { op, failure, .. }
                if failure.class == FailureClass::Conflict
                    && self.truth.did.get(op).is_some_and(|did| did.op.transition().is_some()) =>
            {
                self.marks.hit(Mark::StatusTorn);
            }
            Record::Ended { op, end } => self.check_end((me, op), *end, batch, event),
            Record::Rebased { .. } if matches!(event, Event::Intent(Intent::KeepMine(_))) => {
                self.marks.hit(Mark::KeptMine);
            }
            Record::BackupGone { id } => {
                if self.truth.let_go.contains(id) {
                    self.marks.hit(Mark::Restored);
                } else {
                    self.violate("I2", "a copy went without a wish", format!("{id}"));
                }
            }
            Record::Link { case, real, .. } => self.check_link(me, case, real),
            _ => {}
        }
    }

    /// A local case becomes a server case: the one that its creation made, or, when no key is
    /// kept any more, an empty one that nobody here knows.
    fn check_link(&mut self, me: Instance, case: &CaseKey, real: &RealId) {
        let Some(creation) = self.truth.creation_of(case).map(|did| did.op.id) else { return };
        if self.truth.made.get(&creation) == Some(real) {
            return;
        }
        let wall = self.window(me).map(|window| window.now(self.now, self.wall_offset).wall);
        let known = self.disk.fold.ops.get(&creation);
        // Without keys it is looked for at once.
        let expired = self.server.keyless
            || known
                .and_then(|known| known.first)
                .zip(wall)
                .is_some_and(|(first, wall)| is_expired(first, wall));
        // Made twice, because nobody could know that its key had expired: it may be either.
        let twice = self.truth.did.get(&creation).is_some_and(|did| did.effects > 1);
        if twice {
            self.truth.made.insert(creation, real.clone());
        }
        if twice || self.truth.damaged {
            return;
        }
        if expired && !self.truth.made.values().any(|made| made == real) {
            self.marks.hit(Mark::Adopted);
            self.truth.made.insert(creation, real.clone());
        } else {
            self.violate(
                "I6",
                "linked to a case that its creation did not make",
                format!("{case} is {real}"),
            );
        }
    }

    fn remember_operation(
        &mut self,
        me: Instance,
        op: &std::sync::Arc<copilot_core::operation::PendingOperation>,
    ) {
        let heard = self.window(me).map_or(0, |window| window.heard);
        let turn = matches!(op.kind, OperationKind::SubmitTurn { .. });
        let same_case = |did: &&Did| did.op.case == op.case && did.turn().is_some() && !did.over && !did.lost;
        let before: Vec<OperationId> = if turn {
            self.truth
                .did
                .values()
                .filter(same_case)
                .filter(|did| did.born == me || did.sequence.is_some_and(|at| at < heard))
                .map(|did| did.op.id)
                .collect()
        } else {
            Vec::new()
        };
        let creating = |known: &crate::model::Known| {
            known.op.case == op.case
                && known.attempted
                && matches!(known.op.kind, OperationKind::CreateCase { .. })
        };
        if turn && self.disk.fold.ops.values().any(creating) {
            self.marks.hit(Mark::WaitedForCase);
        }
        let elsewhere = self
            .truth
            .did
            .values()
            .any(|did| did.op.case == op.case && did.born.slot != me.slot && !did.over);
        if elsewhere {
            self.marks.hit(Mark::TwoWindowsOneCase);
        }
        match &op.kind {
            OperationKind::SubmitTurn { question, answer, .. } => {
                self.truth.row_of.insert(question.clone(), op.id);
                self.truth.row_of.insert(answer.clone(), op.id);
            }
            OperationKind::Delete => {
                self.truth.deleted.insert(op.case.clone());
            }
            _ => {}
        }
        let did = Did {
            op: std::sync::Arc::clone(op),
            born: me,
            sequence: None,
            before,
            given_up: false,
            wavered: false,
            stopped: false,
            anyway: false,
            lost: false,
            over: false,
            over_at: None,
            sent: None,
            sent_at: 0,
            sends: 0,
            effects: 0,
            too_late: false,
            damaged: false,
            undecidable: false,
        };
        self.truth.did.insert(op.id, did);
        let shown = !matches!(op.kind, OperationKind::CreateCase { .. });
        if let Some(window) = self.window_mut(me).filter(|_| shown) {
            window.remembered.push(op.id);
        }
    }

    /// Something is said to be over: it must be on the server, or the person must have wished it.
    fn check_end(&mut self, (me, op): (Instance, &OperationId), end: End, batch: &Batch, event: &Event) {
        let Some(did) = self.truth.did.get(op).cloned() else {
            return;
        };
        // It says nothing, wherever it will stand in the journal, unless the discard is written later.
        if end == End::Discarded && !did.given_up && self.disk.fold.is_kept(op) {
            return;
        }
        if let Some(did) = self.truth.did.get_mut(op) {
            did.over = true;
        }
        let case = &did.op.case;
        let excused = did.damaged || self.truth.damaged_cases.contains(case) || did.lost;
        let real = self.real_of(case);
        // A window that was told off may have given the deletion up, which nobody heard.
        let erased = real.as_ref().is_some_and(|real| self.truth.erased.contains(real));
        let case_deleted = erased || self.truth.deleted.contains(case);
        let explained = match end {
            // It found no room and is said again.
            _ if did.over => true,
            End::Completed => {
                case_deleted
                    || match &did.op.kind {
                        OperationKind::CreateCase { .. } => {
                            self.truth.made.contains_key(op) || self.truth.damaged
                        }
                        OperationKind::SubmitTurn { .. } => did.effects > 0,
                        OperationKind::Rename { title, .. } => {
                            real.is_some_and(|real| self.truth.titled.contains(&(real, title.clone())))
                        }
                        // The server did it, or somebody named the case since.
                        OperationKind::GenerateTitle { .. } => {
                            did.effects > 0 || real.is_some_and(|real| self.server.is_named(&real))
                        }
                        OperationKind::Delete => real.is_some_and(|real| self.truth.erased.contains(&real)),
                    }
            }
            End::Cancelled | End::Discarded | End::Refused => {
                let undone = matches!(event, Event::Intent(Intent::Undo(undone)) if undone == op);
                match (&did.op.kind, end) {
                    (OperationKind::Delete, End::Refused) => {
                        self.truth.deleted.remove(case);
                        self.marks.hit(Mark::NotDeleted);
                    }
                    (OperationKind::Delete, _) if undone => {
                        self.truth.deleted.remove(case);
                        self.marks.hit(Mark::DeleteUndone);
                    }
                    (OperationKind::Delete, _) if real.is_none() => self.marks.hit(Mark::Annihilated),
                    _ => {}
                }
                // Pressed in a window that had not heard that it has left.
                let stopped = matches!(event, Event::Intent(Intent::Stop(stopped)) if stopped == op);
                // A change of state that never left is taken back by the undo that was offered for it.
                let unheard = self.window(me).is_some_and(|window| !window.is_caught_up(self.disk.next.0));
                let taken_back = undone && (did.sends == 0 || unheard) && did.op.transition().is_some();
                if taken_back {
                    self.marks.hit(Mark::StatusUndone);
                    self.truth.give_up(op);
                }
                let unnamed =
                    end == End::Refused && matches!(did.op.kind, OperationKind::GenerateTitle { .. });
                if unnamed {
                    self.marks.hit(Mark::NotNamed);
                }
                did.given_up
                    || stopped
                    || taken_back
                    || unnamed
                    || case_deleted
                    || (self.truth.unmade.contains(case) && self.gives_back(&did, event))
                    || matches!(did.op.kind, OperationKind::Delete)
            }
            End::Superseded => {
                let titled =
                    matches!(did.op.kind, OperationKind::Rename { .. } | OperationKind::GenerateTitle { .. });
                self.marks.hit(if titled { Mark::TitleSuperseded } else { Mark::StatusSuperseded });
                // Wished in a window that had not heard that it has left.
                let unheard = matches!(event, Event::Intent(Intent::SetStatus { .. }))
                    && self.window(me).is_some_and(|window| !window.is_caught_up(self.disk.next.0));
                let moved = did.op.transition().is_some() && (did.effects == 0 || unheard);
                if moved {
                    self.truth.give_up(op);
                }
                titled || moved
            }
        };
        if !explained && !excused {
            let label = self.truth.label(op);
            self.violate("I2", "over without a reason", format!("{label} ({op}) ended as {end:?}"));
        }
        if end == End::Completed && !case_deleted && !excused && !self.is_listed(&did) {
            let label = self.truth.label(op);
            self.violate("I17", "an echo ends before its rows are here", label);
        }
        self.check_copy(&did, end, batch, event);
        let edited = matches!(event, Event::Intent(Intent::Edit(_) | Intent::Stop(_)));
        if edited && end == End::Cancelled {
            self.marks.hit(Mark::Edited);
            let text = did.turn().map_or("", |turn| &turn.text);
            let kept = batch.records.iter().any(|record| match record {
                Record::Draft { draft, .. } => draft.text.contains(text),
                _ => false,
            });
            if !kept {
                self.violate("I2", "an edited text is not in the composer", text.to_owned());
            }
        }
    }

    /// The server case of a local case, as the server knows it.
    pub(crate) fn real_of(&self, case: &CaseKey) -> Option<RealId> {
        case.derived_from().or_else(|| {
            let creation = self.truth.creation_of(case)?;
            self.disk.fold.links.get(case).or_else(|| self.truth.made.get(&creation.op.id)).cloned()
        })
    }
}
