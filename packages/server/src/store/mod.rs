//! The SQLite store: one connection, opened exclusively, write-ahead logged and synced before a commit returns.
//!
//! This module owns opening and transactions; each table's statements live in the module of its name, as functions over a
//! connection, so that one transaction can span several of them. What the rows mean is decided by `routes` and `turns`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::Mutex;

pub(crate) mod accounts;
pub(crate) mod cases;
pub(crate) mod findings;
pub(crate) mod jobs;
pub(crate) mod messages;
pub(crate) mod receipts;
mod schema;
pub(crate) mod sessions;
pub(crate) mod uploads;

/// Name of the database inside the data folder.
pub(crate) const FILE_NAME: &str = "copilot.db";

/// Suffixes of the files that belong to one database.
const COMPANIONS: [&str; 3] = ["", "-wal", "-shm"];

/// How long to wait for another process that is just closing the same database.
const BUSY_WAIT: Duration = Duration::from_secs(3);

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The server is shutting down.
    #[error("the store is closed")]
    Closed,
    /// No room on the disk; nothing was committed.
    #[error("the disk is full")]
    Full,
    /// A stored JSON column does not hold what was written.
    #[error("a stored value can't be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The blocking thread ended without a result.
    #[error("a store operation was cut off")]
    CutOff,
    /// Everything else SQLite reports.
    #[error("SQLite: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Sqlite(error),
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug)]
pub(crate) enum OpenError {
    Corrupt(String),
    Newer { found: i64, known: i64 },
    InUse,
    Other(String),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// A handle to the store; clones share one connection.
#[derive(Clone, Debug)]
pub(crate) struct Store(Arc<Mutex<Option<Connection>>>);

impl Store {
    /// Opens or creates the database in `folder`, checks it, and brings it to the present schema.
    pub(crate) fn open(folder: &Path) -> Result<Self, OpenError> {
        let mut connection = Connection::open(folder.join(FILE_NAME))?;
        connection.busy_timeout(BUSY_WAIT)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let _mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(OpenError::Corrupt(verdict));
        }
        schema::migrate(&mut connection)?;
        Ok(Self(Arc::new(Mutex::new(Some(connection)))))
    }

    /// Runs `work` in one transaction. It is on the disk when this returns `Ok`, and undone when `work` fails.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        self.blocking(TransactionBehavior::Immediate, work).await
    }

    /// Runs `work` on one consistent state of the store.
    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        self.blocking(TransactionBehavior::Deferred, work).await
    }

    async fn blocking<T, E, F>(&self, behavior: TransactionBehavior, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        // Waited for here and not on the blocking thread: a thousand requests at once need one thread, not a thousand.
        let mut guard = Arc::clone(&self.0).lock_owned().await;
        let task = tokio::task::spawn_blocking(move || {
            let connection = guard.as_mut().ok_or(StoreError::Closed)?;
            let transaction = connection.transaction_with_behavior(behavior).map_err(StoreError::from)?;
            let value = work(&transaction)?;
            transaction.commit().map_err(StoreError::from)?;
            Ok(value)
        });
        task.await.unwrap_or_else(|_| Err(StoreError::CutOff.into()))
    }

    /// Closes the database; everything after this fails with [`StoreError::Closed`]. A turn that is still being thought
    /// about can then no longer commit, so a second start on the same folder is safe.
    pub(crate) async fn close(&self) {
        let connection = self.0.lock().await.take();
        let closing = tokio::task::spawn_blocking(move || drop(connection));
        let _ = closing.await;
    }
}

/// Renames a database and its companions out of the way, and returns the new name of the main file.
pub(crate) fn set_aside(folder: &Path, stamp: i64) -> std::io::Result<PathBuf> {
    let target = format!("{FILE_NAME}.corrupt-{stamp}");
    for companion in COMPANIONS {
        let from = folder.join(format!("{FILE_NAME}{companion}"));
        if from.exists() {
            std::fs::rename(from, folder.join(format!("{target}{companion}")))?;
        }
    }
    Ok(folder.join(target))
}
