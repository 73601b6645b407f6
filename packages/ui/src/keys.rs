//! A long list of keys that is cheap to copy and to compare: two lists share what they have in common.
//!
//! A conversation of ten thousand rows gets one more with every message that is sent. Copying its keys, comparing
//! the copies and dropping the old one would touch each of them before the message is painted; so the keys stand in
//! blocks, and a new list takes over the blocks that did not change.

use std::rc::Rc;

/// Keys in a block. What a message at the end costs is one block and a pointer for each of the others: for ten
/// thousand keys, about as many of the one as of the other.
const BLOCK: usize = 128;

/// See the module. All blocks but the last are full.
#[derive(Debug, Clone)]
pub(crate) struct Keys<K> {
    blocks: Rc<Vec<Rc<[K]>>>,
    len: usize,
}

impl<K> Default for Keys<K> {
    fn default() -> Self {
        Self { blocks: Rc::default(), len: 0 }
    }
}

impl<K: PartialEq> PartialEq for Keys<K> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && (Rc::ptr_eq(&self.blocks, &other.blocks) || self.common(other) == self.len)
    }
}

impl<K: Clone + PartialEq> Keys<K> {
    /// A list with these keys, which shares with this one what is at the same place in both.
    pub(crate) fn changed_to(&self, keys: &[K]) -> Self {
        let blocks = keys.chunks(BLOCK).enumerate().map(|(number, keys)| {
            let own = self.blocks.get(number).filter(|own| common(own, keys) == own.len().max(keys.len()));
            own.map_or_else(|| Rc::from(keys), Rc::clone)
        });
        Self { blocks: Rc::new(blocks.collect()), len: keys.len() }
    }
}

impl<K: PartialEq> Keys<K> {
    /// How many keys both lists begin with alike.
    pub(crate) fn common(&self, other: &Self) -> usize {
        let mut same = 0;
        for (own, other) in self.blocks.iter().zip(other.blocks.iter()) {
            let alike = if Rc::ptr_eq(own, other) { own.len() } else { common(own, other) };
            same += alike;
            if alike < BLOCK {
                break;
            }
        }
        same
    }

    /// Place of a key. Looks from the end: the rows in use are there.
    pub(crate) fn place_of(&self, key: &K) -> Option<usize> {
        let mut before = self.len;
        self.blocks.iter().rev().find_map(|block| {
            before -= block.len();
            Some(before + block.iter().rposition(|other| other == key)?)
        })
    }
}

impl<K> Keys<K> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn get(&self, place: usize) -> Option<&K> {
        self.blocks.get(place / BLOCK)?.get(place % BLOCK)
    }

    pub(crate) fn last(&self) -> Option<&K> {
        self.blocks.last()?.last()
    }

    /// The keys from a place on.
    pub(crate) fn from(&self, place: usize) -> impl DoubleEndedIterator<Item = &K> {
        (place..self.len).filter_map(|place| self.get(place))
    }
}

/// A plain loop: this runs over ten thousand keys before a message is painted, and the module is built for size.
fn common<K: PartialEq>(one: &[K], other: &[K]) -> usize {
    let (mut left, mut right, mut same) = (one.iter(), other.iter(), 0);
    while let (Some(left), Some(right)) = (left.next(), right.next())
        && left == right
    {
        same += 1;
    }
    same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(list: &Keys<u32>) -> Vec<u32> {
        list.from(0).copied().collect()
    }

    fn upto(count: u32) -> Vec<u32> {
        (0..count).collect()
    }

    #[test]
    fn a_list_has_the_keys_it_was_made_of() {
        for count in [0, 1, 127, 128, 129, 1000] {
            let list = Keys::default().changed_to(&upto(count));
            assert_eq!(keys(&list), upto(count));
            assert_eq!(list.len(), count as usize);
            assert_eq!(list.is_empty(), count == 0);
            assert_eq!(list.last().copied(), count.checked_sub(1));
            assert_eq!(list.get(count as usize), None);
            assert_eq!(list.place_of(&count), None);
            for key in 0..count {
                assert_eq!(list.place_of(&key), Some(key as usize));
                assert_eq!(list.get(key as usize), Some(&key));
            }
        }
    }

    #[test]
    fn a_key_more_at_the_end_leaves_all_blocks_but_the_last_shared() {
        let before = Keys::default().changed_to(&upto(10_000));
        let after = before.changed_to(&upto(10_001));
        let shared =
            before.blocks.iter().zip(after.blocks.iter()).filter(|(before, after)| Rc::ptr_eq(before, after));
        assert_eq!(shared.count(), 10_000 / BLOCK);
        assert_eq!(before.common(&after), 10_000);
        assert!(before != after);
        assert_eq!(keys(&before), upto(10_000), "the list that was there keeps its keys");
    }

    #[test]
    fn what_changes_in_the_middle_is_seen() {
        let before = Keys::default().changed_to(&upto(500));
        let mut other = upto(500);
        other.swap(300, 301);
        let after = before.changed_to(&other);
        assert_eq!(keys(&after), other);
        assert_eq!(before.common(&after), 300);
        assert!(before != after);
        assert!(before == after.changed_to(&upto(500)));
        assert!(after.changed_to(&upto(300)) != before);
    }

    #[test]
    fn a_list_that_lost_its_end_has_the_rest() {
        let before = Keys::default().changed_to(&upto(300));
        for count in [0, 1, 128, 200, 256, 299] {
            let after = before.changed_to(&upto(count));
            assert_eq!(keys(&after), upto(count));
            assert_eq!(before.common(&after), count as usize);
            assert!(before != after);
        }
    }
}
