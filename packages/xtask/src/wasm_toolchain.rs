//! Finds or installs a compiler for `wasm32-unknown-unknown`.
//!
//! The usual way is rustup's target. Where rustup's host cannot be reached, Debian's `rustc-web` with the
//! library sources builds the standard library along with the program. The two are never mixed: a standard
//! library of one compiler cannot be used by another, so the second way has a build folder of its own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Context;
use crate::child::{self, Run, Watch};
use crate::failure::Failure;
use crate::privilege::{self, Wanted};
use crate::progress::{Progress, Step};
use crate::words;
use crate::workspace::{Workspace, find_program};

/// The target of everything that runs in a browser.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// rustup is ended after this time without a line of output and without a byte downloaded: on closed networks
/// connections are often neither answered nor refused.
const RUSTUP_STALL: Duration = Duration::from_secs(60);

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const RUSTUP_COMMAND: &str = "rustup target add wasm32-unknown-unknown";

/// A compiler that can produce WebAssembly.
#[derive(Debug, Clone)]
pub(crate) enum WasmToolchain {
    /// The compiler that builds the rest, with the target's standard library installed.
    Target,
    /// Debian's compiler, which builds the standard library from its sources.
    BuildStd {
        /// The linker for WebAssembly.
        linker: PathBuf,
    },
}

impl WasmToolchain {
    /// A cargo command (`build`, `clippy`, `check`) for the target.
    pub(crate) fn cargo(&self, workspace: &Workspace, subcommand: &str) -> Command {
        let mut command = workspace.cargo();
        if let Self::BuildStd { linker } = self {
            command = Command::new(DEBIAN_CARGO);
            command.current_dir(&workspace.root);
            // What `cargo run` of another toolchain leaves in the environment.
            for name in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC_WORKSPACE_WRAPPER", "RUSTDOC", "LD_LIBRARY_PATH"]
            {
                command.env_remove(name);
            }
            command
                .env("RUSTC", DEBIAN_RUSTC)
                // `-Zbuild-std` is unstable; Debian ships stable compilers only.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                .env("CARGO_TARGET_DIR", workspace.target.join("build-std"));
        }
        command.args([subcommand, "--target", TARGET]);
        if matches!(self, Self::BuildStd { .. }) {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        command
    }
}

/// [`ensure`] as the first step of a command.
pub(crate) fn prepare(context: &Context, progress: &mut Progress) -> Result<WasmToolchain, Failure> {
    progress.step(words::TOOLCHAIN, |step| ensure(context, step))
}

/// Makes a compiler available: the installed target, rustup's download, Debian's packages, in this order.
fn ensure(context: &Context, step: &mut Step) -> Result<WasmToolchain, Failure> {
    let sysroot = host_sysroot();
    if !context.build_std {
        if sysroot.as_deref().is_some_and(has_target) {
            step.note(words::TARGET_PRESENT);
            return Ok(WasmToolchain::Target);
        }
        if let Some(rustup) = find_program("rustup") {
            step.say(words::ADDING_TARGET);
            if add_target(step, &rustup)? && sysroot.as_deref().is_some_and(has_target) {
                step.note(words::TARGET_ADDED);
                return Ok(WasmToolchain::Target);
            }
            step.say(words::TARGET_REFUSED);
        }
    }
    ensure_debian(step, sysroot.as_deref())
}

fn host_sysroot() -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    child::ask(Command::new(rustc).args(["--print", "sysroot"])).map(PathBuf::from)
}

fn has_target(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir()
}

/// Whether rustup could add the target. Its reasons for a no are shown, they are no reason to stop.
fn add_target(step: &mut Step, rustup: &Path) -> Result<bool, Failure> {
    let downloads = rustup_downloads();
    let run = Run {
        label: "rustup target add",
        watch: Some(Watch {
            limit: RUSTUP_STALL,
            sign_of_life: &|| downloads.as_deref().map_or(0, folder_size),
        }),
        read_stdout: &mut |line| Some(line.to_owned()),
    };
    match run.start(step, Command::new(rustup).args(["target", "add", TARGET])) {
        Ok(finished) => {
            if !finished.status.success() {
                finished.show(step);
            }
            Ok(finished.status.success())
        }
        Err(stalled @ Failure::Stalled { .. }) => {
            step.say(&stalled.to_string());
            Ok(false)
        }
        Err(other) => Err(other),
    }
}

/// Where rustup collects what it downloads.
fn rustup_downloads() -> Option<PathBuf> {
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".rustup")))?;
    Some(home.join("downloads"))
}

/// Bytes of the files directly in a folder; 0 if it does not exist.
fn folder_size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
}

fn ensure_debian(step: &mut Step, host_sysroot: Option<&Path>) -> Result<WasmToolchain, Failure> {
    if !debian_is_complete() {
        let wanted = Wanted {
            what: "A compiler for WebAssembly",
            why: words::WHY_WASM,
            packages: &DEBIAN_PACKAGES,
            elsewhere: RUSTUP_COMMAND,
        };
        privilege::install(step, &wanted)?;
    }
    let linker = match find_linker(host_sysroot) {
        Some(linker) => linker,
        None => install_linker(step)?,
    };
    step.note(words::BUILD_STD);
    Ok(WasmToolchain::BuildStd { linker })
}

/// Debian's compiler, its cargo and the sources of the same version.
fn debian_is_complete() -> bool {
    let sysroot = child::ask(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]));
    Path::new(DEBIAN_CARGO).exists()
        && sysroot.is_some_and(|sysroot| {
            Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml").exists()
        })
}

/// rustup's toolchains bring a linker; Debian's compiler needs the one of its own LLVM.
fn find_linker(host_sysroot: Option<&Path>) -> Option<PathBuf> {
    let host = compiler_fact("host: ")?;
    let bundled = host_sysroot.map(|sysroot| sysroot.join("lib/rustlib").join(host).join("bin/rust-lld"));
    bundled.filter(|linker| linker.exists()).or_else(|| find_program(&format!("wasm-ld-{}", llvm_major()?)))
}

fn install_linker(step: &mut Step) -> Result<PathBuf, Failure> {
    let package = format!("lld-{}", llvm_major().unwrap_or_default());
    let wanted = Wanted {
        what: "A linker for WebAssembly",
        why: words::WHY_WASM,
        packages: &[&package],
        elsewhere: RUSTUP_COMMAND,
    };
    privilege::install(step, &wanted)?;
    find_linker(None).ok_or_else(|| Failure::Missing {
        what: wanted.what.to_owned(),
        why: words::WHY_WASM,
        command: RUSTUP_COMMAND.to_owned(),
    })
}

fn llvm_major() -> Option<String> {
    let version = compiler_fact("LLVM version: ")?;
    version.split('.').next().map(str::to_owned)
}

/// One line of what Debian's compiler says about itself.
fn compiler_fact(name: &str) -> Option<String> {
    let facts = child::ask(Command::new(DEBIAN_RUSTC).arg("-vV"))?;
    facts.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
}
