//! Records as bytes.
//!
//! ```text
//! offset  size  field
//!      0     4  magic "FMJ1"
//!      4     1  format version (1)
//!      5     1  kind, low six bits: 0 payload is JSON of a record
//!               0x40: an earlier record of the same batch stands before this one
//!               0x80: a later record of the same batch follows this one
//!      6     2  low half of the crc32c over bytes 4..6 and 8..36, little endian
//!      8     4  length of the payload in bytes, little endian
//!     12     8  sequence
//!     20     8  epoch of the writer plus one; 0 when it did not write as holder of the lease
//!     28     8  writer
//!     36     4  crc32c over bytes 4..36 and the payload
//!     40     …  payload
//! ```
//!
//! Reading never fails: [`read`] takes what is whole, sets the rest aside and says how much that was.
//! A reader looks for the next magic after a bad record, so one damaged record costs one record.
//!
//! The two batch marks make a batch all or nothing after a crash: a last batch that is not complete
//! is dropped as a whole. In the middle it is kept as far as it can be read: that later batches
//! stand behind it proves that it was complete once, so what is missing there is damage.
//!
//! The header has a check of its own so that an append that never finished (a sound header with
//! less behind it than it says) can be told from damage (a header that was changed).

use std::ops::Range;
use std::sync::Arc;

use super::crc32c::checksum;
use super::{Damage, Epoch, Record, Sequence, Sequenced, Writer};

const MAGIC: &[u8; 4] = b"FMJ1";
const VERSION: u8 = 1;
const KIND_JSON: u8 = 0;
const KIND_MASK: u8 = 0x3f;
const BATCH_BEFORE: u8 = 0x40;
const BATCH_AFTER: u8 = 0x80;
const HEADER: usize = 40;

/// Longest payload that is believed, 256 MiB: a damaged length must not reserve the memory of the machine.
const PAYLOAD_MAX: usize = 256 * 1024 * 1024;

/// A record cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Its JSON could not be made.
    #[error("a record could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is longer than 256 MiB.
    #[error("a record of {0} bytes is longer than a journal takes")]
    TooLong(usize),
}

/// What was found in some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Salvage {
    /// Whole records, in the order in which they stand. A last batch that is not complete is left out.
    pub records: Vec<Sequenced>,
    /// Bytes up to and including the last record of `records`. Whoever appends cuts the file here.
    pub sound_len: usize,
    /// Runs of bytes that are no records and are not explained by an append that never finished.
    pub damaged: Vec<Range<usize>>,
    /// Bytes at the end that an append left which never finished; nothing in them was acknowledged.
    pub torn_tail: usize,
}

impl Salvage {
    /// The damage to tell the person about. A torn tail is none.
    #[must_use]
    pub fn damage(&self) -> Option<Damage> {
        let damaged = self.damaged.len() as u64;
        (damaged > 0).then(|| Damage { damaged, total: damaged + self.records.len() as u64 })
    }
}

/// Appends one record, a batch of its own, to a buffer.
///
/// # Errors
/// [`EncodeError`]; the buffer is as it was.
pub fn write(
    buffer: &mut Vec<u8>,
    sequence: Sequence,
    writer: Writer,
    fence: Option<Epoch>,
    record: &Record,
) -> Result<(), EncodeError> {
    write_batch(buffer, sequence, writer, fence, std::slice::from_ref(record))
}

/// Appends records that are read back together or not at all after a crash. The first gets the
/// position, the others follow without a gap.
///
/// # Errors
/// [`EncodeError`]; the buffer is as it was.
pub fn write_batch(
    buffer: &mut Vec<u8>,
    first: Sequence,
    writer: Writer,
    fence: Option<Epoch>,
    records: &[Record],
) -> Result<(), EncodeError> {
    let start = buffer.len();
    let last = records.len().saturating_sub(1);
    for (index, record) in records.iter().enumerate() {
        let before = if index > 0 { BATCH_BEFORE } else { 0 };
        let after = if index < last { BATCH_AFTER } else { 0 };
        let kind = KIND_JSON | before | after;
        if let Err(error) = write_one(buffer, kind, first.after(index as u64), writer, fence, record) {
            buffer.truncate(start);
            return Err(error);
        }
    }
    Ok(())
}

