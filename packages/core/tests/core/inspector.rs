//! What the inspector shows: the queue, and what was not believed.

use std::sync::Arc;

use crate::support::*;
use copilot_core::model::Role;
use copilot_core::operation::ExportedState;
use copilot_core::request::{Limits, Page, Reply, Request};
use copilot_core::{Event, FailureClass, Intent, Link, MergeResult, Rejection};

#[test]
fn a_dump_says_of_every_operation_what_it_is_where_it_stands_and_which_case_it_became() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(rejected(Rejection::Quota));
    desk.wish(Intent::Rename { case: key.clone(), title: "Checkout".into() });
    let dump = desk.core.inspect();
    let lines: Vec<_> = dump.operations.iter().map(|op| (op.kind, &*op.what, op.state, op.detail)).collect();
    assert_eq!(
        lines,
        [
            ("rename", "Checkout", ExportedState::Pending, "more typing may follow"),
            ("send message", "second", ExportedState::Failed, "needs the person"),
        ]
    );
    assert_eq!(dump.operations[0].next_try_ms, Some(300));
    assert!(dump.operations.iter().all(|op| op.server_case == Some(real("c-1"))));
    assert_eq!(dump.links, [(key, real("c-1"))]);
    assert_eq!(dump.integrity, Vec::<String>::new());
}

#[test]
fn the_ring_of_steps_keeps_the_last_thousand() {
    let mut desk = Desk::new();
    for _ in 0..1100 {
        desk.wish(Intent::Seen);
    }
    let steps = desk.core.inspect().steps;
    assert_eq!(steps.len(), 1000);
    assert!(steps.iter().all(|step| step.event == "intent"));
}

#[test]
fn contaminated_rows_are_left_out_counted_and_named_and_the_rest_is_taken() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    desk.answer_all(|request| match request {
        Request::ListMessages { .. } => {
            let rows = vec![row("m-3", Role::User, 2, "second"), row("m-4", Role::Assistant, 2, "two")];
            let refused = Some((1, Arc::from("its id starts with opt_")));
            Some(Ok(Reply::Messages(Page { received: 3, refused, ..page(rows) })))
        }
        _ => None,
    });
    let dump = desk.core.inspect();
    assert_eq!(dump.last_merge, Some(MergeResult { listed: 3, added: 2, changed: 0, bound: 2, refused: 1 }));
    assert!(dump.violations[0].what.contains("its id starts with opt_"), "{:?}", dump.violations);
    assert_eq!(desk.texts(&key)[2..], ["user: second", "assistant: two"]);
}

#[test]
fn a_dump_follows_a_message_from_the_keyboard_to_its_end() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let stands = |desk: &Desk, text: &str| {
        let dump = desk.core.inspect();
        dump.operations.iter().find(|op| op.what == text).map(|op| (op.detail, op.attempts))
    };
    desk.hold_store = true;
    desk.say(Some(&key), "second");
    assert_eq!(stands(&desk, "second"), Some(("not durable yet", 0)));
    desk.release_store();
    desk.say(Some(&key), "third");
    assert_eq!(stands(&desk, "second"), Some(("under way", 1)));
    assert_eq!(stands(&desk, "third"), Some(("waits for its turn", 0)));
    desk.answer(server_problem());
    assert_eq!(stands(&desk, "second"), Some(("tries again later", 1)));
    desk.pass_seconds(2);
    desk.answer(failed(FailureClass::Uncertain));
    assert_eq!(stands(&desk, "second"), Some(("may have arrived, is checked", 2)));
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
    desk.pass_seconds(5);
    desk.answer(working("/jobs/1"));
    assert_eq!(stands(&desk, "second").unwrap().0, "the server works on it");
    desk.pass_seconds(2);
    desk.answer(answered(2, "two"));
    assert_eq!(stands(&desk, "second").unwrap().0, "answered, rows not listed yet");
    assert_eq!(stands(&desk, "third"), Some(("under way", 1)), "the next one leaves");
    desk.wish(Intent::Stop(desk.operation(&key, "third")));
    assert_eq!(stands(&desk, "third").unwrap().0, "stopped by the person");
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("second", "two")]));
    assert_eq!(stands(&desk, "second").unwrap().0, "confirmed, about to end");
    desk.pass_seconds(3);
    assert_eq!(stands(&desk, "second"), None);
    desk.step(Event::Link(Link::Offline));
    desk.say(Some(&key), "fourth");
    desk.wish(Intent::Discard(desk.operation(&key, "fourth")));
    assert_eq!(stands(&desk, "fourth"), Some(("can be taken back", 0)));
    let dump = desk.core.inspect();
    assert_eq!(dump.operations.iter().find(|op| op.what == "fourth").unwrap().next_try_ms, Some(8000));
}

#[test]
fn a_long_message_is_named_by_its_beginning() {
    let mut desk = Desk::new();
    desk.say(None, &"ä".repeat(1000));
    let dump = desk.core.inspect();
    let named = dump.operations.iter().find(|op| op.kind == "send message").unwrap();
    assert!((20..=200).contains(&named.what.chars().count()), "{}", named.what);
    assert!(named.what.chars().all(|sign| sign == 'ä'));
}
