//! Times as servers write them: RFC 3339 with 0 to 9 fraction digits and `Z`, an offset or nothing,
//! which means UTC (contract 4.4). Never compared with the local clock.

use copilot_core::ServerTime;

/// Reads a time; `None` for what is none, and for times before 1970.
pub(crate) fn server_time(text: &str) -> Option<ServerTime> {
    let mut rest = Cursor(text.trim().as_bytes());
    let (year, month, day) = (rest.digits(4)?, rest.after(b"-")?.digits(2)?, rest.after(b"-")?.digits(2)?);
    let hour = rest.after(b"Tt ")?.digits(2)?;
    let (minute, second) = (rest.after(b":")?.digits(2)?, rest.after(b":")?.digits(2)?);
    let millis = rest.fraction()?;
    let offset = rest.offset()?;
    // A leap second is written :60 and counts as the first second of the next minute.
    let valid = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour <= 23
        && minute <= 59
        && second <= 60;
    if !valid {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    u64::try_from(seconds * 1000 + millis).ok().map(ServerTime)
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn after(&mut self, any: &[u8]) -> Option<&mut Self> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        any.contains(first).then_some(self)
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        number.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
    }

    /// Milliseconds of `.123456789`; finer digits are dropped.
    fn fraction(&mut self) -> Option<i64> {
        let Some(rest) = self.0.strip_prefix(b".") else {
            return Some(0);
        };
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.0 = rest;
        let kept = count.min(3);
        let value = self.digits(kept)? * [1000, 100, 10, 1].get(kept).copied().unwrap_or(1);
        self.digits(count - kept)?;
        (1..=9).contains(&count).then_some(value)
    }

    /// Seconds east of UTC; nothing may follow.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.0 {
            [] | [b'Z' | b'z'] => return Some(0),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return None,
        };
        let (hours, minutes) = (self.after(b"+-")?.digits(2)?, self.after(b":")?.digits(2)?);
        (self.0.is_empty() && hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar, for years 0 to 9999.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let years = year - 1;
    let before_year = years * 365 + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    let before_month: i64 = (1..month).map(|month| days_in(year, month)).sum();
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    before_year + before_month + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_contract_is_read() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-08-18T09:12:04.118Z", 1_787_044_324_118),
            ("2026-08-18T09:12:04", 1_787_044_324_000),
            ("2026-08-18t09:12:04z", 1_787_044_324_000),
            ("2026-08-18 09:12:04.1", 1_787_044_324_100),
            ("2026-08-18T11:12:04.118999999+02:00", 1_787_044_324_118),
            ("2026-08-18T03:42:04.118-05:30", 1_787_044_324_118),
            ("2024-02-29T23:59:60Z", 1_709_251_200_000),
            ("1970-01-01T01:00:00+01:00", 0),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] {
            assert_eq!(server_time(text), Some(ServerTime(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_guessed_at() {
        for text in [
            "",
            "now",
            "1787044324",
            "2026-08-18",
            "2026-8-18T09:12:04Z",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-08-18T24:00:00Z",
            "2026-08-18T09:60:00Z",
            "2026-08-18T09:12:61Z",
            "2026-08-18T09:12:04.Z",
            "2026-08-18T09:12:04.1234567890Z",
            "2026-08-18T09:12:04+2:00",
            "2026-08-18T09:12:04Zx",
            "1969-12-31T23:59:59Z",
            "2026-08-18T09:12:04+24:00",
            "\u{0662}026-08-18T09:12:04Z",
        ] {
            assert_eq!(server_time(text), None, "{text}");
        }
    }
}
