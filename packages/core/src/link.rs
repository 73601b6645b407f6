//! The network as the core sees it: link, gate, account, open requests.

mod account;
mod probe;

use crate::core::Core;
use crate::effect::Announcement;
use crate::failure::{Failure, FailureClass, Transient};
use crate::ids::{OperationId, RealId};
use crate::journal::Record;
use crate::model::RealCase;
use crate::ordered::OrderedMap;
use crate::request::{Limits, Outcome, RequestId};
use crate::time::{Millis, Mono};
use crate::view::{AccountStatus, LinkStatus, ViewPatch};

/// Why a request was sent, and so where its answer belongs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// To carry out an operation.
    Operation(OperationId),
    /// To ask for the result of its job.
    Poll(OperationId),
    /// To find out whether it has run: case, offset of the page.
    Verify(OperationId, RealId, u32),
    /// To find out whether the case that it makes was made: offset of the page, and what the pages before it
    /// hold that may be it.
    Adopt(OperationId, u32, Option<Box<RealCase>>),
    /// To see whether the title that an operation changes was changed elsewhere.
    Compare(OperationId, RealId),
    Probe,
    RenewToken,
    RenewSession,
    Cases {
        offset: u32,
    },
    Case(RealId),
    Details(RealId),
    Search,
    Messages {
        case: RealId,
        offset: u32,
    },
}

impl Purpose {
    const fn is_write(&self) -> bool {
        matches!(
            self,
            Self::Operation(_) | Self::Poll(_) | Self::Verify(..) | Self::Adopt(..) | Self::Compare(..)
        )
    }
}

/// An open request.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) purpose: Purpose,
    /// How often the credentials had been renewed when it left.
    pub(crate) renewals: u64,
}

/// Link, gate, account, open requests.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    pub(crate) link: LinkStatus,
    pub(crate) account: AccountStatus,
    pub(crate) limits: Limits,
    /// It has said what it allows, to this instance.
    greeted: bool,
    /// When a renewal that found no answer is tried again.
    pub(crate) renew_at: Option<Mono>,
    /// When the server is probed next.
    pub(crate) probe_at: Option<Mono>,
    gate: Option<Mono>,
    requests: OrderedMap<RequestId, Open>,
    last_request: u64,
    renewals: u64,
    /// Renewals since the last answer that was no 401, by what had been refused.
    fruitless: Fruitless,
    renewing: Option<Purpose>,
    probes: u32,
    /// A request left and no answer of any kind came: nothing else leaves before a probe has told whether
    /// the server is there. A browser cannot tell a refused connection from a lost answer.
    suspect: bool,
    /// What left before this request left before the link was lost, as far as anyone noticed.
    lost_before: RequestId,
    /// A queue goes out since the server can be reached again; its end is announced.
    pub(crate) draining: bool,
}

/// How often a renewal was begun and has not helped yet.
#[derive(Debug, Clone, Copy, Default)]
struct Fruitless {
    token: u32,
    session: u32,
}

impl Default for Net {
    fn default() -> Self {
        Self {
            link: LinkStatus::Online,
            account: AccountStatus::SignedIn,
            limits: Limits::default(),
            greeted: false,
            renew_at: None,
            probe_at: None,
            gate: None,
            requests: OrderedMap::new(),
            last_request: 0,
            renewals: 0,
            fruitless: Fruitless::default(),
            renewing: None,
            probes: 0,
            suspect: false,
            lost_before: RequestId(0),
            draining: false,
        }
    }
}

impl Net {
    pub(crate) fn open(&mut self, purpose: Purpose) -> RequestId {
        self.last_request += 1;
        let id = RequestId(self.last_request);
        self.requests.insert(id, Open { purpose, renewals: self.renewals });
        id
    }

    /// How long the server keeps keys. Before it has said so, what is in doubt is treated as if it kept none.
    pub(crate) const fn key_lifetime(&self) -> Millis {
        if self.greeted { self.limits.key_lifetime } else { Millis(0) }
    }

