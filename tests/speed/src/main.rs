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

use clap::Parser;

use run::Run;

/// Times core, store, outbox, server and triage; one line of JSON per measure.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// A few runs of everything, to see that it runs.
    #[arg(long)]
    quick: bool,
}

fn main() {
    let run = Run { quick: Options::parse().quick };
    physical::measure(&run);
    core_steps::measure(&run);
    store::measure(&run);
    triage::measure(&run);
    server::measure(&run);
    outbox::measure(&run);
}
