//! The earlier extension's data is taken over: added, never overwritten, never sent by itself, never twice.

use copilot_core::legacy::{ImportCounts, LegacyError, read};
use copilot_core::model::{RealMessage, Role};
use copilot_core::request::{Reply, Request};
use copilot_core::view::{Delivery, Group};
use copilot_core::{Intent, Notice, ServerTime};

use crate::support::{Desk, answered, case, page, row};

const STORED: &str = r#"{
    "conversationTitles": { "c-7": "Checkout 503", "opt_case_1700000000000_5": "Chat of yesterday" },
    "titleSources": { "c-7": "user" },
    "pinnedCases": ["c-7"],
    "idMappings": { "optimisticToReal": { "opt_case_1690000000000_1": "c-7" }, "realToOptimistic": {} },
    "conversations": {
        "c-7": [
            { "id": "m-1", "role": "user", "content": "checkout answers 503", "timestamp": "2026-08-18T09:12:04.118Z", "turn_number": 1, "optimistic": false },
            { "id": "m-2", "role": "assistant", "content": "Look at the drain.", "timestamp": "2026-08-18T09:12:09.000Z", "turn_number": 1, "optimistic": false },
            { "id": "opt_msg_1690000001000_2", "question": "since when?", "response": "Since 09:10.", "timestamp": "2026-08-18T09:14:00.000Z", "turn_number": 2, "optimistic": true },
            { "id": "opt_msg_1690000002000_3", "question": "never heard", "timestamp": "2026-08-18T09:15:00.000Z", "optimistic": true, "failed": true },
            { "id": "opt_msg_1690000002000_4", "role": "assistant", "loading": true, "timestamp": "2026-08-18T09:15:00.000Z" },
            17
        ],
        "opt_case_1700000000000_5": [
            { "id": "opt_msg_1700000000000_6", "question": "said offline", "timestamp": "2026-08-19T10:00:00.000Z", "optimistic": true, "failed": true }
        ]
    },
    "pendingOperations": {
        "op-1": { "id": "op-1", "type": "update_title", "status": "failed", "optimisticData": { "case_id": "c-7", "title": "Drain of node 14" }, "createdAt": 1690000003000 },
        "op-2": { "id": "op-2", "type": "submit_query", "status": "pending", "optimisticData": { "case_id": "c-7", "question": "only in the queue" }, "createdAt": 1690000004000 },
        "op-3": { "id": "op-3", "type": "submit_query", "status": "completed", "optimisticData": {} },
        "op-4": { "id": "op-4", "type": "dance" , "status": "pending", "optimisticData": {} }
    }
}"#;

fn import(desk: &mut Desk) -> ImportCounts {
    desk.wish(Intent::Import(read(STORED).unwrap().into()));
    let imported = desk.notices.iter().rev().find_map(|notice| match notice {
        Notice::Imported(counts) => Some(*counts),
        _ => None,
    });
    imported.expect("the import says what it did")
}

#[test]
fn cases_titles_pins_words_and_unsent_work_are_taken_over_and_what_cannot_be_read_is_counted() {
    let mut desk = Desk::new();
    let counts = import(&mut desk);
    let expected = ImportCounts { cases: 2, messages: 4, unsent: 3, pins: 1, already_here: 0, refused: 2 };
    assert_eq!(counts, expected);
    let pinned = desk.core.view().group(Group::Pinned).to_vec();
    assert_eq!(desk.title(&pinned[0]), "Checkout 503");
    assert_eq!(desk.core.view().backups(Some(&pinned[0])).len(), 1, "the title that was wished is offered");
}

#[test]
fn nothing_is_sent_by_an_import_and_a_retry_asks_the_server_first() {
    let mut desk = Desk::new();
    import(&mut desk);
    desk.pass_seconds(600);
    assert!(desk.writes().is_empty(), "{:?}", desk.writes());
    let key = desk.core.view().group(Group::Pinned)[0].clone();
    desk.wish(Intent::Open(Some(key.clone())));
    let unsent = desk.row(&key, "never heard");
    assert!(matches!(unsent.delivery, Delivery::Failed { .. }));
    desk.wish(Intent::Retry(unsent.operation.unwrap()));
    assert!(desk.writes().is_empty());
    assert!(desk.open.iter().any(|(_, request)| matches!(request, Request::ListMessages { .. })));
}

