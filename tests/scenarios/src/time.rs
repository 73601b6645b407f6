//! A device clock that follows the real one and can jump ahead.
//!
//! Timers are waited for by both: whoever sleeps until a moment wakes when the clock gets there, by itself or by a jump.
//! Sockets keep to real time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use copilot_core::{Millis, Mono, Now, Wall};
use copilot_runtime::ports::{Clock, Executor};
use copilot_storage::LocalFuture;
use tokio::sync::Notify;

/// Milliseconds since 1970 at which every story begins.
const BEGIN: u64 = 1_790_000_000_000;

/// The time of one device. Clones are the same.
#[derive(Clone)]
pub struct Time(Rc<Hands>);

struct Hands {
    start: Instant,
    skipped: Cell<u64>,
    jumped: Notify,
}

impl Default for Time {
    fn default() -> Self {
        Self(Rc::new(Hands { start: Instant::now(), skipped: Cell::new(0), jumped: Notify::new() }))
    }
}

impl Time {
    /// Milliseconds since the story began, jumps included.
    #[must_use]
    pub fn elapsed(&self) -> Millis {
        let real = u64::try_from(self.0.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Millis(real + self.0.skipped.get())
    }

    /// Jumps ahead. Everything that was waited for by then is due.
    pub fn skip(&self, span: Millis) {
        self.0.skipped.set(self.0.skipped.get() + span.0);
        self.0.jumped.notify_waiters();
    }

    /// An executor whose sleepers wake by this clock.
    #[must_use]
    pub fn executor(&self, real: Rc<dyn Executor>) -> Rc<dyn Executor> {
        Rc::new(Sleeper { time: self.clone(), real })
    }
}

impl Clock for Time {
    fn now(&self) -> Now {
        let elapsed = self.elapsed().0;
        Now { wall: Wall(BEGIN + elapsed), mono: Mono(elapsed), utc_offset_minutes: 0 }
    }
}

struct Sleeper {
    time: Time,
    real: Rc<dyn Executor>,
}

impl Executor for Sleeper {
    fn spawn(&self, future: LocalFuture<()>) {
        self.real.spawn(future);
    }

    fn sleep(&self, span: Millis) -> LocalFuture<()> {
        let time = self.time.clone();
        let until = time.elapsed().0 + span.0;
        Box::pin(async move {
            loop {
                let jumped = time.0.jumped.notified();
                let left = until.saturating_sub(time.elapsed().0);
                if left == 0 {
                    return;
                }
                // Whichever comes first; after a jump the rest is counted again.
                let _ = tokio::time::timeout(Duration::from_millis(left), jumped).await;
            }
        })
    }
}
