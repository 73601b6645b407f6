//! Decides where the trouble probably began, and keeps the reason.
//!
//! The first failure is the earliest line of a template that is new or much more frequent once failures rise; what failed all the
//! time is background. A change (deploy, drain, restart) shortly before it is kept beside it. Leaves out: proof; this is an order of
//! lines, not a cause.

use serde::Serialize;

use crate::analysis::Template;
use crate::burst::Burst;
use crate::cause::{Cause, Trigger};
use crate::cursor::clip;
use crate::entry::Entry;
use crate::level::Level;
use crate::line::{Cleaned, MAX_LINE_BYTES, clean};
use crate::redact::redact;

/// A change further away than this is not held against the failure: 10 minutes.
const TRIGGER_WITHIN_MS: i64 = 600_000;
/// The same for lines without times, in entries.
const TRIGGER_WITHIN_ENTRIES: usize = 60;
/// A failure alone and further than this before the rise belongs to something else: 10 minutes, or 10 buckets if that is more.
const BEFORE_RISE_MS: i64 = 600_000;
/// Changes that happen this often are routine.
const ROUTINE: usize = 20;

/// Why a line was picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// The earliest line of a kind of failure that is new when failures rise.
    NewBeforeRise,
    /// The earliest failure in the text; failures never rise clearly.
    Earliest,
    /// There are no errors; the earliest warning.
    EarliestWarning,
}

/// A change shortly before the first failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preceding {
    /// What changed.
    pub trigger: Trigger,
    /// Its line, counted from 1.
    pub line: usize,
    /// Its text, cleaned and redacted.
    pub text: String,
    /// How long before the failure, in milliseconds; `None` without times.
    pub before_ms: Option<i64>,
}

/// Where it probably began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstFailure {
    /// Its line, counted from 1.
    pub line: usize,
    /// Its text, cleaned and redacted.
    pub text: String,
    /// Its time, in milliseconds on the text's own axis.
    pub at_ms: Option<i64>,
    /// Why this line.
    pub reason: Reason,
    /// What changed shortly before.
    pub preceded_by: Option<Preceding>,
    /// Position in the list of entries.
    #[serde(skip)]
    pub(crate) entry: usize,
}

/// The line at a place in the text as it may be shown: cleaned, one line, without secrets.
pub(crate) fn shown_line(text: &str, start: usize) -> String {
    let line = text.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
    match clean(clip(line.trim_end_matches('\r'), MAX_LINE_BYTES), &mut String::new()) {
        Cleaned::Text(line) => redact(line.trim_end()).into_owned(),
        Cleaned::Binary => String::new(),
    }
}

/// Times for ordering: a line without one has that of the line above it.
fn carried(entries: &[Entry]) -> Vec<i64> {
    let mut last = entries.iter().find_map(|entry| entry.ms).unwrap_or(0);
    entries
        .iter()
        .map(|entry| {
            last = entry.ms.unwrap_or(last);
            last
        })
        .collect()
}

/// Occurrences of a template before and after the rise.
#[derive(Clone, Copy, Default)]
struct Sides {
    first: Option<(i64, usize)>,
    before: usize,
    after: usize,
}

