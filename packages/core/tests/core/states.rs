//! Moves of a case to another state: shown at once, taken back, refused, in conflict.

use copilot_core::ids::CaseKey;
use copilot_core::model::{CaseState, Intention, RealCase};
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Badge, Delivery, Group};
use copilot_core::{Event, Failure, FailureClass, Intent, Notice, Refusal, Rejection, Undoable};

use crate::support::*;

/// The server answers every look at the case with this.
fn case_is(desk: &mut Desk, theirs: &RealCase) {
    desk.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(theirs.clone())))
    });
}

/// A case under investigation that may be resolved.
fn investigated(desk: &mut Desk) -> CaseKey {
    let key = desk.settled_case("c-1", "first");
    desk.pass_seconds(61);
    let theirs = RealCase {
        state: CaseState::Investigating,
        valid_next: vec![CaseState::Resolved, CaseState::Closed],
        ..case("c-1", 1)
    };
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![theirs.clone()])))),
        _ => None,
    });
    key
}

fn set(desk: &mut Desk, key: &CaseKey, to: CaseState) {
    desk.wish(Intent::SetStatus { case: key.clone(), to, text: "It is solved.".into() });
}

#[test]
fn a_case_is_moved_on_screen_at_once_and_by_a_turn_that_says_so() {
    let mut desk = Desk::new();
    let key = investigated(&mut desk);
    set(&mut desk, &key, CaseState::Resolved);
    let row = desk.core.view().case(&key).unwrap();
    assert_eq!((row.state, row.group), (CaseState::Resolved, Group::Resolved));
    assert!(matches!(
        desk.notices.last(),
        Some(Notice::Undoable { what: Undoable::StatusChanged { to: CaseState::Resolved, .. }, .. })
    ));
    let moves = Intention::StatusTransition { from: CaseState::Investigating, to: CaseState::Resolved };
    assert!(
        matches!(&desk.writes()[..], [Request::SubmitTurn { turn, .. }] if turn.intention == Some(moves))
    );
    let Ok(Reply::Answered { answer, .. }) = answered(2, "Well done.") else { panic!("an answer") };
    desk.answer(Ok(Reply::Answered { answer, state: CaseState::Resolved }));
    assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Resolved);
    assert_eq!(desk.core.view().group(Group::Resolved), [key]);
}

#[test]
fn a_move_that_the_case_does_not_allow_or_that_says_nothing_is_refused() {
    let mut desk = Desk::new();
    let key = investigated(&mut desk);
    set(&mut desk, &key, CaseState::Inquiry);
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
    desk.wish(Intent::SetStatus { case: key.clone(), to: CaseState::Resolved, text: "  ".into() });
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::Blank)));
    set(&mut desk, &key, CaseState::Investigating);
    assert_eq!(desk.writes(), [], "it is there already");
    set(&mut desk, &"opt_case_1_1".parse().unwrap(), CaseState::Closed);
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
}

#[test]
fn the_last_of_two_unsent_moves_counts_and_an_unsent_move_can_be_taken_back() {
    let mut desk = Desk::new();
    let key = investigated(&mut desk);
    desk.step(Event::Link(copilot_core::Link::Offline));
    set(&mut desk, &key, CaseState::Resolved);
    set(&mut desk, &key, CaseState::Closed);
    assert_eq!(desk.core.inspect().operations.len(), 1);
    assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Closed);
    let Some(Notice::Undoable { operation, .. }) = desk.notices.last().cloned() else { panic!("undo") };
    desk.wish(Intent::Undo(operation));
    assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Investigating);
    assert_eq!(desk.core.inspect().operations, []);
}

#[test]
fn a_move_that_is_refused_leaves_the_unsent_one_before_it() {
    let mut desk = Desk::new();
    let key = investigated(&mut desk);
    desk.step(Event::Link(copilot_core::Link::Offline));
    set(&mut desk, &key, CaseState::Resolved);
    set(&mut desk, &key, CaseState::Inquiry);
    assert_eq!(desk.notices.last(), Some(&Notice::Refused(Refusal::TooLate)));
    assert_eq!(desk.core.inspect().operations.len(), 1);
    assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Resolved);
    // Back to where it was is no move, and takes the unsent one away.
    set(&mut desk, &key, CaseState::Investigating);
    assert_eq!(desk.core.inspect().operations, []);
    assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Investigating);
}

#[test]
fn a_move_that_the_server_refuses_rolls_back_and_says_why_in_its_row() {
    let mut desk = Desk::new();
    let key = investigated(&mut desk);
    set(&mut desk, &key, CaseState::Resolved);
    desk.answer(rejected(Rejection::Quota));
    assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Investigating);
    assert!(matches!(desk.row(&key, "It is solved.").delivery, Delivery::Failed { .. }));
}

#[test]
fn a_state_that_changed_on_both_sides_waits_for_the_person() {
    for keeps_mine in [true, false] {
        let mut desk = Desk::new();
        let key = investigated(&mut desk);
        set(&mut desk, &key, CaseState::Resolved);
        desk.answer(Err(Failure { status: Some(409), ..Failure::of(FailureClass::Conflict) }));
        let theirs = RealCase { state: CaseState::Closed, ..case("c-1", 2) };
        case_is(&mut desk, &theirs);
        let row = desk.core.view().case(&key).unwrap();
        let conflict = row.status_conflict.expect("the person must decide");
        assert_eq!(
            row.badge,
            Badge::NotSent(1),
            "the move is a message, and messages not sent are the highest badge"
        );
        assert_eq!(
            (conflict.base, conflict.mine, conflict.theirs),
            (CaseState::Investigating, CaseState::Resolved, CaseState::Closed)
        );
        assert_eq!((desk.core.view().status().undecided, desk.writes().len()), (1, 0));
        if keeps_mine {
            desk.wish(Intent::KeepMine(conflict.operation));
            let moves = Intention::StatusTransition { from: CaseState::Closed, to: CaseState::Resolved };
            assert!(
                matches!(&desk.writes()[..], [Request::SubmitTurn { turn, .. }] if turn.intention == Some(moves))
            );
        } else {
            desk.wish(Intent::UseTheirs(conflict.operation));
            assert_eq!(desk.core.view().case(&key).unwrap().state, CaseState::Closed);
            assert_eq!(desk.core.inspect().operations, []);
        }
        assert_eq!(desk.core.view().status().undecided, 0);
    }
}
