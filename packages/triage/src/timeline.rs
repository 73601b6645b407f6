//! Puts all entries on one time axis: fills in years and dates that lines leave out, and says how times are best shown.
//!
//! Leaves out: correcting clocks that were wrong.

use std::fmt::Write as _;

use crate::entry::Entry;
use crate::parse::Format;
use crate::time::{DAY_MS, PLACEHOLDER_YEAR, TimeKind, civil_from_days, days_from_civil};

/// How a time is written in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Clock,
    MonthDay,
    Full,
    Uptime,
    Ago,
}

/// The axis that all entries of a text share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeline {
    style: Style,
    /// Minutes east of UTC in which times are shown: those of the first line that has a zone.
    offset: i16,
    /// Whether some lines had a zone.
    pub(crate) zoned: bool,
    /// Whether some lines had no zone and were read as if they had the others'.
    pub(crate) guessed_zone: bool,
    /// Whether lines with different offsets were seen.
    pub(crate) mixed_zones: bool,
    /// Whether the date, year included, is known.
    pub(crate) dated: bool,
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
    /// Lines whose time is more than a second before that of the line above.
    pub(crate) backwards: usize,
}

fn is_absolute(kind: TimeKind) -> bool {
    matches!(kind, TimeKind::Zoned | TimeKind::Local)
}

/// A time without a year, in the year that is nearest to `reference`.
fn with_year(ms: i64, reference: i64) -> i64 {
    let (year, _, _) = civil_from_days(reference.div_euclid(DAY_MS));
    let (_, month, day) = civil_from_days(ms.div_euclid(DAY_MS));
    let clock = ms.rem_euclid(DAY_MS);
    (year - 1..=year + 1)
        .map(|year| days_from_civil(year, month, day) * DAY_MS + clock)
        .min_by_key(|candidate| candidate.abs_diff(reference))
        .unwrap_or(ms)
}

/// Rewrites the times of `entries` so that they can be compared, and returns the axis.
pub(crate) fn align(entries: &mut [Entry]) -> Timeline {
    let reference =
        entries.iter().find(|entry| entry.ms.is_some() && is_absolute(entry.kind)).and_then(|entry| entry.ms);
    let yearless = entries.iter().any(|entry| entry.ms.is_some() && entry.kind == TimeKind::NoYear);
    let clocks = entries.iter().any(|entry| entry.ms.is_some() && entry.kind == TimeKind::ClockOnly);
    let counted = reference.is_some() || yearless || clocks;
    let ages = entries.iter().filter(|entry| entry.ms.is_some() && entry.kind == TimeKind::Ago).count();
    let uptimes = entries.iter().filter(|entry| entry.ms.is_some() && entry.kind == TimeKind::Uptime).count();
    let placeholder = days_from_civil(PLACEHOLDER_YEAR, 6, 30) * DAY_MS;
    let mut near = reference.or_else(|| yearless.then_some(placeholder)).unwrap_or(0);
    let mut seen_date = false;
    let mut previous_clock: Option<i64> = None;
    let mut previous: Option<i64> = None;
    let shown = entries
        .iter()
        .find(|entry| entry.ms.is_some() && entry.kind == TimeKind::Zoned)
        .map(|entry| entry.offset);
    let zoned =
        shown.is_some() || entries.iter().any(|entry| entry.kind == TimeKind::ClockOnly && entry.offset != 0);
    let offset = shown.unwrap_or(0);
    let mut line = Timeline {
        style: Style::Full,
        offset,
        zoned,
        guessed_zone: false,
        mixed_zones: false,
        dated: reference.is_some(),
        first: None,
        last: None,
        backwards: 0,
    };
    for entry in entries.iter_mut() {
        let Some(raw) = entry.ms else {
            // A crash is printed right after the last line of the program.
            if entry.format == Format::Trace {
                entry.ms = previous;
            }
            continue;
        };
        let placed = match entry.kind {
            TimeKind::Zoned => {
                line.mixed_zones |= entry.offset != offset;
                raw
            }
            TimeKind::Local => {
                line.guessed_zone |= zoned;
                raw - i64::from(offset) * 60_000
            }
            TimeKind::NoYear => {
                line.guessed_zone |= zoned;
                // The first line sets the year's middle when nothing else does, so that a log may run over New Year.
                if !seen_date && reference.is_none() {
                    near = raw;
                }
                with_year(raw - i64::from(offset) * 60_000, near)
            }
            TimeKind::ClockOnly => {
                line.guessed_zone |= zoned && entry.offset == 0;
                let midnight = near.div_euclid(DAY_MS) * DAY_MS;
                let mut placed = midnight + raw;
                if let Some(before) = previous_clock {
                    placed += (before - placed + DAY_MS / 2).div_euclid(DAY_MS) * DAY_MS;
                }
                previous_clock = Some(placed);
                placed
            }
            TimeKind::Ago | TimeKind::Uptime
                if counted || (entry.kind == TimeKind::Ago) != (ages >= uptimes) =>
            {
                entry.ms = None;
                continue;
            }
            TimeKind::Ago | TimeKind::Uptime => raw,
        };
        if is_absolute(entry.kind) || entry.kind == TimeKind::NoYear {
            near = placed;
            seen_date = true;
        }
        entry.ms = Some(placed);
        line.backwards += usize::from(previous.is_some_and(|previous| placed < previous - 1000));
        previous = Some(placed);
        line.first = Some(line.first.map_or(placed, |first| first.min(placed)));
        line.last = Some(line.last.map_or(placed, |last| last.max(placed)));
    }
    line.style = match (line.first, line.last) {
        _ if !counted && ages > 0 && ages >= uptimes => Style::Ago,
        _ if !counted && uptimes > 0 => Style::Uptime,
        (Some(first), Some(last))
            if line.wall(first).div_euclid(DAY_MS) == line.wall(last).div_euclid(DAY_MS) =>
        {
            Style::Clock
        }
        _ if reference.is_some() => Style::Full,
        _ if yearless => Style::MonthDay,
        _ => Style::Clock,
    };
    // The order of a table of ages is the table's own, not the clock's.
    if line.style == Style::Ago {
        line.backwards = 0;
    }
    line
}

