//! Rows and cases that are added and replaced, and leave only when the person deletes them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::model::{CaseState, RealMessage};
use crate::time::{Mono, ServerTime};

fn real(id: &str) -> RealId {
    RealId::parse(id).unwrap()
}

fn row(id: u8, key: u8, turn: Option<u32>, role: Role, text: &str) -> Arc<CachedMessage> {
    let message = RealMessage {
        id: real(&format!("m-{id}")),
        role,
        text: text.into(),
        turn,
        created: ServerTime(u64::from(id)),
    };
    let key = format!("opt_msg_1_{key}").parse().unwrap();
    Arc::new(CachedMessage { key, message, arrival: 9, sent: None, attachment: None, actions: Vec::new() })
}

fn case(id: &str, current_turn: u32, milestones: Option<u8>) -> RealCase {
    RealCase {
        id: real(id),
        title: None,
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones,
        current_turn,
        created: ServerTime(1),
        last_activity: ServerTime(1),
        gone: false,
    }
}

proptest! {
    /// Rows against a plain map. A row of the server keeps one key; two rows never share one.
    #[test]
    fn rows_are_found_by_id_by_key_and_by_turn(
        steps in prop::collection::vec((0..8u8, 0..4u32, any::<bool>(), 0..3u8), 0..40),
    ) {
        let (mut rows, mut plain) = (Rows::default(), BTreeMap::new());
        let mut turns = BTreeSet::new();
        for (id, turn, user, word) in steps {
            let role = if user { Role::User } else { Role::Assistant };
            let turn = turn.checked_sub(1);
            let row = row(id, id, turn, role, ["a", "b", "c"][usize::from(word)]);
            let before = plain.insert(row.message.id.clone(), Arc::clone(&row));
            let told = rows.upsert(&row);
            prop_assert_eq!(told, (before.as_ref() != Some(&row)).then_some(before));
            turns.extend(turn.map(|turn| (turn, role)));
        }
        prop_assert!(rows.iter().eq(plain.values()));
        for id in 0..8u8 {
            let id_text = real(&format!("m-{id}"));
            prop_assert_eq!(rows.get(&id_text), plain.get(&id_text));
            let key = format!("opt_msg_1_{id}").parse().unwrap();
            prop_assert_eq!(rows.by_key(&key), plain.get(&id_text));
        }
        for turn in 0..3 {
            for role in [Role::User, Role::Assistant] {
                for text in plain.values().map(|row| &row.message.text) {
                    let says = plain.values().any(|row| {
                        (row.message.turn, row.message.role) == (Some(turn), role) && row.message.text == *text
                    });
                    prop_assert_eq!(rows.says(turn, role, text), says);
                }
            }
        }
        prop_assert_eq!(rows.lowest_turn(), plain.values().filter_map(|row| row.message.turn).min());
    }
}

#[test]
fn a_row_that_gets_another_key_is_no_longer_found_under_the_old_one() {
    let mut rows = Rows::default();
    rows.upsert(&row(1, 1, None, Role::User, "a"));
    rows.upsert(&row(1, 2, None, Role::User, "a"));
    assert_eq!(rows.by_key(&"opt_msg_1_1".parse().unwrap()), None);
    assert!(rows.by_key(&"opt_msg_1_2".parse().unwrap()).is_some());
}

#[test]
fn rows_stand_by_turn_then_time_then_arrival() {
    assert_eq!(row_place(&row(7, 1, Some(3), Role::User, "a")), (3, 7, 9));
    assert_eq!(row_place(&row(7, 1, None, Role::User, "a")), (0, 7, 9));
}

#[test]
fn a_list_row_that_says_less_takes_nothing_away_and_a_late_answer_takes_no_case_back_in_time() {
    let mut confirmed = Confirmed::default();
    assert!(confirmed.upsert_case(case("c-1", 3, Some(2)), Mono(0)).is_some());
    assert_eq!(confirmed.upsert_case(case("c-1", 3, None), Mono(0)), None, "nothing new");
    assert_eq!(confirmed.upsert_case(case("c-1", 2, Some(1)), Mono(0)), None, "older");
    assert_eq!(confirmed.case(&real("c-1")).unwrap().milestones, Some(2));
    let newer = confirmed.upsert_case(case("c-1", 4, None), Mono(0)).unwrap();
    assert_eq!((newer.current_turn, newer.milestones), (4, Some(2)));
    // That a case is gone is believed whatever turn it was at.
    let gone = confirmed.upsert_case(RealCase { gone: true, ..case("c-1", 1, None) }, Mono(0)).unwrap();
    assert!(gone.gone);
}

