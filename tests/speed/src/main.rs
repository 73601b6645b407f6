//! `copilot-speed`: times what runs without a screen, and prints one line of JSON per measure.
//!
//! `cargo xtask bench` runs it in release, adds the browser and the windows, and compares everything with the budgets.
//! Nothing is judged here. Start at [`run::Run`]; every other module is one subject.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot be measured ends the program, which the command that runs it reports"
)]

mod core_steps;
mod outbox;
mod physical;
mod run;
mod server;
mod store;
mod triage;

use clap::{Parser, ValueEnum};

use run::Run;

/// Times core, store, outbox, server and triage; one line of JSON per measure.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// A few runs of everything, to see that it runs.
    #[arg(long)]
    quick: bool,
    /// One subject only, to be looked at with a profiler.
    #[arg(long)]
    only: Option<Subject>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Subject {
    Physical,
    Core,
    Store,
    Triage,
    Server,
    Outbox,
}

fn main() {
    let options = Options::parse();
    let run = Run { quick: options.quick };
    let subjects = options.only.as_ref().map_or(Subject::value_variants(), std::slice::from_ref);
    for subject in subjects {
        match subject {
            Subject::Physical => physical::measure(&run),
            Subject::Core => core_steps::measure(&run),
            Subject::Store => store::measure(&run),
            Subject::Triage => triage::measure(&run),
            Subject::Server => server::measure(&run),
            Subject::Outbox => outbox::measure(&run),
        }
    }
}
