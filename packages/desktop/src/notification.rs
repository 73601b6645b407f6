//! What the system shows to a person who is elsewhere. Best effort: a session without such a service is quiet.

/// Shows a notification. Never waits and never fails.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
pub(crate) fn show(title: &'static str, text: String) {
    let show = move || {
        let mut notification = notify_rust::Notification::new();
        notification.appname(crate::words::TITLE).summary(title).body(&text).icon("copilot-desktop");
        // Nobody can be told that nobody can be told.
        let _ = notification.show();
    };
    // A service that is just being started lets its callers wait.
    let _ = std::thread::Builder::new().name("copilot-notification".to_owned()).spawn(show);
}

/// The notifications of phones need their own permissions and icons, which a preview does not have.
#[cfg(any(target_os = "android", target_os = "ios"))]
pub(crate) fn show(_: &'static str, _: String) {}
