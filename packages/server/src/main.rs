//! The `copilot-server` program: reads the command line and the environment, starts the server, waits for the order to stop.
//!
//! Standard output carries the start link, and another for every Enter; everything else goes to standard error.

mod terminal;

use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use copilot_server::{
    AssistantChoice, DEFAULT_JOB_THRESHOLD, DEFAULT_PORT, Dialect, Endpoint, Exposure, Options, Server,
};
use tracing_subscriber::EnvFilter;

/// The model that is asked for when COPILOT_LLM_MODEL is not set.
const DEFAULT_MODEL: &str = "default";

/// Ten seconds less than the turn bound of 120 s, so that the server's verdict arrives before the client gives up.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(110);

/// The local server of FaultMaven Copilot. It answers on 127.0.0.1 only, unless --listen says otherwise.
#[derive(Debug, Parser)]
#[command(
    name = "copilot-server",
    version,
    after_help = "Environment:\n  \
        COPILOT_LLM_URL    an OpenAI-compatible endpoint that answers instead of the built-in log triage,\n                     \
        such as http://localhost:11434/v1\n  \
        COPILOT_LLM_KEY    its key, where it wants one\n  \
        COPILOT_LLM_MODEL  the model to ask\n  \
        COPILOT_LOG        what to log, such as info, debug or copilot_server=trace\n  \
        COPILOT_LOG_FORMAT json for one JSON object per line\n  \
        COPILOT_ACCESS_TOKEN  with --listen: the password of everybody, 32 characters or more\n\n\
        Exit codes: 0 after Ctrl-C or SIGTERM, 1 when it can't start, 2 for a wrong command line."
)]
struct Arguments {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Folder for the database and uploads [default: copilot in the user's data folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How to talk to clients: as contract 2.0.0 does, or as the servers of 2025 did
    #[arg(long, value_enum, default_value_t = DialectName::Turns)]
    dialect: DialectName,
    /// Listen on this address of a network, too: needs COPILOT_ACCESS_TOKEN
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<IpAddr>,
    /// Serve /__faults and obey its rules: for tests only
    #[arg(long)]
    faults: bool,
    /// Folder with the built web bundle, served at /
    #[arg(long, value_name = "DIR")]
    web: Option<PathBuf>,
    /// Turns with more text than this are answered later, through a job
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_JOB_THRESHOLD)]
    job_threshold: usize,
    /// Rename a corrupt database aside and begin with an empty one
    #[arg(long)]
    set_aside_corrupt: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum DialectName {
    Turns,
    Queries,
}

/// Logs to standard error, as lines for people or as JSON for programs.
fn start_logging() {
    let filter = EnvFilter::try_from_env("COPILOT_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    if std::env::var("COPILOT_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().init();
    } else {
        log.init();
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_logging();
    let outcome = options(arguments).and_then(|options| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            format!("The server can't get threads from the operating system: {error}. Try again.")
        })?;
        runtime.block_on(run(options))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            let _ = writeln!(std::io::stderr(), "{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn options(arguments: Arguments) -> Result<Options, String> {
    let data = arguments
        .data
        .or_else(default_folder)
        .ok_or_else(|| "There is no home folder to keep data in. Choose a folder with --data.".to_owned())?;
    Ok(Options {
        port: arguments.port,
        dialect: match arguments.dialect {
            DialectName::Turns => Dialect::Turns,
            DialectName::Queries => Dialect::Queries,
        },
        exposure: arguments
            .listen
            .map(|address| Exposure { address, token: setting("COPILOT_ACCESS_TOKEN").unwrap_or_default() }),
        faults: arguments.faults,
        web: arguments.web,
        job_threshold: arguments.job_threshold,
        assistant: assistant(),
        set_aside_corrupt: arguments.set_aside_corrupt,
        ..Options::in_folder(data)
    })
}

fn default_folder() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|folders| folders.data_dir().join("copilot"))
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn assistant() -> AssistantChoice {
    match setting("COPILOT_LLM_URL") {
        None => AssistantChoice::Triage,
        Some(url) => AssistantChoice::Endpoint(Endpoint {
            url,
            key: setting("COPILOT_LLM_KEY"),
            model: setting("COPILOT_LLM_MODEL").unwrap_or_else(|| DEFAULT_MODEL.to_owned()),
            timeout: ANSWER_TIMEOUT,
        }),
    }
}

async fn run(options: Options) -> Result<(), String> {
    // Listened for from here on, so that an early order to stop is not lost.
    let stop = StopSignal::listen()
        .map_err(|error| format!("The server can't listen for Ctrl-C: {error}. Try again."))?;
    let running = Server::start(options).await.map_err(|error| error.to_string())?;
    print(&format!("listening on {}/?token={}", running.url(), running.start_token()));
    let links = running.links();
    let is_asked = terminal::on_enter(move || {
        links.another().map(|link| print(&format!("good for one more sign-in: {link}"))).is_ok()
    });
    if is_asked {
        let _ = writeln!(std::io::stderr(), "Press Enter for another link to sign in with.");
    }
    stop.received().await;
    running.shutdown().await;
    Ok(())
}

/// Prints a line. That nobody reads it is no reason to stop.
fn print(line: &str) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

#[cfg(unix)]
struct StopSignal {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignal {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn received(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct StopSignal(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl StopSignal {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn received(mut self) {
        let _ = self.0.recv().await;
    }
}
