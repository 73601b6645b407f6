//! What helps somebody who is asked for help: versions, places, states. No names of cases, no texts, no secrets.

use std::fmt::Write as _;
use std::path::Path;

use copilot_runtime::{App, Stage};

use crate::files;
use crate::surface::Surface;

/// Where the credentials are: a file is there only while the keyring has not taken its text.
const fn credentials(signed_in: bool, in_file: bool) -> &'static str {
    match (signed_in, in_file) {
        (_, true) => "in a file that only its owner can read",
        (true, false) => "in the keyring of the system",
        (false, false) => "none",
    }
}

/// The lines as they are copied.
pub(crate) fn lines(app: &App, surface: Surface, data: &Path) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {value}");
    };
    line("Program", &format!("{} {}", surface.name(), env!("CARGO_PKG_VERSION")));
    line("System", &format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    let engine = dioxus::desktop::wry::webview_version();
    line("Page engine", engine.as_deref().unwrap_or("unknown"));
    line("Data folder", &format!("{} ({} bytes)", data.display(), files::size(data)));
    let signed_in = matches!(app.stage(), Stage::Open(_));
    line("Credentials", credentials(signed_in, files::holds_credentials(data)));
    match app.stage() {
        Stage::Starting => line("State", "starting"),
        Stage::SignIn(view) => {
            line("State", "sign-in");
            line("Server", &view.server);
        }
        Stage::Open(handle) => {
            let status = handle.read(|view| view.status());
            line("State", "open");
            line("Server", &handle.account().server);
            line("Connection", &format!("{:?}", status.link));
            line("Account", &format!("{:?}", status.account));
            line("Storage", &format!("{:?}, survives {:?}", status.store, status.durability));
            line("Damaged records", &format!("{:?}", status.damage));
            line("Waiting", &status.waiting.to_string());
            line("Not sent", &status.not_sent.to_string());
            line("To decide", &status.undecided.to_string());
        }
    }
    text
}
