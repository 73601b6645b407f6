//! Signing in: the screen, and the dialog for an account that must prove itself again.
//!
//! The address is tried 400 ms after typing stops; the button is never off; what is wrong stands
//! under the field it belongs to.

mod trouble;

use copilot_runtime::{App, ServerCheck, SignInError, SignInForm, SignInView, StartProblem};
use dioxus::prelude::*;

use crate::cases::{Fence, plain_text};
use crate::focus::Spot;
use crate::icon::{Glyph, Icon, Mark};
use crate::session::{at_once, put, use_session};
use crate::setup::Setup;
use crate::words;
use trouble::{Ask, Help};

/// Pause after the last key before the address is tried, in milliseconds (ux §7).
const CHECK_AFTER_MS: u32 = 400;

/// The preference that carries an address over from the settings to here, once.
pub(crate) const NEXT_SERVER: &str = "sign-in.next-server";

fn next_server(setup: &Setup) -> Option<String> {
    let address = setup.app.preference(NEXT_SERVER).filter(|address| !address.is_empty())?;
    setup.app.set_preference(NEXT_SERVER, "");
    Some(address)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Server,
    Username,
    Password,
    Form,
}

/// Where an error belongs and what it says.
fn placed(error: &SignInError) -> (Field, String) {
    match error {
        SignInError::Address => (Field::Server, words::BAD_ADDRESS.to_owned()),
        SignInError::Unreachable => (Field::Server, words::SERVER_UNREACHABLE.to_owned()),
        SignInError::UnknownUser => (Field::Username, words::UNKNOWN_USER.to_owned()),
        SignInError::NameTaken => (Field::Username, words::NAME_TAKEN.to_owned()),
        SignInError::BadName { reason } => (Field::Username, words::bad_name(reason)),
        SignInError::WrongPassword => (Field::Password, words::WRONG_PASSWORD.to_owned()),
        SignInError::LinkUsed => (Field::Form, words::LINK_USED.to_owned()),
        SignInError::Server { status, message } => (Field::Form, words::sign_in_refused(*status, message)),
    }
}

fn problem(problem: &StartProblem) -> String {
    match problem {
        StartProblem::StoreInUse => words::STORE_IN_USE.to_owned(),
        StartProblem::StoreHeld => words::STORE_HELD.to_owned(),
        StartProblem::StoreNewer => words::STORE_NEWER.to_owned(),
        StartProblem::StoreUnavailable { cause } => words::store_unavailable(cause),
    }
}

