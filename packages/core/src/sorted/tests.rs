//! Against a plain ordered map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn keys_stand_in_the_order_of_their_places(steps in prop::collection::vec((any::<bool>(), 0..12u8, any::<u16>()), 0..60)) {
        let (mut sorted, mut plain) = (SortedKeys::default(), BTreeMap::new());
        for (puts, place, key) in steps {
            if puts {
                sorted.insert(place, key);
                plain.insert(place, key);
            } else {
                sorted.remove(&place);
                plain.remove(&place);
            }
            prop_assert!(sorted.keys().iter().eq(plain.values()));
        }
    }
}