impl Timeline {
    fn wall(&self, ms: i64) -> i64 {
        ms.saturating_add(i64::from(self.offset) * 60_000)
    }

    /// A point in time as a person of the incident would write it.
    pub(crate) fn show(&self, ms: i64) -> String {
        match self.style {
            Style::Ago => format!("{} ago", span(-ms)),
            Style::Uptime => format!("{} s after boot", ms / 1000),
            Style::Clock | Style::MonthDay | Style::Full => self.show_wall(ms, self.style),
        }
    }

    /// The same with the word that goes before it: `at 09:10:03`, `26 min ago`.
    pub(crate) fn at(&self, ms: i64) -> String {
        let shown = self.show(ms);
        if matches!(self.style, Style::Ago | Style::Uptime) { shown } else { format!("at {shown}") }
    }

    /// Date and time for a command's argument, in UTC when a zone is known; `None` when the date is not known.
    pub(crate) fn show_dated(&self, ms: i64) -> Option<String> {
        let utc = Self { offset: 0, ..*self };
        self.dated
            .then(|| format!("{}{}", utc.show_wall(ms, Style::Full), if self.zoned { " UTC" } else { "" }))
    }

    fn show_wall(&self, ms: i64, style: Style) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let wall = self.wall(ms);
        let (year, month, day) = civil_from_days(wall.div_euclid(DAY_MS));
        let seconds = wall.rem_euclid(DAY_MS) / 1000;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = match style {
            Style::Full => write!(text, "{year:04}-{month:02}-{day:02} "),
            Style::MonthDay => write!(
                text,
                "{} {day} ",
                usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"?")
            ),
            Style::Clock | Style::Uptime | Style::Ago => Ok(()),
        };
        let _ = write!(text, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        text
    }

    /// The zone in which times are shown, if the text names one.
    pub(crate) fn zone(&self) -> Option<String> {
        if !self.zoned || matches!(self.style, Style::Ago | Style::Uptime) {
            return None;
        }
        Some(match self.offset {
            0 => "UTC".to_owned(),
            offset => format!(
                "UTC{}{:02}:{:02}",
                if offset < 0 { '-' } else { '+' },
                offset.abs() / 60,
                offset.abs() % 60
            ),
        })
    }

    /// Milliseconds since midnight of a moment, in the zone that is shown; `None` when there is no clock.
    pub(crate) fn time_of_day(&self, ms: i64) -> Option<i64> {
        (!matches!(self.style, Style::Ago | Style::Uptime)).then(|| self.wall(ms).rem_euclid(DAY_MS))
    }
}

/// A length of time in one or two units.
pub(crate) fn span(ms: i64) -> String {
    let ms = ms.max(0);
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms} ms"),
        1..=89 => format!("{seconds} s"),
        90..=7199 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        90..=7199 => format!("{} min {} s", seconds / 60, seconds % 60),
        7200..=172_799 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}
