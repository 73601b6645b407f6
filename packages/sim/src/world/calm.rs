//! The calm phase: nothing goes wrong any more, the person tries again what failed, and everything
//! must settle.

use std::collections::BTreeSet;

use copilot_core::ids::{CaseKey, OperationId};
use copilot_core::model::Role;
use copilot_core::operation::{Acknowledged, OperationKind};
use copilot_core::{Event, Intent, Lifecycle};

use super::user::conflicts_of;
use super::{Pending, World};
use crate::check::mirror::GROUPS;
use crate::faults::Omission;
use crate::marks::Mark;
use crate::model::{Known, Stage};
use crate::truth::Instance;

/// Visits of the person to a world that has become calm.
const VISITS: u32 = 30;
/// Time between two visits, in milliseconds: first short, then long enough for an hour of
/// `Retry-After` and for keys to expire.
const BETWEEN_MS: [u64; 4] = [15_000, 60_000, 240_000, 900_000];

impl World {
    pub(super) fn calm_down(&mut self) {
        self.calm = true;
        self.told = Some(Vec::new());
        self.next_happening = 0;
        self.fates.calm();
        self.server.hide_rows_ms = 0;
        self.server.omit_assistant = self.fates.faults.omission != Omission::Never;
        self.server.page_cap = 100;
        self.server.down_until = 0;
        self.portal_until = 0;
        self.asleep_until = self.now;
        self.disk.full_until = 0;
        self.disk.broken_until = 0;
        if let Some(token) = self.link_down {
            self.link_up(token);
        }
        for me in self.living() {
            if let Some(window) = self.window_mut(me) {
                window.doom = None;
            }
            self.thaw(me);
            // The person was told that nothing can be kept here any more.
            if self.is_cut_off(me) {
                self.reload(me, 0);
            }
        }
        if self.living().is_empty() {
            self.later(1, Pending::Start(0));
        }
    }

    pub(super) fn settle(&mut self, limit: u64) {
        for visit in 0..VISITS {
            let between = BETWEEN_MS.get(visit as usize / 4).or(BETWEEN_MS.last()).copied().unwrap_or(0);
            // Not in step with the minutes in which windows read back.
            self.pass(between + u64::from(visit) * 7, limit);
            if self.has_failed() {
                return;
            }
            for me in self.living() {
                self.drop_settled_debts(me);
            }
            if self.unsettled().is_none() {
                break;
            }
            self.visit(visit);
        }
        if let Some(what) = self.unsettled() {
            return self.violate("I10", "it does not settle", what);
        }
        self.read_everything(limit);
    }

    /// Lets time pass, at most until everything has settled.
    fn pass(&mut self, span: u64, limit: u64) {
        let until = self.now + span;
        while !self.has_failed() && self.steps < limit {
            match self.pending.first_key_value() {
                Some(((at, _), _)) if *at <= until => {}
                _ => break,
            }
            self.advance();
        }
        self.now = self.now.max(until);
    }

    /// What is not settled yet.
    fn unsettled(&self) -> Option<String> {
        let open: Vec<String> = self
            .disk
            .fold
            .ops
            .values()
            .filter(|known| !self.truth.damaged_cases.contains(&known.op.case))
            .filter(|known| !self.is_never_listed(known) && !self.is_unexplained(&known.op.case))
            .map(|known| format!("{} is {:?}", self.truth.label(&known.op.id), known.stage))
            .collect();
        if !open.is_empty() {
            return Some(open.join("; "));
        }
        let next = self.disk.next.0;
        let behind = self.windows.iter().flatten().find(|window| !window.is_caught_up(next));
        behind.map(|window| {
            format!(
                "window {} has heard {} of {next}, owes {:?}, reads back: {}",
                window.me.slot, window.heard, window.owed, window.reads_back
            )
        })
    }

    /// A message whose answer the server has and never lists: it stays, and so does its answer.
    fn is_never_listed(&self, known: &Known) -> bool {
        let has_run = self.truth.did.get(&known.op.id).is_some_and(|did| did.effects > 0);
        let stays = match &known.stage {
            Stage::Stopped => has_run,
            Stage::Acknowledged(Acknowledged::Answered(_) | Acknowledged::Committed) => true,
            _ => false,
        };
        self.fates.faults.omission == Omission::ForEver && stays
    }

    /// A damaged link may leave two local cases that claim one server case: the person decides.
    fn is_unexplained(&self, case: &CaseKey) -> bool {
        let claimed = |known: &Known| {
            let creation = matches!(known.op.kind, OperationKind::CreateCase { .. });
            creation && known.op.case == *case && matches!(known.stage, Stage::Failed(_))
        };
        self.truth.damaged && self.disk.fold.ops.values().any(claimed)
    }

