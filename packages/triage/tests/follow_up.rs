//! A question about a log that was sent earlier is answered from that log, and says what it does not know.

use copilot_triage::{Context, MAX_MARKDOWN_BYTES, follow_up, triage};

const LOG: &str = "\
2026-08-18T09:10:01Z INFO checkout-api: served 200
2026-08-18T09:10:03Z ERROR checkout-api: dial tcp 10.8.14.7:5432: connect: connection refused
2026-08-18T09:10:09Z WARN checkout-api: pool exhausted, 20 of 20 in use, password=hunter2
2026-08-18T09:10:12Z WARN checkout-api: pool exhausted, 20 of 20 in use
2026-08-18T09:10:13Z ERROR checkout-api: request timeout after 4.1 s
";

fn answer(question: &str) -> String {
    let context =
        Context { question: question.to_owned(), previous_turns: vec!["checkout is down".to_owned()] };
    follow_up(LOG, &context).map(|report| report.markdown).unwrap_or_default()
}

#[test]
fn words_of_the_question_are_found_with_their_lines_and_their_distance_from_the_first_failure() {
    let text = answer("And is the pool to blame?");
    assert!(
        text.contains(
            "- `pool` – 2 entries, the first in line 3 at 09:10:09, 6 s after the likely first failure"
        ),
        "{text}"
    );
    assert!(text.contains("3  2026-08-18T09:10:09Z WARN checkout-api: pool exhausted"), "{text}");
    assert!(text.contains("The likely first failure is line 2 at 09:10:03: `"), "{text}");
    assert!(!text.contains("blame`"), "{text}");
}

#[test]
fn what_is_nowhere_in_the_log_is_said_to_be_nowhere() {
    let text = answer("Could redis be the reason, or the timeouts?");
    assert!(text.contains("- `redis` – nowhere in it"), "{text}");
    assert!(text.contains("- `timeouts` – 1 entry, in line 5 at 09:10:13"), "{text}");
}

#[test]
fn a_question_without_telling_words_gets_the_first_failure() {
    let text = answer("and now?");
    assert!(text.starts_with("The likely first failure is line 2"), "{text}");
}

#[test]
fn parts_of_words_do_not_count() {
    assert!(answer("fused?").contains("`fused` – nowhere in it"), "the log says refused");
}

#[test]
fn secrets_are_not_quoted() {
    let text = answer("password of the pool?");
    assert!(text.contains("pool exhausted") && !text.contains("hunter2"), "{text}");
}

#[test]
fn prose_is_no_log() {
    assert_eq!(follow_up("many users cannot pay", &Context::default()), None);
}

#[test]
fn any_question_about_any_log_stays_small() {
    let log = LOG.repeat(2000);
    for question in
        ["pool ".repeat(5000), "é".repeat(9000), format!("{}\n`````", "x".repeat(300)), String::new()]
    {
        let context = Context { question, previous_turns: Vec::new() };
        let report = follow_up(&log, &context).expect("a log");
        assert!(report.markdown.len() <= MAX_MARKDOWN_BYTES);
    }
}

#[test]
fn a_name_does_not_end_with_what_differs_from_line_to_line() {
    let log = "2026-08-18T09:10:03Z ERROR api POST /pay 503 4100ms\n2026-08-18T09:10:04Z ERROR api POST /pay 503 4200ms\n";
    let title = triage(log, &Context::default()).title.expect("a name");
    assert!(!title.ends_with('…') && title.contains("POST /pay"), "{title}");
}
