//! The OpenAPI document of the turns dialect, made from the types that are sent (`utoipa`).
//!
//! Which address takes and gives what stands in one table, [`OPERATIONS`]; tests call every row of it and hold the answers
//! against the document.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::wire_types::meta::{
    Alive, AuthConfig, Capabilities, CaseUpdated, JobAccepted, JobState, SignedOut, Titled,
};
use crate::wire_types::requests::{
    CaseChange, NewCase, NewSession, Problem, RefreshRequest, Search, SignInRequest, StartLink, TitleWish,
    TurnParts,
};
use crate::wire_types::ui::CaseUi;
use crate::wire_types::{
    CaseDetail, CaseList, CaseSummary, MessageList, Refreshed, SessionAnswer, SignedIn, TurnAnswer,
    UploadDetail, UploadList, UserInfo,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "FaultMaven API as the local server speaks it", version = "2.0.0", description = ""),
    components(schemas(
        Alive,
        AuthConfig,
        Capabilities,
        CaseChange,
        CaseDetail,
        CaseList,
        CaseSummary,
        CaseUi,
        CaseUpdated,
        JobAccepted,
        JobState,
        MessageList,
        NewCase,
        NewSession,
        Problem,
        Refreshed,
        RefreshRequest,
        Search,
        SessionAnswer,
        SignedIn,
        SignedOut,
        SignInRequest,
        StartLink,
        TitleWish,
        Titled,
        TurnAnswer,
        TurnParts,
        UploadDetail,
        UploadList,
        UserInfo
    ))
)]
struct Components;

/// What a call takes as its body.
enum Takes {
    Nothing,
    Json(&'static str),
    Form(&'static str),
}

/// What a call gives when it works.
#[derive(Clone, Copy)]
enum Gives {
    Nothing,
    One(&'static str),
    Many(&'static str),
}

use Gives::{Many, One};
use Takes::{Form, Json, Nothing};

type Operation = (&'static str, &'static str, Takes, &'static [(u16, Gives)], &'static [&'static str]);

/// Method, path, body, successes, query fields.
const OPERATIONS: [Operation; 26] = [
    ("get", "/v1/meta/capabilities", Nothing, &[(200, One("Capabilities"))], &[]),
    ("get", "/api/v1/meta/capabilities", Nothing, &[(200, One("Capabilities"))], &[]),
    ("get", "/api/v1/auth/config", Nothing, &[(200, One("AuthConfig"))], &[]),
    ("post", "/api/v1/auth/login", Json("SignInRequest"), &[(200, One("SignedIn"))], &[]),
    ("post", "/api/v1/auth/register", Json("SignInRequest"), &[(201, One("SignedIn"))], &[]),
    ("post", "/api/v1/auth/token", Json("StartLink"), &[(200, One("SignedIn"))], &[]),
    ("post", "/api/v1/auth/refresh", Json("RefreshRequest"), &[(200, One("Refreshed"))], &[]),
    ("get", "/api/v1/auth/me", Nothing, &[(200, One("UserInfo"))], &[]),
    ("post", "/api/v1/auth/logout", Nothing, &[(200, One("SignedOut"))], &[]),
    ("post", "/api/v1/sessions", Json("NewSession"), &[(201, One("SessionAnswer"))], &[]),
    ("get", "/api/v1/sessions/{session_id}", Nothing, &[(200, One("SessionAnswer"))], &[]),
    ("delete", "/api/v1/sessions/{session_id}", Nothing, &[(204, Gives::Nothing)], &[]),
    ("post", "/api/v1/sessions/{session_id}/heartbeat", Nothing, &[(200, One("Alive"))], &[]),
    (
        "get",
        "/api/v1/cases",
        Nothing,
        &[(200, One("CaseList"))],
        &["limit", "offset", "state", "source", "team_id"],
    ),
    ("post", "/api/v1/cases", Json("NewCase"), &[(201, One("CaseSummary"))], &[]),
    ("post", "/api/v1/cases/search", Json("Search"), &[(200, Many("CaseSummary"))], &[]),
    ("get", "/api/v1/cases/{case_id}", Nothing, &[(200, One("CaseDetail"))], &[]),
    ("put", "/api/v1/cases/{case_id}", Json("CaseChange"), &[(200, One("CaseUpdated"))], &[]),
    ("delete", "/api/v1/cases/{case_id}", Nothing, &[(204, Gives::Nothing)], &[]),
    ("get", "/api/v1/cases/{case_id}/ui", Nothing, &[(200, One("CaseUi"))], &[]),
    ("get", "/api/v1/cases/{case_id}/messages", Nothing, &[(200, One("MessageList"))], &["limit", "offset"]),
    ("post", "/api/v1/cases/{case_id}/title", Json("TitleWish"), &[(200, One("Titled"))], &["force"]),
    (
        "post",
        "/api/v1/cases/{case_id}/turns",
        Form("TurnParts"),
        &[(200, One("TurnAnswer")), (202, One("JobAccepted"))],
        &[],
    ),
    (
        "get",
        "/api/v1/cases/{case_id}/turns/jobs/{job_id}",
        Nothing,
        &[(200, One("JobState")), (202, One("JobState"))],
        &[],
    ),
    (
        "get",
        "/api/v1/cases/{case_id}/uploaded-files",
        Nothing,
        &[(200, One("UploadList"))],
        &["limit", "offset", "sort_by", "sort_order"],
    ),
    ("get", "/api/v1/cases/{case_id}/uploaded-files/{file_id}", Nothing, &[(200, One("UploadDetail"))], &[]),
];

/// The document, as JSON.
#[must_use]
pub fn document() -> Value {
    let mut document = serde_json::to_value(Components::openapi()).unwrap_or_default();
    let mut paths: Map<String, Value> = Map::new();
    for (method, path, takes, gives, query) in OPERATIONS {
        let entry = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(method.to_owned(), operation(path, &takes, gives, query));
        }
    }
    if let Some(document) = document.as_object_mut() {
        document.insert("paths".to_owned(), Value::Object(paths));
    }
    document
}

fn operation(path: &str, takes: &Takes, gives: &[(u16, Gives)], query: &[&str]) -> Value {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let text = json!({ "type": "string" });
    let parameters: Vec<Value> = in_path
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text }))
        .chain(
            query
                .iter()
                .map(|name| json!({ "name": name, "in": "query", "required": false, "schema": text })),
        )
        .collect();
    let mut responses: Map<String, Value> =
        gives.iter().map(|(status, gives)| (status.to_string(), answer(*gives))).collect();
    let problem = json!({ "description": "A refusal", "content": { "application/json": { "schema": named("Problem") } } });
    responses.insert("4XX".to_owned(), problem.clone());
    responses.insert("5XX".to_owned(), problem);
    let mut operation = json!({ "parameters": parameters, "responses": responses });
    let body = match takes {
        Nothing => None,
        Json(name) => Some(("application/json", name)),
        Form(name) => Some(("multipart/form-data", name)),
    };
    if let (Some((kind, name)), Some(operation)) = (body, operation.as_object_mut()) {
        operation
            .insert("requestBody".to_owned(), json!({ "content": { (kind): { "schema": named(name) } } }));
    }
    operation
}

fn answer(gives: Gives) -> Value {
    match gives {
        Gives::Nothing => json!({ "description": "Done" }),
        One(name) => {
            json!({ "description": "Done", "content": { "application/json": { "schema": named(name) } } })
        }
        Many(name) => json!({
            "description": "Done",
            "content": { "application/json": { "schema": { "type": "array", "items": named(name) } } },
        }),
    }
}

fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
