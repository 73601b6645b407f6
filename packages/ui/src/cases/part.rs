//! Which rows of a long list are in the page. All rows have one height, so indexes are enough.

use copilot_core::ids::CaseKey;

/// Rows of the list that are in the page at most: a tall screen and some to both sides.
pub(super) const DRAWN: usize = 110;
/// Rows of them above the one that is looked at.
pub(super) const ABOVE: usize = 40;
/// The rows in the page change after so many rows of scrolling.
const STEP: usize = 20;

/// The first row to draw so that a row is in the page.
pub(super) const fn first_for(row: usize) -> usize {
    let first = row.saturating_sub(ABOVE);
    first - first % STEP
}

pub(super) const fn drawn(first: usize) -> std::ops::Range<usize> {
    first..first + DRAWN
}

/// The rows of a group that are in the page, and the space of the others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) keys: Vec<CaseKey>,
    /// Index in the group of the first of them.
    pub(super) first: usize,
    pub(super) total: usize,
    /// Pixels.
    pub(super) above: f64,
    pub(super) below: f64,
}

impl Part {
    /// Of a group whose first row is row `start` of the list; `top` is the first row of the list to draw.
    pub(super) fn of(keys: &[CaseKey], start: usize, top: usize, row_height: f64) -> Self {
        let total = keys.len();
        let first = top.saturating_sub(start).min(total);
        let last = (top + DRAWN).saturating_sub(start).clamp(first, total);
        let space = |rows: usize| f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) * row_height;
        Self {
            keys: keys.get(first..last).unwrap_or_default().to_vec(),
            first,
            total,
            above: space(first),
            below: space(total - last),
        }
    }
}

#[cfg(test)]
mod tests {
    use copilot_core::ids::RealId;

    use super::*;

    fn keys(count: usize) -> Vec<CaseKey> {
        (0..count).map(|n| CaseKey::of_server(&RealId::parse(&format!("c{n}")).unwrap())).collect()
    }

    #[test]
    fn a_list_of_ten_thousand_has_a_screenful_in_the_page() {
        let (pinned, active) = (keys(30), keys(10_000));
        for row in [0, 25, 5_000, 10_029] {
            let top = first_for(row);
            let parts = [Part::of(&pinned, 0, top, 50.0), Part::of(&active, 30, top, 50.0)];
            assert!(parts.iter().map(|part| part.keys.len()).sum::<usize>() <= DRAWN);
            assert!(drawn(top).contains(&row));
            let tall: f64 = parts
                .iter()
                .map(|part| {
                    part.above + part.below + 50.0 * f64::from(u32::try_from(part.keys.len()).unwrap())
                })
                .sum();
            assert!((tall - 10_030.0 * 50.0).abs() < 1e-6, "{tall}");
        }
    }
}
