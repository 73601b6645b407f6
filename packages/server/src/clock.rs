//! Wall time in milliseconds and its text form on the wire (RFC 3339, UTC).
//!
//! Time zones and parsing are left out: the server only writes times.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds in a day.
const DAY_MS: i64 = 86_400_000;

/// A moment in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// The moment `seconds` later.
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// `2026-08-18T09:12:04.118Z`.
    pub(crate) fn to_rfc3339(self) -> String {
        let (year, month, day) = civil_date(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1000 % 60,
            ms % 1000
        )
    }

    /// The UTC day as `YYMMDD`, as it stands in placeholder titles.
    pub(crate) fn short_day(self) -> String {
        let (year, month, day) = civil_date(self.0.div_euclid(DAY_MS));
        format!("{:02}{month:02}{day:02}", year.rem_euclid(100))
    }

    /// The same moment for `HTTP-date` headers.
    pub(crate) fn to_system_time(self) -> SystemTime {
        UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(self.0).unwrap_or(0))
    }
}

/// Day count since 1970-01-01 to (year, month, day) of the proleptic Gregorian calendar. Counting starts on 1 March, so
/// that the leap day is the last day of a year and months follow a fixed 153-day rhythm.
fn civil_date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Where the server reads the time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of this computer.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] is called; its clones move together. For tests of expiry.
    #[must_use]
    pub fn manual(start_ms: i64) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start_ms))))
    }

    /// Moves a manual clock forward by `ms` milliseconds. The system clock is left alone.
    pub fn advance(&self, ms: i64) {
        if let Source::Manual(now) = &self.0 {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Moment {
        match &self.0 {
            Source::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Source::Manual(now) => Moment(now.load(Ordering::SeqCst)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_utc_with_milliseconds() {
        assert_eq!(Moment(0).to_rfc3339(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Moment(951_782_400_000).to_rfc3339(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Moment(1_787_044_324_118).to_rfc3339(), "2026-08-18T09:12:04.118Z");
        assert_eq!(Moment(-1).to_rfc3339(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_day_is_written_short_for_placeholders() {
        assert_eq!(Moment(1_787_044_324_118).short_day(), "260818");
    }

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let clock = Clock::manual(5);
        let other = clock.clone();
        clock.advance(10);
        assert_eq!(other.now(), Moment(15));
    }
}
