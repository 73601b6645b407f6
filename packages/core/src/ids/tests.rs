//! Two id spaces that never meet, and a link table that is one-to-one and write-once whatever it is told.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn local(kind: IdType) -> impl Strategy<Value = OptimisticId> {
    (any::<u64>(), any::<u64>()).prop_map(move |(unix_ms, counter)| OptimisticId::new(kind, unix_ms, counter))
}

fn any_local() -> impl Strategy<Value = OptimisticId> {
    prop_oneof![local(IdType::Case), local(IdType::Message), local(IdType::Operation)]
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
}

proptest! {
    #[test]
    fn a_local_id_reads_back_as_itself_and_never_as_a_server_id(id in any_local()) {
        let text = id.to_string();
        prop_assert_eq!(text.parse::<OptimisticId>(), Ok(id));
        prop_assert_eq!(RealId::parse(&text), Err(IdError::LooksOptimistic));
        prop_assert!(json::<RealId>(&text).is_err());
    }

    #[test]
    fn a_server_id_reads_back_as_itself_and_never_as_a_local_id(text in "[!-~]{1,255}") {
        if let Ok(real) = RealId::parse(&text) {
            prop_assert_eq!(real.as_str(), text.as_str());
            prop_assert!(text.parse::<OptimisticId>().is_err());
            prop_assert!(!text.contains(['/', '?', '#', '%', '\\']), "{} may not stand in a path", text);
            let key = CaseKey::of_server(&real);
            prop_assert_eq!(key.derived_from(), Some(real));
            prop_assert_eq!(json::<CaseKey>(key.as_str()).unwrap(), key);
        }
    }

    #[test]
    fn noise_is_no_id_or_reads_back_as_it_came(text in "\\PC{0,40}") {
        if let Ok(id) = text.parse::<OptimisticId>() {
            prop_assert_eq!(id.to_string().parse::<OptimisticId>(), Ok(id));
        }
        if let Ok(real) = RealId::parse(&text) {
            prop_assert_eq!(&*Arc::<str>::from(real), &*text);
        }
        if let Ok(key) = text.parse::<MessageKey>() {
            prop_assert_eq!(key.to_string(), text);
        }
    }

    /// The table against two plain maps.
    #[test]
    fn links_are_one_to_one_and_write_once(pairs in prop::collection::vec((0..6u64, 0..6u64), 0..40)) {
        let mut map = IdMap::default();
        let (mut real_of, mut key_of) = (BTreeMap::new(), BTreeMap::new());
        for (case, number) in pairs {
            let (key, real) = (case_key(case), real_id(number));
            let linked = map.link(&key, &real);
            let free = !real_of.contains_key(&key) && !key_of.contains_key(&real);
            let again = real_of.get(&key) == Some(&real);
            prop_assert_eq!(linked.is_ok(), free || again, "{} to {}: {:?}", key, real, linked);
            match linked {
                Ok(()) => {
                    real_of.insert(key.clone(), real.clone());
                    key_of.insert(real, key);
                }
                Err(LinkError::KeyTaken { key: of, linked, refused }) => {
                    prop_assert_eq!((&of, Some(&linked), &refused), (&key, real_of.get(&key), &real));
                }
                Err(LinkError::RealTaken { real: of, linked, refused }) => {
                    prop_assert_eq!((&of, Some(&linked), &refused), (&real, key_of.get(&real), &key));
                }
            }
        }
        prop_assert_eq!((map.len(), map.is_empty()), (real_of.len(), real_of.is_empty()));
        prop_assert!(map.iter().eq(real_of.iter()));
        for number in 0..6 {
            prop_assert_eq!(map.real(&case_key(number)), real_of.get(&case_key(number)));
            prop_assert_eq!(map.key(&real_id(number)), key_of.get(&real_id(number)));
        }
    }
}

fn case_key(number: u64) -> CaseKey {
    CaseKey::local(OptimisticId::new(IdType::Case, 7, number))
}

fn real_id(number: u64) -> RealId {
    RealId::parse(&format!("c-{number}")).unwrap()
}

#[test]
fn a_local_id_says_what_it_was_minted_for() {
    for (kind, text) in [
        (IdType::Case, "opt_case_1795348800000_17"),
        (IdType::Message, "opt_msg_1795348800000_17"),
        (IdType::Operation, "opt_op_1795348800000_17"),
    ] {
        let id = OptimisticId::new(kind, 1_795_348_800_000, 17);
        assert_eq!((id.to_string().as_str(), id.kind()), (text, kind));
        assert_eq!(text.parse(), Ok(id));
    }
}

#[test]
fn what_is_nearly_a_local_id_is_none() {
    for text in [
        "",
        "opt_",
        "opt_case",
        "opt_case_1",
        "opt_case_1_",
        "opt_case_1_2_3",
        "opt_case_1_2_",
        "opt_turn_1_2",
        "opt_case_-1_2",
        "opt_case_1_18446744073709551616",
        "OPT_case_1_2",
        " opt_case_1_2",
    ] {
        assert_eq!(text.parse::<OptimisticId>(), Err(IdError::NotOptimistic), "{text}");
    }
}

#[test]
fn a_server_id_has_one_to_255_bytes_and_nothing_that_changes_a_path() {
    assert_eq!(RealId::parse(""), Err(IdError::Length(0)));
    assert_eq!(RealId::parse(&"x".repeat(256)), Err(IdError::Length(256)));
    assert!(RealId::parse(&"x".repeat(255)).is_ok());
    for stray in ['/', '?', '#', '%', '\\', ' ', '\n', '\u{7f}', 'é'] {
        assert_eq!(RealId::parse(&format!("c{stray}1")), Err(IdError::Character(stray)));
    }
    for dots in [".", "..", "..."] {
        assert_eq!(RealId::parse(dots), Err(IdError::Character('.')));
    }
    for fine in ["c.1", "c41e7d92-5f3b-4a68-b0d7-96e2a8f3c514", "a:b", "opt-1", "Opt_case_1_2"] {
        assert_eq!(RealId::parse(fine).unwrap().to_string(), fine);
    }
}

#[test]
fn a_key_is_local_of_its_own_kind_or_derived_from_a_server_id() {
    assert!("opt_case_1_2".parse::<CaseKey>().is_ok());
    assert_eq!("opt_msg_1_2".parse::<CaseKey>(), Err(IdError::NotOptimistic));
    assert_eq!("opt_case_1_2".parse::<MessageKey>(), Err(IdError::NotOptimistic));
    assert_eq!("srv:opt_case_1_2".parse::<CaseKey>(), Err(IdError::LooksOptimistic));
    assert_eq!("srv:".parse::<CaseKey>(), Err(IdError::Length(0)));
    assert_eq!("c-1".parse::<CaseKey>(), Err(IdError::NotOptimistic));
    assert_eq!("opt_case_1_2".parse::<CaseKey>().unwrap().derived_from(), None);
}

#[test]
fn an_operation_id_is_a_uuid_of_version_4_in_lower_case() {
    let id = OperationId::from_random([0xff; 16]);
    assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
    assert_eq!("not-a-uuid".parse::<OperationId>(), Err(IdError::NotUuid));
}
