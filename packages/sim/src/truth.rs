//! What the person has done, as the person remembers it: every operation that a window accepted,
//! whose it is, and what the person has said about it since.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use copilot_core::ids::{CaseKey, MessageKey, OperationId, RealId};
use copilot_core::journal::Record;
use copilot_core::model::Turn;
use copilot_core::operation::{OperationKind, PendingOperation};
use copilot_core::request::Request;

/// A window's process: which place on the screen, and which start in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instance {
    /// The place.
    pub(crate) slot: usize,
    /// Counts all starts.
    pub(crate) start: u32,
}

/// One thing that the person did.
#[derive(Debug, Clone)]
pub(crate) struct Did {
    /// The operation.
    pub(crate) op: Arc<PendingOperation>,
    /// Where it was done.
    pub(crate) born: Instance,
    /// Its position in the journal, once it is durable.
    pub(crate) sequence: Option<u64>,
    /// Messages of the case that the person had seen before saying this.
    pub(crate) before: Vec<OperationId>,
    /// The person took it back, or was told loudly that it could not be kept.
    pub(crate) given_up: bool,
    /// The person discarded it at some time, and may have taken that back.
    pub(crate) wavered: bool,
    /// The person stopped waiting for it.
    pub(crate) stopped: bool,
    /// The person wants it sent in spite of what is before it.
    pub(crate) anyway: bool,
    /// The process died before it was durable: nobody promised anything.
    pub(crate) lost: bool,
    /// The client says that it is over.
    pub(crate) over: bool,
    /// Where the journal says so.
    pub(crate) over_at: Option<u64>,
    /// The request as it was sent first.
    pub(crate) sent: Option<Request>,
    /// When it was sent first.
    pub(crate) sent_at: u64,
    /// How often it was sent.
    pub(crate) sends: u32,
    /// How often the server has done it.
    pub(crate) effects: u32,
    /// The client has said that it cannot find out whether a case was made.
    pub(crate) undecidable: bool,
    /// A request of it came to the server after its key may have expired there.
    pub(crate) too_late: bool,
    /// A stored record about it was damaged, so that less can be asked for.
    pub(crate) damaged: bool,
}

impl Did {
    /// The turn, if it is one.
    #[must_use]
    pub(crate) fn turn(&self) -> Option<&Arc<Turn>> {
        match &self.op.kind {
            OperationKind::SubmitTurn { turn, .. } => Some(turn),
            _ => None,
        }
    }
}

/// What the person remembers, and what the checks know.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    /// Everything the person did.
    pub(crate) did: BTreeMap<OperationId, Did>,
    /// Whose rows these are.
    pub(crate) row_of: BTreeMap<MessageKey, OperationId>,
    /// Cases that the person deleted, unless that was taken back or refused.
    pub(crate) deleted: BTreeSet<CaseKey>,
    /// Which case a key made on the server.
    pub(crate) made: BTreeMap<OperationId, RealId>,
    /// Copies that the person put back or let go of.
    pub(crate) let_go: BTreeSet<OperationId>,
    /// Answers that were received and are durable.
    pub(crate) answers: BTreeMap<OperationId, Arc<str>>,
    /// Titles that the server has stored for this client.
    pub(crate) titled: BTreeSet<(RealId, Arc<str>)>,
    /// Cases whose deletion reached the server.
    pub(crate) erased: BTreeSet<RealId>,
    /// Cases that could not even be begun: nothing of them is kept, and the person was told.
    pub(crate) unmade: BTreeSet<CaseKey>,
    /// Cases about which a stored record was damaged.
    pub(crate) damaged_cases: BTreeSet<CaseKey>,
    /// Whether any record was damaged.
    pub(crate) damaged: bool,
}

