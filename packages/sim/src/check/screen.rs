//! What is drawn, against the naive model: every case, every row, every text, once.

use std::collections::{BTreeMap, BTreeSet};

use copilot_core::ids::{CaseKey, MessageKey, RealId};
use copilot_core::journal::Record;
use copilot_core::model::Role;
use copilot_core::operation::{Acknowledged, OperationKind};
use copilot_core::view::{CaseRow, Delivery, MessageRow, NameOrigin, WindowRole};
use copilot_core::{Failure, FailureClass, Rejection};

use super::mirror::{GROUPS, Gone};
use crate::marks::Mark;
use crate::model::{Known, Stage};
use crate::truth::Instance;
use crate::world::World;

impl World {
    /// What went off a screen must have been let go of by the person (I17, I19).
    pub(crate) fn check_gone(&mut self, me: Instance, gone: &Gone, case: Option<&CaseKey>) {
        for row in &gone.rows {
            let Some(case) = case else { continue };
            let silent = row.text.is_empty() && row.role == Role::Assistant;
            // It may have heard of a discard, and not yet of the undo.
            let behind = self.window(me).is_some_and(|window| !window.is_caught_up(self.disk.next.0))
                || self.disk.fold.is_discarding(&row.key);
            // It reads a snapshot, which does not say how messages ended, and their rows from the cache.
            let loading = self.window(me).is_some_and(|window| {
                self.disk.fold.real(case).is_some_and(|real| window.loading.contains(&real))
            });
            if !silent && !loading && !self.truth.may_vanish(case, &row.key, behind) {
                let detail = format!("window {} lost {} {:?} {:?}", me.slot, row.key, row.role, row.text);
                self.violate("I17", "a row vanished", detail);
            }
        }
        for key in &gone.cases {
            let let_go = self.truth.was_deleted(key)
                || self.truth.damaged
                || self.truth.creation_of(key).is_some_and(|did| did.given_up || did.lost)
                || self.truth.made.values().any(|real| CaseKey::of_server(real) == *key)
                // Somebody else deleted it, and nothing that was said here is left in it.
                || (self.is_gone(key) && self.disk.fold.ops_of(key).iter().all(|known| known.discarding));
            if !let_go {
                self.violate("I19", "a case vanished", format!("window {} lost {key}", me.slot));
            }
        }
    }

    /// A window that has heard everything shows what the naive model says (I7, I9, I15).
    pub(crate) fn check_screen(&mut self, me: Instance) {
        self.drop_settled_debts(me);
        let Some(window) = self.window(me) else { return };
        if !window.is_caught_up(self.disk.next.0) || self.truth.damaged || self.is_cut_off(me) {
            return;
        }
        if let Some((invariant, rule, detail)) = self.screen_problem(me) {
            self.violate(invariant, rule, format!("window {}: {detail}", me.slot));
        }
    }

    /// Refused facts that need not be written again: somebody else did, or only a holder may.
    pub(crate) fn drop_settled_debts(&mut self, me: Instance) {
        let (fold, calm) = (&self.disk.fold, self.calm);
        let Some(window) = self.windows.get_mut(me.slot).and_then(Option::as_mut) else { return };
        if window.owed.is_empty() {
            return;
        }
        let follower = window.core.view().status().role == WindowRole::Follower;
        window.owed.retain(|owed| {
            let settled = owed.operation().is_some_and(|op| fold.over.contains(&op));
            let forfeited = follower && owed.needs_lease();
            // What was said found no room and went back to the person: nothing is left to be told of it.
            let given_back = calm
                && !matches!(owed, Record::Operation(_))
                && owed.operation().is_some_and(|op| !fold.ops.contains_key(&op));
            !settled && !forfeited && !given_back
        });
    }

