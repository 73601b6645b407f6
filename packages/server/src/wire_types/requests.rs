//! The requests of contract 2.0.0 as types. Unknown fields never matter.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Body of a sign-in and of a registration.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SignInRequest {
    pub(crate) username: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) display_name: Option<String>,
    #[serde(default)]
    pub(crate) password: Option<String>,
}

/// Body of the exchange of a start link.
#[derive(Deserialize, ToSchema)]
pub(crate) struct StartLink {
    pub(crate) token: String,
    /// A secret that the one who uses the link makes for this use; who knows it may repeat the use for a minute.
    pub(crate) claim: Option<String>,
}

/// Body of a refresh.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RefreshRequest {
    pub(crate) refresh_token: String,
}

/// Body of `POST /sessions`.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct NewSession {
    #[serde(default)]
    pub(crate) client_id: Option<String>,
    #[serde(default)]
    pub(crate) session_type: Option<String>,
    #[serde(default)]
    pub(crate) timeout_minutes: Option<u32>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Value>,
}

/// Body of `POST /cases`.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct NewCase {
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) initial_message: Option<String>,
}

/// Body of `PUT /cases/{id}`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CaseChange {
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) state: Option<String>,
}

/// Body of `POST /cases/search`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Search {
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default)]
    pub(crate) limit: Option<u32>,
}

/// Body of `POST /cases/{id}/title`.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct TitleWish {
    #[serde(default)]
    pub(crate) max_words: Option<u32>,
    #[serde(default)]
    pub(crate) hint: Option<String>,
    #[serde(default)]
    pub(crate) force: bool,
}

/// The parts of a turn's form; `turns::form` reads them one by one.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form that is read as a stream")]
pub(crate) struct TurnParts {
    query: Option<String>,
    pasted_content: Option<String>,
    /// One file.
    #[schema(format = Binary)]
    files: Option<String>,
    input_type: Option<String>,
    source_url: Option<String>,
    observed_at: Option<String>,
    intent_type: Option<String>,
    /// JSON as text.
    intent_data: Option<String>,
}

/// Body of every refusal.
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What went wrong.
    detail: ProblemDetail,
    /// The same as the header `x-error-code`.
    code: String,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what `refusal` builds field by field")]
enum ProblemDetail {
    /// A plain sentence.
    Sentence(String),
    /// One entry per field that is wrong.
    Fields(Vec<FieldProblem>),
}

/// A field that is wrong.
#[derive(Serialize, ToSchema)]
struct FieldProblem {
    #[serde(rename = "type")]
    kind: String,
    loc: Vec<String>,
    msg: String,
}
