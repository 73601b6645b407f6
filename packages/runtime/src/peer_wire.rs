//! How windows write down what they tell each other.
//!
//! JSON with a version, and records as their journal payload. A message of another version is not
//! understood and not guessed at: its records are missed, and read back from the store.

use std::sync::Arc;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{Epoch, Sequence, Sequenced, Writer, frame};
use copilot_core::model::RealCase;
use copilot_core::peer::PeerMessage;
use copilot_core::view::CachedMessage;
use serde::{Deserialize, Serialize};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Envelope {
    version: u32,
    #[serde(flatten)]
    body: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "tell", content = "what", rename_all = "snake_case")]
enum Body {
    Appended(Vec<WireRecord>),
    Confirmed { after: Sequence, writes: Vec<WireWrite> },
    Compacted(Sequence),
}

#[derive(Serialize, Deserialize)]
struct WireRecord {
    sequence: Sequence,
    writer: Writer,
    fence: Option<Epoch>,
    payload: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireWrite {
    Case(Arc<RealCase>),
    Message { case: RealId, row: Arc<CachedMessage> },
    Forget(RealId),
}

/// The message as text; `None` when it cannot be written, which costs the others a read.
pub(crate) fn encode(message: &PeerMessage) -> Option<String> {
    let body = match message {
        PeerMessage::Appended(records) => {
            Body::Appended(records.iter().map(record_out).collect::<Option<_>>()?)
        }
        PeerMessage::Confirmed { after, writes } => {
            Body::Confirmed { after: *after, writes: writes.iter().map(write_out).collect() }
        }
        PeerMessage::Compacted(before) => Body::Compacted(*before),
    };
    serde_json::to_string(&Envelope { version: VERSION, body }).ok()
}

/// The message that a text holds; `None` when it is not one of this version.
pub(crate) fn decode(text: &str) -> Option<PeerMessage> {
    let envelope: Envelope = serde_json::from_str(text).ok()?;
    if envelope.version != VERSION {
        return None;
    }
    Some(match envelope.body {
        Body::Appended(records) => {
            PeerMessage::Appended(records.iter().map(record_in).collect::<Option<_>>()?)
        }
        Body::Confirmed { after, writes } => {
            PeerMessage::Confirmed { after, writes: writes.into_iter().map(write_in).collect() }
        }
        Body::Compacted(before) => PeerMessage::Compacted(before),
    })
}

fn record_out(record: &Sequenced) -> Option<WireRecord> {
    let payload = String::from_utf8(frame::payload(&record.record).ok()?).ok()?;
    Some(WireRecord { sequence: record.sequence, writer: record.writer, fence: record.fence, payload })
}

fn record_in(wire: &WireRecord) -> Option<Sequenced> {
    let record = frame::parse(wire.payload.as_bytes())?;
    Some(Sequenced { sequence: wire.sequence, writer: wire.writer, fence: wire.fence, record })
}

fn write_out(write: &CacheWrite) -> WireWrite {
    match write {
        CacheWrite::Case(case) => WireWrite::Case(case.clone()),
        CacheWrite::Message { case, row } => WireWrite::Message { case: case.clone(), row: row.clone() },
        CacheWrite::Forget(case) => WireWrite::Forget(case.clone()),
    }
}

fn write_in(wire: WireWrite) -> CacheWrite {
    match wire {
        WireWrite::Case(case) => CacheWrite::Case(case),
        WireWrite::Message { case, row } => CacheWrite::Message { case, row },
        WireWrite::Forget(case) => CacheWrite::Forget(case),
    }
}

#[cfg(test)]
mod tests {
    use copilot_core::ids::CaseKey;
    use copilot_core::journal::Record;

    use super::*;

    fn real(id: &str) -> RealId {
        RealId::parse(id).unwrap()
    }

    #[test]
    fn what_one_window_says_is_what_the_other_hears() {
        let records = vec![
            Sequenced {
                sequence: Sequence(7),
                writer: Writer(u64::MAX),
                fence: Some(Epoch(2)),
                record: Record::Seen { case: CaseKey::of_server(&real("c-1")), turn: 4 },
            },
            Sequenced {
                sequence: Sequence(8),
                writer: Writer(3),
                fence: None,
                record: Record::Foreign(Arc::from(r#"{"r":"from_next_year","x":[1,2]}"#)),
            },
        ];
        for message in [
            PeerMessage::Appended(records),
            PeerMessage::Confirmed { after: Sequence(9), writes: vec![CacheWrite::Forget(real("c-2"))] },
            PeerMessage::Compacted(Sequence(90)),
        ] {
            let text = encode(&message).unwrap();
            assert_eq!(decode(&text), Some(message), "{text}");
        }
    }

    #[test]
    fn what_is_not_of_this_version_is_not_guessed_at() {
        for text in
            [r#"{"version":2,"tell":"compacted","what":90}"#, r#"{"version":1,"tell":"danced"}"#, "", "null"]
        {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
