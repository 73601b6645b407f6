//! What goes over the wire, byte by byte.

use std::collections::HashMap;
use std::sync::Arc;

use copilot_core::model::{CaseState, Data, FileBytes, Intention, Turn};
use copilot_core::request::Job;
use copilot_core::{Millis, Wall};
use proptest::prelude::*;

use super::*;

fn key() -> OperationId {
    "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap()
}

fn case() -> RealId {
    RealId::parse("c-1").unwrap()
}

fn encoded(request: &Request) -> HttpRequest {
    super::request(request).unwrap()
}

/// The request as text: line, own headers, body.
fn printed(http: &HttpRequest) -> String {
    let headers: String =
        http.headers(None).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let body = http.content.as_ref().map(|content| String::from_utf8(content.bytes.clone()).unwrap());
    format!("{} {}\n{headers}\n{}", http.method.as_str(), http.path, body.unwrap_or_default())
}

#[test]
fn each_request_has_the_bytes_of_the_contract() {
    let rows = [
        (
            Request::ListCases { offset: 200, limit: 100 },
            "GET /api/v1/cases?limit=100&offset=200\nAccept: application/json\n\n",
        ),
        (
            Request::ListCases { offset: 0, limit: 5000 },
            "GET /api/v1/cases?limit=100&offset=0\nAccept: application/json\n\n",
        ),
        (
            Request::SearchCases { text: "drain \"503\"".into(), limit: 20 },
            "POST /api/v1/cases/search\nAccept: application/json\nContent-Type: application/json\n\n\
             {\"limit\":20,\"query\":\"drain \\\"503\\\"\",\"state\":null}",
        ),
        (Request::ReadCase { case: case() }, "GET /api/v1/cases/c-1\nAccept: application/json\n\n"),
        (
            Request::ListMessages { case: case(), offset: 4, limit: 50 },
            "GET /api/v1/cases/c-1/messages?limit=50&offset=4\nAccept: application/json\n\n",
        ),
        (
            Request::CreateCase { key: key() },
            "POST /api/v1/cases\nAccept: application/json\nContent-Type: application/json\n\
             Idempotency-Key: 0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da\n\n{\"title\":null}",
        ),
        (
            Request::PollJob { case: case(), job: Job("/api/v1/cases/c-1/turns/jobs/j-1?x=1".into()) },
            "GET /api/v1/cases/c-1/turns/jobs/j-1?x=1\nAccept: application/json\n\n",
        ),
        (
            Request::Rename { case: case(), title: "Drain of \"node-14\"\n".into() },
            "PUT /api/v1/cases/c-1\nAccept: application/json\nContent-Type: application/json\n\n\
             {\"title\":\"Drain of \\\"node-14\\\"\\n\"}",
        ),
        (Request::Delete { case: case() }, "DELETE /api/v1/cases/c-1\nAccept: application/json\n\n"),
    ];
    for (request, expected) in rows {
        assert_eq!(printed(&encoded(&request)), expected);
    }
}

fn turn(text: &str, data: Option<Data>, intention: Option<Intention>) -> Request {
    Request::SubmitTurn {
        key: key(),
        case: case(),
        turn: Arc::new(Turn { text: text.into(), data, intention }),
    }
}

#[test]
fn a_turn_with_a_file_has_the_bytes_of_the_contract() {
    let data = Data::File {
        name: "checkout \"api\".log".into(),
        media_type: "text/plain".into(),
        bytes: FileBytes::new(&b"09:10 ERROR\n"[..]),
    };
    let expected = "POST /api/v1/cases/c-1/turns\n\
        Accept: application/json\n\
        Content-Type: multipart/form-data; boundary=fm-0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da\n\
        Idempotency-Key: 0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da\n\
        \n\
        --fm-0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da\r\n\
        Content-Disposition: form-data; name=\"query\"\r\n\
        \r\n\
        What\nchanged?\r\n\
        --fm-0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da\r\n\
        Content-Disposition: form-data; name=\"files\"; filename=\"checkout %22api%22.log\"\r\n\
        Content-Type: text/plain\r\n\
        \r\n\
        09:10 ERROR\n\r\n\
        --fm-0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da\r\n\
        Content-Disposition: form-data; name=\"input_type\"\r\n\
        \r\n\
        file\r\n\
        --fm-0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da--\r\n";
    assert_eq!(printed(&encoded(&turn("What\nchanged?", Some(data), None))), expected);
}

