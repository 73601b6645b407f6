//! Keys kept in the order of a place that can change: the case list and every transcript.

/// Keys in ascending order of place. Finding is O(log n); a key that comes or goes moves all behind it, one that changes
/// its place only those between.
#[derive(Debug, Clone, Hash)]
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

    /// Puts keys at their places, however many: those that are here move once, if the others come in their order. What
    /// stands at such a place is replaced.
    pub(crate) fn insert_all(&mut self, added: Vec<(P, K)>) {
        let count = self.keys.len() + added.len();
        let (places, keys) = (std::mem::take(&mut self.places), std::mem::take(&mut self.keys));
        let mut here = places.into_iter().zip(keys).peekable();
        (self.places, self.keys) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut behind = Vec::new();
        for (place, key) in added {
            if self.places.last().is_some_and(|last| *last > place) {
                behind.push((place, key));
                continue;
            }
            while let Some((before, stands)) = here.next_if(|(here, _)| *here < place) {
                self.push(before, stands);
            }
            let _ = here.next_if(|(here, _)| *here == place);
            self.push(place, key);
        }
        here.for_each(|(place, key)| self.push(place, key));
        behind.into_iter().for_each(|(place, key)| self.insert(place, key));
    }

    /// Puts a key behind all others; at the place of the last it takes its place.
    fn push(&mut self, place: P, key: K) {
        if self.places.last() == Some(&place) {
            self.places.pop();
            self.keys.pop();
        }
        self.places.push(place);
        self.keys.push(key);
    }

    /// Moves the key that stands at a place to another; what stands there is replaced. Whether the keys stand in another
    /// order now.
    pub(crate) fn shift(&mut self, from: &P, to: P) -> bool {
        let Ok(from) = self.places.binary_search(from) else { return false };
        match self.places.binary_search(&to) {
            Ok(at) if at == from => false,
            Ok(at) => {
                self.keys.swap(from, at);
                self.places.remove(from);
                self.keys.remove(from);
                true
            }
            Err(at) => {
                // Without the key itself, those behind it stand one place further up.
                let at = if at > from { at - 1 } else { at };
                let between = if from < at { from..=at } else { at..=from };
                rotate(self.places.get_mut(between.clone()), from < at);
                rotate(self.keys.get_mut(between), from < at);
                if let Some(place) = self.places.get_mut(at) {
                    *place = to;
                }
                at != from
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

/// Brings the first of some to their end, or the last to their beginning.
fn rotate<T>(some: Option<&mut [T]>, first_to_end: bool) {
    match some {
        Some(some) if first_to_end => some.rotate_left(1),
        Some(some) => some.rotate_right(1),
        None => {}
    }
}

#[cfg(test)]
mod tests;
