//! `cargo xtask dist`: the web bundle, the extension made of it, their sizes, and whether the policy of browser extensions
//! accepts them.

use crate::Context;
use crate::bundle::{self, Built};
use crate::failure::Failure;
use crate::progress::{Progress, print_result};
use crate::wasm_toolchain::{self, WasmToolchain};

/// Makes everything ready, then [`build_and_print`].
pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let mut progress = Progress::new(1 + bundle::STEPS, context.verbose);
    let toolchain = wasm_toolchain::prepare(context, &mut progress)?;
    build_and_print(context, &toolchain, &mut progress).map(|_| ())
}

/// Builds the bundle and prints the table. Reports [`bundle::STEPS`] steps.
pub(crate) fn build_and_print(
    context: &Context,
    toolchain: &WasmToolchain,
    progress: &mut Progress,
) -> Result<Built, Failure> {
    let built = bundle::build(context, toolchain, progress)?;
    print_result(&bundle::sizes::table(&built));
    Ok(built)
}
