//! The digest of a range of seeds as a WebAssembly module, to compare with what
//! `copilot-sim --digest` prints on other platforms (I16).

use copilot_sim::run::{Setup, Total, run_seed};
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs the seeds from `from` up to and without `to`. The digest in hexadecimal, as the command line
/// prints it.
#[wasm_bindgen]
#[must_use]
pub fn digest(from: u32, to: u32, events: u32) -> String {
    let mut total = Total::default();
    for seed in from..to {
        total.add(seed.into(), run_seed(seed.into(), events.into(), &Setup::default()));
    }
    format!("{:016x}", total.digest())
}
