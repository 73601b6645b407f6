//! What must not grow with history. Times differ from machine to machine; what is allocated, asked for and written does
//! not, so that these comparisons give the same answer everywhere.
#![allow(clippy::unwrap_used, reason = "a comparison that cannot be made has failed")]

#[path = "../../../packages/core/benches/step/world.rs"]
mod world;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap::Cap;
use copilot_core::journal::{Epoch, Recovered, Sequence, Sequenced};
use copilot_core::model::Turn;
use copilot_core::request::{Reply, Request};
use copilot_core::{Config, Core, Effect, Entropy, Event, Intent, LeaseEvent, Lifecycle, Link, StoreAck};
use world::{MESSAGES_PER_LARGE, World, messages, no_rows};

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

const SENTENCE: &str = "p99 went from 210 ms to 4.1 s";

/// One comparison at a time: the allocator counts for the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes that something asks the allocator for.
fn allocated(work: impl FnOnce()) -> usize {
    let before = HEAP.total_allocated();
    work();
    HEAP.total_allocated() - before
}

/// What is usual: a list that has to move to a larger place now and then does not count.
fn median(mut samples: Vec<usize>) -> usize {
    samples.sort_unstable();
    samples[samples.len() / 2]
}

/// The messages of a case are those of the large world: what is compared is the rest.
fn small() -> World {
    World::of(101, 1, 10)
}

/// A case with 10,000 messages among as many.
fn large() -> World {
    World::of(10_000, 1, 500)
}

#[test]
fn an_intent_costs_as_much_in_a_large_world_as_in_a_small_one() {
    let _alone = alone();
    let cost = |mut world: World| median((0..51).map(|_| allocated(|| world.say(0, SENTENCE))).collect());
    let (small, large) = (cost(small()), cost(large()));
    assert!(large <= small + small / 2, "{small} bytes in the small world, {large} in the large one");
}

#[test]
fn a_page_of_messages_costs_what_is_in_it_and_not_what_was_there_before() {
    let _alone = alone();
    let cost = |mut world: World| {
        world.come_back();
        let page = |from| {
            let read = asked_for_messages(&mut world);
            let page = Event::Answered(read, Ok(Reply::Messages(messages(from, 100))));
            allocated(|| world.step(page))
        };
        median((0..11).map(|n| MESSAGES_PER_LARGE + n * 100).map(page).collect())
    };
    let (small, large) = (cost(small()), cost(large()));
    assert!(large <= small + small / 2, "{small} bytes in the small world, {large} in the large one");
}

/// Answers with nothing until the core asks for messages.
fn asked_for_messages(world: &mut World) -> copilot_core::request::RequestId {
    loop {
        world.step(Event::Page(Lifecycle::Shown));
        let is_read = |(_, request): &(_, Request)| matches!(request, Request::ListMessages { .. });
        if let Some(at) = world.open.iter().position(is_read) {
            return world.open.swap_remove(at).0;
        }
        let (id, _) = world.open.pop().unwrap();
        world.step(Event::Answered(id, Ok(Reply::Cases(no_rows()))));
    }
}

#[test]
fn a_message_writes_its_words_and_little_more_whatever_was_before() {
    let _alone = alone();
    let text = "The pool of db-2 is at its limit since the deploy of 09:10.";
    let cost = |mut world: World| {
        world.step(Event::Link(Link::Offline));
        world.say(0, SENTENCE);
        let before = world.appended;
        world.say(0, text);
        world.appended - before
    };
    let (small, large) = (cost(small()), cost(large()));
    assert!(small.abs_diff(large) <= 64, "{small} bytes in the small world, {large} in the large one");
    // The budget of the issue "Speed by numbers".
    assert!(large <= 2 * text.len() + 1_024, "{large} bytes for {} of text", text.len());
}

#[test]
fn ten_times_as_many_turns_ask_the_server_ten_times_as_much() {
    let _alone = alone();
    let asked = |turns: u32| {
        let mut world = World::small();
        world.step(Event::Link(Link::Offline));
        (0..turns).for_each(|turn| world.say(turn % 100, "again"));
        let before = world.asked;
        assert_eq!(world.drain(), turns);
        world.asked - before
    };
    let (few, many) = (asked(100), asked(1_000));
    assert!(many <= few * 11, "{few} requests for 100 turns, {many} for 1,000");
}

#[test]
fn recovering_twice_as_many_operations_costs_twice_as_much() {
    let _alone = alone();
    let (few, many) = (recovery(1_000), recovery(2_000));
    assert!(many <= few * 5 / 2, "{few} bytes for 1,000 operations, {many} for 2,000");
}

/// What a core allocates to start with so many messages that wait.
fn recovery(operations: usize) -> usize {
    let now = World::empty().now;
    let mut journal: Vec<Sequenced> = Vec::new();
    let mut core = Core::new(Config::default(), Entropy::from_number(1));
    let mut events = vec![Event::Boot(Recovered::default()), Event::Link(Link::Offline)];
    for number in 0..operations {
        if number % 10 == 0 {
            events.push(Event::Intent(Intent::Open(None)));
        }
        // The case is the open one, which the first of ten has begun.
        events.push(Event::Intent(Intent::Submit { case: None, turns: vec![Turn::say(SENTENCE)] }));
    }
    events.reverse();
    while let Some(mut event) = events.pop() {
        if let Event::Intent(Intent::Submit { case, .. }) = &mut event {
            *case = core.view().open().cloned();
        }
        let mut effects = Vec::new();
        core.step(now, event, &mut effects);
        for effect in effects {
            match effect {
                Effect::Append(batch) => {
                    let first = Sequence(journal.len() as u64 + 1);
                    journal.extend((first.0..).zip(batch.records).map(|(sequence, record)| Sequenced {
                        sequence: Sequence(sequence),
                        writer: batch.writer,
                        fence: batch.fence,
                        record,
                    }));
                    events.push(Event::Stored(StoreAck::Appended { batch: batch.id, first }));
                }
                Effect::AcquireLease => events.push(Event::Lease(LeaseEvent::Granted(Epoch(1)))),
                _ => {}
            }
        }
    }
    let next = Sequence(journal.len() as u64 + 1);
    let recovered = Recovered { records: journal, next, ..Recovered::default() };
    let mut again = Core::new(Config::default(), Entropy::from_number(2));
    let cost = allocated(|| again.step(now, Event::Boot(recovered), &mut Vec::new()));
    assert!(again.inspect().operations.len() >= operations);
    cost
}
