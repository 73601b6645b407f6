//! The checks and tests that cargo runs.

use std::process::Command;

use super::counts::Counts;
use crate::Context;
use crate::child;
use crate::failure::Failure;
use crate::progress::Step;
use crate::wasm_toolchain::WasmToolchain;

/// Everything but the program that only exists in the browser, and the windows, which have steps of their own.
const HOST: [&str; 7] = [
    "--workspace",
    "--exclude",
    "copilot-web",
    "--exclude",
    "copilot-desktop",
    "--exclude",
    "copilot-mobile",
];
/// The packages with code that is compiled for the browser only.
const BROWSER: [&str; 5] = ["copilot-api", "copilot-runtime", "copilot-storage", "copilot-ui", "copilot-web"];

pub(crate) fn format(context: &Context, step: &mut Step) -> Result<Counts, Failure> {
    let mut command = context.workspace.cargo();
    check(step, "cargo fmt", command.args(["fmt", "--all", "--check", "--", "--color", "never"]))
}

pub(crate) fn lint(context: &Context, step: &mut Step) -> Result<Counts, Failure> {
    let mut command = context.workspace.cargo();
    command.arg("clippy").args(HOST).args(["--all-targets", "--", "-D", "warnings"]);
    check(step, "cargo clippy", &mut command)
}

/// clippy where the target is installed. Debian's compiler has no clippy of its version: there the code is
/// compiled, and a warning is an error all the same.
pub(crate) fn lint_wasm(
    context: &Context,
    step: &mut Step,
    toolchain: &WasmToolchain,
) -> Result<Counts, Failure> {
    let packages = BROWSER.iter().flat_map(|package| ["--package", package]);
    match toolchain {
        WasmToolchain::Target => {
            let mut command = toolchain.cargo(&context.workspace, "clippy");
            command.args(packages).args(["--", "-D", "warnings"]);
            check(step, "cargo clippy for WebAssembly", &mut command)
        }
        WasmToolchain::BuildStd { .. } => {
            let label = "cargo check for WebAssembly";
            let mut command = toolchain.cargo(&context.workspace, "check");
            let finished = child::run(step, label, command.args(packages))?;
            if finished.transcript.iter().any(|line| line.starts_with("warning:")) {
                finished.show(step);
                return Ok(Counts::one_failure());
            }
            Ok(Counts::one_pass())
        }
    }
}

/// nextest where it is installed, because it runs test programs side by side; cargo's own runner otherwise.
pub(crate) fn tests(context: &Context, step: &mut Step, filter: Option<&str>) -> Result<Counts, Failure> {
    let has_nextest = child::ask(context.workspace.cargo().args(["nextest", "--version"])).is_some();
    let mut command = context.workspace.cargo();
    if has_nextest {
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests", "pass"]);
    } else {
        command.args(["test", "--no-fail-fast"]);
    }
    command.args(HOST).args(["--lib", "--bins", "--tests"]).args(filter);
    if has_nextest {
        counted(step, "cargo nextest", &mut command, Counts::from_nextest)
    } else {
        counted(step, "cargo test", &mut command, Counts::from_cargo_test)
    }
}

pub(crate) fn doc_tests(context: &Context, step: &mut Step) -> Result<Counts, Failure> {
    let mut command = context.workspace.cargo();
    command.args(["test", "--doc", "--no-fail-fast"]).args(HOST);
    counted(step, "cargo test --doc", &mut command, Counts::from_cargo_test)
}

pub(super) fn check(step: &mut Step, label: &str, command: &mut Command) -> Result<Counts, Failure> {
    child::run(step, label, command.env("CARGO_TERM_COLOR", "never"))?;
    Ok(Counts::one_pass())
}

/// Runs tests and counts them; shows their output if one failed.
pub(super) fn counted(
    step: &mut Step,
    label: &str,
    command: &mut Command,
    count: impl FnOnce(&[String]) -> Counts,
) -> Result<Counts, Failure> {
    let finished = child::observe(step, label, command.env("CARGO_TERM_COLOR", "never"))?;
    let counts = count(&finished.transcript).with_status(finished.status.success());
    if counts.failed > 0 {
        finished.show(step);
    }
    Ok(counts)
}
