//! Counts for an operator, in the text format of Prometheus (exposition format 0.0.4).
//!
//! Addresses are counted by their pattern, never by what stands in them: no id, name or token shows here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

/// Content type of the text format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds of the duration buckets in seconds: from a cached read to the bound of a turn.
const BUCKETS: [f64; 10] = [0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 120.0];

/// The pattern of the address that a request was answered at; put on answers, never sent.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(pub(crate) String);

/// The counters of one server.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(String, String, u16), u64>>,
    durations: Mutex<Durations>,
    in_flight: AtomicI64,
    connections: AtomicI64,
    refused_sign_ins: AtomicU64,
}

#[derive(Debug, Default)]
struct Durations {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

/// Counts something as open until it is dropped.
pub(crate) struct Open<'a>(&'a AtomicI64);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn open(gauge: &AtomicI64) -> Open<'_> {
    gauge.fetch_add(1, Ordering::Relaxed);
    Open(gauge)
}

impl Metrics {
    /// A request is being answered.
    pub(crate) fn request(&self) -> Open<'_> {
        open(&self.in_flight)
    }

    /// A connection is open.
    pub(crate) fn connection(&self) -> Open<'_> {
        open(&self.connections)
    }

    /// A sign-in was refused.
    pub(crate) fn refused_sign_in(&self) {
        self.refused_sign_ins.fetch_add(1, Ordering::Relaxed);
    }

    /// A request was answered.
    pub(crate) fn answered(&self, method: &Method, pattern: Option<&Pattern>, status: u16, took: Duration) {
        // What matches nothing counts as one address: otherwise every guess would add a line.
        let pattern = pattern.map_or("other", |pattern| pattern.0.as_str());
        let method = if method.as_str().len() <= 7 { method.as_str() } else { "other" };
        let key = (method.to_owned(), pattern.to_owned(), status);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry(key).or_default() += 1;
        drop(requests);
        let mut durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = took.as_secs_f64();
        for (bucket, bound) in durations.buckets.iter_mut().zip(BUCKETS) {
            if seconds <= bound {
                *bucket += 1;
            }
        }
        durations.count += 1;
        durations.sum += seconds;
    }

    /// The counters as text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        head(&mut out, "copilot_requests_total", "counter", "Requests that were answered.");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, pattern, status), count) in &*requests {
            let _ = writeln!(
                out,
                "copilot_requests_total{{method=\"{method}\",path=\"{pattern}\",status=\"{status}\"}} {count}"
            );
        }
        drop(requests);
        head(&mut out, "copilot_request_seconds", "histogram", "How long answers took.");
        let durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        for (count, bound) in durations.buckets.iter().zip(BUCKETS) {
            let _ = writeln!(out, "copilot_request_seconds_bucket{{le=\"{bound}\"}} {count}");
        }
        let _ = writeln!(out, "copilot_request_seconds_bucket{{le=\"+Inf\"}} {}", durations.count);
        let _ = writeln!(out, "copilot_request_seconds_sum {}", durations.sum);
        let _ = writeln!(out, "copilot_request_seconds_count {}", durations.count);
        drop(durations);
        for (name, kind, help, value) in [
            (
                "copilot_requests_in_flight",
                "gauge",
                "Requests being answered.",
                self.in_flight.load(Ordering::Relaxed),
            ),
            ("copilot_connections", "gauge", "Open connections.", self.connections.load(Ordering::Relaxed)),
            (
                "copilot_refused_sign_ins_total",
                "counter",
                "Attempts to sign in that were refused.",
                i64::try_from(self.refused_sign_ins.load(Ordering::Relaxed)).unwrap_or(i64::MAX),
            ),
        ] {
            head(&mut out, name, kind, help);
            let _ = writeln!(out, "{name} {value}");
        }
        out
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}
