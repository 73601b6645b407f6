//! One step of one core: the event, what is known about it beforehand, what the core asks for, and
//! what must hold afterwards.

use copilot_core::ids::CaseKey;
use copilot_core::journal::{Record, StoreRefusal};
use copilot_core::peer::PeerMessage;
use copilot_core::request::Reply;
use copilot_core::view::{AccountStatus, ViewPatch};
use copilot_core::{CacheWrite, Effect, Event, Notice, StoreAck};

use super::World;
use crate::check::mirror::GROUPS;
use crate::marks::Mark;
use crate::model::Stage;
use crate::saboteur::spoil;
use crate::truth::Instance;

/// Words that go back into the composer because they could not be kept.
fn given_back(effect: &Effect) -> Option<&str> {
    match effect {
        Effect::Notice(Notice::NotKept { draft, .. }) => Some(&draft.text),
        _ => None,
    }
}

impl World {
    /// A core gets an event, now or when its window goes on.
    pub(crate) fn deliver(&mut self, to: Instance, event: Event) {
        let Some(window) = self.window_mut(to) else { return };
        if window.frozen {
            window.backlog.push(event);
            return;
        }
        self.step(to, event);
    }

    fn step(&mut self, me: Instance, event: Event) {
        if self.has_failed() {
            return;
        }
        self.steps += 1;
        if let Some(crash) = self.crash.filter(|crash| crash.step == self.steps)
            && let Some(window) = self.window_mut(me)
        {
            window.doom = Some(crash.after);
        }
        self.before(me, &event);
        let (now, offset) = (self.now, self.wall_offset);
        let mut effects = Vec::new();
        let Some(window) = self.window_mut(me) else { return };
        let clock = window.now(now, offset);
        window.core.step(clock, event.clone(), &mut effects);
        let signed_in = window.core.view().status().account != AccountStatus::SignedOut;
        if let Some(sabotage) = self.sabotage.filter(|_| signed_in) {
            let ticket = self.ticket();
            spoil(sabotage, &self.truth, me, ticket, &event, &mut effects);
        }
        if let Some(story) = &mut self.story {
            story.push(format!("{now:>9} ms  window {}  {event:?}", me.slot));
            story.extend(effects.iter().map(|effect| format!("{:>24} {effect:?}", "→")));
        }
        let patches = self.after(me, &event, &effects);
        self.carry_out(me, effects);
        self.look(me, &patches);
        let listed = matches!(&event, Event::Answered(_, Ok(Reply::Messages(_))));
        if listed {
            self.mark_echoes(me);
        }
    }

    /// What an event tells a window, noted before its core makes anything of it.
    fn before(&mut self, me: Instance, event: &Event) {
        match event {
            Event::Intent(intent) => self.remember_intent(intent),
            Event::Answered(id, outcome) => self.note_waiting_time(me, *id, outcome),
            Event::Stored(ack) => self.note_ack(me, ack),
            Event::Peer(message) => self.note_peer(me, message),
            Event::Boot(recovered) => {
                if let Some(window) = self.window_mut(me) {
                    window.heard = recovered.next.0;
                    recovered.cases.iter().for_each(|case| window.knows(case));
                }
            }
            _ => {}
        }
    }

    fn note_ack(&mut self, me: Instance, ack: &StoreAck) {
        let next = self.disk.next.0;
        let key = match ack {
            StoreAck::Loaded { case, .. } => Some(self.disk.fold.key(case)),
            _ => None,
        };
        if let StoreAck::LoadedEnd { .. } = ack {
            self.marks.hit(Mark::EndShownFirst);
        }
        let Some(window) = self.window_mut(me) else { return };
        match ack {
            StoreAck::Appended { batch, first } => {
                let count = window.unanswered.remove(batch).unwrap_or(0);
                if first.0 == window.heard {
                    window.heard += count;
                }
            }
            StoreAck::Refused { batch, why } => {
                window.unanswered.remove(batch);
                window.fenced |= *why == StoreRefusal::Fenced;
                let refused = window.refused.remove(batch).unwrap_or_default();
                self.truth.take_back(&refused);
            }
            StoreAck::ReadBack { records, .. } => {
                window.reads_back = window.reads_back.saturating_sub(1);
                if std::mem::take(&mut window.fenced) {
                    window.owed.clear();
                }
                let last = records.last().map_or(0, |record| record.sequence.0 + 1);
                window.heard = window.heard.max(last).min(next);
            }
            // They come again with the others: what the core makes of them is judged then.
            StoreAck::LoadedEnd { .. } => {}
            StoreAck::Loaded { case, rows } => {
                window.loading.remove(case);
                // What was not drawn any more had been taken out of memory to make room.
                let view = window.core.view();
                let drawn = key.map(|key| view.transcript(&key).to_vec()).unwrap_or_default();
                let known = window.rows.entry(case.clone()).or_default();
                known.retain(|_, row| drawn.contains(&row.key));
                for row in rows {
                    known.entry(row.message.id.clone()).or_insert_with(|| std::sync::Arc::new(row.clone()));
                }
            }
        }
    }

