//! What lies on people's disks: the text of every stored type, byte for byte, in `tests/fixtures/*.json`.
//!
//! Each line of a fixture is one stored value. A change of a line is a migration, not a fixture to overwrite;
//! a new variant gets a new line, and without one [`every_variant_has_a_line`] fails.

use std::collections::BTreeSet;
use std::fmt::Debug;

use copilot_core::journal::Record;
use copilot_core::model::{ActionKind, BackedUp, CaseState, Data, Intention, Role, Stage};
use copilot_core::operation::{Acknowledged, End, OperationKind};
use copilot_core::{FailureClass, Rejection, Transient};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::stored::{cached_messages, cases, failures, records};

/// Compares the text of each value with its line, and reads each line back.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(fixture: &str, values: &[(&str, T)]) {
    let lines: Vec<(&str, &str)> = fixture.lines().filter_map(line).collect();
    for (name, value) in values {
        let text = serde_json::to_string(value).unwrap();
        let kept = lines.iter().find(|(of, _)| of == name).map(|(_, kept)| *kept);
        assert_eq!(kept, Some(&*text), "the line of {name:?}");
        assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value, "{name:?} reads back as it was");
    }
    let named: BTreeSet<_> = values.iter().map(|(name, _)| *name).collect();
    assert_eq!(named.len(), values.len(), "names are unique");
    let left: Vec<_> = lines.iter().filter(|(name, _)| !named.contains(name)).collect();
    assert_eq!(left, Vec::<&(&str, &str)>::new(), "lines that nothing is compared with");
    assert!(serde_json::from_str::<serde_json::Value>(fixture).is_ok(), "the fixture is JSON");
}

/// The name and the text of one line, `"name": text,`.
fn line(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.trim().strip_prefix('"')?.split_once("\": ")?;
    Some((name, text.strip_suffix(',').unwrap_or(text)))
}

const RECORDS: &str = include_str!("../fixtures/records.json");
const FAILURES: &str = include_str!("../fixtures/failures.json");
const CASES: &str = include_str!("../fixtures/cases.json");
const MESSAGES: &str = include_str!("../fixtures/messages.json");

#[test]
fn the_text_of_every_record_is_what_it_was() {
    check(RECORDS, &records());
}

#[test]
fn the_text_of_every_failure_is_what_it_was() {
    check(FAILURES, &failures());
}

#[test]
fn the_text_of_every_row_of_the_cache_is_what_it_was() {
    check(CASES, &cases());
    check(MESSAGES, &cached_messages());
}

/// The names of the variants of a type, as its reader lists them when it meets one that it does not know.
fn variants<T: DeserializeOwned>(unknown: &str) -> Vec<String> {
    let error = serde_json::from_str::<T>(unknown).err().expect("nothing is called that").to_string();
    let (_, expected) = error.split_once("expected ").unwrap_or_else(|| panic!("{error}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_variant_has_a_line() {
    let texts = [RECORDS, FAILURES, CASES, MESSAGES].concat();
    let has = |of: &str, kinds: Vec<String>, text: &dyn Fn(&str) -> Vec<String>| {
        assert!(kinds.len() > 1, "the variants of {of} are known");
        for kind in kinds {
            let found = text(&kind).iter().any(|text| texts.contains(text));
            assert!(found, "{of}::{kind} has no line in tests/fixtures");
        }
    };
    let tagged = |tag: &'static str| move |kind: &str| vec![format!("\"{tag}\":\"{kind}\"")];
    let plain = |kind: &str| vec![format!("\"{kind}\""), format!("\"{kind}\":")];
    has("Record", variants::<Record>(r#"{"r":"?"}"#), &tagged("r"));
    has("OperationKind", variants::<OperationKind>(r#"{"do":"?"}"#), &tagged("do"));
    has("Acknowledged", variants::<Acknowledged>(r#"{"server":"?"}"#), &tagged("server"));
    has("End", variants::<End>("\"?\""), &tagged("end"));
    has("FailureClass", variants::<FailureClass>("\"?\""), &plain);
    has("Transient", variants::<Transient>("\"?\""), &plain);
    has("Rejection", variants::<Rejection>("\"?\""), &plain);
    has("Data", variants::<Data>("\"?\""), &plain);
    has("Intention", variants::<Intention>("\"?\""), &plain);
    has("BackedUp", variants::<BackedUp>("\"?\""), &plain);
    has("Role", variants::<Role>("\"?\""), &tagged("role"));
    has("ActionKind", variants::<ActionKind>("\"?\""), &tagged("kind"));
}

#[test]
fn the_words_for_states_and_stages_are_those_of_the_contract() {
    let words = |state: &CaseState| serde_json::to_string(state).unwrap();
    let states = [CaseState::Inquiry, CaseState::Investigating, CaseState::Resolved, CaseState::Closed];
    assert_eq!(
        states.map(|state| words(&state)).join(" "),
        r#""inquiry" "investigating" "resolved" "closed""#
    );
    let stages = [Stage::Diagnosis, Stage::Mitigation, Stage::Treatment];
    let stages = stages.map(|stage| serde_json::to_string(&stage).unwrap()).join(" ");
    assert_eq!(stages, r#""diagnosis" "mitigation" "treatment""#);
}

#[test]
fn fields_that_later_versions_add_do_not_stop_this_one_from_reading() {
    for fixture in [RECORDS, FAILURES] {
        for (name, text) in fixture.lines().filter_map(line) {
            let Some(rest) = text.strip_prefix('{') else { continue };
            let newer = format!("{{\"a_later_field\":[1],{rest}");
            let read = match fixture == RECORDS {
                true => serde_json::from_str::<Record>(&newer).map(drop),
                false => serde_json::from_str::<copilot_core::Failure>(&newer).map(drop),
            };
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }
}
