//! Records as text, for stores that have checksums of their own.
//!
//! One record is `<epoch plus one, or 0> <writer> <json>`. Several are joined by U+001E, which JSON
//! never holds as it is.

use copilot_core::journal::{Epoch, Record, Sequence, Sequenced, Writer, frame};

const SEPARATOR: char = '\u{1e}';
/// Version of the joined form; stands in front of it.
const JOINED: &str = "1";

/// `None`: the record has no JSON.
pub(super) fn encode(writer: Writer, fence: Option<Epoch>, record: &Record) -> Option<String> {
    let json = String::from_utf8(frame::payload(record).ok()?).ok()?;
    let epoch = fence.map_or(0, |epoch| epoch.0.saturating_add(1));
    Some(format!("{epoch} {} {json}", writer.0))
}

/// `None`: it is no record.
pub(super) fn decode(sequence: Sequence, text: &str) -> Option<Sequenced> {
    let (_, rest) = text.split_once(' ')?;
    let (writer, json) = rest.split_once(' ')?;
    Some(Sequenced {
        sequence,
        writer: Writer(writer.parse().ok()?),
        fence: fence(text)?,
        record: frame::parse(json.as_bytes())?,
    })
}

/// The epoch that a record was written under. The outer `None`: it is no record.
pub(super) fn fence(text: &str) -> Option<Option<Epoch>> {
    let epoch: u64 = text.split_once(' ')?.0.parse().ok()?;
    Some(epoch.checked_sub(1).map(Epoch))
}

/// Several records as one text.
pub(super) fn join(texts: &[String]) -> String {
    let mut joined =
        String::with_capacity(texts.iter().map(|text| text.len() + 1).sum::<usize>() + JOINED.len());
    joined.push_str(JOINED);
    for text in texts {
        joined.push(SEPARATOR);
        joined.push_str(text);
    }
    joined
}

/// Takes several records apart. `None`: a newer program joined them.
pub(super) fn split(joined: &str) -> Option<Vec<String>> {
    let mut parts = joined.split(SEPARATOR);
    (parts.next() == Some(JOINED)).then(|| parts.map(str::to_owned).collect())
}