    /// The person looks in on every window: signs in, opens the case, tries again, gives up what
    /// can never work.
    fn visit(&mut self, visit: u32) {
        self.sign_in();
        let living = self.living();
        for me in &living {
            self.deliver(*me, Event::Page(Lifecycle::Shown));
        }
        let Some(me) = living.get(visit as usize % living.len().max(1)).copied() else { return };
        let stuck: Vec<(OperationId, bool)> = self
            .disk
            .fold
            .ops
            .values()
            .filter_map(|known| {
                let effects = self.truth.did.get(&known.op.id).map_or(0, |did| did.effects);
                let creation = matches!(known.op.kind, OperationKind::CreateCase { .. });
                let hopeless = !creation
                    && match &known.stage {
                        Stage::Stopped => visit >= 8 && (effects == 0 || self.is_gone(&known.op.case)),
                        Stage::Acknowledged(Acknowledged::Committed | Acknowledged::Answered(_))
                        | Stage::Open => visit >= 8 && self.is_gone(&known.op.case),
                        // Long after every hour that a server may ask for.
                        Stage::Failed(_) => visit >= 20,
                        Stage::Acknowledged(Acknowledged::Working(_)) => false,
                    };
                let failed = matches!(known.stage, Stage::Failed(_));
                (failed || hopeless).then_some((known.op.id, hopeless))
            })
            .collect();
        for op in self.undecided(me) {
            self.deliver(me, Event::Intent(Intent::KeepMine(op)));
        }
        for case in self.waiting_cases() {
            self.deliver(me, Event::Intent(Intent::Open(None)));
            self.deliver(me, Event::Intent(Intent::Open(Some(case))));
        }
        for (op, hopeless) in stuck {
            self.marks.hit(Mark::RetriedInCalm);
            let intent = if hopeless { Intent::Discard(op) } else { Intent::Retry(op) };
            self.deliver(me, Event::Intent(intent));
        }
    }

    /// Cases in which something is not over.
    fn waiting_cases(&self) -> BTreeSet<CaseKey> {
        self.disk.fold.ops.values().map(|known| known.op.case.clone()).collect()
    }

    /// Edits of titles and states that changed on both sides.
    fn undecided(&self, me: Instance) -> Vec<OperationId> {
        let Some(window) = self.window(me) else { return Vec::new() };
        let view = window.core.view();
        let listed = GROUPS.into_iter().flat_map(|group| view.group(group).to_vec());
        listed.filter_map(|case| view.case(&case)).flat_map(|row| conflicts_of(&row)).collect()
    }

    /// Whether the server no longer has a case.
    pub(crate) fn is_gone(&self, case: &CaseKey) -> bool {
        self.real_of(case).is_some_and(|real| self.server.living(&real).is_none())
    }

    /// Opens every case in every window and compares with the server.
    fn read_everything(&mut self, limit: u64) {
        self.sign_in();
        for me in self.living() {
            self.deliver(me, Event::Page(Lifecycle::Shown));
            let cases: Vec<CaseKey> = self
                .window(me)
                .into_iter()
                .flat_map(|window| {
                    GROUPS.into_iter().flat_map(|group| window.core.view().group(group).to_vec())
                })
                .collect();
            for case in cases {
                self.deliver(me, Event::Intent(Intent::Open(Some(case.clone()))));
                self.pass(150_000, limit);
                if self.difference(me, &case).is_some() {
                    // The window may have found out only now that the account is over.
                    self.sign_in();
                    // An hour may be left of what the server asked for, by a clock that has jumped.
                    self.pass(3_700_000, limit);
                }
                if self.has_failed() || self.truth.damaged {
                    return;
                }
                self.check_screen(me);
                if let Some((rule, detail)) = self.difference(me, &case) {
                    self.violate("I7", rule, format!("window {}: {detail}", me.slot));
                }
                if let Some(lost) = self.lost_answer(me, &case) {
                    let detail = format!("window {}: {lost:?} in {case}", me.slot);
                    self.violate("I17", "an answer that was received is gone", detail);
                }
            }
        }
    }

    /// How what a window draws of a case differs from what the server has.
    fn difference(&self, me: Instance, case: &CaseKey) -> Option<(&'static str, String)> {
        let real = self.disk.fold.real(case)?;
        let theirs = self.server.living(&real)?;
        let view = self.window(me)?.core.view();
        let keys = view.transcript(case).iter();
        let drawn: Vec<(Role, String)> = keys
            .filter_map(|key| view.message(case, key))
            .map(|row| (row.role, row.text.to_string()))
            .collect();
        let stored: Vec<(Role, String)> =
            theirs.rows.iter().map(|(_, row)| (row.role, row.text.to_string())).collect();
        let (drawn, stored) = if self.fates.faults.omission == Omission::ForEver {
            // Answers to other clients are never told, and empty rows stand for those that got lost.
            let asked = |rows: Vec<(Role, String)>| -> Vec<(Role, String)> {
                rows.into_iter().filter(|(role, _)| *role == Role::User).collect()
            };
            (asked(drawn), asked(stored))
        } else {
            (drawn, stored)
        };
        let tail = view.has_older(case) && stored.ends_with(&drawn);
        if drawn != stored && !tail {
            return Some((
                "screen and server differ in the end",
                format!("{real} draws {drawn:?}, stored is {stored:?}"),
            ));
        }
        let title = view.case(case).map(|row| row.title.to_string());
        let named = theirs.row.named().map(ToString::to_string);
        (named.is_some() && title != named)
            .then(|| ("titles differ in the end", format!("{real} is {title:?}, the server has {named:?}")))
    }

    /// An answer that this client has received and that a window does not draw.
    fn lost_answer(&mut self, me: Instance, case: &CaseKey) -> Option<String> {
        let real = self.disk.fold.real(case)?;
        self.server.living(&real)?;
        let view = self.window(me)?.core.view();
        let drawn: BTreeSet<String> = view
            .transcript(case)
            .iter()
            .filter_map(|key| view.message(case, key))
            .map(|row| row.text.to_string())
            .collect();
        let received = self.truth.answers.iter().filter(|(op, _)| {
            self.truth.did.get(op).is_some_and(|did| did.op.case == *case && !did.given_up && !did.damaged)
        });
        let lost = received.clone().find(|(_, text)| !drawn.contains(&***text));
        let lost = lost.filter(|_| !view.has_older(case)).map(|(_, text)| text.to_string());
        if self.fates.faults.omission == Omission::ForEver && received.count() > 0 {
            self.marks.hit(Mark::NeverListed);
        }
        lost
    }
}
