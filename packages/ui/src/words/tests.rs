//! The copy deck in its variants: counts, times, singular forms.

use copilot_core::model::CaseState;

use super::*;

#[test]
fn counts_have_singular_forms() {
    assert_eq!(said_new_below(1), "1 new message below");
    assert_eq!(said_new_below(3), "3 new messages below");
    assert_eq!(lines(1), "1 line");
    assert_eq!(not_sent_needs_change(1), ("1 not sent.".to_owned(), "It needs a change first.".to_owned()));
    assert!(damaged(1, 118).starts_with("1 of 118 records is damaged. It was set aside"));
}

#[test]
fn nothing_shouts() {
    let source = include_str!("../words.rs");
    let texts = source.split('"').skip(1).step_by(2).filter(|text| !text.contains('{'));
    for text in texts {
        assert!(!text.contains("! ") && !text.ends_with('!') && !text.contains("Oops"), "{text}");
    }
}

#[test]
fn a_new_word_of_a_server_is_readable() {
    assert_eq!(state(&CaseState::Other("on_hold".into())), "On hold");
}

#[test]
fn button_names_carry_the_message() {
    assert_eq!(on_message(RETRY, "Rolling back to v3.17"), "Retry message: Rolling back to v3.17");
}
