//! Times, ages, spans and sizes as people read them.
//!
//! Pure: the moment and the time zone are handed in. 24-hour clock, decimal point, metric-looking
//! sizes of 1024 steps, as the rest of the field prints them. Sentences are in `words`.

use copilot_core::{Now, civil_from_days};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A local calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    /// Days since 1970-01-01, local.
    number: i64,
    year: i64,
    month: usize,
    day: i64,
}

impl Day {
    /// The local day of a moment in milliseconds since 1970.
    pub(crate) fn of(unix_ms: u64, now: Now) -> Self {
        let local =
            i64::try_from(unix_ms).unwrap_or(i64::MAX / 2) + i64::from(now.utc_offset_minutes) * 60_000;
        let number = local.div_euclid(i64::try_from(DAY).unwrap_or(1));
        let (year, month, day) = civil_from_days(number);
        let month = usize::try_from(month - 1).unwrap_or(0);
        Self { number, year, month, day }
    }

    fn weekday(self) -> &'static str {
        let index = usize::try_from((self.number + 3).rem_euclid(7)).unwrap_or(0);
        WEEKDAYS.get(index).copied().unwrap_or_default()
    }

    fn date(self, today: Self) -> String {
        let month = MONTHS.get(self.month).copied().unwrap_or_default();
        if self.year == today.year {
            format!("{} {month}", self.day)
        } else {
            format!("{} {month} {}", self.day, self.year)
        }
    }

    /// What stands in the line between two days of a transcript.
    pub(crate) fn divider(self, now: Now) -> String {
        let today = Self::of(now.wall.0, now);
        match today.number - self.number {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            _ => format!("{} {}", self.weekday(), self.date(today)),
        }
    }
}

