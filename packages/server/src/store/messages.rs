//! The rows of a conversation. A turn's rows carry its number and keep the order in which they were written.

use rusqlite::{Connection, params};

use super::StoreError;
use crate::clock::Moment;
use crate::outcome::Lens;
use crate::wire_types::Message;

/// A row to be stored.
pub(crate) struct NewMessage<'a> {
    pub(crate) message_id: &'a str,
    pub(crate) case_id: &'a str,
    pub(crate) turn_number: u32,
    pub(crate) role: &'static str,
    pub(crate) content: &'a str,
    pub(crate) author_id: Option<&'a str>,
    pub(crate) created: Moment,
}

/// Stores one row.
pub(crate) fn insert(db: &Connection, message: &NewMessage<'_>, now: Moment) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO messages (message_id, case_id, turn_number, role, content, author_id, created_ms, committed_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            message.message_id,
            message.case_id,
            message.turn_number,
            message.role,
            message.content,
            message.author_id,
            message.created.0,
            now.0
        ],
    )?;
    Ok(())
}

/// One page of a case's rows and the number of all of them, both without what `lens` leaves out.
pub(crate) fn page(
    db: &Connection,
    case_id: &str,
    (limit, offset): (u32, u32),
    lens: Lens,
    now: Moment,
) -> Result<(Vec<Message>, u32), StoreError> {
    let newest = newest_shown(lens, now);
    let hidden_role = if lens.omit_assistant { "assistant" } else { "" };
    let total = db.query_row(
        "SELECT count(*) FROM messages WHERE case_id = ?1 AND committed_ms <= ?2 AND role <> ?3",
        params![case_id, newest, hidden_role],
        |row| row.get(0),
    )?;
    let mut statement = db.prepare(
        "SELECT message_id, role, content, created_ms, turn_number, author_id FROM messages
         WHERE case_id = ?1 AND committed_ms <= ?2 AND role <> ?3 ORDER BY turn_number, row LIMIT ?4 OFFSET ?5",
    )?;
    let rows = statement.query_map(params![case_id, newest, hidden_role, limit, offset], |row| {
        let content: String = row.get(2)?;
        let role: String = row.get(1)?;
        Ok(Message {
            message_id: row.get(0)?,
            token_count: (role != "system").then(|| estimate_tokens(&content)),
            role,
            content,
            created_at: Moment(row.get(3)?).to_rfc3339(),
            turn_number: row.get(4)?,
            author_id: row.get(5)?,
            metadata: None,
        })
    })?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// The latest commit time that a list under `lens` shows.
pub(crate) fn newest_shown(lens: Lens, now: Moment) -> i64 {
    match lens.hide_younger_than_ms {
        Some(ms) => now.0.saturating_sub(i64::try_from(ms).unwrap_or(i64::MAX)),
        None => i64::MAX,
    }
}

/// A rough count: four bytes a token, the rule of thumb for English text.
fn estimate_tokens(content: &str) -> u32 {
    u32::try_from(content.len().div_ceil(4)).unwrap_or(u32::MAX)
}

/// One earlier row, as an assistant reads it.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    pub(crate) is_user: bool,
    pub(crate) content: String,
}

/// The newest `rows` rows of user and assistant, oldest first, each cut to `chars` characters.
pub(crate) fn history(
    db: &Connection,
    case_id: &str,
    rows: u32,
    chars: u32,
) -> Result<Vec<Past>, StoreError> {
    let mut statement = db.prepare(
        "SELECT role, substr(content, 1, ?3) FROM messages WHERE case_id = ?1 AND role IN ('user', 'assistant')
         ORDER BY turn_number DESC, row DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![case_id, rows, chars], |row| {
        Ok(Past { is_user: row.get::<_, String>(0)? == "user", content: row.get(1)? })
    })?;
    let mut past: Vec<Past> = rows.collect::<Result<_, _>>()?;
    past.reverse();
    Ok(past)
}

/// The first question of a case, cut to `chars` characters.
pub(crate) fn questions(db: &Connection, case_id: &str, chars: u32) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare(
        "SELECT substr(content, 1, ?2) FROM messages WHERE case_id = ?1 AND role = 'user' ORDER BY turn_number, row LIMIT 20",
    )?;
    let rows = statement.query_map(params![case_id, chars], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
