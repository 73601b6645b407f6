//! What the answer promises for any text: it is about the right thing, asks well, keeps secrets, stays small and closed.

use copilot_triage::{
    ActionKind, Content, Context, MAX_ACTIONS, MAX_MARKDOWN_BYTES, MAX_TITLE_CHARS, Report, analyse, ask,
    triage,
};

fn about(question: &str) -> Context {
    Context { question: question.to_owned(), previous_turns: Vec::new() }
}

fn kinds(report: &Report) -> Vec<ActionKind> {
    report.actions.iter().map(|action| action.kind).collect()
}

const REFUSED: &str =
    "2026-08-18T09:10:03Z ERROR checkout-api: dial tcp 10.8.14.7:5432: connect: connection refused\n";

#[test]
fn a_log_with_a_failure_gets_one_action_of_each_kind() {
    let report = triage(REFUSED, &Context::default());
    assert_eq!(
        kinds(&report),
        [ActionKind::Run, ActionKind::Evidence, ActionKind::Decide, ActionKind::FreeSpeech]
    );
    assert!(report.actions.len() <= MAX_ACTIONS);
    assert_eq!(report.actions[0].payload.as_deref(), Some("nc -vz -w 3 10.8.14.7 5432"));
    assert!(report.actions[2].label == "Start a formal investigation" && report.actions[2].payload.is_some());
}

#[test]
fn a_log_without_failures_says_so_and_decides_nothing() {
    let text = "2026-08-18T09:10:03Z INFO ready\n2026-08-18T09:10:04Z INFO served 3 requests\n";
    let report = triage(text, &Context::default());
    assert!(
        report.found_log && report.markdown.starts_with("**No errors or warnings in 2 entries."),
        "{}",
        report.markdown
    );
    assert_eq!((report.title.as_deref(), kinds(&report).contains(&ActionKind::Decide)), (None, false));
}

#[test]
fn words_alone_are_answered_like_a_question() {
    for words in [
        "p99 on checkout-api went from 210 ms to 4.1 s at 10:42 UTC. Where do I look first?",
        "",
        "   \n",
        "Errors: many users cannot pay. Help",
    ] {
        assert_eq!(triage(words, &about("why?")), ask(&about("why?")), "{words}");
    }
}

#[test]
fn each_symptom_is_asked_for_its_own_signals() {
    for (question, title, expected) in [
        ("p99 latency of checkout-api jumped", "checkout-api: latency", "Pool, queue and thread use"),
        ("we get 502 from the proxy", "Server errors", "access and error log"),
        ("pods are OOM killed", "Memory", "a slope is a leak"),
        ("lots of evictions on node-3", "Evictions", "kubectl describe node"),
        ("dns does not resolve", "DNS", "SERVFAIL"),
        ("TLS handshake errors since noon", "TLS", "Dates, names and chain"),
        ("disk is full on db-1", "Disk", "df -i"),
        ("postgres is blocked", "Database", "pg_stat_activity"),
        ("since the deploy nothing works", "Deploy", "Start-up log"),
    ] {
        let report = ask(&about(question));
        assert_eq!(report.title.as_deref(), Some(title), "{question}");
        let all = format!("{}{:?}", report.markdown, report.actions);
        assert!(all.contains(expected), "{question}: {all}");
        assert!(
            !report.found_log
                && kinds(&report).contains(&ActionKind::Evidence)
                && kinds(&report).contains(&ActionKind::FreeSpeech)
        );
    }
}

#[test]
fn an_earlier_turn_gives_the_symptom_when_this_one_names_none() {
    let context =
        Context { question: "and now?".to_owned(), previous_turns: vec!["payments-api is slow".to_owned()] };
    assert_eq!(ask(&context).title.as_deref(), Some("payments-api: latency"));
    assert_eq!(ask(&about("help")).title, None);
}