/// Names and contents of the parts of a form.
fn fields(request: &Request) -> Vec<(String, String)> {
    let content = encoded(request).content.unwrap();
    let parts = parse(&content).into_iter();
    parts.map(|part| (part.name, String::from_utf8(part.content).unwrap())).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn pasted_text_and_pages_go_as_pasted_content() {
    let paste = turn("  \n", Some(Data::Paste { text: "a\r\nb".into() }), None);
    assert_eq!(fields(&paste), named(&[("pasted_content", "a\r\nb"), ("input_type", "paste")]));
    let page =
        Data::Page { url: "https://ci.example/7".into(), title: " Build 7 ".into(), text: "red".into() };
    let page = turn("Why?", Some(page), None);
    let expected = [
        ("query", "Why?"),
        ("pasted_content", "Build 7\n\nred"),
        ("input_type", "page_capture"),
        ("source_url", "https://ci.example/7"),
    ];
    assert_eq!(fields(&page), named(&expected));
}

#[test]
fn an_intention_is_repeated_as_type_and_data() {
    let to = CaseState::Resolved;
    let move_it =
        turn("Solved", None, Some(Intention::StatusTransition { from: CaseState::Investigating, to }));
    let fields_of_move = fields(&move_it);
    assert_eq!(fields_of_move[1], ("intent_type".into(), "status_transition".into()));
    let data: serde_json::Value = serde_json::from_str(&fields_of_move[2].1).unwrap();
    let expected = json!({
        "type": "status_transition", "from_state": "investigating", "to_state": "resolved", "user_confirmed": true
    });
    assert_eq!((fields_of_move[2].0.as_str(), data), ("intent_data", expected));

    let raw = r#"{"type":"confirmation", "confirmation_value":true}"#;
    let suggested = turn("Yes", None, Some(Intention::Suggested(raw.into())));
    assert_eq!(
        fields(&suggested),
        named(&[("query", "Yes"), ("intent_type", "confirmation"), ("intent_data", raw)])
    );
    let untyped = turn("Yes", None, Some(Intention::Suggested("{}".into())));
    assert_eq!(fields(&untyped)[1].1, "conversation");
}

#[test]
fn tokens_and_session_are_headers_and_never_part_of_the_content() {
    let credentials = Credentials {
        access: Secret::new("a-1").unwrap(),
        refresh: None,
        expires_in: Millis(1),
        obtained: Wall(0),
        session: SessionId::parse("s-1").ok(),
        oauth_client: None,
    };
    let create = encoded(&Request::CreateCase { key: key() });
    let headers: HashMap<_, _> = create.headers(Some(&credentials)).into_iter().collect();
    assert_eq!(headers["Authorization"], "Bearer a-1");
    assert_eq!(headers["X-Session-Id"], "s-1");
    let body = String::from_utf8(create.content.unwrap().bytes).unwrap();
    assert!(!body.contains("a-1") && !body.contains("s-1"));
}

#[test]
fn only_plain_characters_stand_in_a_path() {
    let odd = RealId::parse("a:b@c&d=é".trim_end_matches('é')).unwrap();
    assert_eq!(encoded(&Request::ReadCase { case: odd }).path, "/api/v1/cases/a%3Ab%40c%26d%3D");
}

#[test]
fn renewals_and_strange_jobs_are_not_encoded() {
    for request in [
        Request::RenewToken,
        Request::RenewSession,
        Request::Probe,
        Request::PollJob { case: case(), job: Job("//evil.example/x".into()) },
    ] {
        assert_eq!(super::request(&request), None);
    }
}

struct Parsed {
    name: String,
    file_name: Option<String>,
    content: Vec<u8>,
}

/// Reads a form as RFC 2046, 5.1.1 says, knowing nothing of the encoder.
fn parse(content: &Content) -> Vec<Parsed> {
    let boundary = content.media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() <= 70);
    let mut body = [b"\r\n", content.bytes.as_slice()].concat();
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut chunks: Vec<Vec<u8>> = Vec::new();
    while let Some(at) = body.windows(delimiter.len()).position(|window| window == delimiter) {
        let rest = body.split_off(at + delimiter.len());
        body.truncate(at);
        chunks.push(std::mem::replace(&mut body, rest));
    }
    assert_eq!(body, b"--\r\n", "the form ends with its last delimiter");
    assert_eq!(chunks.remove(0), b"", "nothing stands in front of the first delimiter");
    for chunk in chunks {
        let chunk = chunk.strip_prefix(b"\r\n").unwrap();
        let end = chunk.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&chunk[..end]).unwrap();
        let quoted = |field: &str| {
            let from = head.find(field)? + field.len();
            Some(head[from..].split('"').next().unwrap().to_owned())
        };
        let name = quoted(" name=\"").unwrap();
        parts.push(Parsed { name, file_name: quoted("filename=\""), content: chunk[end + 4..].to_vec() });
    }
    parts
}

