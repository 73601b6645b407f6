//! The thread that owns the files: takes jobs in order and lets waiting appends share a sync.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::Receiver;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal};
use copilot_core::view::CachedMessage;
use futures_channel::oneshot;

use super::cache::Cache;
use super::folder::Folder;
use super::journal::Journal;
use super::segment;
use crate::store::{SetAside, StoreError};

/// Bytes after which a shared write is not made longer: it would hold a disk of 100 MB/s for 0.1 s,
/// and the first in it waits as long as the last.
const WRITE_ENOUGH: usize = 8 * 1024 * 1024;

type Answer<T> = oneshot::Sender<T>;

/// Something to do with the files, and where the answer goes. An answer that nobody waits for any
/// more is dropped; the work was done.
#[derive(Debug)]
pub(super) enum Job {
    Append(Batch, Answer<Result<Sequence, StoreRefusal>>),
    ReadFrom(Sequence, Answer<Result<Vec<Sequenced>, StoreError>>),
    Compact {
        before: Sequence,
        snapshot: Vec<Record>,
        fence: Epoch,
        answer: Answer<Result<(), StoreRefusal>>,
    },
    NextEpoch(Answer<Result<Epoch, StoreRefusal>>),
    Cache(Vec<CacheWrite>, Answer<()>),
    Load(RealId, Answer<Vec<CachedMessage>>),
    Spare(Answer<u64>),
    FreeSpare(Answer<u64>),
    Recover(Answer<Result<Recovered, StoreError>>),
    SetAside(Answer<Vec<SetAside>>),
}

#[derive(Debug)]
pub(super) struct Writer {
    journal: Journal,
    cache: Cache,
    /// Last, so that the lock is let go after the files are closed.
    folder: Folder,
}

impl Writer {
    pub(super) fn new(folder: Folder, journal: Journal, cache: Cache) -> Self {
        Self { journal, cache, folder }
    }

    /// Works until the queue is empty and closed.
    pub(super) fn run(mut self, queue: &Receiver<Job>) {
        while let Ok(job) = queue.recv() {
            let mut waiting = VecDeque::from([job]);
            waiting.extend(queue.try_iter());
            self.work_off(waiting);
        }
    }

    fn work_off(&mut self, mut waiting: VecDeque<Job>) {
        while let Some(job) = waiting.pop_front() {
            match job {
                Job::Append(batch, answer) => {
                    let (mut batches, mut answers) = (vec![batch], vec![answer]);
                    while let Some(Job::Append(batch, answer)) =
                        waiting.pop_front_if(|job| matches!(job, Job::Append(..)))
                    {
                        batches.push(batch);
                        answers.push(answer);
                    }
                    self.append(&batches, answers);
                }
                Job::ReadFrom(from, answer) => {
                    let read = self.journal.read_from(from).map_err(|error| self.unavailable(&error));
                    let _ = answer.send(read);
                }
                Job::Compact { before, snapshot, fence, answer } => {
                    let _ = answer.send(self.with_room(|journal| journal.compact(before, &snapshot, fence)));
                }
                Job::NextEpoch(answer) => {
                    let _ = answer.send(self.with_room(Journal::next_epoch));
                }
                Job::Cache(writes, answer) => {
                    self.cache.write(&writes);
                    let _ = answer.send(());
                }
                Job::Load(case, answer) => {
                    let _ = answer.send(self.cache.load(&case));
                }
                Job::Spare(answer) => {
                    let _ = answer.send(self.cache.spare());
                }
                Job::FreeSpare(answer) => {
                    let _ = answer.send(self.cache.free_spare());
                }
                Job::Recover(answer) => {
                    let _ = answer.send(self.recover());
                }
                Job::SetAside(answer) => {
                    // What cannot be read even now is still in its folder.
                    let _ = answer.send(segment::set_aside(self.folder.path()).unwrap_or_default());
                }
            }
        }
    }

    fn append(&mut self, batches: &[Batch], answers: Vec<Answer<Result<Sequence, StoreRefusal>>>) {
        let mut answers = answers.into_iter();
        let mut rest = batches;
        while !rest.is_empty() {
            let mut encoded = self.journal.encode(rest, WRITE_ENOUGH);
            let mut written = self.journal.write(&encoded);
            if written == Err(StoreRefusal::Full) {
                // A small one may fit where all together do not.
                encoded = self.journal.encode(rest, 1);
                written = self.with_room(|journal| journal.write(&encoded));
            }
            let count = encoded.answers.len().max(1);
            for (result, answer) in encoded.answers.into_iter().zip(&mut answers) {
                let _ = answer.send(result.and_then(|first| written.map(|()| first)));
            }
            rest = rest.get(count..).unwrap_or_default();
        }
    }

    /// Does something that needs room, giving up the cache for it, oldest case first.
    fn with_room<T>(
        &mut self,
        mut write: impl FnMut(&mut Journal) -> Result<T, StoreRefusal>,
    ) -> Result<T, StoreRefusal> {
        loop {
            match write(&mut self.journal) {
                Err(StoreRefusal::Full) if self.cache.evict_oldest() => {}
                outcome => return outcome,
            }
        }
    }

    fn recover(&mut self) -> Result<Recovered, StoreError> {
        let (records, next, damage) = self.journal.recover().map_err(|error| self.unavailable(&error))?;
        Ok(Recovered { records, next, cases: self.cache.cases(), damage, durability: Durability::PowerLoss })
    }

    fn unavailable(&self, error: &io::Error) -> StoreError {
        StoreError::Unavailable { place: self.folder.place(), cause: error.to_string() }
    }
}
