//! Severity: one scale for all the words, letters and numbers that logs use for it.

use serde::Serialize;

/// How bad a line says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Finer than debug.
    Trace,
    /// For developers.
    Debug,
    /// Normal operation; also syslog's notice.
    Info,
    /// Something is off, work goes on.
    Warn,
    /// Something failed.
    Error,
    /// The process or the host cannot go on; also critical, alert and emergency.
    Fatal,
}

impl Level {
    /// Reads a level word in any case; `None` for words that are not one.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let mut lower = [0_u8; 13];
        let lower = lower.get_mut(..word.len())?;
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"trace" | b"trc" | b"finest" | b"finer" | b"verbose" => Self::Trace,
            b"debug" | b"dbg" | b"dbug" | b"fine" | b"debug1" | b"debug2" => Self::Debug,
            b"info" | b"inf" | b"information" | b"notice" | b"note" | b"log" | b"normal"
            | b"informational" => Self::Info,
            b"warn" | b"warning" | b"wrn" => Self::Warn,
            b"error" | b"err" | b"eror" | b"severe" | b"failure" => Self::Error,
            b"fatal" | b"ftl" | b"crit" | b"critical" | b"alert" | b"emerg" | b"emergency" | b"panic"
            | b"dpanic" => Self::Fatal,
            _ => return None,
        })
    }

    /// The letter of klog, glog and some console writers.
    pub(crate) fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'D' => Self::Debug,
            b'I' => Self::Info,
            b'W' => Self::Warn,
            b'E' => Self::Error,
            b'F' => Self::Fatal,
            _ => return None,
        })
    }

    /// RFC 5424 section 6.2.1: the severity is the priority modulo 8.
    pub(crate) fn from_syslog(priority: i64) -> Self {
        match priority.rem_euclid(8) {
            0..=2 => Self::Fatal,
            3 => Self::Error,
            4 => Self::Warn,
            5 | 6 => Self::Info,
            _ => Self::Debug,
        }
    }

    /// A bare number in a `level` field: bunyan and pino count in tens, syslog from 0 to 7.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            0..=7 => Self::from_syslog(number),
            10 => Self::Trace,
            20 => Self::Debug,
            30 => Self::Info,
            40 => Self::Warn,
            50 => Self::Error,
            60 => Self::Fatal,
            _ => return None,
        })
    }

    /// What an HTTP status says about the request's server.
    pub(crate) fn from_status(status: u16) -> Self {
        match status {
            500..=599 => Self::Error,
            408 | 425 | 429 | 499 => Self::Warn,
            _ => Self::Info,
        }
    }
}
