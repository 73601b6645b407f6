//! Against a plain ordered map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn keys_stand_in_the_order_of_their_places(steps in prop::collection::vec((0..4u8, 0..12u8, 0..12u8), 0..60)) {
        let (mut sorted, mut plain) = (SortedKeys::default(), BTreeMap::new());
        for (key, (step, place, other)) in steps.into_iter().enumerate() {
            match step {
                0 => {
                    sorted.insert(place, key);
                    plain.insert(place, key);
                }
                1 => {
                    sorted.remove(&place);
                    plain.remove(&place);
                }
                2 => {
                    let all = [(other, key), (place, key + 1_000)];
                    sorted.insert_all(all.into());
                    plain.extend(all);
                }
                _ => {
                    let before = sorted.keys().to_vec();
                    let moved = sorted.shift(&place, other);
                    prop_assert_eq!(moved, before != sorted.keys());
                    if let Some(key) = plain.remove(&place) {
                        plain.insert(other, key);
                    }
                }
            }
            prop_assert!(sorted.keys().iter().eq(plain.values()));
        }
    }
}
