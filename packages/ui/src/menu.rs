//! A menu: opened by a button or a key, one at a time, closed by choosing, Esc, Tab or a press beside it.
//!
//! Arrows, Home, End and first letters move; the place that opened it says what happens.

use dioxus::prelude::*;

use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::session::{at_once, use_session};

/// A line of a menu.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MenuItem {
    pub glyph: Glyph,
    pub word: String,
    /// The key that does the same without the menu; empty when there is none.
    pub key: &'static str,
    /// Whether it takes something away; such items stand last, behind a line.
    pub danger: bool,
}

impl MenuItem {
    pub(crate) fn new(glyph: Glyph, word: impl Into<String>) -> Self {
        Self { glyph, word: word.into(), key: "", danger: false }
    }

    pub(crate) const fn key(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    pub(crate) const fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

/// Where the focus goes from item `at` of `items`; `None` when the key means nothing here.
fn step(items: &[MenuItem], at: usize, key: &Key) -> Option<usize> {
    let last = items.len().checked_sub(1)?;
    match key {
        Key::ArrowDown => Some(if at >= last { 0 } else { at + 1 }),
        Key::ArrowUp => Some(if at == 0 { last } else { at - 1 }),
        Key::Home => Some(0),
        Key::End => Some(last),
        Key::Character(letter) => {
            let letter = letter.to_lowercase();
            let starts = |item: &MenuItem| item.word.to_lowercase().starts_with(&letter);
            let after = items.iter().skip(at + 1).position(starts).map(|found| found + at + 1);
            after.or_else(|| items.iter().position(starts))
        }
        _ => None,
    }
}

/// See the module. `place` is a class that says where it opens, `title` a question above the items.
#[component]
pub(crate) fn Menu(
    label: String,
    items: Vec<MenuItem>,
    #[props(default)] place: &'static str,
    title: Option<&'static str>,
    onchoose: EventHandler<usize>,
    onclose: EventHandler<()>,
) -> Element {
    let session = use_session();
    let mut at = use_signal(|| 0_usize);
    use_hook(|| session.focus(Spot::MenuItem(0)));
    rsx! {
        div {
            class: "menu-away",
            onclick: move |event| {
                event.stop_propagation();
                onclose.call(());
            },
        }
        div {
            class: "menu {place}",
            role: "menu",
            aria_label: label,
            onmounted: move |event: MountedEvent| {
                // A menu near an edge brings itself into view.
                let nearest = ScrollToOptions {
                    behavior: ScrollBehavior::Instant,
                    vertical: ScrollLogicalPosition::Nearest,
                    horizontal: ScrollLogicalPosition::Nearest,
                };
                at_once(event.data().scroll_to_with_options(nearest));
            },
            onkeydown: move |event: KeyboardEvent| {
                    // What is pressed in a menu means nothing to the rows behind it; Enter and Space press the item by themselves.
                    event.stop_propagation();
                    if matches!(event.key(), Key::Escape | Key::Tab) {
                        event.prevent_default();
                        onclose.call(());
                    } else if let Some(to) = step(&items, at(), &event.key()) {
                        event.prevent_default();
                        at.set(to);
                        session.focus(Spot::MenuItem(to));
                    }
                },
            if let Some(title) = title {
                p { role: "presentation", "{title}" }
            }
            for (index , item) in items.iter().cloned().enumerate() {
                div { key: "{index}", role: "none",
                    if item.danger {
                        hr { role: "separator" }
                    }
                    button {
                        r#type: "button",
                        role: "menuitem",
                        tabindex: "-1",
                        class: if item.danger { "danger" },
                        onmounted: {
                            let session = session.clone();
                            move |event: MountedEvent| session.spots.mounted(Spot::MenuItem(index), event.data())
                        },
                        onclick: move |event| {
                            event.stop_propagation();
                            onchoose.call(index);
                        },
                        Icon { glyph: item.glyph }
                        "{item.word}"
                        if !item.key.is_empty() {
                            kbd { aria_hidden: "true", "{item.key}" }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<MenuItem> {
        ["Rename", "Pin", "Park", "Delete"].map(|word| MenuItem::new(Glyph::Pin, word)).to_vec()
    }

    #[test]
    fn arrows_go_round_and_home_and_end_go_to_the_ends() {
        assert_eq!(step(&items(), 3, &Key::ArrowDown), Some(0));
        assert_eq!(step(&items(), 0, &Key::ArrowUp), Some(3));
        assert_eq!(step(&items(), 2, &Key::Home), Some(0));
        assert_eq!(step(&items(), 0, &Key::End), Some(3));
    }

    #[test]
    fn a_letter_leads_from_one_item_that_begins_with_it_to_the_next() {
        let letter = Key::Character("p".into());
        assert_eq!(step(&items(), 0, &letter), Some(1));
        assert_eq!(step(&items(), 1, &letter), Some(2));
        assert_eq!(step(&items(), 2, &letter), Some(1));
        assert_eq!(step(&items(), 0, &Key::Character("x".into())), None);
    }
}
