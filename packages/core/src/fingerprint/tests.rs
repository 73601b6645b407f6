//! Against the published vectors of FNV-1a, and the widths that make it equal on every platform.

use std::hash::Hasher;

use super::*;

fn of(feed: impl FnOnce(&mut Fingerprint)) -> u64 {
    let mut state = Fingerprint::default();
    feed(&mut state);
    state.finish()
}

#[test]
fn the_published_vectors_hold() {
    assert_eq!(of(|_| {}), 0xcbf2_9ce4_8422_2325);
    assert_eq!(of(|state| state.write(b"a")), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(of(|state| state.write(b"foobar")), 0x8594_4171_f739_67e8);
}

#[test]
fn numbers_are_fed_in_one_width_and_byte_order() {
    let bytes = |bytes: &[u8]| of(|state| state.write(bytes));
    assert_eq!(of(|state| state.write_u8(1)), bytes(&[1]));
    assert_eq!(of(|state| state.write_u16(0x0102)), bytes(&[2, 1]));
    assert_eq!(of(|state| state.write_u32(0x0102_0304)), bytes(&[4, 3, 2, 1]));
    assert_eq!(of(|state| state.write_u64(0x0102)), bytes(&[2, 1, 0, 0, 0, 0, 0, 0]));
    // Lengths are 32 bits wide on wasm: they are fed as 64 everywhere.
    assert_eq!(of(|state| state.write_usize(3)), bytes(&[3, 0, 0, 0, 0, 0, 0, 0]));
    assert_eq!(of(|state| state.write_isize(-1)), bytes(&[255; 8]));
}
