//! The settings: every change applies at once, there is nothing to save.
//!
//! An account belongs to its server: another address is tested here and then signed in to.

mod import;

use copilot_core::journal::Durability;
use copilot_runtime::ServerCheck;
use dioxus::core::{Runtime, RuntimeGuard};
use dioxus::prelude::*;

use crate::cases::plain_text;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::preferences::{Choice, use_preferences};
use crate::room::{Usage, use_spare};
use crate::session::{Dialog, Page, put, use_session};
use crate::words;
use import::Import;

/// The head of a page that stands in place of the conversation: the way back, its title, what else belongs there.
#[component]
pub(crate) fn PageHead(title: &'static str, #[props(default)] sub: String, children: Element) -> Element {
    let session = use_session();
    rsx! {
        header { class: "header page-head",
            button {
                r#type: "button",
                class: "icon-button",
                title: words::BACK,
                aria_label: words::BACK,
                onmounted: {
                    let session = session.clone();
                    move |event: MountedEvent| session.spots.mounted(Spot::Back, event.data())
                },
                onclick: move |_| session.show_page(Page::Conversation),
                Icon { glyph: Glyph::ChevronLeft }
            }
            div { class: "names",
                h1 { "{title}" }
                if !sub.is_empty() {
                    div { class: "sub",
                        span { class: "ellipsis", "{sub}" }
                    }
                }
            }
            {children}
        }
    }
}

/// See the module.
#[component]
pub(crate) fn Settings() -> Element {
    let session = use_session();
    rsx! {
        PageHead { title: words::SETTINGS }
        main { class: "main page", tabindex: "-1",
            div { class: "page-column",
                Connection {}
                Appearance {}
                Keyboard {}
                Device {}
                section {
                    button {
                        r#type: "button",
                        class: "setting-link",
                        onclick: {
                            let session = session.clone();
                            move |_| session.show_page(Page::Inspector)
                        },
                        span { class: "gap", "{words::INSPECTOR}" }
                        Icon { glyph: Glyph::ChevronRight }
                    }
                    button {
                        r#type: "button",
                        class: "setting-link",
                        onclick: move |_| session.open_layer(Dialog::Shortcuts, Spot::Back),
                        span { class: "gap", "{words::SHORTCUTS}" }
                        kbd { aria_hidden: "true", "?" }
                    }
                }
                Account {}
                p { class: "version", "{words::version()}" }
            }
        }
    }
}

