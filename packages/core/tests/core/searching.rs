//! Looking for a text on the server as well: when it is asked, what becomes of its answers, and that nothing on
//! this device waits for it.

use copilot_core::ids::CaseKey;
use copilot_core::model::RealCase;
use copilot_core::request::{Limits, Outcome, Page, Reply, Request, RequestId};
use copilot_core::view::ServerSearch;
use copilot_core::{Event, Failure, FailureClass, Intent, Link, Millis, Rejection};

use crate::disk::Disk;
use crate::support::*;

fn searchable() -> Limits {
    Limits { search: true, ..Limits::default() }
}

/// A window at a server that looks for texts, and a case on both.
fn desk() -> (Desk, CaseKey) {
    let mut desk = Desk::asleep(Disk::default().shared(), 1);
    desk.boot();
    alive(&mut desk);
    desk.greet();
    let key = desk.settled_case("c-1", "the pool is empty");
    (desk, key)
}

fn alive(desk: &mut Desk) {
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(searchable()))));
}

fn look_for(desk: &mut Desk, text: &str) {
    desk.wish(Intent::Search(text.into()));
}

/// The questions that are open.
fn asked(desk: &Desk) -> Vec<(RequestId, String)> {
    let texts = desk.open.iter().filter_map(|(id, request)| match request {
        Request::SearchCases { text, limit: 20 } => Some((*id, text.to_string())),
        _ => None,
    });
    texts.collect()
}

fn answer(desk: &mut Desk, outcome: &Outcome) {
    desk.answer_all(|request| matches!(request, Request::SearchCases { .. }).then(|| outcome.clone()));
}

fn found(ids: &[&str]) -> Outcome {
    let row = |id: &&str| RealCase { title: Some(format!("Found {id}").into()), ..case(id, 4) };
    Ok(Reply::Cases(page(ids.iter().map(row).collect())))
}

/// What the list shows for a text: the excerpt, and whether only the server found it.
fn hits(desk: &Desk, text: &str) -> Vec<(String, bool)> {
    let hits = desk.core.view().find(text, 50);
    hits.into_iter().map(|hit| (hit.excerpt, hit.on_server)).collect()
}

fn here(text: &str) -> (String, bool) {
    (text.to_owned(), false)
}

fn there(text: &str) -> (String, bool) {
    (text.to_owned(), true)
}

#[test]
fn the_server_is_asked_once_when_typing_pauses_and_what_is_here_is_shown_at_once() {
    let (mut desk, _) = desk();
    for typed in ["p", "po", "poo", "pool", " pool "] {
        look_for(&mut desk, typed);
        desk.pass(Millis(100));
        assert_eq!(asked(&desk), []);
    }
    assert_eq!(hits(&desk, "pool"), [here("Look at the pool.")]);
    assert_eq!(desk.core.view().server_search(), ServerSearch::Asked);
    desk.pass(Millis(200));
    assert_eq!(asked(&desk).iter().map(|(_, text)| &**text).collect::<Vec<_>>(), ["pool"]);
    desk.pass_seconds(30);
    assert_eq!(asked(&desk).len(), 1, "a question waits for its answer and is not asked twice");
}

#[test]
fn what_only_the_server_found_stands_below_what_is_here_in_the_servers_order() {
    let (mut desk, key) = desk();
    look_for(&mut desk, "pool");
    desk.pass(Millis(300));
    answer(&mut desk, &found(&["c-9", "c-1", "c-4"]));
    assert_eq!(desk.core.view().server_search(), ServerSearch::Answered);
    assert_eq!(hits(&desk, " pool "), [here("Look at the pool."), there("Found c-9"), there("Found c-4")]);
    assert_eq!(desk.core.view().find("pool", 2).len(), 2);
    let case = desk.core.view().find("pool", 9)[1].case.clone();
    desk.wish(Intent::Open(Some(case.clone())));
    assert!(
        desk.open.iter().any(
            |(_, request)| matches!(request, Request::ListMessages { case, .. } if *case == real("c-9"))
        )
    );
    assert_eq!(hits(&desk, "empty"), [here("the pool is empty")], "found for another text");
    desk.wish(Intent::Delete(case));
    assert_eq!(
        hits(&desk, "pool"),
        [here("Look at the pool."), there("Found c-4")],
        "what was deleted is gone"
    );
    assert!(desk.core.view().case(&key).is_some());
}

#[test]
fn an_answer_to_an_older_text_changes_nothing() {
    let (mut desk, _) = desk();
    look_for(&mut desk, "pool");
    desk.pass(Millis(300));
    let [(old, _)] = &asked(&desk)[..] else { panic!("asked once") };
    let old = *old;
    look_for(&mut desk, "node");
    assert_eq!(asked(&desk), [], "nobody waits for the older one");
    desk.pass(Millis(300));
    desk.step(Event::Answered(old, found(&["c-9"])));
    assert_eq!(hits(&desk, "node"), []);
    assert_eq!(desk.core.view().server_search(), ServerSearch::Asked);
    answer(&mut desk, &found(&["c-4"]));
    assert_eq!(hits(&desk, "node"), [there("Found c-4")]);
    look_for(&mut desk, " ");
    assert_eq!((hits(&desk, "node"), desk.core.view().server_search()), (vec![], ServerSearch::NotAsked));
}

