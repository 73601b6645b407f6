//! The tables and their migrations, numbered by SQLite's `user_version`.
//!
//! A released migration is never edited; a change is a new entry at the end.

use rusqlite::{Connection, TransactionBehavior};

use super::OpenError;

/// Migration n brings version n to n + 1.
const MIGRATIONS: [&str; 2] = [FIRST, SECOND];

/// Every table, children before parents, for emptying the store.
pub(super) const TABLES: [&str; 11] = [
    "receipts",
    "jobs",
    "evidence",
    "hypotheses",
    "uploads",
    "messages",
    "cases",
    "day_counters",
    "sessions",
    "grants",
    "users",
];

const FIRST: &str = "
CREATE TABLE users (
    user_id       TEXT PRIMARY KEY,
    username      TEXT NOT NULL UNIQUE COLLATE NOCASE,
    email         TEXT NOT NULL,
    display_name  TEXT NOT NULL,
    is_owner      INTEGER NOT NULL DEFAULT 0,
    password_salt TEXT,
    password_hash TEXT,
    created_ms    INTEGER NOT NULL,
    last_login_ms INTEGER
) STRICT;

CREATE TABLE grants (
    access_digest  TEXT PRIMARY KEY,
    refresh_digest TEXT NOT NULL UNIQUE,
    user_id        TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    access_until   INTEGER NOT NULL,
    refresh_until  INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_of_user ON grants (user_id);

CREATE TABLE sessions (
    session_id      TEXT PRIMARY KEY,
    user_id         TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    client_id       TEXT,
    session_type    TEXT,
    metadata        TEXT,
    timeout_minutes INTEGER NOT NULL,
    terminated      INTEGER NOT NULL DEFAULT 0,
    created_ms      INTEGER NOT NULL,
    active_ms       INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_client ON sessions (user_id, client_id);

CREATE TABLE day_counters (
    user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    day     TEXT NOT NULL,
    last    INTEGER NOT NULL,
    PRIMARY KEY (user_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    case_id                TEXT PRIMARY KEY,
    user_id                TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    title                  TEXT NOT NULL,
    title_source           TEXT NOT NULL,
    description            TEXT NOT NULL,
    state                  TEXT NOT NULL,
    version                INTEGER NOT NULL DEFAULT 1,
    state_since_version    INTEGER NOT NULL DEFAULT 1,
    current_turn           INTEGER NOT NULL DEFAULT 0,
    turns_without_progress INTEGER NOT NULL DEFAULT 0,
    milestones             TEXT NOT NULL DEFAULT '[]',
    problem                TEXT,
    next_actions           TEXT NOT NULL DEFAULT '[]',
    created_ms             INTEGER NOT NULL,
    updated_ms             INTEGER NOT NULL,
    activity_ms            INTEGER NOT NULL,
    resolved_ms            INTEGER,
    closed_ms              INTEGER,
    closure_reason         TEXT
) STRICT;
CREATE INDEX cases_of_user ON cases (user_id, activity_ms DESC);

CREATE TABLE messages (
    row          INTEGER PRIMARY KEY,
    message_id   TEXT NOT NULL UNIQUE,
    case_id      TEXT NOT NULL REFERENCES cases ON DELETE CASCADE,
    turn_number  INTEGER NOT NULL,
    role         TEXT NOT NULL,
    content      TEXT NOT NULL,
    author_id    TEXT,
    created_ms   INTEGER NOT NULL,
    committed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_of_case ON messages (case_id, turn_number, row);

CREATE TABLE uploads (
    file_id       TEXT PRIMARY KEY,
    case_id       TEXT NOT NULL REFERENCES cases ON DELETE CASCADE,
    turn_number   INTEGER NOT NULL,
    filename      TEXT NOT NULL,
    size_bytes    INTEGER NOT NULL,
    content_type  TEXT,
    content_hash  TEXT NOT NULL,
    source_type   TEXT NOT NULL,
    upload_source TEXT NOT NULL,
    status        TEXT NOT NULL,
    summary       TEXT,
    source_url    TEXT,
    observed_at   TEXT,
    uploaded_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_of_case ON uploads (case_id, turn_number);
CREATE INDEX uploads_by_content ON uploads (content_hash);

CREATE TABLE hypotheses (
    hypothesis_id TEXT PRIMARY KEY,
    case_id       TEXT NOT NULL REFERENCES cases ON DELETE CASCADE,
    statement     TEXT NOT NULL,
    state         TEXT NOT NULL,
    turn_number   INTEGER NOT NULL,
    decided_ms    INTEGER
) STRICT;
CREATE INDEX hypotheses_of_case ON hypotheses (case_id, turn_number);

CREATE TABLE evidence (
    evidence_id   TEXT PRIMARY KEY,
    case_id       TEXT NOT NULL REFERENCES cases ON DELETE CASCADE,
    file_id       TEXT REFERENCES uploads ON DELETE CASCADE,
    hypothesis_id TEXT REFERENCES hypotheses ON DELETE CASCADE,
    summary       TEXT NOT NULL,
    turn_number   INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_of_case ON evidence (case_id, turn_number);

CREATE TABLE jobs (
    row        INTEGER PRIMARY KEY,
    job_id     TEXT NOT NULL UNIQUE,
    case_id    TEXT NOT NULL REFERENCES cases ON DELETE CASCADE,
    user_id    TEXT NOT NULL,
    status     TEXT NOT NULL,
    request    TEXT,
    answer     TEXT,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_status ON jobs (status);

CREATE TABLE receipts (
    user_id      TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    route        TEXT NOT NULL,
    key          TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    status       INTEGER NOT NULL,
    location     TEXT,
    title_source TEXT,
    answer       TEXT,
    turn_number  INTEGER,
    created_ms   INTEGER NOT NULL,
    PRIMARY KEY (user_id, route, key)
) STRICT, WITHOUT ROWID;
";

/// What the queries dialect says of a case beyond the turns dialect.
const SECOND: &str = "
ALTER TABLE cases ADD COLUMN priority TEXT NOT NULL DEFAULT 'medium';
ALTER TABLE cases ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
";

/// Brings the database to the newest version, one transaction per step, or refuses one that is newer than this program.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    let done = usize::try_from(found).unwrap_or_default();
    for (step, sql) in (1_i64..).zip(MIGRATIONS).skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", step)?;
        transaction.commit()?;
    }
    Ok(())
}
