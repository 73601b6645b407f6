//! Every step does to an ordered map what it does to the standard library's.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use proptest::prelude::*;

use super::*;

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[derive(Debug, Clone)]
enum Step {
    Insert(u16),
    Remove(u16),
    PopFirst,
    Bump(u16),
    Retain(u16),
    Extend(u16, u16),
}

/// Keys close enough together to meet again, runs long enough to fill chunks.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || 0_u16..600;
    let step = prop_oneof![
        8 => key().prop_map(Step::Insert),
        6 => key().prop_map(Step::Remove),
        2 => Just(Step::PopFirst),
        3 => key().prop_map(Step::Bump),
        1 => (2_u16..9).prop_map(Step::Retain),
        1 => (key(), 1_u16..300).prop_map(|(from, count)| Step::Extend(from, count)),
    ];
    prop::collection::vec(step, 0..120)
}

proptest! {
    #[test]
    fn whatever_is_done_it_holds_what_a_tree_would_hold_in_the_same_order(steps in steps(), from in 0_u16..600, to in 0_u16..600) {
        let (mut map, mut tree) = (OrderedMap::new(), BTreeMap::new());
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Insert(key) => prop_assert_eq!(map.insert(key, number), tree.insert(key, number)),
                Step::Remove(key) => prop_assert_eq!(map.remove(&key), tree.remove(&key)),
                Step::PopFirst => prop_assert_eq!(map.pop_first(), tree.pop_first()),
                Step::Bump(key) => {
                    *map.entry(key).or_default() += 1;
                    *tree.entry(key).or_default() += 1;
                }
                Step::Retain(one_in) => {
                    map.retain(|key, _| key % one_in == 0);
                    tree.retain(|key, _| key % one_in == 0);
                }
                Step::Extend(from, count) => {
                    map.extend((from..from + count).map(|key| (key, number)));
                    tree.extend((from..from + count).map(|key| (key, number)));
                }
            }
            prop_assert_eq!(map.len(), tree.len());
            prop_assert_eq!(map.is_empty(), tree.is_empty());
            prop_assert_eq!(map.first_key_value(), tree.first_key_value());
            prop_assert_eq!(map.last_key_value(), tree.last_key_value());
        }
        prop_assert!(map.iter().eq(tree.iter()) && map.iter().rev().eq(tree.iter().rev()));
        prop_assert!(map.keys().eq(tree.keys()) && map.values().eq(tree.values()));
        prop_assert!(map.values_mut().eq(tree.values_mut()));
        prop_assert_eq!(map.get(&from), tree.get(&from));
        prop_assert_eq!(map.get_mut(&to), tree.get_mut(&to));
        prop_assert_eq!(map.contains_key(&from), tree.contains_key(&from));
        prop_assert!(map.range(from..).eq(tree.range(from..)));
        prop_assert!(map.range(..=to).eq(tree.range(..=to)));
        prop_assert!(map.range(from..).rev().eq(tree.range(from..).rev()));
        if from < to {
            prop_assert!(map.range(from..to).eq(tree.range(from..to)));
            prop_assert!(map.range(from..to).rev().eq(tree.range(from..to).rev()));
        }
        prop_assert_eq!(hash(&map), hash(&tree));
        prop_assert_eq!(format!("{map:?}"), format!("{tree:?}"));
        prop_assert_eq!(&map.clone().into_iter().rev().collect::<OrderedMap<_, _>>(), &map);
        prop_assert!(map.clone().into_values().eq(tree.clone().into_values()));
        map.clear();
        prop_assert!(map.is_empty() && map.iter().next().is_none());
    }

    #[test]
    fn a_set_is_the_set_of_the_standard_library(members in prop::collection::vec(0_u16..600, 0..300), one in 0_u16..600) {
        let mut set: OrderedSet<u16> = members.iter().copied().collect();
        let mut tree: BTreeSet<u16> = members.iter().copied().collect();
        prop_assert_eq!((set.len(), set.first(), set.last()), (tree.len(), tree.first(), tree.last()));
        prop_assert_eq!((set.contains(&one), set.remove(&one)), (tree.contains(&one), tree.remove(&one)));
        prop_assert_eq!((set.insert(one), set.insert(one)), (tree.insert(one), tree.insert(one)));
        prop_assert!(set.iter().eq(tree.iter()) && set.range(one..).eq(tree.range(one..)));
        prop_assert_eq!(hash(&set), hash(&tree));
        prop_assert_eq!(format!("{set:?}"), format!("{tree:?}"));
        set.retain(|member| member % 3 == 0);
        tree.retain(|member| member % 3 == 0);
        prop_assert_eq!(set.pop_first(), tree.pop_first());
        prop_assert!(set.into_iter().eq(tree));
    }
}

#[test]
fn ten_thousand_that_come_in_order_and_go_from_the_front_or_at_random_are_all_there() {
    let mut map: OrderedMap<u32, u32> = (0..10_000).map(|key| (key, key)).collect();
    for key in 0..5_000 {
        assert_eq!(map.pop_first(), Some((key, key)));
    }
    for step in 0..5_000 {
        let key = 5_000 + step * 1_237 % 5_000;
        assert_eq!(map.remove(&key), Some(key));
        assert_eq!(map.insert(key + 10_000, key), None);
    }
    assert_eq!(map.len(), 5_000);
    assert!(map.keys().copied().eq(15_000..20_000));
}

#[test]
fn what_is_kept_is_first_and_is_found_when_everything_around_it_is_taken_away() {
    let mut map: OrderedMap<u32, u32> = (0..10_000).map(|key| (key, key)).collect();
    map.retain(|key, _| (6_000..6_003).contains(key) || *key == 9_000);
    assert_eq!(
        (map.len(), map.first_key_value(), map.last_key_value()),
        (4, Some((&6_000, &6_000)), Some((&9_000, &9_000)))
    );
    assert!(map.keys().copied().eq([6_000, 6_001, 6_002, 9_000]));
    assert_eq!((map.get(&6_002), map.get(&5_999)), (Some(&6_002), None));
    assert_eq!(map.remove(&9_000), Some(9_000));
    assert_eq!(map.insert(0, 1), None);
    assert!(map.into_keys().eq([0, 6_000, 6_001, 6_002]));
}
