//! The published document: every call in it is made, every answer is held against it, and where the reference of contract
//! 2.0.0 is at hand the document is held against that.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use copilot_server::openapi_document;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{LOG, World, file};

/// Names the file with the reference document; without it a place beside the checkout is looked at.
const REFERENCE: &str = "COPILOT_CONTRACT_OPENAPI";

/// Holds answers against the document and notes which calls were made.
struct Judge {
    document: Value,
    called: BTreeSet<(String, String)>,
}

impl Judge {
    fn new() -> Self {
        Self { document: openapi_document(), called: BTreeSet::new() }
    }

    async fn holds(&mut self, method: &str, pattern: &str, answer: Response) -> Value {
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let operation = &self.document["paths"][pattern][method];
        assert!(operation.is_object(), "{method} {pattern} is not in the document");
        let by_class = format!("{}XX", status / 100);
        let responses = &operation["responses"];
        let response = responses.get(status.to_string()).or_else(|| responses.get(by_class)).cloned();
        let response =
            response.unwrap_or_else(|| panic!("{method} {pattern} may not answer {status}: {text}"));
        if status < 300 {
            self.called.insert((method.to_owned(), pattern.to_owned()));
        }
        let schema = response["content"]["application/json"]["schema"].clone();
        if schema.is_null() {
            assert_eq!(text, "", "{method} {pattern}");
            return Value::Null;
        }
        let body: Value = serde_json::from_str(&text).unwrap();
        self.fits(&schema, &body, &format!("{method} {pattern} {status}"));
        body
    }

