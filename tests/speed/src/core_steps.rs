//! Steps of the core in the large world: 10,000 cases, 100,000 messages, 1,000 operations that wait.

#[path = "../../../packages/core/benches/step/world.rs"]
mod world;

use std::time::Instant;

use copilot_core::request::{Reply, Request};
use copilot_core::{Event, Lifecycle, Link};

use crate::run::Run;
use world::{MESSAGES_PER_LARGE, World, messages, no_rows};

const SENTENCE: &str = "p99 went from 210 ms to 4.1 s";
/// A message of usual length.
const TEXT: &str = "The pool of db-2 is at its limit since the deploy of 09:10; two pods restart with OOMKilled, one per \
                    node, every ten minutes, and the queue of the payment worker grows by a thousand a minute since then.";

pub(crate) fn measure(run: &Run) {
    intents(run);
    pages(run);
    bytes(run);
}

fn intents(run: &Run) {
    let mut world = World::large();
    run.time("core.intent", run.either(1_000, 20), || world.say(0, SENTENCE));
}

fn pages(run: &Run) {
    let mut world = World::large();
    world.come_back();
    let mut from = MESSAGES_PER_LARGE;
    let times: Vec<_> = (0..run.either(200, 5))
        .map(|_| {
            let read = ask_for_messages(&mut world);
            let page = Event::Answered(read, Ok(Reply::Messages(messages(from, 100))));
            from += 100;
            let begun = Instant::now();
            world.step(page);
            begun.elapsed()
        })
        .collect();
    run.tell_times("core.page", &times);
}

/// Lets the core ask for messages of the open case; what else it asks for is answered with nothing.
fn ask_for_messages(world: &mut World) -> copilot_core::request::RequestId {
    loop {
        world.step(Event::Page(Lifecycle::Shown));
        let is_read = |(_, request): &(_, Request)| matches!(request, Request::ListMessages { .. });
        if let Some(at) = world.open.iter().position(is_read) {
            return world.open.swap_remove(at).0;
        }
        let at = world.open.len() - 1;
        let (id, _) = world.open.swap_remove(at);
        world.step(Event::Answered(id, Ok(Reply::Cases(no_rows()))));
    }
}

/// What a message appends to the journal until nothing is left to be done about it, without its own words, twice: the
/// budget allows the words two times over.
fn bytes(run: &Run) {
    for (measure, mut world) in [("store.bytes.small", World::small()), ("store.bytes.large", World::large())]
    {
        world.step(Event::Link(Link::Offline));
        world.say(0, SENTENCE);
        let costs: Vec<f64> = (0..run.either(100, 5))
            .map(|_| {
                let before = world.appended;
                world.say(0, TEXT);
                (world.appended - before) as f64 - 2.0 * TEXT.len() as f64
            })
            .collect();
        run.tell(measure, "bytes", &costs);
    }
}
