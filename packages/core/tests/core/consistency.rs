//! One truth: windows that missed something catch up, totals are sums, what comes last wins, nothing is mixed up.

use copilot_core::ids::CaseKey;
use copilot_core::model::Draft;
use copilot_core::request::Request;
use copilot_core::view::Group;
use copilot_core::{Event, FailureClass, Intent, Lifecycle, Rejection};

use crate::office::Office;
use crate::server::Server;
use crate::support::*;

#[test]
fn a_window_that_missed_everything_catches_up_when_it_is_looked_at() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.say(0, Some(&key), "second");
    office.answer(answered(2, "two"));
    office.wish(0, Intent::Pin { case: key.clone(), pinned: true });
    office.lose_messages();
    office.silent = false;
    office.desks[1].step(Event::Page(Lifecycle::Shown));
    office.settle();
    assert_eq!(office.texts(&key)[2..], ["user: second", "assistant: two"]);
    assert_eq!(office.desks[1].core.view().group(Group::Pinned), [key]);
}

#[test]
fn a_window_that_missed_one_message_notices_the_gap_with_the_next() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.silent = true;
    office.say(0, Some(&key), "second");
    office.lose_messages();
    office.silent = false;
    office.wish(0, Intent::Pin { case: key.clone(), pinned: true });
    assert_eq!(office.texts(&key)[2..], ["user: second"]);
}

#[test]
fn totals_are_the_sum_of_the_cases() {
    let mut desk = Desk::new();
    let keys: Vec<_> = (1..=3).map(|n| desk.settled_case(&format!("c-{n}"), "first")).collect();
    desk.step(Event::Link(copilot_core::Link::Offline));
    for (number, key) in keys.iter().enumerate() {
        (0..=number).for_each(|n| desk.say(Some(key), &format!("again {n}")));
    }
    let sum = |of: fn(&copilot_core::view::CaseRow) -> u32, desk: &Desk| {
        keys.iter().map(|key| of(&desk.core.view().case(key).unwrap())).sum::<u32>()
    };
    assert_eq!((desk.core.view().status().waiting, sum(|row| row.waiting, &desk)), (6, 6));
    desk.wish(Intent::TryNow);
    desk.greet();
    desk.answer_all(|request| is_write(request).then(|| rejected(Rejection::Quota)));
    assert_eq!((desk.core.view().status().not_sent, sum(|row| row.not_sent, &desk)), (6, 6));
    assert_eq!(desk.core.view().status().waiting, 0);
}

#[test]
fn a_draft_and_a_pin_that_come_last_win_in_one_millisecond_and_after_the_clock_was_set_back() {
    for wall in [NOON, NOON - 31_536_000_000] {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        for number in 0..40 {
            let draft = Draft { text: format!("{number}").into(), ..Draft::default() };
            desk.wish(Intent::KeepDraft { case: Some(key.clone()), draft });
            assert_eq!(*desk.core.view().draft(Some(&key)).unwrap().text, *number.to_string());
            desk.wish(Intent::Pin { case: key.clone(), pinned: number % 2 == 0 });
            assert_eq!(desk.core.view().group(Group::Pinned).len(), (number + 1) % 2);
            desk.now.wall.0 = wall;
        }
        // What was sent does not stand in the composer again.
        desk.say(Some(&key), "39");
        assert_eq!(desk.core.view().draft(Some(&key)), None);
        assert_eq!(desk.restart(2).core.view().draft(Some(&key)), None);
    }
}

#[test]
fn equal_events_lead_to_equal_states_and_each_difference_is_in_the_digest() {
    let tell = |texts: &[&str]| {
        let mut desk = Desk::new();
        let key = desk.settled_case("c-1", "first");
        texts.iter().for_each(|text| desk.say(Some(&key), text));
        (desk, key)
    };
    let (one, key) = tell(&["second"]);
    let (same, _) = tell(&["second"]);
    assert_eq!(one.core.digest(), same.core.digest());
    let mut digests = vec![one.core.digest(), tell(&["other"]).0.core.digest(), tell(&[]).0.core.digest()];
    let changed: [fn(&mut Desk, &CaseKey); 6] = [
        |desk, key| desk.wish(Intent::Pin { case: key.clone(), pinned: true }),
        |desk, _| desk.wish(Intent::Open(None)),
        |desk, _| desk.step(Event::Link(copilot_core::Link::Offline)),
        |desk, _| desk.answer(failed(FailureClass::TokenRefused)),
        |desk, _| desk.answer(answered(2, "two")),
        |desk, _| {
            desk.step(Event::Page(Lifecycle::Shown));
            desk.list("c-1", talk(&[("first", "edited")]));
        },
    ];
    for change in changed {
        let (mut desk, _) = tell(&["second"]);
        change(&mut desk, &key);
        digests.push(desk.core.digest());
    }
    let all = digests.len();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), all);
}

#[test]
fn a_message_in_one_case_never_names_another_case_on_the_wire() {
    let (mut desk, mut server) = (Desk::new(), Server::default());
    for number in 0..5 {
        desk.wish(Intent::Open(None));
        desk.say(None, &format!("case {number}"));
        let key = desk.core.view().open().cloned().unwrap();
        desk.say(Some(&key), &format!("more of {number}"));
    }
    desk.calm(&mut server);
    for (case, words) in &server.heard {
        let number = &words[words.len() - 1..];
        let first = server.heard.iter().find(|(_, first)| *first == format!("case {number}")).unwrap();
        assert_eq!(&first.0, case, "{words}");
    }
    assert!(desk.sent.iter().all(|request| !format!("{request:?}").contains("RealId(\"opt_")));
    assert_eq!(desk.sent.iter().filter(|request| matches!(request, Request::CreateCase { .. })).count(), 5);
}

#[test]
fn rows_that_one_window_reads_are_shown_by_the_others_without_asking_again() {
    let mut office = Office::new(2);
    let key = office.settled_case("c-1", "first");
    office.open_everywhere(&key);
    office.desks[0].step(Event::Page(Lifecycle::Shown));
    office.desks[0].list("c-1", talk(&[("first", "Look at the pool."), ("from a phone", "two")]));
    office.settle();
    let shown = office.desks[1].texts(&key);
    assert_eq!(shown[2..], ["user: from a phone", "assistant: two"]);
}
