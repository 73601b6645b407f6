//! The suite that every store runs, as a page: compiled for the browser and joined to JavaScript.
//!
//! `tests/e2e/storage.spec.js` opens it. The bundle people get holds nothing of it.

use std::fs;
use std::path::PathBuf;

use wasm_bindgen_cli_support::Bindgen;

use crate::Context;
use crate::cargo::{self, Product};
use crate::failure::Failure;
use crate::progress::Step;
use crate::wasm_toolchain::WasmToolchain;

/// Package and program have one name.
const PROGRAM: &str = "copilot-storage";
/// What the files are called: `storage_suite.js` and `storage_suite_bg.wasm`.
const STEM: &str = "storage_suite";

/// Builds it and returns the folder with its files.
pub(crate) fn build(
    context: &Context,
    step: &mut Step,
    toolchain: &WasmToolchain,
) -> Result<PathBuf, Failure> {
    let mut command = toolchain.cargo(&context.workspace, "build");
    // The profile of the bundle: what both are made of is compiled once.
    command.args(["--profile", "web", "--features", "conformance"]);
    let compiled = cargo::build(step, PROGRAM, Product::Module, &mut command)?;
    let bytes = fs::read(&compiled).map_err(Failure::file("read", &compiled))?;
    let folder = context.workspace.scratch().join("storage-suite");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(STEM, bytes)
        .typescript(false)
        .omit_default_module_path(false)
        .web(true)
        .and_then(|bindgen| bindgen.generate(&folder))
        .map_err(|error| Failure::Bindgen(format!("{error:#}")))?;
    Ok(folder)
}
