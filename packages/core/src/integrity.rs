//! What must hold between two steps. Checked after every step of a debug build and on demand.

use crate::core::Core;
use crate::ledger::Stage;
use crate::outbox::Phase;

impl Core {
    /// Sentences about what does not hold; empty when all is well.
    #[must_use]
    pub fn check_integrity(&self) -> Vec<String> {
        let mut violations = Vec::new();
        for entry in self.ledger.entries() {
            let op = entry.op.id;
            let Some(live) = self.outbox.live.get(&op) else {
                violations.push(format!("operation {op} has no volatile side"));
                continue;
            };
            if matches!(live.phase, Phase::InFlight { .. }) {
                if live.unkept.is_some() {
                    violations.push(format!("operation {op} left before it was durable (I1)"));
                }
                if entry.first.is_none() {
                    violations.push(format!("operation {op} left without a record of its attempt (I2)"));
                }
                if !self.windows.is_sender() {
                    violations.push(format!("operation {op} left from a window without the lease (I11)"));
                }
            }
            if let (Stage::Open, Phase::Waiting { until, .. }) = (&entry.stage, live.phase)
                && !self.outbox.deadlines.contains(&(until, op))
            {
                violations.push(format!("operation {op} waits for a moment that nobody wakes it at (I10)"));
            }
            let queued = self
                .outbox
                .lanes
                .get(&entry.op.lane())
                .is_some_and(|lane| lane.queue.contains(&(entry.op.order, op)));
            if queued != (entry.holds_lane() && entry.discarding.is_none()) {
                violations.push(format!(
                    "operation {op} is in its lane when it should not be, or the reverse (I10)"
                ));
            }
        }
        if self.outbox.live.len() != self.ledger.entries().count() {
            violations.push("there are volatile sides without an operation".to_owned());
        }
        violations
    }
}

#[cfg(test)]
mod tests;
