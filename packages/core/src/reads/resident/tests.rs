//! Where a gap ends in the rows that came from the cache.

use super::last_run;

#[test]
fn what_stands_before_a_gap_is_read_again() {
    let run = |indexes: &[u32]| last_run(indexes.iter().copied());
    assert_eq!(run(&[]), None);
    assert_eq!(run(&[0]), Some((0, 1)));
    assert_eq!(run(&[4]), Some((4, 5)));
    assert_eq!(run(&[2, 0, 1]), Some((0, 3)), "in whatever order they come");
    assert_eq!(run(&[0, 1, 3, 4]), Some((3, 5)), "index 2 is missing");
    assert_eq!(run(&[0, 5, 6, 9]), Some((9, 10)), "the last run counts");
    assert_eq!(run(&[3, 3, 4]), Some((3, 5)), "an index that two rows share is no gap");
}
