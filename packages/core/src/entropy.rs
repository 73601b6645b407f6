//! Randomness as the core sees it: one seed handed in, the rest computed, so that a run replays.

/// A small generator (xoshiro256++) seeded by the shell. Not for secrets: it makes ids and jitter.
#[derive(Debug, Clone)]
pub struct Entropy {
    state: [u64; 4],
}

impl Entropy {
    /// Takes 32 random bytes from the platform. An all-zero seed, which the generator could not
    /// leave, is replaced by a fixed one.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let mut state = [0u64; 4];
        for (word, bytes) in state.iter_mut().zip(seed.chunks_exact(8)) {
            *word = bytes.iter().rev().fold(0, |acc, byte| (acc << 8) | u64::from(*byte));
        }
        if state == [0; 4] {
            return Self::from_number(0);
        }
        Self { state }
    }

    /// A generator that goes on where another one is.
    pub(crate) const fn from_state(state: [u64; 4]) -> Self {
        Self { state }
    }

    /// Where the generator is.
    pub(crate) const fn state(&self) -> [u64; 4] {
        self.state
    }

    /// A generator for tests and simulations: spreads one number over the state by splitmix64.
    #[must_use]
    pub fn from_number(mut number: u64) -> Self {
        let state = std::array::from_fn(|_| {
            number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = number;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        });
        Self { state }
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c2, d2) = (c ^ a, d ^ b);
        self.state = [a ^ d2, b ^ c2, c2 ^ (b << 17), d2.rotate_left(45)];
        result
    }

    /// A number from 0 up to and including `limit`, evenly spread up to a bias of 2⁻⁶⁴ × `limit`.
    pub fn up_to(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.next_u64()) * (u128::from(limit) + 1);
        u64::try_from(wide >> 64).unwrap_or(limit)
    }

    /// Sixteen random bytes.
    pub(crate) fn bytes16(&mut self) -> [u8; 16] {
        ((u128::from(self.next_u64()) << 64) | u128::from(self.next_u64())).to_le_bytes()
    }
}

#[cfg(test)]
mod tests;
