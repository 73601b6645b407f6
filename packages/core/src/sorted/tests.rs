//! Against a plain ordered map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn keys_stand_in_the_order_of_their_places(steps in prop::collection::vec((0..4u8, 0..12u8, 0..12u8, any::<u16>()), 0..60)) {
        let (mut sorted, mut plain) = (SortedKeys::default(), BTreeMap::new());
        for (step, place, other, key) in steps {
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
                    let all = [(other, key), (place, key.wrapping_add(1))];
                    sorted.insert_all(all.into());
                    plain.extend(all);
                }
                _ => {
                    sorted.shift(&place, other);
                    if let Some(key) = plain.remove(&place) {
                        plain.insert(other, key);
                    }
                }
            }
            prop_assert!(sorted.keys().iter().eq(plain.values()));
        }
    }
}
