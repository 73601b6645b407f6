//! Clocks that stop at their ends in place of going round.

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
