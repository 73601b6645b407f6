//! Properties over made texts: no panic, same answer, bounded and closed Markdown, no secret, and work that grows like the text.

use copilot_triage::{
    ActionKind, Context, MAX_ACTIONS, MAX_MARKDOWN_BYTES, MAX_TITLE_CHARS, Report, analyse, triage,
};
use proptest::prelude::*;

/// Pieces that scanners stumble over, put together in any order.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,60}",
        2 => "\\PC{0,30}",
        1 => proptest::collection::vec(any::<u8>(), 0..60).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        6 => proptest::sample::select(vec![
            "2026-08-18T09:10:03Z ", "Aug 18 09:10:03 host app[1]: ", "{\"level\":\"error\",\"msg\":\"", "level=error msg=\"", "\tat a.b.C(D.java:1)\n",
            "Caused by: ", "Traceback (most recent call last):\n", "panic: ", "goroutine 1 [running]:\n", "```", "````\n", "|", "`", "\r\n", "\n", "\u{1b}[31m",
            "\0", "<34>1 ", "[", "]", "\"", "\\", "://", "@", "-----BEGIN ", "3m12s  Warning  BackOff  pod/x-y  ", "E0818 09:10:03.1 1 a.go:1] ",
            "10.0.0.1 - - [18/Aug/2026:09:10:03 +0000] \"GET /", "99:99:99", "ERROR", "connection refused", "password=", "é", "\u{fffd}", "\u{202e}", "{", "}}",
        ]).prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..60).prop_map(|pieces| pieces.concat())
}

/// Whether every fence that opens is closed, by the rule of CommonMark 0.31 section 4.5.
fn fences_are_closed(markdown: &str) -> bool {
    let mut open = 0;
    for line in markdown.lines() {
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        if open == 0 && ticks >= 3 && !line.get(ticks..).unwrap_or_default().contains('`') {
            open = ticks;
        } else if open > 0 && ticks >= open && line.len() == ticks {
            open = 0;
        }
    }
    open == 0
}

fn everything_shown(report: &Report) -> String {
    format!("{} {:?} {:?}", report.markdown, report.actions, report.title)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_the_same_bounded_closed_answer_twice(text in text(), question in "\\PC{0,80}") {
        let context = Context { question, previous_turns: vec![text.clone()] };
        let report = triage(&text, &context);
        prop_assert_eq!(&report, &triage(&text, &context));
        prop_assert!(report.markdown.len() <= MAX_MARKDOWN_BYTES);
        prop_assert!(fences_are_closed(&report.markdown), "{}", report.markdown);
        prop_assert!(report.actions.len() <= MAX_ACTIONS);
        prop_assert!(report.title.is_none_or(|title| !title.is_empty() && title.chars().count() <= MAX_TITLE_CHARS));
        for action in &report.actions {
            prop_assert_eq!(matches!(action.kind, ActionKind::Run | ActionKind::Decide), action.payload.is_some());
        }
    }

    #[test]
    fn a_secret_survives_in_no_place(
        secret in "[a-zA-Z][a-zA-Z0-9]{11,30}",
        before in "[ a-z0-9]{0,20}",
        frame in proptest::sample::select(vec![
            "password={}", "api_key: {}", "\"token\":\"{}\"", "Authorization: Bearer {}", "bearer {}", "postgres://u:{}@db-1:5432/x", "--password {}",
            "secret='{}'", "Cookie: sid={}; a=b", "client_secret={}&x=1", "ghp_{}", "https://{}@git.example/x",
        ]),
        shape in proptest::sample::select(vec![
            "2026-08-18T09:10:0{}Z ERROR {}", "Aug 18 09:10:0{} h app[1]: error {}", "{\"time\":\"2026-08-18T09:10:0{}Z\",\"level\":\"error\",\"msg\":\"JSON\"}",
            "time=2026-08-18T09:10:0{}Z level=error msg=\"LOGFMT\"", "2026-08-18T09:10:0{}Z INFO ok {}\njava.lang.Error: {}\n\tat a.B.c(D.java:1)",
        ]),
        copies in 1_usize..8,
    ) {
        // "secret" itself is a word that the answer may use.
        prop_assume!(!"password token authorization bearer connection investigation".contains(&secret.to_lowercase()));
        let told = format!("{before} {}", frame.replace("{}", &secret));
        let line = |index: usize| {
            let clocked = shape.replacen("{}", &index.to_string(), 1);
            clocked.replace("{}", &told).replace("JSON", &told.replace('"', "\\\"")).replace("LOGFMT", &told.replace('"', "\\\""))
        };
        let text = (0..copies).map(line).collect::<Vec<_>>().join("\n");
        let report = triage(&text, &Context::default());
        prop_assert!(!everything_shown(&report).contains(&secret), "{text}\n{}", everything_shown(&report));
        prop_assert!(!format!("{:?}", analyse(&text)).contains(&secret), "{text}");
    }
}

/// How much more work twice as much of the same is.
fn growth(unit: impl Fn(usize) -> String, count: usize) -> f64 {
    let of = |count: usize| (0..count).map(&unit).collect::<String>();
    analyse(&of(count * 2)).work as f64 / analyse(&of(count)).work.max(1) as f64
}

#[test]
fn work_grows_like_the_text_and_not_faster() {
    let word = |n: usize| -> String {
        (0..5).map(|at| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> (at * 5) & 15) as u8)).collect()
    };
    let cases: [(&str, f64); 8] = [
        ("equal lines", growth(|n| format!("2026-08-18T09:10:03Z ERROR order {n} failed\n"), 4000)),
        (
            "lines that all differ",
            growth(|n| format!("09:10:03 ERROR {} {} {} x\n", word(n), word(n + 77_777), word(n + 3)), 6000),
        ),
        (
            "lines that differ behind a common word",
            growth(
                |n| format!("09:10:03 ERROR lost {} {} {}\n", word(n), word(n + 77_777), word(n + 3)),
                1500,
            ),
        ),
        (
            "one trace without end",
            growth(
                |n| {
                    if n == 0 {
                        "ERROR x\njava.lang.Error: y\n".to_owned()
                    } else {
                        format!("\tat a.B.c{n}(D.java:1)\n")
                    }
                },
                8000,
            ),
        ),
        ("one line without end", growth(|n| format!("key{n}=\"{n} "), 20_000)),
        ("open brackets", growth(|_| "{\"a\":[{\"b\":\"".to_owned(), 20_000)),
        ("blank lines", growth(|_| "\n \n".to_owned(), 20_000)),
        (
            "private keys that never end",
            growth(|n| format!("-----BEGIN PRIVATE KEY-----\nabc{n}\n09:10:03 ERROR password={n} x\n"), 4000),
        ),
    ];
    for (name, ratio) in cases {
        assert!(ratio <= 2.2, "{name}: twice the text is {ratio:.2} times the work");
    }
}
