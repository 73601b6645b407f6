//! Clocks that stop at their ends in place of going round, and a calendar.

use super::*;

#[test]
fn spans_are_added_and_taken_away() {
    assert_eq!(Mono(5) + Millis(7), Mono(12));
    assert_eq!(Mono(12) - Mono(5), Millis(7));
    assert_eq!(Wall(5) + Millis(7), Wall(12));
    assert_eq!(Wall(12) - Wall(5), Millis(7));
    assert_eq!(Millis::seconds(3), Millis(3000));
}

#[test]
fn nothing_lies_before_the_beginning_or_behind_the_end() {
    assert_eq!(Mono(5) - Mono(12), Millis(0));
    assert_eq!(Wall(5) - Wall(12), Millis(0));
    assert_eq!(Mono(u64::MAX) + Millis(1), Mono(u64::MAX));
    assert_eq!(Wall(u64::MAX) + Millis(1), Wall(u64::MAX));
    assert_eq!(Millis::seconds(u64::MAX), Millis(u64::MAX));
}

/// Counted by hand from the first of March of the year 0 on: six times four centuries, with all their leap years.
#[test]
fn every_day_follows_the_day_before_it() {
    let days_in = |year: i64, month: i64| match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (mut year, mut month, mut date) = (0, 3, 1);
    for day in -719_468..200_000 {
        assert_eq!(civil_from_days(day), (year, month, date), "day {day}");
        date += 1;
        if date > days_in(year, month) {
            (month, date) = (month + 1, 1);
        }
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
    assert_eq!(civil_from_days(0), (1970, 1, 1));
}
