//! `cargo xtask`: builds, runs and checks the whole program.
//!
//! Start at [`Command`]: each variant is one command and one module. `start` runs the product, `dist`
//! writes the web bundle, `package` the desktop program, `test` runs every check, `crash` the crash matrix, `digest`
//! whether the core ends the same everywhere, `bench` how fast everything is, `screens` takes the pictures. Nothing of the
//! product's behaviour lives here.
//!
//! Exit codes: 0 done; 1 failed, with one sentence on stderr; 2 something is missing that may not be
//! installed from here, with the command that installs it.

mod bench;
mod browser;
mod bundle;
mod cargo;
mod child;
mod crash;
mod digest;
mod dist;
mod failure;
mod node;
mod node_module;
mod package;
mod privilege;
mod progress;
mod screens;
mod server;
mod start;
mod suite;
mod wasm_toolchain;
mod words;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Builds, runs and checks FaultMaven Copilot.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, max_term_width = 100)]
struct Cli {
    /// Show the output of every program that is run, not only of those that fail.
    #[arg(long, short, global = true)]
    verbose: bool,

    /// Compile the WebAssembly standard library from Debian's Rust sources even where rustup's target is installed.
    #[arg(long, global = true, env = "COPILOT_BUILD_STD")]
    build_std: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build what is not built yet, start the local server and open the panel in the browser.
    Start(start::Options),
    /// Install what the tests need, then run every check and test.
    Test(suite::Options),
    /// Kill processes, crash tabs, fill disks and let windows compete; print what was lost and what was doubled.
    Crash(crash::Options),
    /// Compare what the same seeds of the simulator end in, in debug, in release and as WebAssembly.
    Digest(digest::Options),
    /// Measure everything that has a budget, and print one table: figures, budgets, and what physics allows.
    Bench(bench::Options),
    /// Take a picture of every screen and state, in both themes and at every width, into target/screens/.
    Screens,
    /// Build the web bundle into dist/web/ and the extension into dist/extension/, print their sizes and check them
    /// against the policy of browser extensions.
    Dist,
    /// Build the desktop program and pack it into dist/desktop/: a tarball, and on Debian's machines a .deb.
    Package,
}

/// What every command gets: where things are, and how to report.
#[derive(Debug)]
struct Context {
    workspace: Workspace,
    /// Use Debian's Rust and its sources for WebAssembly, see [`wasm_toolchain`].
    build_std: bool,
    verbose: bool,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            // clap would exit with 2, which here means that something is missing.
            let code = u8::from(usage.use_stderr());
            return usage.print().map_or(ExitCode::FAILURE, |()| ExitCode::from(code));
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let context = Context { workspace: Workspace::locate()?, build_std: cli.build_std, verbose: cli.verbose };
    match cli.command {
        Command::Start(options) => start::run(&context, &options),
        Command::Test(options) => suite::run(&context, &options),
        Command::Crash(options) => crash::run(&context, &options),
        Command::Digest(options) => digest::run(&context, &options),
        Command::Bench(options) => bench::run(&context, &options),
        Command::Screens => screens::run(&context),
        Command::Dist => dist::run(&context),
        Command::Package => package::run(&context),
    }
}
