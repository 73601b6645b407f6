//! What unit tests are put on: the real executor, paused time, one lock for several windows.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use copilot_core::{Event, Millis, Mono, Now};
use copilot_storage::LocalFuture;
use tokio::sync::Mutex;
use tokio::task::LocalSet;

use crate::effects::Inbox;
use crate::platform::Platform;
use crate::ports::{Clock, Executor, LockGuard, Locks};

/// Events in the order in which they were delivered.
#[derive(Clone, Default)]
pub(crate) struct Delivered(Rc<RefCell<Vec<Event>>>);

impl Delivered {
    pub(crate) fn inbox(&self) -> Inbox {
        let events = self.0.clone();
        Inbox::new(move |event| events.borrow_mut().push(event))
    }

    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.borrow_mut())
    }

    /// Lets paused time run until this many have come.
    pub(crate) async fn take_when(&self, count: usize) -> Vec<Event> {
        while self.0.borrow().len() < count {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        self.take()
    }
}

pub(crate) fn executor() -> Rc<dyn Executor> {
    // The folder is never touched: only the executor is used.
    Platform::native("unused").executor
}

/// A clock that follows tokio's, so that paused time moves it.
pub(crate) struct PausedClock(tokio::time::Instant);

impl PausedClock {
    pub(crate) fn start() -> Rc<dyn Clock> {
        Rc::new(Self(tokio::time::Instant::now()))
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Now {
        let mono = u64::try_from(self.0.elapsed().as_millis()).unwrap();
        Now { mono: Mono(mono), ..Now::default() }
    }
}

/// Wakes up a little early, as browsers do.
pub(crate) struct EarlyRiser(pub(crate) Rc<dyn Executor>);

impl Executor for EarlyRiser {
    fn spawn(&self, future: LocalFuture<()>) {
        self.0.spawn(future);
    }

    fn sleep(&self, span: Millis) -> LocalFuture<()> {
        self.0.sleep(Millis(span.0.saturating_sub(1).max(1)))
    }
}

/// One lock for all windows of a test, fair as Web Locks are.
#[derive(Default)]
pub(crate) struct Turnstile(Arc<Mutex<()>>);

impl Locks for Turnstile {
    fn acquire(&self, _name: &str) -> LocalFuture<LockGuard> {
        let lock = self.0.clone();
        Box::pin(async move { LockGuard::holding(lock.lock_owned().await) })
    }
}

/// Runs a test on one thread with time that moves only when everybody waits.
pub(crate) fn on_paused_time(test: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(LocalSet::new().run_until(test));
}
