//! What turns have found: evidence and hypotheses of a case.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::StoreError;
use crate::clock::Moment;

/// A piece of evidence.
pub(crate) struct Evidence {
    pub(crate) evidence_id: String,
    pub(crate) case_id: String,
    pub(crate) file_id: Option<String>,
    pub(crate) hypothesis_id: Option<String>,
    pub(crate) summary: String,
    pub(crate) turn_number: u32,
    pub(crate) created: Moment,
}

/// A supposed cause.
pub(crate) struct Hypothesis {
    pub(crate) hypothesis_id: String,
    pub(crate) case_id: String,
    pub(crate) statement: String,
    /// active, validated, refuted, retired.
    pub(crate) state: String,
    pub(crate) turn_number: u32,
    pub(crate) evidence_count: u32,
    pub(crate) decided: Option<Moment>,
}

/// Stores evidence.
pub(crate) fn insert_evidence(db: &Connection, evidence: &Evidence) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO evidence (evidence_id, case_id, file_id, hypothesis_id, summary, turn_number, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            evidence.evidence_id,
            evidence.case_id,
            evidence.file_id,
            evidence.hypothesis_id,
            evidence.summary,
            evidence.turn_number,
            evidence.created.0
        ],
    )?;
    Ok(())
}

/// All evidence of a case, newest first.
pub(crate) fn evidence(db: &Connection, case_id: &str) -> Result<Vec<Evidence>, StoreError> {
    let mut statement = db.prepare(
        "SELECT evidence_id, case_id, file_id, hypothesis_id, summary, turn_number, created_ms FROM evidence
         WHERE case_id = ?1 ORDER BY turn_number DESC, rowid DESC",
    )?;
    let rows = statement.query_map([case_id], |row| {
        Ok(Evidence {
            evidence_id: row.get(0)?,
            case_id: row.get(1)?,
            file_id: row.get(2)?,
            hypothesis_id: row.get(3)?,
            summary: row.get(4)?,
            turn_number: row.get(5)?,
            created: Moment(row.get(6)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const HYPOTHESIS: &str = "SELECT hypothesis_id, case_id, statement, state, turn_number,
     (SELECT count(*) FROM evidence WHERE evidence.hypothesis_id = hypotheses.hypothesis_id), decided_ms FROM hypotheses";

fn hypothesis(row: &Row<'_>) -> rusqlite::Result<Hypothesis> {
    Ok(Hypothesis {
        hypothesis_id: row.get(0)?,
        case_id: row.get(1)?,
        statement: row.get(2)?,
        state: row.get(3)?,
        turn_number: row.get(4)?,
        evidence_count: row.get(5)?,
        decided: row.get::<_, Option<i64>>(6)?.map(Moment),
    })
}

/// Stores a hypothesis.
pub(crate) fn insert_hypothesis(db: &Connection, hypothesis: &Hypothesis) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO hypotheses (hypothesis_id, case_id, statement, state, turn_number) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            hypothesis.hypothesis_id,
            hypothesis.case_id,
            hypothesis.statement,
            hypothesis.state,
            hypothesis.turn_number
        ],
    )?;
    Ok(())
}

/// All hypotheses of a case, oldest first.
pub(crate) fn hypotheses(db: &Connection, case_id: &str) -> Result<Vec<Hypothesis>, StoreError> {
    let mut statement =
        db.prepare(&format!("{HYPOTHESIS} WHERE case_id = ?1 ORDER BY turn_number, rowid"))?;
    let rows = statement.query_map([case_id], hypothesis)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One hypothesis of a case.
pub(crate) fn find_hypothesis(
    db: &Connection,
    case_id: &str,
    id: &str,
) -> Result<Option<Hypothesis>, StoreError> {
    let sql = format!("{HYPOTHESIS} WHERE case_id = ?1 AND hypothesis_id = ?2");
    Ok(db.query_row(&sql, params![case_id, id], hypothesis).optional()?)
}

/// Notes the user's verdict on a hypothesis.
pub(crate) fn decide(
    db: &Connection,
    hypothesis_id: &str,
    state: &str,
    now: Moment,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE hypotheses SET state = ?2, decided_ms = ?3 WHERE hypothesis_id = ?1",
        params![hypothesis_id, state, now.0],
    )?;
    Ok(())
}
