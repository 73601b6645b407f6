//! A recorded run can be done again, anywhere, and ends in the same state.

use copilot_core::trace::{Trace, TraceError};
use copilot_core::{FailureClass, Intent};

use crate::support::{Desk, failed, server_problem};

fn a_morning() -> Desk {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "p99 went from 210 ms to 4.1 s");
    desk.say(Some(&key), "it began at 09:10");
    desk.answer(failed(FailureClass::Uncertain));
    desk.pass_seconds(2);
    desk.wish(Intent::Rename { case: key.clone(), title: "Slow checkout".into() });
    desk.wish(Intent::Pin { case: key, pinned: true });
    desk.pass_seconds(5);
    desk.answer_all(|request| crate::support::is_write(request).then(server_problem));
    desk.pass_seconds(30);
    desk
}

#[test]
fn an_exported_trace_replays_to_the_same_state() {
    let desk = a_morning();
    let text = desk.core.trace().unwrap().to_json().unwrap();
    let trace = Trace::from_json(&text).unwrap();
    let again = trace.replay().finish().unwrap();
    assert_eq!(again.digest(), desk.core.digest());
    assert_eq!(again.inspect(), desk.core.inspect());
}

#[test]
fn a_replay_can_be_looked_at_step_by_step() {
    let desk = a_morning();
    let trace = desk.core.trace().unwrap();
    let mut replay = trace.replay();
    let mut most = 0;
    while replay.step() {
        most = most.max(replay.core().inspect().operations.len());
    }
    assert_eq!(replay.done(), trace.steps().len());
    assert!(most >= 2, "the creation and the message were seen under way");
}

#[test]
fn a_text_that_is_no_trace_is_refused_with_a_reason() {
    for text in ["", "{}", "[1]", "{\"version\":1}"] {
        assert!(matches!(Trace::from_json(text), Err(TraceError::Unreadable(_))), "{text}");
    }
    assert_eq!(Trace::from_json("{\"version\":9}"), Err(TraceError::Version { found: 9 }));
}

#[test]
fn a_trace_that_was_changed_is_found_to_lead_elsewhere() {
    let text = a_morning().core.trace().unwrap().to_json().unwrap();
    let trace = Trace::from_json(&text.replace("it began at 09:10", "it began at 09:11")).unwrap();
    assert_eq!(trace.replay().finish().err(), Some(TraceError::Diverged));
}
