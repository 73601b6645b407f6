//! Sessions: a client's presence, which ends after a time without activity.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::StoreError;
use crate::clock::Moment;

/// A session as stored.
pub(crate) struct Session {
    pub(crate) session_id: String,
    pub(crate) user_id: String,
    pub(crate) client_id: Option<String>,
    pub(crate) session_type: Option<String>,
    /// JSON text.
    pub(crate) metadata: Option<String>,
    pub(crate) timeout_minutes: u32,
    pub(crate) terminated: bool,
    pub(crate) created: Moment,
    pub(crate) active: Moment,
}

impl Session {
    /// When it ends unless something happens before.
    pub(crate) fn until(&self) -> Moment {
        self.active.plus_seconds(i64::from(self.timeout_minutes) * 60)
    }

    /// Whether it can still be used.
    pub(crate) fn is_live(&self, now: Moment) -> bool {
        !self.terminated && self.until() > now
    }
}

const COLUMNS: &str = "session_id, user_id, client_id, session_type, metadata, timeout_minutes, terminated, created_ms, active_ms";

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        session_id: row.get(0)?,
        user_id: row.get(1)?,
        client_id: row.get(2)?,
        session_type: row.get(3)?,
        metadata: row.get(4)?,
        timeout_minutes: row.get(5)?,
        terminated: row.get(6)?,
        created: Moment(row.get(7)?),
        active: Moment(row.get(8)?),
    })
}

/// A session of `user_id`.
pub(crate) fn find(db: &Connection, user_id: &str, session_id: &str) -> Result<Option<Session>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE session_id = ?1 AND user_id = ?2");
    Ok(db.query_row(&sql, params![session_id, user_id], session).optional()?)
}

/// The newest session of an installation.
pub(crate) fn of_client(
    db: &Connection,
    user_id: &str,
    client_id: &str,
) -> Result<Option<Session>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions WHERE user_id = ?1 AND client_id = ?2 ORDER BY created_ms DESC, rowid DESC LIMIT 1"
    );
    Ok(db.query_row(&sql, params![user_id, client_id], session).optional()?)
}

/// Stores a new session.
pub(crate) fn insert(db: &Connection, session: &Session) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO sessions (session_id, user_id, client_id, session_type, metadata, timeout_minutes, created_ms, active_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            session.session_id,
            session.user_id,
            session.client_id,
            session.session_type,
            session.metadata,
            session.timeout_minutes,
            session.created.0,
            session.active.0
        ],
    )?;
    Ok(())
}

/// Notes activity, which moves the end of the session.
pub(crate) fn touch(db: &Connection, session_id: &str, now: Moment) -> Result<(), StoreError> {
    db.execute("UPDATE sessions SET active_ms = ?2 WHERE session_id = ?1", params![session_id, now.0])?;
    Ok(())
}

/// Ends a session for good.
pub(crate) fn terminate(db: &Connection, session_id: &str) -> Result<(), StoreError> {
    db.execute("UPDATE sessions SET terminated = 1 WHERE session_id = ?1", [session_id])?;
    Ok(())
}
