//! What is known about each upload. The bytes themselves are in `blobs`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::StoreError;
use crate::clock::Moment;

/// An upload as stored.
pub(crate) struct Upload {
    pub(crate) file_id: String,
    pub(crate) case_id: String,
    pub(crate) turn_number: u32,
    pub(crate) filename: String,
    pub(crate) size_bytes: u64,
    pub(crate) content_type: Option<String>,
    pub(crate) content_hash: String,
    /// logs, metrics, configuration, code, text.
    pub(crate) source_type: String,
    /// `file_upload`, `paste`, `page_capture`.
    pub(crate) upload_source: String,
    /// completed or failed.
    pub(crate) status: String,
    pub(crate) summary: Option<String>,
    /// The page that a capture shows.
    pub(crate) source_url: Option<String>,
    /// The time of the data, as the client said it.
    pub(crate) observed_at: Option<String>,
    pub(crate) uploaded: Moment,
}

const COLUMNS: &str = "file_id, case_id, turn_number, filename, size_bytes, content_type, content_hash, source_type, \
     upload_source, status, summary, uploaded_ms, source_url, observed_at";

fn upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        file_id: row.get(0)?,
        case_id: row.get(1)?,
        turn_number: row.get(2)?,
        filename: row.get(3)?,
        size_bytes: u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
        content_type: row.get(5)?,
        content_hash: row.get(6)?,
        source_type: row.get(7)?,
        upload_source: row.get(8)?,
        status: row.get(9)?,
        summary: row.get(10)?,
        uploaded: Moment(row.get(11)?),
        source_url: row.get(12)?,
        observed_at: row.get(13)?,
    })
}

/// Stores an upload.
pub(crate) fn insert(db: &Connection, upload: &Upload) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO uploads (file_id, case_id, turn_number, filename, size_bytes, content_type, content_hash, source_type,
             upload_source, status, summary, uploaded_ms, source_url, observed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            upload.file_id,
            upload.case_id,
            upload.turn_number,
            upload.filename,
            i64::try_from(upload.size_bytes).unwrap_or(i64::MAX),
            upload.content_type,
            upload.content_hash,
            upload.source_type,
            upload.upload_source,
            upload.status,
            upload.summary,
            upload.uploaded.0,
            upload.source_url,
            upload.observed_at
        ],
    )?;
    Ok(())
}

/// The first upload of the case with the same bytes.
pub(crate) fn twin(db: &Connection, case_id: &str, content_hash: &str) -> Result<Option<Upload>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM uploads WHERE case_id = ?1 AND content_hash = ?2 ORDER BY turn_number, rowid LIMIT 1"
    );
    Ok(db.query_row(&sql, params![case_id, content_hash], upload).optional()?)
}

/// The content hash of the log that came last in a case.
pub(crate) fn newest_log(db: &Connection, case_id: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT content_hash FROM uploads WHERE case_id = ?1 AND source_type = 'logs' AND status = 'completed'
         ORDER BY turn_number DESC, rowid DESC LIMIT 1";
    Ok(db.query_row(sql, params![case_id], |row| row.get(0)).optional()?)
}

/// One upload of a case.
pub(crate) fn find(db: &Connection, case_id: &str, file_id: &str) -> Result<Option<Upload>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM uploads WHERE case_id = ?1 AND file_id = ?2");
    Ok(db.query_row(&sql, params![case_id, file_id], upload).optional()?)
}

/// What a list of uploads is ordered by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SortBy {
    Uploaded,
    Name,
    Size,
}

/// One page of a case's uploads.
pub(crate) fn page(
    db: &Connection,
    case_id: &str,
    (limit, offset): (u32, u32),
    (sort_by, descending): (SortBy, bool),
) -> Result<Vec<Upload>, StoreError> {
    let column = match sort_by {
        SortBy::Uploaded => "uploaded_ms",
        SortBy::Name => "filename",
        SortBy::Size => "size_bytes",
    };
    let direction = if descending { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT {COLUMNS} FROM uploads WHERE case_id = ?1 ORDER BY {column} {direction}, rowid {direction} LIMIT ?2 OFFSET ?3"
    );
    let mut statement = db.prepare(&sql)?;
    let rows = statement.query_map(params![case_id, limit, offset], upload)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many uploads a case has.
pub(crate) fn count(db: &Connection, case_id: &str) -> Result<u32, StoreError> {
    Ok(db.query_row("SELECT count(*) FROM uploads WHERE case_id = ?1", [case_id], |row| row.get(0))?)
}

/// The content hashes that uploads refer to.
pub(crate) fn hashes(db: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare("SELECT DISTINCT content_hash FROM uploads")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The content hashes of a case.
pub(crate) fn hashes_of_case(db: &Connection, case_id: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare("SELECT DISTINCT content_hash FROM uploads WHERE case_id = ?1")?;
    let rows = statement.query_map([case_id], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether any upload or waiting job still refers to these bytes.
pub(crate) fn is_used(db: &Connection, content_hash: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM uploads WHERE content_hash = ?1)
                   OR EXISTS (SELECT 1 FROM jobs WHERE status = 'processing' AND instr(request, ?1) > 0)";
    Ok(db.query_row(sql, [content_hash], |row| row.get(0))?)
}
