//! The desktop window and the phone preview: what they are built with, what they are tested on.
//!
//! They are linked with the system's page engine, which machines that only build the panel or the server do not
//! have. So they are left out of the other steps and have their own.

use std::process::Command;

use super::counts::Counts;
use super::runners;
use crate::Context;
use crate::child;
use crate::failure::Failure;
use crate::privilege::{self, Wanted};
use crate::progress::Step;
use crate::words;
use crate::workspace::find_program;

/// Both windows. Always built together: apart they would not agree on the features of what they share.
const WINDOWS: [&str; 4] = ["--package", "copilot-desktop", "--package", "copilot-mobile"];

/// The library that draws the page on Linux, by its name for pkg-config.
const ENGINE: &str = "webkit2gtk-4.1";
const LIBRARIES: [&str; 4] = ["libwebkit2gtk-4.1-dev", "libxdo-dev", "libssl-dev", "pkg-config"];

/// A screen that shows nothing, a manager of windows, hands.
const TOOLS: [&str; 3] = ["Xvfb", "openbox", "xdotool"];
const TOOL_PACKAGES: [&str; 3] = ["xvfb", "openbox", "xdotool"];

/// Installs what the windows are built with, where it is missing.
pub(crate) fn libraries(step: &mut Step) -> Result<(), Failure> {
    install_unless(
        step,
        has_libraries,
        &Wanted {
            what: "WebKitGTK 4.1 with its headers",
            why: words::WHY_ENGINE,
            packages: &LIBRARIES,
            elsewhere: words::ENGINE_ELSEWHERE,
        },
    )
}

/// Installs what the windows are built with and tested on.
pub(crate) fn prepare(step: &mut Step) -> Result<(), Failure> {
    libraries(step)?;
    install_unless(
        step,
        has_screen,
        &Wanted {
            what: "Xvfb, openbox and xdotool",
            why: words::WHY_SCREEN,
            packages: &TOOL_PACKAGES,
            elsewhere: words::SCREEN_ELSEWHERE,
        },
    )
}

fn install_unless(step: &mut Step, is_there: fn() -> bool, wanted: &Wanted<'_>) -> Result<(), Failure> {
    if is_there() {
        return Ok(());
    }
    privilege::install(step, wanted)?;
    if is_there() {
        return Ok(());
    }
    Err(Failure::Missing {
        what: wanted.what.to_owned(),
        why: wanted.why,
        command: wanted.elsewhere.to_owned(),
    })
}

/// Other systems bring their page engine along.
fn has_libraries() -> bool {
    let exists =
        |name: &str| child::ask(Command::new("pkg-config").args(["--exists", "--print-errors", name]));
    !cfg!(target_os = "linux") || (exists(ENGINE).is_some() && exists("openssl").is_some() && has_xdo())
}

/// libxdo has no file for pkg-config; its header is in the one place where the compiler looks.
fn has_xdo() -> bool {
    ["/usr/include/xdo.h", "/usr/local/include/xdo.h"]
        .iter()
        .any(|header| std::path::Path::new(header).is_file())
}

fn has_screen() -> bool {
    !cfg!(target_os = "linux") || TOOLS.iter().all(|tool| find_program(tool).is_some())
}

/// clippy for both windows.
pub(super) fn lint(context: &Context, step: &mut Step) -> Result<Counts, Failure> {
    let mut command = context.workspace.cargo();
    command.arg("clippy").args(WINDOWS).args(["--all-targets", "--", "-D", "warnings"]);
    runners::check(step, "cargo clippy for the windows", &mut command)
}

/// Unit tests of both, and on Linux the stories on a screen. One after the other: two page engines at a time are slow
/// on small machines.
pub(super) fn tests(context: &Context, step: &mut Step, filter: Option<&str>) -> Result<Counts, Failure> {
    let mut command = context.workspace.cargo();
    command.args(["test", "--no-fail-fast"]).args(WINDOWS).args(["--lib", "--bins"]);
    if cfg!(target_os = "linux") {
        command.arg("--tests");
    }
    command.args(filter).args(["--", "--test-threads=1"]);
    runners::counted(step, "cargo test for the windows", &mut command, Counts::from_cargo_test)
}
