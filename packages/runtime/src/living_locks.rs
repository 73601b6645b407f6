//! Locks that a window which stands still does not keep for ever.
//!
//! A browser gives a lock on when its window is closed or crashes. One that is only frozen keeps its
//! locks, for hours if need be. So a window that waits for a lock asks its holder now and then
//! whether it is there, and takes the lock from one that does not answer. Questions are answered in
//! the message event itself: browsers slow down the timers of windows in the background, not what
//! windows say to each other.
//!
//! Safe against a holder that was only slow: what a lock protects must bear a second holder for a
//! moment. Writes of the sending lease carry an epoch, and the store refuses the older one.

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::Millis;
use copilot_storage::LocalFuture;
use futures_util::future::{Either, select};

use crate::ports::{Executor, LockGuard, Locks};

/// Pause between questions. A frozen holder is replaced three pauses after its last answer at the
/// latest, which with timers that are a second late keeps the 20 s of architecture §6.
const ASK_EVERY: Millis = Millis::seconds(5);

/// Questions that may stay without an answer. Two, because a window that comes back from standing
/// still itself finds its clock ahead and the answers behind it.
const UNANSWERED: u32 = 2;

/// What windows say to each other about a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// To the holder, from one who waits.
    AreYouThere,
    /// From the holder.
    Here,
}

/// Locks as a platform has them, which know nothing of windows that stand still.
pub(crate) trait Arbiter {
    /// Queues for a lock. Dropping the future leaves the queue.
    fn queue(&self, name: &str) -> LocalFuture<LockGuard>;

    /// Takes a lock from whoever holds it, ahead of all who wait. The holder's guard is told.
    fn seize(&self, name: &str) -> LocalFuture<LockGuard>;

    /// Joins those who hold a lock or wait for it; never hears itself. `None` where windows cannot talk.
    fn line(&self, name: &str, hear: Rc<dyn Fn(Call)>) -> Option<Rc<dyn Line>>;
}

/// A window's place among those who care about a lock; dropping it leaves.
pub(crate) trait Line {
    fn say(&self, call: Call);
}

/// Locks of an [`Arbiter`], taken from holders that do not answer.
pub(crate) struct LivingLocks {
    arbiter: Rc<dyn Arbiter>,
    executor: Rc<dyn Executor>,
}

impl LivingLocks {
    pub(crate) fn new(arbiter: Rc<dyn Arbiter>, executor: Rc<dyn Executor>) -> Self {
        Self { arbiter, executor }
    }
}

impl Locks for LivingLocks {
    fn acquire(&self, name: &str) -> LocalFuture<LockGuard> {
        let (arbiter, executor, name) = (self.arbiter.clone(), self.executor.clone(), name.to_owned());
        // Asked for now: places in the queue are in the order of the calls.
        let queued = arbiter.queue(&name);
        Box::pin(async move {
            let guard = wait(&*arbiter, &*executor, &name, queued).await;
            holding(&*arbiter, &name, guard)
        })
    }

    fn seize(&self, name: &str) -> LocalFuture<LockGuard> {
        let (arbiter, name) = (self.arbiter.clone(), name.to_owned());
        Box::pin(async move {
            let guard = arbiter.seize(&name).await;
            holding(&*arbiter, &name, guard)
        })
    }
}

async fn wait(
    arbiter: &dyn Arbiter,
    executor: &dyn Executor,
    name: &str,
    mut queued: LocalFuture<LockGuard>,
) -> LockGuard {
    let unanswered = Rc::new(Cell::new(0));
    let hear = {
        let unanswered = unanswered.clone();
        Rc::new(move |call| {
            if call == Call::Here {
                unanswered.set(0);
            }
        })
    };
    let line = arbiter.line(name, hear);
    loop {
        queued = match select(queued, executor.sleep(ASK_EVERY)).await {
            Either::Left((guard, _)) => return guard,
            Either::Right(((), still_queued)) => still_queued,
        };
        let Some(line) = &line else { continue };
        if unanswered.get() >= UNANSWERED {
            return arbiter.seize(name).await;
        }
        unanswered.set(unanswered.get() + 1);
        line.say(Call::AreYouThere);
    }
}

