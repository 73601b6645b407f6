//! Reading timestamps: every usual notation becomes milliseconds and a note on what was left out of it.
//!
//! Leaves out: guessing the missing parts, which needs the other lines and is done in [`crate::timeline`].

use crate::cursor::Cursor;

/// How much of a point in time a timestamp gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeKind {
    /// Date, time and zone (or an epoch count).
    Zoned,
    /// Date and time, no zone.
    Local,
    /// No year, as in RFC 3164 and klog; counted in [`PLACEHOLDER_YEAR`].
    NoYear,
    /// Only a time of day; counted from midnight.
    ClockOnly,
    /// Seconds since boot, as the kernel prints them.
    Uptime,
    /// An age, as `kubectl get events` prints it; counted backwards from 0.
    Ago,
}

/// The year of timestamps without one: a leap year, so that 29 February exists.
pub(crate) const PLACEHOLDER_YEAR: i64 = 1972;
pub(crate) const DAY_MS: i64 = 86_400_000;

/// One timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Milliseconds since the Unix epoch in UTC, or since the origin that `kind` names.
    pub(crate) ms: i64,
    /// Minutes east of UTC that the line's own clock shows.
    pub(crate) offset: i16,
    pub(crate) kind: TimeKind,
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`]: year, month, day.
pub(crate) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * of_year + 2) / 153;
    let month = if part < 10 { part + 3 } else { part - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * part + 2) / 5 + 1)
}

/// English month number from its first three letters.
fn month(cursor: &mut Cursor<'_>) -> Option<i64> {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (rest, number) = (cursor.rest(), 1_i64);
    let index = NAMES.iter().position(|name| rest.starts_with(name))?;
    cursor.skip(3);
    i64::try_from(index).ok().map(|index| index + number)
}

/// `HH:MM:SS` with an optional fraction after `.` or `,`: milliseconds since midnight.
fn clock(cursor: &mut Cursor<'_>) -> Option<i64> {
    let mut c = *cursor;
    let hour = c.digits(2)?;
    if !c.eat(b':') {
        return None;
    }
    let minute = c.digits(2)?;
    if !c.eat(b':') {
        return None;
    }
    let second = c.digits(2)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut ms = ((hour * 60 + minute) * 60 + second) * 1000;
    if matches!(c.peek(), b'.' | b',') && c.peek_at(1).is_ascii_digit() {
        c.skip(1);
        let fraction = c.take_while(|byte| byte.is_ascii_digit());
        ms += fraction
            .bytes()
            .chain([b'0', b'0'])
            .take(3)
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    } else if c.peek().is_ascii_alphanumeric() && c.peek() != b'Z' || c.peek() == b':' {
        return None;
    }
    *cursor = c;
    Some(ms)
}

/// `Z`, `+02:00`, `+0200`, ` UTC`, ` GMT`, with or without a space before it: minutes east of UTC.
fn zone(cursor: &mut Cursor<'_>) -> Option<i16> {
    let mut c = *cursor;
    c.eat(b' ');
    let minutes = if c.eat_str("UTC") || c.eat_str("GMT") || c.eat(b'Z') {
        if c.peek().is_ascii_alphanumeric() {
            return None;
        }
        0
    } else {
        let sign = match c.peek() {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        c.skip(1);
        let hours = c.digits(2)?;
        c.eat(b':');
        let minutes = if c.peek().is_ascii_digit() { c.digits(2)? } else { 0 };
        if hours > 14 || minutes > 59 || c.peek().is_ascii_alphanumeric() {
            return None;
        }
        sign * (hours * 60 + minutes)
    };
    *cursor = c;
    i16::try_from(minutes).ok()
}

fn dated(cursor: &mut Cursor<'_>, year: i64, month: i64, day: i64, clock_ms: i64) -> Option<Stamp> {
    if !(1970..=2200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let wall = days_from_civil(year, month, day) * DAY_MS + clock_ms;
    Some(match zone(cursor) {
        Some(offset) => Stamp { ms: wall - i64::from(offset) * 60_000, offset, kind: TimeKind::Zoned },
        None => Stamp { ms: wall, offset: 0, kind: TimeKind::Local },
    })
}

/// `2026-08-18T09:10:03.5Z`, `2026/08/18 09:10:03`, and the same with other zones.
fn iso(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    let year = c.digits(4)?;
    let separator = c.peek();
    if !matches!(separator, b'-' | b'/') {
        return None;
    }
    c.skip(1);
    let month = c.digits(2)?;
    if !c.eat(separator) {
        return None;
    }
    let day = c.digits(2)?;
    if !matches!(c.peek(), b'T' | b't' | b' ' | b'_') {
        return None;
    }
    c.skip(1);
    let time = clock(&mut c)?;
    let stamp = dated(&mut c, year, month, day, time)?;
    *cursor = c;
    Some(stamp)
}

/// `18/Aug/2026:09:10:03 +0000` (access logs) and `18-Aug-2026 09:10:03.123` (Tomcat).
fn day_month_year(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    let day = c.digits(2)?;
    let separator = c.peek();
    if !matches!(separator, b'/' | b'-' | b' ') {
        return None;
    }
    c.skip(1);
    let month = month(&mut c)?;
    if !c.eat(separator) {
        return None;
    }
    let year = c.digits(4)?;
    if !matches!(c.peek(), b':' | b' ') {
        return None;
    }
    c.skip(1);
    let time = clock(&mut c)?;
    let stamp = dated(&mut c, year, month, day, time)?;
    *cursor = c;
    Some(stamp)
}

/// `08/18/2026 09:10:03`: month first, as in the United States, unless that cannot be.
fn numeric_date(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    let first = c.digits(2)?;
    c.skip(1);
    let second = c.digits(2)?;
    if !c.eat(b'/') {
        return None;
    }
    let year = c.digits(4)?;
    if !c.eat(b' ') {
        return None;
    }
    let time = clock(&mut c)?;
    let (month, day) = if first > 12 { (second, first) } else { (first, second) };
    let stamp = dated(&mut c, year, month, day, time)?;
    *cursor = c;
    Some(stamp)
}

/// `Aug 18 09:10:03`, `Aug  8 2026 09:10:03`, `Tue Aug 18 09:10:03.123456 2026`, `Tue, 18 Aug 2026 09:10:03 GMT`.
fn month_first(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut c = *cursor;
    if DAYS.iter().any(|day| c.rest().starts_with(day)) {
        c.skip(3);
        c.eat(b',');
        if !c.eat(b' ') {
            return None;
        }
        if c.peek().is_ascii_digit() {
            let stamp = day_month_year(&mut c)?;
            *cursor = c;
            return Some(stamp);
        }
    }
    let month = month(&mut c)?;
    if !c.eat(b' ') {
        return None;
    }
    c.skip_spaces();
    let day = c.number()?;
    if !c.eat(b' ') {
        return None;
    }
    let mut year = None;
    if c.peek_at(4) == b' ' && c.peek_at(2) != b':' {
        year = Some(c.digits(4)?);
        c.skip(1);
    }
    let time = clock(&mut c)?;
    if year.is_none() && c.peek() == b' ' {
        let mut ahead = c;
        ahead.skip(1);
        let found = ahead.digits(4).filter(|year| (1970..=2200).contains(year));
        if found.is_some() && !ahead.peek().is_ascii_alphanumeric() {
            year = found;
            c = ahead;
        }
    }
    let stamp = match year {
        Some(year) => dated(&mut c, year, month, day, time)?,
        None => {
            let stamp = dated(&mut c, PLACEHOLDER_YEAR, month, day, time)?;
            Stamp { kind: TimeKind::NoYear, ..stamp }
        }
    };
    *cursor = c;
    Some(stamp)
}

/// A count since the Unix epoch: seconds (with or without fraction), milli-, micro- or nanoseconds, told apart by length.
fn epoch(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    let digits = c.take_while(|byte| byte.is_ascii_digit());
    let divisor = match digits.len() {
        10 => 0,
        13 => 1,
        16 => 1_000,
        19 => 1_000_000,
        _ => return None,
    };
    let count: i64 = digits.parse().ok()?;
    let mut ms = if divisor == 0 { count * 1000 } else { count / divisor };
    if c.peek() == b'.' && c.peek_at(1).is_ascii_digit() {
        c.skip(1);
        let fraction = c.take_while(|byte| byte.is_ascii_digit());
        if divisor == 0 {
            ms += fraction
                .bytes()
                .chain([b'0', b'0'])
                .take(3)
                .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        }
    }
    // 2001 to 2100: other numbers of these lengths are ids or amounts.
    if c.peek().is_ascii_alphanumeric() || !(1_000_000_000_000..4_102_444_800_000).contains(&ms) {
        return None;
    }
    *cursor = c;
    Some(Stamp { ms, offset: 0, kind: TimeKind::Zoned })
}

/// A time of day alone, perhaps with a zone.
fn clock_only(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    let wall = clock(&mut c)?;
    let offset = zone(&mut c).unwrap_or(0);
    *cursor = c;
    Some(Stamp { ms: wall - i64::from(offset) * 60_000, offset, kind: TimeKind::ClockOnly })
}

/// Reads the timestamp at the cursor, whatever its notation, and moves behind it; does not move when there is none.
pub(crate) fn stamp(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    if cursor.peek().is_ascii_digit() {
        match (cursor.peek_at(2), cursor.peek_at(4)) {
            (b':', _) => clock_only(cursor),
            (b'/', _) if cursor.peek_at(3).is_ascii_digit() => numeric_date(cursor),
            (b'/' | b'-' | b' ', _) => day_month_year(cursor),
            (_, b'-' | b'/') => iso(cursor),
            _ => epoch(cursor),
        }
    } else if cursor.peek().is_ascii_uppercase() {
        month_first(cursor)
    } else {
        None
    }
}

/// klog's `0818 09:10:03.123456`, after its letter.
pub(crate) fn klog_stamp(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let mut c = *cursor;
    let (month, day) = (c.digits(2)?, c.digits(2)?);
    if !c.eat(b' ') {
        return None;
    }
    c.skip_spaces();
    let time = clock(&mut c)?;
    let stamp = dated(&mut c, PLACEHOLDER_YEAR, month, day, time)?;
    *cursor = c;
    Some(Stamp { kind: TimeKind::NoYear, ..stamp })
}

/// An age as kubectl writes it: `45s`, `3m12s`, `2h`, `4d3h`: milliseconds.
pub(crate) fn age(text: &str) -> Option<i64> {
    let mut c = Cursor::new(text);
    let mut total = 0_i64;
    while !c.is_done() {
        let count = c.number()?;
        let unit = match c.peek() {
            b's' => 1000,
            b'm' => 60_000,
            b'h' => 3_600_000,
            b'd' => DAY_MS,
            b'y' => 365 * DAY_MS,
            _ => return None,
        };
        c.skip(1);
        total = total.saturating_add(count.saturating_mul(unit));
    }
    (total > 0 || text == "0s").then_some(total)
}

#[cfg(test)]
mod tests;
