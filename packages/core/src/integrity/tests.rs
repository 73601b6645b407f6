//! A core that was broken on purpose says what is broken.

use crate::config::Config;
use crate::core::Core;
use crate::effect::Effect;
use crate::entropy::Entropy;
use crate::event::{Event, LeaseEvent, StoreAck};
use crate::ids::OperationId;
use crate::intent::Intent;
use crate::journal::{Epoch, Recovered, Sequence};
use crate::ledger::Stage;
use crate::model::Turn;
use crate::operation::Wait;
use crate::outbox::Phase;
use crate::time::{Mono, Now, Wall};

/// A window that sends; its store takes everything. One case is being made, one message waits for it.
fn busy() -> (Core, OperationId) {
    let mut core = Core::new(Config::default(), Entropy::from_number(1));
    let now = Now { wall: Wall(1_795_348_800_000), mono: Mono(1000), utc_offset_minutes: 0 };
    let mut events = vec![Event::Boot(Recovered::default()), Event::Lease(LeaseEvent::Granted(Epoch(1)))];
    events.push(Event::Intent(Intent::Submit { case: None, turns: vec![Turn::say("p99 is up")] }));
    let mut next = 1;
    while !events.is_empty() {
        let mut effects = Vec::new();
        core.step(now, events.remove(0), &mut effects);
        for effect in effects {
            match effect {
                Effect::Append(batch) => {
                    let first = Sequence(next);
                    next += batch.records.len() as u64;
                    events.push(Event::Stored(StoreAck::Appended { batch: batch.id, first }));
                }
                Effect::ReadBack(from) => {
                    events.push(Event::Stored(StoreAck::ReadBack { from, records: Vec::new() }));
                }
                _ => {}
            }
        }
    }
    let is_sent = |op: &OperationId| matches!(core.phase_of(*op), Phase::InFlight { .. });
    let sent = core.ledger.entries().map(|entry| entry.op.id).find(is_sent).expect("the case is being made");
    (core, sent)
}

fn says(core: &Core, what: &str) -> bool {
    core.check_integrity().iter().any(|sentence| sentence.contains(what))
}

#[test]
fn all_is_well_in_a_core_that_was_left_alone() {
    assert_eq!(busy().0.check_integrity(), Vec::<String>::new());
}

#[test]
fn an_operation_without_its_volatile_side_is_named() {
    let (mut core, sent) = busy();
    core.outbox.live.remove(&sent);
    assert!(says(&core, &format!("operation {sent} has no volatile side")));
    assert!(says(&core, "without an operation"), "their numbers differ as well");
}

#[test]
fn an_operation_that_left_too_early_is_named() {
    let (mut core, sent) = busy();
    let batch = core.staged_batch();
    core.outbox.live.get_mut(&sent).unwrap().unkept = Some(batch);
    assert!(says(&core, "(I1)"));
    assert!(!says(&core, "(I2)") && !says(&core, "(I11)"));
}

#[test]
fn an_operation_that_left_a_window_without_the_lease_is_named() {
    let (mut core, _) = busy();
    core.windows = crate::windows::Windows::new(7);
    assert!(says(&core, "(I11)"));
    assert!(!says(&core, "(I1)"));
}

#[test]
fn an_operation_that_nobody_will_wake_is_named() {
    let (mut core, sent) = busy();
    let wait = Phase::Waiting { until: Mono(9000), why: Wait::Backoff };
    core.outbox.set_phase(sent, wait);
    assert_eq!(core.check_integrity(), Vec::<String>::new());
    core.outbox.deadlines.clear();
    assert!(says(&core, &format!("operation {sent} waits for a moment that nobody wakes it at")));
}

#[test]
fn an_operation_that_is_missing_in_its_lane_is_named() {
    let (mut core, sent) = busy();
    let entry = core.ledger.entry(&sent).unwrap();
    assert_eq!(entry.stage, Stage::Open);
    let (lane, order) = (entry.op.lane(), entry.op.order);
    core.outbox.dequeue(&lane, order, sent);
    assert!(says(&core, &format!("operation {sent} is in its lane when it should not be, or the reverse")));
}
