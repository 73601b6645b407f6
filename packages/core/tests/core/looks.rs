//! What a row says while time passes: the states of a message, of a case, of an answer that is awaited.

use copilot_core::ids::CaseKey;
use copilot_core::model::{Action, ActionKind, Answer, CaseState, Data, FileBytes, RealCase, Role, Turn};
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Badge, Delivery, Group, NameOrigin, Thinking};
use copilot_core::{
    Announcement, Event, FailureClass, Intent, Link, Millis, Mono, Notice, Rejection, Transient,
};

use crate::support::*;

fn ready() -> (Desk, CaseKey) {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.notices.clear();
    (desk, key)
}

fn badge(desk: &Desk, key: &CaseKey) -> Badge {
    desk.core.view().case(key).unwrap().badge
}

#[test]
fn a_message_that_cannot_leave_is_echoed_then_sending_then_still_sending() {
    let (mut desk, key) = ready();
    desk.hold_store = true;
    desk.say(Some(&key), "second");
    let since = desk.now.mono;
    let look = |desk: &Desk| desk.row(&key, "second").delivery;
    assert_eq!(look(&desk), Delivery::Echoed);
    desk.pass(Millis(399));
    assert_eq!(look(&desk), Delivery::Echoed);
    desk.pass(Millis(1));
    assert_eq!(look(&desk), Delivery::Sending);
    desk.pass(Millis(9599));
    assert_eq!(look(&desk), Delivery::Sending);
    desk.pass(Millis(1));
    assert_eq!(look(&desk), Delivery::StillSending { since });
    // The one behind it does not say so: it is not at its turn.
    desk.say(Some(&key), "third");
    desk.pass_seconds(20);
    assert_eq!(desk.row(&key, "third").delivery, Delivery::Sending);
    desk.release_store();
    assert_eq!(look(&desk), Delivery::Echoed, "under way: the thinking row says the rest");
}

#[test]
fn sent_is_said_for_four_seconds_and_only_here_after_a_minute_without_a_row() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    let look = |desk: &Desk| desk.row(&key, "second").delivery;
    assert_eq!(look(&desk), Delivery::Sent);
    desk.pass(Millis(3999));
    assert_eq!(look(&desk), Delivery::Sent);
    desk.pass(Millis(1));
    assert_eq!(look(&desk), Delivery::Settled);
    desk.pass(Millis(55_999));
    assert_eq!(look(&desk), Delivery::Settled);
    desk.pass(Millis(1));
    assert_eq!(look(&desk), Delivery::OnlyHere);
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("second", "two")]));
    assert_eq!(look(&desk), Delivery::Settled, "now the server has listed it");
}

#[test]
fn a_message_that_the_server_works_on_is_never_only_here() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "second");
    desk.answer(working("/jobs/1"));
    assert_eq!(desk.notices, [Notice::Announce(Announcement::MessageSent)]);
    desk.pass_seconds(61);
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Settled);
    assert!(matches!(desk.rows(&key)[3].thinking, Some(Thinking::Since(_))));
}

#[test]
fn a_short_wait_looks_like_sending_and_a_long_one_names_its_end() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "second");
    let class = FailureClass::Transient(Transient::ServerProblem);
    let wait = |seconds| copilot_core::Failure {
        status: Some(502),
        retry_after: Some(Millis::seconds(seconds)),
        ..copilot_core::Failure::of(class.clone())
    };
    desk.answer(Err(wait(2)));
    assert_eq!(desk.row(&key, "second").delivery, Delivery::Echoed);
    desk.pass_seconds(3);
    let before = desk.now.mono;
    desk.answer(Err(wait(40)));
    let Delivery::WaitingBusy { until } = desk.row(&key, "second").delivery else {
        panic!("it says how long")
    };
    assert!(until >= before + Millis::seconds(40) && until <= before + Millis::seconds(41), "{until:?}");
    assert_eq!(desk.rows(&key).len(), 3, "nobody thinks meanwhile");
}

