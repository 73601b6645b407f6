//! What may leave now. When the rest is looked at again stands in `timers`.

use crate::core::Core;
use crate::effect::Effect;
use crate::failure::{Failure, FailureClass};
use crate::ids::OperationId;
use crate::journal::Record;
use crate::ledger::{Entry, Stage};
use crate::link::Purpose;
use crate::model::{Draft, RealCase};
use crate::operation::{Acknowledged, End, FirstAttempt, Lane, OperationKind, Wait};
use crate::outbox::{Live, Phase};
use crate::request::{Request, RequestId};
use crate::time::Millis;

impl Core {
    pub(crate) fn phase_of(&self, op: OperationId) -> Phase {
        self.outbox.live.get(&op).map_or(Phase::Idle, |live| live.phase)
    }

    pub(crate) fn is_in_flight(&self, op: OperationId) -> bool {
        matches!(self.phase_of(op), Phase::InFlight { .. })
    }

    /// Whether an operation waits for one before it in its lane that failed.
    pub(crate) fn is_blocked(&self, entry: &Entry) -> bool {
        !entry.anyway
            && self
                .outbox
                .lanes
                .get(&entry.op.lane())
                .and_then(|lane| lane.failed.first())
                .is_some_and(|failed| *failed < (entry.op.order, entry.op.id))
    }

    /// The operation that a lane is at: the first that did not fail and is not held up by one that did.
    pub(crate) fn current(&self, lane: &Lane) -> Option<&Entry> {
        // A case that is being deleted needs no title any more, sent or refused.
        if let Lane::Meta(case) = lane
            && let Some(deletion) = self.ledger.deletion(case)
        {
            return Some(deletion);
        }
        let queue = self.outbox.lanes.get(lane)?;
        let clear_until = queue.failed.first();
        queue
            .queue
            .iter()
            .take_while(|op| clear_until.is_none_or(|failed| *op < failed))
            .chain(queue.queue.iter().filter(|op| clear_until.is_some_and(|failed| *op > failed)))
            .filter_map(|(_, op)| self.ledger.entry(op))
            .find(|entry| !matches!(entry.stage, Stage::Failed { .. }) && !self.is_blocked(entry))
    }

