//! Futures and waiting on the page's event loop.

use copilot_core::Millis;
use copilot_storage::LocalFuture;
use js_sys::Promise;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::ports::Executor;

/// Longest span that `setTimeout` takes; it reads longer ones as "at once".
const LONGEST_TIMEOUT: u64 = 0x7fff_ffff;

pub(super) struct EventLoop;

impl Executor for EventLoop {
    fn spawn(&self, future: LocalFuture<()>) {
        spawn_local(future);
    }

    fn sleep(&self, span: Millis) -> LocalFuture<()> {
        Box::pin(async move {
            let mut left = span.0;
            loop {
                let part = left.min(LONGEST_TIMEOUT);
                timeout(part as i32).await;
                left -= part;
                if left == 0 {
                    return;
                }
            }
        })
    }
}

/// A timeout of the page that is cleared when nobody waits any more.
struct Timeout(Option<i32>);

impl Drop for Timeout {
    fn drop(&mut self) {
        if let (Some(id), Some(window)) = (self.0, web_sys::window()) {
            window.clear_timeout_with_handle(id);
        }
    }
}

async fn timeout(millis: i32) {
    let mut guard = Timeout(None);
    let over = Promise::new(&mut |resolve, _| {
        guard.0 = web_sys::window().and_then(|window| {
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).ok()
        });
    });
    // A timeout's promise is never rejected.
    let _ = JsFuture::from(over).await;
    drop(guard);
}
