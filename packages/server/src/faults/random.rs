//! The random numbers of the rules: splitmix64 seeded with the script's seed and the rule's name (contract 6.2).
//!
//! Deliberately not a general generator: same seed and arrival order must give the same faults for ever.

/// A splitmix64 stream.
#[derive(Clone, Debug)]
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    /// The stream of the rule named `id` under `seed`.
    pub(crate) fn for_rule(seed: u64, id: &str) -> Self {
        Self(seed ^ fnv1a(id.as_bytes()))
    }

    /// The next number. The constants are those of Steele, Lea and Flood's generator.
    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A latency from `min` to `max` milliseconds, both included.
    pub(crate) fn draw_between(&mut self, min: u64, max: u64) -> u64 {
        let drawn = self.draw();
        match (max - min).checked_add(1) {
            Some(width) => min + drawn % width,
            None => drawn,
        }
    }

    /// Whether something of probability `p` happens.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
    pub(crate) fn draw_chance(&mut self, p: f64) -> bool {
        ((self.draw() >> 11) as f64) / 9_007_199_254_740_992.0 < p
    }
}

/// FNV-1a, 64 bit.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_gives_the_published_values() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_generator_gives_the_published_values() {
        let mut stream = SplitMix64(1_234_567);
        assert_eq!(stream.draw(), 6_457_827_717_110_365_317);
        assert_eq!(stream.draw(), 3_203_168_211_198_807_973);
    }
}