#[test]
fn an_answer_is_awaited_since_the_message_left() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "second");
    desk.say(Some(&key), "third");
    let since = desk.now.mono;
    let thinking: Vec<_> = desk.rows(&key).iter().map(|row| row.thinking).collect();
    assert_eq!(thinking, [None, None, None, Some(Thinking::Since(since)), None], "under the first only");
    desk.pass_seconds(7);
    desk.answer(answered(2, "two"));
    let then = desk.now.mono;
    let thinking: Vec<_> = desk.rows(&key).iter().filter_map(|row| row.thinking).collect();
    assert_eq!(thinking, [Thinking::Since(then)]);
    assert!(then > Mono(0) && then > since);
    // A second attempt goes on thinking where the first began.
    desk.answer(server_problem());
    desk.pass_seconds(1);
    assert!(desk.rows(&key).iter().any(|row| row.thinking == Some(Thinking::Since(then))));
}

#[test]
fn an_attachment_is_shown_by_its_first_lines_and_its_size() {
    let (mut desk, key) = ready();
    let with = |data| Turn { text: "log".into(), data: Some(data), intention: None };
    let file = |name: &str, bytes: &[u8]| Data::File {
        name: name.into(),
        media_type: "text/plain".into(),
        bytes: FileBytes::new(bytes),
    };
    let long = "x".repeat(600);
    let cases = [
        (Data::Paste { text: "a\nb\nc\nd".into() }, None, 7, "a\nb\nc".to_owned()),
        (file("app.log", b"one\ntwo"), Some("app.log"), 7, "one\ntwo".to_owned()),
        (file("core.bin", &[0xff, 0xfe]), Some("core.bin"), 2, String::new()),
        (Data::Paste { text: long.as_str().into() }, None, 600, "x".repeat(400)),
        (
            Data::Page { url: "https://status.example".into(), title: "Status".into(), text: "Down".into() },
            Some("Status"),
            4,
            "Down".to_owned(),
        ),
    ];
    desk.step(Event::Link(Link::Offline));
    for (data, name, bytes, preview) in cases {
        desk.wish(Intent::Submit { case: Some(key.clone()), turns: vec![with(data)] });
        let shown = desk.rows(&key).pop().unwrap().attachment.unwrap();
        assert_eq!((shown.name.as_deref(), shown.bytes, &*shown.preview), (name, bytes, &*preview));
    }
}

#[test]
fn an_answer_in_a_case_that_is_not_open_is_unread_until_the_case_is_seen_to_its_end() {
    let (mut desk, key) = ready();
    desk.wish(Intent::Seen);
    desk.say(Some(&key), "second");
    desk.wish(Intent::Open(None));
    desk.answer(answered(2, "two"));
    assert_eq!(badge(&desk, &key), Badge::Unread);
    desk.wish(Intent::Open(Some(key.clone())));
    assert_eq!(badge(&desk, &key), Badge::None, "what is open is being read");
    desk.wish(Intent::Open(None));
    assert_eq!(badge(&desk, &key), Badge::Unread, "but its end was not seen");
    desk.wish(Intent::Open(Some(key.clone())));
    desk.wish(Intent::Seen);
    desk.wish(Intent::Open(None));
    assert_eq!(badge(&desk, &key), Badge::None);
    assert_eq!(badge(&desk.restart(2), &key), Badge::None);
    let seen = desk.disk.borrow().records.len();
    desk.wish(Intent::Seen);
    assert_eq!(desk.disk.borrow().records.len(), seen, "nothing is open: nothing was seen");
}

#[test]
fn what_needs_the_person_outranks_a_decision_a_wait_and_an_unread_answer() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "second");
    assert_eq!(badge(&desk, &key), Badge::None, "under way is no wait");
    desk.say(Some(&key), "third");
    assert_eq!(badge(&desk, &key), Badge::Waiting(1));
    desk.answer(rejected(Rejection::TooLarge));
    assert_eq!(badge(&desk, &key), Badge::NotSent(2));
    assert!(desk.notices.iter().any(|notice| matches!(notice, Notice::Announce(Announcement::NotSent(_)))));
    desk.wish(Intent::Discard(desk.operation(&key, "second")));
    assert_eq!(badge(&desk, &key), Badge::None, "the one behind it is under way");
}