fn write_one(
    buffer: &mut Vec<u8>,
    kind: u8,
    sequence: Sequence,
    writer: Writer,
    fence: Option<Epoch>,
    record: &Record,
) -> Result<(), EncodeError> {
    let payload = payload(record)?;
    let length = u32::try_from(payload.len())
        .ok()
        .filter(|_| payload.len() <= PAYLOAD_MAX)
        .ok_or(EncodeError::TooLong(payload.len()))?;
    let what = [VERSION, kind];
    let (length, sequence, writer) = (length.to_le_bytes(), sequence.0.to_le_bytes(), writer.0.to_le_bytes());
    let epoch = fence.map_or(0, |epoch| epoch.0.saturating_add(1)).to_le_bytes();
    let check = low_half(checksum(&[&what, &length, &sequence, &epoch, &writer]));
    let crc = checksum(&[&what, &check, &length, &sequence, &epoch, &writer, &payload]).to_le_bytes();
    for part in [&MAGIC[..], &what, &check, &length, &sequence, &epoch, &writer, &crc, &payload] {
        buffer.extend_from_slice(part);
    }
    Ok(())
}

fn low_half(crc: u32) -> [u8; 2] {
    let [low, high, ..] = crc.to_le_bytes();
    [low, high]
}

/// The JSON of a record. A record of a newer program is written as it was read.
///
/// # Errors
/// [`EncodeError::Json`].
pub fn payload(record: &Record) -> Result<Vec<u8>, EncodeError> {
    match record {
        Record::Foreign(json) => Ok(json.as_bytes().to_vec()),
        known => Ok(serde_json::to_vec(known)?),
    }
}

/// Reads a payload. JSON of an unknown kind becomes [`Record::Foreign`]; `None` means damage.
#[must_use]
pub fn parse(payload: &[u8]) -> Option<Record> {
    #[derive(serde::Deserialize)]
    struct Kind<'a> {
        #[serde(borrow)]
        r: std::borrow::Cow<'a, str>,
    }
    let text = std::str::from_utf8(payload).ok()?;
    match serde_json::from_str::<Record>(text) {
        Ok(record) => Some(record),
        // Either a kind that this program does not know, or a known kind with a shape of a newer
        // one: both are kept as they are.
        Err(_) => serde_json::from_str::<Kind<'_>>(text)
            .ok()
            .filter(|kind| !kind.r.is_empty())
            .map(|_| Record::Foreign(Arc::from(text))),
    }
}

/// Reads every whole record of some bytes.
#[must_use]
pub fn read(bytes: &[u8]) -> Salvage {
    let (mut frames, mut strays) = scan(bytes);
    drop_incomplete_last_batch(&mut frames);
    let sound_len = frames.last().map_or(0, |frame| frame.bytes.end);

    let tail_strays = strays.split_off(strays.partition_point(|stray| stray.start < sound_len));
    let never_finished = match tail_strays.as_slice() {
        [] => true,
        [only] => only.end == bytes.len() && bytes.get(only.clone()).is_some_and(is_unfinished),
        _ => false,
    };
    if !never_finished {
        strays.push(sound_len..bytes.len());
    }
    Salvage {
        records: frames.into_iter().map(|frame| frame.record).collect(),
        sound_len,
        damaged: strays,
        torn_tail: if never_finished { bytes.len() - sound_len } else { 0 },
    }
}

struct Frame {
    bytes: Range<usize>,
    marks: u8,
    record: Sequenced,
}

