//! The requests of the queries dialect (contract 3).
//!
//! One turn can be several requests there: a change of status, a file, a question. Each has a key of its
//! own, made from the operation's, so each runs once on servers that honour keys. The current session
//! stands in some bodies; these servers compare keys only, never contents.

use copilot_core::ids::{OperationId, RealId};
use copilot_core::model::{CaseState, Data, Intention, Turn};
use serde_json::json;

use super::multipart::{Form, Part};
use super::{HttpRequest, Key, Method, PAGE_ROWS, case_path, segment};
use crate::call::Call;
use crate::credentials::SessionId;
use crate::wire;

/// What is asked about a file that comes without words.
const ABOUT_A_FILE: &str = "What does this show?";

/// A page of cases. Pages are counted from 1; `skip` rows of the page lie before `offset`.
pub(crate) struct CasePage {
    pub(crate) http: HttpRequest,
    pub(crate) limit: u32,
    pub(crate) skip: u32,
}

pub(crate) fn cases(offset: u32, limit: u32) -> CasePage {
    let limit = limit.clamp(*PAGE_ROWS.start(), *PAGE_ROWS.end());
    let page = offset / limit + 1;
    let path = format!("/api/v1/cases?page={page}&limit={limit}&include_empty=true");
    CasePage { http: HttpRequest::new(Call::ListCases, Method::Get, path), limit, skip: offset % limit }
}

pub(crate) fn create_case(key: OperationId) -> HttpRequest {
    let request = HttpRequest::new(Call::CreateCase, Method::Post, "/api/v1/cases");
    let body = json!({ "title": wire::UNNAMED, "priority": "medium" });
    HttpRequest { key: Some(Key::with_suffix(key, "-q")), ..request.with_json(&body) }
}

/// The steps of a turn, in their order.
pub(crate) struct Steps {
    /// A change of status that the turn asks for.
    pub(crate) status: Option<HttpRequest>,
    pub(crate) file: Option<HttpRequest>,
    pub(crate) question: HttpRequest,
    /// The words of the question, by which its row is recognised.
    pub(crate) words: String,
    /// Whether the person said something: without words, the answer to the file is the answer.
    pub(crate) spoken: bool,
}

pub(crate) fn turn(key: OperationId, case: &RealId, turn: &Turn, session: &SessionId) -> Steps {
    let words = words(turn);
    let body = json!({
        "session_id": session.as_str(),
        "query": words,
        "context": {},
        "priority": "medium",
    });
    let question = HttpRequest::new(Call::SubmitTurn, Method::Post, queries_path(case)).with_json(&body);
    Steps {
        status: turn.intention.as_ref().and_then(|intention| status(case, intention)),
        file: turn.data.as_ref().and_then(|data| file(key, case, data, session)),
        question: HttpRequest { key: Some(Key::with_suffix(key, "-q")), ..question },
        words,
        spoken: !turn.text.trim().is_empty(),
    }
}

/// The question: the person's words, and text that is no file.
fn words(turn: &Turn) -> String {
    let spoken = turn.text.trim();
    let data = match &turn.data {
        None => return turn.text.as_ref().to_owned(),
        Some(Data::File { name, .. }) if spoken.is_empty() => {
            return format!("{ABOUT_A_FILE} ({name})");
        }
        Some(Data::File { .. }) => return turn.text.as_ref().to_owned(),
        Some(Data::Paste { text }) => text.as_ref().to_owned(),
        Some(Data::Page { url, title, text }) => format!("{title}\n{url}\n\n{text}"),
    };
    if spoken.is_empty() { data } else { format!("{}\n\n{data}", turn.text) }
}

fn file(key: OperationId, case: &RealId, data: &Data, session: &SessionId) -> Option<HttpRequest> {
    let Data::File { name, media_type, bytes } = data else {
        return None;
    };
    let mut form = Form::default();
    form.push(Part::file("file", name, media_type, bytes.as_slice()));
    form.push(Part::text("session_id", session.as_str()));
    let request = HttpRequest::new(Call::Upload, Method::Post, format!("{}/data", case_path(case)));
    Some(HttpRequest { key: Some(Key::with_suffix(key, "-d")), content: Some(form.encode(key)), ..request })
}

/// The change of status that an intention asks for. This dialect knows no other intentions.
fn status(case: &RealId, intention: &Intention) -> Option<HttpRequest> {
    let Intention::StatusTransition { to, .. } = intention else {
        return None;
    };
    let status = match to {
        CaseState::Inquiry => "active",
        CaseState::Investigating => "investigating",
        CaseState::Resolved => "resolved",
        CaseState::Closed => "archived",
        _ => return None,
    };
    let request = HttpRequest::new(Call::Rename, Method::Put, case_path(case));
    Some(request.with_json(&json!({ "status": status })))
}

/// Where questions of a case are sent; a relative `Location` of a job is relative to this.
pub(crate) fn queries_path(case: &RealId) -> String {
    format!("{}/queries", case_path(case))
}

/// Where the answer to a question is fetched when the server hides the `Location`.
pub(crate) fn job_path(case: &RealId, job: &RealId) -> String {
    format!("{}/{}", queries_path(case), segment(job.as_str()))
}