    /// Whether the server has said what it allows.
    pub(crate) const fn is_greeted(&self) -> bool {
        self.greeted
    }

    /// Whether the server is being asked for the first time what it allows.
    pub(crate) fn is_greeting(&self) -> bool {
        !self.greeted && self.has(&Purpose::Probe)
    }

    pub(crate) fn close(&mut self, id: RequestId) -> Option<Open> {
        self.requests.remove(&id)
    }

    /// The request that would be sent next: an answer to an earlier one is older than what happened since.
    pub(crate) const fn next_request(&self) -> RequestId {
        RequestId(self.last_request + 1)
    }

    pub(crate) fn open_writes(&self) -> usize {
        self.requests.values().filter(|open| open.purpose.is_write()).count()
    }

    pub(crate) fn open_reads(&self) -> usize {
        let read = |purpose: &Purpose| {
            matches!(
                purpose,
                Purpose::Cases { .. }
                    | Purpose::Case(_)
                    | Purpose::Details(_)
                    | Purpose::Search
                    | Purpose::Messages { .. }
            )
        };
        self.requests.values().filter(|open| read(&open.purpose)).count()
    }

    pub(crate) fn has(&self, purpose: &Purpose) -> bool {
        self.requests.values().any(|open| open.purpose == *purpose)
    }

    /// Whether anything may be asked of the server now.
    pub(crate) fn is_clear(&self, now: Mono) -> bool {
        self.link == LinkStatus::Online
            && !self.suspect
            && self.account == AccountStatus::SignedIn
            && self.gate.is_none_or(|until| until <= now)
    }

    pub(crate) const fn gate_until(&self) -> Option<Mono> {
        self.gate
    }

    pub(crate) fn fingerprint(&self, state: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        (self.gate, self.last_request, self.renewals, self.probes).hash(state);
        (self.link == LinkStatus::Online, self.account == AccountStatus::SignedIn).hash(state);
        for (id, open) in &self.requests {
            (id, &open.purpose).hash(state);
        }
    }
}

impl Core {
    /// A request ended. An answer that nobody waits for any more changes nothing.
    pub(crate) fn answered(&mut self, id: RequestId, outcome: Outcome) {
        let Some(open) = self.net.close(id) else {
            return;
        };
        if let Purpose::RenewToken | Purpose::RenewSession = open.purpose {
            return self.renewed(outcome);
        }
        match &outcome {
            Ok(_) => self.link_works(id, &open.purpose),
            Err(failure) => match failure.class {
                FailureClass::Offline => self.link_lost(false),
                FailureClass::CaptivePortal => self.link_lost(true),
                FailureClass::TokenRefused => self.credentials_refused(&open, Purpose::RenewToken),
                FailureClass::SessionExpired => {
                    self.credentials_refused(&open, Purpose::RenewSession);
                }
                FailureClass::Uncertain if failure.status.is_none() => self.suspect_link(),
                // No trustworthy answer came: it says nothing about the link.
                FailureClass::Uncertain => {}
                _ => self.link_works(id, &open.purpose),
            },
        }
        if let (Err(failure), false) = (&outcome, matches!(open.purpose, Purpose::Operation(_))) {
            self.heed(failure);
        }
        match open.purpose {
            Purpose::Operation(op) => self.operation_answered(op, outcome),
            Purpose::Poll(op) => self.job_answered(op, outcome),
            Purpose::Verify(op, case, offset) => self.verified(op, &case, offset, outcome),
            Purpose::Adopt(op, offset, found) => self.adopted(op, offset, found, outcome),
            Purpose::Compare(op, case) => self.compared(op, &case, id, outcome),
            Purpose::Probe => self.probed(outcome),
            Purpose::Cases { offset } => self.cases_answered(offset, id, outcome),
            Purpose::Case(case) => self.case_answered(&case, id, outcome),
            Purpose::Details(case) => self.details_answered(&case, outcome),
            Purpose::Search => self.search_answered(id, outcome),
            Purpose::Messages { case, offset } => self.messages_answered(&case, offset, outcome),
            Purpose::RenewToken | Purpose::RenewSession => {}
        }
    }

