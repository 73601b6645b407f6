//! The root: which screen, and around an open account the frame of list, conversation and dock.

use std::rc::Rc;

use copilot_core::model::CaseState;
use copilot_core::view::{LinkStatus, WindowRole};
use copilot_runtime::{Handle, Stage};
use dioxus::core::{Runtime, RuntimeGuard};
use dioxus::html::HasFileData;
use dioxus::prelude::*;

use crate::cases::{Drawer, Fence, Sidebar};
use crate::composer::Composer;
use crate::details::Details;
use crate::feedback::{LiveRegions, Notices, Strip, ToastView};
use crate::focus::Spot;
use crate::header::Header;
use crate::icon::{Glyph, Icon};
use crate::inspector::Inspector;
use crate::label;
use crate::palette::Palette;
use crate::preferences::{Choice, Preferences, use_preferences};
use crate::session::{Dialog, Page, Session, WIDE, put, use_session};
use crate::settings::Settings;
use crate::setup::Setup;
use crate::shortcuts::Shortcuts;
use crate::sign_in::{SignIn, SignInAgain};
use crate::styles;
use crate::transcript::{Bookmarks, Hero, Transcript};
use crate::words;

/// Ages are drawn anew once a minute (ux §8).
const MINUTE_MS: u32 = 60_000;

/// The whole interface. A shell draws this and nothing else.
#[component]
pub fn Panel(setup: Setup) -> Element {
    let stage = use_signal(|| setup.app.stage());
    let _subscription = use_hook(|| {
        let (app, runtime) = (setup.app.clone(), Runtime::current());
        Rc::new(setup.app.on_stage(move || {
            let _guard = RuntimeGuard::new(runtime.clone());
            let mut stage = stage;
            stage.set(app.stage());
        }))
    });
    let preferences = use_context_provider(|| Preferences::load(&setup.app));
    let looks = Looks {
        theme: preferences.attribute(Choice::Theme),
        contrast: preferences.attribute(Choice::Contrast),
        density: preferences.attribute(Choice::Density),
        touch: setup.host.touch().then_some("true"),
    };
    rsx! {
        style { dangerous_inner_html: styles::SHEET }
        match stage() {
            Stage::Starting => rsx! {
                div { class: "fm", "data-theme": looks.theme, "data-contrast": looks.contrast, "data-touch": looks.touch }
            },
            Stage::SignIn(view) => rsx! {
                div {
                    class: "fm",
                    "data-theme": looks.theme,
                    "data-contrast": looks.contrast,
                    "data-touch": looks.touch,
                    SignIn { setup, view }
                }
            },
            Stage::Open(handle) => rsx! {
                for (name , handle) in [(account_name(&handle), handle)] {
                    Account { key: "{name}", setup: setup.clone(), handle: Held(handle), looks: looks.clone() }
                }
            },
        }
    }
}

/// Another account is another component, and so is another engine of the same account.
fn account_name(handle: &Handle) -> String {
    let account = handle.account();
    format!("{} {} {}", account.server, account.user_id, handle.number())
}

/// What the style sheet goes by.
#[derive(Debug, Clone, PartialEq)]
struct Looks {
    theme: Option<String>,
    contrast: Option<String>,
    density: Option<String>,
    touch: Option<&'static str>,
}

/// A handle as a property. The component's key is that of its engine, so that another one is another component.
#[derive(Clone)]
struct Held(Handle);

