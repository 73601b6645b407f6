//! Waiting for a server: the pace of jobs, gates, readings, probes and renewals.

use copilot_core::model::RealCase;
use copilot_core::peer::PeerMessage;
use copilot_core::request::{Limits, Outcome, Reply, Request};
use copilot_core::view::{AccountStatus, Delivery, LinkStatus};
use copilot_core::{Event, Failure, FailureClass, Intent, Link, Millis, Notice, Rejection, Transient};

use crate::support::*;

fn renewed(request: &Request) -> Option<Outcome> {
    matches!(request, Request::RenewToken | Request::RenewSession).then_some(Ok(Reply::Renewed))
}

#[test]
fn a_job_that_the_server_gave_up_needs_the_person() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(working("/jobs/1"));
    desk.pass(Millis(1500));
    desk.answer(Ok(Reply::JobFailed { message: Some("The model gave no usable answer".into()) }));
    let Delivery::Failed { failure, .. } = desk.row(&key, "second").delivery else { panic!("parked") };
    assert_eq!(failure.message.as_deref(), Some("The model gave no usable answer"));
    assert_eq!(failure.class, FailureClass::Rejected(Rejection::Provider));
}

#[test]
fn a_job_is_asked_about_ever_more_rarely_for_ten_minutes_and_then_sent_again() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(working("/jobs/1"));
    let mut waits = Vec::new();
    let mut waited = 0;
    while !matches!(desk.writes()[..], [Request::SubmitTurn { .. }]) {
        if matches!(desk.writes()[..], [Request::PollJob { .. }]) {
            waits.push(std::mem::take(&mut waited));
            desk.answer(working("/jobs/1"));
        } else {
            desk.pass(Millis(50));
            waited += 50;
        }
        assert!(waits.len() < 200, "the budget ends");
    }
    assert_eq!(waits[..5], [1500, 2250, 3400, 5100, 7600]);
    assert!(waits[5..].iter().all(|wait| *wait == 10_000), "{waits:?}");
    let total: u64 = waits.iter().sum();
    assert!((600_000..620_000).contains(&total), "{total}");
}

#[test]
fn the_servers_own_pace_for_a_job_is_a_floor() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let job = copilot_core::request::Job("/jobs/1".into());
    desk.answer(Ok(Reply::Working { job, poll_after: Some(Millis::seconds(7)) }));
    desk.pass_seconds(6);
    assert_eq!(desk.writes(), []);
    desk.pass_seconds(1);
    assert!(matches!(desk.writes()[..], [Request::PollJob { .. }]));
    // A job that goes by another name now is asked about under that.
    let moved = copilot_core::request::Job("/jobs/2".into());
    desk.answer(Ok(Reply::Working { job: moved.clone(), poll_after: None }));
    let mut desk = desk.restart(2);
    desk.pass_seconds(3);
    assert!(matches!(&desk.writes()[..], [Request::PollJob { job, .. }] if *job == moved));
}

#[test]
fn a_busy_answer_to_a_reading_leaves_the_server_alone_as_well() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.pass_seconds(61);
    desk.answer_all(|request| matches!(request, Request::ListCases { .. }).then(|| busy(30)));
    desk.say(Some(&key), "second");
    assert_eq!(desk.writes(), []);
    assert!(matches!(desk.row(&key, "second").delivery, Delivery::WaitingBusy { .. }));
    desk.pass_seconds(29);
    assert_eq!(desk.writes(), []);
    desk.pass_seconds(2);
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_busy_answer_without_a_time_means_a_minute_for_a_429_and_nothing_for_a_503() {
    for (status, silent) in [(429, true), (503, false)] {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        desk.pass_seconds(61);
        let class = FailureClass::Transient(Transient::Busy);
        let failure = Failure { status: Some(status), ..Failure::of(class) };
        desk.answer_all(|request| matches!(request, Request::ListCases { .. }).then(|| Err(failure.clone())));
        desk.say(Some(&key), "second");
        assert_eq!(desk.writes().is_empty(), silent, "{status}");
    }
}

