//! Tolerant towards what is new, strict towards what is contaminated.

use copilot_core::ids::RealId;
use copilot_core::model::{ActionKind, CaseState, Role, Stage};
use copilot_core::{Millis, ServerTime, Wall};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::dialect::Dialect;

fn case_row() -> Value {
    json!({
        "case_id": "c-1",
        "title": "Slow checkout",
        "state": "investigating",
        "created_at": "1970-01-01T00:00:01Z",
        "updated_at": "1970-01-01T00:00:02Z",
        "last_activity_at": "1970-01-01T00:00:03Z",
    })
}

fn with(mut row: Value, name: &str, value: Value) -> Value {
    row[name] = value;
    row
}

#[test]
fn a_case_is_read_from_the_least_and_from_the_most_that_a_server_sends() {
    let least = json!({"case_id": "c-1", "state": "inquiry", "created_at": "1970-01-01T00:00:01"});
    let case = read_case(&least.to_string()).unwrap();
    assert_eq!((case.title, case.stage, case.milestones, case.current_turn), (None, None, None, 0));
    assert_eq!(case.last_activity, ServerTime(1000));

    let most = json!({
        "case_id": "c-1", "title": "T", "state": "on_hold", "current_stage": "rollback", "current_turn": 3.0,
        "valid_next_states": ["resolved", 7, "parked"], "milestones_completed": ["a", {"b": 1}], "brand_new": {"x": []},
        "created_at": "1970-01-01T00:00:01Z", "updated_at": "never", "last_activity_at": "1970-01-01T01:00:03+01:00",
    });
    let case = read_case(&most.to_string()).unwrap();
    assert_eq!(case.state, CaseState::Other("on_hold".into()));
    assert_eq!(case.stage, Some(Stage::Other("rollback".into())));
    assert_eq!(case.valid_next, vec![CaseState::Resolved, CaseState::Other("parked".into())]);
    assert_eq!((case.milestones, case.current_turn, case.last_activity), (Some(2), 3, ServerTime(3000)));
}

#[test]
fn an_optional_field_of_the_wrong_type_is_a_missing_one() {
    for (name, value) in [
        ("title", json!(5)),
        ("stage", json!({"name": "diagnosis"})),
        ("current_turn", json!("three")),
        ("current_turn", json!(-1)),
        ("valid_next_states", json!("resolved")),
        ("milestones_completed", json!(4)),
        ("updated_at", json!(null)),
    ] {
        assert!(read_case(&with(case_row(), name, value).to_string()).is_ok(), "{name}");
    }
}

#[test]
fn one_contaminated_row_is_refused_and_counted_and_the_page_stays() {
    let bad = [
        with(case_row(), "case_id", json!("opt_case_1_1")),
        with(case_row(), "case_id", json!("../../auth/logout")),
        with(case_row(), "case_id", json!(null)),
        with(case_row(), "created_at", json!("yesterday")),
        with(case_row(), "state", json!(7)),
        json!("not even an object"),
        json!({"case_id": "c-9"}),
    ];
    for row in bad {
        let body = json!({"cases": [case_row(), row, case_row()], "total_count": 9, "has_more": true});
        let page = read_cases(&body.to_string(), 0).unwrap();
        assert_eq!((page.rows.len(), page.received, page.total, page.has_more), (2, 3, Some(9), true));
        let (count, why) = page.refused.unwrap();
        assert!(count == 1 && !why.is_empty());
    }
    let body = json!({"cases": [json!(1), case_row(), json!(2)]});
    assert_eq!(read_cases(&body.to_string(), 0).unwrap().refused.unwrap().0, 2);
}

#[test]
fn a_page_that_promises_more_and_brings_nothing_is_the_last_one() {
    let body = json!({"cases": [], "total_count": 9, "has_more": true});
    assert!(!read_cases(&body.to_string(), 0).unwrap().has_more);
}

#[test]
fn a_page_that_does_not_say_goes_by_its_total() {
    let body = json!({"cases": [case_row()], "total_count": 3});
    assert!(read_cases(&body.to_string(), 1).unwrap().has_more);
    assert!(!read_cases(&body.to_string(), 2).unwrap().has_more);
}

#[test]
fn a_list_of_something_else_is_no_page() {
    for body in [json!([]), json!({"cases": null}), json!({}), json!({"cases": {}})] {
        assert!(read_cases(&body.to_string(), 0).is_none(), "{body}");
        assert!(read_messages(&body.to_string(), 0).is_none(), "{body}");
    }
}

#[test]
fn messages_of_unknown_roles_are_notices() {
    let row = |id: &str, role: &str| json!({"message_id": id, "role": role, "content": "x", "created_at": "1970-01-01T00:00:01Z", "turn_number": 2});
    let body = json!({
        "messages": [row("m-1", "user"), row("m-2", "assistant"), row("m-3", "system"), row("m-4", "oracle"), row("opt_msg_1_1", "user")],
        "total_count": 9, "next_offset": 5
    });
    let page = read_messages(&body.to_string(), 0).unwrap();
    let roles: Vec<_> = page.rows.iter().map(|row| row.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::System, Role::System]);
    assert_eq!(page.rows[0].turn, Some(2));
    assert!(page.has_more);
    assert_eq!(page.refused.unwrap().0, 1);
}

