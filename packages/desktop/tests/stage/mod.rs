//! The ground of the stories about windows: a screen of their own, a window manager on it, the real server, and the
//! built program, typed into as a person would.
//!
//! The screen is a virtual one (Xvfb), so that nothing shows on the screen of whoever runs the tests; keys and
//! movements of windows come from xdotool. `cargo xtask test` installs what is needed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use copilot_server::{Options, Running, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Ends a story that hangs; nothing is measured by it.
const HANGS: Duration = Duration::from_secs(120);
/// Pause between two looks at the world.
const LOOK: Duration = Duration::from_millis(50);

/// A program that ends with the story.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen, a server and one person's home.
pub(crate) struct Stage {
    program: &'static str,
    display: String,
    server: Running,
    home: TempDir,
    _server_data: TempDir,
    _manager: Ends,
    _screen: Ends,
}

/// Tells a story about the program at a path.
pub(crate) fn story(program: &'static str, tell: impl AsyncFnOnce(&Stage)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let stage = Stage::open(program).await;
        tell(&stage).await;
        stage.server.shutdown().await;
    });
}

/// Waits until something is so.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < HANGS, "{what}: never happened");
        tokio::time::sleep(LOOK).await;
    }
}

fn spawn(command: &mut Command) -> Child {
    let program = command.get_program().to_string_lossy().into_owned();
    command.spawn().unwrap_or_else(|error| panic!("{program}: {error}; cargo xtask test installs it"))
}

impl Stage {
    async fn open(program: &'static str) -> Self {
        let mut screen = Command::new("Xvfb");
        // Keys don't repeat (`-r`): on a busy machine one that is pressed and let go of would count as held.
        screen.args(["-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp", "-r"]);
        let mut screen = spawn(screen.stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut number = String::new();
        BufReader::new(screen.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let (screen, display) = (Ends(screen), format!(":{}", number.trim()));
        let mut manager = Command::new("openbox");
        manager.env("DISPLAY", &display).stdout(Stdio::null()).stderr(Stdio::null());
        let manager = Ends(spawn(&mut manager));
        let server_data = tempfile::tempdir().unwrap();
        let mut options = Options::in_folder(server_data.path());
        options.port = 0;
        options.faults = true;
        Self {
            program,
            display,
            server: Server::start(options).await.unwrap(),
            home: tempfile::tempdir().unwrap(),
            _server_data: server_data,
            _manager: manager,
            _screen: screen,
        }
    }

    /// The data folder of the program.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The program with arguments, on this screen, in this home, and without the services of the real session.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.args(arguments).arg("--data").arg(self.data());
        self.on_screen(&mut command);
        command.env("COPILOT_LOG", "warn,copilot_desktop=info,dioxus_signals=error");
        command
    }

    /// Puts any program on this screen.
    pub(crate) fn on_screen(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display).env("HOME", self.home.path()).env("LIBGL_ALWAYS_SOFTWARE", "1");
        command
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            .env_remove("WAYLAND_DISPLAY");
    }