#[test]
fn a_longer_wait_is_not_shortened_by_a_shorter_one() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=2).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    keys.iter().for_each(|key| desk.say(Some(key), "again"));
    let mut waits = [100, 5].into_iter();
    desk.answer_all(|request| is_write(request).then(|| busy(waits.next().unwrap())));
    desk.pass_seconds(99);
    assert_eq!(desk.open, []);
    desk.pass_seconds(3);
    assert_eq!(desk.writes().len(), 2);
}

#[test]
fn a_case_that_the_server_no_longer_has_keeps_its_transcript_and_says_so() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(rejected(Rejection::CaseGone));
    let gone = Failure { status: Some(404), ..Failure::of(FailureClass::Rejected(Rejection::CaseGone)) };
    desk.answer_all(|request| matches!(request, Request::ReadCase { .. }).then(|| Err(gone.clone())));
    assert!(desk.core.view().case(&key).unwrap().only_here);
    assert_eq!(desk.texts(&key), ["user: first", "assistant: Look at the pool.", "user: second"]);
    let mut again = desk.restart(2);
    again.wish(Intent::Open(Some(key.clone())));
    assert_eq!(again.texts(&key), desk.texts(&key));
    // A list that shows it again is believed.
    again.pass_seconds(61);
    let back = RealCase { title: Some("Back".into()), ..case("c-1", 1) };
    again.answer_all(|request| match request {
        Request::ListCases { .. } => Some(Ok(Reply::Cases(page(vec![back.clone()])))),
        _ => None,
    });
    assert!(!again.core.view().case(&key).unwrap().only_here);
}

#[test]
fn a_reading_that_fails_is_repeated_after_two_five_fifteen_forty_five_and_a_hundred_and_twenty_seconds() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "two"));
    let reads = |desk: &Desk| {
        desk.open.iter().filter(|(_, request)| matches!(request, Request::ListMessages { .. })).count()
    };
    for wait in [2, 5, 15, 45, 120] {
        assert_eq!(reads(&desk), 1);
        desk.answer_all(|_| Some(server_problem()));
        desk.pass(Millis(wait * 1000 - 1));
        assert_eq!(reads(&desk), 0, "not before {wait} s");
        desk.answer_all(|_| Some(server_problem()));
        desk.pass(Millis(1));
    }
    desk.answer_all(|_| Some(server_problem()));
    desk.pass_seconds(600);
    assert_eq!(reads(&desk), 0, "then the person's next look reads again");
    desk.step(Event::Page(copilot_core::Lifecycle::Shown));
    assert_eq!(reads(&desk), 1);
}

#[test]
fn a_renewal_that_finds_no_answer_is_repeated_and_signs_nobody_out() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::SessionExpired));
    for _ in 0..10 {
        assert!(desk.open.iter().any(|(_, request)| *request == Request::RenewSession), "{:?}", desk.open);
        desk.answer_all(|request| (*request == Request::RenewSession).then(server_problem));
        assert_eq!(desk.core.view().status().account, AccountStatus::Renewing);
        desk.pass_seconds(60);
    }
    desk.answer_all(renewed);
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_refused_session_asks_for_a_token_and_a_refused_token_for_the_person() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::SessionExpired));
    desk.answer_all(|request| {
        (*request == Request::RenewSession).then(|| failed(FailureClass::SessionExpired))
    });
    assert!(desk.open.iter().any(|(_, request)| *request == Request::RenewToken));
    desk.answer_all(|request| (*request == Request::RenewToken).then(|| rejected(Rejection::Refused)));
    assert_eq!(desk.core.view().status().account, AccountStatus::SignedOut);
    assert!(desk.notices.contains(&Notice::Announce(copilot_core::Announcement::SignedOut)));
    assert_eq!(desk.open.iter().filter(|(_, request)| is_write(request)).count(), 0);
    assert_eq!(desk.row(&key, "second").delivery, Delivery::WaitingSignIn);
}