#[test]
fn the_list_is_ordered_by_what_happened_last_and_grouped_by_pin_and_state() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=3).map(|n| desk.settled_case(&format!("c-{n}"), &format!("case {n}"))).collect();
    let active = |desk: &Desk| desk.core.view().group(Group::Active).to_vec();
    desk.pass_seconds(10);
    desk.say(Some(&keys[1]), "again");
    assert_eq!(active(&desk)[0], keys[1]);
    desk.pass_seconds(10);
    desk.say(Some(&keys[2]), "again");
    assert_eq!(active(&desk)[..2], [keys[2].clone(), keys[1].clone()]);
    desk.wish(Intent::Pin { case: keys[1].clone(), pinned: true });
    assert_eq!(desk.core.view().group(Group::Pinned), std::slice::from_ref(&keys[1]));
    desk.wish(Intent::Pin { case: keys[1].clone(), pinned: false });
    assert_eq!(active(&desk).len(), 3);
    desk.pass_seconds(61);
    let closed = RealCase { state: CaseState::Closed, ..case("c-3", 1) };
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![closed.clone()])))),
        _ => None,
    });
    assert_eq!(desk.core.view().group(Group::Resolved), std::slice::from_ref(&keys[2]));
    let row = desk.core.view().case(&keys[2]).unwrap();
    assert_eq!((row.state, row.origin), (CaseState::Closed, NameOrigin::Provisional));
}

#[test]
fn a_message_in_the_case_on_top_leaves_the_list_as_it_is() {
    let mut desk = Desk::new();
    (1..=3).for_each(|n| drop(desk.settled_case(&format!("c-{n}"), &format!("case {n}"))));
    desk.pass_seconds(10);
    let cases = desk.core.view().group(Group::Active).to_vec();
    let before = desk.mirror.lists_read;
    desk.say(Some(&cases[0]), "again");
    assert_eq!(desk.mirror.lists_read, before, "nobody has to read ten thousand cases for it");
    desk.pass_seconds(1);
    let before = desk.mirror.lists_read;
    desk.say(Some(&cases[2]), "again");
    assert_eq!(desk.mirror.lists_read, before + 1);
    assert_eq!(desk.core.view().group(Group::Active)[0], cases[2]);
}

#[test]
fn a_case_that_only_the_server_knows_is_called_by_its_placeholder_or_untitled() {
    let mut desk = Desk::new();
    desk.pass_seconds(61);
    let untitled = RealCase { title: None, ..case("c-2", 1) };
    desk.answer_all(|request| match request {
        Request::ListCases { .. } => {
            Some(Ok(Reply::Cases(page(vec![case("c-1", 1), untitled.clone(), case("c-3", 0)]))))
        }
        _ => None,
    });
    let title =
        |id: &str| desk.core.view().case(&CaseKey::of_server(&real(id))).map(|row| row.title.to_string());
    assert_eq!(title("c-1").as_deref(), Some("Case-261122-1"));
    assert_eq!(title("c-2").as_deref(), Some("Untitled case"));
    assert_eq!(title("c-3"), None, "nobody has said anything in it");
}

#[test]
fn the_end_of_a_queue_that_was_announced_is_announced_and_no_other() {
    let (mut desk, key) = ready();
    desk.step(Event::Link(Link::Offline));
    desk.say(Some(&key), "second");
    desk.say(Some(&key), "third");
    desk.wish(Intent::TryNow);
    desk.greet();
    desk.answer(answered(2, "two"));
    desk.answer(answered(3, "three"));
    desk.say(Some(&key), "fourth");
    desk.answer(answered(4, "four"));
    let said: Vec<_> = desk
        .notices
        .iter()
        .filter_map(|notice| match notice {
            Notice::Announce(announcement) => Some(announcement.clone()),
            _ => None,
        })
        .collect();
    let answer = Announcement::AnswerComplete;
    assert_eq!(
        said,
        [
            Announcement::WaitingOffline,
            Announcement::WaitingOffline,
            Announcement::BackOnline(2),
            answer.clone(),
            answer.clone(),
            Announcement::AllSent,
            answer,
        ]
    );
}

#[test]
fn a_clock_that_runs_backwards_does_not_run_backwards_in_here() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "second");
    desk.answer(server_problem());
    desk.now.mono = Mono(5);
    desk.wish(Intent::Seen);
    desk.say(Some(&key), "third");
    assert_eq!(desk.core.inspect().integrity, Vec::<String>::new());
    let waits: Vec<_> = desk.core.inspect().operations.iter().filter_map(|op| op.next_try_ms).collect();
    assert!(waits.iter().all(|wait| *wait <= 1000), "{waits:?}");
}

