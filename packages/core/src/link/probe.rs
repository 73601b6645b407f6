//! Whether the server is there: hints of the platform, probes, and when the next one is due.

use crate::core::Core;
use crate::event::Link;
use crate::request::{Outcome, Reply, Request};
use crate::time::Millis;
use crate::view::LinkStatus;

use super::Purpose;

impl Core {
    /// The platform's first question of every start: is the server there, what does it allow.
    pub(crate) fn greet_server(&mut self) {
        self.probe();
    }

    pub(crate) fn link_hint(&mut self, hint: Link) {
        match hint {
            Link::Offline => self.link_lost(false),
            Link::Online => self.try_now(),
        }
    }

    pub(crate) fn try_now(&mut self) {
        self.net.probes = 0;
        if self.net.link != LinkStatus::Online {
            self.probe();
        }
        self.windows.retry_at = self.windows.retry_at.map(|_| self.now.mono);
        self.rewrite_if_due();
    }

    pub(super) fn probe(&mut self) {
        self.net.probe_at = None;
        if !self.net.has(&Purpose::Probe) {
            self.request(Purpose::Probe, Request::Probe);
        }
    }

    pub(crate) fn probe_timer(&mut self) {
        if self.net.probe_at.is_some_and(|at| at <= self.now.mono) {
            self.probe();
        }
    }

    pub(super) fn suspect_link(&mut self) {
        if self.net.link == LinkStatus::Online && !self.net.suspect {
            self.net.suspect = true;
            self.probe();
        }
    }

    pub(super) fn probed(&mut self, outcome: Outcome) {
        let awaited = std::mem::take(&mut self.net.suspect) || !self.net.greeted;
        if awaited {
            self.all_lanes();
        }
        match outcome {
            Ok(Reply::Alive(limits)) => self.take_limits(limits),
            // Its failure has told that the link is down, and that has armed the next one; or another one is open.
            _ if self.net.probe_at.is_some() || self.net.has(&Purpose::Probe) => {}
            // The server answered, if only with an error: the link works.
            _ if self.net.link == LinkStatus::Online && self.net.greeted => {}
            _ => self.arm_probe(),
        }
    }

    /// Wait between two probes: 1 s, doubling up to the configured longest, with a quarter of jitter
    /// so that a crowd of clients does not come back in one moment.
    pub(super) fn arm_probe(&mut self) {
        let wait = (1000u64 << self.net.probes.min(10)).min(self.config.probe_last.0);
        let jitter = self.entropy.up_to(wait / 4);
        self.net.probes = self.net.probes.saturating_add(1);
        self.net.probe_at = Some(self.now.mono + Millis(wait - jitter));
    }
}