#[test]
fn credentials_that_are_refused_again_and_again_end_at_the_person_not_in_a_circle() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    let mut asked = Vec::new();
    for _ in 0..5 {
        desk.answer_all(|request| match request {
            Request::SubmitTurn { .. } => Some(failed(FailureClass::SessionExpired)),
            Request::RenewSession | Request::RenewToken => {
                asked.push(request.clone());
                Some(Ok(Reply::Renewed))
            }
            _ => None,
        });
    }
    assert_eq!(asked, [Request::RenewSession, Request::RenewToken]);
    assert_eq!(desk.core.view().status().account, AccountStatus::SignedOut);
    desk.step(Event::SignedIn);
    assert_eq!(desk.writes().len(), 1, "and everything goes on after that");
}

#[test]
fn a_captive_portal_is_told_from_a_missing_route() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::CaptivePortal));
    let LinkStatus::Portal { since } = desk.core.view().status().link else { panic!("a portal") };
    assert_eq!(desk.row(&key, "second").delivery, Delivery::WaitingOffline);
    desk.pass_seconds(2);
    desk.answer_all(|request| (*request == Request::Probe).then(|| failed(FailureClass::Offline)));
    assert_eq!(desk.core.view().status().link, LinkStatus::Offline { since }, "away since the same moment");
}

#[test]
fn an_answer_that_is_only_an_error_still_proves_the_link() {
    let mut desk = Desk::new();
    desk.step(Event::Link(copilot_core::Link::Offline));
    assert!(matches!(desk.core.view().status().link, LinkStatus::Offline { .. }));
    desk.pass_seconds(2);
    desk.answer_all(|request| (*request == Request::Probe).then(server_problem));
    assert_eq!(desk.core.view().status().link, LinkStatus::Online);
}

#[test]
fn an_answer_to_what_left_before_the_network_went_is_a_reason_to_ask_and_not_a_way_back() {
    let mut desk = Desk::new();
    desk.pass_seconds(61);
    desk.step(Event::Link(Link::Offline));
    desk.answer_all(|request| {
        matches!(request, Request::ListCases { .. }).then(|| Ok(Reply::Cases(page(Vec::new()))))
    });
    assert!(matches!(desk.core.view().status().link, LinkStatus::Offline { .. }));
    assert!(matches!(desk.open[..], [(_, Request::Probe)]), "{:?}", desk.open);
    desk.answer_all(|request| (*request == Request::Probe).then(|| Ok(Reply::Alive(Limits::default()))));
    assert_eq!(desk.core.view().status().link, LinkStatus::Online);
}

#[test]
fn a_probe_that_left_before_the_network_went_is_followed_by_one_that_tells() {
    let mut desk = Desk::asleep(crate::disk::Disk::default().shared(), 1);
    desk.boot();
    desk.step(Event::Link(Link::Offline));
    let is_there_after = |desk: &mut Desk, outcome: fn() -> Outcome| {
        desk.answer_all(|request| (*request == Request::Probe).then(outcome));
        matches!(desk.core.view().status().link, LinkStatus::Online)
    };
    let alive = || Ok(Reply::Alive(Limits::default()));
    let mut open = std::mem::take(&mut desk.open);
    open.retain(|(_, request)| *request == Request::Probe);
    let [(early, _)] = open[..] else { panic!("the first question: {open:?}") };
    desk.step(Event::Answered(early, alive()));
    assert!(matches!(desk.core.view().status().link, LinkStatus::Offline { .. }));
    assert!(!is_there_after(&mut desk, || failed(FailureClass::Offline)), "the network has gone");
    desk.pass_seconds(2);
    assert!(is_there_after(&mut desk, alive));
}

#[test]
fn probes_are_one_two_four_and_at_most_thirty_seconds_apart_and_jitter_only_shortens() {
    let mut desk = Desk::new();
    desk.step(Event::Link(copilot_core::Link::Offline));
    let mut waits = Vec::new();
    let mut waited = 0;
    while waits.len() < 8 {
        desk.pass(Millis(10));
        waited += 10;
        if desk.open.iter().any(|(_, request)| *request == Request::Probe) {
            desk.answer_all(|request| (*request == Request::Probe).then(|| failed(FailureClass::Offline)));
            waits.push(std::mem::take(&mut waited));
        }
    }
    for (wait, longest) in waits.into_iter().zip([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]) {
        assert!(wait <= longest + 10 && wait >= longest * 3 / 4, "{wait} of {longest}");
    }
}

