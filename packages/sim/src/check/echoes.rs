//! Local echoes (I17): what was said and answered leaves the journal only when its confirmed rows are here.

use copilot_core::ids::{MessageKey, RealId};
use copilot_core::model::Role;
use copilot_core::operation::{Acknowledged, OperationKind};
use copilot_core::view::CachedMessage;

use crate::model::Stage;
use crate::truth::Did;
use crate::world::World;

impl World {
    /// Whether a message and its answer are confirmed rows, in some window or in the cache. Where two messages
    /// fitted one row, any row of the turn will do.
    pub(super) fn is_listed(&self, did: &Did) -> bool {
        let OperationKind::SubmitTurn { question, answer, .. } = &did.op.kind else { return true };
        let answered = self.disk.fold.ops.get(&did.op.id).and_then(|known| match &known.stage {
            Stage::Acknowledged(Acknowledged::Answered(answer)) => answer.turn,
            _ => None,
        });
        let real = self.real_of(&did.op.case);
        let rows = real.as_ref().map(|real| self.confirmed_rows(real)).unwrap_or_default();
        let by_key = |key: &MessageKey| rows.iter().find(|row| row.key == *key);
        // The answer may have found no room yet: then the row that says the same tells its turn.
        let said = |row: &&&CachedMessage| {
            row.message.role == Role::User && did.turn().is_some_and(|turn| turn.text == row.message.text)
        };
        let turn = answered
            .or_else(|| by_key(question)?.message.turn)
            .or_else(|| rows.iter().find(said)?.message.turn);
        let listed = |key: &MessageKey, role: Role| {
            let of_turn = |row: &&CachedMessage| row.message.role == role && row.message.turn == turn;
            by_key(key).is_some() || (turn.is_some() && rows.iter().copied().any(|row| of_turn(&row)))
        };
        listed(question, Role::User) && listed(answer, Role::Assistant)
    }

    fn confirmed_rows<'a>(&'a self, real: &'a RealId) -> Vec<&'a CachedMessage> {
        let windows = self.windows.iter().flatten();
        let known = windows.filter_map(|window| window.rows.get(real)).flat_map(|rows| rows.values());
        known.map(std::convert::AsRef::as_ref).chain(self.disk.cached(real)).collect()
    }
}
