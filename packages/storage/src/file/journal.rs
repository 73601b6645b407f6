//! The journal in its folder: segments of records, with at most one snapshot in front.
//!
//! Everything here is called from the one thread that owns the files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;

use copilot_core::journal::frame::{self, EncodeError};
use copilot_core::journal::{Batch, Damage, Epoch, Record, Sequence, Sequenced, StoreRefusal};

use super::folder::{Folder, refusal, replace, sync_folder};
use super::segment::{Loaded, Name, load};
use crate::store::place_snapshot;

#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    /// Where the snapshot ends; records before are not read any more.
    log_start: Sequence,
    /// First positions of the segments, in order.
    segments: Vec<Sequence>,
    /// The last segment, when it can be appended to.
    active: Option<Active>,
    next: Sequence,
    epoch: Epoch,
    damage: Option<Damage>,
    /// What was read when the folder was opened, until something is written or it is asked for.
    fresh: Option<Vec<Sequenced>>,
}

#[derive(Debug)]
struct Active {
    file: File,
    /// Bytes of whole, synced batches.
    len: u64,
    /// Whether there may be something behind them, left by a write that did not work.
    soiled: bool,
}

/// Batches as the bytes that are written for them, and the answers that they get when that works.
#[derive(Debug)]
pub(super) struct Encoded {
    bytes: Vec<u8>,
    next: Sequence,
    pub(super) answers: Vec<Result<Sequence, StoreRefusal>>,
}

impl Journal {
    pub(super) fn open(folder: &Folder) -> io::Result<Self> {
        let path = folder.path();
        let names = Name::list(path)?;
        let newest = names.iter().rfind(|name| matches!(name, Name::Snapshot(_))).copied();
        let log_start = newest.map_or(Sequence(1), |(Name::Snapshot(at) | Name::Segment(at))| at);
        let mut damage = Damage { damaged: 0, total: 0 };
        let mut records = Vec::new();
        let mut segments: Vec<(Sequence, Loaded)> = Vec::new();
        for name in names {
            match name {
                Name::Snapshot(_) if newest == Some(name) => {
                    let found = load(path, name)?;
                    damage.damaged += found.damaged;
                    records.extend(found.records);
                }
                // Left by a crash between a newer snapshot and the removal of this one.
                Name::Snapshot(_) => drop(fs::remove_file(name.in_folder(path))),
                Name::Segment(first) => segments.push((first, load(path, name)?)),
            }
        }
        let last =
            segments.iter().flat_map(|(_, found)| &found.records).map(|record| record.sequence.after(1));
        let next = last.max().map_or(log_start, |end| end.max(log_start));
        damage.damaged += segments.iter().map(|(_, found)| found.damaged).sum::<u64>();

        let mut active = None;
        let mut firsts = Vec::new();
        for (first, found) in segments {
            active = match found.appendable {
                Some(len) => {
                    let file = OpenOptions::new().write(true).open(Name::Segment(first).in_folder(path))?;
                    Some(Active { file, len, soiled: false })
                }
                None => None,
            };
            firsts.push(first);
            records.extend(found.records.into_iter().filter(|record| record.sequence >= log_start));
        }
        damage.total = damage.damaged + records.len() as u64;
        // The file names the epoch; records may name a newer one if the file was damaged.
        let named = fs::read_to_string(path.join("epoch")).ok().and_then(|text| text.trim().parse().ok());
        let written = records.iter().filter_map(|record| record.fence).max();
        let mut journal = Self {
            folder: path.to_owned(),
            log_start,
            segments: firsts,
            active,
            next,
            epoch: named.map(Epoch).max(written).unwrap_or_default(),
            damage: (damage.damaged > 0).then_some(damage),
            fresh: Some(records),
        };
        journal.drop_covered();
        Ok(journal)
    }

    /// Numbers batches and makes their bytes; what cannot be written is refused and takes no number.
    /// Stops adding when there are `enough` bytes, so there may be fewer answers than batches.
    pub(super) fn encode(&self, batches: &[Batch], enough: usize) -> Encoded {
        let mut encoded = Encoded { bytes: Vec::new(), next: self.next, answers: Vec::new() };
        for batch in batches {
            if encoded.bytes.len() >= enough {
                break;
            }
            let answer = if batch.fence.is_some_and(|fence| fence < self.epoch) {
                Err(StoreRefusal::Fenced)
            } else {
                frame::write_batch(
                    &mut encoded.bytes,
                    encoded.next,
                    batch.writer,
                    batch.fence,
                    &batch.records,
                )
                .map_err(|error| match error {
                    EncodeError::TooLong(_) => StoreRefusal::Full,
                    EncodeError::Json(_) => StoreRefusal::Unavailable,
                })
                .map(|()| encoded.next)
            };
            if let Ok(first) = answer {
                encoded.next = first.after(batch.records.len() as u64);
            }
            encoded.answers.push(answer);
        }
        encoded
    }

    /// Makes encoded batches durable, all of them or none.
    pub(super) fn write(&mut self, encoded: &Encoded) -> Result<(), StoreRefusal> {
        if !encoded.bytes.is_empty() {
            self.fresh = None;
            self.append_bytes(&encoded.bytes).map_err(|error| refusal(&error))?;
            self.next = encoded.next;
        }
        Ok(())
    }

