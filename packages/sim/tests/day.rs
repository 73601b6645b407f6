//! A day-long session stays flat: memory and journal per operation do not grow with what has been.

use std::alloc::System;

use cap::Cap;
use copilot_sim::day::Day;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// Operations of a day.
const DAY: u64 = 10_000;
/// Operations after which everything has been used once: every case was open and full pages were read.
const WARM: u64 = 2_000;
/// Cases that the person works on.
const CASES: usize = 40;

#[test]
fn a_session_of_ten_thousand_operations_stays_flat() {
    let before = HEAP.allocated();
    let mut day = Day::new(CASES);
    day.work(WARM);
    let (warm, written) = (HEAP.allocated() - before, day.written);
    day.work(DAY - WARM);
    let (end, all) = (HEAP.allocated() - before, day.written);
    assert_eq!(day.unfinished(), 0);
    assert_eq!(day.listed(), CASES);
    assert!(day.stored() > DAY * 9 / 10, "{} turns", day.stored());
    let kib = |bytes: usize| bytes / 1024;
    assert!(end * 4 <= warm * 6, "{} KiB after {WARM} operations, {} KiB after {DAY}", kib(warm), kib(end));
    let (first, last) = (written / WARM, (all - written) / (DAY - WARM));
    assert!(last * 4 <= first * 5, "{first} bytes of journal an operation at first, {last} at last");
}
