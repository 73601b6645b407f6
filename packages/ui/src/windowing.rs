//! Which rows of a long list are in the page: the arithmetic of a windowed list with rows of
//! different heights.
//!
//! No events and no elements here. Rows that were never drawn have an assumed height; a reading
//! position is a row and an offset into it ([`Anchor`]), so that it survives every correction of
//! heights above it.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use crate::keys::Keys;

/// Assumed height in pixels of a row that was never drawn: about three lines with their meta line.
/// Constant, so that spacers do not drift while rows are being measured.
const ASSUMED: f64 = 112.0;

/// A row counts as "at the end" within this many pixels of it (ux §8).
pub(crate) const END_ZONE: f64 = 48.0;

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Anchor {
    /// At the end: new rows keep the end in view.
    End,
    /// The topmost visible row, and how far its top edge is above the upper edge of the viewport.
    Row {
        /// Which row, by index.
        index: usize,
        /// Pixels from the row's top edge to the viewport's; negative when it begins below it.
        offset: f64,
    },
}

/// The heights of a list, and where its rows begin.
#[derive(Debug, Default)]
pub(crate) struct Extents<K> {
    measured: HashMap<K, f64>,
    keys: Keys<K>,
    /// Top edge of each row and, last, the end of the list.
    tops: Vec<f64>,
}

impl<K: Clone + Eq + Hash> Extents<K> {
    pub(crate) fn new() -> Self {
        Self { measured: HashMap::new(), keys: Keys::default(), tops: vec![0.0] }
    }

    /// Takes over a new order of rows. Heights of rows that stay are kept, also those of rows that
    /// are away for a moment. Returns how many rows it begins with as before.
    pub(crate) fn set_keys(&mut self, keys: &Keys<K>) -> usize {
        let same = self.keys.common(keys);
        self.tops.truncate(same + 1);
        let mut top = self.total();
        for key in keys.from(same) {
            top += self.measured.get(key).copied().unwrap_or(ASSUMED);
            self.tops.push(top);
        }
        self.keys = keys.clone();
        same
    }

    /// Takes over measured heights in pixels; whether any row of the list has another height now.
    pub(crate) fn measure(&mut self, heights: &[(K, f64)]) -> bool {
        let mut changed = false;
        for (key, height) in heights {
            let old = self.measured.get(key).copied();
            // Sub-pixel noise of zoomed pages is not a change.
            if old.is_some_and(|old| (old - height).abs() < 0.05) {
                continue;
            }
            self.measured.insert(key.clone(), *height);
            if let Some(index) = self.index_of(key) {
                let taller = height - old.unwrap_or(ASSUMED);
                self.tops.iter_mut().skip(index + 1).for_each(|top| *top += taller);
                changed = true;
            }
        }
        changed
    }

    /// Place of a row. Looks from the end: the rows in use are there.
    pub(crate) fn index_of(&self, key: &K) -> Option<usize> {
        self.keys.place_of(key)
    }

    /// The row at an index.
    pub(crate) fn key(&self, index: usize) -> Option<&K> {
        self.keys.get(index)
    }

    /// Height of the whole list in pixels.
    pub(crate) fn total(&self) -> f64 {
        self.tops.last().copied().unwrap_or(0.0)
    }

    /// Top edge of a row, in pixels from the top of the list.
    pub(crate) fn top(&self, index: usize) -> f64 {
        self.tops.get(index).copied().unwrap_or_else(|| self.total())
    }

    /// Where the list must be scrolled to so that the anchor stands where it stood.
    pub(crate) fn scroll_of(&self, anchor: Anchor, viewport: f64) -> f64 {
        let lowest = (self.total() - viewport).max(0.0);
        match anchor {
            Anchor::End => lowest,
            Anchor::Row { index, offset } => (self.top(index) + offset).clamp(0.0, lowest),
        }
    }

    /// The anchor of a scroll position, given the true height of the scrolled content.
    pub(crate) fn anchor_at(&self, scroll: f64, viewport: f64, content: f64) -> Anchor {
        if content - viewport - scroll <= END_ZONE {
            return Anchor::End;
        }
        let index = self.row_at(scroll);
        Anchor::Row { index, offset: scroll - self.top(index) }
    }

    /// The row that is `offset` pixels below the top edge of a row, and how far into that row this is. Goes row by
    /// row and stops at a row that is drawn but was not measured: its height in the page is not the assumed one.
    pub(crate) fn walk(&self, key: &K, offset: f64, drawn: &Range<usize>) -> (K, f64) {
        let Some(mut index) = self.index_of(key) else { return (key.clone(), offset) };
        let mut rest = offset;
        let known = |index: usize| {
            !drawn.contains(&index) || self.keys.get(index).is_some_and(|key| self.measured.contains_key(key))
        };
        let height = |index: usize| self.top(index + 1) - self.top(index);
        while rest < 0.0 && index > 0 && known(index - 1) {
            index -= 1;
            rest += height(index);
        }
        while index + 1 < self.keys.len() && known(index) && rest >= height(index) {
            rest -= height(index);
            index += 1;
        }
        (self.keys.get(index).unwrap_or(key).clone(), rest)
    }

