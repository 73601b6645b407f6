//! Reads a whole text: one pass over the lines, then passes over small records.
//!
//! Leaves out: words ([`crate::answer`]).

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

use crate::analysis::{Analysis, Content, Exception, Findings, LevelCounts, Template};
use crate::burst::{self, Burst};
use crate::cause::{self, Cause, Trigger};
use crate::cursor::clip;
use crate::entry::{Entry, NO_SOURCE};
use crate::first;
use crate::fold::{Fold, Pending, Signs, Sink};
use crate::http::HttpCounter;
use crate::level::Level;
use crate::line::lines;
use crate::parse::{Format, Request};
use crate::redact::redact;
use crate::template::Templates;
use crate::time::TimeKind;
use crate::timeline::align;

/// Sources and exceptions beyond this many are not told apart any more.
const MAX_NAMES: usize = 512;

/// What a template's words mean, decided once.
#[derive(Clone, Copy)]
struct Meaning {
    level: Level,
    cause: Option<Cause>,
    trigger: Option<Trigger>,
}

type StableMap<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

#[derive(Default)]
struct Collector {
    entries: Vec<Entry>,
    templates: Templates,
    meanings: Vec<Meaning>,
    sources: Vec<String>,
    source_ids: StableMap<Box<str>, u16>,
    exceptions: Vec<Exception>,
    exception_ids: StableMap<Box<str>, u16>,
    http: HttpCounter,
    traces: usize,
    work: u64,
}

impl Collector {
    fn source(&mut self, name: Option<&str>) -> u16 {
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
            return NO_SOURCE;
        };
        if let Some(id) = self.source_ids.get(name) {
            return *id;
        }
        if self.sources.len() >= MAX_NAMES {
            return NO_SOURCE;
        }
        let id = u16::try_from(self.sources.len()).unwrap_or(NO_SOURCE);
        self.source_ids.insert(name.into(), id);
        self.sources.push(name.to_owned());
        id
    }

    fn exception(&mut self, entry: &Pending) -> u16 {
        let trace = &entry.trace;
        if !trace.is_real() {
            return 0;
        }
        self.traces += 1;
        let root = if trace.root.is_empty() { clip(&entry.message, 240) } else { &trace.root };
        let class = root.split(':').next().unwrap_or(root);
        let key = format!("{class}\n{}", trace.frame.as_deref().unwrap_or_default());
        if let Some(id) = self.exception_ids.get(key.as_str()) {
            if let Some(known) = self.exceptions.get_mut(usize::from(*id)) {
                known.count += 1;
            }
            return *id + 1;
        }
        if self.exceptions.len() >= MAX_NAMES {
            return 0;
        }
        let id = u16::try_from(self.exceptions.len()).unwrap_or(0);
        self.exception_ids.insert(key.into(), id);
        let root = redact(root).into_owned();
        let outer = redact(&trace.outer).into_owned();
        self.exceptions.push(Exception {
            language: trace.language,
            outer: (!outer.is_empty() && outer != root).then_some(outer),
            root,
            frame: trace.frame.as_deref().map(|frame| redact(frame).into_owned()),
            count: 1,
            line: entry.line,
        });
        id + 1
    }

    fn meaning(stated: Option<Level>, entry: &Pending) -> Meaning {
        let text = format!("{} {} {}", clip(&entry.message, 600), entry.trace.outer, entry.trace.root);
        // A path may hold any word, so a bare request is judged by its status alone.
        let known = if entry.format == Format::AccessLog { None } else { cause::of_text(&text) };
        let known = known.or_else(|| entry.status.and_then(cause::of_status));
        let level = match (stated, known) {
            (Some(stated), Some(known)) if known.decisive => stated.max(known.level),
            (Some(stated), _) => stated,
            (None, Some(known)) => known.level,
            (None, None) => cause::guessed_level(&text).unwrap_or(Level::Info),
        };
        Meaning { level, cause: known.map(|known| known.cause), trigger: cause::trigger_of(&text) }
    }
}

impl Sink for Collector {
    fn entry(&mut self, mut entry: Pending) {
        if entry.format == Format::Trace && !entry.trace.outer.is_empty() {
            entry.message.clone_from(&entry.trace.outer);
        }
        let (template, _) = self.templates.classify(entry.level, &entry.message);
        if template as usize >= self.meanings.len() {
            self.work += entry.message.len() as u64;
            self.meanings.push(Self::meaning(entry.level, &entry));
        }
        let exception = self.exception(&entry);
        let source = self.source(entry.source.as_deref());
        self.entries.push(Entry {
            line: entry.line,
            start: entry.start,
            ms: entry.stamp.map(|stamp| stamp.ms),
            kind: entry.stamp.map_or(TimeKind::ClockOnly, |stamp| stamp.kind),
            offset: entry.stamp.map_or(0, |stamp| stamp.offset),
            format: entry.format,
            template,
            source,
            exception,
        });
    }

    fn request(&mut self, request: &Request<'_>) {
        self.work += request.path.len() as u64;
        self.http.add(request);
    }
}

