//! The program itself: its one line, its exit codes, its silence about tokens.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;

use crate::support::{client, json_of};

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copilot-server"));
    command
        .args(["--port", "0", "--data"])
        .arg(data)
        .env("COPILOT_LOG", "debug")
        .env_remove("COPILOT_LLM_URL");
    command
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[cfg(unix)]
fn start(command: &mut Command) -> (Child, BufReader<std::process::ChildStdout>, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    (child, out, line)
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
#[tokio::test]
async fn it_prints_the_start_link_and_stops_cleanly_on_either_signal() {
    for name in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let (mut child, mut out, line) = start(&mut program(folder.path()));
        let link = line.trim_end().strip_prefix("listening on ").unwrap();
        let (base, token) = link.split_once("/?token=").unwrap();
        let answer = client()
            .post(format!("{base}/api/v1/auth/token"))
            .json(&json!({"token":token}))
            .send()
            .await
            .unwrap();
        let access = json_of(answer).await["access_token"].as_str().unwrap().to_owned();
        signal(&child, name);
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{errors}");
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        assert!(errors.contains("started"), "{errors}");
        assert!(!errors.contains(token) && !errors.contains(&access));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn enter_prints_another_link_and_each_lets_one_in() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = nix::pty::openpty(None, None).unwrap();
    let mut keyboard = std::fs::File::from(terminal.master);
    let (mut child, mut out, first) = start(program(folder.path()).stdin(terminal.slave));
    let mut links = vec![first.trim_end().strip_prefix("listening on ").unwrap().to_owned()];
    for _ in 0..2 {
        keyboard.write_all(b"\n").unwrap();
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        links.push(line.trim_end().strip_prefix("good for one more sign-in: ").unwrap().to_owned());
    }
    for link in links {
        let (base, token) = link.split_once("/?token=").unwrap();
        let sign_in = async || {
            let request = client().post(format!("{base}/api/v1/auth/token")).json(&json!({ "token": token }));
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!((sign_in().await, sign_in().await), (200, 401));
    }
    // The terminal is closed: the server goes on.
    drop(keyboard);
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn input_that_is_no_terminal_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut out, _) = start(program(folder.path()).stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(b"\n\n").unwrap();
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[cfg(unix)]
#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, _out, line) = start(&mut program(folder.path()));
    let base = line.strip_prefix("listening on ").unwrap().split("/?").next().unwrap().to_owned();
    let http = client();
    let name = json!({ "username": "maria" });
    let user = http.post(format!("{base}/api/v1/auth/register")).json(&name).send().await.unwrap();
    let token = json_of(user).await["access_token"].as_str().unwrap().to_owned();
    let case =
        http.post(format!("{base}/api/v1/cases")).bearer_auth(&token).json(&json!({})).send().await.unwrap();
    let case = json_of(case).await["case_id"].as_str().unwrap().to_owned();
    let turn = |base: &str| {
        let form = reqwest::multipart::Form::new().text("query", "Does this survive a kill?");
        let request = http.post(format!("{base}/api/v1/cases/{case}/turns")).bearer_auth(&token);
        request.header("Idempotency-Key", "key-00000001").multipart(form).send()
    };
    let first = json_of(turn(&base).await.unwrap()).await;
    child.kill().unwrap();
    child.wait().unwrap();

    let (mut child, _out, line) = start(&mut program(folder.path()));
    let base = line.strip_prefix("listening on ").unwrap().split("/?").next().unwrap().to_owned();
    let second = turn(&base).await.unwrap();
    assert_eq!(second.headers()["x-idempotency-replayed"], "true");
    assert_eq!(json_of(second).await, first);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_wrong_command_line_is_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, errors) = run(program(folder.path()).arg("--colour"));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(errors.contains("--colour"));
    let (code, ..) = run(program(folder.path()).args(["--job-threshold", "many"]));
    assert_eq!(code, Some(2));
}

#[test]
fn help_names_every_option() {
    let (code, out, _) = run(Command::new(env!("CARGO_BIN_EXE_copilot-server")).arg("--help"));
    assert_eq!(code, Some(0));
    for option in
        ["--port", "--data", "--faults", "--web", "--job-threshold", "--set-aside-corrupt", "COPILOT_LLM_URL"]
    {
        assert!(out.contains(option), "{option}");
    }
}

#[test]
fn what_stops_it_from_starting_is_one_sentence_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (code, out, errors) = run(program(&file.join("data")).env("COPILOT_LOG", "off"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("data folder"), "{errors}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_copilot-server"));
    let (code, _, errors) = run(command.args(["--port", &port, "--data"]).arg(folder.path().join("other")));
    assert_eq!(code, Some(1));
    assert!(errors.contains(&port) && errors.contains("--port"), "{errors}");

    let (code, _, errors) =
        run(program(&folder.path().join("third")).env("COPILOT_LLM_URL", "not an address"));
    assert_eq!(code, Some(1));
    assert!(errors.contains("COPILOT_LLM_URL"), "{errors}");
}
