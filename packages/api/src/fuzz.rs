//! Fuzz targets for everything that reads bytes of a server. As plain tests they take a second; see
//! CONTRIBUTING for longer runs.

use copilot_core::ids::RealId;
use copilot_core::request::{Job, Request};

use crate::answer::{Head, HttpAnswer};
use crate::classify::{self, Asked};
use crate::dialect::Dialect;
use crate::oauth::OAuthOffer;
use crate::{Authorization, ServerAddress, decode, dialect, wire};

/// An answer of the fuzzer: status, two headers, body.
type Bytes = (u16, Vec<u8>, Vec<u8>, Vec<u8>, bool);

fn requests() -> Vec<Request> {
    let case = RealId::parse("c-1").unwrap();
    let key = "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap();
    vec![
        Request::ListCases { offset: 3, limit: 100 },
        Request::SearchCases { text: "x".into(), limit: 20 },
        Request::ReadCase { case: case.clone() },
        Request::ListMessages { case: case.clone(), offset: u32::MAX, limit: 100 },
        Request::CreateCase { key },
        Request::SubmitTurn { key, case: case.clone(), turn: Default::default() },
        Request::PollJob { case: case.clone(), job: Job("/jobs/1".into()) },
        Request::Rename { case: case.clone(), title: "x".into() },
        Request::GenerateTitle { key, case: case.clone() },
        Request::Delete { case },
    ]
}

fn answer((status, one, two, body, whole): &Bytes) -> HttpAnswer {
    let text = |bytes: &[u8]| Some(String::from_utf8_lossy(bytes).into_owned());
    let head = Head {
        status: 100 + status % 500,
        content_type: text(one),
        date: text(two),
        error_code: text(one),
        location: text(two),
        request_id: text(one),
        retry_after: text(two),
        total_count: None,
        www_authenticate: text(one),
    };
    HttpAnswer { head, body: body.clone(), whole: *whole }
}

#[test]
fn no_answer_of_a_server_makes_the_reader_panic_or_believe_a_local_id() {
    let (server, requests) = (ServerAddress::parse("https://api.example").unwrap(), requests());
    bolero::check!().with_type::<Bytes>().for_each(|bytes| {
        let answer = answer(bytes);
        for request in &requests {
            let _ = dialect::shown_by(request, &answer);
            if decode::reply(&server, request, &answer).is_none()
                && let Some(call) = crate::call::Call::of(request)
            {
                let _ = classify::answer(Asked { call, with_token: true }, &answer);
            }
        }
    });
}

#[test]
fn no_body_makes_a_reader_panic() {
    // Half of the inputs grow from honest answers, so that more than the first brace is met.
    let seeds = [
        r#"{"cases":[{"case_id":"c","state":"inquiry","created_at":"2026-08-18T09:12:04Z"}],"has_more":true}"#,
        r#"{"messages":[{"message_id":"m","role":"user","content":"x","created_at":"2026-08-18T09:12:04"}]}"#,
        r#"{"agent_response":"x","turn_number":1,"case_state":"inquiry","suggested_actions":[{"label":"l","type":"RUN"}]}"#,
        r#"{"status":"completed","result":{"content":"x","response_type":"ANSWER"}}"#,
        r#"{"case_id":"c","active_hypotheses":[{"hypothesis_id":"h","text":"t","likelihood":0.5}]}"#,
    ];
    bolero::check!().with_type::<(u8, u16, Vec<u8>)>().for_each(|(seed, at, bytes)| {
        let mut text = seeds.get(usize::from(*seed)).map_or(Vec::new(), |seed| seed.as_bytes().to_vec());
        let at = usize::from(*at) % (text.len() + 1);
        let end = (at + bytes.len() / 2).min(text.len());
        text.splice(at..end, bytes.iter().copied());
        let text = String::from_utf8_lossy(&text);
        let _ = wire::read_cases(&text, 0);
        let _ = wire::read_bare_cases(&text, (7, 5, 2), None);
        let _ = wire::read_case(&text);
        let _ = wire::read_messages(&text, u32::MAX);
        let _ = wire::read_turn(&text);
        let _ = wire::read_query(&text);
        let _ = wire::read_poll(&text);
        let _ = wire::read_query_poll(&text);
        let _ = wire::read_details(&text);
        let _ = wire::read_milestones(&text);
        let _ = wire::read_files(&text);
        let _ = wire::Capabilities::read(&text).map(|said| said.limits());
        let _ = wire::read_sign_in(&text, copilot_core::Wall(0));
    });
}

#[test]
fn no_address_and_no_redirect_makes_a_reader_panic() {
    let offer =
        OAuthOffer { dashboard: "https://d.example".into(), client_id: "c".into(), scopes: Vec::new() };
    let begun = Authorization::begin(&offer, "http://127.0.0.1:1/cb").unwrap();
    bolero::check!().with_type::<Vec<u8>>().for_each(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(address) = ServerAddress::parse(&text) {
            assert_eq!(ServerAddress::parse(address.as_str()), Ok(address));
        }
        let _ = begun.code(&format!("http://127.0.0.1:1/cb?{text}"));
        assert!(begun.code(&text).is_err());
        let _ = Dialect::parse(&text);
    });
}
