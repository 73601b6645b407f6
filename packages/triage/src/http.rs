//! What access logs and request fields say: status classes, failing and slow paths.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

use serde::Serialize;

use crate::cursor::clip;
use crate::mask::mask;
use crate::parse::Request;
use crate::redact::redact;

/// More paths than this are counted together.
const MAX_PATHS: usize = 1024;
/// Upper ends of the time classes are powers of two from a quarter millisecond on; 24 of them reach beyond an hour.
const CLASSES: usize = 24;

/// All requests of a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Http {
    /// Requests with a status.
    pub requests: u64,
    /// Requests by hundreds of their status: 1xx to 5xx.
    pub classes: [u64; 5],
    /// Paths with the slowest 95th percentile first, at most three; empty when the log has no times.
    pub slowest: Vec<PathTimes>,
    /// Paths with the most 5xx answers first, at most three.
    pub failing: Vec<PathTimes>,
}

/// Requests of one path, numbers and ids in it masked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathTimes {
    /// Method and masked path.
    pub path: String,
    /// Requests.
    pub count: u64,
    /// Answers from 500 on.
    pub errors: u64,
    /// 95th percentile of the time taken, in milliseconds, as exact as a factor of two allows; `None` without times.
    pub p95_ms: Option<f64>,
    /// Longest time taken, in milliseconds.
    pub max_ms: Option<f64>,
}

#[derive(Default)]
struct PathCounts {
    count: u64,
    errors: u64,
    timed: u64,
    max_ms: f64,
    classes: [u64; CLASSES],
}

/// Counts requests as they come.
#[derive(Default)]
pub(crate) struct HttpCounter {
    requests: u64,
    classes: [u64; 5],
    paths: HashMap<Box<str>, PathCounts, BuildHasherDefault<DefaultHasher>>,
    masked: String,
    key: String,
}

fn class_of(ms: f64) -> usize {
    let mut end = 0.25_f64;
    let mut class = 0;
    while ms > end && class + 1 < CLASSES {
        end *= 2.0;
        class += 1;
    }
    class
}

impl HttpCounter {
    pub(crate) fn add(&mut self, request: &Request<'_>) {
        let Some(status) = request.status else { return };
        self.requests += 1;
        if let Some(class) = self.classes.get_mut((usize::from(status) / 100).saturating_sub(1)) {
            *class += 1;
        }
        let path = request.path.split(['?', '#']).next().unwrap_or(request.path);
        mask(clip(path, 200), &mut self.masked);
        self.key.clear();
        self.key.push_str(clip(request.method, 10));
        self.key.push(' ');
        self.key.push_str(&self.masked);
        if !self.paths.contains_key(self.key.as_str()) {
            if self.paths.len() >= MAX_PATHS {
                self.key.clear();
                self.key.push_str("(other paths)");
            }
            self.paths.entry(self.key.as_str().into()).or_default();
        }
        let Some(counts) = self.paths.get_mut(self.key.as_str()) else {
            return;
        };
        counts.count += 1;
        counts.errors += u64::from(status >= 500);
        if let Some(ms) = request.took_ms {
            counts.timed += 1;
            counts.max_ms = counts.max_ms.max(ms);
            if let Some(class) = counts.classes.get_mut(class_of(ms)) {
                *class += 1;
            }
        }
    }

    pub(crate) fn finish(self) -> Option<Http> {
        if self.requests == 0 {
            return None;
        }
        let mut paths: Vec<PathTimes> = self
            .paths
            .into_iter()
            .map(|(path, counts)| PathTimes {
                path: redact(path.trim()).into_owned(),
                count: counts.count,
                errors: counts.errors,
                p95_ms: percentile(&counts),
                max_ms: (counts.timed > 0).then_some(counts.max_ms),
            })
            .collect();
        paths.sort_by(|a, b| a.path.cmp(&b.path));
        let mut slowest: Vec<PathTimes> =
            paths.iter().filter(|path| path.p95_ms.is_some()).cloned().collect();
        slowest.sort_by(|a, b| {
            b.p95_ms.unwrap_or(0.0).total_cmp(&a.p95_ms.unwrap_or(0.0)).then(b.count.cmp(&a.count))
        });
        slowest.truncate(3);
        let mut failing: Vec<PathTimes> = paths.into_iter().filter(|path| path.errors > 0).collect();
        failing.sort_by_key(|path| std::cmp::Reverse(path.errors));
        failing.truncate(3);
        Some(Http { requests: self.requests, classes: self.classes, slowest, failing })
    }
}

/// The upper end of the class that holds the 95th of a hundred, but never more than the longest.
fn percentile(counts: &PathCounts) -> Option<f64> {
    if counts.timed == 0 {
        return None;
    }
    let wanted = (counts.timed * 95).div_ceil(100);
    let mut seen = 0;
    let mut end = 0.25_f64;
    for class in counts.classes {
        seen += class;
        if seen >= wanted {
            break;
        }
        end *= 2.0;
    }
    Some(end.min(counts.max_ms))
}