    fn link_works(&mut self, id: RequestId, purpose: &Purpose) {
        // A server that answers a probe and nothing else is probed ever more rarely.
        if *purpose != Purpose::Probe {
            self.net.fruitless = Fruitless::default();
            self.net.probes = 0;
        }
        if self.net.link == LinkStatus::Online {
            return;
        }
        // What left while there was a route says nothing about now, but it is worth a question.
        if id < self.net.lost_before {
            return self.probe();
        }
        self.net.link = LinkStatus::Online;
        // Until the server has said what it allows it is asked on.
        self.net.probe_at = self.net.probe_at.filter(|_| !self.net.greeted);
        let waiting = self.outbox.totals().waiting;
        if waiting > 0 {
            self.net.draining = true;
            self.announce(Announcement::BackOnline(waiting));
        }
        self.link_changed();
        self.reads.want_everything();
    }

    fn link_lost(&mut self, portal: bool) {
        let since = match self.net.link {
            LinkStatus::Online => self.now.mono,
            LinkStatus::Offline { since } | LinkStatus::Portal { since } => since,
        };
        self.net.lost_before = self.net.next_request();
        let link = if portal { LinkStatus::Portal { since } } else { LinkStatus::Offline { since } };
        if self.net.probe_at.is_none() && !self.net.has(&Purpose::Probe) {
            self.arm_probe();
        }
        if self.net.link != link {
            self.net.link = link;
            self.link_changed();
        }
    }

    fn link_changed(&mut self) {
        self.screen.patch(ViewPatch::Status);
        self.search_may_have_changed();
        self.all_lanes();
    }

    pub(crate) fn take_limits(&mut self, limits: Limits) {
        self.net.greeted = true;
        if self.net.limits != limits {
            self.net.limits = limits;
            self.screen.patch(ViewPatch::Status);
            self.search_may_have_changed();
        }
    }

    /// A busy server is left alone by reads as well (architecture §4).
    fn heed(&mut self, failure: &Failure) {
        let busy = matches!(failure.class, FailureClass::Transient(Transient::Busy));
        let unnamed = (failure.status == Some(429)).then_some(self.config.busy_default);
        if let Some(wait) = failure.retry_after.or(unnamed).filter(|_| busy) {
            self.close_gate(wait);
        }
    }

    /// Nobody asks the server anything for a while (I12). Survives a restart.
    pub(crate) fn close_gate(&mut self, wait: Millis) {
        // Directly, whatever the wall clock says that is in the record.
        let before = self.net.gate;
        self.gate_for(wait);
        if self.net.gate != before && self.windows.is_sender() {
            let until = self.now.wall + wait;
            self.state(Record::Gate { at: self.now.wall, until }, true);
        }
    }

    /// Whatever happens first after the gate's time, be it its timer or something else, finds it open.
    pub(crate) fn open_gate_if_over(&mut self) {
        if self.net.gate.is_some_and(|until| until <= self.now.mono) {
            self.net.gate = None;
            self.all_lanes();
        }
    }

    fn gate_for(&mut self, wait: Millis) {
        let moment = self.now.mono + wait;
        if wait.0 > 0 && self.net.gate.is_none_or(|gate| gate < moment) {
            self.net.gate = Some(moment);
            self.all_lanes();
        }
    }

    /// The wall clock may have jumped since the gate was closed: the wait is never longer than the
    /// server asked for, whatever the clock says.
    pub(crate) fn gate_from_ledger(&mut self) {
        let Some((at, until)) = self.ledger.gate() else {
            return;
        };
        let left = (until - self.now.wall).min(until - at);
        self.gate_for(left);
    }
}
