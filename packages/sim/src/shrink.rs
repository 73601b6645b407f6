//! Delta debugging: a failing trace without everything that it fails without.

use crate::run::{Setup, replay};
use crate::trace::Trace;
use crate::violation::Violation;

/// Replays that one shrinking may take.
const REPLAYS: u32 = 6000;

/// The shortest trace that still fails in the same way, as far as taking things away finds it.
#[must_use]
pub fn shrink(trace: &Trace, setup: &Setup) -> Trace {
    let Some(wanted) = trace.violation.clone() else {
        return trace.clone();
    };
    let mut shrinker = Shrinker { best: trace.clone(), wanted, setup: setup.clone(), left: REPLAYS };
    loop {
        let before = shrinker.best.len();
        shrinker.take_away(Part::Fates);
        shrinker.take_away(Part::Happenings);
        shrinker.draw_together();
        if shrinker.best.len() == before || shrinker.left == 0 {
            return shrinker.best;
        }
    }
}

#[derive(Clone, Copy)]
enum Part {
    Happenings,
    Fates,
}

struct Shrinker {
    best: Trace,
    wanted: Violation,
    setup: Setup,
    left: u32,
}

impl Shrinker {
    /// Takes a candidate over if it fails in the same way.
    fn try_trace(&mut self, mut candidate: Trace) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let violation = replay(&candidate, &self.setup).violation;
        let same = violation
            .as_ref()
            .is_some_and(|found| found.invariant == self.wanted.invariant && found.rule == self.wanted.rule);
        if same {
            candidate.violation = violation;
            self.best = candidate;
        }
        same
    }

    /// Takes runs of entries away, long ones first.
    fn take_away(&mut self, part: Part) {
        let length = |trace: &Trace| match part {
            Part::Happenings => trace.happenings.len(),
            Part::Fates => trace.fates.len(),
        };
        let mut run = length(&self.best).max(1);
        while run > 0 {
            let mut at = 0;
            while at < length(&self.best) {
                let mut candidate = self.best.clone();
                let end = (at + run).min(length(&candidate));
                match part {
                    Part::Happenings => drop(candidate.happenings.drain(at..end)),
                    Part::Fates => drop(candidate.fates.drain(at..end)),
                }
                if !self.try_trace(candidate) {
                    at += run;
                }
            }
            run /= 2;
        }
    }

    /// Long pauses between what is left become short ones, where that changes nothing.
    fn draw_together(&mut self) {
        for index in 0..self.best.happenings.len() {
            let before =
                index.checked_sub(1).and_then(|before| self.best.happenings.get(before)).map_or(0, |h| h.at);
            let Some(at) = self.best.happenings.get(index).map(|happening| happening.at) else { return };
            for wanted in [50, 1000, 10_000] {
                let cut = (at - before).saturating_sub(wanted);
                if cut == 0 {
                    break;
                }
                let mut candidate = self.best.clone();
                for happening in candidate.happenings.iter_mut().skip(index) {
                    happening.at -= cut;
                }
                if self.try_trace(candidate) {
                    break;
                }
            }
        }
    }
}
