//! What comes from outside, done to the world.

use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, BatchId, Record, Writer};
use copilot_core::view::{AccountStatus, LinkStatus};
use copilot_core::{Event, Lifecycle, Link};

use super::{Pending, World};
use crate::happening::{Happening, Other, What};
use crate::marks::Mark;
use crate::truth::Instance;
use crate::window::Window;

/// Time until a closed or dead holder is replaced (architecture §6), in milliseconds.
const INHERIT_MS: u64 = 800;
/// Time between the end of all windows and the next start, in milliseconds.
const START_MS: u64 = 300;
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
                let free = self.windows.iter().position(Option::is_none);
                if let Some(slot) = free {
                    self.start_window(slot);
                }
            }
            What::CloseWindow { window } => {
                if let Some(me) = self.nth(*window)
                    && self.living().len() > 1
                {
                    self.deliver(me, Event::Page(Lifecycle::Hidden));
                    self.die(me, 4);
                }
            }
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
            What::NewerRecord => self.write_newer_record(happening.n),
            What::Damage { pick } => self.damage_record(*pick),
            What::EvictCache => self.disk.evict(),
        }
    }

    /// The nth living window, counted around.
    fn nth(&self, number: u8) -> Option<Instance> {
        let living = self.living();
        living.get(usize::from(number) % living.len().max(1)).copied()
    }

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
        let window = Window::new(self.seed, me, self.now, self.fates.faults.page);
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
        if self.living().is_empty() {
            self.later(START_MS, Pending::Start(me.slot));
        }
    }

    fn lose_power(&mut self, survive: u8, torn: u16) {
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
        let Some(window) = self.window_mut(me) else { return };
        window.frozen = false;
        let backlog = std::mem::take(&mut window.backlog);
        window.thawing = true;
        for event in backlog {
            self.deliver(me, event);
        }
        if let Some(window) = self.window_mut(me) {
            window.thawing = false;
        }
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

    fn other_client(&mut self, other: Other, pick: u32, n: u32) {
        let now = self.now;
        let living: Vec<RealId> =
            self.server.cases.iter().filter(|(_, case)| !case.deleted).map(|(id, _)| id.clone()).collect();
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
            (Other::Close, Some(case)) => self.server.other_closes(now, case),
            (Other::Delete, Some(case)) => {
                let case = case.clone();
                if let Some(case) = self.server.cases.get_mut(&case) {
                    case.deleted = true;
                }
            }
            _ => {}
        }
    }

    fn write_newer_record(&mut self, n: u32) {
        if self.disk.refusal(self.now).is_some() {
            return;
        }
        self.marks.hit(Mark::ForeignRecord);
        let record = Record::Foreign(format!(r#"{{"r":"newer_kind","n":{n}}}"#).into());
        let batch = Batch {
            id: BatchId(0),
            records: vec![record],
            writer: Writer(u64::from(n) + 1_000_000),
            fence: None,
        };
        let _position = self.disk.append(&batch);
        // Nobody hears of it but by reading the journal: the newer program speaks another dialect.
        for me in self.living() {
            if let Some(window) = self.window_mut(me) {
                window.hears_late = true;
            }
        }
    }

    fn damage_record(&mut self, pick: u32) {
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
