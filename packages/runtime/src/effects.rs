//! Carries out what the core asks for, one module per port.
//!
//! Nothing is decided here: every rule about what follows from a result is the core's. Dropping
//! [`Effects`] lets go of everything: open requests, timers, the lease, the other windows, the store.

mod heritage;
mod journal;
mod lease;
mod requests;
mod timers;

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::{Effect, Event};
use copilot_storage::{LocalFuture, SetAside, Store};

use crate::account::ProfileId;
use crate::platform::Platform;
use crate::ports::PeerLink;

use heritage::Heritage;
use journal::Journal;
use lease::Lease;
pub(crate) use requests::Exchange;
use requests::Requests;
use timers::Timers;

/// Where results go: the engine that asked for them, while it lives.
#[derive(Clone)]
pub(crate) struct Inbox(Rc<dyn Fn(Event)>);

impl Inbox {
    pub(crate) fn new(deliver: impl Fn(Event) + 'static) -> Self {
        Self(Rc::new(deliver))
    }

    fn deliver(&self, event: Event) {
        (self.0)(event);
    }
}

/// The ports of one engine at work.
pub(crate) struct Effects {
    journal: Journal,
    requests: Requests,
    timers: Timers,
    lease: Lease,
    peers: Option<Rc<dyn PeerLink>>,
    /// Nothing is sent until told otherwise.
    sends_nothing: Cell<bool>,
    _heritage: Heritage,
}

impl Effects {
    pub(crate) fn new(
        platform: &Platform,
        profile: &ProfileId,
        store: Rc<dyn Store>,
        exchange: Rc<dyn Exchange>,
        inbox: Inbox,
    ) -> Self {
        let executor = &platform.executor;
        let hear = {
            let inbox = inbox.clone();
            Rc::new(move |message| inbox.deliver(Event::Peer(message)))
        };
        let peers: Option<Rc<dyn PeerLink>> = platform.peers.join(profile, hear).map(Rc::from);
        let journal = Journal::new(executor.clone(), store.clone(), inbox.clone());
        journal.tidy_when_calm();
        Self {
            _heritage: Heritage::new(executor, &store, peers.clone(), inbox.clone()),
            lease: Lease::new(executor.clone(), platform.locks.clone(), profile, store, inbox.clone()),
            journal,
            requests: Requests::new(executor.clone(), exchange, inbox.clone()),
            timers: Timers::new(executor.clone(), platform.clock.clone(), inbox),
            peers,
            sends_nothing: Cell::new(false),
        }
    }

    /// Gives the lease back and asks for no other, or goes on.
    pub(crate) fn hold_lease(&self, hold: bool) {
        self.sends_nothing.set(hold);
        if hold { self.lease.release() } else { self.lease.acquire() }
    }

    /// What could not be read of the journal.
    pub(crate) fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        self.journal.set_aside()
    }

    /// Bytes of cached answers that the server can send again.
    pub(crate) fn spare(&self) -> LocalFuture<u64> {
        self.journal.spare()
    }

    /// Gives those up, and says how many bytes that freed.
    pub(crate) fn free_spare(&self) -> LocalFuture<u64> {
        self.journal.free_spare()
    }

    /// Takes the right to send from the window that has it.
    pub(crate) fn seize_lease(&self) {
        self.lease.seize();
    }

    pub(crate) fn perform(&self, effect: Effect) {
        match effect {
            Effect::Append(batch) => self.journal.append(batch),
            Effect::Cache(writes) => self.journal.cache(writes),
            Effect::Compact { before, snapshot, fence } => self.journal.compact(before, snapshot, fence),
            Effect::ReadBack(from) => self.journal.read_back(from),
            Effect::Load { case, end_first } => self.journal.load(case, end_first),
            Effect::Send(id, request) => self.requests.send(id, request),
            Effect::Abort(id) => self.requests.abort(id),
            Effect::Arm(timer, span) => self.timers.arm(timer, span),
            Effect::Disarm(timer) => self.timers.disarm(timer),
            Effect::Tell(message) => {
                if let Some(peers) = &self.peers {
                    peers.tell(&message);
                }
            }
            Effect::AcquireLease if self.sends_nothing.get() => {}
            Effect::AcquireLease => self.lease.acquire(),
            Effect::ReleaseLease => self.lease.release(),
            Effect::Report(violation) => {
                tracing::warn!(target: "copilot::integrity", at = violation.at.0, "{}", violation.what);
            }
            // The driver has shown these.
            Effect::View(_) | Effect::Notice(_) => {}
        }
    }
}
