//! A real socket that answers each connection as it is told, with bytes that no honest server sends.

use std::sync::{Arc, Mutex};

use copilot_api::{Client, Credentials, Dialect, InstallationId, Secret, ServerAddress, SessionId, Timeouts};
use copilot_core::{Millis, Wall};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What happens to one connection.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "each test binary uses its own part")]
pub(crate) enum Then {
    /// The request is read, these bytes are sent, the connection is closed.
    Answer(Vec<u8>),
    /// The same, a byte at a time.
    Drip(Vec<u8>),
    /// The request is read, these bytes are sent, then nothing more happens.
    Hang(Vec<u8>),
    /// The request is read, these bytes are sent again and again until the client has enough.
    Flood { head: Vec<u8>, piece: Vec<u8>, times: usize },
    /// The request is read and the connection reset.
    Reset,
    /// The connection is reset before anything is read.
    ResetUnread,
}

/// A JSON answer as the contract describes it.
#[allow(dead_code, reason = "each test binary uses its own part")]
pub(crate) fn json(status: u16, headers: &str, body: &str) -> Then {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Invented\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
    );
    Then::Answer(format!("{head}Connection: close\r\n{headers}\r\n{body}").into_bytes())
}

/// An answer whose announced length is not the length of its body.
#[allow(dead_code, reason = "each test binary uses its own part")]
pub(crate) fn misjudged(announced: usize, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {announced}\r\n\r\n{body}")
        .into_bytes()
}

/// A web page, as networks and gateways send it.
#[allow(dead_code, reason = "each test binary uses its own part")]
pub(crate) fn page(status: u16) -> Then {
    let page = "<html>Hello</html>";
    let head = format!(
        "HTTP/1.1 {status} Invented\r\nContent-Type: text/html\r\nContent-Length: {}\r\n",
        page.len()
    );
    Then::Answer(format!("{head}Connection: close\r\n\r\n{page}").into_bytes())
}

/// Credentials that are of no interest.
#[allow(dead_code, reason = "each test binary uses its own part")]
pub(crate) fn credentials() -> Credentials {
    Credentials {
        access: Secret::new("a-1").unwrap(),
        refresh: Secret::new("r-1"),
        expires_in: Millis::seconds(900),
        obtained: Wall(0),
        session: SessionId::parse("s-1").ok(),
        oauth_client: None,
    }
}

/// The server; it lives as long as the test.
pub(crate) struct ScriptedServer {
    port: u16,
    received: Arc<Mutex<Vec<String>>>,
    ended: mpsc::UnboundedReceiver<()>,
}

#[allow(dead_code, reason = "each test binary uses its own part")]
impl ScriptedServer {
    /// Starts it; the steps are for the connections, in their order.
    pub(crate) async fn start(steps: impl IntoIterator<Item = Then>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = mpsc::unbounded_channel();
        let steps: Vec<Then> = steps.into_iter().collect();
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            for step in steps {
                let (stream, _) = listener.accept().await.unwrap();
                let (log, end) = (Arc::clone(&log), end.clone());
                tokio::spawn(async move {
                    serve(stream, step, &log, &end).await;
                });
            }
            // Further connections are accepted and logged: a test that counts sees them.
            while let Ok((stream, _)) = listener.accept().await {
                log.lock().unwrap().push("unexpected connection".into());
                drop(stream);
            }
        });
        Self { port, received, ended }
    }

    pub(crate) fn address(&self) -> ServerAddress {
        ServerAddress::parse(&format!("http://127.0.0.1:{}", self.port)).unwrap()
    }

    /// A client with waits that no test reaches unless it wants to.
    pub(crate) fn client(&self) -> Client {
        client(self.address(), Millis::seconds(120))
    }

    /// A client that gives up soon.
    pub(crate) fn hasty_client(&self) -> Client {
        client(self.address(), Millis(250))
    }

    /// The requests that arrived, as text.
    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until a request has arrived, or until the client has closed a connection that hangs.
    pub(crate) async fn next_event(&mut self) {
        self.ended.recv().await.unwrap();
    }
}

pub(crate) fn client(server: ServerAddress, patience: Millis) -> Client {
    let timeouts =
        Timeouts { connect: Millis::seconds(60), turn: patience, first_byte: patience, other: patience };
    let client = Client::with_timeouts(server, InstallationId::parse("inst-0001").unwrap(), timeouts);
    client.assume(Dialect::Turns);
    client
}

async fn serve(mut stream: TcpStream, step: Then, log: &Mutex<Vec<String>>, end: &mpsc::UnboundedSender<()>) {
    if matches!(step, Then::ResetUnread) {
        log.lock().unwrap().push(String::new());
        stream.set_zero_linger().unwrap();
        return;
    }
    let request = read_request(&mut stream).await;
    log.lock().unwrap().push(request);
    let _ = end.send(());
    // The client may go away at any moment; that is what some tests are about.
    match step {
        Then::Answer(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Then::Drip(bytes) => {
            stream.set_nodelay(true).unwrap();
            for byte in bytes {
                let _ = stream.write_all(&[byte]).await;
                tokio::task::yield_now().await;
            }
        }
        Then::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read(&mut [0; 64]).await;
            let _ = end.send(());
        }
        Then::Flood { head, piece, times } => {
            let _ = stream.write_all(&head).await;
            for _ in 0..times {
                if stream.write_all(&piece).await.is_err() {
                    break;
                }
            }
        }
        Then::Reset | Then::ResetUnread => stream.set_zero_linger().unwrap(),
    }
}

/// Reads head and body of one request. The body is read as Latin-1 would be, which is enough to compare.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if bytes.len() >= end + 4 + length.unwrap_or(0_usize) {
            break;
        }
    }
    bytes.into_iter().map(char::from).collect()
}
