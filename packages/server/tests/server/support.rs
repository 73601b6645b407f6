//! A real server on a real socket and folder, a client for it, and a model endpoint that answers when told to.

use std::path::Path;
use std::sync::Arc;

use copilot_server::{Options, Running, Server};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

/// A log that any reader of logs recognises.
pub(crate) const LOG: &str = "2026-08-18T09:10:01.000Z INFO checkout-api started\n\
2026-08-18T09:10:03.120Z ERROR checkout-api upstream connect timeout, peer 10.8.14.7\n\
2026-08-18T09:10:03.480Z ERROR checkout-api upstream connect timeout, peer 10.8.14.7\n\
2026-08-18T09:10:04.010Z WARN checkout-api retrying request\n\
2026-08-18T09:10:05.900Z ERROR checkout-api upstream connect timeout, peer 10.8.14.7\n";

/// A server, its folder, and a signed-in client.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) server: Running,
    pub(crate) client: Client,
    pub(crate) token: String,
}

/// Settings for a server on a free port.
pub(crate) fn options(folder: &Path) -> Options {
    Options { port: 0, ..Options::in_folder(folder.join("data")) }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with_faults() -> Self {
        Self::with(|options| options.faults = true).await
    }

    /// A server with changed settings, and a registered user named maria.
    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(folder.path());
        change(&mut options);
        let server = Server::start(options).await.unwrap();
        let mut world = Self { folder, server, client: client(), token: String::new() };
        world.token = world.register("maria").await["access_token"].as_str().unwrap().to_owned();
        world
    }

    /// A server of the queries dialect, and a registered user named maria.
    pub(crate) async fn speaking_queries(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(folder.path());
        options.dialect = copilot_server::Dialect::Queries;
        change(&mut options);
        let server = Server::start(options).await.unwrap();
        let mut world = Self { folder, server, client: client(), token: String::new() };
        let body = json!({ "username": "maria" });
        let answer = world.bare(Method::POST, "/api/v1/auth/dev-register").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let answer: Value = answer.json().await.unwrap();
        assert!(answer.get("refresh_token").is_none());
        world.token = answer["access_token"].as_str().unwrap().to_owned();
        world
    }

    /// Stops the server and starts one with changed settings on the same folder. The client stays signed in.
    pub(crate) async fn restart(self, change: impl FnOnce(&mut Options)) -> Self {
        let Self { folder, server, token, .. } = self;
        server.shutdown().await;
        let mut options = options(folder.path());
        change(&mut options);
        let server = Server::start(options).await.unwrap();
        Self { folder, server, client: client(), token }
    }

    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.server.url()))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.bare(Method::GET, path).bearer_auth(&self.token)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.bare(Method::POST, path).bearer_auth(&self.token)
    }

    pub(crate) async fn register(&self, name: &str) -> Value {
        let request = self.bare(Method::POST, "/api/v1/auth/register").json(&json!({ "username": name }));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.unwrap()
    }

    pub(crate) async fn new_case(&self) -> String {
        let case = json_of(self.post("/api/v1/cases").json(&json!({})).send().await.unwrap()).await;
        case["case_id"].as_str().unwrap().to_owned()
    }

    /// A turn with a question, not yet sent.
    pub(crate) fn turn(&self, case: &str, key: &str, question: &str) -> RequestBuilder {
        self.turn_form(case, key, Form::new().text("query", question.to_owned()))
    }

    pub(crate) fn turn_form(&self, case: &str, key: &str, form: Form) -> RequestBuilder {
        self.post(&format!("/api/v1/cases/{case}/turns")).header("Idempotency-Key", key).multipart(form)
    }

    pub(crate) async fn ask(&self, case: &str, key: &str, question: &str) -> Value {
        let response = self.turn(case, key, question).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    /// A turn that carries an intent.
    pub(crate) async fn intend(&self, case: &str, key: &str, intent: &Value) -> Response {
        let form = Form::new()
            .text("query", "Go on.")
            .text("intent_type", intent["type"].as_str().unwrap().to_owned())
            .text("intent_data", intent.to_string());
        self.turn_form(case, key, form).send().await.unwrap()
    }

    pub(crate) async fn messages(&self, case: &str) -> Value {
        json_of(self.get(&format!("/api/v1/cases/{case}/messages?limit=100")).send().await.unwrap()).await
    }

    /// Polls a job to its end.
    pub(crate) async fn job(&self, location: &str) -> Value {
        loop {
            let response = self.get(location).send().await.unwrap();
            if response.status() == StatusCode::OK {
                return response.json().await.unwrap();
            }
            assert_eq!(response.status(), StatusCode::ACCEPTED);
        }
    }

    pub(crate) async fn set_faults(&self, script: &Value) {
        let response = self.bare(Method::PUT, "/__faults").json(script).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
    }

    pub(crate) async fn fault_log(&self) -> Vec<Value> {
        let log = json_of(self.bare(Method::GET, "/__faults/log?after=0").send().await.unwrap()).await;
        log["entries"].as_array().unwrap().clone()
    }

    /// Sends bytes as they are and returns everything the server says until it closes.
    pub(crate) async fn raw(&self, request: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.server.addr()).await.unwrap();
        socket.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        // A reset after the answer is as good an end as a clean one.
        let _ = socket.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A request head with the right `Host`, closing after the answer.
    pub(crate) fn head(&self, line: &str, headers: &str) -> String {
        format!("{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", self.server.addr())
    }
}