/// Names the first failure among `entries`; `None` when nothing failed.
pub(crate) fn find(
    text: &str,
    entries: &[Entry],
    templates: &[Template],
    bursts: &[Burst],
) -> Option<FirstFailure> {
    let errors = templates.iter().any(|template| template.count > 0 && template.level >= Level::Error);
    let counts = |template: &Template| {
        template.level >= if errors { Level::Error } else { Level::Warn }
            || (template.level == Level::Warn && template.cause.is_some())
    };
    if !templates.iter().any(|template| template.count > 0 && counts(template)) {
        return None;
    }
    let times = carried(entries);
    let rise = bursts.first().map(|burst| burst.first_ms);
    let slack = bursts.first().map_or(0, |burst| burst.width_ms);
    let mut sides = vec![Sides::default(); templates.len()];
    for (index, (entry, ms)) in entries.iter().zip(&times).enumerate() {
        let Some(side) = sides.get_mut(entry.template as usize) else {
            continue;
        };
        if rise.is_some_and(|rise| *ms < rise.saturating_sub(slack)) {
            side.before += 1;
        } else {
            side.after += 1;
        }
        if side.first.is_none_or(|(first, _)| *ms < first) {
            side.first = Some((*ms, index));
        }
    }
    let (begin, end) = (times.iter().min().copied()?, times.iter().max().copied()?);
    let earliest = |strict: bool| {
        templates
            .iter()
            .zip(&sides)
            .filter(|(template, side)| {
                counts(template)
                    && !(strict
                        && rise.is_some_and(|rise| is_background(template, side, begin, rise, end, slack)))
            })
            // A crash loop is never the beginning: of two failures at one time, the other is.
            .filter_map(|(template, side)| {
                side.first.map(|(ms, index)| (ms, template.cause == Some(Cause::CrashLoop), index))
            })
            .min()
    };
    let (at, _, index) = earliest(true).or_else(|| earliest(false))?;
    let entry = entries.get(index)?;
    let reason = match (errors, rise) {
        (false, _) => Reason::EarliestWarning,
        (true, Some(rise)) if at >= rise.saturating_sub(BEFORE_RISE_MS.max(slack * 10)) => {
            Reason::NewBeforeRise
        }
        _ => Reason::Earliest,
    };
    Some(FirstFailure {
        line: entry.line,
        text: shown_line(text, entry.start),
        at_ms: entry.ms,
        reason,
        preceded_by: preceding(text, entries, &times, templates, index, at),
        entry: index,
    })
}

/// Whether a failure was there before the rise much as after it, or alone and long before.
fn is_background(template: &Template, side: &Sides, begin: i64, rise: i64, end: i64, slack: i64) -> bool {
    if side.before == 0 {
        return false;
    }
    let decisive = template.cause.and_then(crate::cause::known).is_some_and(|known| known.decisive);
    if side.before == 1 || decisive {
        let far = BEFORE_RISE_MS.max(slack.saturating_mul(10));
        return !decisive && side.first.is_some_and(|(first, _)| first < rise.saturating_sub(far));
    }
    let quiet = rise.saturating_sub(begin).max(1) as f64;
    let busy = end.saturating_sub(rise).max(1000) as f64;
    let (before, after) = (side.before as f64 / quiet, side.after as f64 / busy);
    after < before * 3.0
        || side.first.is_some_and(|(first, _)| {
            first < rise.saturating_sub(BEFORE_RISE_MS.max(slack.saturating_mul(10)))
        })
}

/// The heaviest and then latest change shortly before the entry `index`.
fn preceding(
    text: &str,
    entries: &[Entry],
    times: &[i64],
    templates: &[Template],
    index: usize,
    at: i64,
) -> Option<Preceding> {
    let timed = entries.get(index)?.ms.is_some();
    let mut best: Option<(u8, i64, usize, Trigger)> = None;
    for (place, (entry, ms)) in entries.iter().zip(times).enumerate() {
        let near = if timed && entry.ms.is_some() {
            *ms <= at && at.saturating_sub(*ms) <= TRIGGER_WITHIN_MS
        } else {
            place < index && index - place <= TRIGGER_WITHIN_ENTRIES
        };
        if !near || place == index || (*ms == at && place > index) {
            continue;
        }
        let Some(template) = templates.get(entry.template as usize) else {
            continue;
        };
        let Some(trigger) =
            template.trigger.filter(|_| template.level < Level::Error && template.count <= ROUTINE)
        else {
            continue;
        };
        let weight = u8::from(!matches!(trigger, Trigger::Restart | Trigger::Scaling));
        if best.is_none_or(|(known, when, _, _)| (weight, *ms) >= (known, when)) {
            best = Some((weight, *ms, place, trigger));
        }
    }
    let (_, ms, place, trigger) = best?;
    let entry = entries.get(place)?;
    let before_ms = (timed && entry.ms.is_some()).then(|| at.saturating_sub(ms));
    Some(Preceding { trigger, line: entry.line, text: shown_line(text, entry.start), before_ms })
}