impl PartialEq for Held {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// One open account.
#[component]
fn Account(setup: Setup, handle: Held, looks: Looks) -> Element {
    let preferences = use_preferences();
    let session = use_context_provider(|| Session::open(&setup, handle.0.clone(), preferences));
    use_context_provider(Bookmarks::default);
    use_drop({
        let session = session.clone();
        move || session.close()
    });
    use_effect({
        let session = session.clone();
        move || session.spots.carry_out()
    });
    use_hook(|| session.begin());
    use_future({
        let session = session.clone();
        move || {
            let (host, mut minute) = (session.host.clone(), session.minute);
            async move {
                loop {
                    host.sleep(MINUTE_MS).await;
                    minute += 1;
                }
            }
        }
    });
    let (link, role) = {
        let status = session.view.status.read();
        (status.link, status.role)
    };
    let drawer = (session.drawer)() && !(session.wide)();
    let dialog = (session.dialog)();
    rsx! {
        div {
            class: "fm",
            tabindex: "-1",
            "data-theme": looks.theme,
            "data-contrast": looks.contrast,
            "data-density": looks.density,
            "data-touch": looks.touch,
            "data-link": if link == LinkStatus::Online { "online" } else { "offline" },
            "data-role-in-profile": if role == WindowRole::Sender { "sender" } else { "follower" },
            onresize: {
                let session = session.clone();
                move |event: ResizeEvent| {
                    if let Ok(size) = event.data().get_border_box_size() {
                        put(session.wide, size.width >= WIDE);
                    }
                }
            },
            onkeydown: {
                let session = session.clone();
                move |event: KeyboardEvent| shortcut(&session, &event)
            },
            onpaste: {
                let session = session.clone();
                move |event: ClipboardEvent| {
                    let limit = session.view.status.peek().limits.max_bytes;
                    session.paste_anywhere(session.host.pasted(&event.data(), limit));
                    event.prevent_default();
                }
            },
            // Both say that a file may be let go of here. Where only one does, some engines show the file in place of the panel.
            ondragenter: move |event: DragEvent| event.prevent_default(),
            ondragover: move |event: DragEvent| event.prevent_default(),
            ondrop: move |event: DragEvent| {
                let files = event.files();
                // Text that is dragged into a field stays the browser's business.
                if !files.is_empty() {
                    event.prevent_default();
                    session.stage_files(files);
                }
            },
            div { class: "frame", inert: (drawer || dialog.is_some()).then_some("true"),
                if (session.wide)() {
                    Sidebar {}
                }
                match (session.page)() {
                    Page::Conversation => rsx! {
                        Pane {}
                    },
                    Page::Settings => rsx! {
                        div { class: "pane", Settings {} }
                    },
                    Page::Inspector => rsx! {
                        div { class: "pane", Inspector {} }
                    },
                }
            }
            if drawer {
                div { inert: dialog.is_some().then_some("true"), Drawer {} }
            }
            if let Some(dialog) = dialog {
                div {
                    class: "scrim top",
                    onclick: {
                        let session = session.clone();
                        move |_| {
                            if !matches!(dialog, Dialog::SignIn | Dialog::SignOut) {
                                session.close_layer();
                            }
                        }
                    },
                }
                match dialog {
                    Dialog::Palette => rsx! {
                        Palette {}
                    },
                    Dialog::Shortcuts => rsx! {
                        Shortcuts {}
                    },
                    Dialog::Details => rsx! {
                        Details {}
                    },
                    Dialog::SignIn => rsx! {
                        SignInAgain {}
                    },
                    Dialog::SignOut => rsx! {
                        SignOut {}
                    },
                }
            }
            LiveRegions {}
        }
    }
}

/// Header, conversation, dock.
#[component]
fn Pane() -> Element {
    let session = use_session();
    let open = (session.view.open)();
    let empty = session.view.transcript.read().is_empty() && !(session.view.loading)();
    let row = session.view.row;
    let over = use_memo(move || {
        let row = row.read();
        let over = row.as_ref().filter(|case| case.state.is_terminal());
        over.map(|case| (case.state.clone(), case.activity))
    });
    let over = over().map(|(state, activity)| {
        let day = label::day_name(activity.0, session.handle.now());
        let name = if state == CaseState::Resolved { "resolved" } else { "closed" };
        (name, words::ended(&state, &day), words::ENDED_SUB)
    });
    let ended = over.is_some();
    rsx! {
        div { class: "pane",
            Header {}
            main { class: "main",
                Notices {}
                match open {
                    Some(case) if !empty => rsx! {
                        for case in [case] {
                            Transcript { key: "{case}", case }
                        }
                    },
                    other => rsx! {
                        Hero { greet: other.is_none() }
                    },
                }
            }
            footer { class: "dock",
                ToastView { in_cases: false }
                Strip {}
                if let Some((state, says, more)) = over {
                    p { class: "ended", "data-state": state,
                        Icon { glyph: Glyph::Check, size: 14 }
                        span {
                            strong { "{says}" }
                            " {more} "
                            button { r#type: "button", class: "link", onclick: move |_| session.show(None), "{words::FOLLOW_UP}" }
                        }
                    }
                }
                Composer { ended }
            }
        }
    }
}

/// The question before an account with unsent work is left.
#[component]
fn SignOut() -> Element {
    let session = use_session();
    let count = {
        let status = session.view.status.read();
        status.waiting + status.not_sent
    };
    rsx! {
        div { class: "dialog", role: "alertdialog", aria_modal: "true", aria_label: words::SIGN_OUT,
            Fence { to: Spot::LayerEnd }
            h2 { "{words::SIGN_OUT}" }
            p { "{words::unsent_stays(count)}" }
            div { class: "buttons",
                button {
                    r#type: "button",
                    class: "button quiet",
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| {
                            session.spots.mounted(Spot::LayerStart, event.data());
                            session.focus(Spot::LayerStart);
                        }
                    },
                    onclick: {
                        let session = session.clone();
                        move |_| session.close_layer()
                    },
                    "{words::CANCEL}"
                }
                button {
                    r#type: "button",
                    class: "button",
                    onclick: {
                        let session = session.clone();
                        move |_| session.export_everything()
                    },
                    "{words::EXPORT}"
                }
                button {
                    r#type: "button",
                    class: "button primary",
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| session.spots.mounted(Spot::LayerEnd, event.data())
                    },
                    onclick: move |_| session.sign_out(true),
                    "{words::KEEP_AND_SIGN_OUT}"
                }
            }
            Fence { to: Spot::LayerStart }
        }
    }
}

