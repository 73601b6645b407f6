//! Small tools for futures of one thread.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use copilot_storage::LocalFuture;
use futures_util::future::{AbortHandle, abortable};
use futures_util::task::noop_waker_ref;

use crate::ports::Executor;

/// A task that ends when its owner lets go of it.
#[must_use = "the task ends as soon as its owner is dropped"]
pub(crate) struct OwnedTask(AbortHandle);

impl Drop for OwnedTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Starts a task that belongs to whoever keeps the result.
pub(crate) fn spawn_owned(
    executor: &Rc<dyn Executor>,
    future: impl Future<Output = ()> + 'static,
) -> OwnedTask {
    let (future, handle) = abortable(future);
    executor.spawn(Box::pin(async move {
        // The only other outcome is that the owner let go, which is as intended.
        let _ = future.await;
    }));
    OwnedTask(handle)
}

/// The result of a future that needs nothing more, without waiting for one that does. A pending
/// future stays usable: whoever polls it next is woken.
pub(crate) fn if_ready<T>(future: &mut LocalFuture<T>) -> Option<T> {
    match Pin::new(future).poll(&mut Context::from_waker(noop_waker_ref())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
