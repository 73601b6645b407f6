//! A queue that drains: the real runtime on the file store, and in threads of its own a server that takes 50 ms for a turn.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use copilot_core::model::Turn;
use copilot_core::view::{Group, LinkStatus};
use copilot_core::{Intent, Link};
use copilot_runtime::ports::{Signal, Surroundings};
use copilot_runtime::{Handle, Platform, SignInForm};
use copilot_scenarios::{Window, say};
use copilot_server::{Options, Running, Server};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::run::Run;

/// Turns of each case that wait.
const TURNS: usize = 10;
/// What the server takes for a turn.
const LATENCY: Duration = Duration::from_millis(50);
/// Cases that are served at once (`Config::lanes` of the core).
const LANES: f64 = 4.0;

pub(crate) fn measure(run: &Run) {
    let cases = run.either(100, 10);
    // What it takes at best: so many turns, four at a time, 50 ms each.
    let best = (cases * TURNS) as f64 / LANES * LATENCY.as_secs_f64();
    let times = (0..run.either(3, 1)).map(|_| drain(cases).as_secs_f64() / best);
    run.tell("outbox.drain", "times", &times.collect::<Vec<_>>());
}

fn drain(cases: usize) -> Duration {
    let threads = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = slow_server(&threads, folder.path());
    let device = tempfile::tempdir().unwrap();
    let cable = Rc::new(Cable::default());
    let platform = Platform { surroundings: cable.clone(), ..Platform::native(device.path()) };
    let url = server.url();
    let here = Builder::new_current_thread().enable_all().build().unwrap();
    let taken = here.block_on(LocalSet::new().run_until(async move {
        let window = &Window::on(platform);
        window.app.sign_in(SignInForm {
            server: url,
            username: "maria.ortiz".to_owned(),
            password: String::new(),
            register: true,
        });
        let handle = window.opened().await;
        for _ in 0..cases {
            handle.dispatch(Intent::Open(None));
            say(&handle, "begun");
        }
        all_sent(window, &handle).await;
        let keys: Vec<_> = handle.read(|view| view.group(Group::Active).to_vec());
        assert_eq!(keys.len(), cases);

        cable.set(Link::Offline);
        for _ in 0..TURNS {
            for key in &keys {
                let turns = vec![Turn::say("is that enough to blame the pool?")];
                handle.dispatch(Intent::Submit { case: Some(key.clone()), turns });
            }
        }
        assert!(handle.read(|view| matches!(view.status().link, LinkStatus::Offline { .. })));
        let begun = Instant::now();
        cable.set(Link::Online);
        all_sent(window, &handle).await;
        begun.elapsed()
    }));
    threads.block_on(server.shutdown());
    taken
}

/// A server whose turns take [`LATENCY`].
fn slow_server(threads: &Runtime, folder: &std::path::Path) -> Running {
    let mut options = Options::in_folder(folder);
    options.port = 0;
    options.query_limit = None;
    options.faults = true;
    let server = threads.block_on(Server::start(options)).unwrap();
    let turns = json!({ "method": "POST", "path": "/api/v1/cases/*/turns" });
    let slow = json!({ "match": turns, "latency_ms": LATENCY.as_millis(), "fault": { "kind": "none" } });
    let address = format!("{}/__faults", server.url());
    let told = async move {
        let rules = json!({ "seed": 1, "rules": [slow] });
        reqwest::Client::new().put(address).json(&rules).send().await.unwrap().error_for_status().unwrap()
    };
    threads.block_on(told);
    server
}

/// Waits until the server has answered everything that was said.
async fn all_sent(window: &Window, handle: &Handle) {
    window
        .until("an empty queue", || {
            let left = handle.read(|view| view.status().waiting + view.status().not_sent);
            (left == 0).then_some(())
        })
        .await;
}

type Listener = Rc<dyn Fn(Signal)>;

/// A network cable.
struct Cable {
    link: Cell<Link>,
    listener: RefCell<Option<Listener>>,
}

impl Default for Cable {
    fn default() -> Self {
        Self { link: Cell::new(Link::Online), listener: RefCell::default() }
    }
}

impl Cable {
    fn set(&self, link: Link) {
        self.link.set(link);
        let listener = self.listener.borrow().clone();
        listener.unwrap()(Signal::Link(link));
    }
}

impl Surroundings for Cable {
    fn watch(&self, listener: Listener) -> Box<dyn std::any::Any> {
        *self.listener.borrow_mut() = Some(listener);
        Box::new(())
    }

    fn link(&self) -> Link {
        self.link.get()
    }

    fn origin(&self) -> Option<String> {
        None
    }

    fn take_start_token(&self) -> Option<String> {
        None
    }
}
