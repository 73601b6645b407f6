//! What stands behind the `#` of this page's address.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

const CHANGED: &str = "hashchange";

/// The address of this page with another place behind the `#`. Of an extension it works in this browser only.
pub(crate) fn address_of(place: &str) -> Option<String> {
    let location = web_sys::window()?.location();
    Some(format!("{}{}#{place}", location.origin().ok()?, location.pathname().ok()?))
}

fn place() -> Option<String> {
    let hash = web_sys::window()?.location().hash().ok()?;
    hash.strip_prefix('#').map(str::to_owned)
}

/// Tells the place, now and whenever it changes, until it is dropped.
pub(crate) struct Watch {
    listener: Closure<dyn Fn()>,
}

impl Watch {
    pub(crate) fn new(call: Box<dyn Fn(&str)>) -> Self {
        let tell = move || {
            if let Some(place) = place() {
                call(&place);
            }
        };
        tell();
        let watch = Self { listener: Closure::wrap(Box::new(tell)) };
        if let Some(window) = web_sys::window() {
            let listener = watch.listener.as_ref().unchecked_ref();
            let _ = window.add_event_listener_with_callback(CHANGED, listener);
        }
        watch
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            let listener = self.listener.as_ref().unchecked_ref();
            let _ = window.remove_event_listener_with_callback(CHANGED, listener);
        }
    }
}