#[test]
fn an_answer_keeps_its_actions_with_their_intents_letter_by_letter() {
    let body = r#"{"agent_response":"Look","turn_number":3,"case_state":"investigating","suggested_actions":[
        {"label":"Start","type":"DECIDE","payload":"Yes","intent":{"type":"confirmation", "z":1,"a":2}},
        {"label":"List","type":"RUN","payload":"ls","intent":null},
        {"label":"Log","type":"EVIDENCE"},{"label":"Tell","type":"FREE_SPEECH"},{"label":"Dance","type":"DANCE"},
        {"type":"RUN"},{"label":" ","type":"RUN"},7]}"#;
    let (answer, state) = read_turn(body).unwrap();
    assert_eq!((answer.turn, state), (Some(3), CaseState::Investigating));
    let kinds: Vec<_> = answer.actions.iter().map(|action| action.kind).collect();
    use ActionKind::{Decide, Evidence, FreeSpeech, Run, Unknown};
    assert_eq!(kinds, [Decide, Run, Evidence, FreeSpeech, Unknown]);
    assert_eq!(answer.actions[0].intent.as_deref(), Some(r#"{"type":"confirmation", "z":1,"a":2}"#));
    assert_eq!(answer.actions[1].intent, None);
    assert_eq!(answer.actions[1].payload.as_deref(), Some("ls"));
}

#[test]
fn a_job_is_done_failed_or_still_running() {
    let turn = json!({"agent_response": "Done", "case_state": "inquiry", "turn_number": 1});
    let done = |body: Value| matches!(read_poll(&body.to_string()), Some(Poll::Done(answer, _)) if &*answer.text == "Done");
    assert!(done(turn.clone()));
    assert!(done(json!({"status": "completed", "result": turn})));
    let failed = json!({"status": "failed", "error": {"message": "No usable answer"}});
    assert_eq!(read_poll(&failed.to_string()), Some(Poll::Failed(Some("No usable answer".into()))));
    assert_eq!(read_poll(r#"{"status":"failed"}"#), Some(Poll::Failed(None)));
    for status in ["processing", "pending", "dreaming"] {
        assert_eq!(read_poll(&json!({"status": status, "result": null}).to_string()), Some(Poll::Running));
    }
    assert_eq!(read_poll(r#"{"status":"completed","result":null}"#), None);
    assert_eq!(read_poll("{}"), None);
}

#[test]
fn a_sign_in_brings_tokens_session_and_person() {
    let body = json!({
        "access_token": "a-1", "expires_in": 900, "refresh_token": "r-1", "session_id": "s-1",
        "user": {"user_id": "u-1", "username": "kim", "display_name": " ", "roles": ["user"]}
    });
    let signed_in = read_sign_in(&body.to_string(), Wall(7)).unwrap();
    assert_eq!(signed_in.credentials.access.reveal(), "a-1");
    assert_eq!(signed_in.credentials.expires_in, Millis::seconds(900));
    assert_eq!(signed_in.credentials.obtained, Wall(7));
    assert_eq!(signed_in.credentials.session.unwrap().as_str(), "s-1");
    assert_eq!((signed_in.user.id, signed_in.user.display_name), (RealId::parse("u-1").unwrap(), None));
    for (name, value) in [("access_token", json!("a b")), ("user", json!(null))] {
        assert!(read_sign_in(&with(body.clone(), name, value).to_string(), Wall(0)).is_none(), "{name}");
    }
    let bare = with(with(body, "session_id", json!("a/b")), "refresh_token", json!(null));
    let credentials = read_sign_in(&bare.to_string(), Wall(0)).unwrap().credentials;
    assert_eq!((credentials.session, credentials.refresh), (None, None));
}

#[test]
fn limits_that_make_no_sense_are_the_contracts() {
    let limits = |limits: Value| {
        Capabilities::read(&json!({"deploymentMode": "x", "limits": limits}).to_string()).unwrap().limits()
    };
    let said = limits(
        json!({"maxFileBytes": 5, "allowedExtensions": ["LOG", ".Txt", " "], "turnResponseBoundSeconds": 60}),
    );
    assert_eq!((said.max_bytes, said.turn_bound), (5, Millis::seconds(60)));
    assert_eq!(said.extensions, [".log".into(), ".txt".into()]);
    let default = Dialect::Turns.limits();
    for silly in [
        json!(null),
        json!({}),
        json!({"maxFileBytes": 0, "allowedExtensions": [], "turnResponseBoundSeconds": 0}),
    ] {
        assert_eq!(limits(silly), default);
    }
    assert!(Capabilities::read(r#"{"limits":{}}"#).is_none());
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in ".{0,200}", json in any_json()) {
        for text in [text, json.to_string()] {
            let _ = (read_case(&text), read_cases(&text, 3), read_messages(&text, u32::MAX), read_turn(&text));
            let _ = (read_poll(&text), read_sign_in(&text, Wall(0)), Capabilities::read(&text).map(|c| c.limits()));
        }
    }
}

/// JSON made of the names that readers look for.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("completed")),
        Just(json!("2026-08-18T09:12:04.118Z")),
    ];
    let names = [
        "cases",
        "messages",
        "case_id",
        "state",
        "created_at",
        "current_turn",
        "suggested_actions",
        "label",
        "intent",
        "agent_response",
        "case_state",
        "status",
        "result",
        "user",
        "limits",
        "deploymentMode",
        "total_count",
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let name = proptest::sample::select(names.to_vec());
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::hash_map(name, inner, 0..8).prop_map(|map| map
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}
