//! One real-looking log per format: what is found in it, and what is said about it.

use copilot_triage::{Analysis, Cause, Content, Context, Format, Level, Reason, Trigger, analyse, triage};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/", $name, ".log"))
    };
}

fn first_line(analysis: &Analysis) -> usize {
    analysis.first_failure.as_ref().map_or(0, |first| first.line)
}

fn top(analysis: &Analysis) -> (&str, usize) {
    analysis.templates.first().map_or(("", 0), |template| (template.text.as_str(), template.count))
}

fn trigger(analysis: &Analysis) -> Option<(Trigger, Option<i64>)> {
    analysis.first_failure.as_ref()?.preceded_by.as_ref().map(|change| (change.trigger, change.before_ms))
}

fn title(text: &str) -> String {
    triage(text, &Context::default()).title.unwrap_or_default()
}

#[test]
fn bsd_syslog_names_the_refused_connection_after_the_stop_of_the_database() {
    let text = fixture!("syslog-rfc3164");
    let found = analyse(text);
    assert_eq!(found.formats, [(Format::Syslog3164, 66)]);
    assert_eq!(first_line(&found), 42);
    assert_eq!(top(&found), ("cannot load cart: dial tcp <ip>: connect: connection refused", 21));
    assert_eq!(trigger(&found), Some((Trigger::Restart, Some(9000))));
    assert_eq!(found.first_failure.unwrap().reason, Reason::NewBeforeRise);
    assert_eq!(found.bursts.len(), 1);
    assert_eq!(found.sources[0].0, "checkout-api");
    assert_eq!(title(text), "checkout-api: connections refused by 10.8.14.7");
}

#[test]
fn ietf_syslog_takes_the_level_from_the_priority_and_passes_over_structured_data() {
    let found = analyse(fixture!("syslog-rfc5424"));
    assert_eq!(found.formats, [(Format::Syslog5424, 46)]);
    assert_eq!((found.levels.error, found.levels.info), (15, 31));
    assert_eq!(first_line(&found), 32);
    assert_eq!(found.templates[0].cause, Some(Cause::TlsExpired));
    assert_eq!(trigger(&found), Some((Trigger::CertificateChange, Some(4120))));
}

#[test]
fn an_access_log_gives_status_classes_and_the_failing_and_slowest_paths() {
    let found = analyse(fixture!("nginx-access"));
    assert_eq!(found.formats, [(Format::AccessLog, 130)]);
    assert_eq!(first_line(&found), 101);
    assert_eq!(top(&found), ("POST /checkout/<n> HTTP 504", 29));
    let http = found.http.unwrap();
    assert_eq!(http.classes, [0, 100, 0, 0, 30]);
    assert_eq!((http.failing[0].path.as_str(), http.failing[0].errors), ("POST /checkout/<n>", 30));
    assert_eq!(http.slowest[0].path, "POST /checkout/<n>");
    assert_eq!(http.slowest[0].max_ms, Some(4900.0));
}

#[test]
fn an_nginx_error_log_names_the_upstream_and_not_the_client() {
    let text = fixture!("nginx-error");
    let found = analyse(text);
    assert_eq!(found.formats[0].0, Format::NginxError);
    assert_eq!((first_line(&found), found.templates[0].count), (11, 12));
    assert_eq!(found.templates[0].cause, Some(Cause::ConnectionRefused));
    assert_eq!(title(text), "Connections refused by 10.8.14.7");
}

#[test]
fn an_apache_error_log_shows_the_reload_before_the_timeouts() {
    let found = analyse(fixture!("apache-error"));
    assert_eq!(found.formats, [(Format::ApacheError, 35)]);
    assert_eq!((first_line(&found), found.templates[0].count), (22, 14));
    assert_eq!(trigger(&found), Some((Trigger::ConfigChange, Some(3123))));
}

#[test]
fn klog_shows_the_drain_before_the_timeouts() {
    let text = fixture!("klog");
    let found = analyse(text);
    assert_eq!(found.formats, [(Format::Klog, 33)]);
    assert_eq!((first_line(&found), found.templates[0].count), (22, 12));
    assert_eq!(trigger(&found), Some((Trigger::NodeDrain, Some(9200))));
    assert_eq!(title(text), "Connect timeouts to 10.96.0.1");
}

#[test]
fn json_lines_are_read_whatever_their_fields_are_called() {
    let found = analyse(fixture!("json-lines"));
    assert_eq!(found.formats, [(Format::Json, 77)]);
    assert_eq!(first_line(&found), 52);
    assert_eq!(
        top(&found),
        (
            "cannot place order: HikariPool-<n> - Connection is not available, request timed out after <dur>",
            25
        )
    );
    assert_eq!(trigger(&found), Some((Trigger::Deploy, Some(9500))));
    assert_eq!(found.levels.error, 26, "pino's number 50 is an error");
    assert!(found.sources.iter().any(|source| source.0 == "deployer"));
}

