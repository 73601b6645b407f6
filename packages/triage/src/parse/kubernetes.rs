//! What Kubernetes prints: klog lines, CRI log files, and the tables of `kubectl get` and `describe`.

use std::borrow::Cow;

use super::{Format, Parsed};
use crate::cursor::Cursor;
use crate::level::Level;
use crate::time::{Stamp, TimeKind, age, klog_stamp, stamp};

/// `E0818 09:10:03.123456   12345 reflector.go:147] text`.
pub(super) fn klog(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let level = Level::from_letter(c.peek())?;
    c.skip(1);
    let time = klog_stamp(&mut c)?;
    c.until(b']', 120)?;
    c.skip_spaces();
    let mut parsed = Parsed::new(Format::Klog, c.rest());
    parsed.stamp = Some(time);
    parsed.level = Some(level);
    Some(parsed)
}

/// `2026-08-18T09:10:03.123Z stdout F text`, the files under `/var/log/pods`.
pub(super) fn cri(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let time = stamp(&mut c)?;
    if !(c.eat_str(" stdout ") || c.eat_str(" stderr "))
        || !matches!(c.peek(), b'F' | b'P')
        || c.peek_at(1) != b' '
    {
        return None;
    }
    c.skip(2);
    let mut parsed = Parsed::new(Format::Plain, c.rest());
    parsed.stamp = Some(time);
    Some(parsed)
}

fn ago(milliseconds: i64) -> Stamp {
    Stamp { ms: -milliseconds, offset: 0, kind: TimeKind::Ago }
}

fn event_level(kind: &str) -> Option<Level> {
    match kind {
        "Warning" => Some(Level::Warn),
        "Normal" => Some(Level::Info),
        _ => None,
    }
}

/// `(x5 over 10m)` after an age says how often; only the age places the event.
fn skip_repeats(c: &mut Cursor<'_>) {
    c.skip_spaces();
    if c.eat_str("(x") {
        let _ = c.until(b')', 40);
        c.skip_spaces();
    }
}

fn table(level: Level, time: Option<i64>, source: Option<&str>, message: String) -> Parsed<'_> {
    Parsed {
        format: Format::KubernetesTable,
        stamp: time.map(ago),
        level: Some(level),
        source,
        message: Cow::Owned(message),
        stack: None,
        request: None,
    }
}

/// `[namespace] 3m12s  Warning  BackOff  pod/checkout-api-7c9  Back-off restarting failed container`.
pub(super) fn event_row(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let mut first = c.word();
    if age(first).is_none() && !first.is_empty() {
        c.skip_spaces();
        first = c.word();
    }
    let time = age(first)?;
    skip_repeats(&mut c);
    let level = event_level(c.word())?;
    c.skip_spaces();
    let reason = c.word();
    c.skip_spaces();
    let object = c.word();
    if !object.contains('/') {
        return None;
    }
    c.skip_spaces();
    Some(table(
        level,
        Some(time),
        object.split_once('/').map(|parts| parts.1),
        format!("{reason} {object}: {}", c.rest()),
    ))
}

/// Reasons and states that mean that a container or pod failed.
fn is_failed_state(state: &str) -> bool {
    matches!(
        state,
        "OOMKilled"
            | "CrashLoopBackOff"
            | "ImagePullBackOff"
            | "ErrImagePull"
            | "Error"
            | "Evicted"
            | "ContainerCannotRun"
            | "CreateContainerConfigError"
            | "CreateContainerError"
            | "RunContainerError"
            | "InvalidImageName"
            | "NodeLost"
            | "DeadlineExceeded"
    ) || state.starts_with("Init:") && (state.ends_with("Error") || state.ends_with("BackOff"))
}

/// Lines of `kubectl describe`: `Reason: OOMKilled`, and its event table `Warning  BackOff  3m (x5 over 10m)  kubelet  text`.
pub(super) fn describe_row(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let first = c.word();
    c.skip_spaces();
    if first == "Reason:" {
        let state = c.word();
        return is_failed_state(state).then(|| table(Level::Error, None, None, format!("Reason: {state}")));
    }
    let level = event_level(first)?;
    let reason = c.word();
    c.skip_spaces();
    let time = age(c.word())?;
    skip_repeats(&mut c);
    let component = c.word();
    c.skip_spaces();
    Some(table(level, Some(time), None, format!("{reason} {component}: {}", c.rest())))
}

/// A row of `kubectl get pods`: `checkout-api-7c9d8b6f5-x2x9q  0/1  CrashLoopBackOff  12 (3m ago)  45m`.
pub(super) fn pod_row(line: &str) -> Option<Parsed<'_>> {
    let mut c = Cursor::new(line);
    let name = c.word();
    if !name.contains('-') || name.len() > 253 {
        return None;
    }
    c.skip_spaces();
    let (ready, wanted) = c.word().split_once('/')?;
    let (ready, wanted) = (ready.parse::<u16>().ok()?, wanted.parse::<u16>().ok()?);
    c.skip_spaces();
    let state = c.word();
    c.skip_spaces();
    let restarts = c.number()?;
    if !state.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return None;
    }
    let level = if is_failed_state(state) {
        Level::Error
    } else if ready < wanted && state != "Completed" {
        Level::Warn
    } else {
        Level::Info
    };
    Some(table(
        level,
        None,
        Some(name),
        format!("pod {name} {state}, {ready}/{wanted} ready, {restarts} restarts"),
    ))
}
