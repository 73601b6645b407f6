//! Who writes: every window of a profile has an id and holds a Web Lock of that name while it lives.
//!
//! The browser lets go of the lock when the window closes, crashes or is discarded, so a held lock
//! is proof of life. Where there are no Web Locks every other window counts as dead.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::js;

/// One window, alive until it is dropped.
#[derive(Debug)]
pub(super) struct Instance {
    id: String,
    let_go: Rc<RefCell<Option<Function>>>,
}

impl Instance {
    /// Makes an id and waits until its lock is held.
    pub(super) async fn begin(name: &str) -> Self {
        // The time makes ids of one device sort by age; two windows of one millisecond differ by chance.
        let id = format!("{:013.0}-{:010.0}", js_sys::Date::now(), js_sys::Math::random() * 1e10);
        let let_go = Rc::default();
        // Without the lock the belt still works, but another window could take it for a dead one's.
        let _ = hold(&lock_name(name, &id), &let_go).await;
        Self { id, let_go }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(let_go) = self.let_go.take() {
            let _ = let_go.call0(&JsValue::UNDEFINED);
        }
    }
}

fn lock_name(name: &str, id: &str) -> String {
    format!("{name}:instance:{id}")
}

fn locks() -> Result<JsValue, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    Reflect::get(&window.navigator(), &"locks".into())
}

async fn hold(lock: &str, let_go: &Rc<RefCell<Option<Function>>>) -> Result<(), JsValue> {
    let locks = locks()?;
    let granted = Promise::new(&mut |granted, refused| {
        let let_go = Rc::clone(let_go);
        let while_held = Closure::once_into_js(move |_lock: JsValue| -> Promise {
            let _ = granted.call0(&JsValue::UNDEFINED);
            Promise::new(&mut |done, _| *let_go.borrow_mut() = Some(done))
        });
        let requested = js::call(&locks, "request", &[&lock.into(), &while_held]);
        let _ = match requested {
            Ok(ended) => js::call(&ended, "catch", &[&refused]),
            Err(error) => refused.call1(&JsValue::UNDEFINED, &error),
        };
    });
    js::settled(granted).await.map(|_| ())
}

/// Waits until a window is gone: queues for its lock, together with all others who wait for that.
pub(super) async fn ended(name: &str, id: &str) -> Result<(), JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"mode".into(), &"shared".into())?;
    // Given back at once: whoever held it will not ask again.
    let granted = Closure::once_into_js(|_lock: JsValue| {});
    let locks = locks()?;
    let queued = js::call(&locks, "request", &[&lock_name(name, id).into(), &options, &granted])?;
    js::settled(queued.dyn_into()?).await.map(|_| ())
}

/// The instances whose windows live.
pub(super) async fn alive(name: &str) -> Vec<String> {
    let prefix = lock_name(name, "");
    let held = held_locks().await.unwrap_or_default();
    held.iter().filter_map(|lock| lock.strip_prefix(&prefix).map(str::to_owned)).collect()
}

async fn held_locks() -> Result<Vec<String>, JsValue> {
    let query = js::call(&locks()?, "query", &[])?.dyn_into::<Promise>()?;
    let held = Array::from(&Reflect::get(&js::settled(query).await?, &"held".into())?);
    Ok(held.iter().filter_map(|lock| Reflect::get(&lock, &"name".into()).ok()?.as_string()).collect())
}