#[test]
fn logfmt_names_the_host_that_has_no_address() {
    let text = fixture!("logfmt");
    let found = analyse(text);
    assert_eq!(found.formats, [(Format::Logfmt, 45)]);
    assert_eq!((first_line(&found), found.templates[0].count), (31, 15));
    assert_eq!(found.templates[0].cause, Some(Cause::DnsFailure));
    let report = triage(text, &Context::default());
    assert!(report.actions.iter().any(|action| {
        action.payload.as_deref().is_some_and(|run| run.starts_with("dig smtp.mail.example.net"))
    }));
}

#[test]
fn journald_puts_the_kill_before_its_consequences() {
    let found = analyse(fixture!("journald"));
    assert_eq!(found.formats, [(Format::Journald, 32)]);
    assert_eq!(first_line(&found), 22);
    assert_eq!((found.templates[0].cause, found.templates[0].level), (Some(Cause::OomKilled), Level::Fatal));
    assert_eq!(title(fixture!("journald")), "Killed for lack of memory: postgres");
}

#[test]
fn postgres_details_belong_to_their_error() {
    let found = analyse(fixture!("postgres"));
    assert_eq!(found.formats, [(Format::Postgres, 29)]);
    assert_eq!((found.entries, found.levels.error), (29, 9));
    assert_eq!((first_line(&found), top(&found)), (21, ("deadlock detected", 9)));
}

#[test]
fn a_java_trace_gives_the_last_cause_and_the_first_own_frame() {
    let found = analyse(fixture!("java-trace"));
    assert_eq!((found.entries, found.exceptions.len()), (26, 1));
    let exception = &found.exceptions[0];
    assert_eq!(exception.root, "java.net.SocketTimeoutException: Read timed out");
    assert_eq!(exception.outer.as_deref(), Some("com.example.shop.OrderException: could not reserve stock"));
    assert_eq!(exception.frame.as_deref(), Some("com.example.shop.HttpGateway.call(HttpGateway.java:41)"));
    assert_eq!((exception.count, first_line(&found)), (6, 21));
}

#[test]
fn a_python_trace_gives_the_exception_that_was_being_handled() {
    let found = analyse(fixture!("python-trace"));
    assert_eq!(found.entries, 13, "words before and after the log are no entries");
    let exception = &found.exceptions[0];
    assert_eq!(
        (exception.root.as_str(), exception.frame.as_deref()),
        ("KeyError: 'customer_id'", Some("/app/shop/db.py:31 load"))
    );
    assert_eq!(exception.outer.as_deref(), Some("shop.errors.JobError: cannot load cart"));
    assert_eq!((exception.count, first_line(&found)), (3, 13));
    assert_eq!(title(fixture!("python-trace")), "worker: KeyError in db.py:31");
}

#[test]
fn a_go_panic_is_an_entry_of_its_own_with_the_first_own_frame() {
    let found = analyse(fixture!("go-panic"));
    assert_eq!((found.entries, first_line(&found)), (3, 3));
    assert_eq!(found.exceptions[0].frame.as_deref(), Some("/app/cart/total.go:57 main.(*Cart).Total"));
    assert_eq!(title(fixture!("go-panic")), "Panic in total.go:57");
}

#[test]
fn a_node_trace_belongs_to_the_line_above_and_skips_modules() {
    let found = analyse(fixture!("node-trace"));
    assert_eq!((found.entries, first_line(&found)), (3, 3));
    assert_eq!(found.exceptions[0].root, "TypeError: Cannot read properties of undefined (reading 'price')");
    assert_eq!(found.exceptions[0].frame.as_deref(), Some("total (/app/src/cart.js:42:17)"));
}

#[test]
fn a_rust_panic_is_not_a_detail_of_the_warning_above() {
    let found = analyse(fixture!("rust-panic"));
    assert_eq!((found.entries, first_line(&found)), (3, 3));
    assert_eq!(found.exceptions[0].root, "called `Option::unwrap()` on a `None` value");
    assert_eq!(found.exceptions[0].frame.as_deref(), Some("src/cart/price.rs:61:14"));
}

#[test]
fn kubectl_events_are_ordered_by_age() {
    let found = analyse(fixture!("kubectl-events"));
    assert_eq!(found.formats, [(Format::KubernetesTable, 5)]);
    assert_eq!(first_line(&found), 4);
    assert_eq!(found.templates[0].cause, Some(Cause::CrashLoop));
    assert_eq!(trigger(&found), Some((Trigger::Deploy, Some(120_000))));
}

#[test]
fn kubectl_describe_names_the_kill_and_not_the_crash_loop() {
    let text = fixture!("kubectl-describe");
    let found = analyse(text);
    assert_eq!((first_line(&found), top(&found)), (9, ("Reason: OOMKilled", 1)));
    let report = triage(text, &Context::default());
    let run = report.actions.iter().find_map(|action| action.payload.as_deref()).unwrap();
    assert_eq!(run, "kubectl describe pod checkout-api-7c9d8b6f5-x2x9q -n shop");
}

