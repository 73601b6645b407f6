//! Lists: every row is judged by itself.

use std::sync::Arc;

use copilot_core::request::Page;
use serde_json::value::RawValue;

/// Why a row is not let in.
pub(super) type Refusal = String;

/// What a list says about itself.
pub(super) struct Extent {
    /// Rows that were skipped by request.
    pub(super) offset: u32,
    pub(super) total: Option<u32>,
    pub(super) has_more: Option<bool>,
}

/// Reads the rows of a list.
pub(super) fn read<T>(
    rows: &[Box<RawValue>],
    extent: &Extent,
    row: impl Fn(&str) -> Result<T, Refusal>,
) -> Page<T> {
    let mut passed = Vec::with_capacity(rows.len());
    let mut refused: Option<(u32, Arc<str>)> = None;
    for raw in rows {
        match row(raw.get()) {
            Ok(row) => passed.push(row),
            Err(why) => match &mut refused {
                Some((count, _)) => *count = count.saturating_add(1),
                None => refused = Some((1, why.into())),
            },
        }
    }
    let received = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let end = extent.offset.saturating_add(received);
    let announced = extent.has_more.unwrap_or_else(|| extent.total.is_some_and(|total| total > end));
    Page {
        rows: passed,
        received,
        refused,
        total: extent.total,
        // An empty page that promises more would be asked for without end.
        has_more: announced && received > 0,
    }
}
