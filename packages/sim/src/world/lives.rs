//! How windows come and go: started, loaded again, crashed, closed, asleep, cut off from their store.

use copilot_core::Event;
use copilot_core::journal::Batch;

use super::{Pending, World};
use crate::marks::Mark;
use crate::truth::Instance;
use crate::window::Window;

/// Time until a closed or dead holder is replaced (architecture §6), in milliseconds.
const INHERIT_MS: u64 = 800;
/// Time between the end of all windows and the next start, in milliseconds.
const START_MS: u64 = 300;
/// Time that loading a window again takes, in milliseconds.
const RELOAD_MS: u64 = 90;
/// Batches that are still written when a window ends in an orderly way: all of them.
const ALL: u8 = u8::MAX;

impl World {
    pub(crate) fn start_window(&mut self, slot: usize) {
        if self.windows.get(slot).is_none_or(Option::is_some) {
            return;
        }
        if self.disk.refusal(self.now).is_some() {
            return self.later(2000, Pending::Start(slot));
        }
        self.starts += 1;
        self.started_at = self.now;
        let me = Instance { slot, start: self.starts };
        let window = Window::new(self.seed, me, self.now, self.fates.faults.page, self.disk.generation);
        if let Some(place) = self.windows.get_mut(slot) {
            *place = Some(window);
        }
        let recovered = self.disk.recover();
        if !self.disk.fold.ops.is_empty() {
            self.marks.hit(Mark::RecoveredWork);
        }
        self.deliver(me, Event::Boot(recovered));
    }

    /// A window's process ends. Of the batches that were being written so many are on the disk.
    pub(crate) fn die(&mut self, me: Instance, survive: u8) {
        self.end(me, survive);
        if self.living().is_empty() {
            self.later(START_MS, Pending::Start(me.slot));
        }
    }

    /// The same, and nobody starts anything after the last one.
    fn end(&mut self, me: Instance, survive: u8) {
        let survive = if self.is_cut_off(me) { 0 } else { survive };
        let Some(window) =
            self.windows.get_mut(me.slot).and_then(Option::take).filter(|window| window.me == me)
        else {
            return;
        };
        let (kept, lost) = (usize::from(survive).min(window.writes.len()), window.writes.len());
        for (index, batch) in window.writes.iter().enumerate() {
            if index < kept {
                self.marks.hit(Mark::SurvivedCrash);
                self.keep(me, batch, false);
            }
        }
        if kept < lost {
            self.marks.hit(Mark::LostInCrash);
        }
        for did in self.truth.did.values_mut() {
            if did.born == me && did.sequence.is_none() {
                did.lost = true;
                if matches!(did.op.kind, copilot_core::operation::OperationKind::Delete) {
                    self.truth.deleted.remove(&did.op.case);
                }
            }
        }
        // What was taken back and not yet durable is not taken back after all.
        for known in self.disk.fold.ops.values() {
            if matches!(known.op.kind, copilot_core::operation::OperationKind::Delete) {
                self.truth.deleted.insert(known.op.case.clone());
            }
            if known.discarding
                && let Some(did) = self.truth.did.get_mut(&known.op.id)
            {
                did.given_up = true;
            }
        }
        if self.lease.leave(me) {
            self.marks.hit(Mark::LeaseInherited);
        }
        self.pump_lease(INHERIT_MS);
    }

    /// A window is loaded again in its place.
    pub(super) fn reload(&mut self, me: Instance, survive: u8) {
        self.mark_work(Mark::Reloaded);
        self.end(me, survive);
        self.later(RELOAD_MS, Pending::Start(me.slot));
    }

    /// Signing out ends every window of the account; signing in starts them on the same store.
    pub(super) fn sign_out(&mut self, ms: u64) {
        let living = self.living();
        if living.is_empty() {
            return;
        }
        self.mark_work(Mark::SignedOutAndIn);
        for me in living {
            self.end(me, ALL);
            self.later(ms, Pending::Start(me.slot));
        }
        self.server.token_over = false;
        self.server.session_over = false;
        self.server.account_dead = false;
    }

    pub(super) fn close_window(&mut self, me: Instance) {
        self.deliver(me, Event::Page(copilot_core::Lifecycle::Hidden));
        self.die(me, ALL);
    }

    /// Everything stands still; the server and the clock on the wall do not.
    pub(super) fn sleep(&mut self, ms: u64, timeless: bool) {
        self.mark_work(Mark::Slept);
        let now = self.now;
        self.asleep_until = self.asleep_until.max(now + ms);
        for me in self.living() {
            if let Some(window) = self.window_mut(me) {
                window.frozen = true;
                window.doze(now, timeless);
            }
            self.later(ms, Pending::Thaw(me));
        }
    }

    fn mark_work(&mut self, mark: Mark) {
        if !self.disk.fold.ops.is_empty() {
            self.marks.hit(mark);
        }
    }

    /// The store goes away under the windows: what starts from now on finds an empty one.
    pub(super) fn lose_store(&mut self) {
        self.disk.remove();
        self.truth.note_store_gone();
        self.marks.hit(Mark::StoreGone);
    }

    /// Whether a window has a store that is no more.
    pub(crate) fn is_cut_off(&self, me: Instance) -> bool {
        self.window(me).is_some_and(|window| window.store != self.disk.generation)
    }

    pub(super) fn lose_power(&mut self, survive: u8, torn: u16) {
        let unwritten: Option<Batch> =
            self.windows.iter().flatten().find_map(|window| window.writes.get(usize::from(survive)).cloned());
        for me in self.living() {
            self.die(me, survive);
        }
        self.marks.hit(Mark::TornJournal);
        if let Some(problem) = self.disk.tear(unwritten.as_ref(), torn) {
            self.violate("I15", "a torn journal reads differently", problem);
        }
    }

    pub(crate) fn thaw(&mut self, me: Instance) {
        let now = self.now;
        let Some(window) = self.window_mut(me) else { return };
        window.frozen = false;
        window.wake(now);
        let backlog = std::mem::take(&mut window.backlog);
        window.thawing = true;
        for event in backlog {
            self.deliver(me, event);
        }
        if let Some(window) = self.window_mut(me) {
            window.thawing = false;
        }
    }
}