#[test]
fn docker_compose_names_containers_and_reads_what_is_inside() {
    let text = fixture!("docker-compose");
    let found = analyse(text);
    assert_eq!((found.entries, first_line(&found)), (26, 21));
    assert_eq!(found.templates[0].cause, Some(Cause::DiskFull));
    assert_eq!(title(text), "db: disk full");
}

#[test]
fn the_line_inside_a_docker_json_file_is_read() {
    let found = analyse(fixture!("docker-json"));
    assert_eq!((found.entries, first_line(&found)), (14, 11));
    assert_eq!(top(&found), ("write /data/a<n>: too many open files", 4));
}

#[test]
fn a_kernel_log_counts_from_boot() {
    let found = analyse(fixture!("kernel"));
    assert_eq!((found.formats[0].0, first_line(&found)), (Format::Kernel, 6));
    assert_eq!(found.templates[0].cause, Some(Cause::ConnectionTableFull));
}

#[test]
fn five_formats_with_colours_words_and_garbage_between_them_are_one_story() {
    let text = fixture!("mixed");
    let found = analyse(text);
    assert_eq!((found.content, found.entries, found.binary_lines), (Content::Log, 28, 1));
    assert_eq!((first_line(&found), top(&found)), (6, ("upstream connect timeout, peer <ip>", 13)));
    assert_eq!(trigger(&found), Some((Trigger::NodeDrain, Some(9000))));
    let report = triage(text, &Context::default());
    assert_eq!(report.title.as_deref(), Some("checkout-api: connect timeouts to 10.8.14.7"));
    assert!(
        report.markdown.starts_with(
            "**`checkout-api`: connect timeouts to `10.8.14.7`, first at 09:10:03, 9 s after a node drain.**"
        ),
        "{}",
        report.markdown
    );
    assert!(!report.markdown.contains("hunter2") && !report.markdown.contains('\u{1b}'));
}

#[test]
fn the_usual_layouts_of_frameworks_give_level_source_and_message() {
    for (line, level, source, message) in [
        (
            "2026-08-18T09:10:03.123Z ERROR 1 --- [nio-8080-exec-7] c.e.shop.Checkout : order lost",
            Level::Error,
            "c.e.shop.Checkout",
            "order lost",
        ),
        (
            "2026-08-18 09:10:03,871 - shop.worker - WARNING - queue slow",
            Level::Warn,
            "shop.worker",
            "queue slow",
        ),
        ("[2026-08-18 09:10:03 +0000] [12] [CRITICAL] WORKER TIMEOUT", Level::Fatal, "", "WORKER TIMEOUT"),
        ("2026-08-18T09:10:03Z\terror\tcannot save", Level::Error, "", "error cannot save"),
        ("1:M 18 Aug 2026 09:10:03.123 # Write failed", Level::Warn, "redis", "Write failed"),
        ("2026-08-18T09:10:03.1Z 12 [ERROR] [MY-012592] [InnoDB] file lost", Level::Error, "", "file lost"),
        ("08/18/2026 09:10:03 ERROR Service stopped", Level::Error, "", "Service stopped"),
        ("[09:10:03] [Server thread/ERROR]: event lost", Level::Error, "", "event lost"),
        ("ERROR:shop.cart:cart lost in 2026-08-18", Level::Error, "shop.cart", "cart lost in <time>"),
        ("2026-08-18T09:10:03.120000Z ERROR shop::db: pool closed", Level::Error, "shop::db", "pool closed"),
        ("2026-08-18T09:10:03.5Z stderr F E0818 09:10:03.1 1 a.go:1] pod lost", Level::Error, "", "pod lost"),
        (
            "<27>Aug 18 09:10:03 web-1 cart[3]: {\"level\":\"error\",\"msg\":\"cart lost\"}",
            Level::Error,
            "cart",
            "cart lost",
        ),
        ("[pod/cart-5d8f7c6b9-abc12/cart] 2026-08-18 09:10:03 FATAL gone", Level::Fatal, "cart", "gone"),
    ] {
        let found = analyse(line);
        let template = &found.templates[0];
        assert_eq!((template.level, template.text.as_str()), (level, message), "{line}");
        assert_eq!(found.sources.first().map_or("", |found| found.0.as_str()), source, "{line}");
        assert!(found.content == Content::Log, "{line}");
    }
}

#[test]
fn a_trace_below_an_empty_line_belongs_to_the_error_above() {
    let text = "2026-08-18T09:10:03Z ERROR 1 --- [exec-7] c.e.Checkout : order lost\n\njava.io.IOException: broken\n\tat com.example.A.b(A.java:3)\n";
    let found = analyse(text);
    assert_eq!((found.entries, found.exceptions[0].root.as_str()), (1, "java.io.IOException: broken"));
}