/// The whole records, and the runs of bytes between and behind them.
fn scan(bytes: &[u8]) -> (Vec<Frame>, Vec<Range<usize>>) {
    let (mut frames, mut strays) = (Vec::new(), Vec::new());
    let (mut at, mut stray_from) = (0, None);
    while at < bytes.len() {
        if let Some(frame) = read_one(bytes, at) {
            strays.extend(stray_from.take().map(|from| from..at));
            at = frame.bytes.end;
            frames.push(frame);
        } else {
            stray_from.get_or_insert(at);
            at = next_magic(bytes, at + 1);
        }
    }
    strays.extend(stray_from.map(|from| from..at));
    (frames, strays)
}

fn drop_incomplete_last_batch(frames: &mut Vec<Frame>) {
    let Some(last) = frames.last() else { return };
    let mut complete = last.marks & BATCH_AFTER == 0;
    let mut begin = frames.len() - 1;
    for (index, pair) in frames.windows(2).enumerate().rev() {
        let [earlier, later] = pair else { break };
        if later.marks & BATCH_BEFORE == 0 {
            break;
        }
        let touches = earlier.bytes.end == later.bytes.start;
        if earlier.marks & BATCH_AFTER == 0 {
            complete = false;
            break;
        }
        complete &= touches;
        begin = index;
    }
    complete &= frames.get(begin).is_some_and(|first| first.marks & BATCH_BEFORE == 0);
    if !complete {
        frames.truncate(begin);
    }
}

/// Whether bytes at the end are what an append leaves that never finished: the beginning of a
/// record, or the zeros of a file that was made longer before its content arrived.
fn is_unfinished(tail: &[u8]) -> bool {
    if tail.iter().all(|byte| *byte == 0) {
        return true;
    }
    match header(tail) {
        Some(header) => tail.len() - HEADER < header.length,
        None => tail.len() < HEADER && tail.iter().zip(MAGIC).all(|(found, expected)| found == expected),
    }
}

fn next_magic(bytes: &[u8], from: usize) -> usize {
    bytes
        .get(from..)
        .and_then(|rest| rest.windows(MAGIC.len()).position(|window| window == MAGIC))
        .map_or(bytes.len(), |offset| from + offset)
}

struct Header {
    marks: u8,
    length: usize,
    sequence: Sequence,
    fence: Option<Epoch>,
    writer: Writer,
    crc: u32,
}

/// The header at the beginning of some bytes, if it is one and unchanged.
fn header(bytes: &[u8]) -> Option<Header> {
    let header = bytes.get(..HEADER)?;
    let number = |range: Range<usize>| {
        Some(header.get(range)?.iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte)))
    };
    let [version, kind] = *header.get(4..6)? else {
        return None;
    };
    let known = header.starts_with(MAGIC) && version == VERSION && kind & KIND_MASK == KIND_JSON;
    let check = low_half(checksum(&[header.get(4..6)?, header.get(8..36)?]));
    if !known || header.get(6..8)? != check {
        return None;
    }
    Some(Header {
        marks: kind & !KIND_MASK,
        length: usize::try_from(number(8..12)?).ok().filter(|length| *length <= PAYLOAD_MAX)?,
        sequence: Sequence(number(12..20)?),
        fence: number(20..28)?.checked_sub(1).map(Epoch),
        writer: Writer(number(28..36)?),
        crc: u32::try_from(number(36..40)?).ok()?,
    })
}

fn read_one(bytes: &[u8], at: usize) -> Option<Frame> {
    let rest = bytes.get(at..)?;
    let Header { marks, length, sequence, fence, writer, crc } = header(rest)?;
    let end = HEADER + length;
    let payload = rest.get(HEADER..end)?;
    if checksum(&[rest.get(4..36)?, payload]) != crc {
        return None;
    }
    let record = Sequenced { sequence, writer, fence, record: parse(payload)? };
    Some(Frame { bytes: at..at + end, marks, record })
}

#[cfg(test)]
mod tests;