    /// The row that a vertical position falls into; the first or last one outside the list.
    pub(crate) fn row_at(&self, position: f64) -> usize {
        let after = self.tops.partition_point(|top| *top <= position);
        after.saturating_sub(1).min(self.keys.len().saturating_sub(1))
    }

    /// The rows to draw for a scroll position: those in view, and `margin` pixels on both sides.
    pub(crate) fn window(&self, scroll: f64, viewport: f64, margin: f64) -> Range<usize> {
        if self.keys.is_empty() {
            return 0..0;
        }
        let first = self.row_at((scroll - margin).max(0.0));
        let last = self.row_at(scroll + viewport + margin);
        first..(last + 1).min(self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: u32) -> Extents<u32> {
        let mut list = Extents::new();
        list.set_keys(&Keys::default().changed_to(&(0..count).collect::<Vec<_>>()));
        list
    }

    #[test]
    fn a_list_of_ten_thousand_draws_a_screenful() {
        let list = list(10_000);
        let window = list.window(500_000.0, 800.0, 600.0);
        assert!(window.len() < 25, "{window:?}");
        assert!(list.top(window.start) <= 500_000.0 - 600.0);
        assert!(list.top(window.end) >= 500_800.0 + 600.0);
    }

    #[test]
    fn spacers_and_rows_add_up_to_the_whole_list() {
        let mut list = list(500);
        for key in 40..90 {
            list.measure(&[(key, f64::from(key) * 3.0)]);
        }
        let window = list.window(9_000.0, 700.0, 300.0);
        let rows: f64 = window.clone().map(|i| list.top(i + 1) - list.top(i)).sum();
        let after = list.total() - list.top(window.end);
        assert!((list.top(window.start) + rows + after - list.total()).abs() < 1e-6);
    }

    #[test]
    fn measuring_rows_above_does_not_move_the_row_being_read() {
        let mut list = list(1000);
        let anchor = list.anchor_at(50_000.0, 800.0, list.total());
        let Anchor::Row { index, offset } = anchor else { panic!("the middle is not the end") };
        for key in 0..300 {
            list.measure(&[(key, 40.0)]);
        }
        let scroll = list.scroll_of(anchor, 800.0);
        assert!((scroll - list.top(index) - offset).abs() < 1e-6);
    }

    #[test]
    fn a_place_walks_over_known_rows_and_stops_at_rows_that_were_only_just_drawn() {
        let mut list = list(100);
        for key in 40..60 {
            list.measure(&[(key, 50.0)]);
        }
        assert_eq!(list.walk(&50, 120.0, &(40..60)), (52, 20.0));
        assert_eq!(list.walk(&50, -30.0, &(40..60)), (49, 20.0));
        // Rows 35 to 39 are in the page, and nobody has said how tall they are.
        assert_eq!(list.walk(&41, -200.0, &(35..60)), (40, -150.0));
        list.measure(&[(39, 70.0)]);
        assert_eq!(list.walk(&40, -150.0, &(35..60)), (39, -80.0));
        // What is not in the page has the height of its space.
        assert_eq!(list.walk(&41, -200.0, &(40..60)), (38, ASSUMED - 80.0));
    }

    #[test]
    fn older_rows_above_keep_the_row_being_read() {
        let mut list = list(100);
        let Anchor::Row { index, offset } = list.anchor_at(1_000.0, 800.0, list.total()) else { panic!() };
        let key = *list.key(index).unwrap();
        let mut keys: Vec<u32> = (1_000..1_050).collect();
        keys.extend(0..100);
        list.set_keys(&Keys::default().changed_to(&keys));
        let index = list.index_of(&key).unwrap();
        assert_eq!(index, 58);
        assert!(
            (list.scroll_of(Anchor::Row { index, offset }, 800.0) - (1_000.0 + 50.0 * ASSUMED)).abs() < 1e-6
        );
    }

    #[test]
    fn the_end_is_within_48_pixels() {
        let list = list(50);
        let end = list.total() - 800.0;
        assert_eq!(list.anchor_at(end - 48.0, 800.0, list.total()), Anchor::End);
        assert_ne!(list.anchor_at(end - 49.0, 800.0, list.total()), Anchor::End);
        assert!((list.scroll_of(Anchor::End, 800.0) - end).abs() < 1e-6);
    }

    #[test]
    fn a_short_list_is_at_its_end_and_an_empty_one_draws_nothing() {
        assert_eq!(list(2).anchor_at(0.0, 800.0, 224.0), Anchor::End);
        assert_eq!(list(0).window(0.0, 800.0, 600.0), 0..0);
        assert!(list(0).scroll_of(Anchor::End, 800.0).abs() < 1e-6);
    }

    #[test]
    fn a_height_measured_again_is_no_change() {
        let mut list = list(3);
        assert!(list.measure(&[(1, 61.0)]));
        assert!(!list.measure(&[(1, 61.02)]));
        assert!(!list.measure(&[(9, 61.0)]));
    }
}