/// The screen.
#[component]
pub(crate) fn SignIn(setup: Setup, view: SignInView) -> Element {
    let mut server = use_signal(|| next_server(&setup).unwrap_or_else(|| view.server.clone()));
    let mut username = use_signal(|| view.username.clone());
    let mut password = use_signal(String::new);
    let mut register = use_signal(|| false);
    let mut missing = use_signal(|| None::<(Field, &'static str)>);
    let mut typed = use_signal(|| 0_u64);
    let trouble = use_signal(|| false);
    let help = setup.clone();
    use_hook(|| {
        if !server.peek().is_empty() && view.check == ServerCheck::NotChecked {
            let (app, address) = (setup.app.clone(), server.peek().clone());
            dioxus::core::queue_effect(move || app.check_server(&address));
        }
    });
    let check_soon = {
        let setup = setup.clone();
        move || {
            typed += 1;
            let number = typed();
            let setup = setup.clone();
            spawn(async move {
                setup.host.sleep(CHECK_AFTER_MS).await;
                if *typed.peek() == number {
                    setup.app.check_server(server.peek().trim());
                }
            });
        }
    };
    // Such a server asks for everything itself.
    let by_page = matches!(view.check, ServerCheck::Reachable { by_page: true, .. });
    let submit = move || {
        let empty = if server.peek().trim().is_empty() {
            Some((Field::Server, words::ADDRESS_MISSING))
        } else if !by_page && username.peek().trim().is_empty() && !App::is_sign_in_link(&server.peek()) {
            Some((Field::Username, words::NAME_MISSING))
        } else {
            None
        };
        put(missing, empty);
        if empty.is_none() {
            let form = SignInForm {
                server: server.peek().trim().to_owned(),
                username: username.peek().trim().to_owned(),
                password: password.peek().clone(),
                register: *register.peek(),
            };
            // Begun inside the press: the browser asks for leave at no other time.
            let (app, admitting) = (setup.app.clone(), setup.host.admit(&form.server, by_page));
            at_once(async move {
                if admitting.await {
                    app.sign_in(form);
                } else {
                    put(missing, Some((Field::Server, words::NOT_ADMITTED)));
                }
            });
        }
    };
    let error =
        missing().map(|(field, text)| (field, text.to_owned())).or_else(|| view.error.as_ref().map(placed));
    let under = |field| error.as_ref().filter(|(place, _)| *place == field).map(|(_, text)| text.clone());
    let may_register = !matches!(view.check, ServerCheck::Reachable { supports_registration: false, .. });
    let action = match (view.busy, register()) {
        (true, _) => words::SIGNING_IN,
        (false, true) => words::CREATE_ACCOUNT,
        (false, false) => words::SIGN_IN,
    };
    rsx! {
        main { class: "sign-in",
            form {
                onsubmit: move |event: FormEvent| {
                    event.prevent_default();
                    submit();
                },
                novalidate: true,
                div { class: "top",
                    Mark { size: 22 }
                    h1 { if register() { "{words::CREATE_TITLE}" } else { "{words::SIGN_IN_TITLE}" } }
                }
                if let Some(found) = &view.problem {
                    p { class: "form-note", role: "alert", "{problem(found)}" }
                }
                if let Some(text) = under(Field::Form) {
                    p { class: "form-note", role: "alert", "{text}" }
                }
                Entry {
                    id: "server",
                    label: words::SERVER_ADDRESS,
                    kind: "url",
                    fill: "url",
                    value: server(),
                    focus: view.server.is_empty(),
                    error: under(Field::Server),
                    note: check_note(view.check),
                    oninput: {
                        let mut check_soon = check_soon;
                        move |text| {
                            server.set(text);
                            missing.set(None);
                            check_soon();
                        }
                    },
                }
                if by_page {
                    p { class: "by-page",
                        Icon { glyph: Glyph::Open, size: 14 }
                        span { "{words::SIGN_IN_BY_PAGE}" }
                    }
                } else {
                Entry {
                    id: "username",
                    label: words::USERNAME,
                    kind: "text",
                    fill: "username",
                    value: username(),
                    focus: !view.server.is_empty() && view.username.is_empty(),
                    error: under(Field::Username),
                    oninput: move |text| {
                        username.set(text);
                        missing.set(None);
                    },
                }
                Entry {
                    id: "password",
                    label: words::PASSWORD,
                    beside: words::PASSWORD_OPTIONAL,
                    kind: "password",
                    fill: "current-password",
                    value: password(),
                    focus: !view.username.is_empty(),
                    error: under(Field::Password),
                    oninput: move |text| password.set(text),
                }
                }
                button { r#type: "submit", class: "button primary wide", aria_busy: view.busy, "{action}" }
                div { class: "other",
                    if may_register {
                        button { r#type: "button", class: "link", onclick: move |_| register.toggle(),
                            if register() { "{words::HAVE_ACCOUNT}" } else { "{words::CREATE_ACCOUNT}" }
                        }
                    }
                    Ask { open: trouble }
                }
                Help { setup: help, open: trouble, server }
                p { class: "keep",
                    Icon { glyph: Glyph::Lock, size: 14 }
                    span { "{words::WORK_STAYS}" }
                }
            }
        }
    }
}

/// What is known about the address, and how that looks.
pub(crate) fn check_note(check: ServerCheck) -> Option<(&'static str, String)> {
    match check {
        ServerCheck::NotChecked => None,
        ServerCheck::Checking => Some(("plain", words::CHECKING_SERVER.to_owned())),
        ServerCheck::Reachable { millis, .. } => Some(("ok", words::reachable(millis))),
        ServerCheck::Unreachable => Some(("bad", words::SERVER_UNREACHABLE.to_owned())),
        ServerCheck::NotFaultMaven => Some(("bad", words::NOT_FAULTMAVEN.to_owned())),
    }
}

/// A labelled field with its note or error.
#[component]
fn Entry(
    id: &'static str,
    label: &'static str,
    #[props(default)] beside: &'static str,
    kind: &'static str,
    fill: &'static str,
    value: String,
    focus: bool,
    error: Option<String>,
    note: Option<(&'static str, String)>,
    oninput: EventHandler<String>,
) -> Element {
    let note = match &error {
        Some(text) => Some(("bad", text.clone())),
        None => note,
    };
    let note_id = format!("{id}-note");
    rsx! {
        div { class: "field",
            label { r#for: id,
                "{label}"
                if !beside.is_empty() {
                    span { "{beside}" }
                }
            }
            input {
                id,
                r#type: kind,
                aria_label: label,
                aria_invalid: error.is_some(),
                aria_describedby: note.is_some().then(|| note_id.clone()),
                autocomplete: fill,
                autocapitalize: "none",
                spellcheck: "false",
                value: "{value}",
                onmounted: move |event: MountedEvent| {
                    if focus {
                        at_once(event.data().set_focus(true));
                    }
                },
                oninput: move |event: FormEvent| oninput.call(event.value()),
            }
            if let Some((tone, text)) = &note {
                div { class: "field-note", id: "{note_id}", "data-tone": *tone, role: "status",
                    if *tone == "ok" {
                        Icon { glyph: Glyph::Check, size: 14 }
                    } else if *tone == "bad" {
                        Icon { glyph: Glyph::Alert, size: 14 }
                    }
                    span { "{text}" }
                }
            }
        }
    }
}

/// Proving oneself again in mid-session; everything behind it stays readable.
#[component]
pub(crate) fn SignInAgain() -> Element {
    let session = use_session();
    let account = session.handle.account();
    let mut password = use_signal(String::new);
    let mut busy = use_signal(|| false);
    use_effect({
        let session = session.clone();
        move || {
            let _ = session.view.status.read().account;
            if session.signed_in() {
                put(session.dialog, None);
                session.focus(Spot::Composer);
            }
        }
    });
    let mut submit = {
        let session = session.clone();
        move || {
            busy.set(true);
            session.keep_draft();
            session.handle.sign_in_again(&password.peek());
        }
    };
    rsx! {
        div {
            class: "dialog",
            role: "dialog",
            aria_modal: "true",
            aria_label: words::SIGN_IN_AGAIN,
            onkeydown: move |event: KeyboardEvent| {
                if event.key() != Key::Escape {
                    plain_text(&event);
                }
            },
            Fence { to: Spot::LayerEnd }
            h2 { "{words::SIGN_IN_AGAIN}" }
            p { "{account.username} · {account.server}" }
            form {
                onsubmit: move |event: FormEvent| {
                    event.prevent_default();
                    submit();
                },
                div { class: "field",
                    label { r#for: "password-again",
                        "{words::PASSWORD}"
                        span { "{words::PASSWORD_OPTIONAL}" }
                    }
                    input {
                        id: "password-again",
                        r#type: "password",
                        aria_label: words::PASSWORD,
                        autocomplete: "current-password",
                        value: "{password}",
                        onmounted: {
                            let session = session.clone();
                            move |event: MountedEvent| {
                                let field = event.data();
                                at_once(field.set_focus(true));
                                session.spots.mounted(Spot::LayerStart, field);
                            }
                        },
                        oninput: move |event| password.set(event.value()),
                        onpaste: move |event| event.stop_propagation(),
                    }
                }
                div { class: "buttons",
                    button {
                        r#type: "button",
                        class: "button quiet",
                        onclick: {
                            let session = session.clone();
                            move |_| session.close_layer()
                        },
                        "{words::CANCEL}"
                    }
                    button {
                        r#type: "submit",
                        class: "button primary",
                        aria_busy: busy(),
                        onmounted: move |event: MountedEvent| session.spots.mounted(Spot::LayerEnd, event.data()),
                        if busy() { "{words::SIGNING_IN}" } else { "{words::SIGN_IN}" }
                    }
                }
            }
            Fence { to: Spot::LayerStart }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_stands_under_the_field_it_belongs_to() {
        assert_eq!(placed(&SignInError::UnknownUser).0, Field::Username);
        assert_eq!(placed(&SignInError::WrongPassword).0, Field::Password);
        assert_eq!(placed(&SignInError::Unreachable).0, Field::Server);
        assert_eq!(placed(&SignInError::LinkUsed).0, Field::Form);
    }

    #[test]
    fn a_server_that_answers_strangely_is_quoted_with_its_status() {
        let error = SignInError::Server { status: 500, message: "out of disk".into() };
        assert!(placed(&error).1.contains("500") && placed(&error).1.contains("out of disk"));
    }
}
