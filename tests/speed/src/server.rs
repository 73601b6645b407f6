//! The local server under a hundred clients at once, with few and with ten times as many cases.

use std::path::Path;
use std::time::{Duration, Instant};

use copilot_server::{Options, Server};
use serde_json::{Value, json};

use crate::run::Run;

const CLIENTS: usize = 100;

pub(crate) fn measure(run: &Run) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let (few, many) = (run.either(1_000, 20), run.either(10_000, 200));
        let clients = run.either(CLIENTS, 10);
        load(run, folder.path(), clients, few, "few").await;
        load(run, folder.path(), clients, many, "many").await;
    });
}

/// One person's access to a server.
#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    async fn post(&self, path: &str, key: &str, (kind, body): (&str, String)) -> Value {
        let request = self.http.post(format!("{}/api/v1{path}", self.base)).bearer_auth(&self.token);
        let request = request.header("idempotency-key", key).header("content-type", kind).body(body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    async fn case(&self, number: usize) -> String {
        let title = json!({ "title": format!("Incident {number}") }).to_string();
        let case = self.post("/cases", &key(1, number), ("application/json", title)).await;
        case["case_id"].as_str().unwrap().to_owned()
    }

    async fn turn(&self, case: &str, number: usize) {
        let form =
            "--x\r\ncontent-disposition: form-data; name=\"query\"\r\n\r\nis the pool to blame?\r\n--x--\r\n";
        let form = ("multipart/form-data; boundary=x", form.to_owned());
        self.post(&format!("/cases/{case}/turns"), &key(2, number), form).await;
    }
}

/// An idempotency key: a version 4 UUID out of two numbers.
fn key(kind: usize, number: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

/// Ten turns of every client, each client in a case of its own, of a person with so many cases.
async fn load(run: &Run, folder: &Path, clients: usize, cases: usize, size: &str) {
    let mut options = Options::in_folder(folder);
    options.port = 0;
    options.query_limit = None;
    let server = Server::start(options).await.unwrap();
    let base = server.url();
    let http = reqwest::Client::new();
    let register = http.post(format!("{base}/api/v1/auth/register")).json(&json!({ "username": size }));
    let session: Value = register.send().await.unwrap().json().await.unwrap();
    let token = session["access_token"].as_str().unwrap().to_owned();
    let client = Client { http, base: base.to_string(), token };

    // Every load has keys of its own.
    let from = cases * 10;
    let mut own = Vec::new();
    for number in 0..cases {
        let case = client.case(from + number).await;
        if own.len() < clients {
            own.push(case);
        }
    }
    let turns = run.either(10, 2);
    let begun = Instant::now();
    let tasks: Vec<_> = own
        .into_iter()
        .enumerate()
        .map(|(lane, case)| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                for turn in 0..turns {
                    let begun = Instant::now();
                    client.turn(&case, from * 100 + lane * 100 + turn).await;
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times: Vec<Duration> = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    run.tell_times(&format!("server.turn.{size}"), &times);
    run.tell(&format!("server.rate.{size}"), "turns/s", &[rate]);
    server.shutdown().await;
}
