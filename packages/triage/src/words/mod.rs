//! Every sentence that a person reads, apart from the known failures ([`causes`]) and the questions ([`symptoms`]).
//!
//! Plain words, no blame; log content comes in already escaped. Leaves out: which sentence is said when ([`crate::answer`]).

pub(crate) mod causes;
pub(crate) mod symptoms;

use crate::burst::Burst;
use crate::cause::Trigger;
use crate::first::Reason;
use crate::level::Level;
use crate::parse::Format;
use crate::timeline::span;
use crate::trace::Language;

pub(crate) const DECIDE_LABEL: &str = "Start a formal investigation";
pub(crate) const DECIDE_PAYLOAD: &str = "Yes, start a formal investigation";
pub(crate) const DECIDE_BODY: &str = "Keeps hypotheses and evidence of this case in one place";
pub(crate) const RUN_BODY: &str = "Copied for your terminal; nothing is run from here";
pub(crate) const FIRST_HEADING: &str = "Likely first failure";
pub(crate) const EXCEPTIONS_HEADING: &str = "**Exceptions**";
pub(crate) const NEXT_HEADING: &str = "**What I would check next**";
pub(crate) const UNKNOWN_HEADING: &str = "**What I do not know**";
pub(crate) const TABLE_HEAD: &str = "| Level | Lines | First | Last | Message |\n|---|--:|---|---|---|";
pub(crate) const PANIC: &str = "panic";
pub(crate) const NO_TIME: &str = "–";
pub(crate) const BINARY: &str = "What you sent is not a log: it is mostly binary data. If it is compressed or an archive, unpack it first; if it is a log, send it as text.";

pub(crate) fn format_name(format: Format) -> &'static str {
    match format {
        Format::Syslog3164 | Format::Syslog5424 => "syslog",
        Format::Journald => "journald",
        Format::AccessLog => "access log",
        Format::NginxError => "nginx error log",
        Format::ApacheError => "Apache error log",
        Format::Klog => "klog",
        Format::KubernetesTable => "kubectl output",
        Format::Json => "JSON lines",
        Format::Logfmt => "logfmt",
        Format::Postgres => "PostgreSQL",
        Format::Kernel => "kernel log",
        Format::Trace => "stack trace",
        Format::Plain => "plain text",
    }
}

pub(crate) fn level_name(level: Level) -> &'static str {
    match level {
        Level::Trace => "trace",
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warning",
        Level::Error => "error",
        Level::Fatal => "fatal",
    }
}

pub(crate) fn language_name(language: Language) -> &'static str {
    match language {
        Language::Java => "Java",
        Language::Python => "Python",
        Language::Go => "Go",
        Language::Node => "Node",
        Language::Rust => "Rust",
    }
}

pub(crate) fn trigger_name(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::NodeDrain => "a node drain",
        Trigger::Deploy => "a deploy",
        Trigger::ConfigChange => "a configuration change",
        Trigger::Failover => "a failover",
        Trigger::Migration => "a database migration",
        Trigger::CertificateChange => "a certificate change",
        Trigger::Scaling => "a change of scale",
        Trigger::Restart => "a restart",
    }
}

/// `1234` with thin groups, as tables are read: `1,234`.
pub(crate) fn number(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(crate) fn counted(value: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// A duration taken by a request.
pub(crate) fn millis(ms: f64) -> String {
    if ms < 1000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1000.0) }
}

/// `, 9 s after a node drain`; nothing before it when the text has no times.
pub(crate) fn after_change(trigger: Trigger, before_ms: Option<i64>) -> String {
    match before_ms {
        Some(0) => format!(", in the same second as {}", trigger_name(trigger)),
        Some(ms) => format!(", {} after {}", span(ms), trigger_name(trigger)),
        None => format!(", shortly after {}", trigger_name(trigger)),
    }
}

pub(crate) fn verdict(source: Option<&str>, what: &str, from: Option<&str>, after: &str) -> String {
    let source = source.map(|source| format!("{source}: ")).unwrap_or_default();
    let from = from.map(|from| format!(", first {from}")).unwrap_or_default();
    format!("**{source}{what}{from}{after}.**")
}

pub(crate) fn failures_from(message: &str) -> String {
    format!("failures, beginning with {message}")
}

pub(crate) fn nothing_failed(entries: usize) -> String {
    format!(
        "**No errors or warnings in {}.** If users see a problem, it starts somewhere else, or before or after this part of the log.",
        counted(entries, "entry", "entries")
    )
}

pub(crate) fn burst(burst: &Burst, at: &str) -> String {
    let usual = match burst.median {
        0 => "usually none".to_owned(),
        median => format!("usually {median}"),
    };
    let length = span(burst.last_ms.saturating_sub(burst.first_ms));
    format!(
        "Rise {at}: {} within {length}, at most {} per {} ({usual}).",
        number(burst.count as usize),
        burst.peak,
        span(burst.width_ms)
    )
}

pub(crate) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NewBeforeRise => {
            "It is the earliest line of a kind of failure that was not there before the rise."
        }
        Reason::Earliest => "It is the earliest failure in the text; there is no clear rise to compare with.",
        Reason::EarliestWarning => "There are no errors; it is the earliest warning.",
    }
}

pub(crate) fn change_before(trigger: Trigger, line: usize, before_ms: Option<i64>) -> String {
    let when = match before_ms {
        Some(ms) => format!("{} earlier", span(ms)),
        None => "shortly before".to_owned(),
    };
    format!(
        "Line {} tells of {} {when}; order is not proof, but it is the first thing to rule out.",
        number(line),
        trigger_name(trigger)
    )
}