    /// The messages of a case that the server still has to get.
    fn unsent_turns<'a>(&'a self, case: &crate::ids::CaseKey) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let queue = self.outbox.lanes.get(&Lane::Talk(case.clone())).into_iter().flat_map(|lane| &lane.queue);
        queue
            .filter_map(|(_, op)| self.ledger.entry(op))
            .filter(|entry| matches!(entry.op.kind, OperationKind::SubmitTurn { .. }) && entry.is_unsent())
    }

    /// The first message of a case that the server still has to get.
    pub(crate) fn first_turn(&self, case: &crate::ids::CaseKey) -> Option<&Entry> {
        self.unsent_turns(case).next()
    }

    /// The first two of them: one may have come before the other, or left.
    pub(crate) fn first_turns(&self, case: &crate::ids::CaseKey) -> Vec<OperationId> {
        self.unsent_turns(case).take(2).map(|entry| entry.op.id).collect()
    }

    /// Looks at a lane again: is there something that could leave now?
    fn evaluate(&mut self, lane: &Lane) {
        let orphan = self.current(lane).filter(|entry| self.windows.may_send() && self.is_orphan(entry));
        if let Some(op) = orphan.map(|entry| entry.op.id) {
            self.bring_home(op);
        }
        if let Some(op) = self.current(lane).map(|entry| entry.op.id) {
            self.wait_as_asked(op);
        }
        let current = self.current(lane);
        let candidate = current
            .filter(|entry| {
                let live = self.outbox.live.get(&entry.op.id);
                live.is_some_and(|live| {
                    live.phase == Phase::Idle && live.unkept.is_none() && !self.awaits_greeting(entry, live)
                }) && self.is_unhindered(entry)
            })
            .map(|entry| (entry.op.created, entry.op.order));
        let current = current.map(|entry| entry.op.id);
        self.outbox.set_candidate(lane, candidate);
        // Being at the turn decides whether the row under the message thinks.
        if let Some(op) = current {
            self.place_operation(op);
        }
    }

    /// Whatever woke an operation, be it the person's wish or another window: it leaves no earlier than the server asked
    /// for (I12). What the server has accepted already is polled at its own pace.
    fn wait_as_asked(&mut self, op: OperationId) {
        let open = self.ledger.entry(&op).is_some_and(|entry| entry.stage == Stage::Open);
        let live = self.outbox.live.get(&op).filter(|live| open && live.phase == Phase::Idle);
        let asked = live.and_then(|live| live.not_before).filter(|until| *until > self.now.mono);
        if let Some(until) = asked {
            self.set_phase(op, Phase::Waiting { until, why: Wait::Backoff });
        }
    }

    /// Whether an operation that is in doubt waits for the server to say whether it keeps keys: it is sent again under its
    /// key, or looked for. A message may be looked for in any case; which of the empty cases of a list is this one's
    /// nothing but a key can tell.
    fn awaits_greeting(&self, entry: &Entry, live: &Live) -> bool {
        let is_case = matches!(entry.op.kind, OperationKind::CreateCase { .. });
        live.in_doubt_since.is_some() && (self.net.is_greeting() || (is_case && !self.net.is_greeted()))
    }

    /// Whether everything that an operation depends on is there (I6).
    fn is_unhindered(&self, entry: &Entry) -> bool {
        let case = &entry.op.case;
        let deletion = self.ledger.deletion(case);
        match entry.op.kind {
            OperationKind::CreateCase { .. } => deletion.is_none() || entry.first.is_some(),
            OperationKind::SubmitTurn { .. } => deletion.is_none() && self.ledger.real(case).is_some(),
            OperationKind::GenerateTitle { .. } => deletion.is_none() && self.ledger.real(case).is_some(),
            OperationKind::Rename { .. } => {
                let clear = deletion.is_none() && self.ledger.real(case).is_some();
                clear && self.title_conflict(case).is_none()
            }
            // Whatever is already under way in the case is waited for.
            OperationKind::Delete => !self.ledger.ops_of(case).any(|other| {
                other.op.id != entry.op.id
                    && (self.is_in_flight(other.op.id)
                        || (matches!(other.op.kind, OperationKind::CreateCase { .. })
                            && other.first.is_some()))
            }),
        }
    }

    pub(crate) fn may_send(&self) -> bool {
        self.windows.may_send() && self.net.is_clear(self.now.mono)
    }

    /// Sends what may be sent, oldest first, up to the number of lanes.
    pub(crate) fn pump(&mut self) {
        loop {
            for lane in std::mem::take(&mut self.dirty_lanes) {
                self.evaluate(&lane);
            }
            if !self.may_send() || self.net.open_writes() >= self.config.lanes {
                return;
            }
            let Some((_, _, lane)) = self.outbox.candidates.first().cloned() else {
                return;
            };
            self.outbox.set_candidate(&lane, None);
            if let Some(id) = self.current(&lane).map(|entry| entry.op.id) {
                self.dispatch(id);
            }
        }
    }

    fn dispatch(&mut self, id: OperationId) {
        let Some(entry) = self.ledger.entry(&id).cloned() else {
            return;
        };
        if matches!(entry.op.kind, OperationKind::Delete) && self.ledger.real(&entry.op.case).is_none() {
            return self.annihilate(&entry);
        }
        if let Stage::Acknowledged(Acknowledged::Working(job)) = &entry.stage {
            if let Some(case) = self.ledger.real(&entry.op.case) {
                let request = Request::PollJob { case, job: job.clone() };
                self.send(Purpose::Poll(id), request, id);
            }
            return;
        }
        if self.is_status_outdated(&entry) {
            return self.park(id, Failure::of(FailureClass::Conflict));
        }
        if entry.first.is_none() {
            // Before anything leaves it must be known, for ever, that it may have left.
            let first = FirstAttempt { at: self.now.wall, known_turn: self.known_turn(&entry.op.case) };
            if let Some(live) = self.outbox.live.get_mut(&id) {
                live.first_sent_here = true;
            }
            return self.claim(id, first);
        }
        if self.must_verify(&entry) {
            return self.verify(&entry);
        }
        let claimed = self.outbox.live.get(&id).and_then(|live| live.claimed);
        let is_claimed = claimed.is_some() && claimed == self.windows.epoch();
        if let Some(first) = entry.first.filter(|_| !is_claimed && self.net.key_lifetime() == Millis(0)) {
            return self.claim(id, first);
        }
        let Some(request) = self.request_of(&entry) else {
            return;
        };
        let now = self.now.mono;
        if let Some(live) = self.outbox.live.get_mut(&id) {
            live.attempts += 1;
            live.attempted_at.get_or_insert(now);
            // Whatever was found out before this attempt says nothing about it.
            live.verified = false;
            live.in_doubt_since = Some(now);
            live.claimed = None;
            live.thinking_since.get_or_insert(now);
        }
        self.send(Purpose::Operation(id), request, id);
    }

    /// States that an operation is about to be sent, under the epoch of this instance. One that has lost the lease and
    /// has not heard of it is told off here: no key would keep its request from running beside another's.
    fn claim(&mut self, op: OperationId, first: FirstAttempt) {
        let (batch, epoch) = (self.staged_batch(), self.windows.epoch());
        if let Some(live) = self.outbox.live.get_mut(&op) {
            live.unkept = Some(batch);
            live.attempt_kept = false;
            live.claimed = epoch;
        }
        self.state(Record::Attempt { op, first }, true);
    }

    fn request_of(&self, entry: &Entry) -> Option<Request> {
        let key = entry.op.id;
        let case = self.ledger.real(&entry.op.case);
        Some(match &entry.op.kind {
            OperationKind::CreateCase { .. } => Request::CreateCase { key },
            OperationKind::SubmitTurn { turn, .. } => {
                Request::SubmitTurn { key, case: case?, turn: std::sync::Arc::clone(turn) }
            }
            OperationKind::Rename { title, .. } => {
                Request::Rename { case: case?, title: std::sync::Arc::clone(title) }
            }
            OperationKind::GenerateTitle { .. } => Request::GenerateTitle { key, case: case? },
            OperationKind::Delete => Request::Delete { case: case? },
        })
    }

    /// Whether the server must be read before an operation may be sent.
    fn must_verify(&self, entry: &Entry) -> bool {
        let live = self.outbox.live.get(&entry.op.id);
        if live.is_some_and(|live| live.verified) {
            return false;
        }
        if live.is_some_and(|live| live.last_look.is_some()) {
            return true;
        }
        let lifetime = self.net.key_lifetime();
        let sent_long_ago =
            live.and_then(|live| live.attempted_at).is_some_and(|at| self.now.mono - at >= lifetime);
        match entry.op.kind {
            // Nothing but the list tells whether it has run, however young its key is.
            OperationKind::SubmitTurn { .. }
            | OperationKind::CreateCase { .. }
            | OperationKind::GenerateTitle { .. }
                if lifetime == Millis(0) =>
            {
                live.is_some_and(|live| live.in_doubt_since.is_some())
            }
            // It may have run, and its key may have expired since (contract 4.1, rule 5).
            OperationKind::SubmitTurn { .. }
            | OperationKind::CreateCase { .. }
            | OperationKind::GenerateTitle { .. } => entry.first.is_some_and(|first| {
                let now = self.now.wall;
                sent_long_ago || now < first.at || now - first.at >= lifetime
            }),
            // A title has no version on the server: whether theirs changed is seen by reading it.
            OperationKind::Rename { .. } => true,
            OperationKind::Delete => false,
        }
    }

    fn verify(&mut self, entry: &Entry) {
        let (op, key) = (entry.op.id, entry.op.case.clone());
        if matches!(entry.op.kind, OperationKind::CreateCase { .. }) {
            return self.look_for_case(op, 0, None);
        }
        let Some(case) = self.ledger.real(&key) else { return };
        if matches!(entry.op.kind, OperationKind::Rename { .. } | OperationKind::GenerateTitle { .. }) {
            let request = Request::ReadCase { case: case.clone() };
            return self.send(Purpose::Compare(op, case), request, op);
        }
        self.make_resident(&key);
        let offset = crate::reads::Reads::verify_offset(self.confirmed.rows(&case));
        let request = Request::ListMessages { case: case.clone(), offset, limit: self.config.page };
        self.send(Purpose::Verify(op, case, offset), request, op);
    }

    /// Reads a page of the list for a case that an operation may have made.
    pub(crate) fn look_for_case(&mut self, op: OperationId, offset: u32, found: Option<Box<RealCase>>) {
        let request = Request::ListCases { offset, limit: self.config.page };
        self.send(Purpose::Adopt(op, offset, found), request, op);
    }

    /// Hands a request to the network on behalf of an operation.
    fn send(&mut self, purpose: Purpose, request: Request, op: OperationId) {
        let id = self.request(purpose, request);
        self.set_phase(op, Phase::InFlight { request: id, since: self.now.mono });
    }

    /// Hands a request to the network.
    pub(crate) fn request(&mut self, purpose: Purpose, request: Request) -> RequestId {
        let id = self.net.open(purpose);
        self.out.push(Effect::Send(id, request));
        id
    }

    pub(crate) fn abort(&mut self, request: RequestId) {
        if self.net.close(request).is_some() {
            self.out.push(Effect::Abort(request));
        }
    }

    /// A case that the server never heard of is deleted by forgetting it.
    fn annihilate(&mut self, deletion: &Entry) {
        let case = deletion.op.case.clone();
        self.end_all(&case, End::Cancelled);
        self.screen.forget_case(&case);
    }

    /// Whether a message stands in a case that was given up before the server heard of it: another window had not heard of
    /// that when it was said.
    fn is_orphan(&self, entry: &Entry) -> bool {
        let case = &entry.op.case;
        entry.op.question().is_some()
            && self.ledger.real(case).is_none()
            && !self
                .ledger
                .meta_of(case)
                .any(|other| matches!(other.op.kind, OperationKind::CreateCase { .. }))
    }

    /// Moves what can never be sent into the composer of the next case.
    fn bring_home(&mut self, op: OperationId) {
        let Some(OperationKind::SubmitTurn { turn, .. }) = self.ledger.entry(&op).map(|entry| &entry.op.kind)
        else {
            return;
        };
        let (text, data) = (std::sync::Arc::clone(&turn.text), turn.data.iter().cloned().collect());
        self.put_above_draft(None, Draft { text, data, caret: 0 });
        self.state(Record::Ended { op, end: End::Cancelled }, true);
    }

    /// Ends every operation of a case.
    pub(crate) fn end_all(&mut self, case: &crate::ids::CaseKey, end: End) {
        let ops: Vec<_> = self.ledger.ops_of(case).map(|entry| entry.op.id).collect();
        for op in ops {
            self.state(Record::Ended { op, end }, true);
        }
    }
}
