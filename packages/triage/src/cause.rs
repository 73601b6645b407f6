//! Recognises known failures, and events that often come before one, by what the text of a line contains.
//!
//! The needles and the sentences stand in [`crate::words::causes`]; here is only how they are applied. A text is compared once per
//! template, not once per line.

use serde::Serialize;

use crate::level::Level;
use crate::words::causes::{TRIGGERS, all};

/// A failure that is known by its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each name says it; the sentences are in words::causes")]
pub enum Cause {
    OomKilled,
    HeapExhausted,
    StorageError,
    DiskFull,
    TooManyFiles,
    ConnectionTableFull,
    TlsExpired,
    TlsHandshake,
    DnsFailure,
    PoolExhausted,
    Deadlock,
    ReplicaLag,
    StatementTimeout,
    LeaderElection,
    ImagePull,
    CrashLoop,
    ProbeFailed,
    Unschedulable,
    NodeNotReady,
    Evicted,
    PortInUse,
    AuthenticationFailed,
    RateLimited,
    CircuitOpen,
    QueueStuck,
    ConnectTimeout,
    ConnectionRefused,
    ConnectionReset,
    UpstreamUnavailable,
    SchemaMismatch,
    DuplicateKey,
    MissingConfig,
    NilAccess,
    Segfault,
    PermissionDenied,
    Timeout,
    ServerError,
}

/// A change that often comes shortly before a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each name says it")]
pub enum Trigger {
    NodeDrain,
    Deploy,
    ConfigChange,
    Failover,
    Migration,
    CertificateChange,
    Scaling,
    Restart,
}

/// Everything known about one cause.
pub(crate) struct Known {
    pub(crate) cause: Cause,
    /// How bad a line is that says this and does not state a level.
    pub(crate) level: Level,
    /// Whether such a line is bad whatever level it states.
    pub(crate) decisive: bool,
    /// Lower-case texts; `&` joins parts that must all be there.
    pub(crate) needles: &'static [&'static str],
    /// The name of the trouble; a part in brackets is left out when what it names is unknown.
    pub(crate) title: &'static str,
    /// What it usually means.
    pub(crate) because: &'static str,
    pub(crate) checks: &'static [Check],
    /// What to send next, and what makes it useful.
    pub(crate) evidence: (&'static str, &'static [&'static str]),
}

/// One thing to look at.
pub(crate) struct Check {
    pub(crate) say: &'static str,
    /// A command with names in braces; empty when a person must look.
    pub(crate) run: &'static str,
}

/// All that the table says about a cause.
pub(crate) fn known(cause: Cause) -> Option<&'static Known> {
    all().find(|known| known.cause == cause)
}

fn contains(text: &str, needle: &str) -> bool {
    needle.split('&').all(|part| text.contains(part))
}

/// The first cause whose words are in `text`.
pub(crate) fn of_text(text: &str) -> Option<&'static Known> {
    let lower = text.to_ascii_lowercase();
    all().find(|known| known.needles.iter().any(|needle| contains(&lower, needle)))
}

/// The cause that an HTTP status stands for.
pub(crate) fn of_status(status: u16) -> Option<&'static Known> {
    known(match status {
        429 => Cause::RateLimited,
        502 | 503 => Cause::UpstreamUnavailable,
        504 | 408 => Cause::Timeout,
        500..=599 => Cause::ServerError,
        _ => return None,
    })
}

/// The change that `text` tells of.
pub(crate) fn trigger_of(text: &str) -> Option<Trigger> {
    let lower = text.to_ascii_lowercase();
    TRIGGERS
        .iter()
        .find(|(_, needles)| needles.iter().any(|needle| contains(&lower, needle)))
        .map(|(trigger, _)| *trigger)
}

/// How bad a line is that neither states a level nor matches a known cause.
pub(crate) fn guessed_level(text: &str) -> Option<Level> {
    const BAD: [&str; 16] = [
        "error",
        "fail",
        "exception",
        "panic",
        "fatal",
        "refused",
        "denied",
        "timed out",
        "unable to",
        "cannot ",
        "could not ",
        "abort",
        "unreachable",
        "crash",
        "corrupt",
        "unhealthy",
    ];
    const ODD: [&str; 6] = ["warn", "retry", "retrying", "slow ", "degraded", "lagging"];
    const NOT_MEANT: [&str; 12] = [
        "0 error",
        "no error",
        "without error",
        "errors: 0",
        "errors=0",
        "failed: 0",
        "failed=0",
        "error=nil",
        "err=<nil>",
        "error: null",
        "0 failed",
        "failures=0",
    ];
    let lower = text.to_ascii_lowercase();
    if NOT_MEANT.iter().any(|needle| lower.contains(needle)) {
        None
    } else if BAD.iter().any(|needle| lower.contains(needle)) {
        Some(Level::Error)
    } else if ODD.iter().any(|needle| lower.contains(needle)) {
        Some(Level::Warn)
    } else {
        None
    }
}
