//! Many clients at once: nobody is refused, and the program does not grow.
//!
//! The short form runs with the other tests; the long one is `cargo test -p copilot-server --release -- --ignored load`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::support::client;

/// What the program may grow by while it serves: caches that fill, fragments of the allocator.
const GROWTH_KIB: u64 = 48 * 1024;

/// The program in a process of its own, so that its memory is only its own.
struct Program {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Program {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_copilot-server"))
            .args(["--port", "0", "--data"])
            .arg(folder.path())
            .env("COPILOT_LOG", "warn")
            .env_remove("COPILOT_LLM_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let link = line.trim_end().strip_prefix("listening on ").unwrap();
        let url = link.split_once("/?token=").unwrap().0.to_owned();
        Self { child, url, _folder: folder }
    }

    /// Memory that it holds, where the system tells.
    fn resident_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn under_load(clients: usize, span: Duration) {
    let program = Program::start();
    let http = client();
    let url = Arc::new(program.url.clone());
    let register = http.post(format!("{url}/api/v1/auth/register")).json(&json!({ "username": "maria" }));
    let signed_in: Value = register.send().await.unwrap().json().await.unwrap();
    let token = Arc::new(signed_in["access_token"].as_str().unwrap().to_owned());
    let create = http.post(format!("{url}/api/v1/cases")).bearer_auth(&token).json(&json!({}));
    let case: Value = create.send().await.unwrap().json().await.unwrap();
    let case = Arc::new(case["case_id"].as_str().unwrap().to_owned());
    let (answered, end) = (Arc::new(AtomicUsize::new(0)), Instant::now() + span);
    let tasks: Vec<_> = (0..clients)
        .map(|number| {
            let (http, url, token, case) =
                (http.clone(), Arc::clone(&url), Arc::clone(&token), Arc::clone(&case));
            let answered = Arc::clone(&answered);
            tokio::spawn(async move {
                let mut round = 0;
                while Instant::now() < end || round == 0 {
                    let request = match (number + round) % 50 {
                        0 => http
                            .post(format!("{url}/api/v1/cases/{case}/turns"))
                            .header("Idempotency-Key", format!("load-{number:06}-{round:06}"))
                            .multipart(Form::new().text("query", format!("question {number} {round}"))),
                        part if part % 2 == 0 => http.get(format!("{url}/api/v1/cases?limit=20")),
                        _ => http.get(format!("{url}/api/v1/cases/{case}/messages?limit=10")),
                    };
                    let answer = request.bearer_auth(&token).send().await.unwrap();
                    assert!(answer.status().is_success(), "{}", answer.status());
                    answer.bytes().await.unwrap();
                    answered.fetch_add(1, Ordering::Relaxed);
                    round += 1;
                }
            })
        })
        .collect();
    tokio::time::sleep(span / 3).await;
    let early = program.resident_kib();
    for task in tasks {
        task.await.unwrap();
    }
    let late = program.resident_kib();
    assert!(answered.load(Ordering::Relaxed) >= clients);
    if let (Some(early), Some(late)) = (early, late) {
        assert!(late <= early + GROWTH_KIB, "{early} KiB grew to {late} KiB");
    }
    let metrics = http.get(format!("{url}/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(!metrics.contains("status=\"5"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_clients_are_all_answered() {
    under_load(100, Duration::from_millis(500)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute: 1,000 concurrent requests for 60 s"]
async fn load_of_a_thousand_clients_for_a_minute_leaves_the_memory_flat() {
    under_load(1000, Duration::from_secs(60)).await;
}
