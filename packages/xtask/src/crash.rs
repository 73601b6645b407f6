//! `cargo xtask crash`: what is lost or doubled when processes die, disks fail and windows compete.
//!
//! Tests run through the dangers and enter what each cost into a file, one line per cell; here they are
//! started, [`cells`] says which there must be, [`matrix`] prints them. `cargo xtask test` runs the same
//! tests with fewer repetitions, as `--short` does here.

mod cells;
mod matrix;
pub(crate) mod storage_suite;

use std::fs;
use std::process::Command;

use clap::Args;

use crate::Context;
use crate::bundle;
use crate::child;
use crate::dist;
use crate::failure::Failure;
use crate::progress::{Progress, Step, print_result};
use crate::server;
use crate::suite::e2e;
use crate::wasm_toolchain;
use crate::words;
use matrix::Matrix;

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Run each danger a few times only, as `cargo xtask test` does: minutes instead of half an hour.
    #[arg(long)]
    short: bool,
}

/// The tests of the file store that enter cells, as cargo names them.
const NATIVE: [&str; 4] = ["crash", "damage", "disk", "golden"];
/// The browser specs that enter cells.
const SPECS: [&str; 4] = ["crash.spec.js", "quota.spec.js", "storage.spec.js", "windows.spec.js"];

/// Compiler, tools, server, suite for the browser, native tests, browser tests.
const STEPS: usize = 6 + bundle::STEPS;

/// Runs everything, prints the matrix, and fails if something was lost, doubled or not reached.
pub(crate) fn run(context: &Context, options: &Options) -> Result<(), Failure> {
    let workspace = &context.workspace;
    let mut progress = Progress::new(STEPS, context.verbose);
    let toolchain = wasm_toolchain::prepare(context, &mut progress)?;
    let tools = progress.step(words::BROWSER_TOOLS, |step| e2e::prepare(workspace, step))?;
    dist::build_and_print(context, &toolchain, &mut progress)?;
    let server = progress.step(words::SERVER, |step| server::build(context, step))?;
    let suite =
        progress.step(words::STORAGE_SUITE, |step| storage_suite::build(context, step, &toolchain))?;

    let entries = workspace.scratch().join("crash.jsonl");
    if entries.exists() {
        fs::remove_file(&entries).map_err(Failure::file("remove", &entries))?;
    }
    let configure = |command: &mut Command| {
        command.env("COPILOT_CRASH", if options.short { "short" } else { "long" });
        command.env("COPILOT_CRASH_REPORT", &entries);
    };
    let native = progress.step(words::CRASH_FILES, |step| native(context, step, configure))?;
    let browser = progress.step(words::CRASH_BROWSER, |step| {
        let programs = e2e::Programs { server: &server, storage_suite: Some(&suite) };
        let counts = e2e::run(workspace, step, &tools, programs, |command| {
            configure(command);
            // One after the other: what is measured here is not what two browsers cost each other.
            command.args(["--workers", "1"]).args(SPECS);
        })?;
        step.note(counts.to_string());
        Ok(counts.failed == 0)
    })?;

    let text = if entries.exists() {
        fs::read_to_string(&entries).map_err(Failure::file("read", &entries))?
    } else {
        String::new()
    };
    let matrix = Matrix::read(&text);
    let report = workspace.target.join("crash.json");
    fs::write(&report, matrix.to_json()).map_err(Failure::file("write", &report))?;
    print_result(&matrix.to_string());
    if native && browser && matrix.holds() { Ok(()) } else { Err(Failure::Tests) }
}

/// Whether the tests of the file store passed.
fn native(context: &Context, step: &mut Step, configure: impl Fn(&mut Command)) -> Result<bool, Failure> {
    let mut command = context.workspace.cargo();
    command.args(["test", "--no-fail-fast", "--package", "copilot-storage"]);
    command.args(NATIVE.iter().flat_map(|test| ["--test", test]));
    configure(command.env("CARGO_TERM_COLOR", "never"));
    let finished = child::observe(step, "cargo test of copilot-storage", &mut command)?;
    if !finished.status.success() {
        finished.show(step);
    }
    Ok(finished.status.success())
}
