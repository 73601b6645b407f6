//! Receipts of idempotency keys: what was answered when a key was used first.
//!
//! The answer of an old receipt is pruned; the receipt stays, so that its key never runs a second time.

use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use crate::clock::Moment;

/// Where a key counts: one user on one route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub(crate) user_id: String,
    pub(crate) route: String,
    pub(crate) key: String,
}

/// The first answer to a key.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) content_hash: String,
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// The `X-Title-Source` of a title call.
    pub(crate) title_source: Option<String>,
    /// The body; `None` once it was pruned.
    pub(crate) answer: Option<String>,
    pub(crate) turn_number: Option<u32>,
}

/// The receipt of a key, if it was used.
pub(crate) fn find(db: &Connection, scope: &Scope) -> Result<Option<Receipt>, StoreError> {
    let sql = "SELECT content_hash, status, location, title_source, answer, turn_number FROM receipts
               WHERE user_id = ?1 AND route = ?2 AND key = ?3";
    let receipt = db.query_row(sql, params![scope.user_id, scope.route, scope.key], |row| {
        Ok(Receipt {
            content_hash: row.get(0)?,
            status: row.get(1)?,
            location: row.get(2)?,
            title_source: row.get(3)?,
            answer: row.get(4)?,
            turn_number: row.get(5)?,
        })
    });
    Ok(receipt.optional()?)
}

/// Stores the receipt of a key, in the transaction of what it stands for.
pub(crate) fn insert(
    db: &Connection,
    scope: &Scope,
    receipt: &Receipt,
    now: Moment,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO receipts (user_id, route, key, content_hash, status, location, title_source, answer, turn_number, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            scope.user_id,
            scope.route,
            scope.key,
            receipt.content_hash,
            receipt.status,
            receipt.location,
            receipt.title_source,
            receipt.answer,
            receipt.turn_number,
            now.0
        ],
    )?;
    Ok(())
}

/// Takes back the receipt of a job that failed, so that the same key may run again.
pub(crate) fn withdraw(db: &Connection, location: &str) -> Result<(), StoreError> {
    db.execute("DELETE FROM receipts WHERE location = ?1", [location])?;
    Ok(())
}

/// Drops the stored answers of turns from before `limit`.
pub(crate) fn prune(db: &Connection, limit: Moment) -> Result<usize, StoreError> {
    let sql = "UPDATE receipts SET answer = NULL WHERE answer IS NOT NULL AND turn_number IS NOT NULL AND created_ms < ?1";
    Ok(db.execute(sql, [limit.0])?)
}
