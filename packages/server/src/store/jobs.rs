//! Jobs: turns that are answered later. The whole request is stored, so that a restart can run it again.

use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use crate::clock::Moment;

/// How far a job is.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    Processing,
    /// The turn response, as JSON text.
    Completed(String),
    /// A sentence that says why.
    Failed(String),
}

/// A job that has not come to an end.
pub(crate) struct Open {
    pub(crate) job_id: String,
    pub(crate) case_id: String,
    pub(crate) user_id: String,
    /// The stored request, as JSON text.
    pub(crate) request: String,
}

/// Stores a new job.
pub(crate) fn insert(db: &Connection, job: &Open, now: Moment) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO jobs (job_id, case_id, user_id, status, request, created_ms) VALUES (?1, ?2, ?3, 'processing', ?4, ?5)",
        params![job.job_id, job.case_id, job.user_id, job.request, now.0],
    )?;
    Ok(())
}

/// How far a job of a case is.
pub(crate) fn progress(db: &Connection, case_id: &str, job_id: &str) -> Result<Option<Progress>, StoreError> {
    let sql = "SELECT status, answer FROM jobs WHERE case_id = ?1 AND job_id = ?2";
    let row = db.query_row(sql, params![case_id, job_id], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
    });
    Ok(row.optional()?.map(|(status, answer)| match (status.as_str(), answer) {
        ("completed", Some(answer)) => Progress::Completed(answer),
        ("failed", Some(reason)) => Progress::Failed(reason),
        _ => Progress::Processing,
    }))
}

/// Ends a job; its stored request goes. `Processing` is no end and changes nothing.
pub(crate) fn finish(db: &Connection, job_id: &str, end: &Progress) -> Result<(), StoreError> {
    let (status, answer) = match end {
        Progress::Completed(answer) => ("completed", answer),
        Progress::Failed(reason) => ("failed", reason),
        Progress::Processing => return Ok(()),
    };
    db.execute(
        "UPDATE jobs SET status = ?2, answer = ?3, request = NULL WHERE job_id = ?1",
        params![job_id, status, answer],
    )?;
    Ok(())
}

/// The jobs that a stopped server left behind, oldest first.
pub(crate) fn open(db: &Connection) -> Result<Vec<Open>, StoreError> {
    let sql = "SELECT job_id, case_id, user_id, request FROM jobs WHERE status = 'processing' AND request IS NOT NULL ORDER BY row";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(Open { job_id: row.get(0)?, case_id: row.get(1)?, user_id: row.get(2)?, request: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
