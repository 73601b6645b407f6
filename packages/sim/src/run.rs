//! Runs many seeds, or one, and adds up what came of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::fate::Of;
use crate::marks::Marks;
use crate::rng::fold_hash;
use crate::saboteur::Sabotage;
use crate::trace::Trace;
use crate::violation::Violation;
use crate::world::{Report, World};

/// What came of many runs.
#[derive(Debug, Clone, Default)]
pub struct Total {
    /// Seeds that were run.
    pub seeds: u64,
    /// Events that went into cores.
    pub steps: u64,
    /// Marks that were reached.
    pub marks: Marks,
    /// Seeds that failed, with what did not hold.
    pub failed: Vec<(u64, Violation)>,
    /// Seeds and their digests, for [`digest`](Self::digest).
    pub digests: Vec<(u64, u64)>,
}

impl Total {
    /// Adds one run.
    pub fn add(&mut self, seed: u64, report: Report) {
        self.seeds += 1;
        self.steps += report.steps;
        self.marks.add(&report.marks);
        self.failed.extend(report.violation.map(|violation| (seed, violation)));
        self.digests.push((seed, report.digest));
    }

    /// Adds the runs of another thread.
    pub fn merge(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.marks.add(&other.marks);
        self.failed.extend(other.failed);
        self.digests.extend(other.digests);
    }

    /// One number over all seeds, in their order.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digests = self.digests.clone();
        digests.sort_unstable();
        digests
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |state, (_, digest)| fold_hash(state, &digest.to_le_bytes()))
    }
}

/// Runs a world that may panic: a panic of a core is a violation.
fn run_world(mut world: World, events: u64) -> (World, Report) {
    let outcome = catch_unwind(AssertUnwindSafe(|| world.run(events)));
    let report = match outcome {
        Ok(report) => report,
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()))
                .unwrap_or_default();
            world.violate("panic", "the core panicked", words);
            Report { violation: None, steps: world.steps, marks: world.marks.clone(), digest: 0 }
        }
    };
    let violation = world.trace(events).violation;
    (world, Report { violation, ..report })
}

/// How a run differs from an ordinary one.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// A defect that is put in.
    pub sabotage: Option<Sabotage>,
    /// Rules that are not looked at.
    pub ignored: Vec<String>,
    /// Where a window's process ends.
    pub crash: Option<CrashPoint>,
}

/// A point of a run: in which step, and after how many of its effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashPoint {
    /// The step, counted from 1.
    pub step: u64,
    /// Effects of the step that are still carried out.
    pub after: u8,
}

impl Setup {
    fn apply(&self, mut world: World) -> World {
        if let Some(sabotage) = self.sabotage {
            world.sabotage(sabotage);
        }
        world.ignored.clone_from(&self.ignored);
        world.crash = self.crash;
        world
    }
}

/// Runs one seed.
#[must_use]
pub fn run_seed(seed: u64, events: u64, setup: &Setup) -> Report {
    run_world(setup.apply(World::of_seed(seed)), events).1
}

/// Runs one seed and keeps what happened in it.
#[must_use]
pub fn record(seed: u64, events: u64, setup: &Setup) -> (Trace, Report) {
    let mut world = setup.apply(World::of_seed(seed));
    world.keep_trace();
    let (world, report) = run_world(world, events);
    (world.trace(events), report)
}

/// Runs a trace.
#[must_use]
pub fn replay(trace: &Trace, setup: &Setup) -> Report {
    run_world(setup.apply(World::of_trace(trace)), trace.events).1
}

/// Everything in a trace that could go wrong by itself: requests, appends, messages, timers, cache writes.
#[must_use]
pub fn points(trace: &Trace) -> Vec<(Of, String)> {
    let mut world = World::of_trace(trace);
    world.keep_points();
    run_world(world, trace.events).0.points()
}

/// Runs a trace and tells every step in words.
#[must_use]
pub fn tell(trace: &Trace, setup: &Setup) -> Vec<String> {
    let mut world = setup.apply(World::of_trace(trace));
    world.keep_story();
    run_world(world, trace.events).0.story().to_vec()
}
