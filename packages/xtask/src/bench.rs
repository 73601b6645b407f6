//! `cargo xtask bench`: everything that has a budget, measured and put into one table.
//!
//! Who measures prints samples by name ([`measure`]): `copilot-speed` what runs without a screen, its module the core as
//! WebAssembly, Playwright the browser, [`windows`] the native windows. [`budgets`] says what each may be, [`table`]
//! what came of it. A time over its budget is shown, not failed: machines differ and are shared. What must not get
//! worse on any machine is held by tests, which compare ratios.

mod budgets;
mod measure;
mod table;
mod windows;

use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Args;

use crate::Context;
use crate::bundle;
use crate::cargo::{self, Product};
use crate::child;
use crate::failure::Failure;
use crate::node::Node;
use crate::node_module::NodeModule;
use crate::progress::{Progress, Step, print_result};
use crate::server;
use crate::suite::{e2e, windows as window_tools};
use crate::wasm_toolchain::{self, WasmToolchain};
use crate::words;
use crate::workspace::Workspace;
use measure::Measures;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A few runs in small worlds, to see that everything runs. The figures mean nothing.
    #[arg(long)]
    quick: bool,

    /// Leave out the native windows, which are compiled for minutes and need WebKitGTK.
    #[arg(long)]
    no_windows: bool,

    /// Measure the native windows and nothing else.
    #[arg(long, conflicts_with = "no_windows")]
    only_windows: bool,
}

const PROGRAM: &str = "copilot-speed";
/// The core's steps as WebAssembly.
const INTENTS: NodeModule = NodeModule { package: PROGRAM, example: "intents" };
/// Compiler, browser tools, server, programs without a screen, module, browser.
const STEPS: usize = 6 + bundle::STEPS;
/// Libraries, programs, starts.
const WINDOW_STEPS: usize = 3;
/// The server that the windows are signed in to.
const SERVER_STEPS: usize = 1;

/// Measures, prints the table and writes `target/bench.json`.
pub(crate) fn run(context: &Context, options: &Options) -> Result<(), Failure> {
    let workspace = &context.workspace;
    if options.only_windows {
        let mut progress = Progress::new(SERVER_STEPS + WINDOW_STEPS, context.verbose);
        let server = progress.step(words::SERVER, |step| server::build(context, step))?;
        let mut measures = Measures::default();
        windows_of(context, &mut progress, options, &server, &mut measures)?;
        print_result(&table::measured(&measures));
        return Ok(());
    }
    let steps = STEPS + if options.no_windows { 0 } else { WINDOW_STEPS };
    let mut progress = Progress::new(steps, context.verbose);
    let node = Node::find().ok_or(Failure::NoNode)?;
    let toolchain = wasm_toolchain::prepare(context, &mut progress)?;
    let tools = progress.step(words::BROWSER_TOOLS, |step| e2e::prepare(workspace, step))?;
    let built = bundle::build(context, &toolchain, &mut progress)?;
    let server = progress.step(words::SERVER, |step| server::build(context, step))?;

    let mut measures = Measures::default();
    measures.add_value("web.size", "KB", bundle::sizes::eager_gzip(&built) as f64 / 1e3);
    measures.add_value("web.size.brotli", "KB", bundle::sizes::eager_brotli(&built) as f64 / 1e3);
    measures.add_value("extension.size", "KB", built.extension.archive as f64 / 1e3);
    // What one of them cannot measure does not take the figures of the others with it.
    let mut all = true;
    let mut part = |outcome: Result<bool, Failure>| match outcome {
        Ok(complete) => all &= complete,
        Err(failure) => {
            all = false;
            eprintln!("{failure}");
        }
    };
    part(progress.step(words::BENCH_NATIVE, |step| native(context, step, options, &mut measures)));
    part(progress.step(words::BENCH_MODULE, |step| {
        module(context, step, options, (&toolchain, &node), &mut measures).map(|()| true)
    }));
    part(progress.step(words::BENCH_BROWSER, |step| {
        browser(workspace, step, options, (&tools, &server), &mut measures)
    }));
    if !options.no_windows {
        part(windows_of(context, &mut progress, options, &server, &mut measures).map(|()| true));
    }

    let report = workspace.target.join("bench.json");
    fs::write(&report, table::json(&measures)).map_err(Failure::file("write", &report))?;
    print_result(&table::text(&measures));
    if all { Ok(()) } else { Err(Failure::Measurements) }
}

/// The panel in Chromium.
fn browser(
    workspace: &Workspace,
    step: &mut Step,
    options: &Options,
    (tools, server): (&e2e::BrowserTools, &Path),
    measures: &mut Measures,
) -> Result<bool, Failure> {
    let report = workspace.scratch().join("bench.jsonl");
    if report.exists() {
        fs::remove_file(&report).map_err(Failure::file("remove", &report))?;
    }
    let programs = e2e::Programs { server, storage_suite: None };
    let counts = e2e::run(workspace, step, tools, programs, |command| {
        command.args(["--config", "speed.config.js"]);
        command.env("COPILOT_BENCH_REPORT", &report);
        if options.quick {
            command.env("COPILOT_BENCH", "quick");
        }
    })?;
    let text = fs::read_to_string(&report).unwrap_or_default();
    measures.read(text.lines());
    Ok(counts.failed == 0)
}

/// The native windows.
fn windows_of(
    context: &Context,
    progress: &mut Progress,
    options: &Options,
    server: &Path,
    measures: &mut Measures,
) -> Result<(), Failure> {
    progress.step(words::WINDOW_TOOLS, window_tools::prepare)?;
    let programs = progress.step(words::BENCH_WINDOWS, |step| windows::build(context, step))?;
    progress.step(words::BENCH_STARTS, |step| {
        let starts = if options.quick { 2 } else { 20 };
        windows::measure(&context.workspace, step, (&programs, server), starts, measures)
    })
}

/// What runs without a screen.
fn native(
    context: &Context,
    step: &mut Step,
    options: &Options,
    measures: &mut Measures,
) -> Result<bool, Failure> {
    let mut build = context.workspace.cargo();
    build.args(["build", "--release"]);
    let program = cargo::build(step, PROGRAM, Product::Executable, &mut build)?;
    let mut command = Command::new(program);
    if options.quick {
        command.arg("--quick");
    }
    let finished = child::observe(step, PROGRAM, &mut command)?;
    measures.read(finished.stdout.iter().map(String::as_str));
    child::succeed(step, PROGRAM, finished).map(|_| true)
}

/// The core's steps as they are in a browser: V8 runs both.
fn module(
    context: &Context,
    step: &mut Step,
    options: &Options,
    tools: (&WasmToolchain, &Node),
    measures: &mut Measures,
) -> Result<(), Failure> {
    let runs = if options.quick { 20 } else { 1_000 };
    let script = format!(
        "const {{ Large }} = require('./{}.js');\n\
         const world = new Large();\n\
         const samples = [];\n\
         for (let run = 0; run < {runs}; run += 1) {{\n  \
           const begun = performance.now();\n  \
           world.say();\n  \
           samples.push(performance.now() - begun);\n\
         }}\n\
         console.log(JSON.stringify({{ measure: 'core.intent.wasm', unit: 'ms', samples }}));\n",
        INTENTS.example
    );
    let lines = INTENTS.run(context, step, tools, &script)?;
    measures.read(lines.iter().map(String::as_str));
    Ok(())
}
