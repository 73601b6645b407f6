//! Every request of this client, held against the document that the local server publishes: known address, known query fields,
//! known body fields of the right types.

use copilot_core::model::{CaseState, Data, FileBytes, Intention};
use copilot_core::request::Job;
use serde_json::{Map, Value, json};

use super::*;

fn requests() -> Vec<HttpRequest> {
    let case = RealId::parse("c-1").unwrap();
    let key = "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap();
    let turn =
        |turn: copilot_core::model::Turn| Request::SubmitTurn { key, case: case.clone(), turn: turn.into() };
    let file = Data::File {
        name: "a.log".into(),
        media_type: "text/plain".into(),
        bytes: FileBytes::new(&b"x"[..]),
    };
    let page = Data::Page { url: "https://x.example".into(), title: "T".into(), text: "y".into() };
    let step = Intention::StatusTransition { from: CaseState::Inquiry, to: CaseState::Closed };
    let turns = [
        (None, None),
        (Some(Data::Paste { text: "log".into() }), None),
        (Some(file), None),
        (Some(page), None),
        (None, Some(step)),
    ]
    .map(|(data, intention)| turn(copilot_core::model::Turn { text: "why".into(), data, intention }));
    let plain = [
        Request::ListCases { offset: 0, limit: 100 },
        Request::SearchCases { text: "drain 503".into(), limit: 20 },
        Request::ReadCase { case: case.clone() },
        Request::ReadDetails { case: case.clone() },
        Request::ListMessages { case: case.clone(), offset: 4, limit: 100 },
        Request::CreateCase { key },
        Request::PollJob { case: case.clone(), job: Job("/api/v1/cases/c-1/turns/jobs/j-1".into()) },
        Request::Rename { case: case.clone(), title: "Drain".into() },
        Request::GenerateTitle { key, case: case.clone() },
        Request::Delete { case: case.clone() },
    ];
    let token = Secret::new("t-1").unwrap();
    let mut all: Vec<HttpRequest> = plain.iter().chain(&turns).filter_map(request).collect();
    let named = json!({ "username": "kim", "password": "p", "email": "k@x.example", "display_name": "Kim" });
    all.extend([
        files(&case),
        probe("/v1/meta/capabilities"),
        probe("/api/v1/meta/capabilities"),
        probe("/api/v1/auth/config"),
        sign_in(Call::Login, "/api/v1/auth/login", &named),
        sign_in(Call::Register, "/api/v1/auth/register", &named),
        sign_in(Call::StartToken, "/api/v1/auth/token", &json!({ "token": "t-1" })),
        refresh(&token),
        open_session("inst-0001"),
        heartbeat(&SessionId::parse("s-1").unwrap()),
        sign_out(),
    ]);
    all
}

/// The operation of the document that a request is.
fn operation<'a>(document: &'a Value, http: &HttpRequest) -> Option<&'a Value> {
    let path = http.path.split('?').next().unwrap_or_default();
    let method = http.method.as_str().to_ascii_lowercase();
    let fits = |pattern: &str| {
        let (mut own, mut theirs) = (path.split('/'), pattern.split('/'));
        own.by_ref().count() == theirs.by_ref().count()
            && path
                .split('/')
                .zip(pattern.split('/'))
                .all(|(own, theirs)| theirs.starts_with('{') || own == theirs)
    };
    let mut paths = document["paths"].as_object()?.iter().filter(|(pattern, _)| fits(pattern));
    paths.find_map(|(_, methods)| methods.get(&method))
}

/// The parts of a form by name, as text.
fn parts(content: &Content) -> Value {
    let text = String::from_utf8_lossy(&content.bytes).into_owned();
    let boundary = content.media_type.split_once("boundary=").unwrap().1;
    let mut fields = Map::new();
    for part in text.split(&format!("--{boundary}")).filter(|part| part.contains("name=\"")) {
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let name = head.split_once("name=\"").unwrap().1.split('"').next().unwrap();
        fields.insert(name.to_owned(), body.trim_end_matches("\r\n").into());
    }
    Value::Object(fields)
}

/// Holds a body against the schema of the document, and gives its errors.
fn errors(document: &Value, schema: &Value, body: &Value) -> Vec<String> {
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    let validator = jsonschema::validator_for(&whole).unwrap();
    validator.iter_errors(body).map(|error| error.to_string()).collect()
}

#[test]
fn every_request_is_one_that_the_published_document_knows() {
    let document = copilot_server::openapi_document();
    for http in requests() {
        let told = format!("{} {}", http.method.as_str(), http.path);
        let operation = operation(&document, &http).unwrap_or_else(|| panic!("{told} is not published"));
        let parameters = operation["parameters"].as_array().unwrap();
        for pair in http
            .path
            .split_once('?')
            .map_or("", |(_, query)| query)
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let name = pair.split('=').next().unwrap();
            assert!(parameters.iter().any(|known| known["name"] == name), "{told}: {name}");
        }
        let Some(content) = &http.content else { continue };
        let kind = content.media_type.split(';').next().unwrap();
        let schema = &operation["requestBody"]["content"][kind]["schema"];
        let name = schema["$ref"].as_str().unwrap_or_else(|| panic!("{told} takes no {kind}"));
        let body = match kind {
            "multipart/form-data" => parts(content),
            _ => serde_json::from_slice(&content.bytes).unwrap(),
        };
        let errors = errors(&document, schema, &body);
        assert!(errors.is_empty(), "{told}: {errors:?}\n{body:#}");
        let known = &document.pointer(name.trim_start_matches('#')).unwrap()["properties"];
        for field in body.as_object().unwrap().keys() {
            assert!(known.get(field).is_some(), "{told}: {field} is not in the document");
        }
    }
}

/// The reference document, where it is: named by the environment, or beside the checkout.
fn reference() -> Option<Value> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/contract/openapi-2.0.0.json");
    let file = std::env::var_os("COPILOT_CONTRACT_OPENAPI").unwrap_or_else(|| beside.into());
    Some(serde_json::from_str(&std::fs::read_to_string(file).ok()?).unwrap())
}

/// OAuth is not the local server's, so its calls stand in the reference alone.
#[test]
fn every_request_of_an_oauth_sign_in_is_one_that_the_reference_knows() {
    let Some(document) = reference() else { return };
    let offer = crate::OAuthOffer {
        dashboard: "https://d.example".into(),
        client_id: "faultmaven-copilot".into(),
        scopes: Vec::new(),
    };
    let authorization = Authorization::begin(&offer, "http://127.0.0.1:1/cb").unwrap();
    let token = Secret::new("t-1").unwrap();
    for http in [
        exchange_code(&authorization, &token),
        oauth_refresh("faultmaven-copilot", &token),
        oauth_revoke("faultmaven-copilot", &token),
    ] {
        let operation = operation(&document, &http).unwrap_or_else(|| panic!("{} is unknown", http.path));
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body: Value = serde_json::from_slice(&http.content.as_ref().unwrap().bytes).unwrap();
        assert_eq!(errors(&document, schema, &body), Vec::<String>::new(), "{}: {body:#}", http.path);
        for field in body.as_object().unwrap().keys() {
            assert!(schema["properties"].get(field).is_some(), "{}: {field} is unknown", http.path);
        }
    }
}
