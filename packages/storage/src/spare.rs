//! What of the cache can be given up on the person's word: answers that the server sends again as they were.
//!
//! The server does not say again when the person pressed send, what went along with a message, and what was
//! suggested under an answer; rows with that stay. So does every row of a case that the server no longer has.

use copilot_core::model::RealCase;
use copilot_core::view::CachedMessage;

/// The rows of one case that can be given up, with what the adapter knows them by.
pub(crate) fn spare_rows<K>(
    case: &RealCase,
    rows: impl IntoIterator<Item = (K, CachedMessage)>,
) -> impl Iterator<Item = (K, CachedMessage)> {
    let rows: Vec<_> = rows.into_iter().filter(|_| !case.gone).collect();
    let last = rows.iter().map(|(_, row)| row.arrival).max();
    rows.into_iter().filter(move |(_, row)| {
        // Suggestions are shown under the last answer only.
        let suggests = !row.actions.is_empty() && Some(row.arrival) == last;
        row.sent.is_none() && row.attachment.is_none() && !suggests
    })
}

/// The case whose rows are given up first when there is no room: the one in which nothing happened for the longest
/// time. The case that was worked in last stays, which is a decision for the person, and so do cases that the server
/// no longer has. What is known of a case is `None` when it cannot be read.
pub(crate) fn oldest<K>(cases: impl IntoIterator<Item = (K, Option<RealCase>)>) -> Option<K> {
    let fetchable = cases.into_iter().filter(|(_, case)| case.as_ref().is_none_or(|case| !case.gone));
    let (mut oldest, mut count) = (None, 0);
    for (key, case) in fetchable {
        let activity = case.map(|case| case.last_activity);
        count += 1;
        if oldest.as_ref().is_none_or(|(least, _)| activity < *least) {
            oldest = Some((activity, key));
        }
    }
    oldest.filter(|(activity, _)| count > 1 || activity.is_none()).map(|(_, key)| key)
}