#[component]
fn Connection() -> Element {
    let session = use_session();
    let here = session.handle.account().server;
    let mut address = use_signal(|| here.clone());
    let mut check = use_signal(|| ServerCheck::NotChecked);
    let mut round = use_signal(|| 0_u64);
    let note = crate::sign_in::check_note(check());
    let is_other = address.read().trim() != here && matches!(check(), ServerCheck::Reachable { .. });
    let test = {
        let session = session.clone();
        move || {
            round += 1;
            let number = *round.peek();
            check.set(ServerCheck::Checking);
            let runtime = Runtime::current();
            session.app.ask_server(address.peek().trim(), move |answer| {
                let _guard = RuntimeGuard::new(runtime);
                // The page may have been left, or another address typed.
                if round.try_peek().is_ok_and(|now| *now == number) {
                    put(check, answer);
                }
            });
        }
    };
    rsx! {
        section { aria_label: words::CONNECTION,
            h2 { "{words::CONNECTION}" }
            form {
                class: "field",
                novalidate: true,
                onsubmit: {
                    let mut test = test;
                    move |event: FormEvent| {
                        event.prevent_default();
                        test();
                    }
                },
                label { r#for: "settings-server", "{words::SERVER_ADDRESS}" }
                div { class: "setting-row",
                    input {
                        id: "settings-server",
                        r#type: "url",
                        autocomplete: "off",
                        spellcheck: "false",
                        value: "{address}",
                        aria_describedby: "settings-server-note",
                        oninput: move |event: FormEvent| {
                            address.set(event.value());
                            round += 1;
                            check.set(ServerCheck::NotChecked);
                        },
                        onkeydown: move |event: KeyboardEvent| plain_text(&event),
                        onpaste: move |event| event.stop_propagation(),
                    }
                    button { r#type: "submit", class: "button", "{words::CONNECTION_TEST}" }
                }
                div { class: "field-note", id: "settings-server-note", role: "status", "data-tone": note.as_ref().map(|(tone, _)| *tone),
                    if let Some((tone, text)) = &note {
                        if *tone != "plain" {
                            Icon { glyph: if *tone == "ok" { Glyph::Check } else { Glyph::Alert }, size: 14 }
                        }
                        span { "{text}" }
                    }
                }
            }
            // An account belongs to its server: another one begins with signing in there.
            if is_other {
                button {
                    r#type: "button",
                    class: "button primary",
                    onclick: move |_| {
                        session.app.set_preference(crate::sign_in::NEXT_SERVER, address.peek().trim());
                        session.sign_out(false);
                    },
                    "{words::SIGN_IN_THERE}"
                }
            }
        }
    }
}

/// One of several: arrows move, as in any group of radio buttons.
#[component]
fn Segment(
    name: &'static str,
    choice: Choice,
    options: Vec<(&'static str, &'static str)>,
    #[props(default)] glyphs: Vec<Glyph>,
) -> Element {
    let session = use_session();
    let preferences = use_preferences();
    let now = preferences.get(choice);
    rsx! {
        div { class: "setting",
            span { "{name}" }
            div { class: "segment", role: "radiogroup", aria_label: name,
                for (at , (value , word)) in options.into_iter().enumerate() {
                    label { key: "{word}",
                        input {
                            r#type: "radio",
                            name,
                            checked: now == value,
                            onchange: {
                                let session = session.clone();
                                move |_| preferences.set(&session.app, choice, value)
                            },
                        }
                        span {
                            if let Some(glyph) = glyphs.get(at) {
                                Icon { glyph: *glyph, size: 14 }
                            }
                            "{word}"
                        }
                    }
                }
            }
        }
    }
}

/// On or off. `on` and `off` are the kept values.
#[component]
fn Switch(
    name: &'static str,
    #[props(default)] sub: String,
    choice: Choice,
    on: &'static str,
    off: &'static str,
) -> Element {
    let session = use_session();
    let preferences = use_preferences();
    let is_on = preferences.get(choice) == on;
    rsx! {
        button {
            r#type: "button",
            class: "setting switch",
            role: "switch",
            aria_checked: is_on,
            onclick: move |_| preferences.set(&session.app, choice, if is_on { off } else { on }),
            span {
                "{name}"
                if !sub.is_empty() {
                    small { "{sub}" }
                }
            }
            i { aria_hidden: "true" }
        }
    }
}

#[component]
fn Appearance() -> Element {
    rsx! {
        section { aria_label: words::APPEARANCE,
            h2 { "{words::APPEARANCE}" }
            Segment { name: words::THEME, choice: Choice::Theme, options: words::THEMES.to_vec(), glyphs: vec![Glyph::Monitor, Glyph::Sun, Glyph::Moon] }
            Segment { name: words::DENSITY, choice: Choice::Density, options: words::DENSITIES.to_vec() }
            Switch {
                name: words::HIGH_CONTRAST,
                sub: words::HIGH_CONTRAST_SUB,
                choice: Choice::Contrast,
                on: "more",
                off: "",
            }
        }
    }
}

#[component]
fn Keyboard() -> Element {
    let session = use_session();
    rsx! {
        section { aria_label: words::KEYBOARD,
            h2 { "{words::KEYBOARD}" }
            Switch {
                name: words::ENTER_SENDS,
                sub: words::enter_sends_sub(session.host.command_key()),
                choice: Choice::EnterSends,
                on: "",
                off: "off",
            }
            Switch {
                name: words::LETTER_KEYS,
                sub: words::LETTER_KEYS_SUB,
                choice: Choice::Letters,
                on: "",
                off: "off",
            }
        }
    }
}

#[component]
fn Device() -> Element {
    let session = use_session();
    let level = session.view.status.read().durability;
    let steps = match level {
        Durability::Nothing => 0,
        Durability::BrowserKill => 2,
        Durability::PowerLoss => 3,
    };
    let (name, sentence) = words::durability(level);
    let count = session.view.groups.read().iter().map(|keys| keys.len()).sum();
    rsx! {
        section { aria_label: words::ON_DEVICE,
            h2 { "{words::ON_DEVICE}" }
            Usage { beside: words::cases(count) }
            div { class: "setting",
                span {
                    "{words::DURABILITY}"
                    small { "{sentence}" }
                }
                span { class: "level", "data-level": "{steps}",
                    span { aria_hidden: "true",
                        for step in 1..=3 {
                            i { key: "{step}", "data-on": step <= steps }
                        }
                    }
                    "{name}"
                }
            }
            FreeSpace {}
            div { class: "buttons",
                button { r#type: "button", class: "button", onclick: move |_| session.export_everything(),
                    Icon { glyph: Glyph::Download, size: 14 }
                    "{words::EXPORT}"
                }
                Import {}
            }
        }
    }
}

#[component]
fn FreeSpace() -> Element {
    let session = use_session();
    let spare = use_spare();
    let freed = (session.freed)();
    rsx! {
        div { class: "setting",
            span {
                "{words::FREE_SPACE}"
                small { "{words::FREE_SPACE_SUB}" }
                if let Some((_, bytes)) = freed {
                    small { "{words::freed(bytes)}" }
                }
            }
            button { r#type: "button", class: "button", onclick: move |_| session.free_space(),
                "{words::free(spare.unwrap_or_default())}"
            }
        }
    }
}

#[component]
fn Account() -> Element {
    let session = use_session();
    let account = session.handle.account();
    let name = if account.display_name.is_empty() { &account.username } else { &account.display_name };
    rsx! {
        section { aria_label: words::ACCOUNT, class: "setting",
            span { class: "avatar", aria_hidden: "true", "{label::initials(name)}" }
            span { class: "who",
                "{name}"
                small { "{account.username}" }
            }
            button { r#type: "button", class: "button", onclick: move |_| session.sign_out(false), "{words::SIGN_OUT}" }
        }
    }
}
