//! Cases and the day counters of their placeholder titles.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::StoreError;
use super::messages::newest_shown;
use crate::clock::Moment;
use crate::lifecycle::CaseState;
use crate::outcome::Lens;

/// Who gave a case its title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TitleSource {
    /// `Case-YYMMDD-N`.
    Placeholder,
    /// A turn or the title call.
    Content,
    /// The user.
    User,
}

impl TitleSource {
    fn as_str(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Content => "content",
            Self::User => "user",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "placeholder" => Self::Placeholder,
            "content" => Self::Content,
            _ => Self::User,
        }
    }
}

/// A case as stored.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) case_id: String,
    pub(crate) user_id: String,
    pub(crate) title: String,
    pub(crate) title_source: TitleSource,
    pub(crate) description: String,
    pub(crate) state: CaseState,
    /// Counts every change of the case.
    pub(crate) version: u32,
    /// The version at which it came into its present state.
    pub(crate) state_since_version: u32,
    pub(crate) current_turn: u32,
    pub(crate) turns_without_progress: u32,
    pub(crate) milestones: Vec<String>,
    /// What seems to be wrong, in one line.
    pub(crate) problem: Option<String>,
    pub(crate) next_actions: Vec<String>,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
    pub(crate) activity: Moment,
    pub(crate) resolved: Option<Moment>,
    pub(crate) closed: Option<Moment>,
    pub(crate) closure_reason: Option<String>,
    /// Only the queries dialect shows and changes these two.
    pub(crate) priority: String,
    pub(crate) tags: Vec<String>,
}

const COLUMNS: &str = "case_id, user_id, title, title_source, description, state, version, state_since_version, current_turn, \
     turns_without_progress, milestones, problem, next_actions, created_ms, updated_ms, activity_ms, resolved_ms, closed_ms, \
     closure_reason, priority, tags";

fn case(row: &Row<'_>) -> rusqlite::Result<Case> {
    let list = |text: String| serde_json::from_str(&text).unwrap_or_default();
    Ok(Case {
        case_id: row.get(0)?,
        user_id: row.get(1)?,
        title: row.get(2)?,
        title_source: TitleSource::parse(&row.get::<_, String>(3)?),
        description: row.get(4)?,
        state: CaseState::parse(&row.get::<_, String>(5)?).unwrap_or(CaseState::Inquiry),
        version: row.get(6)?,
        state_since_version: row.get(7)?,
        current_turn: row.get(8)?,
        turns_without_progress: row.get(9)?,
        milestones: list(row.get(10)?),
        problem: row.get(11)?,
        next_actions: list(row.get(12)?),
        created: Moment(row.get(13)?),
        updated: Moment(row.get(14)?),
        activity: Moment(row.get(15)?),
        resolved: row.get::<_, Option<i64>>(16)?.map(Moment),
        closed: row.get::<_, Option<i64>>(17)?.map(Moment),
        closure_reason: row.get(18)?,
        priority: row.get(19)?,
        tags: serde_json::from_str(&row.get::<_, String>(20)?).unwrap_or_default(),
    })
}

/// The next number of a user's placeholder titles on `day`. Numbers of deleted cases are not given again.
pub(crate) fn next_number(db: &Connection, user_id: &str, day: &str) -> Result<u32, StoreError> {
    let sql = "INSERT INTO day_counters (user_id, day, last) VALUES (?1, ?2, 1)
               ON CONFLICT (user_id, day) DO UPDATE SET last = last + 1 RETURNING last";
    Ok(db.query_row(sql, params![user_id, day], |row| row.get(0))?)
}

/// A case of a user.
pub(crate) fn find(db: &Connection, user_id: &str, case_id: &str) -> Result<Option<Case>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM cases WHERE case_id = ?1 AND user_id = ?2");
    Ok(db.query_row(&sql, params![case_id, user_id], case).optional()?)
}

