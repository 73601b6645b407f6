//! `cargo xtask test`: everything the tests need, then every check and test, then one table.
//!
//! A failing runner does not stop the others. [`runners`] has one function per step,
//! [`counts`] reads what the test programs print, [`summary`] adds it up.

pub(crate) mod counts;
pub(crate) mod e2e;
mod runners;
mod summary;
pub(crate) mod windows;

use std::time::{Duration, Instant};

use clap::Args;

use crate::Context;
use crate::bundle;
use crate::crash::storage_suite;
use crate::dist;
use crate::failure::Failure;
use crate::progress::{Progress, Step, print_result};
use crate::server;
use crate::wasm_toolchain::{self, WasmToolchain};
use crate::words::{self, Title};
use counts::Counts;
use e2e::BrowserTools;
use summary::{Row, Summary};

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out what needs the web bundle or a page engine: WebAssembly lints, the bundle, the browser tests, the
    /// desktop window and the phone preview.
    #[arg(long)]
    quick: bool,

    /// Run only tests whose names contain this text, and none of the other checks.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

/// What the steps share.
struct Run<'a> {
    context: &'a Context,
    progress: Progress,
    summary: Summary,
}

/// Installs, runs and adds up. Fails if one check failed, after all have run.
pub(crate) fn run(context: &Context, options: &Options) -> Result<(), Failure> {
    let mut run = Run {
        context,
        progress: Progress::new(steps(options), context.verbose),
        summary: Summary::default(),
    };
    let tools = if options.quick { None } else { Some(run.prepare()?) };
    let filter = options.filter.as_deref();
    if filter.is_none() {
        run.count(words::FORMAT, runners::format);
        run.count(words::LINT, runners::lint);
        if let Some((toolchain, _)) = &tools {
            run.count(words::LINT_WASM, |context, step| runners::lint_wasm(context, step, toolchain));
        }
    }
    run.count(words::TESTS, |context, step| runners::tests(context, step, filter));
    if filter.is_none() {
        run.count(words::DOC_TESTS, runners::doc_tests);
    }
    if tools.is_some() {
        if filter.is_none() {
            run.count(words::LINT_WINDOWS, windows::lint);
        }
        run.count(words::WINDOWS, |context, step| windows::tests(context, step, filter));
    }
    if let Some((toolchain, browser)) = &tools {
        run.in_the_browser(toolchain, browser, filter);
    }
    print_result(&run.summary.to_string());
    if run.summary.passed() { Ok(()) } else { Err(Failure::Tests) }
}

/// How many steps [`run`] reports with these options.
fn steps(options: &Options) -> usize {
    let checks = if options.filter.is_some() { 1 } else { 4 };
    // For WebAssembly and for the windows.
    let lints = if options.filter.is_some() { 0 } else { 2 };
    // Preparation takes three steps; the windows one; the server, the suite of the stores and the browser tests
    // another three.
    let browser = if options.quick { 0 } else { 3 + lints + 1 + bundle::STEPS + 3 };
    checks + browser
}

impl Run<'_> {
    /// What is missing is missed here, before minutes of work, not after.
    fn prepare(&mut self) -> Result<(WasmToolchain, BrowserTools), Failure> {
        let context = self.context;
        let toolchain = wasm_toolchain::prepare(context, &mut self.progress)?;
        let browser =
            self.progress.step(words::BROWSER_TOOLS, |step| e2e::prepare(&context.workspace, step))?;
        self.progress.step(words::WINDOW_TOOLS, windows::prepare)?;
        Ok((toolchain, browser))
    }

    /// Runs one step and enters it in the summary; a step that could not run at all counts as one failure.
    fn count(&mut self, title: Title, work: impl FnOnce(&Context, &mut Step) -> Result<Counts, Failure>) {
        let started = Instant::now();
        let context = self.context;
        let outcome = self.progress.step(title, |step| {
            let counts = work(context, step)?;
            step.note(counts.to_string());
            Ok(counts)
        });
        let counts = outcome.unwrap_or_else(|failure| {
            eprintln!("{failure}");
            Counts::one_failure()
        });
        self.summary.add(Row { name: title.what, counts, time: started.elapsed() });
    }

    /// Whether the panel is as small as it was.
    fn add_size(&mut self, eager: usize) {
        let counts = if eager <= bundle::sizes::EAGER_MOST {
            Counts::one_pass()
        } else {
            eprintln!("{}", words::too_large(eager, bundle::sizes::EAGER_MOST));
            Counts::one_failure()
        };
        self.summary.add(Row { name: "Size of the bundle", counts, time: Duration::ZERO });
    }

    fn in_the_browser(&mut self, toolchain: &WasmToolchain, tools: &BrowserTools, filter: Option<&str>) {
        let started = Instant::now();
        let context = self.context;
        let bundle = dist::build_and_print(context, toolchain, &mut self.progress);
        let bundle = bundle.map(|built| self.add_size(bundle::sizes::eager_gzip(&built)));
        let programs = bundle.and_then(|()| {
            let server = self.progress.step(words::SERVER, |step| server::build(context, step))?;
            let suite = self
                .progress
                .step(words::STORAGE_SUITE, |step| storage_suite::build(context, step, toolchain))?;
            Ok((server, suite))
        });
        let counts = if programs.is_ok() { Counts::one_pass() } else { Counts::one_failure() };
        self.summary.add(Row { name: "Build the bundle and the server", counts, time: started.elapsed() });
        match programs {
            Ok((server, suite)) => self.count(words::E2E, |context, step| {
                let programs = e2e::Programs { server: &server, storage_suite: Some(&suite) };
                e2e::run(&context.workspace, step, tools, programs, |command| {
                    if let Some(filter) = filter {
                        command.args(["--pass-with-no-tests", "--grep", &e2e::as_pattern(filter)]);
                    }
                })
            }),
            Err(failure) => eprintln!("{failure}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_announced_number_of_steps_follows_the_options() {
        let options = |quick, filter: Option<&str>| Options { quick, filter: filter.map(str::to_owned) };
        assert_eq!(steps(&options(true, Some("rename"))), 1);
        assert_eq!(steps(&options(true, None)), 4);
        assert_eq!(steps(&options(false, None)), 4 + 3 + 2 + 1 + bundle::STEPS + 3);
    }
}
