//! How often somebody may do something: a sliding window per name.
//!
//! In memory only: a restart forgives. Who is counted and what a refusal says is decided by the caller.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::clock::Moment;

/// Names in memory before those whose window is over are forgotten.
const FORGET_ABOVE: usize = 4096;

/// Lets each name do something `count` times within `seconds`.
#[derive(Debug)]
pub(crate) struct Limiter {
    count: usize,
    seconds: i64,
    seen: Mutex<HashMap<String, VecDeque<Moment>>>,
}

impl Limiter {
    /// A limiter that has seen nobody.
    pub(crate) fn new(count: usize, seconds: i64) -> Self {
        Self { count, seconds, seen: Mutex::default() }
    }

    /// How often a name may do it.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The window in seconds.
    pub(crate) fn seconds(&self) -> i64 {
        self.seconds
    }

    /// Whole seconds until `name` may do it again; `None` when it may now. Does not count.
    pub(crate) fn wait(&self, name: &str, now: Moment) -> Option<u64> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.get_mut(name)?;
        self.forget(times, now);
        if times.len() < self.count {
            return None;
        }
        let free = times.front()?.plus_seconds(self.seconds);
        let millis = u64::try_from(free.0.saturating_sub(now.0)).unwrap_or_default();
        Some(millis.div_ceil(1000).max(1))
    }

    /// Counts that `name` did it.
    pub(crate) fn note(&self, name: &str, now: Moment) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > FORGET_ABOVE {
            seen.retain(|_, times| {
                self.forget(times, now);
                !times.is_empty()
            });
        }
        // Where a flood of names outruns the forgetting, all of them share what is left.
        if seen.len() > FORGET_ABOVE {
            seen.clear();
        }
        seen.entry(name.to_owned()).or_default().push_back(now);
    }

    /// Forgets what `name` did, because it has shown that it may.
    pub(crate) fn forgive(&self, name: &str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    fn forget(&self, times: &mut VecDeque<Moment>, now: Moment) {
        while times.front().is_some_and(|first| first.plus_seconds(self.seconds) <= now) {
            times.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_waits_until_its_window_has_moved_on_and_others_do_not() {
        let limiter = Limiter::new(2, 60);
        limiter.note("a", Moment(0));
        assert_eq!(limiter.wait("a", Moment(0)), None);
        limiter.note("a", Moment(10_000));
        assert_eq!(limiter.wait("a", Moment(15_500)), Some(45));
        assert_eq!(limiter.wait("b", Moment(15_500)), None);
        assert_eq!(limiter.wait("a", Moment(60_000)), None);
        limiter.note("a", Moment(60_000));
        assert_eq!(limiter.wait("a", Moment(60_001)), Some(10));
        limiter.forgive("a");
        assert_eq!(limiter.wait("a", Moment(60_001)), None);
    }

    #[test]
    fn a_flood_of_names_does_not_fill_the_memory() {
        let limiter = Limiter::new(1, 60);
        for n in 0..20_000 {
            limiter.note(&n.to_string(), Moment(0));
        }
        assert!(limiter.seen.lock().unwrap().len() <= FORGET_ABOVE + 1);
    }
}
