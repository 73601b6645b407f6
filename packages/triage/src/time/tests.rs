//! What `time` promises.

use super::*;

fn read(text: &str) -> Option<(i64, TimeKind)> {
    stamp(&mut Cursor::new(text)).map(|stamp| (stamp.ms, stamp.kind))
}

const NINE_TEN_THREE: i64 = 1_787_044_203_000;

#[test]
fn every_full_notation_of_one_moment_is_the_same_moment() {
    for text in [
        "2026-08-18T09:10:03Z rest",
        "2026-08-18 11:10:03+02:00 rest",
        "2026-08-18 09:10:03,000 UTC [12]",
        "2026-08-18T02:10:03.000-0700",
        "18/Aug/2026:09:10:03 +0000] x",
        "Tue, 18 Aug 2026 09:10:03 GMT",
        "1787044203 x",
        "1787044203.000 x",
        "1787044203000",
        "1787044203000000",
        "1787044203000000000",
    ] {
        assert_eq!(read(text), Some((NINE_TEN_THREE, TimeKind::Zoned)), "{text}");
    }
}

#[test]
fn a_missing_zone_year_or_date_is_said() {
    assert_eq!(read("2026/08/18 09:10:03 [error]"), Some((NINE_TEN_THREE, TimeKind::Local)));
    assert_eq!(read("Tue Aug 18 09:10:03.000123 2026]"), Some((NINE_TEN_THREE, TimeKind::Local)));
    assert_eq!(read("18-Aug-2026 09:10:03.000 SEVERE"), Some((NINE_TEN_THREE, TimeKind::Local)));
    assert_eq!(read("Aug 18 09:10:03 host").map(|found| found.1), Some(TimeKind::NoYear));
    assert_eq!(read("Aug  8 09:10:03 host").map(|found| found.1), Some(TimeKind::NoYear));
    assert_eq!(read("09:10:03.250 x"), Some((33_003_250, TimeKind::ClockOnly)));
    assert_eq!(read("09:10:03Z ERROR"), Some((33_003_000, TimeKind::ClockOnly)));
}

#[test]
fn numbers_that_only_look_like_times_are_not_times() {
    for text in [
        "10:42 we deployed",
        "2026-08-18 we deployed",
        "12345 x",
        "99:10:03",
        "10.8.14.7",
        "Monday is fine",
        "May we help",
        "09:10:03:17",
        "5551234567 x9",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn civil_days_go_back_and_forth() {
    for days in [-719_468, -1, 0, 59, 11_016, 20_683, 47_540] {
        let (year, month, day) = civil_from_days(days);
        assert_eq!(days_from_civil(year, month, day), days);
    }
}

#[test]
fn ages_are_read_as_kubectl_writes_them() {
    assert_eq!(age("3m12s"), Some(192_000));
    assert_eq!(age("4d3h"), Some(4 * DAY_MS + 3 * 3_600_000));
    assert_eq!(age("Warning"), None);
}