/// Time of day, such as `10:48`.
pub(crate) fn clock_time(unix_ms: u64, now: Now) -> String {
    let offset = i64::from(now.utc_offset_minutes);
    let minutes = i64::try_from(unix_ms / MINUTE).unwrap_or(0) + offset;
    let of_day = minutes.rem_euclid(24 * 60);
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

/// A moment in full, such as `12 Nov 2026 10:48`.
pub(crate) fn date_time(unix_ms: u64, now: Now) -> String {
    let day = Day::of(unix_ms, now);
    let month = MONTHS.get(day.month).copied().unwrap_or_default();
    format!("{} {month} {} {}", day.day, day.year, clock_time(unix_ms, now))
}

/// How long ago something was: `just now`, `2 min ago`, `1 h ago`, `yesterday`, `Fri`, `12 Nov`.
/// Moments ahead of this device's clock count as just now: servers' clocks may lead.
pub(crate) fn age(unix_ms: u64, now: Now) -> String {
    let past = now.wall.0.saturating_sub(unix_ms);
    let (today, day) = (Day::of(now.wall.0, now), Day::of(unix_ms, now));
    match today.number - day.number {
        _ if past < MINUTE => "just now".to_owned(),
        _ if past < HOUR => format!("{} min ago", past / MINUTE),
        ..=0 => format!("{} h ago", past / HOUR),
        1 => "yesterday".to_owned(),
        2..=6 => day.weekday().to_owned(),
        _ => day.date(today),
    }
}

/// The day something happened, for "Resolved Thu": `today`, `yesterday`, `Thu`, `12 Nov`.
pub(crate) fn day_name(unix_ms: u64, now: Now) -> String {
    let (today, day) = (Day::of(now.wall.0, now), Day::of(unix_ms, now));
    match today.number - day.number {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..=6 => day.weekday().to_owned(),
        _ => day.date(today),
    }
}

/// A span in whole seconds as `0:04`, `12:30`, `1:02:03`.
pub(crate) fn span(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A size such as `512 B`, `18 kB`, `1.2 MB`: one decimal below ten, none above.
pub(crate) fn size(bytes: u64) -> String {
    const STEPS: [(&str, u64); 3] = [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)];
    for (unit, step) in STEPS {
        if bytes >= step {
            let tenths = (bytes.saturating_mul(10) + step / 2) / step;
            let (whole, tenth) = (tenths / 10, tenths % 10);
            return if whole < 10 && tenth > 0 {
                format!("{whole}.{tenth} {unit}")
            } else {
                format!("{} {unit}", (bytes + step / 2) / step)
            };
        }
    }
    format!("{bytes} B")
}

/// The beginning of a long id of a server: enough to tell it from the others on one screen.
pub(crate) fn short_id(id: &str) -> String {
    const SHOWN: usize = 8;
    const LONG: usize = 16;
    if id.chars().count() < LONG {
        return id.to_owned();
    }
    let front: String = id.chars().take(SHOWN).collect();
    format!("{front}…")
}

/// The initials of a name, at most two: `MO` for Mira Okafor.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The first words of a message, for the names of its buttons: one line, at most 60 characters.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        None => line.to_owned(),
        Some((end, _)) => {
            let cut = line.get(..end).unwrap_or(line);
            cut.rfind(' ').and_then(|space| cut.get(..space)).unwrap_or(cut).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use copilot_core::{Mono, Wall};

    use super::*;

    /// 2026-11-12 10:51:30 UTC, a Thursday, read in a zone two hours east.
    const NOON: u64 = 1_794_480_690_000;

    fn now() -> Now {
        Now { wall: Wall(NOON), mono: Mono(0), utc_offset_minutes: 120 }
    }

    #[test]
    fn a_time_of_day_is_in_the_local_zone() {
        assert_eq!(clock_time(NOON, now()), "12:51");
        assert_eq!(clock_time(NOON, Now { utc_offset_minutes: -660, ..now() }), "23:51");
    }

    #[test]
    fn a_moment_in_full_has_its_day_and_its_time() {
        assert_eq!(date_time(NOON, now()), "12 Nov 2026 12:51");
    }

    #[test]
    fn ages_grow_coarser_with_distance() {
        let ages = [
            (0, "just now"),
            (59_999, "just now"),
            (2 * MINUTE, "2 min ago"),
            (HOUR, "1 h ago"),
            (DAY, "yesterday"),
            (3 * DAY, "Mon"),
            (10 * DAY, "2 Nov"),
            (400 * DAY, "8 Oct 2025"),
        ];
        for (past, words) in ages {
            assert_eq!(age(NOON - past, now()), words);
        }
        assert_eq!(age(NOON + HOUR, now()), "just now");
    }

    #[test]
    fn yesterday_begins_at_local_midnight() {
        let thirteen_hours = 13 * HOUR;
        assert_eq!(age(NOON - thirteen_hours, now()), "yesterday");
        assert_eq!(age(NOON - 12 * HOUR, now()), "12 h ago");
    }

    #[test]
    fn a_divider_names_the_day() {
        assert_eq!(Day::of(NOON, now()).divider(now()), "Today");
        assert_eq!(Day::of(NOON - DAY, now()).divider(now()), "Yesterday");
        assert_eq!(Day::of(NOON - 7 * DAY, now()).divider(now()), "Thu 5 Nov");
        assert_ne!(Day::of(NOON, now()), Day::of(NOON - DAY, now()));
    }

    #[test]
    fn the_leap_day_is_a_day() {
        let leap = Day::of(1_709_164_800_000, Now::default());
        assert_eq!((leap.year, leap.month, leap.day), (2024, 1, 29));
        let epoch = Day::of(0, Now::default());
        assert_eq!((epoch.year, epoch.month, epoch.day, epoch.weekday()), (1970, 0, 1, "Thu"));
    }

    #[test]
    fn spans_and_sizes_are_short() {
        assert_eq!([span(4), span(72), span(3723)], ["0:04", "1:12", "1:02:03"]);
        let sizes =
            [size(512), size(18 * 1024), size(1_258_291), size(10 * 1024 * 1024), size(50 * 1024 * 1024)];
        assert_eq!(sizes, ["512 B", "18 kB", "1.2 MB", "10 MB", "50 MB"]);
    }

    #[test]
    fn a_long_id_is_known_by_its_beginning_and_a_word_stays() {
        assert_eq!(short_id("47f14452-ab51-4cd0-9a3e-5d1c9a0b7e11"), "47f14452…");
        assert_eq!(short_id("no id yet"), "no id yet");
    }

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert_eq!(initials("Mira van Okafor"), "MO");
        assert_eq!(initials("mira"), "M");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn an_excerpt_ends_between_words() {
        assert_eq!(excerpt("\n  Rolling back\nsecond line"), "Rolling back");
        let long = "word ".repeat(30);
        assert!(excerpt(&long).len() <= 60 && excerpt(&long).ends_with("word"));
    }
}