#[test]
fn binary_data_is_said_to_be_no_log() {
    let bytes: Vec<u8> = (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!(analyse(&text).content, Content::Binary);
    let report = triage(&text, &Context::default());
    assert!(!report.found_log && report.markdown.contains("not a log"));
}

#[test]
fn text_in_two_byte_characters_read_as_bytes_is_still_a_log() {
    let text: String = REFUSED.repeat(3).chars().flat_map(|letter| [letter, '\0']).collect();
    assert!(triage(&text, &Context::default()).found_log);
}

#[test]
fn the_time_that_the_user_named_is_compared_with_the_first_failure() {
    let report = triage(REFUSED, &about("errors since 09:15, why?"));
    assert!(
        report
            .markdown
            .contains("You named 09:15; the first failure here is 4 min 57 s earlier, at 09:10:03."),
        "{}",
        report.markdown
    );
}

#[test]
fn a_failure_that_was_always_there_is_background() {
    let mut text = String::new();
    for second in 0..3600 {
        let clock =
            format!("2026-08-18T{:02}:{:02}:{:02}Z", 8 + second / 3600, second / 60 % 60, second % 60);
        if second % 120 == 0 {
            text.push_str(&format!("{clock} ERROR mailer: cannot parse address of newsletter\n"));
        }
        if second >= 3000 && second % 2 == 0 {
            text.push_str(&format!("{clock} ERROR cart: lookup db.shop.example: no such host\n"));
        }
    }
    let first = analyse(&text).first_failure.unwrap();
    assert!(first.text.contains("08:50:00") && first.text.contains("no such host"), "{first:?}");
}

#[test]
fn a_change_is_not_blamed_from_an_hour_away() {
    let text = "2026-08-18T07:00:00Z INFO deployer: deployed cart v7\n2026-08-18T09:10:03Z ERROR cart: connection refused\n";
    assert_eq!(analyse(text).first_failure.unwrap().preceded_by, None);
}

#[test]
fn lines_of_several_files_are_ordered_by_time_across_zones() {
    let text = "2026-08-18T09:10:05Z ERROR a: connection refused by 10.0.0.1\n2026-08-18T11:10:03+02:00 ERROR b: disk full on /data\n";
    assert_eq!(analyse(text).first_failure.unwrap().line, 2);
}

#[test]
fn a_log_over_new_year_without_years_stays_in_order() {
    let text = "Dec 31 23:59:58 web-1 cart[1]: ERROR connection refused\nJan  1 00:00:01 web-1 cart[1]: ERROR disk full\n";
    let found = analyse(text);
    assert_eq!(
        (found.first_failure.unwrap().line, found.span.map(|(first, last)| last - first)),
        (1, Some(3000))
    );
}

#[test]
fn log_content_cannot_become_markdown_or_html() {
    let text = "2026-08-18T09:10:03Z ERROR <img src=x onerror=alert(1)> | ``` | **x** [a](http://b)\n````\n"
        .repeat(4);
    let report = triage(&text, &Context::default());
    let mut outside = String::new();
    let mut fence: Option<String> = None;
    for line in report.markdown.lines() {
        let ticks: String = line.chars().take_while(|letter| *letter == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line.trim_matches('`').is_empty() => {
                fence = None;
            }
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => outside.push_str(&line.split('`').step_by(2).collect::<Vec<_>>().join(" ")),
        }
    }
    assert_eq!(fence, None);
    assert!(!outside.contains("<img") && !outside.contains("](http"), "{outside}");
    let rows: Vec<&str> = report.markdown.lines().filter(|line| line.starts_with("| error")).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.matches('|').count() == 6), "{rows:?}");
}

#[test]
fn names_from_the_log_cannot_run_anything_in_a_shell() {
    let text = "2026-08-18T09:10:03Z ERROR pod=$(reboot)-x namespace=a;id dial tcp 10.8.14.7:80`id`: connect: connection refused\n";
    for action in triage(text, &Context::default()).actions {
        let payload = action.payload.unwrap_or_default();
        assert!(
            !payload.contains("reboot") && !payload.contains(";id") && !payload.contains('`'),
            "{payload}"
        );
    }
}

#[test]
fn a_private_key_in_the_log_is_never_quoted() {
    let text = "2026-08-18T09:10:03Z ERROR cannot read key\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nqwERtzUiop\n-----END PRIVATE KEY-----\n2026-08-18T09:10:04Z ERROR -----BEGIN PRIVATE KEY-----\n2026-08-18T09:10:04Z MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n2026-08-18T09:10:05Z qwERtzUiop\n2026-08-18T09:10:05Z ERROR done\n";
    let shown = format!("{:?}{:?}", triage(text, &Context::default()), analyse(text));
    assert!(!shown.contains("MIIEvQ") && !shown.contains("qwERtzUiop"), "{shown}");
}

#[test]
fn titles_fit_and_name_the_service() {
    let text = "{\"time\":\"2026-08-18T09:10:03Z\",\"level\":\"error\",\"service\":\"a-service-with-a-very-long-name-indeed-api\",\"msg\":\"x509: certificate has expired for a.very.long.host.name.example.org:443\"}";
    let title = triage(text, &Context::default()).title.unwrap();
    assert!(title.chars().count() <= MAX_TITLE_CHARS && title.starts_with("a-service"), "{title}");
}

#[test]
fn a_line_of_a_megabyte_is_cut_and_the_rest_is_read() {
    let text = format!("2026-08-18T09:10:03Z ERROR {}\n{REFUSED}", "ä\"{[".repeat(300_000));
    let report = triage(&text, &Context::default());
    assert!(
        report.found_log
            && report.markdown.contains("connection refused")
            && report.markdown.len() <= MAX_MARKDOWN_BYTES
    );
}

#[test]
fn a_signal_that_is_said_to_be_well_is_not_what_is_asked_about() {
    let latency = "p99 on checkout-api went from 210 ms to 4.1 s at 10:42 UTC. Error rate is flat. Where do I look first?";
    assert_eq!(ask(&about(latency)).title.as_deref(), Some("checkout-api: latency"));
    let errors = "The error rate of checkout-api jumped, latency is unchanged.";
    assert_eq!(ask(&about(errors)).title.as_deref(), Some("checkout-api: server errors"));
}

#[test]
fn a_title_shows_no_placeholders_of_a_template() {
    let log: String = (0..6)
        .map(|n| format!("2026-08-18T09:10:0{n}Z ERROR pool wait {n}12 ms, {n}8 of 40 in use\n"))
        .collect();
    let title = triage(&log, &Context::default()).title.expect("there is something to name");
    assert!(title.contains('…') && !title.contains('<'), "{title}");
}
