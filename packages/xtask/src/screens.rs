//! `cargo xtask screens`: a picture of every screen and state, in both themes and at every width of the layout.
//!
//! For people to look at; no pixels are compared. That the scenes pass axe is checked by `cargo xtask test`.

use std::fs;

use crate::Context;
use crate::bundle;
use crate::dist;
use crate::failure::Failure;
use crate::progress::{Progress, print_result};
use crate::server;
use crate::suite::e2e;
use crate::wasm_toolchain;
use crate::words;

/// Compiler, tools, server, pictures.
const STEPS: usize = 4 + bundle::STEPS;

/// Builds the bundle and the server and writes the pictures into `target/screens`. Older ones are removed.
pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let workspace = &context.workspace;
    let mut progress = Progress::new(STEPS, context.verbose);
    let toolchain = wasm_toolchain::prepare(context, &mut progress)?;
    let tools = progress.step(words::BROWSER_TOOLS, |step| e2e::prepare(workspace, step))?;
    dist::build_and_print(context, &toolchain, &mut progress)?;
    let server = progress.step(words::SERVER, |step| server::build(context, step))?;
    let folder = workspace.target.join("screens");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file("remove", &folder))?;
    }
    let counts = progress.step(words::SCREENS, |step| {
        let programs = e2e::Programs { server: &server, storage_suite: None };
        let counts = e2e::run(workspace, step, &tools, programs, |command| {
            command.env("COPILOT_SCREENS", &folder).arg("screens.spec.js");
        })?;
        step.note(counts.to_string());
        Ok(counts)
    })?;
    if counts.failed > 0 {
        return Err(Failure::Tests);
    }
    print_result(&words::pictures(&folder));
    Ok(())
}