/// Stores a new case.
pub(crate) fn insert(db: &Connection, case: &Case) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO cases (case_id, user_id, title, title_source, description, state, created_ms, updated_ms, activity_ms,
             priority, tags)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            case.case_id,
            case.user_id,
            case.title,
            case.title_source.as_str(),
            case.description,
            case.state.as_str(),
            case.created.0,
            case.updated.0,
            case.activity.0,
            case.priority,
            serde_json::to_string(&case.tags)?
        ],
    )?;
    Ok(())
}

/// Writes back everything that can change about a case, and counts its version up.
pub(crate) fn update(db: &Connection, case: &Case) -> Result<(), StoreError> {
    db.execute(
        "UPDATE cases SET title = ?2, title_source = ?3, description = ?4, state = ?5, version = version + 1,
             state_since_version = ?6, current_turn = ?7, turns_without_progress = ?8, milestones = ?9, problem = ?10,
             next_actions = ?11, updated_ms = ?12, activity_ms = ?13, resolved_ms = ?14, closed_ms = ?15, closure_reason = ?16,
             priority = ?17, tags = ?18
         WHERE case_id = ?1",
        params![
            case.case_id,
            case.title,
            case.title_source.as_str(),
            case.description,
            case.state.as_str(),
            case.state_since_version,
            case.current_turn,
            case.turns_without_progress,
            serde_json::to_string(&case.milestones)?,
            case.problem,
            serde_json::to_string(&case.next_actions)?,
            case.updated.0,
            case.activity.0,
            case.resolved.map(|moment| moment.0),
            case.closed.map(|moment| moment.0),
            case.closure_reason,
            case.priority,
            serde_json::to_string(&case.tags)?
        ],
    )?;
    Ok(())
}

/// Removes a case with everything that hangs on it. Receipts stay, so that no late retry brings it back.
pub(crate) fn delete(db: &Connection, user_id: &str, case_id: &str) -> Result<(), StoreError> {
    db.execute("DELETE FROM cases WHERE case_id = ?1 AND user_id = ?2", params![case_id, user_id])?;
    Ok(())
}

/// Which cases a list shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) state: Option<CaseState>,
    /// Whether cases without a turn are left out.
    pub(crate) without_empty: bool,
    pub(crate) lens: Lens,
}

/// One page of a user's cases, latest activity first, and the number of all that fit.
pub(crate) fn page(
    db: &Connection,
    user_id: &str,
    (limit, offset): (u32, u32),
    filter: &Filter,
    now: Moment,
) -> Result<(Vec<Case>, u32), StoreError> {
    let newest = newest_shown(filter.lens, now);
    let state = filter.state.map(CaseState::as_str);
    let condition =
        "user_id = ?1 AND created_ms <= ?2 AND (?3 IS NULL OR state = ?3) AND (NOT ?4 OR current_turn > 0)";
    let total = db.query_row(
        &format!("SELECT count(*) FROM cases WHERE {condition}"),
        params![user_id, newest, state, filter.without_empty],
        |row| row.get(0),
    )?;
    let mut statement = db.prepare(&format!(
        "SELECT {COLUMNS} FROM cases WHERE {condition} ORDER BY activity_ms DESC, rowid DESC LIMIT ?5 OFFSET ?6"
    ))?;
    let rows =
        statement.query_map(params![user_id, newest, state, filter.without_empty, limit, offset], case)?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// The user's cases that hold `query` in title, description or messages, latest activity first.
pub(crate) fn search(
    db: &Connection,
    user_id: &str,
    query: &str,
    state: Option<CaseState>,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    let escaped = query.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let needle = format!("%{escaped}%");
    let mut statement = db.prepare(&format!(
        "SELECT {COLUMNS} FROM cases WHERE user_id = ?1 AND (?3 IS NULL OR state = ?3)
             AND (title LIKE ?2 ESCAPE '\\' OR description LIKE ?2 ESCAPE '\\' OR EXISTS (
                 SELECT 1 FROM messages WHERE messages.case_id = cases.case_id AND content LIKE ?2 ESCAPE '\\'))
         ORDER BY activity_ms DESC, rowid DESC LIMIT ?4"
    ))?;
    let rows = statement.query_map(params![user_id, needle, state.map(CaseState::as_str), limit], case)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
