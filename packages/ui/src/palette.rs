//! The command palette: what can be done, cases and messages, by a few letters.
//!
//! `entries` says what there is, `rank` how well it fits.

mod entries;
mod rank;

use dioxus::prelude::*;

use crate::cases::Fence;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::session::{at_once, use_session};
use crate::words;
use entries::{Entry, entries};
use rank::pieces;

/// See the module.
#[component]
pub(crate) fn Palette() -> Element {
    let session = use_session();
    let mut typed = use_signal(String::new);
    let mut at = use_signal(|| 0_usize);
    let found = use_memo({
        let session = session.clone();
        move || entries(&session, &typed.read())
    });
    let groups = found();
    let total: usize = groups.iter().map(Vec::len).sum();
    let active = at().min(total.saturating_sub(1));
    let mut index = 0;
    let groups: Vec<(&str, Vec<(usize, Entry)>)> = words::PALETTE_GROUPS
        .into_iter()
        .zip(groups)
        .map(|(name, entries)| {
            let numbered = entries.into_iter().map(|entry| {
                index += 1;
                (index - 1, entry)
            });
            (name, numbered.collect())
        })
        .collect();
    let chosen = groups.iter().flat_map(|(_, lines)| lines).find(|(index, _)| *index == active);
    let chosen = chosen.map(|(_, entry)| entry.target.clone());
    rsx! {
        div { class: "dialog palette", role: "dialog", aria_modal: "true", aria_label: words::PALETTE,
            Fence { to: Spot::LayerStart }
            div { class: "palette-field",
                Icon { glyph: Glyph::Search }
                input {
                    r#type: "text",
                    role: "combobox",
                    aria_label: words::PALETTE,
                    aria_expanded: "true",
                    aria_controls: "palette-list",
                    aria_activedescendant: if total > 0 { "palette-{active}" },
                    autocomplete: "off",
                    spellcheck: "false",
                    placeholder: words::PALETTE_HINT,
                    value: "{typed}",
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| {
                            session.spots.mounted(Spot::LayerStart, event.data());
                            session.focus(Spot::LayerStart);
                        }
                    },
                    oninput: move |event| {
                        typed.set(event.value());
                        at.set(0);
                    },
                    onpaste: move |event| event.stop_propagation(),
                    onkeydown: move |event: KeyboardEvent| {
                            if session.host.belongs_to_input_method(&event.data()) {
                                event.stop_propagation();
                                return;
                            }
                            let last = total.saturating_sub(1);
                            match event.key() {
                                Key::ArrowDown => at.set(if active == last { 0 } else { active + 1 }),
                                Key::ArrowUp => at.set(if active == 0 { last } else { active - 1 }),
                                Key::Enter => {
                                    if let Some(target) = &chosen {
                                        session.carry_out(target);
                                    }
                                }
                                Key::Escape => return,
                                _ => {
                                    crate::cases::plain_text(&event);
                                    return;
                                }
                            }
                            event.prevent_default();
                            event.stop_propagation();
                        },
                }
                kbd { aria_hidden: "true", "Esc" }
            }
            div { class: "palette-list", id: "palette-list", role: "listbox", aria_label: words::RESULTS,
                for (name , lines) in groups.into_iter().filter(|(_, lines)| !lines.is_empty()) {
                    div { key: "{name}", role: "group", aria_label: name,
                        div { class: "palette-group", aria_hidden: "true", "{name}" }
                        for (index , entry) in lines {
                            Line { key: "{index}", index, entry, active: index == active }
                        }
                    }
                }
                if total == 0 {
                    p { class: "cases-empty", role: "option", aria_selected: "false", "{words::no_hits(&typed.read())}" }
                }
            }
            div { class: "palette-foot", aria_hidden: "true",
                kbd { "↑" }
                kbd { "↓" }
                span { "{words::MOVE}" }
                kbd { "↵" }
                span { "{words::RUN}" }
                span { class: "gap" }
                span { class: "num", "{words::results(total)}" }
            }
            div { class: "hidden", role: "status", "{words::results(total)}" }
            Fence { to: Spot::LayerStart }
        }
    }
}

#[component]
fn Line(index: usize, entry: Entry, active: bool) -> Element {
    let session = use_session();
    let mut element = use_signal(|| None::<std::rc::Rc<MountedData>>);
    use_effect(use_reactive!(|active| {
        if active && let Some(element) = element.peek().clone() {
            let nearest = ScrollToOptions {
                behavior: ScrollBehavior::Instant,
                vertical: ScrollLogicalPosition::Nearest,
                horizontal: ScrollLogicalPosition::Nearest,
            };
            at_once(element.scroll_to_with_options(nearest));
        }
    }));
    let target = entry.target.clone();
    let command = session.host.command_key();
    rsx! {
        div {
            id: "palette-{index}",
            class: "palette-line",
            role: "option",
            aria_selected: active,
            onmounted: move |event: MountedEvent| element.set(Some(event.data())),
            onclick: move |_| session.carry_out(&target),
            Icon { glyph: entry.glyph }
            span { class: "ellipsis",
                for (piece , marked) in pieces(&entry.text, &entry.fit.marks) {
                    if marked {
                        b { "{piece}" }
                    } else {
                        "{piece}"
                    }
                }
                if !entry.aside.is_empty() {
                    small { " {entry.aside}" }
                }
            }
            span { class: "gap" }
            for key in entry.keys.split(' ').filter(|key| !key.is_empty()) {
                kbd { key: "{key}", aria_hidden: "true", if key == "Ctrl" { "{command}" } else { "{key}" } }
            }
        }
    }
}
