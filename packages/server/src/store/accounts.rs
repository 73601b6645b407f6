//! Users and the token pairs granted to them. Tokens and passwords are stored in one-way form only.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{StoreError, schema};
use crate::clock::Moment;
use crate::secrets::StoredPassword;

/// A user as stored.
pub(crate) struct User {
    pub(crate) user_id: String,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) is_owner: bool,
    pub(crate) password: Option<StoredPassword>,
    pub(crate) created: Moment,
    pub(crate) last_login: Option<Moment>,
}

const USER_COLUMNS: &str = "user_id, username, email, display_name, is_owner, password_salt, password_hash, created_ms, last_login_ms";

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let salt: Option<String> = row.get(5)?;
    let hash: Option<String> = row.get(6)?;
    Ok(User {
        user_id: row.get(0)?,
        username: row.get(1)?,
        email: row.get(2)?,
        display_name: row.get(3)?,
        is_owner: row.get(4)?,
        password: salt.zip(hash).map(|(salt, hash)| StoredPassword { salt, hash }),
        created: Moment(row.get(7)?),
        last_login: row.get::<_, Option<i64>>(8)?.map(Moment),
    })
}

/// The user of that name, upper and lower case being the same.
pub(crate) fn by_name(db: &Connection, username: &str) -> Result<Option<User>, StoreError> {
    let sql = format!("SELECT {USER_COLUMNS} FROM users WHERE username = ?1");
    Ok(db.query_row(&sql, [username], user).optional()?)
}

/// The user whose data this folder was made for, once the start link was used.
pub(crate) fn owner(db: &Connection) -> Result<Option<User>, StoreError> {
    let sql = format!("SELECT {USER_COLUMNS} FROM users WHERE is_owner = 1");
    Ok(db.query_row(&sql, [], user).optional()?)
}

/// Stores a new user.
pub(crate) fn insert(db: &Connection, user: &User) -> Result<(), StoreError> {
    let (salt, hash) = match &user.password {
        Some(password) => (Some(&password.salt), Some(&password.hash)),
        None => (None, None),
    };
    db.execute(
        "INSERT INTO users (user_id, username, email, display_name, is_owner, password_salt, password_hash, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            user.user_id,
            user.username,
            user.email,
            user.display_name,
            user.is_owner,
            salt,
            hash,
            user.created.0
        ],
    )?;
    Ok(())
}

/// Notes a sign-in.
pub(crate) fn touch_login(db: &Connection, user_id: &str, now: Moment) -> Result<(), StoreError> {
    db.execute("UPDATE users SET last_login_ms = ?2 WHERE user_id = ?1", params![user_id, now.0])?;
    Ok(())
}

/// The one-way forms of a token pair and how long each lives.
pub(crate) struct Grant {
    pub(crate) access_digest: String,
    pub(crate) refresh_digest: String,
    pub(crate) access_until: Moment,
    pub(crate) refresh_until: Moment,
}

/// Stores a new token pair of a user, and drops pairs that have run out.
pub(crate) fn grant(db: &Connection, user_id: &str, grant: &Grant, now: Moment) -> Result<(), StoreError> {
    db.execute("DELETE FROM grants WHERE refresh_until <= ?1", [now.0])?;
    db.execute(
        "INSERT INTO grants (access_digest, refresh_digest, user_id, access_until, refresh_until) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![grant.access_digest, grant.refresh_digest, user_id, grant.access_until.0, grant.refresh_until.0],
    )?;
    Ok(())
}

/// The user behind a live access token.
pub(crate) fn by_access(db: &Connection, digest: &str, now: Moment) -> Result<Option<User>, StoreError> {
    let sql = format!(
        "SELECT {USER_COLUMNS} FROM users WHERE user_id =
         (SELECT user_id FROM grants WHERE access_digest = ?1 AND access_until > ?2)"
    );
    Ok(db.query_row(&sql, params![digest, now.0], user).optional()?)
}

/// Takes a live refresh token out of use, together with its access token, and returns its user.
pub(crate) fn spend_refresh(
    db: &Connection,
    digest: &str,
    now: Moment,
) -> Result<Option<String>, StoreError> {
    let sql = "DELETE FROM grants WHERE refresh_digest = ?1 AND refresh_until > ?2 RETURNING user_id";
    Ok(db.query_row(sql, params![digest, now.0], |row| row.get(0)).optional()?)
}

/// Revokes the pair of an access token. Returns how many pairs went and how many the user still has.
pub(crate) fn revoke(
    db: &Connection,
    user_id: &str,
    access_digest: &str,
    now: Moment,
) -> Result<(usize, u32), StoreError> {
    let gone = db.execute("DELETE FROM grants WHERE access_digest = ?1", [access_digest])?;
    let left = db.query_row(
        "SELECT count(*) FROM grants WHERE user_id = ?1 AND refresh_until > ?2",
        params![user_id, now.0],
        |row| row.get(0),
    )?;
    Ok((gone, left))
}

/// Removes every row of every table.
pub(crate) fn empty(db: &Connection) -> Result<(), StoreError> {
    for table in schema::TABLES {
        db.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}