    fn screen_problem(&self, me: Instance) -> Option<(&'static str, &'static str, String)> {
        let window = self.window(me)?;
        let (view, fold) = (window.core.view(), &self.disk.fold);
        let listed: Vec<CaseKey> = GROUPS.into_iter().flat_map(|group| view.group(group).to_vec()).collect();
        let (expected, idle) = self.expected_cases(me);
        let shown: BTreeSet<CaseKey> = listed.iter().cloned().collect();
        if shown.len() != listed.len() {
            return Some(("I9", "a case is listed twice", format!("{listed:?}")));
        }
        if !expected.is_subset(&shown)
            || shown.iter().any(|key| !expected.contains(key) && !idle.contains(key))
        {
            let detail = format!("{shown:?} instead of {expected:?}, perhaps {idle:?}");
            return Some(("I7", "the case list is not the replay", detail));
        }
        let (mut waiting, mut not_sent) = (0, 0);
        for key in &listed {
            let Some(row) = view.case(key) else {
                return Some(("I7", "a listed case cannot be drawn", key.to_string()));
            };
            waiting += row.waiting;
            not_sent += row.not_sent;
            if let Some(problem) = self.case_problem(&row, &fold.ops_of(key)) {
                return Some(problem);
            }
            if let Some(problem) = self.transcript_problem(me, key) {
                return Some(problem);
            }
            let draft = fold.drafts.get(&Some(key.clone())).map(|(_, draft)| draft).filter(|d| !d.is_empty());
            if view.draft(Some(key)) != draft {
                return Some((
                    "I7",
                    "a draft is not the replay",
                    format!("{:?} {draft:?}", view.draft(Some(key))),
                ));
            }
        }
        let status = view.status();
        if (status.waiting, status.not_sent) < (waiting, not_sent) {
            return Some((
                "I7",
                "totals are less than their parts",
                format!("{status:?} {waiting} {not_sent}"),
            ));
        }
        None
    }

    /// Cases that a window must list, and empty ones of the server that it may.
    fn expected_cases(&self, me: Instance) -> (BTreeSet<CaseKey>, BTreeSet<CaseKey>) {
        let fold = &self.disk.fold;
        let known = self.window(me).into_iter().flat_map(|window| window.cases.iter());
        let living = known.filter(|(real, _)| !fold.deleted.contains(*real));
        let (said, empty): (Vec<_>, Vec<_>) = living.partition(|(_, turn)| **turn > 0);
        let key = |(real, _): (&RealId, &u32)| fold.key(real);
        let linked = fold.links.iter().filter(|(_, real)| !fold.deleted.contains(*real));
        let made =
            fold.ops.values().filter(|known| matches!(known.op.kind, OperationKind::CreateCase { .. }));
        let mut cases: BTreeSet<CaseKey> = said.into_iter().map(key).collect();
        cases.extend(linked.map(|(key, _)| key.clone()));
        cases.extend(made.map(|known| known.op.case.clone()));
        cases.retain(|case| !fold.is_being_deleted(case));
        (cases, empty.into_iter().map(key).collect())
    }

    fn case_problem(&self, row: &CaseRow, ops: &[&Known]) -> Option<(&'static str, &'static str, String)> {
        let fold = &self.disk.fold;
        let pinned = fold.pins.get(&row.key).is_some_and(|(_, pinned)| *pinned);
        if pinned != (row.group == copilot_core::view::Group::Pinned) {
            return Some(("I7", "a pin is not the replay", format!("{row:?}")));
        }
        let wished = ops.iter().rev().find_map(|known| match (&known.op.kind, &known.stage) {
            (OperationKind::Rename { title, .. }, stage) if !matches!(stage, Stage::Failed(_)) => Some(title),
            _ => None,
        });
        let shown = (row.origin == NameOrigin::Mine).then_some(&row.title);
        if wished != shown && row.conflict.is_none() {
            return Some(("I7", "a title is not the replay", format!("{row:?} instead of {wished:?}")));
        }
        let naming = ops.iter().any(|known| matches!(known.op.kind, OperationKind::GenerateTitle { .. }));
        if row.naming != naming {
            return Some(("I7", "a wish for a name is not the replay", format!("{row:?}")));
        }
        let moved = ops.iter().rev().find_map(|known| {
            let under_way =
                matches!(known.stage, Stage::Open | Stage::Acknowledged(Acknowledged::Working(_)));
            known.op.transition().filter(|_| under_way && !known.discarding)
        });
        if moved.is_some_and(|(_, to)| row.state != *to) {
            return Some(("I7", "a state is not the replay", format!("{row:?} instead of {moved:?}")));
        }
        None
    }

