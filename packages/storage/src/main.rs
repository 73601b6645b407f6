//! The suite that every store runs, as a program for the browser, where the web store is held to it.
//!
//! A page loads it and reads from its own variables how it went: `kept` when every promise holds,
//! `broken` with the sentence of the first that does not. Nothing of this is in the panel.

#[cfg(target_arch = "wasm32")]
fn main() {
    page::run();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The suite of the stores runs in a browser: cargo xtask test opens it there.");
}

#[cfg(target_arch = "wasm32")]
mod page {
    use copilot_storage::conformance::{self, Windows};
    use copilot_storage::web::WebStore;
    use js_sys::{Reflect, global};
    use wasm_bindgen_futures::spawn_local;

    fn say(name: &str, what: &str) {
        // A page that cannot be written to shows neither word, which is a failure too.
        let _ = Reflect::set(&global(), &name.into(), &what.into());
    }

    pub(super) fn run() {
        std::panic::set_hook(Box::new(|promise| say("broken", &promise.to_string())));
        spawn_local(async {
            conformance::run(Windows::Many, |name| {
                let profile = format!("suite:{name}");
                Box::pin(async move { WebStore::open(&profile).await })
            })
            .await;
            say("kept", "every promise");
        });
    }
}