#[test]
fn a_case_that_is_paged_out_stays_and_a_case_that_is_forgotten_does_not() {
    let mut confirmed = Confirmed::default();
    for id in ["c-1", "c-2"] {
        confirmed.upsert_case(case(id, 1, None), Mono(0));
        confirmed.rows_mut(&real(id)).upsert(&row(1, 1, None, Role::User, "a"));
    }
    confirmed.page_out(&real("c-1"));
    assert!(confirmed.rows(&real("c-1")).is_none());
    assert_eq!(confirmed.cases().count(), 2);
    confirmed.forget(&real("c-2"));
    assert!(confirmed.case(&real("c-2")).is_none() && confirmed.rows(&real("c-2")).is_none());
    assert!(confirmed.cases().map(|case| &case.id).eq([&real("c-1")]));
}

#[test]
fn the_fingerprint_tells_cases_rows_and_windows_apart() {
    let of = |confirmed: &Confirmed| {
        let mut state = crate::fingerprint::Fingerprint::default();
        confirmed.fingerprint(&mut state);
        std::hash::Hasher::finish(&state)
    };
    let mut confirmed = Confirmed::default();
    let mut seen = BTreeSet::from([of(&confirmed)]);
    confirmed.upsert_case(case("c-1", 1, None), Mono(0));
    seen.insert(of(&confirmed));
    confirmed.rows_mut(&real("c-1")).upsert(&row(1, 1, None, Role::User, "a"));
    seen.insert(of(&confirmed));
    confirmed.rows_mut(&real("c-1")).window = Some((0, 1));
    seen.insert(of(&confirmed));
    assert_eq!(seen.len(), 4);
}

#[test]
fn what_has_been_read_is_one_run_without_a_gap() {
    let mut rows = Rows::default();
    let mut read = |from, to, asked| {
        rows.note_read(from, to, asked);
        rows.window
    };
    assert_eq!(read(0, 10, 10), Some((0, 10)));
    assert_eq!(read(10, 20, 20), Some((0, 20)), "the next page joins on");
    assert_eq!(read(5, 15, 15), Some((0, 20)), "a page in between adds nothing");
    assert_eq!(read(30, 40, 40), Some((30, 40)), "behind a gap begins a new run");
    assert_eq!(read(20, 30, 30), Some((20, 40)), "a page above joins on from below");
    assert_eq!(read(0, 10, 10), Some((20, 40)), "a page above a gap does not");
    assert_eq!(read(0, 10, 20), Some((0, 40)), "if the server has nothing in between, there is no gap");
}

#[test]
fn rows_above_what_was_read_tell_of_a_gap() {
    let mut rows = Rows::default();
    rows.upsert(&row(1, 1, Some(1), Role::User, "a"));
    assert!(!rows.has_gap(), "nothing was read yet");
    rows.window = Some((9, 20));
    assert!(!rows.has_gap(), "the row stands at index 9");
    rows.window = Some((10, 20));
    assert!(rows.has_gap());
}

#[test]
fn a_turn_counts_as_long_as_a_row_of_it_is_here() {
    let mut rows = Rows::default();
    assert_eq!((rows.lowest_turn(), rows.highest_turn()), (None, None));
    rows.upsert(&row(1, 1, Some(2), Role::User, "a"));
    rows.upsert(&row(2, 2, Some(1), Role::User, "b"));
    rows.upsert(&row(3, 3, Some(4), Role::Assistant, "c"));
    assert_eq!((rows.lowest_turn(), rows.highest_turn()), (Some(1), Some(4)));
    // The server gives both other turns: nothing is left of the first and of the fourth.
    rows.upsert(&row(2, 2, Some(3), Role::User, "b"));
    rows.upsert(&row(3, 3, Some(3), Role::Assistant, "c"));
    assert_eq!((rows.lowest_turn(), rows.highest_turn()), (Some(2), Some(3)));
    assert!(!rows.has_turn(4, Role::Assistant) && rows.has_turn(3, Role::Assistant));
    assert!(!rows.has_turn(2, Role::Assistant));
}

#[test]
fn what_another_window_told_of_a_row_is_said_once() {
    let mut rows = Rows::default();
    rows.note_told(&real("m-1"));
    assert!(!rows.take_told(&real("m-2")));
    assert!(rows.take_told(&real("m-1")));
    assert!(!rows.take_told(&real("m-1")));
}

#[test]
fn words_are_compared_without_the_blanks_around_them() {
    let mut rows = Rows::default();
    rows.upsert(&row(1, 1, Some(1), Role::User, "p99 is up\n"));
    assert!(rows.says(1, Role::User, " p99 is up"));
    assert!(!rows.says(1, Role::User, "p99 is down"));
    assert!(!rows.says(1, Role::Assistant, "p99 is up"));
    assert!(!rows.says(2, Role::User, "p99 is up"));
}