#[test]
fn an_answer_that_the_server_never_lists_stands_in_the_transcript_all_the_same() {
    let mut desk = Desk::new();
    import(&mut desk);
    let key = desk.core.view().group(Group::Pinned)[0].clone();
    desk.wish(Intent::Open(Some(key.clone())));
    let at_morning = |id, turn, text| RealMessage {
        created: ServerTime(1_786_000_000_000),
        ..row(id, Role::User, turn, text)
    };
    let users = vec![at_morning("m-1", 1, "checkout answers 503"), at_morning("m-3", 2, "since when?")];
    desk.list("c-7", users);
    let texts = desk.texts(&key);
    let at =
        |text: &str| texts.iter().position(|row| row == text).unwrap_or_else(|| panic!("{text}: {texts:?}"));
    assert!(at("user: checkout answers 503") < at("assistant: Look at the drain."));
    assert!(at("assistant: Look at the drain.") < at("user: since when?"));
    assert!(at("user: since when?") < at("assistant: Since 09:10."));
    assert_eq!(texts.iter().filter(|text| text.contains("since when?")).count(), 1);
}

#[test]
fn a_second_import_adds_nothing_also_after_a_restart() {
    let mut desk = Desk::new();
    import(&mut desk);
    let before = desk.core.inspect().operations.len();
    let again = import(&mut desk);
    assert_eq!((again.cases, again.messages, again.unsent, again.pins), (0, 0, 0, 0));
    let mut later = desk.restart(7);
    let again = import(&mut later);
    assert_eq!((again.cases, again.messages, again.unsent, again.pins), (0, 0, 0, 0));
    assert_eq!(later.core.inspect().operations.len(), before);
}

#[test]
fn a_case_that_is_known_here_keeps_its_title_and_its_rows() {
    let mut desk = Desk::new();
    let mut known = case("c-7", 1);
    known.title = Some("The server's own".into());
    desk.wish(Intent::TryNow);
    desk.wish(Intent::Open(None));
    desk.pass_seconds(61);
    desk.answer_all(|request| {
        matches!(request, Request::ListCases { .. }).then(|| Ok(Reply::Cases(page(vec![known.clone()]))))
    });
    import(&mut desk);
    let key = desk.core.view().group(Group::Pinned)[0].clone();
    assert_eq!(desk.title(&key), "The server's own");
}

#[test]
fn an_export_can_be_imported_elsewhere_with_the_unsent_work_in_it() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "p99 went from 210 ms to 4.1 s");
    desk.wish(Intent::Pin { case: key.clone(), pinned: true });
    desk.step(copilot_core::Event::Link(copilot_core::Link::Offline));
    desk.say(Some(&key), "said while offline");
    let exported = desk.core.view().export();
    let mut other = Desk::new();
    other.wish(Intent::Import(read(&exported).unwrap().into()));
    let key = other.core.view().group(Group::Pinned)[0].clone();
    other.wish(Intent::Open(Some(key.clone())));
    assert!(matches!(other.row(&key, "said while offline").delivery, Delivery::Failed { .. }));
    assert!(other.texts(&key).contains(&"assistant: Look at the pool.".to_owned()));
}

#[test]
fn an_export_that_is_imported_where_it_was_made_adds_nothing_whatever_became_of_its_messages_since() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.say(Some(&key), "second");
    desk.answer(answered(2, "Look at the drain."));
    let while_answered = desk.core.view().export();
    let before = desk.texts(&key);
    let counts = import_of(&mut desk, &while_answered);
    assert_eq!((counts.messages, counts.unsent, counts.already_here), (0, 0, 2), "the case and its message");
    assert_eq!(desk.texts(&key), before);
    desk.step(copilot_core::Event::Link(copilot_core::Link::Offline));
    desk.say(Some(&key), "third");
    let while_waiting = desk.core.view().export();
    let before = desk.texts(&key);
    let counts = import_of(&mut desk, &while_waiting);
    assert_eq!(counts.unsent, 0);
    assert_eq!(desk.texts(&key), before);
}

#[test]
fn what_is_not_the_extensions_storage_is_refused_with_a_reason() {
    assert!(matches!(read("not json"), Err(LegacyError::NotJson(_))));
    for text in ["[]", "{}", "{\"settings\":{}}"] {
        assert_eq!(read(text), Err(LegacyError::NothingKnown), "{text}");
    }
}