#[test]
fn a_message_under_way_stands_behind_the_message_before_it_when_that_gets_its_turn_late() {
    for committed in [true, false] {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        desk.say(Some(&key), "second");
        desk.say(Some(&key), "third");
        if committed {
            desk.answer(failed(FailureClass::Committed));
        } else {
            desk.wish(Intent::Stop(desk.operation(&key, "second")));
        }
        desk.list("c-1", talk(&[("first", "Look at the pool."), ("second", "two")]));
        let said = ["user: second", "assistant: two", "user: third", "assistant: "];
        assert_eq!(desk.texts(&key)[2..], said);
    }
}

#[test]
fn suggestions_stand_under_the_last_answer_only() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    let suggest = |text: &str, turn| {
        let (label, payload) = ("Start it".into(), Some("Yes".into()));
        let actions = vec![Action { kind: ActionKind::Decide, label, payload, intent: None }];
        Ok(Reply::Answered {
            answer: Answer { text: text.into(), turn: Some(turn), actions },
            state: CaseState::Inquiry,
        })
    };
    desk.say(Some(&key), "second");
    desk.answer(suggest("two", 2));
    assert_eq!(desk.row(&key, "two").actions.len(), 1);
    desk.list("c-1", talk(&[("first", "Look at the pool."), ("second", "two")]));
    desk.pass_seconds(3);
    assert_eq!(desk.row(&key, "two").actions.len(), 1, "the list does not repeat them");
    let others = [("first", "Look at the pool."), ("second", "two"), ("theirs", "their answer")];
    let mut elsewhere = desk.restart(2);
    elsewhere.wish(Intent::Open(Some(key.clone())));
    assert_eq!(elsewhere.row(&key, "two").actions.len(), 1);
    elsewhere.list("c-1", talk(&others));
    assert_eq!(elsewhere.row(&key, "two").actions.len(), 0, "somebody else has gone on");
    desk.say(Some(&key), "third");
    assert_eq!(desk.row(&key, "two").actions.len(), 0);
    desk.answer(suggest("three", 3));
    assert_eq!(desk.row(&key, "three").actions.len(), 1);
}

#[test]
fn an_answer_stands_in_its_turn_before_the_rows_of_it_are_listed() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "mine");
    // Somebody else was quicker: turn 2 is theirs.
    desk.answer(answered(3, "my answer"));
    let theirs = talk(&[("first", "Look at the pool."), ("theirs", "their answer")]);
    desk.list("c-1", theirs.clone());
    let all = ["user: theirs", "assistant: their answer", "user: mine", "assistant: my answer"];
    assert_eq!(desk.texts(&key)[2..], all);
    // The server lists the answer first, and the question later.
    let answer = row("m-6", Role::Assistant, 3, "my answer");
    desk.pass_seconds(2);
    desk.list("c-1", theirs.iter().cloned().chain([answer]).collect());
    assert_eq!(desk.texts(&key)[2..], all);
    desk.pass_seconds(5);
    desk.list(
        "c-1",
        talk(&[("first", "Look at the pool."), ("theirs", "their answer"), ("mine", "my answer")]),
    );
    assert_eq!(desk.texts(&key)[2..], all);
}

#[test]
fn a_stopped_answer_stands_under_its_question_wherever_the_server_puts_that() {
    let (mut desk, key) = ready();
    desk.say(Some(&key), "mine");
    desk.wish(Intent::Stop(desk.operation(&key, "mine")));
    let mut rows =
        talk(&[("first", "Look at the pool."), ("theirs", "to them"), ("mine", "?"), ("later", "to that")]);
    rows.remove(5);
    desk.list("c-1", rows);
    let all = [
        "user: theirs",
        "assistant: to them",
        "user: mine",
        "assistant: ",
        "user: later",
        "assistant: to that",
    ];
    assert_eq!(desk.texts(&key)[2..], all);
    assert_eq!(desk.rows(&key)[5].thinking, Some(Thinking::Stopped));
}