    fn fits(&self, schema: &Value, body: &Value, what: &str) {
        let whole = json!({ "allOf": [schema], "components": self.document["components"] });
        let validator = jsonschema::validator_for(&whole).unwrap();
        let errors: Vec<String> = validator.iter_errors(body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {errors:?}\n{body:#}");
    }
}

#[tokio::test]
async fn every_answer_fits_the_published_document() {
    let world = World::new().await;
    let mut judge = Judge::new();
    let get = |path: String| world.get(&path).send();
    let post = |path: &str, body: Value| world.post(path).json(&body).send();
    for path in
        ["/v1/meta/capabilities", "/api/v1/meta/capabilities", "/api/v1/auth/config", "/api/v1/auth/me"]
    {
        judge.holds("get", path, get(path.to_owned()).await.unwrap()).await;
    }
    let auth = "/api/v1/auth";
    for (end, body) in [
        ("register", json!({ "username": "piotr", "email": "p@example.test" })),
        ("register", json!({ "username": "x" })),
        ("token", json!({ "token": world.server.start_token() })),
        ("token", json!({ "token": "wrong" })),
        ("login", json!({ "username": "nobody" })),
    ] {
        let path = format!("{auth}/{end}");
        judge.holds("post", &path, post(&path, body).await.unwrap()).await;
    }
    let login = format!("{auth}/login");
    let signed_in = post(&login, json!({ "username": "piotr" })).await.unwrap();
    let signed_in = judge.holds("post", &login, signed_in).await;
    let refresh = format!("{auth}/refresh");
    let body = json!({ "refresh_token": signed_in["refresh_token"] });
    let fresh = judge.holds("post", &refresh, post(&refresh, body).await.unwrap()).await;
    let logout = format!("{auth}/logout");
    let leave = world.bare(Method::POST, &logout).bearer_auth(fresh["access_token"].as_str().unwrap());
    judge.holds("post", &logout, leave.send().await.unwrap()).await;

    let sessions = "/api/v1/sessions";
    let body = json!({ "client_id": "inst-1", "timeout_minutes": 60, "metadata": { "surface": "test" } });
    let session = judge.holds("post", sessions, post(sessions, body).await.unwrap()).await;
    let id = session["session_id"].as_str().unwrap();
    judge.holds("get", "/api/v1/sessions/{session_id}", get(format!("{sessions}/{id}")).await.unwrap()).await;
    let beat = post(&format!("{sessions}/{id}/heartbeat"), json!({})).await.unwrap();
    judge.holds("post", "/api/v1/sessions/{session_id}/heartbeat", beat).await;
    let end = world.bare(Method::DELETE, &format!("{sessions}/{id}")).bearer_auth(&world.token);
    judge.holds("delete", "/api/v1/sessions/{session_id}", end.send().await.unwrap()).await;

    cases(&world, &mut judge).await;
    let document = judge.document["paths"].as_object().unwrap();
    for (pattern, methods) in document {
        for method in methods.as_object().unwrap().keys() {
            let call = (method.clone(), pattern.clone());
            assert!(judge.called.contains(&call), "{call:?} is published and never called here");
        }
    }
    let served: Value = world.bare(Method::GET, "/openapi.json").send().await.unwrap().json().await.unwrap();
    assert_eq!(served, judge.document);
}

async fn cases(world: &World, judge: &mut Judge) {
    let get = |path: String| world.get(&path).send();
    let created = world.post("/api/v1/cases").json(&json!({ "title": null })).send().await.unwrap();
    let case = judge.holds("post", "/api/v1/cases", created).await["case_id"].as_str().unwrap().to_owned();
    let base = format!("/api/v1/cases/{case}");
    let pattern = |end: &str| format!("/api/v1/cases/{{case_id}}{end}");
    let ui = async |judge: &mut Judge| {
        judge.holds("get", &pattern("/ui"), get(format!("{base}/ui")).await.unwrap()).await
    };
    ui(judge).await;
    let turn = world.turn_form(&case, "key-00000001", file("checkout.log", LOG)).send().await.unwrap();
    judge.holds("post", &pattern("/turns"), turn).await;
    let empty = world.turn(&case, "key-00000002", " ").send().await.unwrap();
    judge.holds("post", &pattern("/turns"), empty).await;
    let long = world.turn(&case, "key-00000003", &"error ".repeat(60_000)).send().await.unwrap();
    let location = long.headers()["location"].to_str().unwrap().to_owned();
    judge.holds("post", &pattern("/turns"), long).await;
    world.job(&location).await;
    judge.holds("get", &pattern("/turns/jobs/{job_id}"), get(location).await.unwrap()).await;
    let step = |from: &str, to: &str| json!({ "type": "status_transition", "from_state": from, "to_state": to, "user_confirmed": true });
    for (key, from, to) in
        [("key-00000004", "inquiry", "investigating"), ("key-00000005", "investigating", "resolved")]
    {
        let turn = world.intend(&case, key, &step(from, to)).await;
        judge.holds("post", &pattern("/turns"), turn).await;
        assert_eq!(ui(judge).await["state"], to);
    }
    let closed = world.intend(&case, "key-00000006", &step("resolved", "closed")).await;
    judge.holds("post", &pattern("/turns"), closed).await;
    judge.holds("get", &pattern("/messages"), get(format!("{base}/messages?limit=2")).await.unwrap()).await;
    judge.holds("get", &pattern(""), get(base.clone()).await.unwrap()).await;
    judge.holds("get", "/api/v1/cases", get("/api/v1/cases?limit=1".to_owned()).await.unwrap()).await;
    let search = world.post("/api/v1/cases/search").json(&json!({ "query": "a" })).send().await.unwrap();
    judge.holds("post", "/api/v1/cases/search", search).await;
    let files = get(format!("{base}/uploaded-files")).await.unwrap();
    let files = judge.holds("get", &pattern("/uploaded-files"), files).await;
    let id = files["files"][0]["file_id"].as_str().unwrap();
    let one = get(format!("{base}/uploaded-files/{id}")).await.unwrap();
    judge.holds("get", &pattern("/uploaded-files/{file_id}"), one).await;
    let other = world.new_case().await;
    world.ask(&other, "key-00000007", "Checkout answers 503 since ten").await;
    let title = world.post(&format!("/api/v1/cases/{other}/title")).json(&json!({ "max_words": 8 }));
    judge.holds("post", &pattern("/title"), title.send().await.unwrap()).await;
    for (method, body) in [(Method::PUT, json!({ "title": "Drain" })), (Method::DELETE, Value::Null)] {
        let request = world
            .bare(method.clone(), &format!("/api/v1/cases/{other}"))
            .bearer_auth(&world.token)
            .json(&body);
        let name = method.as_str().to_lowercase();
        judge.holds(&name, &pattern(""), request.send().await.unwrap()).await;
    }
    judge.holds("get", &pattern(""), get(format!("/api/v1/cases/{other}")).await.unwrap()).await;
}

/// The reference document, where it is: named by the environment, or beside the checkout.
fn reference() -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contract/openapi-2.0.0.json");
    let file = std::env::var_os(REFERENCE).map_or(beside, PathBuf::from);
    let text = std::fs::read_to_string(file).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(name) => resolved(document, document.pointer(name.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

/// The required fields of an object, and all its fields with their schemas.
type ObjectShape = (BTreeSet<String>, Vec<(String, Value)>);

/// Every object that a schema may be: through references, `anyOf`, `oneOf`; `allOf` is one object in parts.
fn objects(document: &Value, schema: &Value) -> Vec<ObjectShape> {
    let schema = resolved(document, schema);
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[choice].as_array() {
            return choices.iter().flat_map(|one| objects(document, one)).collect();
        }
    }
    let mut required = BTreeSet::new();
    let mut properties = Vec::new();
    if let Some(parts) = schema["allOf"].as_array() {
        for (more, fields) in parts.iter().flat_map(|part| objects(document, part)) {
            required.extend(more);
            properties.extend(fields);
        }
    }
    required.extend(
        schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()),
    );
    let own = schema["properties"].as_object().into_iter().flatten();
    properties.extend(own.map(|(name, field)| (name.clone(), field.clone())));
    if required.is_empty() && properties.is_empty() { Vec::new() } else { vec![(required, properties)] }
}

/// What the reference promises about an answer and ours does not have.
fn missing(ours: (&Value, &Value), theirs: (&Value, &Value), place: &str, found: &mut Vec<String>) {
    let (our_schema, their_schema) = (resolved(ours.0, ours.1), resolved(theirs.0, theirs.1));
    if let (Some(our_items), Some(their_items)) = (our_schema.get("items"), their_schema.get("items")) {
        return missing((ours.0, our_items), (theirs.0, their_items), &format!("{place}[]"), found);
    }
    let their_objects = objects(theirs.0, their_schema);
    for (_, our_fields) in objects(ours.0, our_schema) {
        // Ours has to satisfy one of the shapes of the reference.
        let mut least: Option<Vec<String>> = None;
        for (required, their_fields) in &their_objects {
            let mut gaps = Vec::new();
            for name in required {
                let Some((_, our_field)) = our_fields.iter().find(|(ours, _)| ours == name) else {
                    gaps.push(format!("{place}.{name}"));
                    continue;
                };
                if let Some((_, their_field)) = their_fields.iter().find(|(theirs, _)| theirs == name) {
                    missing(
                        (ours.0, our_field),
                        (theirs.0, their_field),
                        &format!("{place}.{name}"),
                        &mut gaps,
                    );
                }
            }
            if least.as_ref().is_none_or(|least| gaps.len() < least.len()) {
                least = Some(gaps);
            }
        }
        found.extend(least.unwrap_or_default());
    }
}

#[test]
fn the_document_promises_what_the_reference_promises() {
    let Some(theirs) = reference() else {
        println!("skipped: the reference document is not here; name it in {REFERENCE}");
        return;
    };
    let ours = openapi_document();
    let mut found = Vec::new();
    let mut absent = Vec::new();
    for (path, methods) in theirs["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let own = &ours["paths"][path][method];
            if own.is_null() {
                absent.push(format!("{method} {path}"));
                continue;
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                if !status.starts_with('2') {
                    continue;
                }
                let schema = |response: &Value| response["content"]["application/json"]["schema"].clone();
                let (mine, yours) = (schema(&own["responses"][status]), schema(response));
                assert!(own["responses"].get(status).is_some(), "{method} {path} never answers {status}");
                missing((&ours, &mine), (&theirs, &yours), &format!("{method} {path}"), &mut found);
            }
        }
    }
    assert!(found.is_empty(), "promised by the reference and not by this server:\n{}", found.join("\n"));
    let elsewhere = [
        "get /api/v1/auth/oauth/authorize",
        "post /api/v1/auth/oauth/authorize",
        "post /api/v1/auth/oauth/token",
        "post /api/v1/auth/oauth/revoke",
        "get /api/v1/sessions",
        "put /api/v1/sessions/{session_id}",
    ];
    // Contract 6.1 leaves these to other servers.
    absent.retain(|call| !elsewhere.contains(&call.as_str()));
    assert!(absent.is_empty(), "in the reference and not here: {absent:?}");
}
