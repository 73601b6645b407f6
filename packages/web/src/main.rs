//! The side panel in a browser: as a page, an installed page, or the panel of an extension. Which ports, which renderer,
//! nothing else; `host` says what the browser can do, `extension`, `installed` and `place` what only some of its pages can.

mod extension;
mod host;
mod installed;
mod place;

use copilot_runtime::{App, Platform};
use copilot_ui::{Panel, Setup};
use dioxus::prelude::*;

fn main() {
    // A panel that stops says why in the console, before `boot.js` tells the person that it did.
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    dioxus::launch(page);
}

/// The root of the page, drawn into the element `main`.
fn page() -> Element {
    let setup = use_hook(|| {
        installed::install();
        Setup::new(App::start(Platform::web()), host::Page)
    });
    rsx! {
        Panel { setup }
    }
}
