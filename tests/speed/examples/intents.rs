//! The core's large world as a WebAssembly module: node does what `copilot-speed` does natively, and times it.
#![allow(clippy::unwrap_used, reason = "what cannot be measured ends the program")]

#[path = "../../../packages/core/benches/step/world.rs"]
mod world;

use wasm_bindgen::prelude::wasm_bindgen;
use world::World;

/// 10,000 cases, 100,000 messages, 1,000 operations that wait.
#[wasm_bindgen]
#[allow(missing_debug_implementations, reason = "a handle for JavaScript")]
pub struct Large(World);

#[wasm_bindgen]
impl Large {
    /// Builds it, which takes a while.
    #[wasm_bindgen(constructor)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "nothing about this world is a default")]
    pub fn new() -> Self {
        Self(World::large())
    }

    /// One message of the person.
    pub fn say(&mut self) {
        self.0.say(0, "p99 went from 210 ms to 4.1 s");
    }
}