/// Keys that work everywhere (ux §8).
fn shortcut(session: &Session, event: &KeyboardEvent) {
    if session.host.belongs_to_input_method(&event.data()) {
        return;
    }
    let modifiers = event.modifiers();
    let command = modifiers.intersects(Modifiers::CONTROL | Modifiers::META);
    let shift = modifiers.contains(Modifiers::SHIFT);
    let letters = session.preferences.is_on(Choice::Letters);
    let done = match event.key() {
        // The composer is behind what is open.
        Key::Escape if shift => {
            session.show_page(Page::Conversation);
            true
        }
        Key::Escape if session.dialog.peek().is_some() => {
            session.close_layer();
            true
        }
        Key::Escape if *session.page.peek() != Page::Conversation => {
            session.show_page(Page::Conversation);
            true
        }
        Key::Escape => session.stop(),
        // A question waits for its answer.
        _ if matches!(*session.dialog.peek(), Some(Dialog::SignIn | Dialog::SignOut)) => false,
        Key::Character(letter) if command && !shift && letter.eq_ignore_ascii_case("k") => {
            if *session.dialog.peek() == Some(Dialog::Palette) {
                session.close_layer();
            } else {
                session.open_layer(Dialog::Palette, Spot::Composer);
            }
            true
        }
        Key::Character(letter) if command && letter == "/" || letters && !command && letter == "?" => {
            session.open_layer(Dialog::Shortcuts, Spot::Composer);
            true
        }
        _ if session.dialog.peek().is_some() => false,
        Key::Character(letter) if command && !shift && letter.eq_ignore_ascii_case("i") => {
            session.show_details();
            true
        }
        Key::Character(letter) if command && shift && letter.eq_ignore_ascii_case("o") => {
            session.show(None);
            true
        }
        Key::Character(letter) if command && !shift && letter.eq_ignore_ascii_case("b") => {
            session.toggle_cases();
            true
        }
        Key::Character(letter) if letters && !command && letter == "/" => {
            session.search();
            true
        }
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}
