//! The generator against the published outputs of xoshiro256++ and splitmix64, and the spread of its numbers.

use super::*;

fn seed(words: [u64; 4]) -> [u8; 32] {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.try_into().unwrap()
}

#[test]
fn the_outputs_are_those_of_xoshiro256_plus_plus() {
    let mut entropy = Entropy::from_seed(seed([1, 2, 3, 4]));
    let outputs: Vec<u64> = (0..10).map(|_| entropy.next_u64()).collect();
    assert_eq!(
        outputs,
        [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
            14_011_001_112_246_962_877,
            12_406_186_145_184_390_807,
            15_849_039_046_786_891_736,
            10_450_023_813_501_588_000,
        ]
    );
}

#[test]
fn every_byte_of_a_seed_counts_in_its_place() {
    let words = [0x0102_0304_0506_0708, 0x1112_1314_1516_1718, u64::MAX, 0x8000_0000_0000_0001];
    assert_eq!(Entropy::from_seed(seed(words)).state, words);
}

#[test]
fn a_number_is_spread_over_the_state_by_splitmix64() {
    let state = [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f, 0xf88b_b8a8_724c_81ec];
    assert_eq!(Entropy::from_number(0).state, state);
    // The generator could not leave an all-zero state.
    assert_eq!(Entropy::from_seed([0; 32]).state, state);
    let mut entropy = Entropy::from_number(7);
    assert_eq!(entropy.next_u64(), 0x0e2c_1a00_2aae_913d);
}

#[test]
fn a_bounded_number_scales_the_whole_range_down() {
    let mut entropy = Entropy::from_number(7);
    let numbers: Vec<u64> =
        [0, 1, 9, 99, 1000, 1_000_000, u64::MAX].into_iter().map(|limit| entropy.up_to(limit)).collect();
    assert_eq!(numbers, [0, 0, 7, 42, 964, 465_704, 13_353_728_918_970_868_608]);
}

#[test]
fn a_bounded_number_reaches_both_ends_and_nothing_beyond() {
    let mut entropy = Entropy::from_number(3);
    let mut seen = [0u32; 4];
    for _ in 0..4000 {
        seen[usize::try_from(entropy.up_to(3)).unwrap()] += 1;
    }
    assert!(seen.iter().all(|count| (800..1200).contains(count)), "{seen:?}");
}

#[test]
fn sixteen_bytes_are_two_outputs() {
    let bytes = Entropy::from_number(7).bytes16().map(|byte| format!("{byte:02x}")).concat();
    assert_eq!(bytes, "149e4efaddc80f2c3d91ae2a001a2c0e");
}
