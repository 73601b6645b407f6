//! Sign-in pages in the person's own browser, which returns to a port of this device (RFC 8252, 7.3).
//!
//! The port is open for one sign-in. What arrives there is only an address: whether it belongs to the
//! sign-in is decided by its state, not by who sent it.

use std::rc::Rc;
use std::time::Duration;

use copilot_storage::LocalFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::consent::{Consent, Visit};

/// Where the page returns to on this device.
const PATH: &str = "/signed-in";

/// How long a person may take; codes of servers live shorter.
const PATIENCE: Duration = Duration::from_secs(600);

/// How long one visitor of the port may take to say what it wants.
const VISITOR: Duration = Duration::from_secs(5);

/// Longest request of a visitor that is read: a code and a state fit many times.
const REQUEST_MAX: usize = 16 * 1024;

/// What the browser shows when the person comes back.
const DONE: &str = "<!doctype html><meta charset=utf-8><title>FaultMaven Copilot</title>\
    <p>You can close this page and go back to FaultMaven Copilot.";

/// Opens pages in a browser. Says whether that worked.
pub type Opener = Rc<dyn Fn(&str) -> bool>;

/// Sign-in pages in a browser of this device.
#[derive(Clone)]
pub struct Loopback {
    open: Opener,
}

impl Loopback {
    /// Opens pages by `open`.
    #[must_use]
    pub fn new(open: Opener) -> Self {
        Self { open }
    }

    /// Opens pages in the browser that the system is set to.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Rc::new(open_in_system_browser))
    }
}

impl Consent for Loopback {
    fn prepare(&self) -> LocalFuture<Option<Box<dyn Visit>>> {
        let open = self.open.clone();
        Box::pin(async move {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.ok()?;
            let port = listener.local_addr().ok()?.port();
            Some(Box::new(Door { listener, port, open }) as Box<dyn Visit>)
        })
    }
}

struct Door {
    listener: TcpListener,
    port: u16,
    open: Opener,
}

impl Visit for Door {
    fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    fn ask(self: Box<Self>, page: &str) -> LocalFuture<Option<String>> {
        let opened = (self.open)(page);
        Box::pin(async move {
            if !opened {
                return None;
            }
            tokio::time::timeout(PATIENCE, returned(&self.listener, self.port)).await.ok()?
        })
    }
}

/// Waits for the return. Browsers also ask for icons, and other programs for anything.
async fn returned(listener: &TcpListener, port: u16) -> Option<String> {
    loop {
        let (mut visitor, _) = listener.accept().await.ok()?;
        let asked = tokio::time::timeout(VISITOR, target(&mut visitor)).await.ok().flatten();
        let fits = asked.filter(|target| target.starts_with(PATH) && target.contains('?'));
        let answer = match &fits {
            Some(_) => format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{DONE}",
                DONE.len()
            ),
            None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        };
        // The person sees the page or not; the sign-in goes on either way.
        let _ = visitor.write_all(answer.as_bytes()).await;
        let _ = visitor.shutdown().await;
        if let Some(target) = fits {
            return Some(format!("http://127.0.0.1:{port}{target}"));
        }
    }
}

/// The target of a `GET`.
async fn target(visitor: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 2048];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = visitor.read(&mut piece).await.ok()?;
        if count == 0 || bytes.len() > REQUEST_MAX {
            return None;
        }
        bytes.extend_from_slice(piece.get(..count)?);
    }
    let text = String::from_utf8(bytes).ok()?;
    let mut line = text.lines().next()?.split(' ');
    (line.next()? == "GET").then(|| line.next().map(str::to_owned))?
}

/// Only addresses of the web are opened, and never through a shell.
fn open_in_system_browser(page: &str) -> bool {
    if !page.starts_with("https://") && !page.starts_with("http://") {
        return false;
    }
    let (program, first): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    std::process::Command::new(program).args(first).arg(page).spawn().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whatever_else_knocks_the_return_is_what_counts() {
        let opened = Rc::new(std::cell::RefCell::new(String::new()));
        let seen = opened.clone();
        let consent = Loopback::new(Rc::new(move |page| {
            *seen.borrow_mut() = page.to_owned();
            true
        }));
        let door = consent.prepare().await.unwrap();
        let back = door.redirect_uri();
        let address = back.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let knock = async |request: &str| {
            let mut socket = TcpStream::connect(&address).await.unwrap();
            socket.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            let _ = socket.read_to_string(&mut answer).await;
            answer
        };
        let visit = door.ask("https://d.example/auth/authorize?x=1");
        let knocks = async {
            assert!(knock("GET /favicon.ico HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 404"));
            assert!(knock("POST /signed-in?code=x HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 404"));
            knock("GET /signed-in?code=ac_1&state=st HTTP/1.1\r\nHost: x\r\n\r\n").await
        };
        let (returned, shown) = futures_util::future::join(visit, knocks).await;
        assert_eq!(returned.unwrap(), format!("{back}?code=ac_1&state=st"));
        assert!(shown.contains("close this page"));
        assert_eq!(*opened.borrow(), "https://d.example/auth/authorize?x=1");
    }

    #[test]
    fn only_addresses_of_the_web_are_opened() {
        for page in ["file:///etc/passwd", "-h", "javascript:alert(1)", ""] {
            assert!(!open_in_system_browser(page), "{page}");
        }
    }
}
