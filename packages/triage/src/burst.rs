//! Finds stretches of time in which lines come much faster than usual.

use serde::Serialize;

/// Bucket widths that a person can name, in milliseconds.
const WIDTHS: [i64; 13] = [
    1000,
    5000,
    10_000,
    30_000,
    60_000,
    300_000,
    600_000,
    1_800_000,
    3_600_000,
    21_600_000,
    86_400_000,
    604_800_000,
    2_592_000_000,
];
/// Most buckets that the time span is cut into: a screen's width.
const MAX_BUCKETS: i64 = 120;
/// Fewer buckets say nothing about what is usual.
const MIN_BUCKETS: usize = 5;
/// Fewer lines in a bucket are no burst, however quiet the rest is.
const MIN_LINES: u32 = 4;
/// How many times the median makes a burst.
const TIMES_MEDIAN: u32 = 4;
const MAX_BURSTS: usize = 3;

/// A stretch with more lines than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Burst {
    /// Time of its first line, in milliseconds on the text's own axis.
    pub first_ms: i64,
    /// Time of its last line.
    pub last_ms: i64,
    /// Lines in it.
    pub count: u32,
    /// Lines in its fullest bucket.
    pub peak: u32,
    /// Lines in the median bucket of the whole text.
    pub median: u32,
    /// Width of a bucket, in milliseconds.
    pub width_ms: i64,
}

/// The range that holds all but the outermost hundredth of the times, when the rest would stretch it beyond use; else all of it.
pub(crate) fn range(times: &mut [i64]) -> Option<(i64, i64)> {
    let (low, high) = (*times.iter().min()?, *times.iter().max()?);
    let cut = times.len() / 100;
    if cut == 0 {
        return Some((low, high));
    }
    let inner_low = *times.select_nth_unstable(cut).1;
    let inner_high = *times.select_nth_unstable(times.len() - 1 - cut).1;
    let inner = inner_high.saturating_sub(inner_low).max(1);
    Some(if high.saturating_sub(low) / inner > 20 { (inner_low, inner_high) } else { (low, high) })
}

/// The bursts among `times`, which may be in any order, in a text whose lines cover the [`range`] `covered`.
pub(crate) fn find(times: &mut [i64], covered: (i64, i64)) -> Vec<Burst> {
    let Some((low, high)) = range(times) else {
        return Vec::new();
    };
    // The quiet time around belongs to what is usual.
    let (low, high) = (low.min(covered.0), high.max(covered.1));
    let length = high.saturating_sub(low);
    let width =
        WIDTHS.into_iter().find(|width| length / width < MAX_BUCKETS).unwrap_or(length / MAX_BUCKETS + 1);
    let bucket_of = |ms: i64| usize::try_from(ms.checked_sub(low)?.checked_div(width)?).ok();
    let mut counts = vec![0_u32; usize::try_from(length / width).unwrap_or(0) + 1];
    for ms in times.iter().filter(|ms| (low..=high).contains(*ms)) {
        if let Some(count) = bucket_of(*ms).and_then(|index| counts.get_mut(index)) {
            *count += 1;
        }
    }
    if counts.len() < MIN_BUCKETS {
        return Vec::new();
    }
    let mut sorted = counts.clone();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let threshold = (median.saturating_mul(TIMES_MEDIAN)).max(MIN_LINES);
    let stays = (threshold / 2).max(1);
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    let mut index = 0;
    while let Some(&count) = counts.get(index) {
        if count < threshold {
            index += 1;
            continue;
        }
        let mut begin = index;
        while begin > 0
            && counts.get(begin - 1).is_some_and(|count| *count >= stays)
            && stretches.last().is_none_or(|last| begin - 1 > last.1)
        {
            begin -= 1;
        }
        while counts.get(index + 1).is_some_and(|count| *count >= stays) {
            index += 1;
        }
        stretches.push((begin, index));
        index += 1;
    }
    let mut bursts: Vec<Burst> = stretches
        .iter()
        .map(|(begin, end)| {
            let inside = counts.get(*begin..=*end).unwrap_or_default();
            Burst {
                first_ms: i64::MAX,
                last_ms: i64::MIN,
                count: inside.iter().sum(),
                peak: inside.iter().copied().max().unwrap_or(0),
                median,
                width_ms: width,
            }
        })
        .collect();
    for ms in times.iter() {
        let Some(bucket) = bucket_of(*ms) else {
            continue;
        };
        let place = stretches.partition_point(|stretch| stretch.1 < bucket);
        if stretches.get(place).is_some_and(|stretch| stretch.0 <= bucket)
            && let Some(burst) = bursts.get_mut(place)
        {
            burst.first_ms = burst.first_ms.min(*ms);
            burst.last_ms = burst.last_ms.max(*ms);
        }
    }
    bursts.sort_by_key(|burst| (std::cmp::Reverse(burst.count), burst.first_ms));
    bursts.truncate(MAX_BURSTS);
    bursts.sort_by_key(|burst| burst.first_ms);
    bursts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_over_a_quiet_log_is_one_burst_with_its_true_edges() {
        let mut times: Vec<i64> = (0..30).map(|index| index * 60_000).collect();
        times.extend((0..50).map(|index| 900_000 + index * 400));
        let bursts = find(&mut times, (0, 1_800_000));
        assert_eq!(bursts.len(), 1);
        assert_eq!((bursts[0].first_ms, bursts[0].last_ms), (900_000, 919_600));
        assert!(bursts[0].count >= 50);
    }

    #[test]
    fn an_even_rate_has_no_burst() {
        let mut times: Vec<i64> = (0..500).map(|index| index * 1000).collect();
        assert_eq!(find(&mut times, (0, 500_000)), []);
    }

    #[test]
    fn one_stray_date_does_not_hide_the_burst() {
        let mut times: Vec<i64> = (0..200).map(|index| 1_787_000_000_000 + index * 60_000).collect();
        times.extend((0..300).map(|index| 1_787_006_000_000 + index * 50));
        times.push(0);
        let covered = range(&mut times).unwrap();
        let bursts = find(&mut times, covered);
        assert!(
            bursts
                .iter()
                .any(|burst| burst.first_ms.abs_diff(1_787_006_000_000) < burst.width_ms.unsigned_abs())
        );
    }
}
