//! The web bundle: `packages/web` compiled, joined to JavaScript, made small, checked, and written to `dist`.
//!
//! Read in the order of the pipeline: [`module`] (wasm-bindgen, wasm-opt), [`order`] (functions
//! by [`likeness`]), [`glue`] (no compiling of text),
//! [`assemble`] (the folder and its [`compress`]ed copies, with [`diagrams`] and what makes it [`installed`]), [`policy`] (what
//! browser extensions accept), [`extension`] (the same files as an extension), [`sizes`].

mod assemble;
mod compress;
mod diagrams;
mod extension;
mod glue;
mod imports;
mod installed;
mod likeness;
mod module;
mod order;
mod page;
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

/// What a build has made.
#[derive(Debug)]
pub(crate) struct Built {
    /// The files of the web bundle.
    pub(crate) web: Vec<sizes::File>,
    /// The extension made of them.
    pub(crate) extension: extension::Packed,
}

/// Brings `dist` up to date.
pub(crate) fn build(
    context: &Context,
    toolchain: &WasmToolchain,
    progress: &mut Progress,
) -> Result<Built, Failure> {
    let workspace = &context.workspace;
    let compiled = progress.step(words::COMPILE, |step| {
        let mut command = toolchain.cargo(workspace, "build");
        command.args(["--profile", "web"]);
        cargo::build(step, PACKAGE, Product::Module, &mut command)
    })?;
    let module = progress.step(words::MODULE, |step| module::make(workspace, step, &compiled))?;
    progress.step(words::ASSEMBLE, |step| {
        let web = assemble::write(workspace, &module)?;
        policy::check(step, &workspace.web_bundle(), web.iter().map(|file| file.name.as_str()))?;
        let extension = extension::write(workspace, step, &web)?;
        Ok(Built { web, extension })
    })
}