#[test]
fn at_most_four_lanes_have_a_request_open_and_the_oldest_goes_first() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=6).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    for key in &keys {
        desk.say(Some(key), "again");
        desk.pass(Millis(1));
    }
    let open = |desk: &Desk| {
        let writes = desk.writes();
        let cases = writes.iter().filter_map(|request| match request {
            Request::SubmitTurn { case, .. } => Some(case.to_string()),
            _ => None,
        });
        cases.collect::<Vec<_>>()
    };
    assert_eq!(open(&desk), ["c-1", "c-2", "c-3", "c-4"]);
    let (id, _) = desk.open.iter().find(|(_, request)| is_write(request)).cloned().unwrap();
    desk.open.retain(|(open, _)| *open != id);
    desk.step(Event::Answered(id, answered(2, "ok")));
    assert_eq!(open(&desk), ["c-2", "c-3", "c-4", "c-5"]);
}

#[test]
fn a_server_that_answers_a_probe_with_an_error_is_there_and_is_not_probed_on() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(failed(FailureClass::Uncertain));
    let probes = |desk: &mut Desk| {
        let mut count = 0;
        desk.answer_all(|request| {
            (*request == Request::Probe).then(|| {
                count += 1;
                server_problem()
            })
        });
        count
    };
    assert_eq!(probes(&mut desk), 1);
    assert_eq!(desk.core.view().status().link, LinkStatus::Online);
    desk.pass_seconds(40);
    assert_eq!((probes(&mut desk), desk.writes().len()), (0, 1));
}

#[test]
fn windows_that_lose_the_link_in_one_moment_do_not_come_back_in_one_moment() {
    let mut first_probes = std::collections::BTreeSet::new();
    for seed in 1..9 {
        let mut desk = Desk::on(crate::disk::Disk::default().shared(), seed);
        desk.step(Event::Link(Link::Offline));
        let mut waited = 0;
        while !desk.open.iter().any(|(_, request)| *request == Request::Probe) {
            desk.pass(Millis(10));
            waited += 10;
        }
        assert!((750..=1000).contains(&waited), "a second, less a quarter at most: {waited}");
        first_probes.insert(waited);
    }
    assert!(first_probes.len() > 2, "{first_probes:?}");
}

#[test]
fn an_hour_that_the_server_asks_for_is_named_and_the_button_waits_for_its_end() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(busy(3600));
    let until = desk.now.mono + Millis::seconds(3600);
    let named = |desk: &Desk| match desk.row(&key, "second").delivery {
        Delivery::Failed { not_before, .. } => not_before,
        other => panic!("it waits for the person: {other:?}"),
    };
    assert_eq!(named(&desk), Some(until));
    desk.pass_seconds(1800);
    desk.wish(Intent::Retry(desk.operation(&key, "second")));
    desk.wish(Intent::RetryAll(key.clone()));
    assert_eq!((named(&desk), desk.writes()), (Some(until), vec![]), "not before the server's hour is over");
    // Also after a restart, whatever moment this device was started at.
    let mut again = desk.restart(2);
    again.wish(Intent::Open(Some(key.clone())));
    assert_eq!(named(&again), Some(until));
    again.pass_seconds(1801);
    assert_eq!(named(&again), None);
}

#[test]
fn a_try_has_its_time_also_when_a_window_has_to_build_its_view_anew() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(server_problem());
    let next = desk.disk.borrow().records.last().map(|last| last.sequence.after(5)).unwrap();
    desk.step(Event::Peer(PeerMessage::Compacted(next)));
    assert_eq!(desk.writes(), []);
    desk.pass_seconds(60);
    assert_eq!(desk.writes().len(), 1);
}