#[test]
fn without_a_route_only_this_device_is_searched_and_the_server_when_it_is_back() {
    let (mut desk, _) = desk();
    desk.step(Event::Link(Link::Offline));
    look_for(&mut desk, "pool");
    desk.pass_seconds(3);
    assert_eq!((asked(&desk), desk.core.view().server_search()), (vec![], ServerSearch::NotAsked));
    assert_eq!(hits(&desk, "pool"), [here("Look at the pool.")]);
    alive(&mut desk);
    assert_eq!((asked(&desk).len(), desk.core.view().server_search()), (1, ServerSearch::Asked));
    // It is lost while the server is asked, and asked again when there is a route again.
    answer(&mut desk, &failed(FailureClass::Offline));
    assert_eq!(desk.core.view().server_search(), ServerSearch::NotAsked);
    desk.pass_seconds(3);
    alive(&mut desk);
    answer(&mut desk, &found(&["c-9"]));
    assert_eq!(hits(&desk, "pool"), [here("Look at the pool."), there("Found c-9")]);
}

#[test]
fn a_server_that_takes_no_such_questions_is_not_asked() {
    let mut desk = Desk::new();
    desk.settled_case("c-1", "the pool is empty");
    look_for(&mut desk, "pool");
    desk.pass_seconds(30);
    assert_eq!((asked(&desk), desk.core.view().server_search()), (vec![], ServerSearch::NotAsked));
    assert_eq!(hits(&desk, "pool"), [here("Look at the pool.")]);
}

#[test]
fn a_server_that_says_it_looks_and_does_not_is_asked_once() {
    for status in [404, 405, 501] {
        let (mut desk, _) = desk();
        look_for(&mut desk, "pool");
        desk.pass(Millis(300));
        let class = FailureClass::Rejected(Rejection::Refused);
        answer(&mut desk, &Err(Failure { status: Some(status), ..Failure::of(class) }));
        look_for(&mut desk, "node");
        desk.pass_seconds(30);
        assert_eq!((asked(&desk), desk.core.view().server_search()), (vec![], ServerSearch::NotAsked));
    }
}

#[test]
fn a_server_that_fails_is_asked_for_the_next_text_and_a_busy_one_when_its_time_is_over() {
    let (mut desk, _) = desk();
    look_for(&mut desk, "pool");
    desk.pass(Millis(300));
    answer(&mut desk, &server_problem());
    desk.pass_seconds(30);
    assert_eq!((asked(&desk), desk.core.view().server_search()), (vec![], ServerSearch::NotAsked));
    look_for(&mut desk, "node");
    desk.pass(Millis(300));
    answer(&mut desk, &busy(20));
    look_for(&mut desk, "lease");
    desk.pass_seconds(19);
    assert_eq!(asked(&desk), []);
    desk.pass_seconds(2);
    assert_eq!(asked(&desk).len(), 1);
}

#[test]
fn a_text_is_asked_again_when_the_session_is_renewed() {
    let (mut desk, _) = desk();
    look_for(&mut desk, "pool");
    desk.pass(Millis(300));
    answer(&mut desk, &Err(Failure { status: Some(401), ..Failure::of(FailureClass::SessionExpired) }));
    desk.answer_all(|request| (*request == Request::RenewSession).then_some(Ok(Reply::Renewed)));
    answer(&mut desk, &found(&["c-9"]));
    assert_eq!(hits(&desk, "pool"), [here("Look at the pool."), there("Found c-9")]);
}

#[test]
fn a_text_that_is_too_short_or_too_long_is_looked_for_on_this_device_only() {
    let (mut desk, _) = desk();
    for text in ["p", "ä", &"p".repeat(201)] {
        look_for(&mut desk, text);
        desk.pass_seconds(1);
        assert_eq!((asked(&desk), desk.core.view().server_search()), (vec![], ServerSearch::NotAsked));
    }
    look_for(&mut desk, &"p".repeat(200));
    desk.pass_seconds(1);
    assert_eq!(asked(&desk).len(), 1);
}

#[test]
fn rows_that_cannot_be_true_are_left_out_and_reported() {
    let (mut desk, _) = desk();
    look_for(&mut desk, "pool");
    desk.pass(Millis(300));
    let refused = Some((1, "case_id: looks like an id of this device".into()));
    answer(&mut desk, &Ok(Reply::Cases(Page { refused, ..page(vec![case("c-9", 4)]) })));
    assert_eq!(hits(&desk, "pool").len(), 2);
    assert!(desk.reports.iter().any(|report| report.what.starts_with("1 found cases were left out")));
}

#[test]
fn a_late_search_does_not_take_a_case_back_in_time() {
    let (mut desk, key) = desk();
    look_for(&mut desk, "pool");
    desk.pass(Millis(300));
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    desk.list("c-1", talk(&[("the pool is empty", "Look at the pool."), ("second", "two")]));
    let title = |desk: &Desk| desk.core.view().case(&key).map(|row| row.title);
    let before = title(&desk);
    answer(
        &mut desk,
        &Ok(Reply::Cases(page(vec![RealCase { title: Some("older".into()), ..case("c-1", 1) }]))),
    );
    assert_eq!(title(&desk), before);
}
