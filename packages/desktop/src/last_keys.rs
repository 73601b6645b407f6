//! The keys that were pressed before the window was closed.
//!
//! The engine hands them to the page's process one by one, each when the one before is done with. The order to close
//! overtakes them: on a busy machine the last letters of a message are still on their way when the window is gone.
//! The page is asked how often keys have moved in it; each answer comes behind at least one of those keys.

use std::cell::RefCell;
use std::time::Duration;

use tokio::sync::oneshot;

/// Answers in a row that tell nothing new until all keys count as arrived. One would do while each answer comes behind a
/// key; the rest is for keys that the system itself still holds.
const QUIET: u32 = 4;

/// How long the keys are waited for: a page that is gone answers nothing.
const AT_MOST: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Default)]
pub(crate) struct LastKeys {
    asked: RefCell<Option<oneshot::Sender<u64>>>,
}

impl LastKeys {
    /// The page has answered how often keys have moved in it.
    pub(crate) fn told(&self, times: u64) {
        if let Some(asked) = self.asked.take() {
            // Whoever asked may have stopped waiting.
            let _ = asked.send(times);
        }
    }

    /// Waits until all keys have arrived. `ask` has the page answer.
    pub(crate) async fn arrive(&self, ask: impl Fn()) {
        let _ = tokio::time::timeout(AT_MOST, async {
            let (mut known, mut quiet) = (None, 0);
            while quiet < QUIET {
                let (asked, answer) = oneshot::channel();
                self.asked.replace(Some(asked));
                ask();
                let Ok(times) = answer.await else { return };
                quiet = if known.replace(times) == Some(times) { quiet + 1 } else { 0 };
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn keys_are_waited_for_until_the_page_hears_no_more_of_them() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (keys, asked) = (LastKeys::default(), Cell::new(0_u64));
        runtime.block_on(keys.arrive(|| {
            asked.set(asked.get() + 1);
            // Two keys, of which each arrives between two answers.
            keys.told((asked.get() / 2).min(2));
        }));
        assert_eq!(asked.get(), 4 + u64::from(QUIET), "the second key came with the fourth answer");
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_no_trouble() {
        LastKeys::default().told(3);
    }
}