    /// Starts the program and waits until it can be written to.
    pub(crate) async fn start(&self, arguments: &[&str]) -> Window<'_> {
        let log = self.home.path().join("log");
        let mut command = self.command(arguments);
        let program = spawn(command.stdout(Stdio::null()).stderr(File::create(&log).unwrap()));
        let mut window = Window { stage: self, program: Ends(program), id: String::new() };
        until("a window that can be written to", async || {
            let text = std::fs::read_to_string(&log).unwrap();
            if let Some(status) = window.program.0.try_wait().unwrap() {
                panic!("ended with {status}: {text}");
            }
            text.contains("can be written to").then_some(())
        })
        .await;
        window.id = self.visible().unwrap();
        self.xdotool(&["windowactivate", "--sync", &window.id]);
        window
    }

    /// The link that signs in as the owner, once.
    pub(crate) fn link(&self) -> String {
        format!("{}/?token={}", self.server.url(), self.server.start_token())
    }

    /// The window that can be seen, if there is one.
    pub(crate) fn visible(&self) -> Option<String> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", "^FaultMaven Copilot"]);
        String::from_utf8(found.stdout).unwrap().lines().next().map(str::to_owned)
    }

    pub(crate) fn xdotool(&self, arguments: &[&str]) -> Output {
        let mut xdotool = Command::new("xdotool");
        let output = xdotool.args(arguments).env("DISPLAY", &self.display).output();
        output.unwrap_or_else(|error| panic!("xdotool: {error}; cargo xtask test installs it"))
    }

    /// Makes the server misbehave: rules of contract 6.2.
    pub(crate) async fn faults(&self, rules: Value) {
        let rules = json!({ "seed": 1, "rules": rules });
        let request = reqwest::Client::new().put(format!("{}/__faults", self.server.url())).json(&rules);
        assert!(request.send().await.unwrap().status().is_success());
    }

    /// The turns that arrived, in order.
    pub(crate) async fn turns(&self) -> Vec<Value> {
        let log = reqwest::get(format!("{}/__faults/log?after=0", self.server.url())).await.unwrap();
        let log: Value = log.json().await.unwrap();
        let entries = log["entries"].as_array().unwrap().iter();
        let is_turn =
            |entry: &&Value| entry["method"] == "POST" && entry["path"].as_str().unwrap().ends_with("/turns");
        entries.filter(is_turn).cloned().collect()
    }

    /// How many turns have run; a repeated one runs once.
    pub(crate) async fn ran(&self) -> usize {
        let turns = self.turns().await;
        turns.iter().filter(|turn| turn["committed"] == true && turn["replayed"] == false).count()
    }

    /// Everything that the person has said in all cases, as the server has it. Asked with the credentials that the
    /// program keeps, which are in a file where there is no keyring.
    pub(crate) async fn said(&self) -> Vec<String> {
        let settings =
            std::fs::read_dir(self.data().join("settings")).unwrap().map(|file| file.unwrap().path());
        let credentials = settings
            .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("credentials"))
            .map(|path| serde_json::from_str::<Value>(&std::fs::read_to_string(path).unwrap()).unwrap())
            .next()
            .unwrap();
        let get = async |path: &str| -> Value {
            let request = reqwest::Client::new().get(format!("{}/api/v1{path}", self.server.url()));
            let answer = request.bearer_auth(credentials["access"].as_str().unwrap()).send().await.unwrap();
            answer.json().await.unwrap()
        };
        let mut said = Vec::new();
        for case in get("/cases").await["cases"].as_array().unwrap() {
            let messages = get(&format!("/cases/{}/messages", case["case_id"].as_str().unwrap())).await;
            let messages = messages["messages"].as_array().unwrap().iter();
            let own = messages.filter(|message| message["role"] == "user");
            said.extend(own.map(|message| message["content"].as_str().unwrap().to_owned()));
        }
        said
    }

    /// Waits until a text is on the disk of the person.
    pub(crate) async fn kept(&self, text: &str) {
        until(&format!("“{text}” on the disk"), async || {
            holds(&self.data(), text.as_bytes()).then_some(())
        })
        .await;
    }
}

/// Whether a file in a folder or below it holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => holds(&entry.path(), bytes),
        Ok(kind) if kind.is_file() => {
            std::fs::read(entry.path()).is_ok_and(|text| text.windows(bytes.len()).any(|part| part == bytes))
        }
        _ => false,
    })
}

/// A program that runs.
pub(crate) struct Window<'a> {
    pub(crate) stage: &'a Stage,
    program: Ends,
    pub(crate) id: String,
}

impl Window<'_> {
    /// Types text, at the pace of xdotool: 12 ms for a letter.
    pub(crate) fn types(&self, text: &str) {
        assert!(self.stage.xdotool(&["type", text]).status.success());
    }

    /// Presses a key.
    pub(crate) fn presses(&self, key: &str) {
        assert!(self.stage.xdotool(&["key", key]).status.success());
    }

    /// Ends it as a crash would: kill -9.
    pub(crate) fn dies(mut self) {
        self.program.0.kill().unwrap();
        self.program.0.wait().unwrap();
    }

    /// Waits for its own end; the exit code.
    pub(crate) async fn ends(mut self) -> Option<i32> {
        until("the end of the program", async || self.program.0.try_wait().unwrap()).await.code()
    }
}

/// The story that every window must live through.
pub(crate) async fn a_crash_loses_and_doubles_nothing(stage: &Stage) {
    let window = stage.start(&["--server", &stage.link()]).await;
    // The server takes the message, and the program dies before it hears so.
    let turns = json!({ "method": "POST", "path": "/api/v1/cases/*/turns" });
    stage.faults(json!([{ "match": turns, "fault": { "kind": "hang", "commit": true } }])).await;
    window.types("the queue grows since the deploy");
    window.presses("Return");
    until("the turn at the server", async || stage.turns().await.first().cloned()).await;
    window.types("and a draft that nobody sent");
    stage.kept("and a draft that nobody sent").await;
    window.dies();

    stage.faults(json!([])).await;
    let window = stage.start(&[]).await;
    until("the same message once more", async || (stage.turns().await.len() >= 2).then_some(())).await;
    // The draft stands in the composer again: Enter sends it.
    window.presses("Return");
    until("both messages", async || (stage.ran().await >= 2).then_some(())).await;
    until("both messages in the list", async || (stage.said().await.len() >= 2).then_some(())).await;
    assert_eq!(stage.said().await, ["the queue grows since the deploy", "and a draft that nobody sent"]);
    assert_eq!(stage.ran().await, 2);
}