    fn note_peer(&mut self, me: Instance, message: &PeerMessage) {
        let Some(window) = self.window_mut(me) else { return };
        match message {
            PeerMessage::Appended(records) => {
                for record in records {
                    if record.sequence.0 == window.heard && window.reads_back == 0 {
                        window.heard += 1;
                    }
                }
            }
            PeerMessage::Confirmed { writes, .. } => {
                for write in writes {
                    match write {
                        CacheWrite::Case(case) => window.knows(case),
                        CacheWrite::Message { case, .. } => {
                            window.hearsay.insert(case.clone());
                        }
                        CacheWrite::Forget(case) => {
                            window.cases.remove(case);
                            window.rows.remove(case);
                            window.read.remove(case);
                        }
                    }
                }
            }
            PeerMessage::Compacted(_) => {}
        }
    }

    /// Judges what a core asks for. Returns what it says has changed on its screen.
    fn after(&mut self, me: Instance, event: &Event, effects: &[Effect]) -> Vec<ViewPatch> {
        self.given_back = effects.iter().filter_map(given_back).collect();
        for effect in effects {
            match effect {
                Effect::Append(batch) => {
                    if let Some(window) = self.window_mut(me) {
                        let (records, before) = (&batch.records, window.owed.len());
                        window.owed.retain(|owed| {
                            let restated = |record: &Record| {
                                owed.operation().is_some() && owed.operation() == record.operation()
                            };
                            !records.iter().any(|record| record == owed || restated(record))
                        });
                        if window.owed.len() < before {
                            self.marks.hit(Mark::WrittenLater);
                        }
                    }
                    self.check_batch(me, event, batch);
                }
                Effect::Send(id, request) => self.check_send(me, *id, request),
                _ => {}
            }
        }
        effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::View(patches) => Some(patches.as_slice()),
                _ => None,
            })
            .flatten()
            .cloned()
            .collect()
    }

    fn look(&mut self, me: Instance, patches: &[ViewPatch]) {
        let now = self.now;
        let Some(window) = self.window_mut(me) else { return };
        let gone = window.mirror.draw(window.core.view(), patches);
        let case = window.open_case();
        let is_settled = !window.thawing && !window.is_late(now);
        let differs = if is_settled { window.mirror.differs(window.core.view()) } else { None };
        let broken = window.core.check_integrity();
        self.check_gone(me, &gone, case.as_ref());
        if let Some(detail) = differs {
            self.violate("I7", "a patch was missing", format!("window {}: {detail}", me.slot));
        }
        if let Some(detail) = broken.into_iter().next() {
            self.violate("I10", "the core's own integrity", detail);
        }
        self.check_screen(me);
        self.mark_screen(me);
        self.check_waiting(me);
    }

    /// Whatever waits has something that wakes it (I10).
    fn check_waiting(&mut self, me: Instance) {
        use copilot_core::TimerId;
        use copilot_core::view::{LinkStatus, WindowRole};
        let Some(window) = self.window(me) else { return };
        let status = window.core.view().status();
        let free = status.role == WindowRole::Sender
            && status.link == LinkStatus::Online
            && status.account == AccountStatus::SignedIn;
        let woken = window.thawing
            || window.armed(TimerId::Queue).is_some()
            // What is in doubt waits for the server to say whether it keeps keys.
            || window.armed(TimerId::Probe).is_some()
            || !window.open.is_empty()
            || !window.writes.is_empty()
            || !window.unanswered.is_empty()
            || window.reads_back > 0;
        if self.is_cut_off(me)
            || !free
            || woken
            || status.waiting == 0
            || !window.is_caught_up(self.disk.next.0)
        {
            return;
        }
        // What stands behind something that needs the person waits for the person.
        let view = window.core.view();
        let needs_person = |case: &CaseKey| {
            self.disk
                .fold
                .ops
                .values()
                .any(|known| known.op.case == *case && matches!(known.stage, Stage::Failed(_)))
        };
        let stuck = GROUPS.into_iter().flat_map(|group| view.group(group)).find(|case| {
            let waits = view.case(case).is_some_and(|row| row.waiting > 0 && row.conflict.is_none());
            waits && !needs_person(case)
        });
        if let Some(case) = stuck {
            let detail = format!("window {}: something in {case}", me.slot);
            self.violate("I10", "something waits for nothing", detail);
        }
    }

    fn carry_out(&mut self, me: Instance, effects: Vec<Effect>) {
        let doom = self.window_mut(me).and_then(|window| window.doom.take());
        let Some(doom) = doom else {
            for effect in effects {
                self.perform(me, effect);
            }
            return;
        };
        if effects.len() > usize::from(doom) {
            self.marks.hit(Mark::DiedMidStep);
        }
        for effect in effects.into_iter().take(usize::from(doom)) {
            self.perform(me, effect);
        }
        self.die(me, 1);
    }
}