    fn transcript_problem(
        &self,
        me: Instance,
        case: &CaseKey,
    ) -> Option<(&'static str, &'static str, String)> {
        let window = self.window(me)?;
        let (view, fold) = (window.core.view(), &self.disk.fold);
        let keys = view.transcript(case);
        let ops = fold.ops_of(case);
        let real = fold.real(case);
        let confirmed = real.as_ref().and_then(|real| window.rows.get(real));
        let loading = real.as_ref().is_some_and(|real| window.loading.contains(real));
        if loading || (keys.is_empty() && view.open() != Some(case)) {
            return None;
        }
        let at: BTreeMap<&MessageKey, usize> = keys.iter().zip(0..).collect();
        if at.len() != keys.len() {
            return Some(("I9", "a row is drawn twice", format!("{keys:?}")));
        }
        let mut rows: BTreeMap<&MessageKey, MessageRow> = BTreeMap::new();
        for key in keys {
            match view.message(case, key) {
                Some(row) => rows.insert(key, row),
                None => return Some(("I7", "a listed row cannot be drawn", key.to_string())),
            };
        }
        let heard_of = real.as_ref().is_some_and(|real| window.hearsay.contains(real));
        let mut accounted: BTreeSet<&MessageKey> = BTreeSet::new();
        let mut order: Vec<((u32, u64, u32), usize)> = Vec::new();
        for row in confirmed.into_iter().flat_map(|rows| rows.values()) {
            // What another window told of before the cache was read keeps the name that it was told under.
            let same = |drawn: &&MessageRow| {
                (drawn.turn, drawn.role) == (row.message.turn, row.message.role)
                    && drawn.text == row.message.text
            };
            let told = || rows.values().filter(|_| heard_of).find(same);
            let drawn = rows.get(&row.key).or_else(told);
            let Some(drawn) = drawn.filter(|drawn| drawn.text == row.message.text) else {
                return Some(("I7", "a confirmed row is not drawn", format!("{row:?} is {drawn:?}")));
            };
            let Some((key, at)) = at.get_key_value(&drawn.key) else { continue };
            accounted.insert(*key);
            let place = (row.message.turn.unwrap_or(0), row.message.created.0, row.arrival);
            order.push((place, *at));
        }
        order.sort_unstable();
        if !order.is_sorted_by_key(|(_, at)| *at) {
            return Some(("I7", "confirmed rows are out of order", format!("{keys:?}")));
        }
        let mut last_question = None;
        for known in &ops {
            let OperationKind::SubmitTurn { question, answer, turn } = &known.op.kind else { continue };
            accounted.insert(answer);
            if known.discarding {
                continue;
            }
            accounted.insert(question);
            let Some(place) = at.get(question) else {
                // A window that read the row before it heard of the operation names it after the server's.
                let same = |row: &MessageRow| row.role == Role::User && row.text == turn.text;
                if rows.values().any(|row| same(row) && row.key.derived_from().is_some()) {
                    continue;
                }
                return Some(("I2", "what was said is not on screen", format!("{turn:?} {known:?}")));
            };
            let drawn = rows.get(question);
            if drawn.is_none_or(|drawn| drawn.text != turn.text || drawn.role != Role::User) {
                return Some(("I7", "a row does not say what was said", format!("{drawn:?}")));
            }
            let needs_answer = matches!(known.stage, Stage::Acknowledged(_) | Stage::Stopped);
            match (at.get(answer), needs_answer) {
                (None, true) => {
                    // The same: its answer was listed before it was known whose it was.
                    let of_turn = drawn.and_then(|drawn| drawn.turn);
                    let known_as_servers = |row: &MessageRow| {
                        row.role == Role::Assistant && row.turn == of_turn && row.key.derived_from().is_some()
                    };
                    if of_turn.is_some() && rows.values().any(known_as_servers) {
                        continue;
                    }
                    return Some(("I17", "an answer's row is not on screen", format!("{known:?}")));
                }
                (Some(below), _) if below < place => {
                    return Some(("I7", "an answer stands above its question", format!("{keys:?}")));
                }
                _ => {}
            }
            // What the server did twice, because nobody could know the age of a key, it answered twice: one of the
            // answers is a row of the list and nothing else.
            let once = self.truth.did.get(&known.op.id).is_none_or(|did| did.effects <= 1);
            if let Stage::Acknowledged(Acknowledged::Answered(received)) = &known.stage
                && once
                && rows.get(answer).is_none_or(|row| row.text != received.text)
            {
                return Some(("I17", "an answer is not on screen", format!("{received:?}")));
            }
            let ordered = matches!(known.stage, Stage::Open) && !known.attempted && !known.anyway;
            if ordered && last_question.is_some_and(|last| last > *place) {
                return Some(("I5", "unsent rows are out of order", format!("{keys:?}")));
            }
            if ordered {
                last_question = Some(*place);
            }
        }
        // In a window that missed the rows of an ended message its echo stays until they come.
        let echo = |key: &MessageKey| {
            let behind = self.truth.row_of.get(key).and_then(|op| self.truth.did.get(op));
            behind.is_some_and(|did| did.over && did.effects > 0 && did.op.case == *case)
        };
        let read = real.as_ref().and_then(|real| window.read.get(real));
        let is_read = |key: &MessageKey| read.is_some_and(|read| read.contains(key));
        let of_nobody = |key: &&MessageKey| !accounted.contains(key) && !echo(key) && !is_read(key);
        if !heard_of && let Some(stray) = keys.iter().find(of_nobody) {
            return Some(("I7", "a row of nobody", format!("{:?}", rows.get(stray))));
        }
        let repeated: BTreeSet<&str> = self
            .truth
            .did
            .values()
            .filter(|did| did.effects > 1)
            .filter_map(|did| did.turn())
            .map(|turn| &*turn.text)
            .collect();
        twice(&rows, &repeated)
    }

