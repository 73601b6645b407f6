//! Web Locks: requested once and queued by the browser, gone with the window that holds them.
//!
//! Called by name, because `web-sys` has them only behind a compiler flag. What windows say about a
//! lock goes over a `BroadcastChannel` of the lock's name.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_storage::LocalFuture;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, BroadcastChannel, MessageEvent};

use super::listener::EventListener;
use crate::living_locks::{Arbiter, Call, Line};
use crate::ports::LockGuard;

pub(super) struct WebLocks;

impl Arbiter for WebLocks {
    fn queue(&self, name: &str) -> LocalFuture<LockGuard> {
        guarded(Request::new(name, How::Queue))
    }

    fn seize(&self, name: &str) -> LocalFuture<LockGuard> {
        guarded(Request::new(name, How::Seize))
    }

    fn line(&self, name: &str, hear: Rc<dyn Fn(Call)>) -> Option<Rc<dyn Line>> {
        let channel = BroadcastChannel::new(name).ok()?;
        let messages = EventListener::new(&channel, "message", move |event| {
            let text = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
            match text.as_deref() {
                Some(ARE_YOU_THERE) => hear(Call::AreYouThere),
                Some(HERE) => hear(Call::Here),
                _ => {}
            }
        });
        Some(Rc::new(Place { channel, _messages: messages }))
    }
}

const ARE_YOU_THERE: &str = "are you there";
const HERE: &str = "here";

struct Place {
    channel: BroadcastChannel,
    _messages: EventListener,
}

impl Line for Place {
    fn say(&self, call: Call) {
        let text = match call {
            Call::AreYouThere => ARE_YOU_THERE,
            Call::Here => HERE,
        };
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// On a page without Web Locks (not a secure origin) the lock is taken as free. Then the epoch in the
/// store alone decides who sends: the window that came last.
fn guarded(request: Option<(Request, Promise, Promise)>) -> LocalFuture<LockGuard> {
    Box::pin(async move {
        match request {
            Some((place, granted, taken)) => match JsFuture::from(granted).await {
                Ok(_) => LockGuard::holding(place).until(Box::pin(async move {
                    let _ = JsFuture::from(taken).await;
                })),
                Err(_) => LockGuard::alone(),
            },
            None => LockGuard::alone(),
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Queue,
    Seize,
}

/// A place in the queue, or the lock itself. Dropping it gives up either.
struct Request {
    leave_queue: Option<AbortController>,
    /// Ends the promise that holds the lock, once it is held.
    give_back: Rc<RefCell<Option<Function>>>,
}

impl Request {
    /// Asks; the first promise is fulfilled when the lock is held, the second when it is held and
    /// somebody takes it away.
    fn new(name: &str, how: How) -> Option<(Self, Promise, Promise)> {
        let locks = Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok()?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let options = Object::new();
        let leave_queue = match how {
            How::Queue => AbortController::new().ok(),
            // The browser refuses a request that steals and can be taken back.
            How::Seize => None,
        };
        if let Some(controller) = &leave_queue {
            Reflect::set(&options, &"signal".into(), &controller.signal()).ok()?;
        }
        if how == How::Seize {
            Reflect::set(&options, &"steal".into(), &JsValue::TRUE).ok()?;
        }
        let give_back: Rc<RefCell<Option<Function>>> = Rc::default();
        let mut ended = None;
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
                // Rejected when the queue is left, and when the lock is taken away.
                Ok(queued) => ended = queued.dyn_into::<Promise>().ok().map(|queued| (queued, reject)),
                Err(error) => drop(reject.call1(&JsValue::UNDEFINED, &error)),
            }
        });
        let taken = Promise::new(&mut |taken, _| {
            let Some((queued, reject)) = ended.take() else { return };
            let rejected = Closure::once_into_js(move |error: JsValue| {
                // Whichever of the two is not yet settled is the one that is meant.
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
                let _ = taken.call0(&JsValue::UNDEFINED);
            });
            let _ = Reflect::get(&queued, &"catch".into())
                .and_then(JsCast::dyn_into::<Function>)
                .and_then(|catch| catch.call1(&queued, &rejected));
        });
        Some((Self { leave_queue, give_back }, granted, taken))
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
