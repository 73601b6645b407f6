//! Web Locks: requested once and queued by the browser, gone with the window that holds them.
//!
//! Called by name, because `web-sys` has them only behind a compiler flag.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_storage::LocalFuture;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use crate::ports::{LockGuard, Locks};

pub(super) struct WebLocks;

impl Locks for WebLocks {
    /// On a page without Web Locks (not a secure origin) the lock is taken as free. Then the epoch in
    /// the store alone decides who sends: the window that came last.
    fn acquire(&self, name: &str) -> LocalFuture<LockGuard> {
        let request = Request::new(name);
        Box::pin(async move {
            match request {
                Some((place, granted)) => match JsFuture::from(granted).await {
                    Ok(_) => LockGuard::holding(place),
                    Err(_) => LockGuard::alone(),
                },
                None => LockGuard::alone(),
            }
        })
    }
}

/// A place in the queue, or the lock itself. Dropping it gives up either.
struct Request {
    leave_queue: Option<AbortController>,
    /// Ends the promise that holds the lock, once it is held.
    give_back: Rc<RefCell<Option<Function>>>,
}

impl Request {
    /// Queues; the promise is fulfilled when the lock is held.
    fn new(name: &str) -> Option<(Self, Promise)> {
        let locks = Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok()?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let options = Object::new();
        let leave_queue = AbortController::new().ok();
        if let Some(controller) = &leave_queue {
            Reflect::set(&options, &"signal".into(), &controller.signal()).ok()?;
        }
        let give_back: Rc<RefCell<Option<Function>>> = Rc::default();
        let mut refused = None;
        let granted = Promise::new(&mut |granted, reject| {
            let give_back = give_back.clone();
            let held = Closure::once_into_js(move |_lock: JsValue| -> Promise {
                // The browser keeps the lock for as long as this promise is open.
                let until =
                    Promise::new(&mut |done, _| *give_back.borrow_mut() = Some(done.unchecked_into()));
                let _ = granted.call0(&JsValue::UNDEFINED);
                until
            });
            match request.call3(&locks, &name.into(), &options, &held) {
                // Rejected when the queue is left.
                Ok(queued) => refused = queued.dyn_into::<Promise>().ok().map(|queued| (queued, reject)),
                Err(error) => drop(reject.call1(&JsValue::UNDEFINED, &error)),
            }
        });
        if let Some((queued, reject)) = refused {
            let rejected = Closure::once_into_js(move |error: JsValue| {
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
            });
            let _ = Reflect::get(&queued, &"catch".into())
                .and_then(JsCast::dyn_into::<Function>)
                .and_then(|catch| catch.call1(&queued, &rejected));
        }
        Some((Self { leave_queue, give_back }, granted))
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        match self.give_back.borrow_mut().take() {
            Some(give_back) => drop(give_back.call0(&JsValue::UNDEFINED)),
            None => {
                if let Some(controller) = &self.leave_queue {
                    controller.abort();
                }
            }
        }
    }
}
