//! Messages of several turns: a wish about one of them is about all that have not left, and about no other.

use copilot_core::ids::OperationId;
use copilot_core::journal::Record;
use copilot_core::operation::End;
use copilot_core::{Event, Intent};

use crate::marks::Mark;
use crate::truth::Instance;
use crate::world::World;

impl World {
    /// Whether two operations are turns that the person sent with one press.
    fn is_one_message(&self, one: &OperationId, other: &OperationId) -> bool {
        let (Some(one), Some(other)) = (self.truth.did.get(one), self.truth.did.get(other)) else {
            return false;
        };
        let same = (&one.op.case, one.op.created) == (&other.op.case, other.op.created);
        same && one.turn().is_some() && other.turn().is_some()
    }

    /// A wish about one turn is remembered as one about the other turns that the core takes along.
    pub(super) fn note_whole_message(&mut self, me: Instance, event: &Event, record: &Record) {
        let Event::Intent(intent) = event else { return };
        let (Intent::Edit(wish)
        | Intent::Discard(wish)
        | Intent::Stop(wish)
        | Intent::Undo(wish)
        | Intent::SendAnyway(wish)) = intent
        else {
            return;
        };
        let Some(op) = record.operation().filter(|op| op != wish && self.is_one_message(wish, op)) else {
            return;
        };
        let is_on_its_way = self.window(me).is_some_and(|window| {
            window.asks.iter().any(|(request, asked)| *asked == op && window.open.contains_key(request))
        });
        let Some(did) = self.truth.did.get_mut(&op) else { return };
        match record {
            Record::Discarding { .. } | Record::Ended { end: End::Cancelled, .. } => {
                did.given_up = true;
                self.marks.hit(Mark::GivenUpAsOne);
                if is_on_its_way {
                    self.violate("I2", "what is on its way was given up with another turn", format!("{op}"));
                }
            }
            Record::Kept { .. } => {
                did.given_up = false;
                self.marks.hit(Mark::TakenBackAsOne);
            }
            Record::Resumed { anyway: true, .. } => did.anyway = true,
            _ => {}
        }
    }
}
