//! From the earlier extension's JSON to what can be taken over.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{LegacyError, TakenCase, TakenRow, TakenTurn, Takeover, dates};
use crate::ids::RealId;
use crate::ordered::{OrderedMap, OrderedSet};
use crate::time::Wall;

/// Reads the storage of the earlier extension. Nothing is changed anywhere.
///
/// # Errors
/// [`LegacyError`] if the text is something else altogether.
pub fn read(text: &str) -> Result<Takeover, LegacyError> {
    let value: Value = serde_json::from_str(text).map_err(|error| LegacyError::NotJson(error.to_string()))?;
    let of = |name: &str| value.get(name).and_then(Value::as_object);
    let known = ["conversationTitles", "conversations", "pendingOperations", "idMappings"];
    if !known.iter().any(|name| value.get(name).is_some()) {
        return Err(LegacyError::NothingKnown);
    }
    let mapped = of("idMappings").and_then(|map| map.get("optimisticToReal")?.as_object());
    let mut takeover = Takeover::default();
    let mut cases: OrderedMap<String, TakenCase> = OrderedMap::new();

    for (id, title) in of("conversationTitles").into_iter().flatten() {
        let case = case_of(&mut cases, id, mapped);
        case.title = text_in(title).map(Arc::from).or(case.title.take());
    }
    for id in value.get("pinnedCases").and_then(Value::as_array).into_iter().flatten().filter_map(text_in) {
        case_of(&mut cases, id, mapped).pinned = true;
    }
    for (id, rows) in of("conversations").into_iter().flatten() {
        let case = case_of(&mut cases, id, mapped);
        for row in rows.as_array().into_iter().flatten() {
            if !take_row(case, row) {
                takeover.refused += 1;
            }
        }
    }
    for (id, operation) in of("pendingOperations").into_iter().flatten() {
        if !take_operation(&mut cases, mapped, id, operation) {
            takeover.refused += 1;
        }
    }
    takeover.cases = cases.into_values().filter(|case| !case.is_empty()).collect();
    Ok(takeover)
}

impl TakenCase {
    fn is_empty(&self) -> bool {
        let words = !self.rows.is_empty() || !self.turns.is_empty();
        !words && self.title.is_none() && self.wished_title.is_none() && !self.pinned
    }
}

/// The case of an id; both ids of one case name the same.
fn case_of<'a>(
    cases: &'a mut OrderedMap<String, TakenCase>,
    id: &str,
    mapped: Option<&Map<String, Value>>,
) -> &'a mut TakenCase {
    let id = mapped.and_then(|map| map.get(id)?.as_str()).unwrap_or(id);
    cases.entry(id.to_owned()).or_insert_with(|| TakenCase {
        id: id.into(),
        real: RealId::parse(id).ok(),
        title: None,
        wished_title: None,
        pinned: false,
        rows: Vec::new(),
        turns: Vec::new(),
    })
}

fn text_in(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}

fn field<'a>(row: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| row.get(name).and_then(text_in))
}

fn flag(row: &Value, name: &str) -> bool {
    row.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn moment(row: &Value, name: &str) -> Wall {
    let value = row.get(name);
    let text = value.and_then(Value::as_str).and_then(dates::unix_ms_of);
    Wall(text.or_else(|| value.and_then(Value::as_u64)).unwrap_or(0))
}

/// Takes one row of a conversation over. False if it says nothing that can be understood.
fn take_row(case: &mut TakenCase, row: &Value) -> bool {
    let Some(id) = field(row, &["id"]) else { return false };
    let role = row.get("role").and_then(Value::as_str);
    let said = field(row, &["question", "user_input"])
        .or_else(|| field(row, &["content"]).filter(|_| role == Some("user")));
    let answered = field(row, &["response"])
        .or_else(|| field(row, &["content"]).filter(|_| role == Some("assistant")))
        .filter(|_| !flag(row, "error") && !flag(row, "loading"));
    let turn = row.get("turn_number").and_then(Value::as_u64).and_then(|turn| u32::try_from(turn).ok());
    let at = moment(row, "timestamp");
    let confirmed = !flag(row, "optimistic") && !flag(row, "failed") && !flag(row, "loading");
    match (said, answered, RealId::parse(id).ok().filter(|_| confirmed)) {
        // One side under the server's own id: a row that the server has.
        (Some(text), None, Some(id)) => {
            case.rows.push(TakenRow { id, by_person: true, text: text.into(), turn, at });
        }
        (None, Some(text), Some(id)) => {
            case.rows.push(TakenRow { id, by_person: false, text: text.into(), turn, at });
        }
        (Some(text), answer, _) => {
            let answer = answer.map(Arc::from);
            let operation = field(row, &["pendingOperationId"]).and_then(|id| id.parse().ok());
            case.turns.push(TakenTurn { id: id.into(), operation, text: text.into(), answer, turn, at });
        }
        // An answer by itself belongs to the last words that have none.
        (None, Some(text), None) => match case.turns.last_mut().filter(|turn| turn.answer.is_none()) {
            Some(waiting) => waiting.answer = Some(text.into()),
            None => return false,
        },
        // A row that only said that it was thinking is no loss.
        (None, None, _) => return flag(row, "loading") || flag(row, "error"),
    }
    true
}

/// Takes an operation over that was not completed, unless a conversation has its words already.
fn take_operation(
    cases: &mut OrderedMap<String, TakenCase>,
    mapped: Option<&Map<String, Value>>,
    id: &str,
    operation: &Value,
) -> bool {
    let status = operation.get("status").and_then(Value::as_str);
    if matches!(status, Some("completed" | "rolled_back")) {
        return true;
    }
    let Some(data) = operation.get("optimisticData") else { return false };
    let case = field(data, &["case_id", "caseId", "optimisticCaseId"]);
    let at = moment(operation, "createdAt");
    match (operation.get("type").and_then(Value::as_str), case) {
        (Some("update_title"), Some(case)) => match field(data, &["title", "newTitle"]) {
            Some(title) => case_of(cases, case, mapped).wished_title = Some(title.into()),
            None => return false,
        },
        (Some("submit_query" | "upload_data"), Some(case)) => {
            let Some(text) = field(data, &["question", "query", "user_input", "content"]) else {
                return false;
            };
            let case = case_of(cases, case, mapped);
            let here: OrderedSet<&str> = case
                .turns
                .iter()
                .map(|turn| &*turn.text)
                .chain(case.rows.iter().filter(|row| row.by_person).map(|row| &*row.text))
                .collect();
            if !here.contains(text) {
                let text = text.into();
                let operation = id.parse().ok();
                case.turns.push(TakenTurn { id: id.into(), operation, text, answer: None, turn: None, at });
            }
        }
        (Some("create_case"), Some(case)) => drop(case_of(cases, case, mapped)),
        _ => return false,
    }
    true
}