pub(crate) fn asked_time(asked: &str, first: &str, difference_ms: i64) -> String {
    if difference_ms > 0 {
        format!("You named {asked}; the first failure here is {} earlier, {first}.", span(difference_ms))
    } else {
        format!("You named {asked}; the first failure here is {} later, {first}.", span(-difference_ms))
    }
}

pub(crate) const IN_THE_LOG_HEADING: &str = "**In the log you sent**";
pub(crate) const FOLLOW_UP_LIMIT: &str = "I looked the words up and compared times, nothing more. With the log of the other side for the same minutes I can say which of them failed first.";

/// Where a word of the question stands: `` `pool` – 12 entries, the first in line 194 at 14:23:14, 14 s after the likely first failure ``.
pub(crate) fn stands(
    term: &str,
    count: usize,
    line: Option<usize>,
    at: Option<String>,
    since_first_ms: Option<i64>,
) -> String {
    let Some(line) = line else { return format!("{term} – nowhere in it") };
    let at = at.map(|at| format!(" {at}")).unwrap_or_default();
    let since = match since_first_ms {
        Some(0) => ", in the same second as the likely first failure".to_owned(),
        Some(ms) if ms > 0 => format!(", {} after the likely first failure", span(ms)),
        Some(ms) => format!(", {} before the likely first failure", span(-ms)),
        None => String::new(),
    };
    let first = if count == 1 { "in" } else { "the first in" };
    format!("{term} – {}, {first} line {}{at}{since}", counted(count, "entry", "entries"), number(line))
}

pub(crate) fn still_first(line: usize, at: Option<&str>, text: &str) -> String {
    let at = at.map(|at| format!(" {at}")).unwrap_or_default();
    format!("The likely first failure is line {}{at}: {text}", number(line))
}

pub(crate) const LOG_BEGINS_WITH_FAILURE: &str =
    "What came before: the log begins with the failure. Ten minutes more would show what is new.";
pub(crate) const NO_TIMES: &str = "When things happened: the lines have no times, so I went by their order.";
pub(crate) const NO_ZONE: &str = "The time zone of these lines; compare with other systems with care.";
pub(crate) const GUESSED_ZONE: &str = "Whether lines without a zone use that of the others; I read them so.";
pub(crate) const MIXED_ZONES: &str = "The log mixes time zones; I compared all times in one.";
pub(crate) const BACKWARDS: &str =
    "Lines are not in order of time (several files or clocks?); I sorted by time.";
pub(crate) const ONE_SIDE: &str = "How the other side saw it: this log is one side only.";
pub(crate) const NO_CHANGE_SEEN: &str =
    "What changed: no deploy, restart or configuration change shows in this log.";

pub(crate) fn unreadable(lines: usize) -> String {
    format!("{} unreadable (binary) and left out.", counted(lines, "line was", "lines were"))
}

pub(crate) const CHECK_SAME_MINUTE: &str =
    "Read the log of what this service calls, from a minute before the first failure";
pub(crate) const CHECK_EVENTS: &str = "See recent events of the cluster in order of time";
pub(crate) const CHECK_UNIT: &str = "Read what the service logged around the first failure";
pub(crate) const CHECK_FRAME: &str = "Open the code at the first frame that is yours";
pub(crate) const CHECK_OTHER_LOGS: &str =
    "Send the log of the component that users touch, or of the minutes they complained about";
pub(crate) const EVIDENCE_BEFORE: (&str, [&str; 2]) =
    ("The log from 10 min earlier", ["same service", "same time zone"]);
pub(crate) const EVIDENCE_OTHER: (&str, [&str; 2]) =
    ("Log of the component that users touch", ["the minutes of the complaint", "with its time zone"]);

pub(crate) fn tell_changes(before: Option<&str>) -> String {
    match before {
        Some(time) => format!("Tell me what changed before {time}"),
        None => "Tell me what changed before this".to_owned(),
    }
}

pub(crate) fn tell_after(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::NodeDrain => "Tell me why the node was drained",
        Trigger::Deploy => "Tell me what the deploy changed",
        Trigger::ConfigChange => "Tell me what changed in the configuration",
        Trigger::Failover => "Tell me what led to the failover",
        Trigger::Migration => "Tell me what the migration changes",
        Trigger::CertificateChange => "Tell me which certificate was changed",
        Trigger::Scaling => "Tell me why the scale was changed",
        Trigger::Restart => "Tell me who or what restarted it",
    }
}

/// What to rule out after a change, and a command that helps.
pub(crate) fn change_check(trigger: Trigger) -> (&'static str, &'static str) {
    match trigger {
        Trigger::NodeDrain => (
            "Check whether anything still uses addresses of the drained node",
            "kubectl get pods -A -o wide --field-selector spec.nodeName={node}",
        ),
        Trigger::Deploy => (
            "Compare errors of the new and the previous version; if only the new one fails, roll back first",
            "kubectl rollout history deployment/{deploy}{n}",
        ),
        Trigger::ConfigChange => {
            ("Read what changed in the configuration, and try the old value on one instance", "")
        }
        Trigger::Failover => {
            ("Check that clients follow the new primary and do not keep the old address", "")
        }
        Trigger::Migration => (
            "See whether the migration holds locks or left the schema half changed",
            "psql{db} -c \"select pid, now() - xact_start as age, wait_event, left(query, 80) from pg_stat_activity where state <> 'idle' order by age desc\"",
        ),
        Trigger::CertificateChange => {
            ("Check that every process has loaded the new certificate; many read it only at start", "")
        }
        Trigger::Scaling => {
            ("Compare the number of ready instances with the load", "kubectl get pods{n} -o wide")
        }
        Trigger::Restart => ("Find out who or what restarted it, and whether it came back healthy", ""),
    }
}

pub(crate) const TELL_SYMPTOM: &str = "Tell me what users see, and since when";
