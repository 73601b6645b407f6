//! The panel in a window of its own.

use std::process::ExitCode;

use copilot_desktop::{Surface, run};

fn main() -> ExitCode {
    run(Surface::Desktop)
}