/// Imports something else than the stored text above.
fn import_of(desk: &mut Desk, stored: &str) -> ImportCounts {
    desk.wish(Intent::Import(read(stored).unwrap().into()));
    match desk.notices.last() {
        Some(Notice::Imported(counts)) => *counts,
        other => panic!("the import says what it did: {other:?}"),
    }
}

#[test]
fn a_second_import_counts_what_is_here_already_and_what_was_deleted_stays_deleted() {
    let mut desk = Desk::new();
    import(&mut desk);
    assert_eq!(import(&mut desk).already_here, 5, "two cases, and the three turns of the first");
    let key = desk.core.view().group(Group::Pinned)[0].clone();
    desk.wish(Intent::Delete(key.clone()));
    desk.pass_seconds(9);
    desk.answer_all(|request| matches!(request, Request::Delete { .. }).then_some(Ok(Reply::Done)));
    assert!(desk.core.view().case(&key).is_none());
    let again = import(&mut desk);
    assert_eq!((again.cases, again.already_here, again.unsent), (0, 2, 0));
    assert!(desk.core.view().case(&key).is_none());
}

#[test]
fn each_side_of_a_row_is_taken_as_what_it_was() {
    let mut desk = Desk::new();
    let of = |row: &str| format!(r#"{{ "conversations": {{ "c-9": [ {row} ] }} }}"#);
    let confirmed = |counts: ImportCounts| (counts.messages, counts.unsent, counts.refused);
    for (id, row, expected) in [
        ("c-9", r#"{ "id": "m-1", "question": "asked", "optimistic": false }"#, (1, 0, 0)),
        ("c-10", r#"{ "id": "m-1", "response": "said" }"#, (1, 0, 0)),
        ("c-11", r#"{ "id": "m-1", "question": "asked", "response": "said" }"#, (2, 0, 0)),
        ("c-12", r#"{ "id": "m-1", "question": "asked", "optimistic": true }"#, (0, 1, 0)),
        ("c-13", r#"{ "id": "m-1", "question": "asked", "failed": true }"#, (0, 1, 0)),
        ("c-14", r#"{ "id": "m-1", "question": "asked", "loading": true }"#, (0, 1, 0)),
        (
            "c-15",
            r#"{ "id": "m-1", "role": "assistant", "content": "Something went wrong", "error": true }"#,
            (0, 0, 0),
        ),
        (
            "c-16",
            r#"{ "id": "m-1", "role": "assistant", "content": "half an ans", "loading": true }"#,
            (0, 0, 0),
        ),
        ("c-17", r#"{ "id": "m-1", "role": "system", "content": "?" }"#, (0, 0, 1)),
        ("c-18", r#"{ "id": "opt_msg_1_1", "response": "to nothing" }"#, (0, 0, 1)),
        ("c-19", r#"{ "question": "without an id" }"#, (0, 0, 1)),
        (
            "c-20",
            r#"{ "id": "opt_msg_1_1", "question": "asked" }, { "id": "opt_msg_1_2", "response": "said" }"#,
            (2, 0, 0),
        ),
    ] {
        let counts = import_of(&mut desk, &of(row).replace("c-9", id));
        assert_eq!(confirmed(counts), expected, "{row}");
    }
}

#[test]
fn a_case_is_taken_over_for_a_title_a_pin_a_row_or_a_wish_and_not_for_nothing() {
    let mut desk = Desk::new();
    for (stored, cases, pins) in [
        (r#"{ "conversationTitles": { "c-30": "Checkout 503" } }"#, 1, 0),
        (r#"{ "idMappings": {}, "pinnedCases": ["c-31"] }"#, 1, 1),
        (r#"{ "conversations": { "c-32": [{ "id": "m-1", "response": "said" }] } }"#, 1, 0),
        (r#"{ "conversations": { "c-33": [{ "id": "opt_msg_1_1", "question": "asked" }] } }"#, 1, 0),
        (r#"{ "conversations": { "c-34": [] } }"#, 0, 0),
        (r#"{ "conversationTitles": { "c-35": "  " } }"#, 0, 0),
        (
            r#"{ "pendingOperations": { "op-1": { "type": "update_title", "optimisticData": { "caseId": "c-36", "newTitle": "Mine" } } } }"#,
            1,
            0,
        ),
        (
            r#"{ "pendingOperations": { "op-1": { "type": "create_case", "optimisticData": { "optimisticCaseId": "opt_case_1_9" } } } }"#,
            0,
            0,
        ),
    ] {
        let counts = import_of(&mut desk, stored);
        assert_eq!((counts.cases, counts.pins, counts.refused), (cases, pins, 0), "{stored}");
    }
}

#[test]
fn a_queued_question_that_stands_in_its_conversation_is_not_taken_twice() {
    let mut desk = Desk::new();
    let stored = r#"{
        "conversations": { "c-40": [
            { "id": "m-1", "question": "confirmed", "optimistic": false },
            { "id": "opt_msg_1_1", "question": "failed", "failed": true }
        ] },
        "pendingOperations": {
            "op-1": { "type": "submit_query", "optimisticData": { "case_id": "c-40", "question": "confirmed" } },
            "op-2": { "type": "upload_data", "optimisticData": { "case_id": "c-40", "query": "failed" } },
            "op-3": { "type": "submit_query", "optimisticData": { "case_id": "c-40", "user_input": "queued" } },
            "op-4": { "type": "submit_query", "status": "rolled_back", "optimisticData": { "case_id": "c-40", "question": "taken back" } },
            "op-5": { "type": "submit_query", "optimisticData": { "case_id": "c-40" } },
            "op-6": { "type": "update_title", "optimisticData": { "case_id": "c-40" } },
            "op-7": { "type": "submit_query" }
        }
    }"#;
    let counts = import_of(&mut desk, stored);
    assert_eq!((counts.messages, counts.unsent, counts.refused), (1, 2, 3));
}

#[test]
fn an_export_says_of_everything_unsent_what_it_is_and_how_it_stands() {
    let mut desk = Desk::new();
    let key = desk.settled_case("c-1", "first");
    desk.wish(Intent::Pin { case: key.clone(), pinned: true });
    desk.say(Some(&key), "refused");
    desk.answer(crate::support::rejected(copilot_core::Rejection::Quota));
    desk.step(copilot_core::Event::Link(copilot_core::Link::Offline));
    desk.wish(Intent::Rename { case: key.clone(), title: "Mine".into() });
    desk.say(None, "in a new case");
    let new = desk.core.view().open().cloned().unwrap();
    let draft = |text: &str| copilot_core::model::Draft { text: text.into(), ..Default::default() };
    desk.wish(Intent::KeepDraft { case: Some(key.clone()), draft: draft("half a thought") });
    desk.wish(Intent::KeepDraft { case: None, draft: draft("another") });
    let all: serde_json::Value = serde_json::from_str(&desk.core.view().export()).unwrap();
    let mut operations: Vec<_> = all["pendingOperations"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, op)| {
            assert_eq!(op["id"], **id);
            let data = &op["optimisticData"];
            let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let said = word(if data["question"].is_null() { &data["title"] } else { &data["question"] });
            (word(&op["type"]), word(&op["status"]), word(&data["case_id"]), said)
        })
        .collect();
    operations.sort();
    let line = |kind: &str, status: &str, case: &str, said: &str| {
        (kind.to_owned(), status.to_owned(), case.to_owned(), said.to_owned())
    };
    let new_id = new.to_string();
    assert_eq!(
        operations,
        [
            line("create_case", "pending", &new_id, "Chat-2026-11-22 12:00"),
            line("submit_query", "failed", "c-1", "refused"),
            line("submit_query", "pending", &new_id, "in a new case"),
            line("update_title", "pending", "c-1", "Mine"),
        ]
    );
    assert_eq!(all["pinnedCases"], serde_json::json!(["c-1"]));
    assert_eq!(all["conversationTitles"]["c-1"], "Mine");
    assert_eq!(all["drafts"], serde_json::json!({ "c-1": "half a thought", "new": "another" }));
    assert_eq!(all["idMappings"]["optimisticToReal"][key.to_string()], "c-1");
    assert_eq!(all["idMappings"]["realToOptimistic"]["c-1"], key.to_string());
    let rows: Vec<_> =
        all["conversations"][&new_id].as_array().unwrap().iter().map(|row| row["content"].clone()).collect();
    assert_eq!(rows, ["in a new case"]);
}
