//! One timer per name. None runs out early, and arming moves.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_core::ordered::OrderedMap;
use copilot_core::{Event, Millis, TimerId};

use super::Inbox;
use crate::ports::{Clock, Executor};
use crate::tasks::{OwnedTask, spawn_owned};

pub(super) struct Timers {
    executor: Rc<dyn Executor>,
    clock: Rc<dyn Clock>,
    inbox: Inbox,
    armed: Rc<RefCell<OrderedMap<TimerId, OwnedTask>>>,
}

impl Timers {
    pub(super) fn new(executor: Rc<dyn Executor>, clock: Rc<dyn Clock>, inbox: Inbox) -> Self {
        Self { executor, clock, inbox, armed: Rc::default() }
    }

    pub(super) fn arm(&self, id: TimerId, span: Millis) {
        let due = self.clock.now().mono + span;
        let (executor, clock) = (self.executor.clone(), self.clock.clone());
        let (armed, inbox) = (Rc::downgrade(&self.armed), self.inbox.clone());
        let task = spawn_owned(&self.executor, async move {
            let mut left = span;
            loop {
                executor.sleep(left).await;
                // Browsers wake up to a millisecond early by their own clock.
                left = due - clock.now().mono;
                if left == Millis(0) {
                    break;
                }
            }
            let Some(armed) = armed.upgrade() else { return };
            let _ran_out = armed.borrow_mut().remove(&id);
            inbox.deliver(Event::Timer(id));
        });
        self.armed.borrow_mut().insert(id, task);
    }

    pub(super) fn disarm(&self, id: TimerId) {
        self.armed.borrow_mut().remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Delivered, EarlyRiser, PausedClock, executor, on_paused_time};

    fn timers(delivered: &Delivered) -> (Timers, Rc<dyn Clock>) {
        let clock = PausedClock::start();
        (Timers::new(Rc::new(EarlyRiser(executor())), clock.clone(), delivered.inbox()), clock)
    }

    #[test]
    fn a_timer_never_runs_out_early_even_where_sleeping_does() {
        on_paused_time(async {
            let delivered = Delivered::default();
            let (timers, clock) = timers(&delivered);
            timers.arm(TimerId::Queue, Millis(500));
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            assert_eq!(delivered.take(), [Event::Timer(TimerId::Queue)]);
            timers.arm(TimerId::Rows, Millis(0));
            let before = clock.now().mono;
            assert_eq!(delivered.take_when(1).await, [Event::Timer(TimerId::Rows)]);
            assert!((clock.now().mono - before).0 <= 2);
        });
    }

    #[test]
    fn arming_again_moves_a_timer_and_disarming_ends_it() {
        on_paused_time(async {
            let delivered = Delivered::default();
            let (timers, clock) = timers(&delivered);
            let start = clock.now().mono;
            timers.arm(TimerId::Queue, Millis(100));
            timers.arm(TimerId::Probe, Millis(200));
            timers.arm(TimerId::Queue, Millis::seconds(60));
            timers.disarm(TimerId::Probe);
            assert_eq!(delivered.take_when(1).await, [Event::Timer(TimerId::Queue)]);
            assert!((clock.now().mono - start) >= Millis::seconds(60));
            tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
            assert_eq!(delivered.take(), []);
        });
    }

    #[test]
    fn dropped_timers_do_not_run_out() {
        on_paused_time(async {
            let delivered = Delivered::default();
            let (timers, _) = timers(&delivered);
            timers.arm(TimerId::Refresh, Millis(10));
            drop(timers);
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            assert_eq!(delivered.take(), []);
        });
    }
}
