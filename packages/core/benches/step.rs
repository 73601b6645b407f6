//! How long one step takes in a large world: 10,000 cases, 100,000 messages, 1,000 operations that wait.
//!
//! `cargo bench -p copilot-core`. Budgets are those of the design: an intent ≤ 50 µs p99, a page of
//! 100 messages ≤ 1 ms, a rollback ≤ 1 ms, draining linear, bytes per operation independent of history.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking and prints what it found"
)]

#[path = "step/world.rs"]
mod world;

use copilot_core::ids::CaseKey;
use copilot_core::request::{Reply, Request};
use copilot_core::view::Group;
use copilot_core::{Event, Intent, Link};

use world::{MESSAGES_PER_LARGE, World, messages, no_rows, real};

fn main() {
    divan::main();
}

#[divan::bench]
fn an_intent_in_a_large_world(bencher: divan::Bencher<'_, '_>) {
    let mut world = World::large();
    bencher.bench_local(|| world.say(0, "p99 went from 210 ms to 4.1 s"));
}

#[divan::bench]
fn a_page_of_100_messages_in_a_large_world(bencher: divan::Bencher<'_, '_>) {
    let mut world = World::large();
    world.come_back();
    let from = std::cell::Cell::new(MESSAGES_PER_LARGE);
    let world = std::cell::RefCell::new(world);
    bencher
        .with_inputs(|| {
            let mut world = world.borrow_mut();
            let from = from.replace(from.get() + 100);
            let read = loop {
                world.step(Event::Page(copilot_core::Lifecycle::Shown));
                let is_read = |(_, request): &(_, Request)| matches!(request, Request::ListMessages { .. });
                if let Some(at) = world.open.iter().position(is_read) {
                    break world.open.swap_remove(at).0;
                }
                let at = world.open.len() - 1;
                let (id, _) = world.open.swap_remove(at);
                world.step(Event::Answered(id, Ok(Reply::Cases(no_rows()))));
            };
            Event::Answered(read, Ok(Reply::Messages(messages(from, 100))))
        })
        .bench_local_values(|page| world.borrow_mut().step(page));
}

#[divan::bench]
fn a_discard_in_a_large_world(bencher: divan::Bencher<'_, '_>) {
    let mut world = World::large();
    bencher.bench_local(|| {
        world.say(0, "never mind");
        let view = world.core.view();
        let key = CaseKey::of_server(&real(0));
        let row =
            view.transcript(&key).iter().rev().find_map(|row| view.message(&key, row)?.operation).unwrap();
        world.step(Event::Intent(Intent::Discard(row)));
    });
}

#[divan::bench(args = [1_000, 10_000], sample_count = 5, sample_size = 1)]
fn draining(bencher: divan::Bencher<'_, '_>, operations: u32) {
    bencher
        .with_inputs(|| {
            let mut world = World::small();
            world.step(Event::Link(Link::Offline));
            (0..operations).for_each(|n| world.say(n % 100, "again"));
            world
        })
        .bench_local_values(|mut world| {
            assert_eq!(world.drain(), operations);
            assert_eq!(world.core.view().group(Group::Active).len(), 100);
            // Given back, so that taking the world apart is not measured.
            world
        });
}

/// Not a time but a size: what one message appends to the journal must not depend on history.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn bytes_per_message_are_equal_in_a_small_and_a_large_world() {
    let cost = |mut world: World| {
        world.step(Event::Link(Link::Offline));
        world.say(0, "the first message of a case also says that the case was seen");
        let before = world.appended;
        world.say(0, "p99 went from 210 ms to 4.1 s");
        world.appended - before
    };
    let (small, large) = (cost(World::small()), cost(World::large()));
    println!("bytes per message: {small} after 100 cases, {large} after 100,000 messages");
    assert!(small.abs_diff(large) <= 64, "{small} {large}");
}
