//! Randomness that can be taken apart: every decision has a generator of its own, named by what is
//! decided. So leaving one event out of a run changes that event's consequences and nothing else,
//! which is what lets a failing run shrink.

/// Splitmix64, seeded from the numbers that name a decision.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// The generator of one decision.
    #[must_use]
    pub fn of(parts: &[u64]) -> Self {
        let mut rng = Self(0x243f_6a88_85a3_08d3);
        for part in parts {
            rng.0 = rng.draw() ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        rng
    }

    /// The next 64 random bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a limit; 0 when the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        u64::try_from((u128::from(self.draw()) * u128::from(limit)) >> 64).unwrap_or(0)
    }

    /// A number between two, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in so many of a thousand cases.
    pub fn chance(&mut self, per_mille: u16) -> bool {
        self.below(1000) < u64::from(per_mille)
    }

    /// One of some values.
    pub fn pick<T: Copy>(&mut self, values: &[T]) -> Option<T> {
        let at = usize::try_from(self.below(values.len() as u64)).unwrap_or(0);
        values.get(at).copied()
    }
}

/// 64-bit FNV-1a over text: names of decisions and digests.
#[must_use]
pub fn name_hash(text: &str) -> u64 {
    fold_hash(0xcbf2_9ce4_8422_2325, text.as_bytes())
}

/// Continues a 64-bit FNV-1a.
#[must_use]
pub fn fold_hash(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_depends_on_its_name_alone() {
        let draw = |parts: &[u64]| Rng::of(parts).draw();
        assert_eq!(draw(&[1, 2]), draw(&[1, 2]));
        assert_ne!(draw(&[1, 2]), draw(&[2, 1]));
        assert_ne!(draw(&[1, 2]), draw(&[1, 2, 0]));
    }

    #[test]
    fn numbers_stay_in_their_range_and_reach_both_ends() {
        let mut rng = Rng::of(&[7]);
        let drawn: Vec<u64> = (0..1000).map(|_| rng.between(3, 5)).collect();
        assert!(drawn.iter().all(|n| (3..=5).contains(n)));
        assert!([3, 4, 5].iter().all(|n| drawn.contains(n)));
        assert_eq!(rng.below(0), 0);
    }
}
