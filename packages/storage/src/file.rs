//! A folder on disk: what desktop and mobile keep.
//!
//! ```text
//! <folder>/lock                       held while the store is open: one process owns a folder
//! <folder>/format                     version of this layout
//! <folder>/epoch                      the last epoch of the sending lease
//! <folder>/journal-<first>.fmj        records from a position on
//! <folder>/snapshot-<before>.fmj      what the records before a position fold to
//! <folder>/quarantine/                bytes that could not be read, never deleted
//! <folder>/cache/                     confirmed rows, which can be fetched again
//! ```
//!
//! One thread owns the files. Batches that queue while a sync runs share the next write and sync;
//! they are acknowledged in the order of the calls, after the sync. What is acknowledged survives a
//! loss of power, as far as the disk keeps its own promises.
//!
//! Left out: encryption (the folder is readable by its owner only), and more than one process.

mod cache;
mod folder;
mod journal;
mod segment;
mod writer;

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::{Batch, Durability, Epoch, Record, Recovered, Sequence, Sequenced, StoreRefusal};
use copilot_core::view::CachedMessage;
use futures_channel::oneshot;

use self::cache::Cache;
use self::folder::Folder;
use self::journal::Journal;
use self::writer::{Job, Writer};
use crate::store::{LocalFuture, SetAside, Store, StoreError};

/// A folder that this process owns until the store is dropped.
///
/// Dropping it finishes what was asked for and lets go of the folder.
#[derive(Debug)]
pub struct FileStore {
    place: String,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl FileStore {
    /// Opens a folder, or makes it. Reads the whole journal: blocks for about a second per 100 MB.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it, [`StoreError::Newer`] when a newer program
    /// has changed its layout, [`StoreError::Unavailable`] when it cannot be written or read.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        let folder = Folder::open(folder.as_ref())?;
        let place = folder.place();
        let unavailable = |error: std::io::Error| StoreError::Unavailable {
            place: place.clone(),
            cause: error.to_string(),
        };
        let journal = Journal::open(&folder).map_err(unavailable)?;
        let cache = Cache::open(&folder.path().join("cache"));
        let (jobs, queue) = mpsc::channel();
        let writer = Writer::new(folder, journal, cache);
        let writer = std::thread::Builder::new()
            .name("copilot-journal".to_owned())
            .spawn(move || writer.run(&queue))
            .map_err(unavailable)?;
        Ok(Self { place, jobs: Some(jobs), writer: Some(writer) })
    }

    /// Queues a job now; the future waits for its answer. `None` means that the thread is gone.
    fn ask<T: 'static>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> LocalFuture<Option<T>> {
        let (answer, waiting) = oneshot::channel();
        // When the thread is gone the job is dropped here, and with it the sender of the answer.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job(answer)));
        Box::pin(async move { waiting.await.ok() })
    }

    fn ask_to_write<T: 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreRefusal>>) -> Job,
    ) -> LocalFuture<Result<T, StoreRefusal>> {
        let waiting = self.ask(job);
        Box::pin(async move { waiting.await.unwrap_or(Err(StoreRefusal::Unavailable)) })
    }

    fn ask_to_read<T: 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
    ) -> LocalFuture<Result<T, StoreError>> {
        let place = self.place.clone();
        let waiting = self.ask(job);
        let stopped = || StoreError::Unavailable { place, cause: "its writer has stopped".to_owned() };
        Box::pin(async move { waiting.await.unwrap_or_else(|| Err(stopped())) })
    }
}

impl Drop for FileStore {
    fn drop(&mut self) {
        // The thread ends when the queue is empty and nobody can add to it; the lock goes with it.
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Store for FileStore {
    fn append(&self, batch: Batch) -> LocalFuture<Result<Sequence, StoreRefusal>> {
        self.ask_to_write(|answer| Job::Append(batch, answer))
    }

    fn read_from(&self, from: Sequence) -> LocalFuture<Result<Vec<Sequenced>, StoreError>> {
        self.ask_to_read(|answer| Job::ReadFrom(from, answer))
    }

    fn compact(
        &self,
        before: Sequence,
        snapshot: Vec<Record>,
        fence: Epoch,
    ) -> LocalFuture<Result<(), StoreRefusal>> {
        self.ask_to_write(|answer| Job::Compact { before, snapshot, fence, answer })
    }

    fn next_epoch(&self) -> LocalFuture<Result<Epoch, StoreRefusal>> {
        self.ask_to_write(Job::NextEpoch)
    }

    fn cache(&self, writes: Vec<CacheWrite>) -> LocalFuture<()> {
        let waiting = self.ask(|answer| Job::Cache(writes, answer));
        Box::pin(async move { waiting.await.unwrap_or_default() })
    }

    fn load(&self, case: RealId) -> LocalFuture<Vec<CachedMessage>> {
        let waiting = self.ask(|answer| Job::Load(case, answer));
        Box::pin(async move { waiting.await.unwrap_or_default() })
    }

    fn spare(&self) -> LocalFuture<u64> {
        let waiting = self.ask(Job::Spare);
        Box::pin(async move { waiting.await.unwrap_or_default() })
    }

    fn free_spare(&self) -> LocalFuture<u64> {
        let waiting = self.ask(Job::FreeSpare);
        Box::pin(async move { waiting.await.unwrap_or_default() })
    }

    fn recover(&self) -> LocalFuture<Result<Recovered, StoreError>> {
        self.ask_to_read(Job::Recover)
    }

    fn set_aside(&self) -> LocalFuture<Vec<SetAside>> {
        let waiting = self.ask(Job::SetAside);
        Box::pin(async move { waiting.await.unwrap_or_default() })
    }

    fn durability(&self) -> Durability {
        Durability::PowerLoss
    }
}

#[cfg(test)]
mod tests;
