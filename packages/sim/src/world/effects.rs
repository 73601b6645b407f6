//! Carries out what a core asks for.

use copilot_core::peer::PeerMessage;
use copilot_core::{Effect, Event, Notice};

use super::{Pending, World};
use crate::fate::{Fate, Of};
use crate::marks::Mark;
use crate::truth::Instance;
use crate::window::Armed;

impl World {
    pub(crate) fn perform(&mut self, me: Instance, effect: Effect) {
        match effect {
            Effect::Append(batch) => self.append(me, batch),
            Effect::Cache(writes) => self.cache(me, &writes),
            Effect::Compact { before, snapshot, fence } => self.compact(me, before, &snapshot, fence),
            Effect::ReadBack(from) => {
                self.marks.hit(Mark::ReadBack);
                if let Some(window) = self.window_mut(me) {
                    window.reads_back += 1;
                }
                self.later(4, Pending::ReadBack(me, from));
            }
            Effect::Load { case, end_first } => self.start_to_load(me, case, end_first),
            Effect::Send(id, request) => self.send(me, id, request),
            Effect::Abort(id) => {
                if let Some(window) = self.window_mut(me) {
                    window.open.remove(&id);
                    window.asks.remove(&id);
                }
            }
            Effect::Arm(timer, wait) => {
                let name = format!("timer {timer:?} {}", me.slot);
                let span = match self.fates.of(Of::Timer, &name) {
                    Some(Fate::Slow(late)) => wait.0 + late,
                    Some(Fate::Early(early)) => wait.0.saturating_sub(early).max(1),
                    _ => wait.0,
                };
                let armed = Armed { due: self.now + wait.0, token: self.ticket() };
                if let Some(window) = self.window_mut(me) {
                    window.arm(timer, armed);
                }
                self.later(span, Pending::Ring(me, timer, armed.token));
            }
            Effect::Disarm(timer) => {
                if let Some(window) = self.window_mut(me) {
                    window.disarm(timer);
                }
            }
            Effect::Tell(message) => self.tell(me, &message),
            Effect::AcquireLease => {
                self.lease.ask(me);
                self.pump_lease(10);
            }
            Effect::ReleaseLease => {
                self.lease.leave(me);
                self.pump_lease(10);
            }
            Effect::Notice(notice) => self.notice(me, notice),
            // What was refused is looked at in the core itself.
            Effect::Report(_) => {}
            Effect::View(_) => {}
        }
    }

    fn tell(&mut self, me: Instance, message: &PeerMessage) {
        for other in self.living() {
            if other == me {
                continue;
            }
            let kind = match message {
                PeerMessage::Appended(records) => {
                    self.name_of_record(records.first().map(|record| &record.record))
                }
                PeerMessage::Confirmed { .. } => "confirmed".to_owned(),
                PeerMessage::Compacted(_) => "compacted".to_owned(),
            };
            let name = format!("peer {}-{} {kind}", me.slot, other.slot);
            let wait = match self.fates.of(Of::Peer, &name) {
                Some(Fate::Dropped) => continue,
                Some(Fate::Slow(span)) => span,
                _ => self.fates.ordinary(&name, 1, 4),
            };
            self.later(wait, Pending::Deliver(other, Event::Peer(message.clone())));
        }
    }

    fn notice(&mut self, me: Instance, notice: Notice) {
        match notice {
            Notice::Undoable { operation, .. } => {
                if let Some(window) = self.window_mut(me) {
                    window.undoable.push(operation);
                }
            }
            Notice::NotKept { draft, .. } => {
                self.marks.hit(Mark::GivenBack);
                let given: Vec<_> = self
                    .truth
                    .did
                    .values()
                    .filter(|did| {
                        let unmade = self.truth.unmade.contains(&did.op.case);
                        unmade || (did.born == me && did.sequence.is_none())
                    })
                    .filter(|did| did.turn().is_some_and(|turn| draft.text.contains(&*turn.text)))
                    .map(|did| did.op.id)
                    .collect();
                for op in given {
                    if let Some(did) = self.truth.did.get_mut(&op) {
                        did.given_up = true;
                    }
                }
            }
            Notice::NotDeleted { case, .. } => {
                self.truth.deleted.remove(&case);
            }
            _ => {}
        }
    }
}
