//! The lease at work: granted in turn, inherited from the dead, taken from those that stand still.

use copilot_core::journal::Epoch;
use copilot_core::{Event, LeaseEvent};

use super::{Pending, World};
use crate::marks::Mark;
use crate::truth::Instance;

/// Time after which a holder that stands still loses the lease (architecture §6), in milliseconds.
const STEAL_AFTER_MS: u64 = 20_000;

impl World {
    /// The lease goes to the next in the queue, if it is free.
    pub(crate) fn pump_lease(&mut self, wait: u64) {
        if self.lease.holder.is_none() && !self.lease.granting && !self.lease.queue.is_empty() {
            self.lease.granting = true;
            self.later(wait, Pending::Grant);
        }
    }

    pub(crate) fn grant(&mut self) {
        self.lease.granting = false;
        if self.lease.holder.is_some() {
            return;
        }
        let Some(next) = self.lease.queue.pop_front() else { return };
        if self.window(next).is_none() {
            return self.pump_lease(10);
        }
        if self.disk.refusal(self.now).is_some() || self.is_cut_off(next) {
            self.lease.queue.push_back(next);
            return self.pump_lease(2000);
        }
        self.disk.epoch.0 += 1;
        let epoch = self.disk.epoch;
        self.lease.holder = Some(next);
        self.deliver(next, Event::Lease(LeaseEvent::Granted(epoch)));
        if self.window(next).is_some_and(|window| window.frozen) {
            self.later(STEAL_AFTER_MS, Pending::Steal(next, epoch));
        }
    }

    pub(crate) fn watch_holder(&mut self, me: Instance) {
        if self.lease.holder == Some(me) {
            let epoch = self.disk.epoch;
            self.later(STEAL_AFTER_MS, Pending::Steal(me, epoch));
        }
    }

    pub(crate) fn steal(&mut self, from: Instance, epoch: Epoch) {
        let stands_still = self.window(from).is_some_and(|window| window.frozen);
        if self.lease.holder != Some(from) || !stands_still || self.disk.epoch != epoch {
            return;
        }
        // Nobody is awake to take it.
        if self.now < self.asleep_until {
            return self.later(self.asleep_until - self.now + STEAL_AFTER_MS, Pending::Steal(from, epoch));
        }
        if self.lease.queue.is_empty() {
            return;
        }
        self.marks.hit(Mark::LeaseStolen);
        self.lease.holder = None;
        // One thawed window in two is told; the other one finds out by being refused.
        if self.fates.ordinary(&format!("told {} {}", from.slot, epoch.0), 0, 1) == 0 {
            self.deliver(from, Event::Lease(LeaseEvent::Lost));
        }
        self.pump_lease(10);
    }
}
