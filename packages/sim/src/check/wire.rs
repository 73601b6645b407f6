//! Requests that a core wants sent: durable first (I1), the same bytes under the same key (I4), to the
//! case that its parent made (I6), not before the server allows (I12), with ids of the server (I14).

use copilot_core::ids::{OperationId, RealId};
use copilot_core::operation::{OperationKind, PendingOperation};
use copilot_core::request::{Request, RequestId};
use copilot_core::view::AccountStatus;

use super::emitted::is_expired;
use crate::marks::Mark;
use crate::model::Stage;
use crate::truth::Instance;
use crate::world::World;

/// The case that a request names.
const fn case_of(request: &Request) -> Option<&RealId> {
    match request {
        Request::ReadCase { case }
        | Request::ReadDetails { case }
        | Request::GenerateTitle { case, .. }
        | Request::ListMessages { case, .. }
        | Request::SubmitTurn { case, .. }
        | Request::PollJob { case, .. }
        | Request::Rename { case, .. }
        | Request::Delete { case } => Some(case),
        _ => None,
    }
}

impl World {
    /// A request that a window wants sent.
    pub(crate) fn check_send(&mut self, me: Instance, id: RequestId, request: &Request) {
        let now = self.now;
        let Some(window) = self.window(me) else { return };
        let (gate, account) = (window.gate, window.core.view().status().account);
        if now < gate && !matches!(request, Request::Probe) {
            self.violate(
                "I12",
                "a request through a closed gate",
                format!("{} ms early: {request:?}", gate - now),
            );
        }
        let free = matches!(request, Request::Probe | Request::RenewToken | Request::RenewSession);
        if account == AccountStatus::SignedOut && !free {
            self.violate("I20", "a request of an account that is signed out", format!("{request:?}"));
        }
        if let Some(case) = case_of(request)
            && !self.server.cases.contains_key(case)
        {
            self.violate("I14", "a request names a case that no server issued", format!("{request:?}"));
        }
        if let Request::ListMessages { case, .. } = request {
            self.mark_verification(me, case);
        }
        let Some(op) = self.operation_behind(me, request) else { return };
        if let Some(window) = self.window_mut(me) {
            window.asks.insert(id, op);
        }
        self.check_same_bytes(op, request);
        self.check_durable(me, op, request);
        let floor = self.window(me).and_then(|window| window.floors.get(&op).copied());
        if let Some(floor) = floor.filter(|floor| now < *floor) {
            let detail = format!("{} ms early: {request:?}", floor - now);
            self.violate("I12", "an attempt before its Retry-After", detail);
        }
        let born = self.truth.did.get(&op).map(|did| did.born);
        if born.is_some_and(|born| born.slot != me.slot) {
            self.marks.hit(Mark::SentForAnother);
        }
    }

    /// A list that is read while a message of its case may have run under a key that has expired.
    fn mark_verification(&mut self, me: Instance, case: &RealId) {
        let Some(window) = self.window(me) else { return };
        let wall = window.now(self.now, self.wall_offset).wall;
        let doubtful = self.disk.fold.ops.values().any(|known| {
            known.stage == Stage::Open
                && known.first.is_some_and(|first| is_expired(first, wall))
                && self.disk.fold.real(&known.op.case).as_ref() == Some(case)
        });
        if doubtful {
            self.marks.hit(Mark::Verified);
        }
        let begun = |known: &crate::model::Known| known.stage == Stage::Open && known.first.is_some();
        if self.server.keyless && self.disk.fold.ops.values().any(begun) {
            self.marks.hit(Mark::VerifiedWithoutKeys);
        }
    }

