//! What the inspector shows: the queue, and what was not believed.

use std::sync::Arc;

use crate::support::*;
use copilot_core::model::Role;
use copilot_core::operation::ExportedState;
use copilot_core::request::{Page, Reply, Request};
use copilot_core::{Intent, MergeResult, Rejection};

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
