//! The server, the device, and what arrived at the server.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use copilot_runtime::Platform;
use copilot_server::{Clock, Dialect, Options, Running, Server};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpSocket;
use tokio::task::LocalSet;

use crate::time::Time;
use crate::window::Window;

/// Ends a story that hangs; nothing is measured by it.
const HANGS: Duration = Duration::from_secs(120);

/// One server and one device.
pub struct World {
    server_data: TempDir,
    device: TempDir,
    /// Bound but not listening: keeps the port while the server is down, and refuses connections.
    port: TcpSocket,
    server: RefCell<Option<Running>>,
    dialect: Dialect,
    job_threshold: Cell<usize>,
    /// The server's clock.
    pub clock: Clock,
    /// The device's clock.
    pub time: Time,
}

/// Tells a story in a world whose server is up.
pub fn story(tell: impl AsyncFnOnce(World)) {
    story_in(Dialect::Turns, tell);
}

/// The same with a server of the other dialect.
pub fn story_in(dialect: Dialect, tell: impl AsyncFnOnce(World)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseaddr(true).unwrap();
        port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let world = World {
            server_data: TempDir::new().unwrap(),
            device: TempDir::new().unwrap(),
            port,
            server: RefCell::default(),
            dialect,
            job_threshold: Cell::new(copilot_server::DEFAULT_JOB_THRESHOLD),
            clock: Clock::manual(1_790_000_000_000),
            time: Time::default(),
        };
        world.server_up().await;
        tell(world).await;
    });
}

impl World {
    /// The server's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.port.local_addr().unwrap())
    }

    /// From the next start of the server on, texts above this many bytes become jobs.
    pub fn answer_later_above(&self, bytes: usize) {
        self.job_threshold.set(bytes);
    }

    /// Starts the server on its data and its port.
    pub async fn server_up(&self) {
        let mut options = Options::in_folder(self.server_data.path());
        options.port = self.port.local_addr().unwrap().port();
        options.dialect = self.dialect;
        options.query_limit = None;
        options.faults = true;
        options.job_threshold = self.job_threshold.get();
        options.clock = self.clock.clone();
        let running = Server::start(options).await.unwrap();
        *self.server.borrow_mut() = Some(running);
    }

    /// Stops the server; what it has committed is kept.
    pub async fn server_down(&self) {
        let running = self.server.borrow_mut().take().unwrap();
        running.shutdown().await;
    }

    /// Makes the server misbehave: rules of contract 6.2, the first that fires wins.
    pub async fn faults(&self, rules: Value) {
        self.ask(reqwest::Method::PUT, "/__faults", Some(json!({ "seed": 1, "rules": rules }))).await;
    }

    /// One rule for what is posted to a path.
    pub async fn fault_on(&self, path: &str, when: Value, fault: Value) {
        let rule = json!({ "match": { "method": "POST", "path": path }, "when": when, "fault": fault });
        self.faults(json!([rule])).await;
    }

    /// The address that takes what is said.
    #[must_use]
    pub fn talk(&self) -> &'static str {
        match self.dialect {
            Dialect::Turns => "/api/v1/cases/*/turns",
            Dialect::Queries => "/api/v1/cases/*/queries",
        }
    }

    /// Answers and ends all hanging requests.
    pub async fn release_hanging(&self) {
        self.ask(reqwest::Method::POST, "/__faults/release", None).await;
    }

    /// What arrived as something said, in order.
    pub async fn said(&self) -> Vec<Value> {
        let end = self.talk().rsplit('/').next().unwrap_or_default();
        self.arrived("POST", &format!("/{end}")).await
    }

    /// What arrived at the server under a path that ends so, in order.
    pub async fn arrived(&self, method: &str, path_end: &str) -> Vec<Value> {
        let log = self.ask(reqwest::Method::GET, "/__faults/log?after=0", None).await;
        let entries = log["entries"].as_array().unwrap().iter();
        let fits =
            |entry: &&Value| entry["method"] == method && entry["path"].as_str().unwrap().ends_with(path_end);
        entries.filter(fits).cloned().collect()
    }

    /// How many requests have arrived under a path that holds this.
    pub async fn arrived_under(&self, part: &str) -> usize {
        let log = self.ask(reqwest::Method::GET, "/__faults/log?after=0", None).await;
        let entries = log["entries"].as_array().unwrap().iter();
        entries.filter(|entry| entry["path"].as_str().unwrap().contains(part)).count()
    }

    /// Waits until so many requests have arrived.
    pub async fn when_arrived(&self, method: &str, path_end: &str, count: usize) {
        let arrived = async {
            while self.arrived(method, path_end).await.len() < count {
                tokio::task::yield_now().await;
            }
        };
        let came = tokio::time::timeout(HANGS, arrived).await;
        assert!(came.is_ok(), "{count} × {path_end} never arrived");
    }

    /// Waits until so much of what was said has run.
    pub async fn when_committed(&self, count: usize) {
        let committed = async {
            loop {
                let said = self.said().await;
                let ran = said.iter().filter(|turn| turn["committed"] == true && turn["replayed"] == false);
                if ran.count() >= count {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let came = tokio::time::timeout(HANGS, committed).await;
        assert!(came.is_ok(), "{count} were never committed: {}", self.said().await.len());
    }

    /// Asks the server as a client of its own, signed in as a user of the store.
    pub async fn as_user(&self, username: &str, path: &str) -> Value {
        let login = match self.dialect {
            Dialect::Turns => "/api/v1/auth/login",
            Dialect::Queries => "/api/v1/auth/dev-login",
        };
        let body = Some(json!({ "username": username }));
        let token = self.ask(reqwest::Method::POST, login, body).await["access_token"].clone();
        let request = reqwest::Client::new().get(format!("{}{path}", self.url()));
        let answer = request.bearer_auth(token.as_str().unwrap()).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.url());
        let mut request = reqwest::Client::new().request(method, url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default()
    }

    /// Opens the program on this device, for as long as the closure runs. Afterwards it is gone as after a crash: no task of
    /// it runs on.
    pub async fn window<T>(&self, use_it: impl AsyncFnOnce(&Window) -> T) -> T {
        let native = Platform::native(self.device.path());
        let platform = Platform {
            clock: Rc::new(self.time.clone()),
            executor: self.time.executor(native.executor.clone()),
            ..native
        };
        LocalSet::new().run_until(async { use_it(&Window::on(platform)).await }).await
    }
}