fn content(signs: Signs, traces: usize, failures: usize) -> Content {
    let is_log = signs.certain > 0
        || traces > 0
        || signs.bare > 0
        || signs.clock >= 2
        || signs.level >= 2
        || (signs.level == 1 && failures > 0);
    if is_log {
        Content::Log
    } else if signs.filled == 0 {
        Content::Empty
    } else if signs.binary * 2 > signs.filled {
        Content::Binary
    } else {
        Content::Prose
    }
}

/// Numbers of entries under each key, most first, then by key.
fn ranked<K: Ord + Copy>(keys: impl Iterator<Item = K>) -> Vec<(K, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0_usize) += 1;
    }
    let mut ranked: Vec<(K, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked
}

/// The whole analysis, with what is needed to quote.
pub(crate) fn find(text: &str) -> Findings<'_> {
    let mut collector = Collector::default();
    let mut fold = Fold::default();
    let mut line_count = 0;
    for line in lines(text) {
        line_count = line.number;
        fold.line(line, &mut collector);
    }
    fold.finish(&mut collector);
    let Collector { mut entries, templates, meanings, sources, mut exceptions, http, traces, work, .. } =
        collector;
    let timeline = align(&mut entries);
    let by_id = describe(&templates, &meanings, &entries);
    let mut levels = LevelCounts::default();
    for entry in &entries {
        let counter = match by_id.get(entry.template as usize).map_or(Level::Info, |template| template.level)
        {
            Level::Fatal => &mut levels.fatal,
            Level::Error => &mut levels.error,
            Level::Warn => &mut levels.warn,
            Level::Info => &mut levels.info,
            Level::Debug | Level::Trace => &mut levels.debug,
        };
        *counter += 1;
    }
    let bursts = bursts(&entries, &by_id, levels.failures() + levels.warn > 0);
    let first_failure = first::find(text, &entries, &by_id, &bursts);
    let named =
        by_id.iter().filter(|template| template.cause.is_some() && template.level >= Level::Warn).count();
    let content = content(fold.signs, traces, named);
    let mut sorted: Vec<Template> = by_id.clone();
    sorted.retain(|template| template.count > 0);
    sorted.sort_by_key(|template| {
        (
            std::cmp::Reverse(template.level.max(Level::Info)),
            std::cmp::Reverse(template.count),
            template.lines.0,
        )
    });
    exceptions.sort_by_key(|exception| (std::cmp::Reverse(exception.count), exception.line));
    let analysis = Analysis {
        content,
        lines: line_count,
        binary_lines: fold.signs.binary,
        entries: entries.len(),
        levels,
        span: timeline.first.zip(timeline.last),
        span_text: timeline
            .first
            .zip(timeline.last)
            .map(|(first, last)| (timeline.show(first), timeline.show(last))),
        formats: ranked(entries.iter().map(|entry| entry.format)),
        sources: ranked(entries.iter().filter(|entry| entry.source != NO_SOURCE).map(|entry| entry.source))
            .into_iter()
            .filter_map(|(id, count)| {
                sources.get(usize::from(id)).map(|name| (redact(name).into_owned(), count))
            })
            .collect(),
        templates: sorted,
        bursts,
        http: http.finish(),
        exceptions,
        first_failure,
        work: work + fold.work + templates.work,
    };
    Findings { text, entries, by_id, sources, timeline, analysis }
}

/// The templates with the counts that their entries give.
fn describe(templates: &Templates, meanings: &[Meaning], entries: &[Entry]) -> Vec<Template> {
    let mut described: Vec<Template> = (0..templates.len())
        .zip(meanings)
        .map(|(id, meaning)| Template {
            text: templates.describe(id),
            level: meaning.level,
            count: 0,
            lines: (0, 0),
            times: None,
            cause: meaning.cause,
            trigger: meaning.trigger,
        })
        .collect();
    for entry in entries {
        let Some(template) = described.get_mut(entry.template as usize) else {
            continue;
        };
        if template.count == 0 {
            template.lines = (entry.line, entry.line);
        }
        template.count += 1;
        let Some(ms) = entry.ms else {
            if template.times.is_none() {
                template.lines.1 = entry.line;
            }
            continue;
        };
        let (first, last) = template.times.unwrap_or((i64::MAX, i64::MIN));
        if ms < first {
            template.lines.0 = entry.line;
        }
        if ms >= last {
            template.lines.1 = entry.line;
        }
        template.times = Some((first.min(ms), last.max(ms)));
    }
    described
}

fn bursts(entries: &[Entry], by_id: &[Template], failures_only: bool) -> Vec<Burst> {
    let mut all: Vec<i64> = entries.iter().filter_map(|entry| entry.ms).collect();
    let Some(covered) = burst::range(&mut all) else {
        return Vec::new();
    };
    let counts = |entry: &&Entry| {
        !failures_only
            || by_id.get(entry.template as usize).is_some_and(|template| template.level >= Level::Warn)
    };
    let mut times: Vec<i64> = entries.iter().filter(counts).filter_map(|entry| entry.ms).collect();
    burst::find(&mut times, covered)
}