    /// The operation that a request carries out.
    fn operation_behind(&mut self, me: Instance, request: &Request) -> Option<OperationId> {
        match request {
            Request::CreateCase { key }
            | Request::SubmitTurn { key, .. }
            | Request::GenerateTitle { key, .. } => Some(*key),
            Request::Rename { case, title } => {
                let wanted = |op: &PendingOperation| {
                    matches!(&op.kind, OperationKind::Rename { title: wished, .. } if wished == title)
                        && self.real_of(&op.case).as_ref() == Some(case)
                };
                let found = self.disk.fold.ops.values().map(|known| &known.op).find(|op| wanted(op));
                let found = found.map(|op| op.id).or_else(|| self.ended_unheard(me, &wanted));
                if found.is_none() && !self.truth.damaged {
                    self.violate("I1", "a title left that is not in the journal", title.to_string());
                }
                found
            }
            Request::Delete { case } => {
                let of_case = self.disk.fold.ops.values().filter(|known| {
                    matches!(known.op.kind, OperationKind::Delete)
                        && self.real_of(&known.op.case).as_ref() == Some(case)
                });
                // Two windows may have deleted it.
                let found = of_case.max_by_key(|known| known.attempted).map(|known| known.op.id);
                let wanted = |op: &PendingOperation| {
                    matches!(op.kind, OperationKind::Delete) && self.real_of(&op.case).as_ref() == Some(case)
                };
                let found = found.or_else(|| self.ended_unheard(me, &wanted));
                if found.is_none() && !self.truth.damaged {
                    self.violate("I1", "a deletion left that is not in the journal", case.to_string());
                }
                found
            }
            _ => None,
        }
    }

    /// An operation that another window has ended, and this one has not heard of that.
    fn ended_unheard(&self, me: Instance, wanted: &dyn Fn(&PendingOperation) -> bool) -> Option<OperationId> {
        let heard = self.window(me).map_or(0, |window| window.heard);
        let ended = self.truth.did.values().filter(|did| did.over_at.is_some_and(|at| at >= heard));
        ended.map(|did| &did.op).find(|op| wanted(op)).map(|op| op.id)
    }

    fn check_durable(&mut self, me: Instance, op: OperationId, request: &Request) {
        let excused = self.truth.damaged;
        let label = self.truth.label(&op);
        match self.disk.fold.ops.get(&op) {
            _ if excused => {}
            None if self.disk.fold.over.contains(&op) => {
                // Another window has taken it back, and this one has not heard of that.
                let heard = self.window(me).map_or(0, |window| window.heard);
                let over_at = self.truth.did.get(&op).and_then(|did| did.over_at);
                if over_at.is_some_and(|at| at < heard) {
                    self.violate("I1", "sent after it was over", label);
                }
            }
            None => self.violate("I1", "sent before it was durable", format!("{label}: {request:?}")),
            Some(known) if !known.attempted => {
                self.violate("I1", "sent before its attempt was durable", label);
            }
            Some(_) => {}
        }
    }

    fn check_same_bytes(&mut self, op: OperationId, request: &Request) {
        let now = self.now;
        let Some(did) = self.truth.did.get_mut(&op) else {
            return self.violate("I4", "a key that belongs to no operation", format!("{request:?}"));
        };
        did.sends += 1;
        if did.sends == 1 {
            did.sent_at = now;
        }
        let again = did.sends > 1;
        let changed = did.sent.as_ref().is_some_and(|sent| sent != request);
        did.sent.get_or_insert_with(|| request.clone());
        let parent = did.op.case.clone();
        let wrong_turn = match (&did.op.kind, request) {
            (OperationKind::SubmitTurn { turn, .. }, Request::SubmitTurn { turn: sent, .. }) => turn != sent,
            (OperationKind::CreateCase { .. }, Request::CreateCase { .. })
            | (OperationKind::Rename { .. }, Request::Rename { .. })
            | (OperationKind::GenerateTitle { .. }, Request::GenerateTitle { .. })
            | (OperationKind::Delete, Request::Delete { .. }) => false,
            _ => true,
        };
        // A damaged link may make a case another one.
        if (changed || wrong_turn) && !self.truth.damaged {
            self.violate("I4", "another content under the same key", format!("{request:?}"));
        }
        if again && matches!(request, Request::SubmitTurn { .. }) {
            self.marks.hit(Mark::RetriedTurn);
        }
        // I6: the parent was acknowledged, and with this very id.
        if let Some(case) = case_of(request)
            && let Some(creation) = self.truth.creation_of(&parent)
            && self.truth.made.get(&creation.op.id) != Some(case)
            && !self.truth.damaged
        {
            self.violate("I6", "sent to a case that its parent did not make", format!("{request:?}"));
        }
    }
}
