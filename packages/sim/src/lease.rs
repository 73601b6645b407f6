//! The sending lease: a queue, as Web Locks are one, and who is at its head.

use std::collections::VecDeque;

use crate::truth::Instance;

/// Who sends, and who would like to.
#[derive(Debug, Default)]
pub(crate) struct Lease {
    pub(crate) holder: Option<Instance>,
    pub(crate) queue: VecDeque<Instance>,
    /// A grant is on its way.
    pub(crate) granting: bool,
}

impl Lease {
    /// A window asks; who holds gives back and asks anew.
    pub(crate) fn ask(&mut self, who: Instance) {
        self.leave(who);
        self.queue.push_back(who);
    }

    /// A window is gone. True if it held.
    pub(crate) fn leave(&mut self, who: Instance) -> bool {
        self.queue.retain(|waiting| *waiting != who);
        let held = self.holder == Some(who);
        if held {
            self.holder = None;
        }
        held
    }
}
