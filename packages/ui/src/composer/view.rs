//! The composer on screen. Never disabled, in no state.

use copilot_core::view::LinkStatus;
use dioxus::prelude::*;

use super::chip::ChipCard;
use super::other::OtherDraft;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::picker::FilePicker;
use crate::preferences::Choice;
use crate::session::{Session, use_session};
use crate::words;

/// See the module.
#[component]
pub(crate) fn Composer(ended: bool) -> Element {
    let session = use_session();
    let desk = &session.desk;
    let (text, chips) = (desk.text, desk.chips);
    use_hook(|| desk.caret.on_new_field());
    let draws_late = session.host.draws_late();
    use_effect({
        let session = session.clone();
        move || {
            let replaced = (session.desk.replaced)();
            if replaced > 0
                && let Some(place) = session.desk.caret.due()
                && let Some(field) = session.spots.element(&Spot::Composer)
            {
                session.host.set_caret(&field, place, session.desk.caret.heard());
            }
        }
    });
    let (online, accept) = {
        let status = session.view.status.read();
        (status.link == LinkStatus::Online, status.limits.extensions.join(","))
    };
    let files = chips.read().iter().filter(|chip| chip.ready().is_some()).count();
    let ready = files > 0 || !text.read().trim().is_empty();
    let placeholder = if ended { words::PLACEHOLDER_CLOSED } else { words::PLACEHOLDER };
    rsx! {
        div { class: "composer",
            if !chips.read().is_empty() {
                ul { class: "chips", aria_label: words::ATTACHMENTS,
                    for chip in chips.read().iter().cloned() {
                        ChipCard { key: "{chip.number}", chip }
                    }
                }
            }
            div { class: "grow", "data-text": "{text}",
                textarea {
                    rows: "1",
                    aria_label: words::MESSAGE,
                    placeholder,
                    spellcheck: "true",
                    autocomplete: "off",
                    // In front of the text that it belongs to.
                    "data-heard": draws_late.then(|| desk.caret.heard()),
                    value: "{text}",
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| session.spots.mounted(Spot::Composer, event.data())
                    },
                    oninput: {
                        let session = session.clone();
                        move |event: FormEvent| session.typed(event.value())
                    },
                    onblur: {
                        let session = session.clone();
                        move |_| session.keep_draft()
                    },
                    onpaste: {
                        let session = session.clone();
                        move |event: ClipboardEvent| {
                            event.stop_propagation();
                            let limit = session.view.status.peek().limits.max_bytes;
                            if session.stage_paste(session.host.pasted(&event.data(), limit)) {
                                event.prevent_default();
                            }
                        }
                    },
                    onkeydown: {
                        let session = session.clone();
                        move |event: KeyboardEvent| {
                            if session.host.belongs_to_input_method(&event.data()) {
                                event.stop_propagation();
                                return;
                            }
                            let modifiers = event.modifiers();
                            match event.key() {
                                Key::Enter if sends(&session, modifiers) => {
                                    event.prevent_default();
                                    session.send();
                                }
                                Key::ArrowUp | Key::ArrowDown if modifiers.is_empty()
                                    && session.recall(event.key() == Key::ArrowUp) => {
                                        event.prevent_default();
                                    }
                                Key::Character(letter)
                                    if letter.eq_ignore_ascii_case("u")
                                        && modifiers.intersects(Modifiers::CONTROL | Modifiers::META) =>
                                {
                                    event.prevent_default();
                                    session.pick_files();
                                }
                                // Plain letters are text and no shortcut of the layers above.
                                Key::Character(_) if !modifiers.intersects(Modifiers::CONTROL | Modifiers::META) => {
                                    event.stop_propagation();
                                }
                                _ => {}
                            }
                        }
                    },
                }
            }
            if let Some(note) = desk.note.read().clone() {
                p { class: "composer-note", role: "status",
                    Icon { glyph: Glyph::Info, size: 14 }
                    span { "{note}" }
                }
            }
            OtherDraft {}
            div { class: "tools",
                button {
                    r#type: "button",
                    class: "icon-button",
                    title: words::with_keys(words::ATTACH, session.host.command_key(), "U"),
                    aria_label: words::ATTACH,
                    onclick: {
                        let session = session.clone();
                        move |_| session.pick_files()
                    },
                    Icon { glyph: Glyph::Clip }
                }
                if session.host.captures() {
                    button {
                        r#type: "button",
                        class: "icon-button",
                        title: words::CAPTURE,
                        aria_label: words::CAPTURE,
                        onclick: {
                            let session = session.clone();
                            move |_| session.capture_page()
                        },
                        Icon { glyph: Glyph::Window }
                    }
                }
                button {
                    r#type: "button",
                    class: "icon-button",
                    title: words::PASTE_LOG,
                    aria_label: words::PASTE_LOG,
                    onclick: {
                        let session = session.clone();
                        move |_| session.paste_from_clipboard()
                    },
                    Icon { glyph: Glyph::Clipboard }
                }
                if files > 1 {
                    span { class: "count", "{words::files(files)}" }
                } else {
                    span { class: "hint",
                        if !online {
                            "{words::HINT_OFFLINE}"
                        } else if session.preferences.get(Choice::EnterSends) == "off" {
                            "{words::hint_command(session.host.command_key())}"
                        } else {
                            "{words::HINT}"
                        }
                    }
                }
                button {
                    r#type: "button",
                    class: "send",
                    title: words::SEND,
                    aria_label: words::SEND,
                    "data-ready": ready,
                    onclick: {
                        let session = session.clone();
                        move |_| {
                            session.send();
                            session.focus(Spot::Composer);
                        }
                    },
                    Icon { glyph: Glyph::ArrowUp }
                }
            }
            FilePicker {
                picker: desk.picker,
                accept,
                multiple: true,
                onpick: {
                    let session = session.clone();
                    move |files| session.stage_files(files)
                },
            }
        }
    }
}

/// Whether Enter with these keys sends, by the person's choice.
fn sends(session: &Session, modifiers: Modifiers) -> bool {
    let command = modifiers.intersects(Modifiers::CONTROL | Modifiers::META);
    !modifiers.contains(Modifiers::SHIFT) && (command || session.preferences.is_on(Choice::EnterSends))
}
