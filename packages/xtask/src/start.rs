//! `cargo xtask start`: from a checkout to a panel in the browser.

use std::path::PathBuf;

use clap::Args;

use crate::Context;
use crate::browser;
use crate::bundle;
use crate::failure::Failure;
use crate::progress::{Progress, print_result};
use crate::server::{self, Server};
use crate::wasm_toolchain;
use crate::words;

/// How to start.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The port on this computer; 0 picks a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,

    /// Keep cases in this folder instead of the user's data folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Do not open the browser.
    #[arg(long)]
    no_open: bool,

    /// Let /__faults of the server inject failures, for trying out what the panel does then.
    #[arg(long)]
    faults: bool,
}

/// Builds what is not built, starts the server and stays with it.
pub(crate) fn run(context: &Context, options: &Options) -> Result<(), Failure> {
    // The compiler and the server are a step each.
    let mut progress = Progress::new(bundle::STEPS + 2, context.verbose);
    let toolchain = wasm_toolchain::prepare(context, &mut progress)?;
    bundle::build(context, &toolchain, &mut progress)?;
    let program = progress.step(words::SERVER, |step| server::build(context, step))?;
    let server = Server::start(&program, |command| {
        command.args(["--port", &options.port.to_string()]);
        command.arg("--web").arg(context.workspace.web_bundle());
        if let Some(folder) = &options.data {
            command.arg("--data").arg(folder);
        }
        if options.faults {
            command.arg("--faults");
        }
    })?;
    let open = !options.no_open;
    server.attend(move |url| {
        print_result(&words::ready(url));
        if open {
            browser::open(url);
        }
    })
}
