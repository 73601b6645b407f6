//! Lists, with the ways in which real servers' lists are wrong.

use copilot_core::ids::RealId;
use copilot_core::model::{RealCase, RealMessage, Role};
use copilot_core::request::Page;

use super::Server;

impl Server {
    pub(super) fn list_cases(&self, now: u64, offset: u32, limit: u32) -> Page<RealCase> {
        let mut cases: Vec<&RealCase> = self
            .cases
            .values()
            .filter(|case| !case.deleted && now - case.made >= self.hide_rows_ms)
            .map(|case| &case.row)
            .collect();
        cases.sort_by_key(|case| (std::cmp::Reverse(case.last_activity), case.id.clone()));
        self.page(&cases, offset, limit)
    }

    /// The messages of a case; `None` when there is no such case.
    pub(super) fn list_messages(
        &self,
        now: u64,
        case: &RealId,
        offset: u32,
        limit: u32,
    ) -> Option<Page<RealMessage>> {
        let rows: Vec<&RealMessage> = self
            .living(case)?
            .rows
            .iter()
            .filter(|(at, _)| now - at >= self.hide_rows_ms)
            .map(|(_, row)| row)
            .filter(|row| !self.omit_assistant || row.role != Role::Assistant)
            .collect();
        Some(self.page(&rows, offset, limit))
    }

    fn page<T: Clone>(&self, all: &[&T], offset: u32, limit: u32) -> Page<T> {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let take = usize::try_from(limit.min(self.page_cap)).unwrap_or(usize::MAX);
        let rows: Vec<T> = all.iter().skip(skip).take(take).map(|row| (*row).clone()).collect();
        let received = number(rows.len());
        Page {
            received,
            refused: None,
            total: Some(number(all.len())),
            has_more: offset.saturating_add(received) < number(all.len()),
            rows,
        }
    }
}