    /// After a list was read: answers that are shown although it lacks their rows.
    pub(crate) fn mark_echoes(&mut self, me: Instance) {
        let Some(window) = self.window(me) else { return };
        let Some(open) = window.open_case() else { return };
        let view = window.core.view();
        let echo = view
            .transcript(&open)
            .iter()
            .filter_map(|key| view.message(&open, key))
            .any(|row| row.role == Role::Assistant && !row.text.is_empty() && row.created.is_none());
        if echo {
            self.marks.hit(Mark::EchoOutlivesList);
        }
    }

    /// Marks that can be seen on a screen.
    pub(crate) fn mark_screen(&mut self, me: Instance) {
        let Some(window) = self.window(me) else { return };
        let Some(open) = window.open_case() else { return };
        let view = window.core.view();
        let header = view.case(&open);
        let torn = header.as_ref().is_some_and(|row| row.conflict.is_some());
        let refused = header.is_some_and(|row| row.title_note.is_some());
        let deliveries: Vec<(Role, Delivery)> = view
            .transcript(&open)
            .iter()
            .filter_map(|key| view.message(&open, key))
            .map(|row| (row.role, row.delivery))
            .collect();
        if torn {
            self.marks.hit(Mark::TitleTorn);
            let asking = |window: &crate::window::Window| {
                window.core.view().case(&open).is_some_and(|row| row.conflict.is_some())
            };
            if self.windows.iter().flatten().filter(|window| asking(window)).count() > 1 {
                self.marks.hit(Mark::TornInTwoWindows);
            }
        }
        if refused {
            self.marks.hit(Mark::TitleRefused);
        }
        for (role, delivery) in deliveries {
            match delivery {
                Delivery::OnlyHere if role == Role::Assistant => self.marks.hit(Mark::AnswerMissing),
                Delivery::Checking => self.marks.hit(Mark::Checking),
                Delivery::Stopped => self.marks.hit(Mark::StoppedUnproved),
                Delivery::Failed { failure, .. } if failure.class == FailureClass::Uncertain => {
                    self.marks.hit(Mark::Unresolved);
                }
                Delivery::Blocked => self.marks.hit(Mark::Blocked),
                Delivery::OnlyHere => self.marks.hit(Mark::OnlyHere),
                Delivery::Failed { failure, .. } if used_up(&failure) => self.marks.hit(Mark::TriesUsedUp),
                _ => {}
            }
        }
    }
}

fn used_up(failure: &Failure) -> bool {
    matches!(failure.class, FailureClass::Rejected(Rejection::TriesUsedUp { .. }))
}

/// A text that is one's own is drawn once. Texts of the simulated person are unique, but for those
/// that were said twice on purpose, which begin with `same`.
fn twice(
    rows: &BTreeMap<&MessageKey, MessageRow>,
    repeated: &BTreeSet<&str>,
) -> Option<(&'static str, &'static str, String)> {
    let mut seen: BTreeMap<(Role, &str), &MessageKey> = BTreeMap::new();
    for row in rows.values() {
        let said_twice = row.text.is_empty()
            || row.text.starts_with("same")
            || repeated.iter().any(|text| row.text.ends_with(text));
        if said_twice {
            continue;
        }
        if let Some(other) = seen.insert((row.role, &row.text), &row.key) {
            return Some((
                "I9",
                "a text is drawn twice",
                format!("{:?} as {other} and {}", row.text, row.key),
            ));
        }
    }
    None
}
