//! The web bundle: `packages/web` compiled, joined to JavaScript, made small, checked, and written to `dist/web`.
//!
//! Read in the order of the pipeline: [`module`] (wasm-bindgen, wasm-opt), [`glue`] (no compiling of text),
//! [`assemble`] (the folder and its compressed copies, with [`diagrams`]), [`policy`] (what browser extensions accept), [`sizes`].

mod assemble;
mod diagrams;
mod glue;
mod imports;
mod module;
mod policy;
pub(crate) mod sizes;

use crate::Context;
use crate::cargo::{self, Product};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::wasm_toolchain::WasmToolchain;
use crate::words;

/// Steps that [`build`] reports.
pub(crate) const STEPS: usize = 3;

const PACKAGE: &str = "copilot-web";

/// Brings `dist/web` up to date and returns its files.
pub(crate) fn build(
    context: &Context,
    toolchain: &WasmToolchain,
    progress: &mut Progress,
) -> Result<Vec<sizes::File>, Failure> {
    let workspace = &context.workspace;
    let compiled = progress.step(words::COMPILE, |step| {
        let mut command = toolchain.cargo(workspace, "build");
        command.args(["--profile", "web"]);
        cargo::build(step, PACKAGE, Product::Module, &mut command)
    })?;
    let module = progress.step(words::MODULE, |step| module::make(workspace, step, &compiled))?;
    progress.step(words::ASSEMBLE, |step| {
        let files = assemble::write(workspace, &module)?;
        policy::check(step, &workspace.web_bundle(), &files)?;
        Ok(files)
    })
}