    fn append_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let active = match &mut self.active {
            Some(active) => active,
            None => {
                let file = self.new_segment()?;
                self.active.insert(Active { file, len: 0, soiled: false })
            }
        };
        active.clean()?;
        active.soiled = true;
        let written =
            active.file.seek(SeekFrom::Start(active.len)).and_then(|_| active.file.write_all(bytes));
        match written.and_then(|()| active.file.sync_data()) {
            Ok(()) => {
                active.len += bytes.len() as u64;
                active.soiled = false;
                Ok(())
            }
            Err(error) => {
                // If this does not work either, it is tried again before the next append.
                let _ = active.clean();
                Err(error)
            }
        }
    }

    fn new_segment(&mut self) -> io::Result<File> {
        let file = loop {
            let path = Name::Segment(self.next).in_folder(&self.folder);
            match OpenOptions::new().write(true).create_new(true).open(path) {
                // A segment without a readable record has the name. A position left out harms nobody.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.next = self.next.after(1),
                opened => break opened?,
            }
        };
        if let Err(error) = sync_folder(&self.folder) {
            let _ = fs::remove_file(Name::Segment(self.next).in_folder(&self.folder));
            return Err(error);
        }
        self.segments.push(self.next);
        Ok(file)
    }

    pub(super) fn compact(
        &mut self,
        before: Sequence,
        snapshot: &[Record],
        fence: Epoch,
    ) -> Result<(), StoreRefusal> {
        if fence < self.epoch {
            return Err(StoreRefusal::Fenced);
        }
        if before <= self.log_start {
            return Ok(());
        }
        self.fresh = None;
        let mut bytes = Vec::new();
        for Sequenced { sequence, writer, fence, record } in place_snapshot(before, snapshot.to_vec(), fence)
        {
            frame::write(&mut bytes, sequence, writer, fence, &record)
                .map_err(|_| StoreRefusal::Unavailable)?;
        }
        replace(&Name::Snapshot(before).in_folder(&self.folder), &bytes).map_err(|error| refusal(&error))?;
        let older = std::mem::replace(&mut self.log_start, before);
        self.next = self.next.max(before);
        let _ = fs::remove_file(Name::Snapshot(older).in_folder(&self.folder));
        // The next append begins a segment, so that this one can go with the next snapshot.
        if self.active.as_ref().is_some_and(|active| active.len > 0) {
            self.active = None;
        }
        self.drop_covered();
        Ok(())
    }

    /// Removes segments that the snapshot covers. One that stays costs room, not truth: its records
    /// are left out when they are read.
    fn drop_covered(&mut self) {
        let ends = self.segments.iter().skip(1).copied().chain([self.next]);
        let covered: Vec<_> =
            self.segments.iter().copied().zip(ends).filter(|(_, end)| *end <= self.log_start).collect();
        for (first, _) in covered {
            let is_active = self.active.is_some() && self.segments.last() == Some(&first);
            if !is_active && fs::remove_file(Name::Segment(first).in_folder(&self.folder)).is_ok() {
                self.segments.retain(|segment| *segment != first);
            }
        }
    }

    pub(super) fn next_epoch(&mut self) -> Result<Epoch, StoreRefusal> {
        let epoch = Epoch(self.epoch.0.saturating_add(1));
        replace(&self.folder.join("epoch"), epoch.0.to_string().as_bytes())
            .map_err(|error| refusal(&error))?;
        self.epoch = epoch;
        Ok(epoch)
    }

    /// Every record, what is next, and, the first time, what was damaged.
    pub(super) fn recover(&mut self) -> io::Result<(Vec<Sequenced>, Sequence, Option<Damage>)> {
        let records = match self.fresh.take() {
            Some(records) => records,
            None => self.read_from(Sequence(0))?,
        };
        Ok((records, self.next, self.damage.take()))
    }

    pub(super) fn read_from(&self, from: Sequence) -> io::Result<Vec<Sequenced>> {
        let mut records = Vec::new();
        let from = if from < self.log_start {
            match fs::read(Name::Snapshot(self.log_start).in_folder(&self.folder)) {
                Ok(bytes) => records = frame::read(&bytes).records,
                // There is none in front of the first record.
                Err(error) if error.kind() == io::ErrorKind::NotFound && self.log_start == Sequence(1) => {}
                Err(error) => return Err(error),
            }
            self.log_start
        } else {
            from
        };
        let ends = self.segments.iter().skip(1).map(Some).chain([None]);
        for (first, end) in self.segments.iter().zip(ends) {
            if end.is_some_and(|end| *end <= from) {
                continue;
            }
            let mut bytes = fs::read(Name::Segment(*first).in_folder(&self.folder))?;
            if let (None, Some(active)) = (end, &self.active) {
                bytes.truncate(usize::try_from(active.len).unwrap_or(usize::MAX));
            }
            let found = frame::read(&bytes).records;
            records.extend(found.into_iter().filter(|record| record.sequence >= from));
        }
        Ok(records)
    }
}

impl Active {
    /// Cuts off what a write left that did not work. Synced, so that a refused batch cannot come
    /// back after a crash.
    fn clean(&mut self) -> io::Result<()> {
        if self.soiled {
            self.file.set_len(self.len)?;
            self.file.sync_data()?;
            self.soiled = false;
        }
        Ok(())
    }
}
