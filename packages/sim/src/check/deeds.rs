//! What the server did: at most once (I3), and turns in the person's order (I5).

use copilot_core::ids::OperationId;

use crate::marks::Mark;
use crate::model::Stage;
use crate::server::Deed;
use crate::truth::Did;
use crate::world::World;

impl World {
    /// Looks at everything that the server has done since the last look.
    pub(crate) fn check_deeds(&mut self) {
        for deed in std::mem::take(&mut self.server.deeds) {
            match deed {
                Deed::Created(key, case) => {
                    self.count_effect(key);
                    self.truth.made.entry(key).or_insert(case);
                }
                Deed::Said(key, ..) => {
                    self.check_order(key);
                    self.count_effect(key);
                }
                Deed::Named(key) => {
                    self.marks.hit(Mark::Named);
                    // A case may be named twice where nothing tells that it has been.
                    if !self.server.keyless {
                        self.count_effect(key);
                    } else if let Some(did) = self.truth.did.get_mut(&key) {
                        did.effects += 1;
                    }
                }
                Deed::Renamed(case, title) => {
                    self.truth.titled.insert((case, title));
                }
                Deed::Deleted(case) => {
                    self.marks.hit(Mark::Deleted);
                    self.truth.erased.insert(case);
                }
            }
        }
    }

    fn count_effect(&mut self, key: OperationId) {
        let label = self.truth.label(&key);
        // A clock that was set back a little and a start since: nobody can know how old the key is.
        let (set_back, started) = (self.set_back_at, self.started_at);
        // The case that it made is no longer an empty one, or not there any more: nothing tells that it is its.
        let disguised = self.truth.made.get(&key).is_some_and(|made| {
            self.server
                .living(made)
                .is_none_or(|case| case.row.current_turn > 0 || case.row.named().is_some())
        });
        let Some(did) = self.truth.did.get_mut(&key) else {
            return self.violate("I3", "an effect of no operation", format!("key {key}"));
        };
        did.effects += 1;
        let ageless = set_back > did.sent_at && started > did.sent_at;
        let excused = did.damaged || did.undecidable || did.too_late || ageless || disguised;
        if did.effects > 1 && !excused {
            self.violate("I3", "more than one effect", format!("{label} ran {} times", 2));
        }
    }

    fn check_order(&mut self, key: OperationId) {
        let Some(did) = self.truth.did.get(&key) else { return };
        if did.damaged || did.effects > 0 {
            return;
        }
        let has_failed = |earlier: &Did| {
            let known = self.disk.fold.ops.get(&earlier.op.id);
            known.is_some_and(|known| matches!(known.stage, Stage::Failed(_)))
        };
        let passed = did.before.iter().filter_map(|op| self.truth.did.get(op)).find(|earlier| {
            earlier.effects == 0
                && !earlier.given_up
                && !earlier.wavered
                && !earlier.stopped
                && !earlier.lost
                && !earlier.over
                && !earlier.damaged
                // Sent in spite of what fails: only what goes along still comes first.
                && (!did.anyway || (earlier.anyway && earlier.sends == 0 && !has_failed(earlier)))
        });
        if let Some(earlier) = passed {
            let (first, second) = (self.truth.label(&earlier.op.id), self.truth.label(&key));
            self.violate("I5", "turns out of order", format!("{second} before {first}"));
        }
    }
}
