//! The panel as an installed program: its service worker, and newer versions; the calls are in `installed.js`.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/installed.js")]
extern "C" {
    /// Registers the service worker; where there can be none nothing happens.
    pub(crate) fn install();

    fn watch(listener: &Closure<dyn Fn()>);

    fn unwatch(listener: &Closure<dyn Fn()>);

    /// Changes to the newer version.
    pub(crate) fn update();
}

/// Waits for a newer version until it is dropped.
pub(crate) struct Watch(Closure<dyn Fn()>);

impl Watch {
    pub(crate) fn new(call: Box<dyn Fn()>) -> Self {
        let listener = Closure::wrap(call);
        watch(&listener);
        Self(listener)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        unwatch(&self.0);
    }
}
