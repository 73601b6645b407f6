//! What helps somebody who is asked for help: versions, places, states. No names of cases, no texts, no secrets.

use std::fmt::Write as _;
use std::path::Path;

use copilot_runtime::{App, Stage};

use crate::surface::Surface;

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
    line("Data folder", &format!("{} ({} bytes)", data.display(), crate::files::size(data)));
    line("Credentials", if cfg!(feature = "keyring") { "keyring, else files" } else { "files" });
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
