//! Lists, with the ways in which real servers' lists are wrong.

use copilot_core::ids::RealId;
use copilot_core::model::{RealCase, RealMessage, Role};
use copilot_core::request::Page;

use super::Server;

/// Why the boundary of the client refuses a row.
const FOUL: &str = "id: it was made by this client";

impl Server {
    pub(super) fn list_cases(&self, now: u64, offset: u32, limit: u32) -> Page<RealCase> {
        let mut cases: Vec<&RealCase> = self
            .cases
            .values()
            .filter(|case| !case.deleted && now - case.made >= self.hide_rows_ms)
            .map(|case| &case.row)
            .collect();
        cases.sort_by_key(|case| (std::cmp::Reverse(case.last_activity), case.id.clone()));
        let foul = (0..self.foul_cases).map(|_| None);
        let listed: Vec<Option<&RealCase>> = foul.chain(cases.into_iter().map(Some)).collect();
        self.page(&listed, offset, limit)
    }

    /// The cases that hold a text, as the list has them.
    pub(super) fn search(&self, now: u64, text: &str, limit: u32) -> Page<RealCase> {
        let mut page = self.list_cases(now, 0, u32::MAX);
        page.rows.retain(|row| {
            let mut said = self.living(&row.id).into_iter().flat_map(|case| &case.rows);
            row.title.as_deref().is_some_and(|title| title.contains(text))
                || said.any(|(_, row)| row.text.contains(text))
        });
        page.rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let received = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
        Page { received, refused: None, total: None, has_more: false, ..page }
    }

    /// The messages of a case; `None` when there is no such case.
    pub(super) fn list_messages(
        &self,
        now: u64,
        case: &RealId,
        offset: u32,
        limit: u32,
    ) -> Option<Page<RealMessage>> {
        let case = self.living(case)?;
        let is_old = |at: u64| now - at >= self.hide_rows_ms;
        let mut listed: Vec<Option<&RealMessage>> = Vec::new();
        for (index, (at, row)) in case.rows.iter().enumerate() {
            let foul = case.foul.iter().filter(|(since, after)| *after == index && is_old(*since));
            listed.extend(foul.map(|_| None));
            if is_old(*at) && !(self.omit_assistant && row.role == Role::Assistant) {
                listed.push(Some(row));
            }
        }
        let last = case.foul.iter().filter(|(since, after)| *after == case.rows.len() && is_old(*since));
        listed.extend(last.map(|_| None));
        Some(self.page(&listed, offset, limit))
    }

    fn page<T: Clone>(&self, all: &[Option<&T>], offset: u32, limit: u32) -> Page<T> {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let take = usize::try_from(limit.min(self.page_cap)).unwrap_or(usize::MAX);
        let sent: Vec<Option<&T>> = all.iter().skip(skip).take(take).copied().collect();
        let received = number(sent.len());
        let rows: Vec<T> = sent.into_iter().flatten().cloned().collect();
        let refused = received - number(rows.len());
        Page {
            received,
            refused: (refused > 0).then(|| (refused, FOUL.into())),
            total: Some(number(all.len())),
            has_more: offset.saturating_add(received) < number(all.len()),
            rows,
        }
    }
}