pub(crate) fn client() -> Client {
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(crate) async fn json_of(response: Response) -> Value {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Status, `x-error-code` and body of a refusal.
pub(crate) async fn refusal(response: Response) -> (u16, String, Value) {
    let status = response.status().as_u16();
    let code = response.headers().get("x-error-code").expect("x-error-code").to_str().unwrap().to_owned();
    assert!(response.headers().contains_key("x-request-id"));
    assert!(response.headers().contains_key("x-correlation-id"));
    (status, code, response.json().await.unwrap())
}

pub(crate) fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Form {
    Form::new().part("files", Part::bytes(bytes.into()).file_name(name.to_owned()))
}

/// A chat endpoint on a real socket. It tells of each request and answers each when permitted.
pub(crate) struct Model {
    pub(crate) url: String,
    pub(crate) arrivals: mpsc::UnboundedReceiver<Value>,
    gate: Arc<Semaphore>,
}

impl Model {
    /// Answers everything with `status`, `headers` (lines that end in CRLF) and `body`.
    pub(crate) async fn new(status: u16, headers: &str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let gate = Arc::new(Semaphore::new(0));
        let (told, arrivals) = mpsc::unbounded_channel();
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
            body.len()
        );
        let permits = Arc::clone(&gate);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(converse(socket, answer.clone(), told.clone(), Arc::clone(&permits)));
            }
        });
        Self { url, arrivals, gate }
    }

    pub(crate) async fn saying(text: &str) -> Self {
        let body =
            json!({ "choices": [{ "message": { "role": "assistant", "content": text } }] }).to_string();
        Self::new(200, "", &body).await
    }

    pub(crate) fn permit(&self, answers: usize) {
        self.gate.add_permits(answers);
    }

    pub(crate) fn endpoint(&self) -> copilot_server::AssistantChoice {
        copilot_server::AssistantChoice::Endpoint(copilot_server::Endpoint {
            url: self.url.clone(),
            key: Some("sk-test".to_owned()),
            model: "small".to_owned(),
            timeout: std::time::Duration::from_secs(60),
        })
    }
}

async fn converse(
    mut socket: TcpStream,
    answer: String,
    told: mpsc::UnboundedSender<Value>,
    gate: Arc<Semaphore>,
) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    let body = loop {
        let read = socket.read(&mut chunk).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1"), "{head}");
            assert!(head.to_lowercase().contains("authorization: bearer sk-test"), "{head}");
            if let Ok(body) = serde_json::from_str(body) {
                break body;
            }
        }
    };
    let _ = told.send(body);
    gate.acquire().await.unwrap().forget();
    let _ = socket.write_all(answer.as_bytes()).await;
}
