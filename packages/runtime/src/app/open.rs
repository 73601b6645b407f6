//! Opening an account's store and starting its engine.

use std::pin::pin;
use std::rc::Rc;

use copilot_api::{Client, Credentials, Dialect};
use copilot_core::journal::Recovered;
use copilot_core::request::Limits;
use copilot_core::{Config, Core, Entropy, Event, Link, Millis};
use copilot_storage::memory::MemoryStore;
use copilot_storage::{Store, StoreError};
use futures_util::future::{Either, select};

use super::{Attempt, Inner, Opened};
use crate::account::{Account, ProfileId};
use crate::alone::Alone;
use crate::driver::Driver;
use crate::effects::Effects;
use crate::handle::Handle;
use crate::platform::Platform;
use crate::session::{Session, SessionPorts};
use crate::stage::{Stage, StartProblem};

/// A store that was let go a moment ago may still be finishing its last write, in this process after
/// a sign-out or in one that is just ending: that is waited for, 10 × 200 ms.
const IN_USE_TRIES: u32 = 10;
const IN_USE_PAUSE: Millis = Millis(200);

/// A store that opens is open in less than one second, with the data of years too. After this the person is told what
/// most likely holds it up: a window from before an update of the layout that is frozen and does not let go.
const OPENING_TAKES_LONG: Millis = Millis::seconds(5);

/// A store with what it holds, and the platform to run it on.
pub(super) struct Ready {
    pub(super) store: Rc<dyn Store>,
    pub(super) recovered: Recovered,
    pub(super) platform: Platform,
    /// The store itself, if it is only memory in place of one that could not be used.
    pub(super) memory: Option<MemoryStore>,
}

impl Inner {
    /// Opens an account; the server is not asked. Where its store cannot be used the account opens in
    /// memory, and its status says that nothing is kept.
    pub(super) async fn open(
        self: &Rc<Self>,
        attempt: Attempt,
        client: Client,
        account: Account,
        credentials: Credentials,
    ) {
        let profile = account.profile();
        let ready = self.ready_store(attempt, &profile).await;
        if !self.is_current(attempt) {
            return;
        }
        let ready = match ready {
            Ok(ready) => ready,
            Err(problem) => {
                return self.show_sign_in(|view| {
                    view.busy = false;
                    view.problem = Some(problem);
                });
            }
        };
        let ports = SessionPorts {
            device: self.device.clone(),
            clock: ready.platform.clock.clone(),
            executor: ready.platform.executor.clone(),
            locks: ready.platform.locks.clone(),
        };
        let known = client.dialect().map(Dialect::limits);
        let session = Session::new(client, profile.clone(), credentials, ports);
        session.keep_alive();
        let handle = self.start_engine(session, Rc::new(account), known, ready);
        self.set_stage(Stage::Open(handle));
    }

    /// Starts an engine on a store. It is the open one from here on.
    pub(super) fn start_engine(
        self: &Rc<Self>,
        session: Session,
        account: Rc<Account>,
        known: Option<Limits>,
        ready: Ready,
    ) -> Handle {
        let Ready { store, recovered, platform, memory } = ready;
        let profile = account.profile();
        let core = Core::new(Config::default(), self.entropy());
        let driver = Driver::new(core, platform.clock.clone(), |inbox| {
            Effects::new(&platform, &profile, store, Rc::new(session.clone()), inbox)
        });
        self.engines.set(self.engines.get() + 1);
        let (app, number) = (Rc::downgrade(self), self.engines.get());
        let took_over = self.saving.get();
        let handle = Handle { driver: driver.clone(), account, app, number, took_over };
        *self.opened.borrow_mut() = Some(Opened { handle: handle.clone(), session, memory });
        driver.step(Event::Boot(recovered));
        // Before anything is sent: the lease comes later.
        if let Some(known) = known {
            driver.step(Event::Server(known));
        }
        if platform.surroundings.link() == Link::Offline {
            driver.step(Event::Link(Link::Offline));
        }
        handle
    }

    async fn ready_store(&self, attempt: Attempt, profile: &ProfileId) -> Result<Ready, StartProblem> {
        match self.told_when_held(attempt, self.recovered_store(profile)).await {
            Ok((store, recovered)) => {
                Ok(Ready { store, recovered, platform: self.platform.clone(), memory: None })
            }
            Err(StoreError::InUse { .. }) => Err(StartProblem::StoreInUse),
            // What a newer program keeps is whole; working beside it in memory would hide it.
            Err(StoreError::Newer { .. }) => Err(StartProblem::StoreNewer),
            Err(StoreError::Unavailable { cause, .. }) => {
                let memory = MemoryStore::default();
                let store: Rc<dyn Store> = Rc::new(memory.clone());
                let unavailable = |_| StartProblem::StoreUnavailable { cause };
                let recovered = store.recover().await.map_err(unavailable)?;
                // What only this window holds, only this window can send.
                let platform =
                    Platform { locks: Rc::new(Alone), peers: Rc::new(Alone), ..self.platform.clone() };
                Ok(Ready { store, recovered, platform, memory: Some(memory) })
            }
        }
    }

    /// Waits for an opening however long it takes, and tells the person when that is long.
    async fn told_when_held<T>(&self, attempt: Attempt, opening: impl Future<Output = T>) -> T {
        let patience = self.platform.executor.sleep(OPENING_TAKES_LONG);
        match select(pin!(opening), patience).await {
            Either::Left((opened, _)) => opened,
            Either::Right(((), opening)) => {
                if self.is_current(attempt) {
                    self.show_sign_in(|view| {
                        view.busy = true;
                        view.problem = Some(StartProblem::StoreHeld);
                    });
                }
                opening.await
            }
        }
    }

    pub(super) async fn recovered_store(
        &self,
        profile: &ProfileId,
    ) -> Result<(Rc<dyn Store>, Recovered), StoreError> {
        let mut tries = 1;
        let store = loop {
            match self.platform.stores.open(profile).await {
                Err(StoreError::InUse { .. }) if tries < IN_USE_TRIES => tries += 1,
                opened => break opened?,
            }
            self.platform.executor.sleep(IN_USE_PAUSE).await;
        };
        let recovered = store.recover().await?;
        Ok((store, recovered))
    }

    /// Randomness for ids and jitter. Every platform has some; should one refuse, the time since
    /// 1970 and since the start keep the ids of two starts apart.
    fn entropy(&self) -> Entropy {
        match self.platform.entropy.seed() {
            Some(seed) => Entropy::from_seed(seed),
            None => {
                let now = self.platform.clock.now();
                Entropy::from_number(now.wall.0.rotate_left(20) ^ now.mono.0)
            }
        }
    }
}
