//! What a server is started with, and the fixed limits it announces and enforces.
//!
//! Reading the command line and the environment is the program's business (`main.rs`), not this module's.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;

/// The port the local server uses unless told otherwise.
pub const DEFAULT_PORT: u16 = 8787;

/// Texts larger than this many bytes are answered with 202 and a job, unless told otherwise.
pub const DEFAULT_JOB_THRESHOLD: usize = 256 * 1024;

/// Largest upload in bytes; announced as `limits.maxFileBytes`.
pub(crate) const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// Largest text of one turn in bytes, question and pasted data together.
pub(crate) const MAX_TEXT_BYTES: usize = 10 * 1024 * 1024;

/// Largest body of a turn in bytes: one file, one text, and room for the multipart framing.
pub(crate) const MAX_TURN_BODY: usize = MAX_FILE_BYTES + MAX_TEXT_BYTES + 1024 * 1024;

/// Largest body of every other call in bytes; contract 4.1 speaks of JSON up to 256 KiB.
pub(crate) const MAX_JSON_BODY: usize = 1024 * 1024;

/// File name endings that an upload may have; announced as `limits.allowedExtensions`.
pub(crate) const ALLOWED_EXTENSIONS: [&str; 12] =
    [".txt", ".log", ".json", ".jsonl", ".csv", ".md", ".yaml", ".yml", ".conf", ".xml", ".out", ".err"];

/// Seconds within which a turn is answered; announced as `limits.turnResponseBoundSeconds`.
pub(crate) const TURN_BOUND_SECONDS: u64 = 120;

/// Who answers the turns.
#[derive(Clone, Debug, Default)]
pub enum AssistantChoice {
    /// The built-in log triage by fixed rules; needs no network.
    #[default]
    Triage,
    /// Any endpoint that speaks the OpenAI chat completions format.
    Endpoint(Endpoint),
}

/// An OpenAI-compatible chat endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// Base address (`http://localhost:11434/v1`) or the full address of `chat/completions`.
    pub url: String,
    /// Bearer key, where the endpoint wants one. Never logged.
    pub key: Option<String>,
    /// Name of the model to ask.
    pub model: String,
    /// How long one answer may take. The program uses 110 s, so that its own verdict arrives inside the turn bound.
    pub timeout: Duration,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("url", &self.url).field("model", &self.model).finish_non_exhaustive()
    }
}

/// How clients talk to a server (contract 1). One per process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Contract 2.0.0.
    #[default]
    Turns,
    /// The servers of 2025, served from the same store.
    Queries,
}

/// Where a server that is open to a network listens, and what its users prove themselves with.
#[derive(Clone)]
pub struct Exposure {
    /// Address to listen on, such as `0.0.0.0` or that of one interface.
    pub address: IpAddr,
    /// Stands for the password of everybody who has none, and is needed to register. Never logged.
    pub token: String,
}

/// Shortest access token of a server that is open to a network: 128 bits in hexadecimal.
pub const ACCESS_TOKEN_MIN: usize = 32;

impl std::fmt::Debug for Exposure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exposure").field("address", &self.address).finish_non_exhaustive()
    }
}

/// How many questions a session of the queries dialect may ask in how many seconds (contract 3).
pub const QUERY_LIMIT: (usize, i64) = (10, 60);

/// Everything a server needs to know before it starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder for the database and the uploads; created when absent.
    pub data: PathBuf,
    /// Port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// How clients talk to it.
    pub dialect: Dialect,
    /// Open it to a network; `None` keeps it on 127.0.0.1.
    pub exposure: Option<Exposure>,
    /// Questions per session and seconds in the queries dialect; `None` does not count.
    pub query_limit: Option<(usize, i64)>,
    /// Serve `/__faults` and obey its rules (contract 6.2).
    pub faults: bool,
    /// Folder with the built web bundle, served at `/`.
    pub web: Option<PathBuf>,
    /// Turns with more text than this many bytes become jobs.
    pub job_threshold: usize,
    /// Who answers the turns.
    pub assistant: AssistantChoice,
    /// Rename a corrupt database aside and start with an empty one, instead of refusing to start.
    pub set_aside_corrupt: bool,
    /// How long the stored answer of a turn can be replayed. The fact that its key was used is kept for ever.
    pub receipt_lifetime: Duration,
    /// How long a client may take to send the head of a request, idle time between requests included.
    pub head_timeout: Duration,
    /// How long a client may take to send the body of a request before it gets 408.
    pub read_timeout: Duration,
    /// Source of the wall time that expiry and time stamps follow.
    pub clock: Clock,
}

impl Options {
    /// The settings of the program, with data in `data`.
    #[must_use]
    pub fn in_folder(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            port: DEFAULT_PORT,
            dialect: Dialect::Turns,
            exposure: None,
            query_limit: Some(QUERY_LIMIT),
            faults: false,
            web: None,
            job_threshold: DEFAULT_JOB_THRESHOLD,
            assistant: AssistantChoice::Triage,
            set_aside_corrupt: false,
            receipt_lifetime: Duration::from_secs(7 * 24 * 3600),
            head_timeout: Duration::from_secs(60),
            read_timeout: Duration::from_secs(30),
            clock: Clock::system(),
        }
    }
}
