//! The panel as on a phone. On a desktop it opens in a phone-sized window.

use std::process::ExitCode;

use copilot_desktop::{Surface, run};

fn main() -> ExitCode {
    run(Surface::Phone)
}
