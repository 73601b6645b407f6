//! A map in the order of its keys.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::Flatten;
use std::mem;
use std::ops::{Bound, RangeBounds};
use std::vec;

use super::iter::{Iter, Place};

/// A map that iterates in the order of its keys.
#[derive(Clone)]
pub struct OrderedMap<K, V> {
    /// None is empty; within and across them the keys ascend.
    chunks: Vec<Vec<(K, V)>>,
    len: usize,
}

impl<K, V> OrderedMap<K, V> {
    /// Most entries of a chunk: 2 KB of them, so that what an insertion moves costs less than what it looks up; not fewer
    /// than eight, so that the list of chunks stays short beside its entries.
    const MOST: usize = {
        let fit = 2_048 / (size_of::<(K, V)>() + 1);
        if fit < 8 {
            8
        } else if fit > 64 {
            64
        } else {
            fit
        }
    };

    /// An empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entry with the lowest key.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.chunks.first()?.first().map(|(key, value)| (key, value))
    }

    /// The entry with the highest key.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.chunks.last()?.last().map(|(key, value)| (key, value))
    }

    /// All entries, by key.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter::new(&self.chunks, (0, 0), (self.chunks.len(), 0))
    }

    /// All keys, ascending.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// All values, by key.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// All values, by key, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.chunks.iter_mut().flatten().map(|(_, value)| value)
    }

    /// The keys, ascending.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// The values, by key.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// Keeps the entries that `keep` wants.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        for chunk in &mut self.chunks {
            chunk.retain_mut(|(key, value)| keep(key, value));
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
        self.len = self.chunks.iter().map(Vec::len).sum();
    }

    /// Takes all entries away.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// What stands at a place, out of the map.
    fn remove_at(&mut self, (number, at): Place) -> Option<(K, V)> {
        let chunk = self.chunks.get_mut(number)?;
        if at >= chunk.len() {
            return None;
        }
        let entry = chunk.remove(at);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(number);
        }
        Some(entry)
    }

    /// Takes away the entry with the lowest key.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        self.remove_at((0, 0))
    }
}

impl<K: Ord, V> OrderedMap<K, V> {
    /// Where a key stands, or else where it would.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        // What comes before the second chunk belongs to the first.
        let later = self.chunks.get(1..).unwrap_or_default();
        let first_of = |chunk: &Vec<(K, V)>| {
            chunk.first().map_or(Ordering::Greater, |(first, _)| first.borrow().cmp(key))
        };
        let number = match search(later, first_of) {
            Ok(number) => return Ok((number + 1, 0)),
            Err(number) => number,
        };
        let chunk = self.chunks.get(number).map_or(&[][..], Vec::as_slice);
        match search(chunk, |(here, _)| here.borrow().cmp(key)) {
            Ok(at) => Ok((number, at)),
            Err(at) => Err((number, at)),
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (number, at) = self.find(key).ok()?;
        self.chunks.get(number)?.get(at).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    #[must_use]
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        self.value_at(place)
    }

    fn value_at(&mut self, (number, at): Place) -> Option<&mut V> {
        self.chunks.get_mut(number)?.get_mut(at).map(|(_, value)| value)
    }

    /// Whether the key has a value.
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Gives the key a value; the one it had is returned, and the key that was there stays.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(place) => self.value_at(place).map(|here| mem::replace(here, value)),
            Err(place) => {
                self.put(place, (key, value));
                None
            }
        }
    }

    /// Puts an entry where its key belongs. Returns the place, which is another one if the chunk was full.
    fn put(&mut self, (number, at): Place, entry: (K, V)) -> Place {
        self.len += 1;
        let Some(chunk) = self.chunks.get_mut(number) else {
            self.chunks.push(vec![entry]);
            return (number, 0);
        };
        if chunk.len() < Self::MOST {
            chunk.insert(at, entry);
            return (number, at);
        }
        // Keys that come in their order fill their chunks; others find half a chunk's room on both sides.
        let half = if at == chunk.len() { at } else { chunk.len() / 2 };
        let mut behind = chunk.split_off(half);
        let place = if at < half {
            chunk.insert(at, entry);
            (number, at)
        } else {
            behind.insert(at - half, entry);
            (number + 1, at - half)
        };
        self.chunks.insert(number + 1, behind);
        place
    }

    /// The key's entry, to be filled if it is missing.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { map: self, key }
    }

    /// Takes the key away, and returns its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        self.remove_at(place).map(|(_, value)| value)
    }

    /// The entries whose keys lie within bounds, by key.
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, bounds: R) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let before = |key: &Q| self.find(key).unwrap_or_else(|place| place);
        let behind = |key: &Q| self.find(key).map_or_else(|place| place, |(number, at)| (number, at + 1));
        let from = match bounds.start_bound() {
            Bound::Unbounded => (0, 0),
            Bound::Included(key) => before(key),
            Bound::Excluded(key) => behind(key),
        };
        let to = match bounds.end_bound() {
            Bound::Unbounded => (self.chunks.len(), 0),
            Bound::Included(key) => behind(key),
            Bound::Excluded(key) => before(key),
        };
        Iter::new(&self.chunks, from, to)
    }
}

/// Binary search that ends where it finds and takes branches: for keys that are text, both are faster than the standard
/// library's, which goes all the way without a branch and so cannot look ahead.
fn search<T>(items: &[T], compare: impl Fn(&T) -> Ordering) -> Result<usize, usize> {
    let (mut low, mut high) = (0, items.len());
    while low < high {
        let middle = low.midpoint(high);
        match items.get(middle).map_or(Ordering::Greater, &compare) {
            Ordering::Equal => return Ok(middle),
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    Err(low)
}

/// An entry that may be missing.
#[derive(Debug)]
pub struct Entry<'a, K, V> {
    map: &'a mut OrderedMap<K, V>,
    key: K,
}

impl<'a, K: Ord, V> Entry<'a, K, V> {
    /// Its value; where there is none, the one that `make` makes.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let Self { map, key } = self;
        let (number, at) = map.find(&key).unwrap_or_else(|place| map.put(place, (key, make())));
        #[expect(clippy::indexing_slicing, reason = "an entry stands where it was found or put")]
        &mut map.chunks[number][at].1
    }

    /// Its value; where there is none, this one.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// Its value; where there is none, the default.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for OrderedMap<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for OrderedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for OrderedMap<K, V> {}

impl<K: Hash, V: Hash> Hash for OrderedMap<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        self.iter().for_each(|entry| entry.hash(state));
    }
}

impl<'a, K, V> IntoIterator for &'a OrderedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K, V> IntoIterator for OrderedMap<K, V> {
    type Item = (K, V);
    type IntoIter = Flatten<vec::IntoIter<Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.chunks.into_iter().flatten()
    }
}

impl<K: Ord, V> Extend<(K, V)> for OrderedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for OrderedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}
