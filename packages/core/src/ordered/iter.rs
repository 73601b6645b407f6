//! Going through the entries of an ordered map, from either end.

/// The place of an entry: the number of its chunk, and its number there.
pub(super) type Place = (usize, usize);

/// Entries by key, from either end.
#[derive(Debug)]
pub struct Iter<'a, K, V> {
    chunks: &'a [Vec<(K, V)>],
    /// The place of the first one.
    from: Place,
    /// The place behind the last one.
    to: Place,
}

impl<'a, K, V> Iter<'a, K, V> {
    /// The entries from one place to before another, within these chunks.
    pub(super) const fn new(chunks: &'a [Vec<(K, V)>], from: Place, to: Place) -> Self {
        Self { chunks, from, to }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        while self.from < self.to {
            let (number, at) = self.from;
            if let Some((key, value)) = self.chunks.get(number)?.get(at) {
                self.from.1 += 1;
                return Some((key, value));
            }
            self.from = (number + 1, 0);
        }
        None
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.from < self.to {
            if let Some(at) = self.to.1.checked_sub(1) {
                self.to.1 = at;
                return self.chunks.get(self.to.0)?.get(at).map(|(key, value)| (key, value));
            }
            let number = self.to.0.checked_sub(1)?;
            self.to = (number, self.chunks.get(number)?.len());
        }
        None
    }
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}
