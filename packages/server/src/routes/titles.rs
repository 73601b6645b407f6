//! A name for a case, made on request from what the case holds.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::caller::Caller;
use super::cases::found;
use super::query::Fields;
use crate::app::App;
use crate::keys::{self, TITLE_SOURCE};
use crate::outcome::committed;
use crate::refusal::Refusal;
use crate::store::cases::{self, Case, TitleSource};
use crate::store::receipts::{self, Receipt, Scope};
use crate::store::{findings, messages};
use crate::wire_types::meta::Titled;
use crate::wire_types::requests::TitleWish;
use crate::{body, naming, secrets, words};

/// Characters of each question that a name may be made from.
const QUESTION_CHARS: u32 = 500;

/// `POST /cases/{id}/title`: a name that someone gave stays, unless `force` is set.
pub(super) async fn generate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    fields: Fields,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let key = keys::key_of(&headers)?;
    let mut wish: TitleWish = body::optional_json(&headers, &body)?;
    wish.force |= fields.flag("force", false)?;
    let max_words = wish.max_words.unwrap_or(naming::DEFAULT_WORDS);
    if !(3..=12).contains(&max_words) {
        return Err(Refusal::invalid("max_words", words::range(3, 12)));
    }
    let user_id = caller.user.user_id;
    let route = format!("POST /api/v1/cases/{case_id}/title");
    let scope = key.map(|key| Scope { user_id: user_id.clone(), route, key });
    let content_hash =
        secrets::content_digest(format!("{} {max_words} {:?}", wish.force, wish.hint).as_bytes());
    let now = app.clock.now();
    app.store
        .write(move |db| {
            let mut case = found(cases::find(db, &user_id, &case_id)?)?;
            if let Some(scope) = &scope
                && let Some(receipt) = keys::earlier(db, scope, &content_hash)?
            {
                return Ok(keys::replay(receipt));
            }
            if case.state.is_terminal() {
                return Err(Refusal::terminal(&case_id));
            }
            let source = if case.title_source == TitleSource::User && !wish.force {
                "existing"
            } else {
                case.title = name(db, &case, wish.hint.as_deref(), max_words)?;
                case.title_source = TitleSource::Content;
                case.updated = now;
                cases::update(db, &case)?;
                "fallback"
            };
            let answer = Titled { schema_version: "3.1.0", title: case.title };
            let stored = serde_json::to_string(&answer).map_err(|_| Refusal::internal())?;
            if let Some(scope) = &scope {
                let receipt = Receipt {
                    content_hash,
                    status: 200,
                    location: None,
                    title_source: Some(source.to_owned()),
                    answer: Some(stored),
                    turn_number: None,
                };
                receipts::insert(db, scope, &receipt, now)?;
            }
            let mut response = Json(answer).into_response();
            response.headers_mut().insert(TITLE_SOURCE, HeaderValue::from_static(source));
            Ok(committed(response))
        })
        .await
}

/// What the findings say first, then the hint, then the user's own words.
fn name(
    db: &rusqlite::Connection,
    case: &Case,
    hint: Option<&str>,
    max_words: u32,
) -> Result<String, Refusal> {
    let hypotheses = findings::hypotheses(db, &case.case_id)?;
    let best = hypotheses
        .iter()
        .find(|hypothesis| hypothesis.state == "validated")
        .or_else(|| hypotheses.iter().rev().find(|hypothesis| hypothesis.state == "active"));
    if let Some(hypothesis) = best {
        return Ok(naming::limit_words(&hypothesis.statement, max_words));
    }
    let questions = messages::questions(db, &case.case_id, QUESTION_CHARS)?;
    let texts = hint.into_iter().chain(questions.iter().map(String::as_str));
    naming::from_texts(texts, max_words).ok_or_else(|| {
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "NOTHING_TO_NAME", words::NOTHING_TO_NAME)
    })
}
