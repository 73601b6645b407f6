//! One server on a port of its own, one device with a data folder, and windows on it.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use copilot_core::Intent;
use copilot_core::model::{Role, Turn};
use copilot_core::view::{Delivery, Group, MessageRow};
use copilot_runtime::{App, Handle, Platform, SignInForm, SignInView, Stage, Subscription};
use copilot_server::{Clock, Options, Running, Server};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpSocket;
use tokio::sync::Notify;
use tokio::task::LocalSet;

/// Ends a story that hangs; nothing is measured by it.
const HANGS: Duration = Duration::from_secs(60);

pub(crate) struct World {
    server_data: TempDir,
    device: TempDir,
    /// Bound but not listening: keeps the port while the server is down, and refuses connections.
    port: TcpSocket,
    server: RefCell<Option<Running>>,
    pub(crate) clock: Clock,
}

/// Runs a story in a world whose server is up.
pub(crate) fn story(tell: impl AsyncFnOnce(World)) {
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
            clock: Clock::manual(1_790_000_000_000),
        };
        world.server_up().await;
        tell(world).await;
    });
}

impl World {
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.port.local_addr().unwrap())
    }

    pub(crate) fn data(&self) -> &Path {
        self.device.path()
    }

    /// Starts the server on its data and its port.
    pub(crate) async fn server_up(&self) {
        let mut options = Options::in_folder(self.server_data.path());
        options.port = self.port.local_addr().unwrap().port();
        options.faults = true;
        options.clock = self.clock.clone();
        let running = Server::start(options).await.unwrap();
        *self.server.borrow_mut() = Some(running);
    }

    pub(crate) async fn server_down(&self) {
        let running = self.server.borrow_mut().take().unwrap();
        running.shutdown().await;
    }

    pub(crate) fn start_token(&self) -> String {
        self.server.borrow().as_ref().unwrap().start_token().to_owned()
    }

    /// Makes the server misbehave towards turns.
    pub(crate) async fn fault_on_turns(&self, when: Value, fault: Value) {
        self.fault_on("/api/v1/cases/*/turns", when, fault).await;
    }

    /// Makes the server misbehave towards what is posted to a path.
    pub(crate) async fn fault_on(&self, path: &str, when: Value, fault: Value) {
        let rule = json!({ "match": { "method": "POST", "path": path }, "when": when, "fault": fault });
        self.ask(reqwest::Method::PUT, "/__faults", Some(json!({ "seed": 1, "rules": [rule] }))).await;
    }

    pub(crate) async fn release_hanging(&self) {
        self.ask(reqwest::Method::POST, "/__faults/release", None).await;
    }

    /// What arrived at the server as turns, in order.
    pub(crate) async fn turns(&self) -> Vec<Value> {
        self.arrived("POST", "/turns").await
    }

    /// What arrived at the server under a path that ends so, in order.
    pub(crate) async fn arrived(&self, method: &str, path_end: &str) -> Vec<Value> {
        let log = self.ask(reqwest::Method::GET, "/__faults/log?after=0", None).await;
        let entries = log["entries"].as_array().unwrap().iter();
        entries
            .filter(|entry| entry["method"] == method && entry["path"].as_str().unwrap().ends_with(path_end))
            .cloned()
            .collect()
    }

    /// Waits until something is true at the server.
    pub(crate) async fn when_arrived(&self, path_end: &str, count: usize) {
        let arrived = async {
            while self.arrived("POST", path_end).await.len() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(HANGS, arrived)
            .await
            .unwrap_or_else(|_| panic!("{count} × {path_end} never arrived"));
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

    /// Opens the program on this device, for as long as the closure runs. Afterwards it is gone as
    /// after a crash: no task of it runs on.
    pub(crate) async fn window<T>(&self, use_it: impl AsyncFnOnce(&Window) -> T) -> T {
        self.window_on(Platform::native(self.data()), use_it).await
    }

    pub(crate) async fn window_on<T>(&self, platform: Platform, use_it: impl AsyncFnOnce(&Window) -> T) -> T {
        LocalSet::new().run_until(async { use_it(&Window::open(platform)).await }).await
    }
}

pub(crate) struct Window {
    pub(crate) app: App,
    changed: Rc<Notify>,
    _stages: Subscription,
}

impl Window {
    pub(crate) fn open(platform: Platform) -> Self {
        let app = App::start(platform);
        let changed = Rc::new(Notify::new());
        let rows: Rc<RefCell<Option<Subscription>>> = Rc::default();
        let watch = {
            let (app, changed) = (app.clone(), changed.clone());
            move || {
                if let Stage::Open(handle) = app.stage() {
                    let changed = changed.clone();
                    *rows.borrow_mut() = Some(handle.subscribe(move |_| changed.notify_one()));
                }
                changed.notify_one();
            }
        };
        watch();
        let stages = app.on_stage(watch);
        Self { app, changed, _stages: stages }
    }

    /// Waits until a look at the window gives something.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            let change = tokio::time::timeout(HANGS, self.changed.notified()).await;
            assert!(change.is_ok(), "never seen: {what}. On screen: {}", self.describe());
        }
    }

    pub(crate) async fn opened(&self) -> Handle {
        self.until("an open account", || match self.app.stage() {
            Stage::Open(handle) => Some(handle),
            _ => None,
        })
        .await
    }

    pub(crate) async fn sign_in_view(&self, what: &str, fits: impl Fn(&SignInView) -> bool) -> SignInView {
        self.until(what, || match self.app.stage() {
            Stage::SignIn(view) if fits(&view) => Some(view),
            _ => None,
        })
        .await
    }

    /// Makes an account and opens it.
    pub(crate) async fn register(&self, world: &World, username: &str) -> Handle {
        self.app.sign_in(form(world, username, true));
        self.opened().await
    }

    pub(crate) async fn sign_in(&self, world: &World, username: &str) -> Handle {
        self.app.sign_in(form(world, username, false));
        self.opened().await
    }

    /// Waits until the rows of the open case satisfy.
    pub(crate) async fn rows(
        &self,
        handle: &Handle,
        what: &str,
        fits: impl Fn(&[MessageRow]) -> bool,
    ) -> Vec<MessageRow> {
        self.until(what, || Some(rows(handle)).filter(|rows| fits(rows))).await
    }

    /// Waits until the last message of the open case has its answer.
    pub(crate) async fn answered(&self, handle: &Handle, question: &str) -> Vec<MessageRow> {
        self.rows(handle, "an answer", |rows| {
            let asked = rows.iter().position(|row| row.role == Role::User && &*row.text == question);
            asked.and_then(|at| rows.get(at + 1)).is_some_and(|row| {
                row.role == Role::Assistant && row.thinking.is_none() && !row.text.is_empty()
            })
        })
        .await
    }

    fn describe(&self) -> String {
        match self.app.stage() {
            Stage::Starting => "starting".to_owned(),
            Stage::SignIn(view) => format!("{view:?}"),
            Stage::Open(handle) => handle.read(|view| format!("{:?} {:?}", view.status(), rows(&handle))),
        }
    }
}

pub(crate) fn form(world: &World, username: &str, register: bool) -> SignInForm {
    SignInForm { server: world.url(), username: username.to_owned(), password: String::new(), register }
}

/// Says something in the open case, or in a new one.
pub(crate) fn say(handle: &Handle, text: &str) {
    let case = handle.read(|view| view.open().cloned());
    handle.dispatch(Intent::Submit { case, turns: vec![Turn::say(text)] });
}

/// The rows of the open case.
pub(crate) fn rows(handle: &Handle) -> Vec<MessageRow> {
    handle.read(|view| {
        let Some(case) = view.open() else { return Vec::new() };
        view.transcript(case).iter().filter_map(|key| view.message(case, key)).collect()
    })
}

/// How far the person's message with this text is.
pub(crate) fn delivery(handle: &Handle, text: &str) -> Option<Delivery> {
    rows(handle).into_iter().find(|row| row.role == Role::User && &*row.text == text).map(|row| row.delivery)
}

/// Opens the first case of the list.
pub(crate) fn open_first_case(handle: &Handle) {
    let case = handle.read(|view| view.group(Group::Active).first().cloned());
    assert!(case.is_some(), "the case is in the list");
    handle.dispatch(Intent::Open(case));
}
