//! The side panel as a web page: which ports, which renderer, nothing else.

mod host;

use copilot_runtime::{App, Platform};
use copilot_ui::{Panel, Setup};
use dioxus::prelude::*;

fn main() {
    dioxus::launch(page);
}

/// The root of the page, drawn into the element `main`.
fn page() -> Element {
    let setup = use_hook(|| Setup::new(App::start(Platform::web()), host::Page));
    rsx! {
        Panel { setup }
    }
}