/// A guard that answers for as long as it is held.
fn holding(arbiter: &dyn Arbiter, name: &str, mut guard: LockGuard) -> LockGuard {
    let place: Rc<Cell<Option<Rc<dyn Line>>>> = Rc::default();
    let hear = {
        let place = Rc::downgrade(&place);
        Rc::new(move |call| {
            let line = place.upgrade().and_then(|place| {
                let line = place.take();
                place.set(line.clone());
                line
            });
            if let (Call::AreYouThere, Some(line)) = (call, line) {
                line.say(Call::Here);
            }
        })
    };
    let line = arbiter.line(name, hear);
    if let Some(line) = &line {
        // Whoever was about to take it from the last holder waits for this one.
        line.say(Call::Here);
    }
    place.set(line);
    let lost = guard.lost();
    LockGuard::holding((guard, place)).until(lost)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::rc::Weak;
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;
    use crate::bench::{executor, on_paused_time};

    /// The windows of one browser: a fair lock, and messages that frozen windows do not hear.
    #[derive(Default)]
    struct Browser {
        holder: RefCell<Option<oneshot::Sender<()>>>,
        queue: RefCell<VecDeque<oneshot::Sender<LockGuard>>>,
        hearing: RefCell<Vec<Weak<Place>>>,
    }

    struct Window {
        browser: Rc<Browser>,
        frozen: Rc<Cell<bool>>,
    }

    struct Place {
        browser: Rc<Browser>,
        frozen: Rc<Cell<bool>>,
        hear: Rc<dyn Fn(Call)>,
        me: Weak<Self>,
    }

    impl Line for Place {
        fn say(&self, call: Call) {
            let places: Vec<_> = self.browser.hearing.borrow().iter().filter_map(Weak::upgrade).collect();
            for place in places {
                if !std::ptr::eq(&*place, self) && !place.frozen.get() {
                    (place.hear)(call);
                }
            }
            assert!(self.me.upgrade().is_some());
        }
    }

    struct Release(Weak<Browser>);

    impl Drop for Release {
        fn drop(&mut self) {
            if let Some(browser) = self.0.upgrade() {
                browser.holder.borrow_mut().take();
                browser.hand_on();
            }
        }
    }

    impl Browser {
        fn give(self: &Rc<Self>) -> LockGuard {
            let (lose, lost) = oneshot::channel();
            *self.holder.borrow_mut() = Some(lose);
            let guard = LockGuard::holding(Release(Rc::downgrade(self)));
            guard.until(Box::pin(async move {
                if lost.await.is_err() {
                    std::future::pending::<()>().await;
                }
            }))
        }

        fn hand_on(self: &Rc<Self>) {
            while self.holder.borrow().is_none() {
                let Some(next) = self.queue.borrow_mut().pop_front() else { return };
                if !next.is_closed() {
                    let _ = next.send(self.give());
                }
            }
        }
    }

    impl Arbiter for Window {
        fn queue(&self, _name: &str) -> LocalFuture<LockGuard> {
            let (sender, turn) = oneshot::channel();
            self.browser.queue.borrow_mut().push_back(sender);
            self.browser.hand_on();
            Box::pin(async move { turn.await.unwrap() })
        }

        fn seize(&self, _name: &str) -> LocalFuture<LockGuard> {
            if let Some(lose) = self.browser.holder.borrow_mut().take() {
                let _ = lose.send(());
            }
            let guard = self.browser.give();
            Box::pin(async move { guard })
        }

        fn line(&self, _name: &str, hear: Rc<dyn Fn(Call)>) -> Option<Rc<dyn Line>> {
            let place = Rc::new_cyclic(|me| Place {
                browser: self.browser.clone(),
                frozen: self.frozen.clone(),
                hear,
                me: me.clone(),
            });
            self.browser.hearing.borrow_mut().push(Rc::downgrade(&place));
            Some(place)
        }
    }

    fn window(browser: &Rc<Browser>) -> (LivingLocks, Rc<Cell<bool>>) {
        let frozen = Rc::<Cell<bool>>::default();
        let arbiter = Window { browser: browser.clone(), frozen: frozen.clone() };
        (LivingLocks::new(Rc::new(arbiter), executor()), frozen)
    }

    #[test]
    fn a_holder_that_answers_keeps_its_lock_however_long_others_wait() {
        on_paused_time(async {
            let browser = Rc::default();
            let ((first, _), (second, _)) = (window(&browser), window(&browser));
            let held = first.acquire("lease").await;
            let waiting = tokio::time::timeout(Duration::from_secs(3600), second.acquire("lease")).await;
            assert!(waiting.is_err());
            drop(held);
        });
    }

    #[test]
    fn a_frozen_holder_is_replaced_within_twenty_seconds_and_told() {
        on_paused_time(async {
            let browser = Rc::default();
            let ((first, frozen), (second, _)) = (window(&browser), window(&browser));
            let mut held = first.acquire("lease").await;
            let waiting = tokio::task::spawn_local(second.acquire("lease"));
            // It answers for a while, and freezes right behind an answer.
            tokio::time::sleep(Duration::from_millis(60_001)).await;
            frozen.set(true);
            let since = tokio::time::Instant::now();
            let _taken = waiting.await.unwrap();
            assert!(since.elapsed() <= Duration::from_secs(20), "{:?}", since.elapsed());
            frozen.set(false);
            held.lost().await;
        });
    }

    #[test]
    fn a_holder_that_answers_loses_its_lock_to_one_that_is_told_to_take_it() {
        on_paused_time(async {
            let browser = Rc::default();
            let ((first, _), (second, _)) = (window(&browser), window(&browser));
            let mut held = first.acquire("lease").await;
            let taken = second.seize("lease").await;
            held.lost().await;
            let back = tokio::time::timeout(Duration::from_secs(3600), first.acquire("lease")).await;
            assert!(back.is_err(), "it answers, and so it keeps it");
            drop((held, taken));
        });
    }

    #[test]
    fn of_two_that_wait_for_a_frozen_holder_one_ends_up_with_the_lock() {
        on_paused_time(async {
            let browser = Rc::default();
            let ((first, frozen), (second, _), (third, _)) =
                (window(&browser), window(&browser), window(&browser));
            let held = first.acquire("lease").await;
            frozen.set(true);
            let waiting = [second, third].map(|window| {
                tokio::task::spawn_local(async move {
                    loop {
                        let mut guard = window.acquire("lease").await;
                        let lost = guard.lost();
                        if tokio::time::timeout(Duration::from_secs(600), lost).await.is_err() {
                            return;
                        }
                    }
                })
            });
            let [one, other] = waiting;
            let first = futures_util::future::select(one, other).await;
            let (Either::Left((ended, _)) | Either::Right((ended, _))) = first;
            ended.unwrap();
            drop(held);
        });
    }
}
