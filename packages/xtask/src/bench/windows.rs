//! How soon the native windows can be written to, and what they hold: started on a virtual screen with the real server.
//!
//! The programs say themselves when they can be written to, in their log. Memory is the proportional share (PSS) of the
//! program and of all processes that it started, which is where the page engine lives. Linux only.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::measure::Measures;
use crate::Context;
use crate::cargo::{self, Product};
use crate::child;
use crate::failure::Failure;
use crate::package;
use crate::progress::Step;
use crate::workspace::Workspace;

/// Ends a start that hangs; nothing is measured by it.
const HANGS: Duration = Duration::from_secs(60);
/// What the programs log when their composer has the focus.
const READY: &str = "can be written to";
const LISTENING: &str = "listening on ";

/// The built programs.
#[derive(Debug)]
pub(super) struct Programs {
    desktop: PathBuf,
    mobile: PathBuf,
}

/// Builds both as they are shipped.
pub(super) fn build(context: &Context, step: &mut Step) -> Result<Programs, Failure> {
    let mut build = |name| {
        let mut command = context.workspace.cargo();
        command.args(["build", "--release"]);
        cargo::build(step, name, Product::Executable, &mut command)
    };
    Ok(Programs { desktop: build("copilot-desktop")?, mobile: build("copilot-mobile")? })
}

/// Starts both so many times.
pub(super) fn measure(
    workspace: &Workspace,
    step: &mut Step,
    (programs, server): (&Programs, &Path),
    starts: usize,
    measures: &mut Measures,
) -> Result<(), Failure> {
    let mut shipped = Vec::new();
    for (name, program) in [("desktop", &programs.desktop), ("mobile", &programs.mobile)] {
        let program = package::stripped(workspace, step, program)?;
        let size = fs::metadata(&program).map_err(Failure::file("read", &program))?.len();
        measures.add_value(&format!("{name}.size"), "MB", size as f64 / 1e6);
        shipped.push((name, program));
    }
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let folder = workspace.scratch().join("bench");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file("remove", &folder))?;
    }
    for (name, program) in &shipped {
        let home = folder.join(name);
        fs::create_dir_all(&home).map_err(Failure::file("create", &home))?;
        // A link signs in once: each program has a server of its own.
        let stage = Stage::open(&home, server)?;
        // The first start signs in and makes the files; people start a program that has been there before.
        stage.start(program, &home, &["--server", &stage.link])?;
        let (mut times, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..starts {
            let started = stage.start(program, &home, &[])?;
            times.push(started.time.as_secs_f64() * 1e3);
            memory.extend(started.memory);
        }
        measures.add(&format!("{name}.start"), "ms", times);
        measures.add(&format!("{name}.memory"), "MB", memory);
    }
    Ok(())
}

/// A program that ends with its owner.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen and a server.
struct Stage {
    display: String,
    link: String,
    _server: Ends,
    _screen: Ends,
}

/// One start.
struct Started {
    time: Duration,
    /// Megabytes, where the system tells.
    memory: Option<f64>,
}

impl Stage {
    fn open(folder: &Path, server: &Path) -> Result<Self, Failure> {
        let mut screen = Command::new("Xvfb");
        // Without the reset that a screen does when the last program has gone: the next one would not find it.
        screen.args(["-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp", "-noreset"]);
        let (screen, number) = first_line(screen.stderr(Stdio::null()), |_| true)?;
        let mut command = Command::new(server);
        command.args(["--port", "0", "--data"]).arg(folder.join("server")).stderr(Stdio::null());
        let (server, line) = first_line(&mut command, |line| line.starts_with(LISTENING))?;
        let link = line.trim_start_matches(LISTENING).trim().to_owned();
        Ok(Self { display: format!(":{}", number.trim()), link, _server: server, _screen: screen })
    }

    /// Starts a program, waits until it can be written to, and ends it.
    fn start(&self, program: &Path, home: &Path, arguments: &[&str]) -> Result<Started, Failure> {
        let mut command = Command::new(program);
        command.args(arguments).arg("--data").arg(home.join("data"));
        command.env("DISPLAY", &self.display).env("HOME", home).env("XDG_RUNTIME_DIR", home);
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").env("LIBGL_ALWAYS_SOFTWARE", "1");
        command.env("COPILOT_LOG", "warn,copilot_desktop=info").env_remove("WAYLAND_DISPLAY");
        let label = program.display().to_string();
        let begun = Instant::now();
        let not_started = |source| Failure::NotStarted { program: label.clone(), source };
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(not_started)?;
        let log = child.stderr.take();
        let child = Ends(child);
        when_said(log, &label, |line| line.contains(READY))?;
        let time = begun.elapsed();
        Ok(Started { time, memory: memory(child.0.id()) })
    }
}

/// Starts a program and waits for a line of its output.
fn first_line(command: &mut Command, fits: fn(&str) -> bool) -> Result<(Ends, String), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let not_started = |source| Failure::NotStarted { program: program.clone(), source };
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(not_started)?;
    let output = child.stdout.take();
    let child = Ends(child);
    let line = when_said(output, &program, fits)?;
    Ok((child, line))
}

/// Waits for a line; what follows it is read and dropped, so that the program never waits for a reader.
fn when_said(
    stream: Option<impl Read + Send + 'static>,
    label: &str,
    fits: fn(&str) -> bool,
) -> Result<String, Failure> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let Some(stream) = stream else { return };
        for line in BufReader::new(stream).lines().map_while(Result::ok).filter(|line| fits(line)) {
            // Only the first is waited for.
            let _ = sender.send(line);
        }
    });
    lines
        .recv_timeout(HANGS)
        .map_err(|_| Failure::Stalled { label: label.to_owned(), seconds: HANGS.as_secs() })
}

/// Megabytes of a process and of all that it started.
fn memory(root: u32) -> Option<f64> {
    let listing = child::ask(Command::new("ps").args(["-eo", "pid=,ppid="]))?;
    let processes: Vec<(u32, u32)> = listing
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map(str::parse);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        })
        .collect();
    let mut family = vec![root];
    let mut at = 0;
    while let Some(&parent) = family.get(at) {
        family.extend(processes.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
        at += 1;
    }
    let kilobytes: u64 = family.into_iter().filter_map(share).sum();
    (kilobytes > 0).then_some(kilobytes as f64 * 1_024.0 / 1e6)
}

/// The proportional share of one process, in units of 1,024 bytes.
fn share(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("Pss:"))?.split_whitespace().next()?.parse().ok()
}
