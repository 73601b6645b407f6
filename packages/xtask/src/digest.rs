//! `cargo xtask digest`: the same seeds in a debug build, in a release build and as WebAssembly must end in the
//! same state to the last bit (I16). The simulator computes the digest; here it is built three times and compared.

use std::process::Command;

use clap::Args;

use crate::Context;
use crate::cargo::{self, Product};
use crate::child;
use crate::failure::Failure;
use crate::node::Node;
use crate::node_module::NodeModule;
use crate::progress::{Progress, Step, print_result};
use crate::wasm_toolchain::{self, WasmToolchain};
use crate::words;

/// Which seeds.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u32,
    /// The seed after the last.
    #[arg(long, default_value_t = 1001)]
    to: u32,
    /// Happenings in each of them.
    #[arg(long, default_value_t = 500)]
    events: u32,
}

/// Package and program have one name.
const PROGRAM: &str = "copilot-sim";
/// The simulator as a module.
const MODULE: NodeModule = NodeModule { package: PROGRAM, example: "digest" };

/// Compiler and the three builds.
const STEPS: usize = 4;

/// Computes the three digests, prints them, and fails if they differ.
pub(crate) fn run(context: &Context, options: &Options) -> Result<(), Failure> {
    let mut progress = Progress::new(STEPS, context.verbose);
    let node = Node::find().ok_or(Failure::NoNode)?;
    let toolchain = wasm_toolchain::prepare(context, &mut progress)?;
    let debug = progress.step(words::DIGEST_DEBUG, |step| native(context, step, options, "dev"))?;
    let release = progress.step(words::DIGEST_RELEASE, |step| native(context, step, options, "release"))?;
    let module =
        progress.step(words::DIGEST_MODULE, |step| in_module(context, step, options, (&toolchain, &node)))?;
    print_result(&format!("debug    {debug}\nrelease  {release}\nwasm     {module}"));
    if debug == release && release == module { Ok(()) } else { Err(Failure::Digest) }
}

fn native(
    context: &Context,
    step: &mut Step,
    options: &Options,
    profile: &'static str,
) -> Result<String, Failure> {
    let mut build = context.workspace.cargo();
    build.args(["build", "--profile", profile]);
    let program = cargo::build(step, PROGRAM, Product::Executable, &mut build)?;
    let mut command = Command::new(program);
    command.args(["--seeds", &format!("{}..{}", options.from, options.to)]).args([
        "--events",
        &options.events.to_string(),
        "--digest",
    ]);
    // A short range does not hit every mark, which the simulator calls a failure. The digest is asked for here.
    let finished = child::observe(step, PROGRAM, &mut command)?;
    digest_in(&finished.stdout)
}

fn in_module(
    context: &Context,
    step: &mut Step,
    options: &Options,
    tools: (&WasmToolchain, &Node),
) -> Result<String, Failure> {
    let Options { from, to, events } = options;
    let script = format!(
        "console.log('digest ' + require('./{}.js').digest({from}, {to}, {events}));\n",
        MODULE.example
    );
    digest_in(&MODULE.run(context, step, tools, &script)?)
}

/// The digest in what a simulator printed.
fn digest_in(lines: &[String]) -> Result<String, Failure> {
    let digest = lines.iter().find_map(|line| line.strip_prefix("digest "));
    digest.map(str::to_owned).ok_or(Failure::Digest)
}