impl Truth {
    /// A label of an operation that does not change when other events are left out of a run.
    #[must_use]
    pub(crate) fn label(&self, op: &OperationId) -> String {
        match self.did.get(op).map(|did| &did.op.kind) {
            Some(OperationKind::CreateCase { .. }) => "create".to_owned(),
            Some(OperationKind::SubmitTurn { turn, .. }) => turn.text.to_string(),
            Some(OperationKind::Rename { title, .. }) => title.to_string(),
            Some(OperationKind::GenerateTitle { .. }) => "name".to_owned(),
            Some(OperationKind::Delete) => "delete".to_owned(),
            _ => "?".to_owned(),
        }
    }

    /// The person gives something up.
    pub(crate) fn give_up(&mut self, op: &OperationId) {
        if let Some(did) = self.did.get_mut(op) {
            did.given_up = true;
        }
    }

    /// Whether the person, or damage, lets a row of a case go, in a window that is behind the journal or not.
    #[must_use]
    pub(crate) fn may_vanish(&self, case: &CaseKey, key: &MessageKey, behind: bool) -> bool {
        if self.was_deleted(case) || self.damaged {
            return true;
        }
        let let_go = |did: &Did| did.given_up || did.damaged || (behind && did.wavered);
        self.row_of.get(key).and_then(|op| self.did.get(op)).is_some_and(let_go)
    }

    /// The store did not take what the person did a moment ago. Titles, deletions and empty cases are
    /// simply undone; what was said must be given back, which the checks see by the notice.
    pub(crate) fn take_back(&mut self, records: &[Record]) {
        for record in records {
            let Record::Operation(op) = record else { continue };
            if matches!(op.kind, OperationKind::CreateCase { .. }) {
                self.unmade.insert(op.case.clone());
            }
            let Some(did) = self.did.get_mut(&op.id).filter(|did| did.turn().is_none()) else {
                continue;
            };
            did.given_up = true;
            if matches!(op.kind, OperationKind::Delete) {
                self.deleted.remove(&op.case);
            }
        }
    }

    /// A stored record is gone: less can be asked for what it was about.
    pub(crate) fn note_damage(&mut self, lost: &Record) {
        self.damaged = true;
        let op = match lost {
            Record::Operation(op) => Some(op.id),
            Record::Attempt { op, .. }
            | Record::Acknowledged { op, .. }
            | Record::Failed { op, .. }
            | Record::Stopped { op }
            | Record::Resumed { op, .. }
            | Record::Discarding { op, .. }
            | Record::Kept { op }
            | Record::Ended { op, .. } => Some(*op),
            _ => None,
        };
        if let Some(did) = op.and_then(|op| self.did.get_mut(&op)) {
            did.damaged = true;
            self.damaged_cases.insert(did.op.case.clone());
        }
        if let Record::Link { case, .. } = lost {
            self.damaged_cases.insert(case.clone());
        }
    }

    /// The store is gone, and with it everything that was promised.
    pub(crate) fn note_store_gone(&mut self) {
        self.damaged = true;
        self.deleted.clear();
        for did in self.did.values_mut() {
            did.damaged = true;
            self.damaged_cases.insert(did.op.case.clone());
        }
    }

    /// Whether the person has deleted a case at some time, taken back or not: windows hear of the one
    /// before they hear of the other.
    pub(crate) fn was_deleted(&self, case: &CaseKey) -> bool {
        self.did.values().any(|did| did.op.case == *case && matches!(did.op.kind, OperationKind::Delete))
    }

    /// A local case turned out to be a server case under whose key something was done before.
    pub(crate) fn unite(&mut self, case: &CaseKey, real: &RealId) {
        let other = CaseKey::of_server(real);
        for did in self.did.values_mut().filter(|did| did.op.case == other) {
            did.op = Arc::new(PendingOperation { case: case.clone(), ..(*did.op).clone() });
        }
        if self.deleted.remove(&other) {
            self.deleted.insert(case.clone());
        }
    }

    /// The operation that made a case.
    #[must_use]
    pub(crate) fn creation_of(&self, case: &CaseKey) -> Option<&Did> {
        self.did
            .values()
            .find(|did| did.op.case == *case && matches!(did.op.kind, OperationKind::CreateCase { .. }))
    }
}