/// Text that likes to contain what a form is made of.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("--fm-0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".to_owned()),
        Just("fm-0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da-1".to_owned()),
        Just("--".to_owned()),
        Just("\"; name=\"query".to_owned()),
        "\\PC{0,8}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn any_turn() -> impl Strategy<Value = Turn> {
    let text = |text: String| Arc::<str>::from(text);
    let bytes =
        prop_oneof![proptest::collection::vec(any::<u8>(), 0..100), hostile().prop_map(String::into_bytes)];
    let data = prop_oneof![
        hostile().prop_map(move |t| Data::Paste { text: text(t) }),
        (hostile(), hostile(), bytes).prop_map(move |(name, media_type, bytes)| Data::File {
            name: text(name),
            media_type: text(media_type),
            bytes: FileBytes::new(bytes)
        }),
        (hostile(), hostile(), hostile()).prop_map(move |(url, title, t)| Data::Page {
            url: text(url),
            title: text(title),
            text: text(t)
        }),
    ];
    let intention = hostile().prop_map(move |raw| Intention::Suggested(text(raw)));
    (hostile(), proptest::option::of(data), proptest::option::of(intention))
        .prop_map(move |(t, data, intention)| Turn { text: text(t), data, intention })
}

proptest! {
    #[test]
    fn any_turn_arrives_as_it_was_written_and_has_the_same_bytes_every_time(turn in any_turn()) {
        let asked = |turn: &Turn| Request::SubmitTurn { key: key(), case: case(), turn: Arc::new(turn.clone()) };
        let (request, again) = (asked(&turn), asked(&turn));
        let http = encoded(&request);
        prop_assert_eq!(&http, &encoded(&again));

        let parts = parse(&http.content.unwrap());
        let part = |name: &str| parts.iter().find(|part| part.name == name);
        let content = |name: &str| part(name).map(|part| part.content.as_slice());
        if !turn.text.trim().is_empty() {
            prop_assert_eq!(content("query"), Some(turn.text.as_bytes()));
        }
        match &turn.data {
            Some(Data::Paste { text }) => prop_assert_eq!(content("pasted_content"), Some(text.as_bytes())),
            Some(Data::File { bytes, .. }) => {
                prop_assert_eq!(content("files"), Some(bytes.as_slice()));
                let name = part("files").and_then(|part| part.file_name.clone()).unwrap();
                prop_assert!(!name.chars().any(|c| c.is_ascii_control()));
            }
            Some(Data::Page { url, text, .. }) => {
                prop_assert_eq!(content("source_url"), Some(url.as_bytes()));
                prop_assert!(content("pasted_content").unwrap().ends_with(text.as_bytes()));
            }
            None => prop_assert!(part("input_type").is_none()),
        }
        if let Some(Intention::Suggested(raw)) = &turn.intention {
            prop_assert_eq!(content("intent_data"), Some(raw.as_bytes()));
        }
    }
}
