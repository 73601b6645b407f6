//! Owns the core and steps it.
//!
//! One event at a time: what happens while an event is worked on is queued and worked on before the
//! outermost call returns. So a refusal that the store knows at once is part of the same tick, and a
//! subscriber may dispatch without re-entering the core.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use copilot_core::{Config, Core, Effect, Entropy, Event, LeaseEvent, Now, View};
use copilot_storage::{LocalFuture, SetAside};

use crate::effects::{Effects, Inbox};
use crate::handle::Change;
use crate::ports::Clock;
use crate::subscription::{Listeners, Subscription};

pub(crate) struct Driver {
    core: RefCell<Core>,
    clock: Rc<dyn Clock>,
    effects: RefCell<Option<Rc<Effects>>>,
    inbox: RefCell<VecDeque<Event>>,
    /// The core is stepping, subscribers are being called, or the view is being read.
    busy: Cell<bool>,
    listeners: Listeners<dyn Fn(&Change<'_>)>,
}

/// Ends a busy span even when a subscriber panics.
struct Busy<'a>(&'a Cell<bool>);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Driver {
    /// A driver whose effects are made by `effects`, which is told where results go.
    pub(crate) fn new(core: Core, clock: Rc<dyn Clock>, effects: impl FnOnce(Inbox) -> Effects) -> Rc<Self> {
        Rc::new_cyclic(|driver: &Weak<Self>| {
            let driver = driver.clone();
            let inbox = Inbox::new(move |event| {
                if let Some(driver) = driver.upgrade() {
                    driver.step(event);
                }
            });
            Self {
                core: RefCell::new(core),
                clock,
                effects: RefCell::new(Some(Rc::new(effects(inbox)))),
                inbox: RefCell::default(),
                busy: Cell::new(false),
                listeners: Listeners::new(),
            }
        })
    }

    /// Works on an event, or queues it when one is being worked on.
    pub(crate) fn step(&self, event: Event) {
        if !self.is_open() {
            return;
        }
        self.inbox.borrow_mut().push_back(event);
        self.drain();
    }

