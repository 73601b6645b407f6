//! What comes from outside, done to the world.

use copilot_core::view::{AccountStatus, LinkStatus};
use copilot_core::{Event, Link};

use super::{Pending, World};
use crate::happening::{Happening, What};
use crate::marks::Mark;
use crate::truth::Instance;

/// Cases at most, so that worlds stay small.
pub(crate) const CASES: usize = 6;

impl World {
    pub(crate) fn happen(&mut self, happening: &Happening) {
        match &happening.what {
            What::Act { window, act, pick } => {
                if let Some(me) = self.nth(*window) {
                    self.act(me, *act, *pick, happening.n);
                }
            }
            What::Crash { window, survive } => {
                if let Some(me) = self.nth(*window) {
                    self.die(me, *survive);
                }
            }
            What::CrashMidStep { window, after } => {
                if let Some(me) = self.nth(*window)
                    && let Some(window) = self.window_mut(me)
                {
                    window.doom = Some(*after);
                }
            }
            What::PowerLoss { survive, torn } => self.lose_power(*survive, *torn),
            What::OpenWindow => {
                // Nobody opens a window of an account that is signed out.
                let free = self.windows.iter().position(Option::is_none);
                if let Some(slot) = free.filter(|_| !self.living().is_empty()) {
                    self.start_window(slot);
                }
            }
            What::CloseWindow { window } => {
                if let Some(me) = self.nth(*window)
                    && self.living().len() > 1
                {
                    self.close_window(me);
                }
            }
            What::Reload { window, survive } => {
                if let Some(me) = self.nth(*window) {
                    self.reload(me, *survive);
                }
            }
            What::SignOut { ms } => self.sign_out(*ms),
            What::Sleep { ms, timeless } => self.sleep(*ms, *timeless),
            What::Freeze { window, ms } => {
                if let Some(me) = self.nth(*window) {
                    if let Some(window) = self.window_mut(me) {
                        window.frozen = true;
                    }
                    self.watch_holder(me);
                    self.later(*ms, Pending::Thaw(me));
                }
            }
            What::Clock { ms } => self.move_clock(*ms),
            What::LinkDown { ms, told } => self.lose_link(*ms, *told),
            What::DiskFull { ms } => self.disk.full_until = self.now + ms,
            What::DiskBroken { ms } => self.disk.broken_until = self.now + ms,
            What::TokenExpires => self.server.token_over = true,
            What::SessionExpires => self.server.session_over = true,
            What::AccountDies => {
                self.server.token_over = true;
                self.server.account_dead = true;
            }
            What::SignIn => self.sign_in(),
            What::ServerDown { ms } => {
                self.server.restart();
                self.server.down_until = self.now + ms;
            }
            What::Portal { ms } => self.portal_until = self.now + ms,
            What::Other { other, pick } => self.other_client(*other, *pick, happening.n),
            What::NewerRecord { told } => self.write_newer_record(happening.n, *told),
            What::StoreGone => self.lose_store(),
            What::Foul { pick } => self.befoul(*pick),
            What::Damage { pick } => self.damage_record(*pick),
            What::EvictCache => self.disk.evict(),
        }
    }

    /// The nth living window, counted around.
    fn nth(&self, number: u8) -> Option<Instance> {
        let living = self.living();
        living.get(usize::from(number) % living.len().max(1)).copied()
    }

    fn move_clock(&mut self, ms: i64) {
        self.wall_offset = self.wall_offset.saturating_add(ms);
        if (-3_600_000..0).contains(&ms) {
            self.set_back_at = self.now;
        }
        if !self.disk.fold.ops.is_empty() {
            self.marks.hit(if ms < 0 { Mark::ClockBack } else { Mark::ClockForward });
        }
    }

    fn lose_link(&mut self, ms: u64, told: bool) {
        let token = self.ticket();
        self.link_down = Some(token);
        if !self.disk.fold.ops.is_empty() {
            self.marks.hit(Mark::OfflineWithWork);
        }
        if told {
            for me in self.living() {
                self.deliver(me, Event::Link(Link::Offline));
            }
        }
        self.later(ms, Pending::LinkUp(token));
    }

    pub(crate) fn link_up(&mut self, token: u64) {
        if self.link_down != Some(token) {
            return;
        }
        self.link_down = None;
        for me in self.living() {
            // A hint that does not come is found out by probing.
            let knows = self.window(me).map(|window| window.core.view().status().link);
            if knows.is_some_and(|link| link != LinkStatus::Online) && self.fates.ordinary("hint", 0, 1) == 0
            {
                self.deliver(me, Event::Link(Link::Online));
            }
        }
    }

    pub(crate) fn sign_in(&mut self) {
        let out = |world: &Self, me| {
            world
                .window(me)
                .is_some_and(|window| window.core.view().status().account == AccountStatus::SignedOut)
        };
        if !self.living().into_iter().any(|me| out(self, me)) {
            return;
        }
        self.marks.hit(Mark::SignedInAgain);
        if !self.disk.fold.ops.is_empty() {
            self.marks.hit(Mark::SignedOutWithWork);
        }
        self.server.account_dead = false;
        self.server.token_over = false;
        for me in self.living() {
            self.deliver(me, Event::SignedIn);
        }
    }
}
