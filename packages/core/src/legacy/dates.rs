//! Times as text: RFC 3339, as browsers write them.

/// `2026-11-22T20:15:00.123Z` for milliseconds since 1970.
pub(super) fn text_of(unix_ms: u64) -> String {
    let seconds = i64::try_from(unix_ms / 1000).unwrap_or(0);
    let (year, month, day) = crate::time::civil_from_days(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}Z", second % 60, unix_ms % 1000)
}

/// Milliseconds since 1970 of a time in UTC; `None` for anything else.
pub(super) fn unix_ms_of(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let separated = ["-", "-", "T", ":", ":"].iter().zip([4, 7, 10, 13, 16]);
    if !separated.into_iter().all(|(sign, at)| text.get(at..at + 1) == Some(sign)) || !text.ends_with('Z') {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let seconds = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    let millis = number(20, 23).unwrap_or(0);
    let days = days_from_civil(year, month, day);
    u64::try_from((days * 86_400 + seconds) * 1000 + millis).ok()
}

/// The number of a day counted from 1970-01-01; the reverse of [`crate::time::civil_from_days`].
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_being_written_and_read() {
        for unix_ms in [0, 951_782_400_123, 1_795_348_800_000, 4_102_444_799_999] {
            assert_eq!(unix_ms_of(&text_of(unix_ms)), Some(unix_ms));
        }
        assert_eq!(text_of(1_795_305_540_007), "2026-11-21T23:59:00.007Z");
    }

    #[test]
    fn every_day_until_the_year_2134_is_read_back() {
        for day in 0..60_000 {
            let unix_ms = day * 86_400_000 + 45_296_789;
            assert_eq!(unix_ms_of(&text_of(unix_ms)), Some(unix_ms), "day {day}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "yesterday", "2026-11-21", "2026-11-21T23:59:00+01:00", "2026-11-21 23:59:00Z"] {
            assert_eq!(unix_ms_of(text), None, "{text}");
        }
    }
}