    pub(crate) fn read<R>(&self, f: impl FnOnce(View<'_>) -> R) -> R {
        let result = {
            let outermost = !self.busy.replace(true);
            let _busy = outermost.then(|| Busy(&self.busy));
            f(self.core.borrow().view())
        };
        self.drain();
        result
    }

    pub(crate) fn subscribe(&self, listener: impl Fn(&Change<'_>) + 'static) -> Subscription {
        self.listeners.add(Rc::new(listener))
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.now()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.effects.borrow().is_some()
    }

    /// What could not be read of the journal; nothing once it has ended.
    pub(crate) fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        match &*self.effects.borrow() {
            Some(effects) => effects.set_aside(),
            None => Box::pin(async { Vec::new() }),
        }
    }

    /// Bytes of cached answers that the server can send again; 0 once it has ended.
    pub(crate) fn spare(&self) -> LocalFuture<u64> {
        match &*self.effects.borrow() {
            Some(effects) => effects.spare(),
            None => Box::pin(async { 0 }),
        }
    }

    /// Gives those up, and says how many bytes that freed. What is in memory stays.
    pub(crate) fn free_spare(&self) -> LocalFuture<u64> {
        match &*self.effects.borrow() {
            Some(effects) => effects.free_spare(),
            None => Box::pin(async { 0 }),
        }
    }

    /// From here on nothing is sent, and what is on its way is let go as when another window takes the lease; or it goes
    /// on. Work is taken all the same.
    pub(crate) fn hold_sending(&self, hold: bool) {
        if let Some(effects) = &*self.effects.borrow() {
            effects.hold_lease(hold);
        }
        if hold {
            self.step(Event::Lease(LeaseEvent::Lost));
        }
    }

    /// Takes the right to send from the window that has it.
    pub(crate) fn seize_lease(&self) {
        if let Some(effects) = &*self.effects.borrow() {
            effects.seize_lease();
        }
    }

    /// Ends it: requests, timers, lease and store are let go, and whatever is still on its way is
    /// dropped when it comes. What was shown is no longer readable through any handle (I20).
    pub(crate) fn close(&self) {
        let _gone = self.effects.borrow_mut().take();
        self.inbox.borrow_mut().clear();
        self.listeners.clear();
        // While the view is being read it stays; the handle's owner is about to go anyway.
        if let Ok(mut core) = self.core.try_borrow_mut() {
            *core = Core::new(Config::default(), Entropy::from_number(0));
        }
    }

    fn drain(&self) {
        if self.busy.replace(true) {
            return;
        }
        let _busy = Busy(&self.busy);
        loop {
            // Own statement: the borrow ends before the event is worked on.
            let event = self.inbox.borrow_mut().pop_front();
            let Some(event) = event else { break };
            let mut effects = Vec::new();
            let now = self.clock.now();
            self.core.borrow_mut().step(now, event, &mut effects);
            for effect in effects {
                self.perform(effect);
            }
        }
    }

    fn perform(&self, effect: Effect) {
        match effect {
            Effect::View(patches) => self.listeners.each(|listener| listener(&Change::View(&patches))),
            Effect::Notice(notice) => self.listeners.each(|listener| listener(&Change::Notice(&notice))),
            other => {
                let effects = self.effects.borrow().clone();
                if let Some(effects) = effects {
                    effects.perform(other);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use copilot_core::ids::RealId;
    use copilot_core::journal::{
        Batch, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal,
    };
    use copilot_core::model::Turn;
    use copilot_core::request::{Outcome, Request};
    use copilot_core::view::{AccountStatus, CachedMessage, Group};
    use copilot_core::{CacheWrite, Intent, Notice, Refusal};
    use copilot_storage::memory::MemoryStore;
    use copilot_storage::{LocalFuture, Store, StoreError};

    use super::*;
    use crate::account::ProfileId;
    use crate::bench::on_paused_time;
    use crate::effects::Exchange;
    use crate::platform::Platform;

    /// A server that never answers.
    struct Silence;

    impl Exchange for Silence {
        fn exchange(&self, _request: Request) -> LocalFuture<Outcome> {
            Box::pin(std::future::pending())
        }
    }

    /// A disk without room.
    #[derive(Default)]
    struct Full(MemoryStore);

    impl Store for Full {
        fn append(&self, _batch: Batch) -> LocalFuture<Result<Sequence, StoreRefusal>> {
            Box::pin(std::future::ready(Err(StoreRefusal::Full)))
        }
        fn read_from(&self, from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>> {
            self.0.read_from(from)
        }
        fn compact(
            &self,
            before: Sequence,
            snapshot: Vec<Record>,
            fence: Epoch,
        ) -> LocalFuture<Result<(), StoreRefusal>> {
            self.0.compact(before, snapshot, fence)
        }
        fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>> {
            self.0.next_epoch()
        }
        fn cache(&self, writes: Vec<CacheWrite>) -> LocalFuture<()> {
            self.0.cache(writes)
        }
        fn load(&self, case: RealId) -> LocalFuture<Vec<CachedMessage>> {
            self.0.load(case)
        }
        fn spare(&self) -> LocalFuture<u64> {
            self.0.spare()
        }
        fn free_spare(&self) -> LocalFuture<u64> {
            self.0.free_spare()
        }
        fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>> {
            self.0.recover()
        }
        fn durability(&self) -> Durability {
            self.0.durability()
        }
    }

    fn driver(store: Rc<dyn Store>) -> Rc<Driver> {
        // The folder is never touched: store and server are given.
        let platform = Platform::native("unused");
        let core = Core::new(Config::default(), Entropy::from_number(7));
        let profile = ProfileId::of("http://127.0.0.1:1", "u-1");
        let driver = Driver::new(core, platform.clock.clone(), |inbox| {
            Effects::new(&platform, &profile, store, Rc::new(Silence), inbox)
        });
        driver.step(Event::Boot(Recovered::default()));
        driver
    }

    fn say(text: &str) -> Event {
        Event::Intent(Intent::Submit { case: None, turns: vec![Turn::say(text)] })
    }

    fn cases(driver: &Driver) -> usize {
        driver.read(|view| view.group(Group::Active).len())
    }

    #[test]
    fn what_a_subscriber_dispatches_is_done_before_the_outer_call_returns() {
        on_paused_time(async {
            let driver = driver(Rc::new(MemoryStore::default()));
            let depth = Rc::new(Cell::new((0, 0)));
            let _subscription = driver.subscribe({
                let (driver, depth, said) = (Rc::downgrade(&driver), depth.clone(), Cell::new(false));
                move |_| {
                    let (now, most) = depth.get();
                    depth.set((now + 1, most.max(now + 1)));
                    if !said.replace(true) {
                        driver.upgrade().unwrap().step(say("second case"));
                    }
                    depth.set((now, depth.get().1));
                }
            });
            driver.step(say("first case"));
            assert_eq!(cases(&driver), 2);
            assert_eq!(depth.get(), (0, 1), "no subscriber was called from within another");
        });
    }

    #[test]
    fn what_is_dispatched_while_the_view_is_read_is_done_when_the_reading_ends() {
        on_paused_time(async {
            let driver = driver(Rc::new(MemoryStore::default()));
            let during = driver.read(|view| {
                driver.step(say("from a reader"));
                view.group(Group::Active).len()
            });
            assert_eq!((during, cases(&driver)), (0, 1));
        });
    }

    #[test]
    fn work_that_finds_no_room_is_refused_before_dispatch_returns() {
        on_paused_time(async {
            let driver = driver(Rc::new(Full::default()));
            let given_back: Rc<RefCell<Vec<(Refusal, String)>>> = Rc::default();
            let _subscription = driver.subscribe({
                let given_back = given_back.clone();
                move |change| {
                    if let Change::Notice(Notice::NotKept { why, draft, .. }) = change {
                        given_back.borrow_mut().push((why.clone(), draft.text.to_string()));
                    }
                }
            });
            driver.step(say("too much"));
            assert_eq!(*given_back.borrow(), [(Refusal::StorageFull, "too much".to_owned())]);
            assert_eq!(cases(&driver), 0);
        });
    }

    #[test]
    fn a_closed_engine_does_nothing_tells_nobody_and_shows_nothing() {
        on_paused_time(async {
            let driver = driver(Rc::new(MemoryStore::default()));
            driver.step(say("before"));
            let told = Rc::new(Cell::new(0));
            let _subscription = driver.subscribe({
                let told = told.clone();
                move |_| told.set(told.get() + 1)
            });
            driver.close();
            driver.step(say("after"));
            driver.step(Event::SignedIn);
            assert_eq!((told.get(), cases(&driver)), (0, 0));
            assert_eq!(driver.read(|view| view.status().account), AccountStatus::SignedIn);
        });
    }

    #[test]
    fn closing_lets_go_of_the_store() {
        on_paused_time(async {
            let store = Rc::new(MemoryStore::default());
            let driver = driver(store.clone());
            driver.step(say("kept"));
            driver.close();
            // Tasks that were let go end at their next turn.
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            assert_eq!(Rc::strong_count(&store), 1);
        });
    }
}
