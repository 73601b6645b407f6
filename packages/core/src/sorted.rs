//! Keys kept in the order of a place that can change: the case list and every transcript.

/// Keys in ascending order of place. Finding is O(log n), moving is a memory move.
#[derive(Debug, Clone)]
pub(crate) struct SortedKeys<P, K> {
    places: Vec<P>,
    keys: Vec<K>,
}

impl<P, K> Default for SortedKeys<P, K> {
    fn default() -> Self {
        Self { places: Vec::new(), keys: Vec::new() }
    }
}

impl<P: Ord, K> SortedKeys<P, K> {
    /// Puts a key at its place; a key that stands there is replaced.
    pub(crate) fn insert(&mut self, place: P, key: K) {
        match self.places.binary_search(&place) {
            Ok(at) => {
                if let Some(slot) = self.keys.get_mut(at) {
                    *slot = key;
                }
            }
            Err(at) => {
                self.places.insert(at, place);
                self.keys.insert(at, key);
            }
        }
    }

    /// Takes away what stands at a place.
    pub(crate) fn remove(&mut self, place: &P) {
        if let Ok(at) = self.places.binary_search(place) {
            self.places.remove(at);
            self.keys.remove(at);
        }
    }

    /// The keys in order.
    pub(crate) fn keys(&self) -> &[K] {
        &self.keys
    }
}

#[cfg(test)]
mod tests;
